// The unit's portal: what burns first. Sign for many at once; open one beside the list to reply, to give it back, to ask for
// more time, to approve, or to say what a co-handling unit has to say.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { App, Button, Segmented } from "antd";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { signTicket } from "@/api/endpoints";
import { session } from "@/api/session";
import type { Ticket, TicketState } from "@/api/types";
import { useKeys } from "@/app/shortcuts";
import { Kbd } from "@/components/Field";
import { useProblemText } from "@/components/Problems";
import { LightDot } from "@/components/Status";
import { TicketTable } from "@/components/TicketTable";
import { useWithin } from "@/lib/catalogue";
import { serverNow } from "@/lib/clock";
import { eachOf } from "@/lib/eachOf";
import { uuid } from "@/lib/format";
import { useStore } from "@/lib/store";
import { useTicketList } from "@/lib/tickets";
import { type Light, mostPressing } from "@/lib/timeLeft";
import { useTick } from "@/lib/useTick";

const Beside = lazy(() => import("./Beside").then((m) => ({ default: m.Beside })));

type Tab = "todo" | "toSign" | "handling" | "approval" | "opinions" | "replied";
const STATES: Record<Tab, TicketState[]> = {
  todo: ["TICKET_STATE_DISPATCHED", "TICKET_STATE_SIGNED", "TICKET_STATE_APPROVAL"],
  toSign: ["TICKET_STATE_DISPATCHED"],
  handling: ["TICKET_STATE_SIGNED"],
  approval: ["TICKET_STATE_APPROVAL"],
  opinions: ["TICKET_STATE_DISPATCHED", "TICKET_STATE_SIGNED", "TICKET_STATE_APPROVAL"],
  replied: ["TICKET_STATE_RETURN_REQUESTED", "TICKET_STATE_ARBITRATION", "TICKET_STATE_REPLIED", "TICKET_STATE_CALLBACK"],
};

export function countLights(tickets: Pick<Ticket, "limits" | "light">[], nowMs: number): Record<Light, number> {
  const counts: Record<Light, number> = { none: 0, green: 0, yellow: 0, red: 0 };
  for (const ticket of tickets) counts[mostPressing(ticket, nowMs).light] += 1;
  return counts;
}

function Lights({ tickets }: { tickets: Ticket[] }) {
  useTick();
  const { t } = useTranslation();
  const { red, yellow, green } = countLights(tickets, serverNow());
  return (
    <span className="light-counts" aria-label={t("portal.counts", { red, yellow, green })} role="img">
      <LightDot light="red" /> {red} <LightDot light="yellow" /> {yellow} <LightDot light="green" /> {green}
    </span>
  );
}

// Signs for many at once and says how many could not be.
function useSigning(onDone: (failed: string[]) => void) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const queries = useQueryClient();
  const problemText = useProblemText();
  return useMutation({
    mutationFn: (ids: string[]) => eachOf(ids, (id) => signTicket(id, { requestId: uuid() })),
    onSuccess: (failed, ids) => {
      onDone(failed.map((f) => f.item));
      if (failed.length < ids.length) message.success(t("inbox.signed", { count: ids.length - failed.length }));
      if (failed[0]) message.error(t("inbox.notSigned", { count: failed.length, why: problemText(failed[0].error) }));
      void queries.invalidateQueries({ queryKey: ["tickets"] });
      void queries.invalidateQueries({ queryKey: ["ticket"] });
    },
  });
}

export default function InboxPage() {
  const { t } = useTranslation();
  const user = useStore(session)?.user;
  const within = useWithin(user?.unitId);
  const [tab, setTab] = useState<Tab>("todo");
  const [selected, setSelected] = useState<string[]>([]);
  const [open, setOpen] = useState("");
  // The service lists what the unit leads or handles with others; the unit filter would leave the latter out.
  const all = useTicketList({ states: STATES[tab], orderBy: "due_time", ...(tab !== "opinions" && user?.unitId ? { unitId: user.unitId } : {}) });
  const list = tab === "opinions" ? { ...all, tickets: all.tickets?.filter((one) => one.coUnitIds?.some(within)) } : all;
  const leads = (ticket: Ticket) => within(ticket.unitId ?? "");
  const signable = (ticket: Ticket) => ticket.state === "TICKET_STATE_DISPATCHED" && leads(ticket);
  const sign = useSigning(setSelected);
  const go = () => {
    if (selected.length > 0 && !sign.isPending && !open) sign.mutate(selected);
  };
  useKeys({ "Ctrl+Enter": go }, !open);
  return (
    <div className="page full">
      <h1>{t("nav.inbox")}</h1>
      <div className="filters">
        <Segmented<Tab>
          value={tab}
          onChange={(next) => {
            setTab(next);
            setSelected([]);
          }}
          options={(Object.keys(STATES) as Tab[]).map((value) => ({ value, label: t(`portal.tab.${value}`) }))}
          aria-label={t("tickets.filters")}
        />
        <Lights tickets={list.tickets ?? []} />
        <Button type="primary" disabled={selected.length === 0} loading={sign.isPending} onClick={go}>
          {t("inbox.sign", { count: selected.length })} <Kbd keys="Ctrl+Enter" />
        </Button>
      </div>
      <TicketTable
        label={t("nav.inbox")}
        list={list}
        selection={{ ids: selected, onChange: setSelected, may: signable }}
        empty={t("portal.empty")}
        actions={(ticket) =>
          signable(ticket) ? (
            <Button size="small" onClick={() => sign.mutate([ticket.ticketId ?? ""])} aria-label={`${t("action.sign")}: ${ticket.title}`}>
              {t("action.sign")}
            </Button>
          ) : (
            <Button size="small" onClick={() => setOpen(ticket.ticketId ?? "")} aria-label={`${t("portal.open")}: ${ticket.title}`}>
              {t("portal.open")}
            </Button>
          )
        }
      />
      {open && (
        <Suspense fallback={null}>
          <Beside key={open} id={open} onClose={() => setOpen("")} />
        </Suspense>
      )}
    </div>
  );
}
