// What the parts of the configuration share: the note of a publication, differences, what a change would move.
import { useMutation } from "@tanstack/react-query";
import { App, Button, Input, Modal, Segmented, Select } from "antd";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router-dom";
import type { Preview } from "@/api/configuration";
import { useKeys } from "@/app/shortcuts";
import { Field, Kbd } from "@/components/Field";
import { ProblemAlert } from "@/components/Problems";
import { exactTime, num } from "@/lib/format";
import type { Difference } from "./differences";
import { useFaults } from "./faults";

export const NOTE_MAX = 1000;

// Publishing asks what changed and why, which stays with the version.
export function PublishDialog({ title, publish, onClose, children }: { title: string; publish: (note: string) => Promise<unknown>; onClose: (done: boolean) => void; children?: ReactNode }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const [note, setNote] = useState("");
  const work = useMutation({
    mutationFn: () => publish(note.trim()),
    onSuccess: () => {
      message.success(t("config.published"));
      onClose(true);
    },
  });
  const faults = useFaults(work.error, "");
  const good = !!note.trim();
  useKeys({ "Ctrl+Enter": () => good && !work.isPending && work.mutate() });
  return (
    <Modal open title={title} width={680} onCancel={() => onClose(false)} onOk={() => work.mutate()} okText={t("config.publish")} okButtonProps={{ disabled: !good, loading: work.isPending }} maskClosable={false}>
      {work.isError && <ProblemAlert error={work.error} />}
      {children}
      <Field label={t("config.publishNote")} required error={faults.at("note")}>
        {(c) => <Input.TextArea id={c.id} status={c.status ?? ""} autoFocus value={note} maxLength={NOTE_MAX} autoSize={{ minRows: 2, maxRows: 6 }} onChange={(e) => setNote(e.target.value)} />}
      </Field>
    </Modal>
  );
}

export function DifferenceTable({ rows, empty }: { rows: Difference[]; empty: string }) {
  const { t } = useTranslation();
  if (rows.length === 0) return <p className="nothing">{empty}</p>;
  return (
    <table className="differences">
      <thead>
        <tr>
          <th scope="col">{t("config.what")}</th>
          <th scope="col">{t("config.before")}</th>
          <th scope="col">{t("config.after")}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.name} className={row.before === undefined ? "added" : row.after === undefined ? "removed" : "changed"}>
            <th scope="row">{row.name}</th>
            <td>{row.before ?? <span className="quiet">{t("config.absent")}</span>}</td>
            <td>{row.after ?? <span className="quiet">{t("config.absent")}</span>}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

// "12-02 17:30": the year and the second are in the title.
const toMinute = (time: string | undefined) => exactTime(time).slice(5, 16);

// SLA-9: what putting the change would do to the clocks that run.
export function PreviewResult({ preview, stale, stepName }: { preview: Preview; stale: boolean; stepName: (step: string) => string }) {
  const { t } = useTranslation();
  const figures = [
    ["examined", preview.examined],
    ["moved", preview.moved],
    ["becomeOverdue", preview.becomeOverdue],
    ["stopBeingOverdue", preview.stopBeingOverdue],
  ] as const;
  return (
    <section className={stale ? "preview-result stale" : "preview-result"} aria-label={t("config.preview.title")} aria-live="polite">
      {stale && <p className="late">{t("config.preview.stale")}</p>}
      <dl className="figures-row">
        {figures.map(([name, value]) => (
          <div key={name} data-figure={name}>
            <dt>{t(`config.preview.${name}`)}</dt>
            <dd className={name === "becomeOverdue" && num(value) > 0 ? "late" : undefined}>{num(value)}</dd>
          </div>
        ))}
      </dl>
      {!preview.complete && <p className="quiet">{t("config.preview.incomplete")}</p>}
      {!!preview.examples?.length && (
        <table className="differences">
          <thead>
            <tr>
              <th scope="col">{t("config.preview.ticket")}</th>
              <th scope="col">{t("config.preview.step")}</th>
              <th scope="col">{t("config.preview.dueBefore")}</th>
              <th scope="col">{t("config.preview.dueAfter")}</th>
            </tr>
          </thead>
          <tbody>
            {preview.examples.map((clock) => (
              <tr key={clock.clockId}>
                <td>
                  <Link to={`/tickets/${clock.ticketId}`} target="_blank" className="mono">
                    {(clock.ticketId ?? "").slice(-8)}
                  </Link>
                </td>
                <td>{stepName(clock.step ?? "")}</td>
                <td title={exactTime(clock.dueBefore)}>{toMinute(clock.dueBefore)}</td>
                <td title={exactTime(clock.dueAfter)}>{toMinute(clock.dueAfter) || t("config.preview.noLimit")}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

// Up, down, out: for rows whose order counts.
export function RowButtons({ name, at, count, onMove, onRemove }: { name: string; at: number; count: number; onMove?: (to: number) => void; onRemove?: () => void }) {
  const { t } = useTranslation();
  return (
    <span className="row-buttons">
      {onMove && (
        <>
          <Button size="small" type="text" disabled={at === 0} aria-label={t("config.up", { name })} onClick={() => onMove(at - 1)}>
            ↑
          </Button>
          <Button size="small" type="text" disabled={at === count - 1} aria-label={t("config.down", { name })} onClick={() => onMove(at + 1)}>
            ↓
          </Button>
        </>
      )}
      {onRemove && (
        <Button size="small" type="text" danger aria-label={t("config.remove", { name })} onClick={onRemove}>
          ✕
        </Button>
      )}
    </span>
  );
}

// A number that may be left out; what is typed goes to the service as it is, which has the last word on its bounds.
export function NumberInput({ id, status, label, value, min, max, disabled = false, placeholder, onChange }: { id: string; status: "error" | undefined; label?: string; value: number | undefined; min: number; max?: number; disabled?: boolean; placeholder?: string; onChange: (value: number | undefined) => void }) {
  return <Input id={id} type="number" inputMode="numeric" status={status ?? ""} aria-label={label} disabled={disabled} min={min} max={max} placeholder={placeholder} value={value ?? ""} onChange={(e) => onChange(e.target.value === "" ? undefined : Math.trunc(Number(e.target.value)))} />;
}

const SIDE_BY_SIDE = 7;
// One of a few side by side, one of many by typing.
export function Choice({ value, options, label, onChange }: { value: string; options: { value: string; label: string }[]; label: string; onChange: (value: string) => void }) {
  if (options.length <= SIDE_BY_SIDE) return <Segmented<string> value={value} onChange={onChange} options={options} aria-label={label} />;
  return <Select<string> value={value} onChange={onChange} options={options} aria-label={label} showSearch optionFilterProp="label" style={{ width: 280 }} />;
}

// A dialog begins where typing begins, unless it has begun.
export function focusFirst(open: boolean): void {
  if (open && !document.querySelector(".ant-modal-body :focus")) document.querySelector<HTMLElement>(".ant-modal-body input:not([disabled]), .ant-modal-body textarea")?.focus();
}

// Save, by button and by key.
export function SaveButton({ children, busy, disabled, onSave, primary = true }: { children: ReactNode; busy: boolean; disabled: boolean; onSave: () => void; primary?: boolean }) {
  useKeys({ "Ctrl+Enter": () => !disabled && !busy && onSave() });
  return (
    <Button type={primary ? "primary" : "default"} loading={busy} disabled={disabled} onClick={onSave} aria-keyshortcuts="Control+Enter">
      {children} <Kbd keys="Ctrl+Enter" />
    </Button>
  );
}

// "v3 · 2026-11-26 09:00:00 · 张三"
export function Stamp({ version, time, by }: { version?: number | undefined; time?: string | undefined; by?: string | undefined }) {
  const { t } = useTranslation();
  const parts = [version ? t("config.version", { version }) : "", exactTime(time), by ?? ""].filter(Boolean);
  return <span className="quiet">{parts.join(" · ")}</span>;
}
