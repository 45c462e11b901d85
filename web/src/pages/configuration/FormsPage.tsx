// Forms and steps per type of ticket (PLT-6): a draft that is checked when it is kept, versions that never change.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Checkbox, Segmented, Select } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { getProcess, listProcesses, listProcessVersions, type Process, publishProcess, putProcess } from "@/api/configuration";
import type { TicketType } from "@/api/types";
import { Field } from "@/components/Field";
import { Loaded, ProblemAlert } from "@/components/Problems";
import { useNamed, useUserName } from "@/lib/catalogue";
import { num } from "@/lib/format";
import { useMay } from "./access";
import { APPROVALS, BUILT_IN_FIELDS, DECIDERS, TYPES } from "./choices";
import { type Difference, differences } from "./differences";
import { FieldsEditor } from "./FieldsEditor";
import { type Faults, useFaults } from "./faults";
import { DifferenceTable, NumberInput, PublishDialog, SaveButton, Stamp } from "./Parts";
import { approvalsOf, asDraft, type OptionName, processLines, type ProcessTexts } from "./processes";
import { useLeave, useUnsaved } from "./unsaved";

function useProcessTexts(): ProcessTexts {
  const { t } = useTranslation();
  return useMemo(
    () => ({
      required: t("config.forms.required"),
      builtIn: (name) => t(`config.formField.${name.replace(".", "_")}` as never, { defaultValue: name }) as string,
      field: (name) => t("config.forms.ownField", { name }),
      kind: (kind) => t(`config.kind.${kind}` as never) as string,
      must: t("config.forms.must"),
      option: (name) => t(`config.forms.${name}`),
      yesNo: (yes) => t(yes ? "config.yes" : "config.no"),
      approval: (role) => t(`config.approval.${role}` as never, { defaultValue: role }) as string,
      decider: (name) => t(`config.decider.${name}` as never, { defaultValue: name }) as string,
      none: t("config.none"),
      comma: t("common.comma"),
    }),
    [t],
  );
}

const NUMBERS: { name: OptionName & ("arbitrationAfter" | "maxRework" | "reopenDays"); min: number; max: number }[] = [
  { name: "arbitrationAfter", min: 1, max: 10 },
  { name: "maxRework", min: 0, max: 5 },
  { name: "reopenDays", min: 0, max: 365 },
];

function StepsEditor({ process, disabled, faults, set }: { process: Process; disabled: boolean; faults: Faults; set: (part: Partial<Process>) => void }) {
  const { t } = useTranslation();
  const approvals = process.approvals ?? [];
  const has = (role: string) => approvals.includes(role);
  return (
    <fieldset className="rows-editor" disabled={disabled}>
      <legend>{t("config.forms.steps")}</legend>
      <div className="check-grid">
        <Checkbox disabled={disabled} checked={process.review ?? false} onChange={(e) => set({ review: e.target.checked })}>
          {t("config.forms.review")}
        </Checkbox>
        <Checkbox disabled={disabled} checked={process.callback ?? false} onChange={(e) => set({ callback: e.target.checked })}>
          {t("config.forms.callback")}
        </Checkbox>
        {APPROVALS.map((role) => (
          <Checkbox key={role} disabled={disabled} checked={has(role)} onChange={(e) => set({ approvals: approvalsOf(role === "unit_lead" ? e.target.checked : has("unit_lead"), role === "unit_head" ? e.target.checked : has("unit_head")) })}>
            {t(`config.forms.approvalBy.${role}`)}
          </Checkbox>
        ))}
      </div>
      {faults.at("approvals") && <div className="field-error" role="alert">{faults.at("approvals")}</div>}
      <div className="row">
        {(["returnDecider", "extensionDecider"] as const).map((name) => (
          <Field key={name} label={t(`config.forms.${name}`)} className="third" error={faults.at(name)}>
            {(c) => <Select id={c.id} disabled={disabled} value={process[name] || "dispatcher"} onChange={(value) => set({ [name]: value })} options={DECIDERS.map((value) => ({ value, label: t(`config.decider.${value}`) }))} style={{ width: "100%" }} />}
          </Field>
        ))}
        {NUMBERS.map(({ name, min, max }) => (
          <Field key={name} label={t(`config.forms.${name}`)} className="third" error={faults.at(name)}>
            {(c) => <NumberInput id={c.id} status={c.status} disabled={disabled} min={min} max={max} placeholder="0" value={process[name]} onChange={(v) => set({ [name]: v })} />}
          </Field>
        ))}
      </div>
    </fieldset>
  );
}

// The form as whoever registers a ticket will see it.
function FormPreview({ process }: { process: Process }) {
  const { t } = useTranslation();
  const texts = useProcessTexts();
  const named = useNamed();
  const required = new Set(process.required ?? []);
  return (
    <ol className="form-preview">
      {BUILT_IN_FIELDS.map((name) => (
        <li key={name}>
          {texts.builtIn(name)}
          {required.has(name) && <span className="required">*</span>}
        </li>
      ))}
      {(process.fields ?? []).map((field, i) => (
        <li key={`own-${i}`} className="own">
          {named(field, field.fieldId)}
          {field.required && <span className="required">*</span>} <span className="quiet">{texts.kind(field.kind)}</span>
        </li>
      ))}
      <li className="quiet">{t("config.forms.always")}</li>
    </ol>
  );
}

interface EditorProps {
  current: Process; // what counts now
  start: Process; // the draft, or what counts when there is none
  versions: Process[];
  onChanged: () => void;
}

// The draft while it is edited, and what can be done with it.
function useProcessDraft(start: Process, onChanged: () => void) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const texts = useProcessTexts();
  const [process, setProcess] = useState(start);
  const [viewing, setViewing] = useState<Process | null>(null); // a version of old, read only
  const save = useMutation({
    mutationFn: () => putProcess({ ...process, etag: start.draft ? (start.etag ?? "") : "" }),
    onSuccess: () => {
      message.success(t("config.forms.draftKept"));
      onChanged();
    },
  });
  const builtIn = useMutation({
    mutationFn: () => getProcess(start.type ?? "TICKET_TYPE_UNSPECIFIED", { builtIn: true }),
    onSuccess: (found) => setProcess((now) => asDraft(found, now)),
  });
  const take = (version: Process) => {
    setProcess((now) => asDraft(version, now));
    setViewing(null);
  };
  const unsaved = differences(processLines(start, texts), processLines(process, texts)).length > 0;
  useUnsaved(unsaved);
  return { process, setProcess, viewing, setViewing, save, builtIn, take, unsaved, shown: viewing ?? process };
}
type Draft = ReturnType<typeof useProcessDraft>;

function ViewingBar({ draft, mayEdit }: { draft: Draft; mayEdit: boolean }) {
  const { t } = useTranslation();
  const { viewing } = draft;
  if (!viewing) return null;
  return (
    <div className="undo-bar">
      {t("config.viewing", { version: num(viewing.version) })}
      <span className="grow" />
      {mayEdit && (
        <Button size="small" onClick={() => draft.take(viewing)}>
          {t("config.takeAsDraft")}
        </Button>
      )}
      <Button size="small" onClick={() => draft.setViewing(null)}>
        {t("config.backToDraft")}
      </Button>
    </div>
  );
}

function RequiredFields({ draft, disabled, faults }: { draft: Draft; disabled: boolean; faults: Faults }) {
  const { t } = useTranslation();
  const texts = useProcessTexts();
  const now = draft.shown.required ?? [];
  const toggle = (name: string, on: boolean) => draft.setProcess((process) => ({ ...process, required: on ? [...now, name] : now.filter((one) => one !== name) }));
  return (
    <fieldset className="rows-editor">
      <legend>{t("config.forms.required")}</legend>
      <div className="check-grid">
        {BUILT_IN_FIELDS.map((name) => (
          <Checkbox key={name} disabled={disabled} checked={now.includes(name)} onChange={(e) => toggle(name, e.target.checked)}>
            {texts.builtIn(name)}
          </Checkbox>
        ))}
      </div>
      {faults.under("required") && <div className="field-error" role="alert">{faults.under("required")}</div>}
    </fieldset>
  );
}

function DraftActions({ draft, start, publishable, onPublish }: { draft: Draft; start: Process; publishable: boolean; onPublish: () => void }) {
  const { t } = useTranslation();
  const { save, builtIn, unsaved } = draft;
  return (
    <div className="form-actions sticky">
      <SaveButton busy={save.isPending} disabled={!unsaved} onSave={() => save.mutate()} primary={unsaved}>
        {t("config.forms.saveDraft")}
      </SaveButton>
      <Button type={unsaved ? "default" : "primary"} disabled={unsaved || !publishable} onClick={onPublish}>
        {t("config.publish")}
      </Button>
      <Button type="text" loading={builtIn.isPending} onClick={() => builtIn.mutate()}>
        {t("config.forms.builtIn")}
      </Button>
      {unsaved && (
        <Button type="text" onClick={() => draft.setProcess(start)}>
          {t("config.discard")}
        </Button>
      )}
      {unsaved && <span className="tag tag-yellow">{t("config.unsaved")}</span>}
    </div>
  );
}

function FormSide({ shown, changed, versions, onShow }: { shown: Process; changed: Difference[]; versions: Process[]; onShow: (version: Process) => void }) {
  const { t } = useTranslation();
  const userName = useUserName();
  return (
    <aside className="side column">
      <section aria-label={t("config.forms.changes")}>
        <h2>{t("config.forms.changes")}</h2>
        <DifferenceTable rows={changed} empty={t("config.forms.noChanges")} />
      </section>
      <section aria-label={t("config.forms.preview")}>
        <h2>{t("config.forms.preview")}</h2>
        <FormPreview process={shown} />
      </section>
      <section aria-label={t("config.versions")}>
        <h2>{t("config.versions")}</h2>
        {versions.length === 0 && <p className="quiet">{t("config.forms.onlyBuiltIn")}</p>}
        <ul className="versions">
          {versions.map((v) => (
            <li key={String(v.version)}>
              <Stamp version={num(v.version)} time={v.updateTime} by={userName(v.updatedBy)} />
              <p>{v.note}</p>
              <Button size="small" onClick={() => onShow(v)} aria-label={`${t("config.show")}: ${t("config.version", { version: num(v.version) })}`}>
                {t("config.show")}
              </Button>
            </li>
          ))}
        </ul>
      </section>
    </aside>
  );
}

function Editor({ current, start, versions, onChanged }: EditorProps) {
  const { t } = useTranslation();
  const texts = useProcessTexts();
  const mayEdit = useMay("editForms");
  const draft = useProcessDraft(start, onChanged);
  const [publishing, setPublishing] = useState(false);
  const faults = useFaults(draft.save.error, "process");
  const { shown, viewing } = draft;
  const disabled = !mayEdit || !!viewing;
  const type = start.type ?? "TICKET_TYPE_UNSPECIFIED";
  const set = (part: Partial<Process>) => draft.setProcess((now) => ({ ...now, ...part }));
  const changed = differences(processLines(current, texts), processLines(shown, texts));
  return (
    <div className="with-side">
      <section className="main-part scroll column" aria-label={t("config.part.forms")}>
        {draft.save.isError && <ProblemAlert error={draft.save.error} />}
        <ViewingBar draft={draft} mayEdit={mayEdit} />
        <RequiredFields draft={draft} disabled={disabled} faults={faults} />
        <FieldsEditor fields={shown.fields ?? []} disabled={disabled} faults={faults} onChange={(fields) => set({ fields })} />
        <StepsEditor process={shown} disabled={disabled} faults={faults} set={set} />
        {mayEdit && !viewing && <DraftActions draft={draft} start={start} publishable={!!start.draft && changed.length > 0} onPublish={() => setPublishing(true)} />}
      </section>
      <FormSide shown={shown} changed={changed} versions={versions} onShow={draft.setViewing} />
      {publishing && (
        <PublishDialog
          title={t("config.forms.publishTitle", { type: t(`enum.type.${type}`) })}
          publish={(note) => publishProcess(type, start.etag ?? "", note)}
          onClose={(done) => {
            setPublishing(false);
            if (done) onChanged();
          }}
        >
          <DifferenceTable rows={changed} empty={t("config.forms.noChanges")} />
          <p className="quiet">{t("config.forms.publishHint")}</p>
        </PublishDialog>
      )}
    </div>
  );
}

export default function FormsPage() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const leave = useLeave();
  const [type, setType] = useState<TicketType>("TICKET_TYPE_CONSULTATION");
  const all = useQuery({ queryKey: ["processes"], queryFn: listProcesses });
  const draft = useQuery({ queryKey: ["process", type, "draft"], queryFn: () => getProcess(type, { draft: true }), staleTime: 0, refetchOnWindowFocus: false });
  const versions = useQuery({ queryKey: ["process", type, "versions"], queryFn: () => listProcessVersions(type) });
  const current = all.data?.processes?.find((p) => p.type === type);
  const versionOf = (one: TicketType) => num(all.data?.processes?.find((p) => p.type === one)?.version);
  return (
    <>
      <div className="filters">
        <Segmented<TicketType> value={type} onChange={(next) => leave(() => setType(next))} aria-label={t("ticket.type")} options={TYPES.map((value) => ({ value, label: versionOf(value) ? `${t(`enum.type.${value}`)} · ${t("config.version", { version: versionOf(value) })}` : t(`enum.type.${value}`) }))} />
        <span className="quiet">{draft.data?.draft ? t("config.forms.hasDraft") : t("config.forms.noDraft")}</span>
      </div>
      <Loaded query={all}>
        {() => (
          <Loaded query={draft}>
            {(start) => (
              <Editor
                key={`${type} ${start.draft ? "draft" : "now"} ${start.etag ?? ""} ${start.version ?? ""}`}
                current={current ?? start}
                start={start}
                versions={versions.data?.processes ?? []}
                onChanged={() => {
                  void queries.invalidateQueries({ queryKey: ["processes"] });
                  void queries.invalidateQueries({ queryKey: ["process", type] });
                }}
              />
            )}
          </Loaded>
        )}
      </Loaded>
    </>
  );
}
