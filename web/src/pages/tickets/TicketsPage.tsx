// All tickets this user may see, with filters that live in the address, so that a view can be bookmarked and shared.
import { Button, Input, Segmented, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router-dom";
import type { LimitLight, ListTicketsRequest, TicketState, TicketType, Urgency } from "@/api/types";
import { AreaSelect, CategorySelect, UnitSelect } from "@/components/LazySelects";
import { TicketTable } from "@/components/TicketTable";
import { TYPES, URGENCIES } from "@/components/TicketFields";
import { useTicketList } from "@/lib/tickets";
import { ExportButton } from "@/pages/exchange/ExportDialog";
import { ALL_STATES } from "@/pages/ticket/actions";

export const STATES = ALL_STATES;
const LIGHTS: LimitLight[] = ["LIMIT_LIGHT_RED", "LIMIT_LIGHT_YELLOW", "LIMIT_LIGHT_GREEN"];

export function filterOf(params: URLSearchParams): ListTicketsRequest {
  const filter: ListTicketsRequest = { orderBy: params.get("order") === "due" ? "due_time" : "create_time desc" };
  const states = params.getAll("state").filter((s): s is TicketState => STATES.includes(s as TicketState));
  const types = params.getAll("type").filter((s): s is TicketType => TYPES.includes(s as TicketType));
  if (states.length) filter.states = states;
  if (types.length) filter.types = types;
  const text = (name: string) => params.get(name) ?? "";
  if (text("unit")) filter.unitId = text("unit");
  if (text("category")) filter.categoryId = text("category");
  if (text("area")) filter.areaCode = text("area");
  if (text("q")) filter.query = text("q");
  if (LIGHTS.includes(text("light") as LimitLight)) filter.light = text("light") as LimitLight;
  if (URGENCIES.includes(text("urgency") as Urgency)) filter.urgency = text("urgency") as Urgency;
  return filter;
}

interface FilterProps {
  filter: ListTicketsRequest;
  set: (name: string, value: string | string[] | undefined) => void;
}

function CodeFilters({ filter, set }: FilterProps) {
  const { t } = useTranslation();
  return (
    <>
        <Select<TicketState[]>
          mode="multiple"
          allowClear
          maxTagCount={1}
          value={filter.states ?? []}
          onChange={(v) => set("state", v)}
          options={STATES.map((value) => ({ value, label: t(`enum.state.${value}`) }))}
          placeholder={t("ticket.state")}
          aria-label={t("ticket.state")}
          style={{ width: 170 }}
        />
        <Select<TicketType[]>
          mode="multiple"
          allowClear
          maxTagCount={1}
          value={filter.types ?? []}
          onChange={(v) => set("type", v)}
          options={TYPES.map((value) => ({ value, label: t(`enum.type.${value}`) }))}
          placeholder={t("ticket.type")}
          aria-label={t("ticket.type")}
          style={{ width: 140 }}
        />
        <Select<LimitLight>
          allowClear
          value={filter.light ?? null}
          onChange={(v) => set("light", v)}
          options={LIGHTS.map((value) => ({ value, label: t(`enum.light.${value}` as never) as string }))}
          placeholder={t("tickets.light")}
          aria-label={t("tickets.light")}
          style={{ width: 110 }}
        />
        <Select<Urgency>
          allowClear
          value={filter.urgency ?? null}
          onChange={(v) => set("urgency", v)}
          options={URGENCIES.map((value) => ({ value, label: t(`enum.urgency.${value}`) }))}
          placeholder={t("ticket.urgency")}
          aria-label={t("ticket.urgency")}
          style={{ width: 100 }}
        />
    </>
  );
}

function TreeFilters({ filter, set }: FilterProps) {
  const { t } = useTranslation();
  return (
    <>
        <span style={{ width: 180 }}>
          <CategorySelect value={filter.categoryId ?? ""} onChange={(v) => set("category", v)} placeholder={t("ticket.category")} label={t("ticket.category")} />
        </span>
        <span style={{ width: 140 }}>
          <AreaSelect value={filter.areaCode ?? ""} onChange={(v) => set("area", v)} placeholder={t("ticket.area")} label={t("ticket.area")} />
        </span>
        <span style={{ width: 180 }}>
          <UnitSelect value={filter.unitId ?? ""} onChange={(v) => set("unit", v)} placeholder={t("ticket.unit")} label={t("ticket.unit")} />
        </span>
    </>
  );
}

export default function TicketsPage() {
  const { t } = useTranslation();
  const [params, setParams] = useSearchParams();
  const filter = filterOf(params);
  const list = useTicketList(filter);
  const [typed, setTyped] = useState(params.get("q") ?? "");
  const set = (name: string, value: string | string[] | undefined) =>
    setParams(
      (now) => {
        const next = new URLSearchParams(now);
        next.delete(name);
        for (const v of Array.isArray(value) ? value : value ? [value] : []) next.append(name, v);
        return next;
      },
      { replace: true },
    );
  return (
    <div className="page full">
      <h1>{t("nav.tickets")}</h1>
      <div className="filters" role="search" aria-label={t("tickets.filters")}>
        <Input.Search
          value={typed}
          allowClear
          onChange={(e) => setTyped(e.target.value)}
          onSearch={(value) => set("q", value.trim())}
          placeholder={t("tickets.query")}
          aria-label={t("tickets.query")}
          style={{ width: 240 }}
        />
        <CodeFilters filter={filter} set={set} />
        <TreeFilters filter={filter} set={set} />
        <Segmented
          value={params.get("order") === "due" ? "due" : "new"}
          onChange={(v) => set("order", v === "due" ? "due" : undefined)}
          options={[
            { value: "new", label: t("tickets.newest") },
            { value: "due", label: t("tickets.byTimeLeft") },
          ]}
          aria-label={t("tickets.order")}
        />
        {params.size > 0 && (
          <Button
            onClick={() => {
              setTyped("");
              setParams({}, { replace: true });
            }}
          >
            {t("tickets.clearFilters")}
          </Button>
        )}
        <ExportButton filter={filter} />
      </div>
      <TicketTable label={t("nav.tickets")} list={list} empty={t("tickets.empty")} />
    </div>
  );
}
