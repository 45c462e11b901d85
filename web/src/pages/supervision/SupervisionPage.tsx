// The supervision desk: every open clock as a light, many urged with one text, and what waits for a decision.
import { useQuery } from "@tanstack/react-query";
import { Button, Drawer, Segmented } from "antd";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router-dom";
import { getTicket } from "@/api/endpoints";
import type { ListTicketsRequest, Ticket } from "@/api/types";
import { type Column, DataTable } from "@/components/DataTable";
import { Loaded, ProblemAlert, Waiting } from "@/components/Problems";
import { LimitLine, StateTag, UrgencyTag } from "@/components/Status";
import { useUnitName } from "@/lib/catalogue";
import { exactTime } from "@/lib/format";
import { useTicketList } from "@/lib/tickets";
import type { ActionId } from "@/pages/ticket/actions";
import { Clocks, Ladder } from "./Clocks";

const ActionPanel = lazy(() => import("@/pages/ticket/ActionPanel").then((m) => ({ default: m.ActionPanel })));
const Summary = lazy(() => import("@/pages/ticket/Summary").then((m) => ({ default: m.Summary })));

type Tab = "clocks" | "extensions" | "ratings" | "repeats";
const WAITS: Record<Exclude<Tab, "clocks">, { ask: ListTicketsRequest; action: ActionId }> = {
  extensions: { ask: { extensionAsked: true, orderBy: "due_time" }, action: "decideExtension" },
  ratings: { ask: { ratingState: "RATING_STATE_TO_REVIEW" }, action: "reviewRating" },
  repeats: { ask: { repeatMark: "REPEAT_MARK_PROPOSED" }, action: "reviewRepeat" },
};

function useColumns(): Column<Ticket>[] {
  const { t } = useTranslation();
  const unitName = useUnitName();
  return [
    {
      key: "clocks",
      title: t("supervision.clocks"),
      width: "minmax(220px, 1.3fr)",
      render: (one) => (
        <span className="marks">
          {(one.limits ?? []).map((limit) => (
            <LimitLine key={limit.clockId ?? limit.step} limit={limit} ticketId={one.ticketId} />
          ))}
        </span>
      ),
    },
    { key: "ladder", title: t("supervision.ladder"), width: "120px", render: (one) => <Ladder level={one.supervisionLevel ?? 0} /> },
    {
      key: "title",
      title: t("ticket.title"),
      width: "minmax(200px, 3fr)",
      render: (one) => (
        <>
          <UrgencyTag urgency={one.urgency} />
          <Link to={`/tickets/${one.ticketId}`} title={one.title}>
            {one.title}
          </Link>
        </>
      ),
    },
    { key: "state", title: t("ticket.state"), width: "105px", render: (one) => <StateTag state={one.state} /> },
    { key: "unit", title: t("ticket.unit"), width: "minmax(110px, 1.2fr)", render: (one) => unitName(one.unitId) },
    { key: "number", title: t("ticket.number"), width: "130px", render: (one) => <span className="mono">{one.number}</span> },
  ];
}

function TableOf({ list, rows, columns }: { list: ReturnType<typeof useTicketList>; rows: Ticket[]; columns: Column<Ticket>[] }) {
  const { t } = useTranslation();
  const { query, tickets } = list;
  return (
    <div className="ticket-table">
      {query.isError && <ProblemAlert error={query.error} onRetry={() => void query.refetch()} />}
      {query.isLoading && <Waiting rows={8} />}
      {tickets && (
        <DataTable<Ticket>
          fill
          label={t("nav.supervision")}
          columns={columns}
          rows={rows}
          rowKey={(one) => one.ticketId ?? ""}
          busy={query.isFetchingNextPage}
          empty={t("supervision.empty")}
          onNearEnd={() => {
            if (query.hasNextPage && !query.isFetchingNextPage) void query.fetchNextPage();
          }}
        />
      )}
      <p className="quiet count" role="status">
        {tickets && t("tickets.count", { count: rows.length })}{" "}
        {query.hasNextPage && (
          <Button size="small" type="link" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            {t("supervision.loadMore")}
          </Button>
        )}
      </p>
    </div>
  );
}

function Decisions({ tab }: { tab: Exclude<Tab, "clocks"> }) {
  const { t } = useTranslation();
  const { ask, action } = WAITS[tab];
  const [open, setOpen] = useState("");
  const list = useTicketList(ask);
  const query = useQuery({ queryKey: ["ticket", open], queryFn: () => getTicket(open), enabled: !!open });
  const columns: Column<Ticket>[] = [
    ...useColumns(),
    ...(tab === "extensions" ? [{ key: "promised", title: t("supervision.promised"), width: "150px", render: (one: Ticket) => exactTime(one.extensionDueTime).slice(0, 16) }] : []),
    ...(tab === "ratings" ? [{ key: "rating", title: t("supervision.rating"), width: "110px", render: (one: Ticket) => t(`choice.score.${one.rating ?? 5}` as never) as string }] : []),
    {
      key: "decide",
      title: t("common.actions"),
      width: "90px",
      render: (one) => (
        <Button size="small" onClick={() => setOpen(one.ticketId ?? "")} aria-label={`${t("supervision.decide")}: ${one.title}`}>
          {t("supervision.decide")}
        </Button>
      ),
    },
  ];
  return (
    <>
      <TableOf list={list} rows={list.tickets ?? []} columns={columns} />
      <Drawer open={!!open} width={560} onClose={() => setOpen("")} title={query.data?.title ?? t("supervision.decide")}>
        {open && (
          <Loaded query={query} rows={8}>
            {(ticket) => (
              <Suspense fallback={<Waiting rows={6} />}>
                <ActionPanel ticket={ticket} only={[action]} onDone={() => setOpen("")} />
                <Summary ticket={ticket} />
              </Suspense>
            )}
          </Loaded>
        )}
      </Drawer>
    </>
  );
}

export default function SupervisionPage() {
  const { t } = useTranslation();
  const [tab, setTab] = useState<Tab>("clocks");
  return (
    <div className="page full">
      <h1>{t("nav.supervision")}</h1>
      <div className="filters">
        <Segmented<Tab>
          value={tab}
          onChange={setTab}
          options={(["clocks", "extensions", "ratings", "repeats"] as Tab[]).map((value) => ({ value, label: t(`supervision.tab.${value}` as never) as string }))}
          aria-label={t("nav.supervision")}
        />
      </div>
      {tab === "clocks" ? <Clocks /> : <Decisions key={tab} tab={tab} />}
    </div>
  );
}
