import { Button, Input } from "antd";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { Navigate, useLocation } from "react-router-dom";
import { session, signIn } from "@/api/session";
import { homeOf } from "@/app/nav";
import { Field } from "@/components/Field";
import { ProblemAlert } from "@/components/Problems";
import { setLanguage } from "@/i18n";
import { useStore } from "@/lib/store";

export default function SignInPage() {
  const { t, i18n } = useTranslation();
  const now = useStore(session);
  const location = useLocation();
  const [userName, setUserName] = useState("");
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  if (now) {
    const from = (location.state as { from?: string } | null)?.from;
    return <Navigate to={from && from !== "/" ? from : homeOf(now.user)} replace />;
  }
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      await signIn(userName.trim().toLowerCase(), password);
    } catch (problem) {
      setError(problem);
      setPassword("");
    } finally {
      setBusy(false);
    }
  };
  const other = i18n.language === "en" ? "zh-CN" : "en";
  return (
    <main className="sign-in">
      <form onSubmit={(e) => void submit(e)}>
        <h1>{t("app.name")}</h1>
        <p className="quiet">{t("signIn.lead")}</p>
        {error ? <ProblemAlert error={error} /> : null}
        <Field label={t("signIn.userName")}>
          {(control) => (
            <Input
              {...control}
              status=""
              size="large"
              autoFocus
              autoComplete="username"
              autoCapitalize="none"
              value={userName}
              onChange={(e) => setUserName(e.target.value)}
            />
          )}
        </Field>
        <Field label={t("signIn.password")}>
          {(control) => (
            <Input.Password
              {...control}
              status=""
              size="large"
              autoComplete="current-password"
              value={password}
              onChange={(e) => setPassword(e.target.value)}
            />
          )}
        </Field>
        <Button type="primary" size="large" htmlType="submit" block loading={busy} disabled={!userName.trim() || !password}>
          {t("signIn.submit")}
        </Button>
        <Button type="link" onClick={() => setLanguage(other)} lang={other}>
          {other === "en" ? "English" : "中文"}
        </Button>
      </form>
    </main>
  );
}
