// A list of tickets that stays smooth with ten thousand rows: only the visible ones exist, pages come while scrolling.
import { Table, type TableColumnsType } from "antd";
import { type ReactNode, useLayoutEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router-dom";
import type { Ticket } from "@/api/types";
import { useAreas, useCategoryName, useUnitName } from "@/lib/catalogue";
import type { useTicketList } from "@/lib/tickets";
import { NothingHere, ProblemAlert } from "./Problems";
import { RelTime, StateTag, TimeLeft, TypeName, UrgencyTag } from "./Status";

const HEADER_PX = 40;
const NEAR_END_PX = 600;

function useHeight(): [React.RefObject<HTMLDivElement>, number] {
  const ref = useRef<HTMLDivElement>(null);
  const [height, setHeight] = useState(400);
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element) return undefined;
    const observer = new ResizeObserver(() => setHeight(Math.max(200, element.clientHeight - HEADER_PX)));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [ref, height];
}

export function TicketTable({
  list,
  selected,
  onSelect,
  maySelect,
  empty,
  actions,
}: {
  list: ReturnType<typeof useTicketList>;
  selected?: string[];
  onSelect?: (ids: string[]) => void;
  maySelect?: (ticket: Ticket) => boolean;
  empty: string;
  actions?: (ticket: Ticket) => ReactNode;
}) {
  const { t } = useTranslation();
  const unitName = useUnitName();
  const categoryName = useCategoryName();
  const { nameOf } = useAreas();
  const [ref, height] = useHeight();
  const { query, tickets } = list;
  const columns: TableColumnsType<Ticket> = [
    { title: t("ticket.timeLeft"), key: "left", width: 170, render: (_, ticket) => <TimeLeft ticket={ticket} /> },
    {
      title: t("ticket.title"),
      key: "title",
      width: 320,
      ellipsis: true,
      render: (_, ticket) => (
        <>
          <UrgencyTag urgency={ticket.urgency} />
          <Link to={`/tickets/${ticket.ticketId}`}>{ticket.title}</Link>
        </>
      ),
    },
    { title: t("ticket.state"), key: "state", width: 90, render: (_, ticket) => <StateTag state={ticket.state} /> },
    { title: t("ticket.type"), key: "type", width: 70, render: (_, ticket) => <TypeName type={ticket.type} /> },
    { title: t("ticket.category"), key: "category", width: 180, ellipsis: true, render: (_, ticket) => categoryName(ticket.categoryId) },
    { title: t("ticket.area"), key: "area", width: 110, ellipsis: true, render: (_, ticket) => nameOf(ticket.areaCode) },
    { title: t("ticket.unit"), key: "unit", width: 150, ellipsis: true, render: (_, ticket) => unitName(ticket.unitId) },
    { title: t("ticket.created"), key: "created", width: 110, render: (_, ticket) => <RelTime time={ticket.createTime} /> },
    { title: t("ticket.number"), key: "number", width: 140, render: (_, ticket) => <span className="mono">{ticket.number}</span> },
  ];
  if (actions) columns.push({ title: t("common.actions"), key: "actions", width: 110, fixed: "right", render: (_, ticket) => actions(ticket) });
  const onScroll = (event: React.UIEvent) => {
    const el = event.currentTarget;
    if (el.scrollHeight - el.scrollTop - el.clientHeight < NEAR_END_PX && query.hasNextPage && !query.isFetchingNextPage)
      void query.fetchNextPage();
  };
  return (
    <div className="ticket-table" ref={ref}>
      {query.isError && <ProblemAlert error={query.error} onRetry={() => void query.refetch()} />}
      {(tickets !== undefined || !query.isError) && (
        <Table<Ticket>
          virtual
          size="small"
          rowKey={(ticket) => ticket.ticketId ?? ""}
          columns={columns}
          dataSource={tickets ?? []}
          pagination={false}
          scroll={{ x: 1340, y: height }}
          loading={query.isLoading || query.isFetchingNextPage}
          onScroll={onScroll}
          locale={{ emptyText: query.isLoading ? " " : <NothingHere text={empty} /> }}
          {...(onSelect
            ? {
                rowSelection: {
                  selectedRowKeys: selected ?? [],
                  onChange: (keys) => onSelect(keys as string[]),
                  columnTitle: <span className="hidden">{t("common.select")}</span>,
                  getCheckboxProps: (ticket: Ticket) => ({
                    disabled: maySelect ? !maySelect(ticket) : false,
                    "aria-label": t("common.selectRow", { name: ticket.title ?? "" }),
                  }),
                },
              }
            : {})}
        />
      )}
      <p className="quiet count" role="status">
        {tickets ? t(query.hasNextPage ? "tickets.countMore" : "tickets.count", { count: tickets.length }) : ""}
      </p>
    </div>
  );
}
