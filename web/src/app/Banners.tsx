// What went wrong with the connection, said where nobody can overlook it.
import { Alert, Button } from "antd";
import { useTranslation } from "react-i18next";
import { desk } from "@/desk/socket";
import { useStore } from "@/lib/store";
import { openMicrophone, phone, takeOver } from "@/phone/phone";
import { useTick } from "@/lib/useTick";

function LinkBanner() {
  const { t } = useTranslation();
  const link = useStore(desk.link);
  useTick();
  if (link.state === "ready" || link.state === "off" || link.attempt === 0) return null;
  const seconds = Math.max(0, Math.ceil((link.retryAtMs - Date.now()) / 1000));
  return (
    <Alert
      banner
      type="error"
      role="alert"
      message={link.state === "lost" ? t("link.lost", { seconds }) : t("link.connecting")}
      action={
        <Button size="small" onClick={desk.retryNow} disabled={link.state !== "lost"}>
          {t("link.retryNow")}
        </Button>
      }
    />
  );
}

export function Banners() {
  const { t } = useTranslation();
  const state = useStore(phone);
  return (
    <>
      <LinkBanner />
      {state.line === "down" && <Alert banner type="error" role="alert" message={t("phone.bannerDown")} />}
      {state.line === "elsewhere" && (
        <Alert
          banner
          type="warning"
          role="alert"
          message={t("phone.bannerElsewhere")}
          action={
            <Button size="small" onClick={takeOver}>
              {t("phone.takeOver")}
            </Button>
          }
        />
      )}
      {state.line !== "off" && state.line !== "elsewhere" && (state.microphone === "denied" || state.microphone === "missing") && (
        <Alert
          banner
          type="warning"
          role="alert"
          message={state.microphone === "denied" ? t("phone.micDenied") : t("phone.micMissing")}
          action={
            <Button size="small" onClick={() => void openMicrophone()}>
              {t("common.retry")}
            </Button>
          }
        />
      )}
    </>
  );
}
