// Configuration: what a city decides for itself, each part loaded when it is opened.
import { Segmented } from "antd";
import { type ComponentType, lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate, useParams } from "react-router-dom";
import { session } from "@/api/session";
import { Waiting } from "@/components/Problems";
import { useStore } from "@/lib/store";
import { type Part, partsOf } from "./access";
import { useLeave } from "./unsaved";
import "./configuration.css";

const PAGES: Record<Part, ComponentType> = {
  catalogue: lazy(() => import("./CataloguePage")),
  categories: lazy(() => import("./CategoriesPage")),
  scripts: lazy(() => import("./ScriptsPage")),
  forms: lazy(() => import("./FormsPage")),
  policies: lazy(() => import("./PoliciesPage")),
  calendar: lazy(() => import("./CalendarPage")),
  templates: lazy(() => import("./TemplatesPage")),
  callers: lazy(() => import("./CallersPage")),
};

export default function ConfigurationPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const leave = useLeave();
  const user = useStore(session)?.user;
  const parts = partsOf(user);
  const asked = useParams()["*"] as Part;
  const part = parts.includes(asked) ? asked : (parts[0] ?? "catalogue");
  const Page = PAGES[part];
  return (
    <div className="page full configuration">
      <div className="filters">
        <h1>{t("config.title")}</h1>
        <Segmented<Part> value={part} onChange={(next) => leave(() => navigate(`/configuration/${next}`))} options={parts.map((value) => ({ value, label: t(`config.part.${value}`) }))} aria-label={t("config.title")} />
      </div>
      <Suspense fallback={<Waiting rows={6} />}>
        <Page />
      </Suspense>
    </div>
  );
}
