// Every open clock as a light (SLA-7), with the time left in the city's own words, how far up the ladder it is, and what it is
// about; many are urged at once.
import { Button, Checkbox } from "antd";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router-dom";
import type { Clock, Ticket } from "@/api/types";
import { type Column, DataTable } from "@/components/DataTable";
import { ProblemAlert, Waiting } from "@/components/Problems";
import { LightDot, StateTag, UrgencyTag } from "@/components/Status";
import { useLanguage, useUnitName, useUnits } from "@/lib/catalogue";
import { exactTime } from "@/lib/format";
import { MEASURES } from "@/pages/ticket/forms";
import { askOf, lightOfClock, type Row, useClocks, useSummary } from "./openClocks";
import { type Filter, NO_FILTER, STEPS } from "./filters";
import { Tiles, useStepName } from "./Tiles";

const FilterBar = lazy(() => import("./FilterBar").then((m) => ({ default: m.FilterBar })));
const BulkDialog = lazy(() => import("./BulkDialog").then((m) => ({ default: m.BulkDialog })));

// How far up the ladder: five rungs.
export function Ladder({ level }: { level: number }) {
  const { t } = useTranslation();
  const measure = MEASURES[level - 1];
  const name = measure ? (t(`choice.measure.${measure}` as never) as string) : t("supervision.none");
  return (
    <span className="ladder-cell" title={name}>
      <span className="ladder" role="img" aria-label={level ? `${t("supervision.level", { level })} ${name}` : name}>
        {MEASURES.map((rung, i) => (
          <i key={rung} className={i < level ? "on" : ""} />
        ))}
      </span>
      {level > 0 && name}
    </span>
  );
}

function Light({ clock }: { clock: Clock }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const stepName = useStepName();
  const light = lightOfClock(clock.light);
  const left = language === "en" ? clock.timeLeftTextEn : clock.timeLeftText;
  return (
    <span className={`limit limit-${light}`} title={clock.dueTime ? exactTime(clock.dueTime) : t("work.paused")}>
      <LightDot light={light} />
      {stepName(clock.step)} {left}
      {clock.state === "CLOCK_STATE_PAUSED" && <span className="tag">{t("work.paused")}</span>}
      {clock.provisional && <span className="tag tag-yellow">{t("work.provisional")}</span>}
    </span>
  );
}

function useColumns(): Column<Row>[] {
  const { t } = useTranslation();
  const unitName = useUnitName();
  return [
    { key: "light", title: t("supervision.clocks"), width: "minmax(240px, 1.6fr)", render: ({ clock }) => <Light clock={clock} /> },
    { key: "due", title: t("work.due"), width: "135px", render: ({ clock }) => exactTime(clock.dueTime).slice(0, 16) },
    { key: "ladder", title: t("supervision.ladder"), width: "190px", render: ({ clock }) => <Ladder level={clock.escalationLevel ?? 0} /> },
    {
      key: "title",
      title: t("ticket.title"),
      width: "minmax(200px, 3fr)",
      render: ({ clock, ticket }) => (
        <>
          <UrgencyTag urgency={ticket?.urgency} />
          <Link to={`/tickets/${clock.ticketId}`} title={ticket?.title}>
            {ticket?.title ?? clock.ticketId?.slice(0, 8)}
          </Link>
        </>
      ),
    },
    { key: "state", title: t("ticket.state"), width: "100px", render: ({ ticket }) => ticket && <StateTag state={ticket.state} /> },
    { key: "unit", title: t("ticket.unit"), width: "minmax(110px, 1.2fr)", render: ({ clock, ticket }) => unitName(clock.unitId || ticket?.unitId) },
    { key: "number", title: t("ticket.number"), width: "135px", render: ({ ticket }) => <span className="mono">{ticket?.number}</span> },
  ];
}

// The tickets of the chosen clocks, each once.
export function ticketsOf(rows: Row[], chosen: string[]): Ticket[] {
  const found = new Map<string, Ticket>();
  for (const { clock, ticket } of rows) if (ticket && chosen.includes(clock.clockId ?? "")) found.set(ticket.ticketId ?? "", ticket);
  return [...found.values()];
}

function useChoice(rows: Row[], chosen: string[], setChosen: (ids: string[]) => void): Column<Row> {
  const { t } = useTranslation();
  const ids = rows.filter((row) => row.ticket).map((row) => row.clock.clockId ?? "");
  const picked = ids.filter((id) => chosen.includes(id));
  return {
    key: "select",
    width: "34px",
    title: (
      <Checkbox
        checked={ids.length > 0 && picked.length === ids.length}
        indeterminate={picked.length > 0 && picked.length < ids.length}
        onChange={(e) => setChosen(e.target.checked ? ids : [])}
        aria-label={t("common.selectAll")}
      />
    ),
    render: ({ clock, ticket }) => {
      const id = clock.clockId ?? "";
      const change = (on: boolean) => setChosen(on ? [...chosen, id] : chosen.filter((one) => one !== id));
      return <Checkbox checked={chosen.includes(id)} disabled={!ticket} onChange={(e) => change(e.target.checked)} aria-label={t("common.selectRow", { name: ticket?.title ?? id })} />;
    },
  };
}

export function Clocks() {
  const { t } = useTranslation();
  const units = useUnits();
  const [filter, setFilter] = useState<Filter>(NO_FILTER);
  const [chosen, setChosen] = useState<string[]>([]);
  const [sending, setSending] = useState(false);
  const ask = askOf(filter, units.data ?? []);
  const summary = useSummary(askOf({ ...filter, step: "" }, units.data ?? []));
  const { query, rows } = useClocks(ask, filter.light);
  const columns = [useChoice(rows ?? [], chosen, setChosen), ...useColumns()];
  const picked = ticketsOf(rows ?? [], chosen);
  const change = (next: Filter) => {
    setFilter(next);
    setChosen([]);
  };
  const steps = [...new Set([...STEPS, ...(summary.data ?? []).map((one) => one.step)])];
  return (
    <>
      <Tiles counts={summary.data ?? []} filter={filter} onChange={change} />
      <Suspense fallback={<Waiting rows={1} />}>
        <FilterBar filter={filter} onChange={change} steps={steps}>
          <Button size="small" type="primary" disabled={picked.length === 0} onClick={() => setSending(true)}>
            {t("supervision.bulk", { count: picked.length })}
          </Button>
        </FilterBar>
      </Suspense>
      <div className="ticket-table">
        {query.isError && <ProblemAlert error={query.error} onRetry={() => void query.refetch()} />}
        {query.isLoading && <Waiting rows={8} />}
        {rows && (
          <DataTable<Row>
            fill
            label={t("nav.supervision")}
            columns={columns}
            rows={rows}
            rowKey={({ clock }) => clock.clockId ?? ""}
            busy={query.isFetchingNextPage}
            empty={t("work.noClocks")}
            onNearEnd={() => {
              if (query.hasNextPage && !query.isFetchingNextPage) void query.fetchNextPage();
            }}
          />
        )}
        <p className="quiet count" role="status">
          {rows && t(query.hasNextPage ? "work.clocksMore" : "work.clocks", { count: rows.length })}
        </p>
      </div>
      {sending && (
        <Suspense fallback={null}>
          <BulkDialog
            tickets={picked}
            onClose={(left) => {
              setSending(false);
              setChosen((rows ?? []).filter((row) => left.includes(row.ticket?.ticketId ?? "")).map((row) => row.clock.clockId ?? ""));
            }}
          />
        </Suspense>
      )}
    </>
  );
}
