// What was changed and not saved: leaving it is asked about once.
import { App } from "antd";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";

let editors = 0; // with something not saved

export function useUnsaved(dirty: boolean): void {
  useEffect(() => {
    if (!dirty) return undefined;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    editors += 1;
    window.addEventListener("beforeunload", warn);
    return () => {
      editors -= 1;
      window.removeEventListener("beforeunload", warn);
    };
  }, [dirty]);
}

export function useLeave(): (go: () => void) => void {
  const { t } = useTranslation();
  const { modal } = App.useApp();
  return (go) => {
    if (editors === 0) go();
    else void modal.confirm({ title: t("config.leave"), okText: t("config.discard"), okButtonProps: { danger: true }, onOk: go });
  };
}
