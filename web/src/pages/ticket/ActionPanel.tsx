// The actions on a ticket, one form at a time: the steps that move it on first, the others in a list behind them.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { App, Segmented, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { session } from "@/api/session";
import type { Ticket } from "@/api/types";
import { NothingHere, ProblemAlert } from "@/components/Problems";
import { useWithin } from "@/lib/catalogue";
import { useStore } from "@/lib/store";
import { type ActionId, actionsFor } from "./actions";
import { CallbackForm } from "./CallbackForm";
import { CommandForm } from "./CommandForm";

// Runs a command and shows where the ticket stands afterwards, also when it was refused: it may have moved on meanwhile.
export function useStep(ticket: Ticket, onDone?: (after: Ticket) => void) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const queries = useQueryClient();
  const refresh = () => {
    void queries.invalidateQueries({ queryKey: ["ticket", ticket.ticketId] });
    void queries.invalidateQueries({ queryKey: ["tickets"] });
  };
  return useMutation({
    mutationFn: (work: () => Promise<Ticket>) => work(),
    onSuccess: (after) => {
      message.success(t("action.done"));
      refresh();
      onDone?.(after);
    },
    onError: refresh,
  });
}

export function ActionPanel({ ticket, only, onDone }: { ticket: Ticket; only?: ActionId[]; onDone?: (after: Ticket) => void }) {
  const { t } = useTranslation();
  const user = useStore(session)?.user;
  const within = useWithin(user?.unitId);
  const offered = actionsFor(user, ticket, within);
  const next = only ? offered.next.filter((id) => only.includes(id)) : offered.next;
  const more = only ? offered.more.filter((id) => only.includes(id)) : offered.more;
  const all = [...next, ...more];
  const [chosen, setChosen] = useState<ActionId | null>(null);
  const action = chosen && all.includes(chosen) ? chosen : next[0] ?? (more.length === 1 ? more[0] : more.find((id) => id === "addRemark"));
  const step = useStep(ticket, (after) => {
    setChosen(null);
    onDone?.(after);
  });
  const choose = (id: ActionId) => {
    setChosen(id);
    step.reset();
  };
  if (!action) return <NothingHere text={t("action.none")} />;
  const name = (id: ActionId) => t(`action.${id}` as never) as string;
  const props = { ticket, run: (work: () => Promise<Ticket>) => step.mutate(work), busy: step.isPending };
  return (
    <div className="actions">
      {next.length > 0 && all.length > 1 && (
        <Segmented<ActionId | "">
          block
          value={next.includes(action) ? action : ""}
          onChange={(id) => id && choose(id)}
          options={next.map((value) => ({ value, label: name(value), title: name(value) }))}
          aria-label={t("action.choose")}
        />
      )}
      {more.length > 0 && (
        <Select<ActionId | null>
          value={more.includes(action) ? action : null}
          onChange={(id) => id && choose(id)}
          placeholder={t("action.more", { count: more.length })}
          options={more.map((value) => ({ value, label: name(value) }))}
          listHeight={420}
          aria-label={t("action.more", { count: more.length })}
        />
      )}
      {step.isError && <ProblemAlert error={step.error} />}
      <div key={`${action}${ticket.state}`}>{action === "recordCallback" ? <CallbackForm {...props} /> : <CommandForm {...props} action={action} />}</div>
    </div>
  );
}
