// Where a ticket stands on its way; a state beside the way is named where the way stopped.
import { useTranslation } from "react-i18next";
import type { Ticket } from "@/api/types";
import { progress, STEPS } from "./actions";

export function ProcessLine({ ticket }: { ticket: Ticket }) {
  const { t } = useTranslation();
  const { done, side, ended } = progress(ticket.state);
  return (
    <ol className="process" aria-label={t("ticket.process")}>
      {STEPS.map((step, i) => {
        const now = i === done;
        const style = i < done ? "done" : now ? (ended ? "ended" : side ? "now side" : "now") : "";
        return (
          <li key={step} className={style} aria-current={now ? "step" : undefined}>
            {now && side ? t(`enum.state.${ticket.state ?? "TICKET_STATE_UNSPECIFIED"}`) : t(`process.${step}`)}
          </li>
        );
      })}
    </ol>
  );
}
