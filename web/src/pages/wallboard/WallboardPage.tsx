// The wallboard: 1920×1080, dark, nobody touches it. It scales to the screen, and says so when its figures are old.
import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { getWallboard } from "@/api/endpoints";
import type { Int64, Wallboard } from "@/api/types";
import { Chart } from "@/components/Chart";
import { useWallboard } from "@/desk/hooks";
import { desk } from "@/desk/socket";
import { useAreas, useUnitName } from "@/lib/catalogue";
import { serverNow } from "@/lib/clock";
import { exactTime, num, percent } from "@/lib/format";
import "./wallboard.css";
import { useTick } from "@/lib/useTick";

const WIDTH = 1920;
const HEIGHT = 1080;
const STALE_MS = 20_000;
const MOST_BARS = 8;
const TEXT = "#c5d3e6";
const LINE = "#24405f";
const BLUE = "#5b9bd5";
const STATE_COLOURS: Record<string, string> = { talking: "#5b9bd5", reserved: "#8ab8e6", wrap_up: "#9aa7b8", ready: "#4fb286", not_ready: "#e0b04c" };
const STATES = ["talking", "reserved", "wrap_up", "ready", "not_ready"] as const;
// A full share needs no decimal, which would not fit beside its neighbours.
const share = (ratio: number | undefined): string => percent(ratio, ratio === 1 ? 0 : 1);
const TARGET = 0.95; // STD-1

function useScale(): number {
  const fit = () => Math.min(window.innerWidth / WIDTH, window.innerHeight / HEIGHT);
  const [scale, setScale] = useState(fit);
  useEffect(() => {
    const onResize = () => setScale(fit());
    window.addEventListener("resize", onResize);
    return () => window.removeEventListener("resize", onResize);
  }, []);
  return scale;
}

function Big({ label, value, tone = "", note }: { label: string; value: string; tone?: string; note?: string }) {
  return (
    <div className="wb-big">
      <div className="wb-label">{label}</div>
      <div className={`wb-value ${tone}`}>{value}</div>
      {note && <div className="wb-note">{note}</div>}
    </div>
  );
}

function bars(names: string[], values: number[], colour: string) {
  return {
    animationDuration: 300,
    animationDurationUpdate: 300,
    grid: { left: 8, right: 56, top: 4, bottom: 4, containLabel: true },
    xAxis: { type: "value" as const, show: false },
    yAxis: {
      type: "category" as const,
      inverse: true,
      data: names,
      axisLine: { show: false },
      axisTick: { show: false },
      axisLabel: { color: TEXT, fontSize: 20, width: 220, overflow: "truncate" as const },
    },
    series: [
      {
        type: "bar" as const,
        data: values,
        barMaxWidth: 26,
        itemStyle: { color: colour, borderRadius: 3 },
        label: { show: true, position: "right" as const, color: "#fff", fontSize: 20 },
      },
    ],
  };
}

const largest = (map: Record<string, Int64> | undefined, count: number): [string, number][] =>
  Object.entries(map ?? {})
    .map(([k, v]): [string, number] => [k, num(v)])
    .sort((a, b) => b[1] - a[1])
    .slice(0, count);

// A chart of the largest groups; its label says the same to who cannot see it.
function Bars({ title, map, nameOf, colour }: { title: string; map: Record<string, Int64> | undefined; nameOf: (key: string) => string; colour: string }) {
  const { t } = useTranslation();
  const rows = largest(map, MOST_BARS).map(([key, value]): [string, number] => [nameOf(key), value]);
  const said = rows.map(([name, value]) => `${name} ${value}`).join(t("common.comma"));
  // Only a change of what is said draws anew.
  const option = useMemo(() => bars(rows.map(([name]) => name), rows.map(([, value]) => value), colour), [said, colour]);
  return (
    <section className="wb-card wb-fill">
      <h2>{title}</h2>
      {rows.length === 0 ? <p className="wb-none">{t("wallboard.none")}</p> : <Chart option={option} label={`${title}${t("common.colon")}${said}`} />}
    </section>
  );
}

function Agents({ board }: { board: Wallboard }) {
  const { t } = useTranslation();
  const total = STATES.reduce((sum, s) => sum + (board.agentsByState?.[s] ?? 0), 0);
  return (
    <section className="wb-card">
      <h2>{t("wallboard.agents", { count: total })}</h2>
      <div className="wb-agents">
        {STATES.map((state) => (
          <div key={state}>
            <span style={{ background: STATE_COLOURS[state] }} className="wb-key" />
            {t(`wallboard.state.${state}`)}
            <b>{board.agentsByState?.[state] ?? 0}</b>
          </div>
        ))}
      </div>
      <div className="wb-strip" aria-hidden="true">
        {STATES.map((state) => (
          <span key={state} style={{ background: STATE_COLOURS[state], flexGrow: board.agentsByState?.[state] ?? 0 }} />
        ))}
      </div>
    </section>
  );
}

// Calls in progress and waiting over the last half hour, as this screen saw them.
function useTrend(board: Wallboard | null) {
  const seen = useRef<{ at: string; now: number; waiting: number | null }[]>([]);
  return useMemo(() => {
    if (board?.time) {
      const at = exactTime(board.time).slice(11, 19);
      if (seen.current[seen.current.length - 1]?.at !== at) seen.current = [...seen.current, { at, now: board.callsNow ?? 0, waiting: (board.waitingNow ?? 0) < 0 ? null : (board.waitingNow ?? 0) }].slice(-900);
    }
    return seen.current;
  }, [board]);
}

function Trend({ board }: { board: Wallboard }) {
  const { t } = useTranslation();
  const points = useTrend(board);
  const option = useMemo(
    () => ({
      animation: false,
      grid: { left: 32, right: 40, top: 40, bottom: 4, containLabel: true },
      legend: { textStyle: { color: TEXT, fontSize: 18 }, top: 0 },
      xAxis: { type: "category" as const, data: points.map((p) => p.at), axisLabel: { color: TEXT, fontSize: 16 }, axisLine: { lineStyle: { color: LINE } } },
      yAxis: { type: "value" as const, minInterval: 1, axisLabel: { color: TEXT, fontSize: 16 }, splitLine: { lineStyle: { color: LINE } } },
      series: [
        { name: t("wallboard.callsNow"), type: "line" as const, showSymbol: false, data: points.map((p) => p.now), lineStyle: { width: 3 }, color: BLUE },
        { name: t("wallboard.waiting"), type: "line" as const, showSymbol: false, data: points.map((p) => p.waiting), lineStyle: { width: 3 }, color: "#e0b04c" },
      ],
    }),
    [points, t],
  );
  return <Chart option={option} label={t("wallboard.trend")} />;
}

function Board({ board }: { board: Wallboard }) {
  const { t } = useTranslation();
  const unitName = useUnitName();
  const { nameOf } = useAreas();
  const connect = board.connectRate24h ?? -1;
  const in15 = board.answeredIn15sRate ?? -1;
  const overdue = num(board.ticketsOverdue);
  const typeName = (k: string) => t(`enum.type.TICKET_TYPE_${k.toUpperCase()}` as never) as string;
  const rateTone = (rate: number) => (rate < 0 ? "" : rate >= TARGET ? "good" : "bad");
  return (
    <div className="wb-grid">
      <section className="wb-card wb-row">
        <Big label={t("wallboard.callsNow")} value={String(board.callsNow ?? 0)} />
        <Big label={t("wallboard.waiting")} value={(board.waitingNow ?? 0) < 0 ? "–" : String(board.waitingNow ?? 0)} tone={(board.waitingNow ?? 0) > 0 ? "warn" : ""} />
        <Big label={t("wallboard.connectRate")} value={percent(connect)} tone={rateTone(connect)} note={t("wallboard.target", { rate: percent(TARGET, 0) })} />
        <Big label={t("wallboard.in15s")} value={percent(in15)} tone={rateTone(in15)} note={`${num(board.answeredIn15s)} / ${num(board.callsConnected)}`} />
        <Big label={t("wallboard.overdue")} value={String(overdue)} tone={overdue > 0 ? "bad" : "good"} />
      </section>
      <section className="wb-card wb-row small">
        <Big label={t("wallboard.offered")} value={String(num(board.callsOffered))} />
        <Big label={t("wallboard.connected")} value={String(num(board.callsConnected))} />
        <Big label={t("wallboard.abandoned")} value={String(num(board.callsAbandoned))} />
        <Big label={t("wallboard.messages")} value={String(num(board.messagesLeft))} />
        <Big label={t("wallboard.created")} value={String(num(board.ticketsCreated))} />
        <Big label={t("wallboard.open")} value={String(num(board.ticketsOpen))} />
        <Big label={t("wallboard.closed")} value={String(num(board.ticketsClosed))} />
        <Big label={t("wallboard.onTime")} value={share(board.onTimeRate)} />
        <Big label={t("wallboard.solved")} value={share(board.solvedRate)} />
        <Big label={t("wallboard.satisfied")} value={share(board.satisfiedRate)} />
      </section>
      <div className="wb-charts">
        <div className="wb-stack">
          <Agents board={board} />
          <section className="wb-card wb-fill">
            <h2>{t("wallboard.trend")}</h2>
            <Trend board={board} />
          </section>
        </div>
        <Bars title={t("wallboard.byType")} map={board.ticketsByType} nameOf={typeName} colour={BLUE} />
        <Bars title={t("wallboard.byArea")} map={board.ticketsByArea} nameOf={(k) => nameOf(k) || t("wallboard.noArea")} colour="#4fb286" />
        <Bars title={t("wallboard.byUnit")} map={board.ticketsByUnit} nameOf={unitName} colour="#8ab8e6" />
      </div>
    </div>
  );
}

export default function WallboardPage() {
  const { t } = useTranslation();
  useTick();
  const scale = useScale();
  useEffect(() => {
    desk.start();
    return () => desk.stop();
  }, []);
  const live = useWallboard();
  const first = useQuery({ queryKey: ["wallboard"], queryFn: getWallboard, refetchInterval: live ? false : 5000 });
  const board = live ?? first.data;
  const stale = !board?.time || serverNow() - Date.parse(board.time) > STALE_MS;
  return (
    <main className="wallboard">
      <div className="wb-canvas" style={{ transform: `scale(${scale})` }}>
        <header>
          <h1>{t("wallboard.title")}</h1>
          {board && stale && (
            <span className="wb-stale" role="alert">
              {t("wallboard.stale", { time: exactTime(board.time) })}
            </span>
          )}
          <time>{exactTime(new Date(serverNow()).toISOString())}</time>
        </header>
        {board ? <Board board={board} /> : <p className="wb-wait">{first.isError ? t("problem.unreachable") : t("common.loading")}</p>}
      </div>
    </main>
  );
}
