// Administration: users, units, queues, keys and flows as plain tables and forms, each loaded when it is opened.
import { Segmented } from "antd";
import { type ComponentType, lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate, useParams } from "react-router-dom";
import { Waiting } from "@/components/Problems";

const TABS = {
  users: lazy(() => import("./Users").then((m) => ({ default: m.Users }))),
  units: lazy(() => import("./Units").then((m) => ({ default: m.Units }))),
  queues: lazy(() => import("./Queues").then((m) => ({ default: m.Queues }))),
  keys: lazy(() => import("./Keys").then((m) => ({ default: m.Keys }))),
  flows: lazy(() => import("./Flows").then((m) => ({ default: m.Flows }))),
} satisfies Record<string, ComponentType>;
type Tab = keyof typeof TABS;
const NAMES = Object.keys(TABS) as Tab[];

export default function AdminPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const asked = useParams()["*"] as Tab;
  const tab = NAMES.includes(asked) ? asked : "users";
  const Page = TABS[tab];
  return (
    <div className="page">
      <h1>{t("nav.admin")}</h1>
      <div className="filters">
        <Segmented<Tab> value={tab} onChange={(next) => navigate(`/admin/${next}`)} options={NAMES.map((value) => ({ value, label: t(`admin.${value}`) }))} aria-label={t("nav.admin")} />
      </div>
      <div className="column">
        <Suspense fallback={<Waiting rows={6} />}>
          <Page />
        </Suspense>
      </div>
    </div>
  );
}
