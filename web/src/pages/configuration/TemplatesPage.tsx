// Document templates (TKT-14): edited as blocks or as source, looked at as the PDF of a real ticket before they are put.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Checkbox, ConfigProvider, Input, Segmented, Select } from "antd";
import { useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { type DocumentTemplate, listTemplates, previewDocument, putTemplate } from "@/api/configuration";
import { Field } from "@/components/Field";
import { Loaded, ProblemAlert } from "@/components/Problems";
import { useNamed } from "@/lib/catalogue";
import { num } from "@/lib/format";
import { jsonFault } from "@/pages/admin/Flows";
import { BlocksEditor } from "./BlocksEditor";
import { type Faults, moved, replaced, useFaults, without } from "./faults";
import { Choice, NumberInput, RowButtons, SaveButton, Stamp } from "./Parts";
import { AUDIENCES, bytesOf, parseBody, printBody, type TemplateBody, type TemplateField, unknownPlaceholders } from "./templates";
import { TemplateChanges, TemplateVersions, useStampBy } from "./TemplateVersions";
import { useLeave, useUnsaved } from "./unsaved";

const MAX_FIELDS = 50;
const READABLE = { token: { colorTextDisabled: "#33404f" } }; // what is not to be changed is there to be read

function Head({ body, isNew, faults, set }: { body: TemplateBody; isNew: boolean; faults: Faults; set: (part: Partial<TemplateBody>) => void }) {
  const { t } = useTranslation();
  return (
    <>
      <div className="row">
        <Field label={t("admin.name")} required className="rest" error={faults.at("name")}>
          {(c) => <Input id={c.id} status={c.status ?? ""} value={body.name} maxLength={60} onChange={(e) => set({ name: e.target.value })} />}
        </Field>
        <Field label={t("admin.nameEn")} className="rest" error={faults.at("nameEn")}>
          {(c) => <Input id={c.id} status={c.status ?? ""} value={body.name_en ?? ""} maxLength={60} onChange={(e) => set({ name_en: e.target.value })} />}
        </Field>
        <Field label={t("config.id")} required className="third" error={faults.at("templateId")}>
          {(c) => <Input id={c.id} className="mono" status={c.status ?? ""} disabled={!isNew} value={body.template_id} maxLength={40} onChange={(e) => set({ template_id: e.target.value })} />}
        </Field>
      </div>
      <div className="row">
        <Field label={t("config.templates.number")} hint={t("config.templates.numberHint")} className="rest" error={faults.at("number")}>
          {(c) => <Input id={c.id} status={c.status ?? ""} value={body.number ?? ""} maxLength={60} onChange={(e) => set({ number: e.target.value })} />}
        </Field>
        <Field label={t("config.templates.audience")} hint={t("config.templates.audienceHint")} className="rest" error={faults.at("audience")}>
          {(c) => <Select id={c.id} {...(c.status ? { status: c.status } : {})} value={body.audience} onChange={(audience) => set({ audience })} options={AUDIENCES.map((value) => ({ value, label: t(`config.audience.${value}`) }))} style={{ width: "100%" }} />}
        </Field>
      </div>
    </>
  );
}

function OwnFields({ fields, faults, onChange }: { fields: TemplateField[]; faults: Faults; onChange: (fields: TemplateField[]) => void }) {
  const { t } = useTranslation();
  return (
    <fieldset className="rows-editor">
      <legend>{t("config.templates.fields")}</legend>
      {fields.map((field, i) => {
        const set = (part: Partial<TemplateField>) => onChange(replaced(fields, i, part));
        return (
          <div className="row template-field" key={i}>
            <Field label={i === 0 ? t("admin.name") : ""} className="rest" error={faults.at(`fields[${i}].name`)}>
              {(c) => <Input id={c.id} status={c.status ?? ""} value={field.name} maxLength={60} aria-label={`${t("admin.name")} ${i + 1}`} onChange={(e) => set({ name: e.target.value })} />}
            </Field>
            <Field label={i === 0 ? t("config.templates.placeholder") : ""} className="third" error={faults.at(`fields[${i}].id`) ?? faults.at(`fields[${i}]`)}>
              {(c) => <Input id={c.id} className="mono" status={c.status ?? ""} value={field.id} maxLength={40} aria-label={`${t("config.templates.placeholder")} ${i + 1}`} onChange={(e) => set({ id: e.target.value })} />}
            </Field>
            <Field label={i === 0 ? t("config.forms.maxLength") : ""} className="amount" error={faults.at(`fields[${i}].max`)}>
              {(c) => <NumberInput id={c.id} status={c.status} min={1} max={10000} value={field.max} label={`${t("config.forms.maxLength")} ${i + 1}`} onChange={(max) => onChange(fields.map((f, n) => { if (n !== i) return f; const { max: _max, ...rest } = f; return max ? { ...rest, max } : rest; }))} />}
            </Field>
            <div className="checks">
              <Checkbox checked={field.required ?? false} onChange={(e) => set({ required: e.target.checked })}>
                {t("config.forms.must")}
              </Checkbox>
              <Checkbox checked={field.multiline ?? false} onChange={(e) => set({ multiline: e.target.checked })}>
                {t("config.templates.multiline")}
              </Checkbox>
            </div>
            <RowButtons name={field.name || String(i + 1)} at={i} count={fields.length} onMove={(to) => onChange(moved(fields, i, to))} onRemove={() => onChange(without(fields, i))} />
          </div>
        );
      })}
      <Button size="small" disabled={fields.length >= MAX_FIELDS} onClick={() => onChange([...fields, { id: "", name: "", max: 200 }])}>
        {t("config.forms.addField")}
      </Button>
    </fieldset>
  );
}

// The address of bytes for as long as they are shown.
function usePdf(base64: string | undefined): string {
  const [url, setUrl] = useState("");
  useEffect(() => {
    if (!base64) return setUrl("");
    const made = URL.createObjectURL(new Blob([bytesOf(base64) as BlobPart], { type: "application/pdf" }));
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [base64]);
  return url;
}

function PreviewPane({ templateId, text, fields, ready, onError }: { templateId: string; text: string; fields: TemplateField[]; ready: boolean; onError: (error: unknown) => void }) {
  const { t } = useTranslation();
  const [ticket, setTicket] = useState("");
  const [values, setValues] = useState<Record<string, string>>({});
  const own = useMemo(() => Object.fromEntries(fields.filter((f) => values[f.id]).map((f) => [f.id, values[f.id] ?? ""])), [fields, values]);
  const work = useMutation({
    mutationFn: (body: string) => previewDocument(ticket.trim(), { templateId, fields: own, body }),
    onMutate: () => onError(null),
    onError,
  });
  const faults = useFaults(work.error, "");
  const url = usePdf(work.data?.pdf);
  return (
    <section className="pdf-pane" aria-label={t("config.templates.preview")}>
      <h2>{t("config.templates.preview")}</h2>
      <form
        onSubmit={(e) => {
          e.preventDefault();
          if (ready && ticket.trim()) work.mutate(text);
        }}
      >
        <Field label={t("config.templates.ticket")} required error={faults.at("ticketId")}>
          {(c) => (
            <span className="with-button">
              <Input id={c.id} status={c.status ?? ""} value={ticket} placeholder={t("config.templates.ticketHint")} onChange={(e) => setTicket(e.target.value)} />
              <Button htmlType="submit" type="primary" loading={work.isPending} disabled={!ready || !ticket.trim()}>
                {t("config.templates.look")}
              </Button>
            </span>
          )}
        </Field>
        {fields.length > 0 && (
          <details>
            <summary>{t("config.templates.values", { count: fields.length })}</summary>
            {fields.map((field, i) => (
              <Field key={`${field.id}-${i}`} label={field.name || field.id} required={field.required ?? false} error={faults.at(`fields[${field.id}]`)}>
                {(c) => <Input.TextArea id={c.id} status={c.status ?? ""} value={values[field.id] ?? ""} autoSize={{ minRows: 1, maxRows: 5 }} onChange={(e) => setValues({ ...values, [field.id]: e.target.value })} />}
              </Field>
            ))}
          </details>
        )}
        {fields.filter((f) => faults.at(`fields[${f.id}]`)).map((f) => (
          <div key={f.id} className="field-error" role="alert">
            {f.name || f.id}: {faults.at(`fields[${f.id}]`)}
          </div>
        ))}
      </form>
      {url && (
        <>
          <p className="quiet">
            {t("config.templates.pages", { count: work.data?.pages ?? 0 })} ·{" "}
            <a href={url} target="_blank" rel="noopener">
              {t("config.templates.open")}
            </a>
            {work.variables !== text && <span className="late"> {t("config.templates.staleLook")}</span>}
          </p>
          <iframe title={t("config.templates.preview")} src={`${url}#toolbar=0&navpanes=0&view=FitH`} data-pages={work.data?.pages ?? 0} />
        </>
      )}
      {!url && !work.isPending && <p className="nothing">{t("config.templates.noLook")}</p>}
    </section>
  );
}

// The text of a body as the editor shows it.
const textOf = (template: DocumentTemplate): string => {
  const body = parseBody(template.body ?? "");
  return body ? printBody(body) : (template.body ?? "");
};

function ViewingBar({ viewing, onTake, onBack }: { viewing: DocumentTemplate; onTake: () => void; onBack: () => void }) {
  const { t } = useTranslation();
  return (
    <div className="undo-bar">
      {t("config.viewing", { version: num(viewing.version) })}
      <span className="grow" />
      <Button size="small" onClick={onTake}>
        {t("config.takeAsDraft")}
      </Button>
      <Button size="small" onClick={onBack}>
        {t("config.backToDraft")}
      </Button>
    </div>
  );
}

interface EditorProps {
  start: DocumentTemplate;
  isNew: boolean;
  onPut: (templateId: string) => void;
}

// The template while it is edited, a version of old while that is looked at, and the putting.
function useTemplateDraft({ start, isNew, onPut }: EditorProps) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const first = useMemo(() => textOf(start), [start]);
  const [typed, setText] = useState(first);
  const [viewing, setViewing] = useState<DocumentTemplate | null>(null); // read only
  const [lookError, setLookError] = useState<unknown>(null);
  const text = viewing ? textOf(viewing) : typed;
  const body = useMemo(() => parseBody(text), [text]);
  const templateId = body?.template_id ?? start.templateId ?? "";
  const save = useMutation({
    onMutate: () => setLookError(null),
    mutationFn: () => putTemplate(templateId, text, isNew ? "" : (start.etag ?? "")),
    onSuccess: (kept) => {
      message.success(t("config.templates.put", { version: num(kept.version) }));
      onPut(kept.templateId ?? "");
    },
  });
  // What was refused before is over with the next try.
  const looked = (refused: unknown) => {
    save.reset();
    setLookError(refused);
  };
  const take = () => {
    setText(text);
    setViewing(null);
  };
  const set = (part: Partial<TemplateBody>) => body && !viewing && setText(printBody({ ...body, ...part }));
  useUnsaved(typed !== first);
  return { first, text, setText, body, set, templateId, viewing, setViewing, take, save, looked, error: save.error ?? lookError, changed: typed !== first };
}

function Editor(props: EditorProps) {
  const { start, isNew } = props;
  const { t } = useTranslation();
  const stampBy = useStampBy();
  const draft = useTemplateDraft(props);
  const { first, text, setText, body, set, templateId, viewing, setViewing, save, error } = draft;
  const [mode, setMode] = useState<"blocks" | "source">(body ? "blocks" : "source");
  const form = useRef<HTMLElement>(null);
  const faults = useFaults(error, "template");
  useEffect(() => {
    if (faults.first) form.current?.querySelector(".bad, .field-error")?.scrollIntoView({ block: "center" });
  }, [faults]);
  const shown = viewing ?? start;
  const broken = jsonFault(text);
  const unknown = body ? unknownPlaceholders(body) : [];
  const dirty = draft.changed || isNew;
  return (
    <div className="with-side wide">
      <section className="main-part scroll column" aria-label={body?.name ?? templateId} ref={form}>
        {error != null && <ProblemAlert error={error} />}
        {viewing && <ViewingBar viewing={viewing} onTake={draft.take} onBack={() => setViewing(null)} />}
        <div className="filters">
          <Segmented<"blocks" | "source"> value={mode} onChange={setMode} aria-label={t("config.templates.mode")} options={[{ value: "blocks", label: t("config.templates.byBlocks"), disabled: !body }, { value: "source", label: t("config.templates.source") }]} />
          {isNew ? <span className="tag tag-yellow">{t("config.templates.isNew")}</span> : <Stamp version={num(shown.version)} time={shown.updateTime} by={stampBy(shown)} />}
          {unknown.length > 0 && <span className="late">{t("config.templates.unknown", { names: unknown.map((n) => `{{${n}}}`).join(" ") })}</span>}
        </div>
        <ConfigProvider componentDisabled={!!viewing} {...(viewing ? { theme: READABLE } : {})}>
          <fieldset className="plain" disabled={!!viewing}>
            {mode === "blocks" && body ? (
              <>
                <Head body={body} isNew={isNew} faults={faults} set={set} />
                <BlocksEditor blocks={body.blocks} fields={body.fields ?? []} faults={faults} onChange={(blocks) => set({ blocks })} />
                <OwnFields fields={body.fields ?? []} faults={faults} onChange={(fields) => set({ fields })} />
              </>
            ) : (
              <Field label={t("config.templates.source")} error={broken ? `${t("admin.notJson")} (${broken})` : faults.at("body")}>
                {(c) => <Input.TextArea id={c.id} className="mono" status={c.status ?? ""} value={text} autoSize={{ minRows: 20, maxRows: 60 }} spellCheck={false} onChange={(e) => setText(e.target.value)} />}
              </Field>
            )}
          </fieldset>
        </ConfigProvider>
        {!viewing && (
          <div className="form-actions sticky">
            <SaveButton busy={save.isPending} disabled={!!broken || !dirty || !templateId} onSave={() => save.mutate()}>
              {t("config.templates.save")}
            </SaveButton>
            {dirty && !isNew && <Button type="text" onClick={() => setText(first)}>{t("config.discard")}</Button>}
            <span className="quiet">{t("config.templates.saveHint")}</span>
          </div>
        )}
      </section>
      <aside className="side column templates-side">
        {!isNew && <TemplateVersions current={start} onShow={setViewing} />}
        {viewing && <TemplateChanges version={viewing} current={start} />}
        <PreviewPane templateId={templateId} text={text} fields={body?.fields ?? []} ready={!broken} onError={draft.looked} />
      </aside>
    </div>
  );
}

export default function TemplatesPage() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const leave = useLeave();
  const named = useNamed();
  const query = useQuery({ queryKey: ["documentTemplates"], queryFn: listTemplates, staleTime: 0, refetchOnWindowFocus: false });
  const [chosen, setChosen] = useState("");
  const [fresh, setFresh] = useState<DocumentTemplate | null>(null);
  const templates = query.data?.templates ?? [];
  const current = templates.find((one) => one.templateId === chosen) ?? templates[0];
  const copy = () => {
    const body = parseBody(current?.body ?? "");
    if (body) setFresh({ body: printBody({ ...body, template_id: "", name: t("config.policies.copyOf", { name: body.name }) }) });
  };
  return (
    <Loaded query={query} isEmpty={(a) => !a.templates?.length}>
      {() => (
        <>
          <div className="filters">
            <Choice
              value={fresh ? "" : (current?.templateId ?? "")}
              onChange={(id) => leave(() => { setFresh(null); setChosen(id); })}
              label={t("config.part.templates")}
              options={[...templates.map((one) => ({ value: one.templateId ?? "", label: named(one, one.templateId) })), ...(fresh ? [{ value: "", label: t("config.templates.isNew") }] : [])]}
            />
            <Button onClick={() => leave(copy)}>{t("config.templates.copy")}</Button>
          </div>
          {(fresh ?? current) && (
            <Editor
              key={fresh ? "new" : `${current?.templateId} ${current?.etag}`}
              start={fresh ?? current!}
              isNew={!!fresh}
              onPut={(id) => {
                setFresh(null);
                setChosen(id);
                void queries.invalidateQueries({ queryKey: ["documentTemplates"] });
              }}
            />
          )}
        </>
      )}
    </Loaded>
  );
}
