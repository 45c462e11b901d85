// What is around every screen: navigation, agent state and phone, search, notices, language, user.
import {
  AppstoreOutlined,
  BarChartOutlined,
  BookOutlined,
  ControlOutlined,
  CustomerServiceOutlined,
  EditOutlined,
  EyeOutlined,
  FileTextOutlined,
  FundOutlined,
  GlobalOutlined,
  InboxOutlined,
  PhoneOutlined,
  QuestionCircleOutlined,
  SearchOutlined,
  SendOutlined,
  SettingOutlined,
  SwapOutlined,
  TeamOutlined,
  UserOutlined,
} from "@ant-design/icons";
import { Button, Modal } from "antd";
import { type ReactNode, Suspense, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { NavLink, Outlet, useLocation } from "react-router-dom";
import { getMyAgent } from "@/api/endpoints";
import { session, signOut } from "@/api/session";
import { Kbd } from "@/components/Field";
import { MenuButton } from "@/components/MenuButton";
import { useDesk } from "@/desk/hooks";
import { desk } from "@/desk/socket";
import { useStore } from "@/lib/store";
import { setLanguage } from "@/i18n";
import { AgentControl } from "@/phone/AgentControl";
import { myAgent, noteAgent, startPhone, stopPhone } from "@/phone/phone";
import { PhoneBar } from "@/phone/PhoneBar";
import { Banners } from "./Banners";
import { ErrorBoundary } from "./ErrorBoundary";
import { isAgent, screensOf, type ScreenId } from "./nav";
import { Notices } from "./Notices";
import { PageLoading } from "./PageLoading";
import { Search } from "./Search";
import { SHORTCUTS, useKeys } from "./shortcuts";

const ICONS: Record<ScreenId, ReactNode> = {
  desk: <CustomerServiceOutlined />,
  sorting: <SendOutlined />,
  supervision: <EyeOutlined />,
  callbacks: <PhoneOutlined />,
  inbox: <InboxOutlined />,
  entry: <EditOutlined />,
  exchange: <SwapOutlined />,
  tickets: <FileTextOutlined />,
  lead: <TeamOutlined />,
  wallboard: <FundOutlined />,
  figures: <BarChartOutlined />,
  knowledge: <BookOutlined />,
  configuration: <ControlOutlined />,
  admin: <SettingOutlined />,
};

function Navigation() {
  const { t } = useTranslation();
  const user = useStore(session)?.user;
  return (
    <nav className="nav" aria-label={t("nav.label")}>
      <div className="brand">
        <AppstoreOutlined aria-hidden="true" />
        <b>12345</b>
      </div>
      {screensOf(user).map((screen) => (
        <NavLink key={screen.id} to={screen.path} {...(screen.id === "wallboard" ? { target: "_blank", rel: "noopener" } : {})}>
          <span aria-hidden="true">{ICONS[screen.id]}</span>
          {t(`nav.${screen.id}`)}
        </NavLink>
      ))}
    </nav>
  );
}

function Shortcuts({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal open={open} onCancel={onClose} footer={null} title={t("shortcut.title")} destroyOnHidden>
      <table className="shortcuts">
        <tbody>
          {SHORTCUTS.map((s) => (
            <tr key={s.id}>
              <th scope="row">{t(`shortcut.${s.id}`)}</th>
              <td>
                <Kbd keys={s.keys} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Modal>
  );
}

// Keeps the agent's state and the phone in step with the session.
function useAgentLine(enabled: boolean): void {
  const userId = useStore(session)?.user.userId ?? "";
  const agent = useStore(myAgent);
  const signedIn = enabled && !!agent && agent.state !== undefined && agent.state !== "AGENT_STATE_SIGNED_OUT";
  useEffect(() => {
    if (!enabled) return undefined;
    let stopped = false;
    getMyAgent().then(
      (mine) => {
        if (!stopped) noteAgent(mine);
      },
      () => undefined, // nobody made this user an agent yet, or the socket tells the state soon
    );
    return () => {
      stopped = true;
      myAgent.set(null);
    };
  }, [enabled, userId]);
  useDesk(enabled ? "agent" : null, (frame) => {
    if (frame.type === "agent") noteAgent(frame.agent);
  });
  useEffect(() => {
    if (!signedIn) return undefined;
    void startPhone();
    return stopPhone;
  }, [signedIn]);
}

function UserMenu() {
  const { t, i18n } = useTranslation();
  const user = useStore(session)?.user;
  const other = i18n.language === "en" ? "zh-CN" : "en";
  return (
    <>
      <Button size="small" type="text" icon={<GlobalOutlined />} onClick={() => setLanguage(other)} lang={other}>
        {other === "en" ? "English" : "中文"}
      </Button>
      <MenuButton
        type="text"
        icon={<UserOutlined />}
        note={(user?.roles ?? []).map((r) => t(`enum.role.${r}`)).join(t("common.comma"))}
        items={[{ key: "out", label: t("signIn.out"), onClick: () => void signOut() }]}
      >
        {user?.displayName || user?.userName}
        {user?.employeeNumber ? ` · ${user.employeeNumber}` : ""}
      </MenuButton>
    </>
  );
}

export default function Frame() {
  const { t } = useTranslation();
  const location = useLocation();
  const user = useStore(session)?.user;
  const [searching, setSearching] = useState(false);
  const [helping, setHelping] = useState(false);
  useEffect(() => {
    desk.start();
    return () => desk.stop();
  }, []);
  useAgentLine(isAgent(user));
  useKeys({ "Ctrl+K": () => setSearching(true), "Ctrl+/": () => setHelping(true) });
  return (
    <div className="frame">
      <a className="skip" href="#main">
        {t("nav.skip")}
      </a>
      <Navigation />
      <header className="top">
        {isAgent(user) && <AgentControl />}
        {isAgent(user) && <PhoneBar />}
        <span className="grow" />
        <Button size="small" icon={<SearchOutlined />} onClick={() => setSearching(true)} aria-keyshortcuts="Control+K">
          {t("search.open")} <Kbd keys="Ctrl+K" />
        </Button>
        <Notices />
        <Button
          size="small"
          type="text"
          icon={<QuestionCircleOutlined />}
          aria-label={t("shortcut.title")}
          onClick={() => setHelping(true)}
        />
        <UserMenu />
      </header>
      <div className="banners">
        <Banners />
      </div>
      <main id="main" className="main" tabIndex={-1}>
        <ErrorBoundary resetKey={location.pathname}>
          <Suspense fallback={<PageLoading />}>
            <Outlet />
          </Suspense>
        </ErrorBoundary>
      </main>
      <Search open={searching} onClose={() => setSearching(false)} />
      <Shortcuts open={helping} onClose={() => setHelping(false)} />
    </div>
  );
}
