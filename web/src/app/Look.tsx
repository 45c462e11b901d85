// Ant Design's theme and language around all screens but the wallboard.
import { App as AntApp, ConfigProvider } from "antd";
import type { Locale } from "antd/es/locale";
import zhCN from "antd/locale/zh_CN";
import { Suspense, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Outlet } from "react-router-dom";
import { PageLoading } from "./PageLoading";
import { appTheme } from "./theme";

export default function Look() {
  const { i18n } = useTranslation();
  const [locale, setLocale] = useState<Locale>(zhCN);
  useEffect(() => {
    if (i18n.language !== "en") setLocale(zhCN);
    else void import("antd/locale/en_US").then((m) => setLocale(m.default));
  }, [i18n.language]);
  return (
    <ConfigProvider theme={appTheme} locale={locale} componentSize="middle" button={{ autoInsertSpace: false }}>
      <AntApp component={false} message={{ maxCount: 3 }}>
        <Suspense fallback={<PageLoading />}>
          <Outlet />
        </Suspense>
      </AntApp>
    </ConfigProvider>
  );
}
