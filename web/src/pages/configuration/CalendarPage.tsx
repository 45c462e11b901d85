// The city's working calendar: a year with its holidays and make-up workdays, changed with a preview of what moves (SLA-9).
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, App, Button, Input, Modal, Segmented, Select } from "antd";
import { useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Calendar, type CalendarDay, getCalendar, importDays, previewDays } from "@/api/configuration";
import { Field } from "@/components/Field";
import { Loaded, ProblemAlert } from "@/components/Problems";
import { useUserName } from "@/lib/catalogue";
import { serverNow } from "@/lib/clock";
import { dayOf, num } from "@/lib/format";
import { calendarLines, type DayMap, dayMap, parseNotice, shiftText, sorted, span, withChange, workingDays } from "./calendar";
import { differences } from "./differences";
import { type Faults, useFaults } from "./faults";
import { DifferenceTable, PreviewResult, SaveButton, Stamp } from "./Parts";
import { useUnsaved } from "./unsaved";
import { type Selection, YearView } from "./YearView";

const NAME_MAX = 50;

function Hours({ calendar }: { calendar: Calendar }) {
  const { t } = useTranslation();
  return (
    <section aria-label={t("config.calendar.hours")}>
      <h2>{t("config.calendar.hours")}</h2>
      <table className="hours">
        <tbody>
          {(calendar.weekly ?? []).map((w) => (
            <tr key={w.weekday}>
              <th scope="row">{t(`config.weekday.${w.weekday}` as never) as string}</th>
              <td>{shiftText(w.shifts) || <span className="quiet">{t("config.calendar.rest")}</span>}</td>
            </tr>
          ))}
          <tr>
            <th scope="row">{t("config.dayKind.work")}</th>
            <td>{shiftText(calendar.makeUp)}</td>
          </tr>
        </tbody>
      </table>
      <p className="quiet">{t("config.calendar.hoursHint", { zone: calendar.zone })}</p>
    </section>
  );
}

// What is done with the chosen days.
function ChangeDays({ selection, days, onSelect, onChange, onPaste }: { selection: Selection; days: DayMap; onSelect: (s: Selection) => void; onChange: (days: CalendarDay[]) => void; onPaste: () => void }) {
  const { t } = useTranslation();
  const [from, to] = selection.anchor <= selection.focus ? [selection.anchor, selection.focus] : [selection.focus, selection.anchor];
  const there = days.get(from);
  const [kind, setKind] = useState<"off" | "work">("off");
  const [name, setName] = useState("");
  const chosen = span(from, to);
  const add = () => onChange(chosen.map((date) => ({ date, kind, name: name.trim() })));
  return (
    <section aria-label={t("config.calendar.change")}>
      <h2>{t("config.calendar.change")}</h2>
      <div className="row">
        <Field label={t("config.catalogue.from")} className="third">
          {(c) => <Input id={c.id} type="date" value={from} onChange={(e) => e.target.value && onSelect({ anchor: e.target.value, focus: to < e.target.value ? e.target.value : to })} />}
        </Field>
        <Field label={t("config.catalogue.to")} className="third">
          {(c) => <Input id={c.id} type="date" value={to} onChange={(e) => e.target.value && onSelect({ anchor: from > e.target.value ? e.target.value : from, focus: e.target.value })} />}
        </Field>
      </div>
      {there && (
        <p className="quiet">
          {[from, t(`config.dayKind.${there.kind as "off" | "work"}`), there.name].filter(Boolean).join(" · ")}
        </p>
      )}
      <form
        className="row"
        onSubmit={(e) => {
          e.preventDefault();
          add();
        }}
      >
        <div className="field">
          <Segmented<"off" | "work"> value={kind} onChange={setKind} aria-label={t("config.calendar.kind")} options={(["off", "work"] as const).map((value) => ({ value, label: t(`config.dayKind.${value}`) }))} />
        </div>
        <Field label={t("config.calendar.name")} className="third">
          {(c) => <Input id={c.id} value={name} maxLength={NAME_MAX} onChange={(e) => setName(e.target.value)} />}
        </Field>
        <div className="field">
          <Button htmlType="submit" disabled={chosen.length === 0}>
            {t("config.calendar.add", { count: chosen.length })}
          </Button>
        </div>
      </form>
      <Button size="small" type="link" onClick={onPaste}>
        {t("config.calendar.paste")}
      </Button>
    </section>
  );
}

function PasteDialog({ onTake, onClose }: { onTake: (days: CalendarDay[]) => void; onClose: () => void }) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const { days, bad } = parseNotice(text);
  return (
    <Modal open title={t("config.calendar.paste")} onCancel={onClose} okText={t("config.calendar.add", { count: days.length })} okButtonProps={{ disabled: days.length === 0 || bad.length > 0 }} onOk={() => onTake(days)}>
      <Field label={t("config.calendar.pasteHint")} error={bad.length ? t("config.calendar.badLines", { lines: bad.slice(0, 10).join(", ") }) : undefined}>
        {(c) => <Input.TextArea id={c.id} className="mono" status={c.status ?? ""} value={text} autoSize={{ minRows: 10, maxRows: 20 }} placeholder={"2027-01-01,off,元旦"} onChange={(e) => setText(e.target.value)} />}
      </Field>
    </Modal>
  );
}

function Pending({ changes, faults, onRemove }: { changes: CalendarDay[]; faults: Faults; onRemove: (date: string) => void }) {
  const { t } = useTranslation();
  if (changes.length === 0) return <p className="quiet">{t("config.calendar.noChanges")}</p>;
  return (
    <ul className="pending-days">
      {changes.map((day, i) => (
        <li key={day.date}>
          <span className={`day-mark ${day.kind}`}>{t(`config.dayKind.${day.kind as "off" | "work"}`)}</span> {day.date} {day.name}
          <Button size="small" type="text" danger aria-label={t("config.remove", { name: day.date })} onClick={() => onRemove(day.date ?? "")}>
            ✕
          </Button>
          {faults.under(`days[${i}]`) && <div className="field-error" role="alert">{faults.under(`days[${i}]`)}</div>}
        </li>
      ))}
    </ul>
  );
}

function VersionsDialog({ calendar, onClose }: { calendar: Calendar; onClose: () => void }) {
  const { t } = useTranslation();
  const userName = useUserName();
  const now = num(calendar.version);
  const [version, setVersion] = useState(now - 1);
  const query = useQuery({ queryKey: ["workingCalendar", version], queryFn: () => getCalendar(version), enabled: version > 0, staleTime: Infinity });
  const texts = { kind: (kind: string) => t(`config.dayKind.${kind as "off"}`), weekday: (n: number) => t(`config.weekday.${n}` as never) as string, makeUp: t("config.dayKind.work"), rest: t("config.calendar.rest") };
  return (
    <Modal open width={760} footer={null} title={t("config.calendar.versionsTitle", { now })} onCancel={onClose}>
      {now < 2 ? (
        <p className="nothing">{t("config.calendar.onlyVersion")}</p>
      ) : (
        <>
          <div className="filters">
            <Select<number> value={version} onChange={setVersion} aria-label={t("config.versions")} style={{ width: 140 }} options={Array.from({ length: now - 1 }, (_, i) => now - 1 - i).map((value) => ({ value, label: t("config.version", { version: value }) }))} />
            <Stamp time={query.data?.createTime} by={query.data?.createdBy ? userName(query.data.createdBy) : t("config.calendar.byService")} />
          </div>
          <Loaded query={query}>{(older) => <DifferenceTable rows={differences(calendarLines(older, texts), calendarLines(calendar, texts))} empty={t("config.same")} />}</Loaded>
        </>
      )}
    </Modal>
  );
}

// The changes that wait to be put, what they would move, and the putting.
function useDayChanges(calendar: Calendar, onPut: () => void) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const [changes, setChanges] = useState<DayMap>(new Map());
  const now = useMemo(() => dayMap(calendar.days), [calendar.days]);
  const then = useMemo(() => new Map([...now, ...changes]), [now, changes]);
  const preview = useMutation({ mutationFn: (wanted: DayMap) => previewDays(sorted(wanted)), onMutate: () => save.reset() });
  const save = useMutation({
    mutationFn: () => importDays(sorted(changes), calendar.etag ?? ""),
    onSuccess: (kept) => {
      message.success(t("config.calendar.put", { version: num(kept.version) }));
      onPut();
    },
  });
  useUnsaved(changes.size > 0);
  return {
    changes,
    list: sorted(changes),
    then,
    preview,
    save,
    stale: preview.isSuccess && preview.variables !== changes,
    error: save.error ?? preview.error,
    add: (days: CalendarDay[]) => setChanges((before) => days.reduce((map, day) => withChange(map, day, now), before)),
    remove: (date: string) => setChanges((before) => new Map([...before].filter(([key]) => key !== date))),
  };
}
type DayChanges = ReturnType<typeof useDayChanges>;

function YearHead({ year, calendar, then, onYear, onVersions }: { year: number; calendar: Calendar; then: DayMap; onYear: (year: number) => void; onVersions: () => void }) {
  const { t } = useTranslation();
  return (
    <div className="filters">
      <Button size="small" aria-label={t("config.calendar.previousYear")} onClick={() => onYear(year - 1)}>
        ‹
      </Button>
      <b className="year-title">{year}</b>
      <Button size="small" aria-label={t("config.calendar.nextYear")} onClick={() => onYear(year + 1)}>
        ›
      </Button>
      <span className="quiet">{t("config.calendar.workingDays", { count: workingDays(year, then, calendar.weekly) })}</span>
      <span className="legend">
        {(["off", "work", "weekend"] as const).map((kind) => (
          <span key={kind}>
            <i className={`swatch ${kind}`} aria-hidden="true" /> {t(`config.dayKind.${kind}`)}
          </span>
        ))}
      </span>
      <span className="grow" />
      <Button size="small" onClick={onVersions}>
        {t("config.version", { version: num(calendar.version) })}
      </Button>
    </div>
  );
}

function ToSave({ work, faults }: { work: DayChanges; faults: Faults }) {
  const { t } = useTranslation();
  const { list, preview, save, stale } = work;
  return (
    <section aria-label={t("config.calendar.pending")}>
      <h2>{t("config.calendar.pending")}</h2>
      <Pending changes={list} faults={faults} onRemove={work.remove} />
      {faults.at("days") && <div className="field-error" role="alert">{faults.at("days")}</div>}
      <div className="form-actions">
        <Button disabled={list.length === 0} loading={preview.isPending} onClick={() => preview.mutate(work.changes)}>
          {t("config.preview.ask")}
        </Button>
        <SaveButton busy={save.isPending} disabled={list.length === 0 || !preview.isSuccess || stale} onSave={() => save.mutate()}>
          {t("config.calendar.save")}
        </SaveButton>
      </div>
      {list.length > 0 && <p className="quiet">{t("config.calendar.saveHint")}</p>}
      {preview.data && list.length > 0 && <PreviewResult preview={preview.data} stale={stale} stepName={(step) => t([`enum.step.${step}`, "enum.step.other"] as never) as string} />}
    </section>
  );
}

function Editor({ calendar, onPut }: { calendar: Calendar; onPut: () => void }) {
  const { t } = useTranslation();
  const today = dayOf(new Date(serverNow()).toISOString());
  const [year, setYear] = useState(Number(today.slice(0, 4)));
  const [selection, setSelection] = useState<Selection>({ anchor: today, focus: today });
  const [dialog, setDialog] = useState<"" | "paste" | "versions">("");
  const side = useRef<HTMLElement>(null);
  const work = useDayChanges(calendar, onPut);
  const faults = useFaults(work.error, "");
  const known = (calendar.noticeYears ?? []).includes(year);
  const select = (next: Selection) => {
    setSelection(next);
    setYear(Number(next.focus.slice(0, 4)));
  };
  const take = (days: CalendarDay[]) => {
    work.add(days);
    const first = sorted(dayMap(days))[0]?.date;
    if (first) select({ anchor: first, focus: first });
    setDialog("");
  };
  return (
    <div className="with-side">
      <section className="main-part scroll column" aria-label={t("config.part.calendar")}>
        <YearHead year={year} calendar={calendar} then={work.then} onYear={setYear} onVersions={() => setDialog("versions")} />
        {!known && <Alert type="warning" showIcon message={t("config.calendar.noNotice", { year })} />}
        <YearView year={year} calendar={calendar} days={work.then} changed={work.changes} today={today} selection={selection} onSelect={select} onEdit={() => side.current?.querySelector<HTMLElement>("form input:not([type=radio])")?.focus()} />
      </section>
      <aside className="side column" ref={side}>
        {work.error && <ProblemAlert error={work.error} />}
        <ChangeDays selection={selection} days={work.then} onSelect={select} onChange={work.add} onPaste={() => setDialog("paste")} />
        <ToSave work={work} faults={faults} />
        <Hours calendar={calendar} />
      </aside>
      {dialog === "paste" && <PasteDialog onClose={() => setDialog("")} onTake={take} />}
      {dialog === "versions" && <VersionsDialog calendar={calendar} onClose={() => setDialog("")} />}
    </div>
  );
}

export default function CalendarPage() {
  const queries = useQueryClient();
  const query = useQuery({ queryKey: ["workingCalendar", 0], queryFn: () => getCalendar(), staleTime: 0, refetchOnWindowFocus: false });
  return <Loaded query={query}>{(calendar) => <Editor key={calendar.etag} calendar={calendar} onPut={() => void queries.invalidateQueries({ queryKey: ["workingCalendar"] })} />}</Loaded>;
}
