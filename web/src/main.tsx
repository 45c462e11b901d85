import "dayjs/locale/zh-cn";
import { createRoot } from "react-dom/client";
import { App } from "@/app/App";
import { prune } from "@/lib/drafts";
import "@/i18n";
import "@/app/app.css";

prune();
const root = document.getElementById("root");
if (root) createRoot(root).render(<App />);
