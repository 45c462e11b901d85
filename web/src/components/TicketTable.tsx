// A list of tickets; pages come while scrolling.
import { Checkbox } from "antd";
import { type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router-dom";
import type { Ticket } from "@/api/types";
import { useAreas, useCategoryName, useUnitName } from "@/lib/catalogue";
import type { useTicketList } from "@/lib/tickets";
import { type Column, DataTable } from "./DataTable";
import { ProblemAlert, Waiting } from "./Problems";
import { RelTime, StateTag, TimeLeft, TypeName, UrgencyTag } from "./Status";

interface Selection {
  ids: string[];
  onChange: (ids: string[]) => void;
  may: (ticket: Ticket) => boolean;
}

function useSelectColumn(tickets: Ticket[], selection: Selection | undefined): Column<Ticket>[] {
  const { t } = useTranslation();
  if (!selection) return [];
  const { ids, onChange, may } = selection;
  const all = tickets.filter(may).map((ticket) => ticket.ticketId ?? "");
  return [
    {
      key: "select",
      width: "34px",
      title: (
        <Checkbox
          checked={all.length > 0 && ids.length === all.length}
          indeterminate={ids.length > 0 && ids.length < all.length}
          disabled={all.length === 0}
          onChange={(e) => onChange(e.target.checked ? all : [])}
          aria-label={t("common.selectAll")}
        />
      ),
      render: (ticket) => {
        const id = ticket.ticketId ?? "";
        return (
          <Checkbox
            checked={ids.includes(id)}
            disabled={!may(ticket)}
            onChange={(e) => onChange(e.target.checked ? [...ids, id] : ids.filter((one) => one !== id))}
            aria-label={t("common.selectRow", { name: ticket.title ?? "" })}
          />
        );
      },
    },
  ];
}

export function TicketTable({
  label,
  list,
  selection,
  empty,
  actions,
}: {
  label: string;
  list: ReturnType<typeof useTicketList>;
  selection?: Selection;
  empty: string;
  actions?: (ticket: Ticket) => ReactNode;
}) {
  const { t } = useTranslation();
  const unitName = useUnitName();
  const categoryName = useCategoryName();
  const { nameOf } = useAreas();
  const { query, tickets } = list;
  const select = useSelectColumn(tickets ?? [], selection);
  const columns: Column<Ticket>[] = [
    ...select,
    { key: "left", title: t("ticket.timeLeft"), width: "165px", render: (ticket) => <TimeLeft ticket={ticket} /> },
    {
      key: "title",
      title: t("ticket.title"),
      width: "minmax(200px, 3fr)",
      render: (ticket) => (
        <>
          <UrgencyTag urgency={ticket.urgency} />
          <Link to={`/tickets/${ticket.ticketId}`} title={ticket.title}>
            {ticket.title}
          </Link>
        </>
      ),
    },
    { key: "state", title: t("ticket.state"), width: "106px", render: (ticket) => <StateTag state={ticket.state} /> },
    { key: "type", title: t("ticket.type"), width: "106px", render: (ticket) => <TypeName type={ticket.type} /> },
    { key: "category", title: t("ticket.category"), width: "minmax(110px, 1.4fr)", render: (ticket) => categoryName(ticket.categoryId) },
    { key: "area", title: t("ticket.area"), width: "minmax(80px, 0.8fr)", render: (ticket) => nameOf(ticket.areaCode) },
    { key: "unit", title: t("ticket.unit"), width: "minmax(110px, 1.2fr)", render: (ticket) => unitName(ticket.unitId) },
    { key: "created", title: t("ticket.created"), width: "118px", render: (ticket) => <RelTime time={ticket.createTime} /> },
    { key: "number", title: t("ticket.number"), width: "130px", render: (ticket) => <span className="mono">{ticket.number}</span> },
  ];
  if (actions) columns.push({ key: "actions", title: t("common.actions"), width: "90px", render: actions });
  return (
    <div className="ticket-table">
      {query.isError && <ProblemAlert error={query.error} onRetry={() => void query.refetch()} />}
      {query.isLoading && <Waiting rows={8} />}
      {tickets && (
        <DataTable<Ticket>
          fill
          label={label}
          columns={columns}
          rows={tickets}
          rowKey={(ticket) => ticket.ticketId ?? ""}
          busy={query.isFetchingNextPage}
          empty={empty}
          onNearEnd={() => {
            if (query.hasNextPage && !query.isFetchingNextPage) void query.fetchNextPage();
          }}
        />
      )}
      <p className="quiet count" role="status">
        {tickets ? t(query.hasNextPage ? "tickets.countMore" : "tickets.count", { count: tickets.length }) : ""}
      </p>
    </div>
  );
}
