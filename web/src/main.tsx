import "dayjs/locale/zh-cn";
import { createRoot } from "react-dom/client";
import { App } from "@/app/App";
import { startLanguage } from "@/i18n";
import { prune } from "@/lib/drafts";
import "@/app/app.css";

prune();
const root = document.getElementById("root");
void startLanguage().then(() => {
  if (root) createRoot(root).render(<App />);
});
