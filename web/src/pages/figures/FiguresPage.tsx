// Figures of a period: chosen measures by a chosen grouping, as a chart, a table and a CSV.
import { useQuery } from "@tanstack/react-query";
import { App, Button, Input, Segmented, Select } from "antd";
import dayjs from "dayjs";
import { lazy, Suspense, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router-dom";
import { fetchBlob } from "@/api/client";
import { listMeasures, queryFigures } from "@/api/endpoints";
import type { FigureRow, Measure, QueryFiguresRequest } from "@/api/types";
import { DataTable } from "@/components/DataTable";
import { Loaded, useProblemText, Waiting } from "@/components/Problems";
import { useAreas, useCategoryName, useLanguage, useUnitName, useUserName } from "@/lib/catalogue";
import { dayOf, endOfDay, percent, startOfDay } from "@/lib/format";

// ECharts is loaded when somebody asks for the picture.
const Chart = lazy(() => import("@/components/Chart").then((m) => ({ default: m.Chart })));

const DEFAULTS = ["calls_offered", "calls_connected", "answered_in_15s", "tickets_created"];

function useGroupValue(): (grouping: string, value: string) => string {
  const { t, i18n } = useTranslation();
  const unitName = useUnitName();
  const categoryName = useCategoryName();
  const userName = useUserName();
  const { nameOf } = useAreas();
  return (grouping, value) => {
    if (!value) return t("figures.none");
    if (grouping === "unit") return unitName(value);
    if (grouping === "category") return categoryName(value);
    if (grouping === "area") return nameOf(value);
    if (grouping === "agent") return userName(value);
    if (grouping === "hour" || grouping === "day") {
      const time = dayjs(value);
      return time.isValid() && value.includes("T") ? time.format(grouping === "hour" ? "MM-DD HH:00" : "YYYY-MM-DD") : value;
    }
    const key = grouping === "type" ? `enum.type.TICKET_TYPE_${value.toUpperCase()}` : `enum.channel.CHANNEL_${value.toUpperCase()}`;
    return (grouping === "type" || grouping === "channel") && i18n.exists(key) ? (t(key as never) as string) : value;
  };
}

interface PictureProps {
  rows: FigureRow[];
  measures: Measure[];
  grouping: string;
  name: (row: FigureRow) => string;
  title: (measure: Measure) => string;
}

function Picture({ rows, measures, grouping, name, title }: PictureProps) {
  const { t } = useTranslation();
  const language = useLanguage();
  const option = useMemo(
    () => ({
      color: ["#2a5a94", "#4fb286", "#e0a23c", "#8a6fb0", "#5b9bd5", "#b4553f"],
      tooltip: { trigger: "axis" as const },
      legend: { type: "plain" as const, top: 0 },
      grid: { left: 8, right: 16, top: 36, bottom: 8, containLabel: true },
      xAxis: { type: "category" as const, data: rows.map(name), axisLabel: { hideOverlap: true } },
      yAxis: { type: "value" as const },
      series: measures
        .filter((m) => !m.ratio)
        .slice(0, 6)
        .map((m) => ({
          name: title(m),
          type: (grouping === "hour" || grouping === "day" ? "line" : "bar") as "line",
          data: rows.map((r) => r.figures?.[m.name ?? ""] ?? null),
        })),
    }),
    [rows, measures, grouping, language],
  );
  return (
    <div className="figure-chart" key={`${grouping}${measures.map((m) => m.name).join()}`}>
      <Suspense fallback={<Waiting rows={6} />}>
        <Chart option={option} label={t("nav.figures")} />
      </Suspense>
    </div>
  );
}

function Rows({ rows, measures, grouping, picture }: { rows: FigureRow[]; measures: Measure[]; grouping: string; picture: boolean }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const navigate = useNavigate();
  const valueName = useGroupValue();
  const title = (m: Measure) => (language === "en" ? m.titleEn || m.name : m.title) ?? "";
  const show = (m: Measure, value: number | undefined) => (m.ratio ? percent(value) : value === undefined ? "–" : String(Math.round(value * 100) / 100));
  const name = (row: FigureRow) => (grouping ? valueName(grouping, row.group?.[grouping] ?? "") : t("figures.all"));
  const filterName: Record<string, string> = { unit: "unit", category: "category", area: "area", type: "type" };
  const open = (row: FigureRow) => {
    const value = row.group?.[grouping];
    const filter = filterName[grouping];
    if (value && filter) navigate(`/tickets?${filter}=${encodeURIComponent(grouping === "type" ? `TICKET_TYPE_${value.toUpperCase()}` : value)}`);
  };
  if (picture) return <Picture rows={rows} measures={measures} grouping={grouping} name={name} title={title} />;
  return (
    <DataTable<FigureRow>
      label={t("nav.figures")}
      rows={rows}
      rowKey={(r) => Object.values(r.group ?? {}).join("/")}
      empty={t("figures.empty")}
      columns={[
        {
          key: "group",
          title: t("figures.group"),
          width: "minmax(140px, 1.6fr)",
          render: (row) =>
            filterName[grouping] && row.group?.[grouping] ? (
              <Button type="link" size="small" onClick={() => open(row)}>
                {name(row)}
              </Button>
            ) : (
              name(row)
            ),
        },
        ...measures.map((m) => ({
          key: m.name ?? "",
          title: <span title={language === "en" ? undefined : m.definition}>{title(m)}</span>,
          width: "minmax(90px, 1fr)",
          align: "right" as const,
          render: (row: FigureRow) => show(m, row.figures?.[m.name ?? ""]),
        })),
      ]}
    />
  );
}

function useDownload(request: QueryFiguresRequest): () => Promise<void> {
  const { message } = App.useApp();
  const problemText = useProblemText();
  return async () => {
    const params = new URLSearchParams({ fromTime: request.fromTime ?? "", toTime: request.toTime ?? "" });
    (request.measures ?? []).forEach((n) => params.append("measures", n));
    (request.groupBy ?? []).forEach((n) => params.append("groupBy", n));
    try {
      const url = URL.createObjectURL(await fetchBlob(`/v1/figures?${params}`, "text/csv"));
      const link = Object.assign(document.createElement("a"), { href: url, download: `figures-${dayOf(request.fromTime)}.csv` });
      link.click();
      URL.revokeObjectURL(url);
    } catch (error) {
      message.error(problemText(error));
    }
  };
}

interface Days {
  from: string;
  to: string;
}

function Period({ range, onChange }: { range: Days; onChange: (range: Days) => void }) {
  const { t } = useTranslation();
  return (
    <>
        {(["from", "to"] as const).map((end) => (
          <Input
            key={end}
            type="date"
            value={range[end]}
            onChange={(e) => e.target.value && onChange({ ...range, [end]: e.target.value })}
            aria-label={t(`figures.${end}`)}
            style={{ width: 140 }}
          />
        ))}
    </>
  );
}

export default function FiguresPage() {
  const { t } = useTranslation();
  const language = useLanguage();
  const [range, setRange] = useState(() => {
    const today = dayOf(new Date().toISOString());
    return { from: today, to: today };
  });
  const [view, setView] = useState<"table" | "chart">("table");
  const [grouping, setGrouping] = useState("hour");
  const [chosen, setChosen] = useState<string[]>([]);
  const known = useQuery({ queryKey: ["measures"], queryFn: listMeasures, staleTime: Infinity });
  const all = (known.data?.measures ?? []).filter((m) => !grouping || !m.groupings || m.groupings.includes(grouping));
  const fitting = (chosen.length ? chosen : DEFAULTS).filter((d) => all.some((m) => m.name === d));
  const names = fitting.length ? fitting : all.slice(0, DEFAULTS.length).map((m) => m.name ?? "");
  const request: QueryFiguresRequest = {
    fromTime: startOfDay(range.from),
    toTime: endOfDay(range.to),
    measures: names,
    ...(grouping ? { groupBy: [grouping] } : {}),
  };
  const query = useQuery({ queryKey: ["figures", request], queryFn: () => queryFigures(request), enabled: !!known.data });
  const title = (m: Measure) => (language === "en" ? m.titleEn || m.name : m.title) ?? "";
  const download = useDownload(request);
  return (
    <div className="page">
      <h1>{t("nav.figures")}</h1>
      <div className="filters" role="search" aria-label={t("tickets.filters")}>
        <Period range={range} onChange={setRange} />
        <Select
          value={grouping}
          onChange={setGrouping}
          style={{ width: 140 }}
          aria-label={t("figures.groupBy")}
          options={[{ value: "", label: t("figures.all") }, ...(known.data?.groupings ?? []).map((g) => ({ value: g.name ?? "", label: title(g) }))]}
        />
        <Select
          mode="multiple"
          value={names}
          onChange={setChosen}
          style={{ minWidth: 360 }}
          maxTagCount="responsive"
          aria-label={t("figures.measures")}
          options={all.map((m) => ({ value: m.name ?? "", label: title(m) }))}
        />
        <Segmented
          value={view}
          onChange={setView}
          options={[
            { value: "table", label: t("figures.table") },
            { value: "chart", label: t("figures.chart") },
          ]}
          aria-label={t("figures.view")}
        />
        <Button onClick={() => void download()}>{t("figures.csv")}</Button>
      </div>
      <div className="column">
        <Loaded query={known} rows={1}>
          {() => (
            <Loaded query={query} rows={8} empty={t("figures.empty")} isEmpty={(f) => !f.rows?.length}>
              {(f) => <Rows rows={f.rows ?? []} measures={all.filter((m) => names.includes(m.name ?? ""))} grouping={grouping} picture={view === "chart"} />}
            </Loaded>
          )}
        </Loaded>
      </div>
    </div>
  );
}
