// Scripts that guide an agent (话术, TKT-22): which matter they are for, and what is said, asked and checked.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Input, Modal, Select } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { deleteScript, listScripts, putScript, type Script, type ScriptStep } from "@/api/configuration";
import type { TicketType } from "@/api/types";
import { useKeys, usePlainKeys } from "@/app/shortcuts";
import { DataTable } from "@/components/DataTable";
import { Field, Kbd } from "@/components/Field";
import { Loaded, ProblemAlert, useProblemText } from "@/components/Problems";
import { CategorySelect } from "@/components/LazySelects";
import { useCategoryName } from "@/lib/catalogue";
import { SCRIPT_FIELDS, SCRIPT_KINDS, TYPES } from "./choices";
import { moved, replaced, useFaults, without } from "./faults";
import { focusFirst, RowButtons } from "./Parts";

const MAX_STEPS = 30;
const NEW_STEP: ScriptStep = { kind: "ask", text: "", field: "" };

function Steps({ steps, onChange, faultAt }: { steps: ScriptStep[]; onChange: (steps: ScriptStep[]) => void; faultAt: (path: string) => string | undefined }) {
  const { t } = useTranslation();
  return (
    <fieldset className="rows-editor">
      <legend>{t("config.scripts.steps")}</legend>
      {steps.map((step, i) => (
        <div className="script-step" key={i}>
          <Select value={step.kind ?? "say"} onChange={(kind) => onChange(replaced(steps, i, { kind }))} aria-label={t("config.scripts.kind", { at: i + 1 })} options={SCRIPT_KINDS.map((value) => ({ value, label: t(`config.scripts.kinds.${value}`) }))} />
          <Field label="" error={faultAt(`steps[${i}].text`) ?? faultAt(`steps[${i}].field`)}>
            {(c) => <Input.TextArea id={c.id} status={c.status ?? ""} value={step.text ?? ""} maxLength={500} autoSize={{ minRows: 1, maxRows: 4 }} aria-label={t("config.scripts.text", { at: i + 1 })} onChange={(e) => onChange(replaced(steps, i, { text: e.target.value }))} />}
          </Field>
          <Select value={step.field || null} allowClear placeholder={t("config.scripts.noField")} onChange={(field) => onChange(replaced(steps, i, { field: field ?? "" }))} aria-label={t("config.scripts.field", { at: i + 1 })} options={SCRIPT_FIELDS.map((value) => ({ value, label: t(`config.formField.${value.replace(".", "_")}` as never) as string }))} />
          <RowButtons name={String(i + 1)} at={i} count={steps.length} onMove={(to) => onChange(moved(steps, i, to))} onRemove={() => onChange(without(steps, i))} />
        </div>
      ))}
      <Button size="small" disabled={steps.length >= MAX_STEPS} onClick={() => onChange([...steps, NEW_STEP])}>
        {t("config.scripts.addStep")}
      </Button>
    </fieldset>
  );
}

function ScriptDialog({ start, taken, onClose }: { start: Script; taken: Set<string>; onClose: (kept: boolean) => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const isNew = !start.etag;
  const [script, setScript] = useState(start);
  const set = (part: Partial<Script>) => setScript((now) => ({ ...now, ...part }));
  const twice = isNew && taken.has(script.scriptId ?? "");
  const work = useMutation({
    mutationFn: () => putScript(script),
    onSuccess: () => {
      message.success(t("config.kept"));
      onClose(true);
    },
  });
  const faults = useFaults(work.error, "script");
  const good = !!script.scriptId && !!script.title?.trim() && !!script.steps?.length && !twice;
  useKeys({ "Ctrl+Enter": () => good && !work.isPending && work.mutate() });
  return (
    <Modal open afterOpenChange={focusFirst} width={860} title={t(isNew ? "config.scripts.new" : "config.scripts.edit")} onCancel={() => onClose(false)} onOk={() => work.mutate()} okText={t("common.save")} okButtonProps={{ disabled: !good, loading: work.isPending }} maskClosable={false}>
      {work.isError && <ProblemAlert error={work.error} />}
      <div className="row">
        <Field label={t("ticket.title")} required className="rest" error={faults.at("title")}>
          {(c) => <Input id={c.id} status={c.status ?? ""} value={script.title ?? ""} maxLength={100} onChange={(e) => set({ title: e.target.value })} />}
        </Field>
        <Field label={t("config.id")} required className="third" hint={t("config.idHint")} error={twice ? t("config.idTaken") : faults.at("scriptId")}>
          {(c) => <Input id={c.id} className="mono" status={c.status ?? ""} value={script.scriptId ?? ""} disabled={!isNew} maxLength={64} onChange={(e) => set({ scriptId: e.target.value.trim() })} />}
        </Field>
      </div>
      <div className="row">
        <Field label={t("ticket.category")} className="rest" hint={t("config.scripts.categoryHint")} error={faults.at("categoryId")}>
          {(c) => <CategorySelect control={c} value={script.categoryId ?? ""} placeholder={t("config.scripts.anyCategory")} onChange={(categoryId) => set({ categoryId })} />}
        </Field>
        <Field label={t("ticket.type")} className="third" error={faults.at("type")}>
          {(c) => <Select<TicketType> id={c.id} allowClear value={script.type && script.type !== "TICKET_TYPE_UNSPECIFIED" ? script.type : null} placeholder={t("config.catalogue.anyType")} onChange={(type) => set({ type: type ?? "TICKET_TYPE_UNSPECIFIED" })} options={TYPES.map((value) => ({ value, label: t(`enum.type.${value}`) }))} style={{ width: "100%" }} />}
        </Field>
        <Field label={t("config.categories.order")} className="third" error={faults.at("order")}>
          {(c) => <Input id={c.id} type="number" min={0} status={c.status ?? ""} value={script.order ?? 0} onChange={(e) => set({ order: Number(e.target.value) || 0 })} />}
        </Field>
      </div>
      <Steps steps={script.steps ?? []} onChange={(steps) => set({ steps })} faultAt={faults.under} />
    </Modal>
  );
}

function ScriptTable({ scripts, onEdit, onRemove }: { scripts: Script[]; onEdit: (script: Script) => void; onRemove: (script: Script) => void }) {
  const { t } = useTranslation();
  const categoryName = useCategoryName();
  return (
    <DataTable<Script>
      fill
      label={t("config.part.scripts")}
      rows={scripts}
      rowKey={(s) => s.scriptId ?? ""}
      empty={t("config.scripts.empty")}
      columns={[
        { key: "title", title: t("ticket.title"), width: "minmax(160px, 1.2fr)", render: (s) => <span title={s.scriptId}>{s.title}</span> },
        { key: "category", title: t("ticket.category"), width: "minmax(160px, 1.2fr)", render: (s) => (s.categoryId ? categoryName(s.categoryId) : <span className="quiet">{t("config.scripts.anyCategory")}</span>) },
        { key: "type", title: t("ticket.type"), width: "100px", render: (s) => (s.type && s.type !== "TICKET_TYPE_UNSPECIFIED" ? t(`enum.type.${s.type}`) : <span className="quiet">{t("config.catalogue.anyType")}</span>) },
        { key: "steps", title: t("config.scripts.steps"), width: "minmax(240px, 2.4fr)", render: (s) => <span title={(s.steps ?? []).map((one) => one.text).join("\n")}>{(s.steps ?? []).map((one) => one.text).join(" / ")}</span> },
        { key: "order", title: t("config.categories.order"), width: "64px", align: "right", render: (s) => s.order ?? 0 },
        {
          key: "actions",
          title: t("common.actions"),
          width: "118px",
          render: (s) => (
            <>
              <Button size="small" onClick={() => onEdit(s)} aria-label={`${t("common.edit")}: ${s.title}`}>
                {t("common.edit")}
              </Button>{" "}
              <Button size="small" type="text" danger onClick={() => onRemove(s)} aria-label={t("config.remove", { name: s.title })}>
                ✕
              </Button>
            </>
          ),
        },
      ]}
    />
  );
}

export default function ScriptsPage() {
  const { t } = useTranslation();
  const { modal, message } = App.useApp();
  const queries = useQueryClient();
  const problemText = useProblemText();
  const query = useQuery({ queryKey: ["scripts"], queryFn: listScripts });
  const [editing, setEditing] = useState<Script | null>(null);
  const scripts = useMemo(() => query.data?.scripts ?? [], [query.data]);
  const refresh = () => void queries.invalidateQueries({ queryKey: ["scripts"] });
  const startNew = () => setEditing({ scriptId: "", title: "", order: 0, steps: [NEW_STEP] });
  usePlainKeys({ N: startNew }, !editing);
  const remove = (script: Script) =>
    void modal.confirm({
      title: t("config.scripts.removeConfirm", { name: script.title }),
      onOk: () =>
        deleteScript(script.scriptId ?? "", script.etag ?? "").then(refresh, (error: unknown) => {
          message.error(problemText(error));
          refresh();
        }),
    });
  return (
    <section className="main-part" aria-label={t("config.part.scripts")}>
      <div className="filters">
        <span className="quiet">{t("config.scripts.hint")}</span>
        <span className="grow" />
        <Button type="primary" onClick={startNew}>
          {t("config.scripts.new")} <Kbd keys="N" />
        </Button>
      </div>
      <Loaded query={query}>
        {() => <ScriptTable scripts={scripts} onEdit={setEditing} onRemove={remove} />}
      </Loaded>
      {editing && (
        <ScriptDialog
          start={editing}
          taken={new Set(scripts.map((s) => s.scriptId ?? ""))}
          onClose={(kept) => {
            setEditing(null);
            if (kept) refresh();
          }}
        />
      )}
    </section>
  );
}
