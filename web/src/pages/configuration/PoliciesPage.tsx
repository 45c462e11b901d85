// Policies of time limits and their ladders: edited, previewed against the clocks that run (SLA-9), put as a new version.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Checkbox, Input, Modal, Segmented } from "antd";
import { useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { getPolicy, listPolicies, type Policy, previewPolicy, putPolicy, type Step } from "@/api/configuration";
import { Field } from "@/components/Field";
import { Loaded, ProblemAlert } from "@/components/Problems";
import { useCategoryName, useNamed, useUserName } from "@/lib/catalogue";
import { num } from "@/lib/format";
import { differences } from "./differences";
import { type Faults, replaced, useFaults, without } from "./faults";
import { LadderEditor } from "./LadderEditor";
import { Choice, DifferenceTable, PreviewResult, SaveButton, Stamp } from "./Parts";
import { NEW_STEP, placeOf, policyLines, type PolicyPart, type PolicyTexts, toPut } from "./policies";
import { StepEditor } from "./StepEditor";
import { useLeave, useUnsaved } from "./unsaved";

const MAX_STEPS = 20;
const VERSIONS_SHOWN = 20;

export function usePolicyTexts(): PolicyTexts {
  const { t } = useTranslation();
  const category = useCategoryName();
  return useMemo(() => {
    const comma = t("common.comma");
    const list = (prefix: string, values: readonly string[] | undefined) => (values ?? []).map((v) => t(`${prefix}.${v}` as never) as string).join(comma);
    return {
      limit: (key, values) => t(`config.limit.${key}`, values),
      unit: (limit) => t(`config.${limit?.kind === "LIMIT_KIND_WORKING" ? "working" : "natural"}Unit${limit?.amount === 1 ? "One" : ""}.${limit?.unit ?? "LIMIT_UNIT_UNSPECIFIED"}` as never) as string,
      types: (values) => list("enum.type", values),
      urgencies: (values) => list("enum.urgency", values),
      channels: (values) => list("enum.channel", values),
      category,
      trigger: (one) => t(`config.trigger.${one}` as never, { defaultValue: one }) as string,
      state: (one) => t(`enum.state.${one}` as never, { defaultValue: one }) as string,
      addressee: (one) => t(`choice.addressee.${one}` as never, { defaultValue: one }) as string,
      all: t("config.policies.allTickets"),
      comma,
      warnPercent: (percent) => t("config.policies.warnAt", { percent }),
      warnBefore: (minutes) => t("config.policies.warnMinutes", { minutes }),
      extensions: (count, each) => t("config.policies.extensionText", { count, each }),
      anyDate: t("config.policies.anyDate"),
      statutory: t("config.policies.statutory"),
      atOnce: t("config.policies.atOnce"),
      after: (limit) => t("config.policies.afterText", { limit }),
      document: (name) => t("config.policies.documentText", { name }),
      part: (name) => t(`config.policies.${name}`),
      yes: t("config.yes"),
    };
  }, [t, category]);
}

function About({ policy, isNew, disabled, faults, set }: { policy: Policy; isNew: boolean; disabled: boolean; faults: Faults; set: (part: Partial<Policy>) => void }) {
  const { t } = useTranslation();
  return (
    <fieldset className="rows-editor" disabled={disabled}>
      <legend>{t("config.policies.about")}</legend>
      <div className="row">
        <Field label={t("admin.name")} required className="rest" error={faults.at("name")}>
          {(c) => <Input id={c.id} status={c.status ?? ""} disabled={disabled} value={policy.name ?? ""} maxLength={50} onChange={(e) => set({ name: e.target.value })} />}
        </Field>
        <Field label={t("admin.nameEn")} className="rest" error={faults.at("nameEn")}>
          {(c) => <Input id={c.id} status={c.status ?? ""} disabled={disabled} value={policy.nameEn ?? ""} maxLength={50} onChange={(e) => set({ nameEn: e.target.value })} />}
        </Field>
        <Field label={t("config.id")} required className="third" error={faults.at("policyId")}>
          {(c) => <Input id={c.id} className="mono" status={c.status ?? ""} disabled={disabled || !isNew} value={policy.policyId ?? ""} maxLength={40} onChange={(e) => set({ policyId: e.target.value })} />}
        </Field>
      </div>
      <Field label={t("config.policies.description")} error={faults.at("description")}>
        {(c) => <Input.TextArea id={c.id} status={c.status ?? ""} disabled={disabled} value={policy.description ?? ""} maxLength={500} autoSize={{ minRows: 3, maxRows: 8 }} onChange={(e) => set({ description: e.target.value })} />}
      </Field>
      {faults.at("steps") && <div className="field-error" role="alert">{faults.at("steps")}</div>}
    </fieldset>
  );
}

function Versions({ policy, onShow }: { policy: Policy; onShow: (policy: Policy) => void }) {
  const { t } = useTranslation();
  const userName = useUserName();
  const version = num(policy.version);
  const numbers = Array.from({ length: Math.min(version, VERSIONS_SHOWN) }, (_, i) => version - i);
  const query = useQuery({
    queryKey: ["policyVersions", policy.policyId, version],
    queryFn: () => Promise.all(numbers.map((n) => getPolicy(policy.policyId ?? "", n))),
    staleTime: Infinity,
  });
  const by = (one: Policy) => (one.updatedBy === "preset" ? t("config.preset") : userName(one.updatedBy));
  return (
    <Loaded query={query}>
      {(versions) => (
        <ul className="versions">
          {versions.map((one) => (
            <li key={String(one.version)}>
              <Stamp version={num(one.version)} time={one.updateTime} by={by(one)} />
              {one.appliesToOpen && <span className="tag tag-yellow">{t("config.policies.movedOpen")}</span>}{" "}
              {num(one.version) !== version && (
                <Button size="small" onClick={() => onShow(one)} aria-label={`${t("config.differences")}: ${t("config.version", { version: num(one.version) })}`}>
                  {t("config.differences")}
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
    </Loaded>
  );
}

// The policy while it is edited, what it would move, and the putting.
function usePolicyDraft(start: Policy, onPut: (policy: Policy) => void) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const texts = usePolicyTexts();
  const [policy, setPolicy] = useState(start);
  const [applyToOpen, setApplyToOpen] = useState(false);
  const changes = useMemo(() => differences(policyLines(start, texts), policyLines(policy, texts)), [start, policy, texts]);
  const preview = useMutation({ mutationFn: (wanted: Policy) => previewPolicy(toPut(wanted)), onMutate: () => save.reset() });
  const save = useMutation({
    mutationFn: () => putPolicy(toPut(policy), applyToOpen),
    onSuccess: (kept) => {
      message.success(t("config.policies.put", { version: num(kept.version) }));
      onPut(kept);
    },
  });
  const stale = preview.isSuccess && preview.variables !== policy;
  useUnsaved(changes.length > 0);
  return { policy, setPolicy, applyToOpen, setApplyToOpen, changes, preview, save, stale, texts, error: save.error ?? preview.error };
}
type Draft = ReturnType<typeof usePolicyDraft>;

function PolicyActions({ draft, start, isNew }: { draft: Draft; start: Policy; isNew: boolean }) {
  const { t } = useTranslation();
  const { policy, applyToOpen, changes, preview, save } = draft;
  const good = !!policy.policyId && !!policy.name?.trim() && (isNew || changes.length > 0);
  const seen = preview.isSuccess && !draft.stale; // what is about to be put was looked at
  return (
    <div className="form-actions sticky">
      <Button loading={preview.isPending} disabled={!good || isNew} onClick={() => preview.mutate(policy)}>
        {t("config.preview.ask")}
      </Button>
      <Checkbox checked={applyToOpen} disabled={isNew} onChange={(e) => draft.setApplyToOpen(e.target.checked)}>
        {t("config.policies.applyToOpen")}
      </Checkbox>
      <SaveButton busy={save.isPending} disabled={!good || (applyToOpen && !seen)} onSave={() => save.mutate()}>
        {t("config.policies.save")}
      </SaveButton>
      {changes.length > 0 && !isNew && (
        <Button type="text" onClick={() => draft.setPolicy(start)}>
          {t("config.discard")}
        </Button>
      )}
      {applyToOpen && good && !seen && <span className="quiet">{t("config.preview.first")}</span>}
    </div>
  );
}

function PolicySide({ draft, start, isNew, stepName }: { draft: Draft; start: Policy; isNew: boolean; stepName: (step: string) => string }) {
  const { t } = useTranslation();
  const [older, setOlder] = useState<Policy | null>(null);
  const { preview, texts } = draft;
  const take = (version: Policy) => {
    draft.setPolicy({ ...version, etag: start.etag ?? "" });
    setOlder(null);
  };
  return (
    <aside className="side column">
      {preview.data && (
        <section>
          <h2>{t("config.preview.title")}</h2>
          <PreviewResult preview={preview.data} stale={draft.stale} stepName={stepName} />
        </section>
      )}
      <section aria-label={t("config.changes")}>
        <h2>{t("config.changes")}</h2>
        <DifferenceTable rows={isNew ? [] : draft.changes} empty={t(isNew ? "config.policies.isNew" : "config.noChanges")} />
      </section>
      {!isNew && (
        <section aria-label={t("config.versions")}>
          <h2>{t("config.versions")}</h2>
          <Versions policy={start} onShow={setOlder} />
        </section>
      )}
      {older && (
        <Modal open width={900} title={t("config.policies.olderTitle", { version: num(older.version), now: num(start.version) })} onCancel={() => setOlder(null)} okText={t("config.takeAsDraft")} onOk={() => take(older)}>
          <DifferenceTable rows={differences(policyLines(older, texts), policyLines(start, texts))} empty={t("config.same")} />
        </Modal>
      )}
    </aside>
  );
}

function Editor({ start, isNew, onPut }: { start: Policy; isNew: boolean; onPut: (policy: Policy) => void }) {
  const { t } = useTranslation();
  const named = useNamed();
  const draft = usePolicyDraft(start, onPut);
  const { policy, texts } = draft;
  const [part, setPart] = useState<PolicyPart>(isNew ? "about" : 0);
  const [rule, setRule] = useState<number | null>(null);
  const faults = useFaults(draft.error, "policy");
  const set = (change: Partial<Policy>) => draft.setPolicy((now) => ({ ...now, ...change }));
  const steps = policy.steps ?? [];
  const step = typeof part === "number" ? steps[part] : undefined;
  const stepName = (id: string) => named(steps.find((s) => s.step === id), id);
  const show = (next: PolicyPart, open: number | null = null) => {
    setPart(next);
    setRule(open);
  };
  useEffect(() => {
    const place = placeOf(faults.first);
    if (place) show(place.part, place.rule ?? null);
  }, [faults]);
  return (
    <div className="with-side">
      <section className="main-part scroll column" aria-label={named(policy, policy.policyId)}>
        {draft.error && <ProblemAlert error={draft.error} />}
        <div className="filters">
          <Segmented<string | number>
            value={part}
            onChange={(next) => show(next as PolicyPart)}
            aria-label={t("config.policies.parts")}
            options={[...steps.map((s, i) => ({ value: i, label: named(s, s.step) || t("config.policies.newStep") })), { value: "ladder", label: t("config.policies.ladder") }, { value: "about", label: t("config.policies.about") }]}
          />
          <Button size="small" disabled={steps.length >= MAX_STEPS} onClick={() => { set({ steps: [...steps, NEW_STEP] }); show(steps.length); }}>
            {t("config.policies.addStep")}
          </Button>
        </div>
        {step && typeof part === "number" && (
          <StepEditor step={step} at={`steps[${part}]`} disabled={false} texts={texts} faults={faults} open={rule} onOpen={setRule} onChange={(change: Partial<Step>) => set({ steps: replaced(steps, part, change) })} onRemove={() => { set({ steps: without(steps, part) }); show("about"); }} />
        )}
        {part === "ladder" && <LadderEditor ladder={policy.ladder ?? []} disabled={false} faults={faults} onChange={(ladder) => set({ ladder })} />}
        {part === "about" && <About policy={policy} isNew={isNew} disabled={false} faults={faults} set={set} />}
        <PolicyActions draft={draft} start={start} isNew={isNew} />
      </section>
      <PolicySide draft={draft} start={start} isNew={isNew} stepName={stepName} />
    </div>
  );
}

export default function PoliciesPage() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const leave = useLeave();
  const named = useNamed();
  const query = useQuery({ queryKey: ["slaPolicies"], queryFn: listPolicies, staleTime: 0, refetchOnWindowFocus: false });
  const [chosen, setChosen] = useState("");
  const [fresh, setFresh] = useState<Policy | null>(null);
  const policies = query.data?.policies ?? [];
  const current = policies.find((p) => p.policyId === chosen) ?? policies.find((p) => p.active) ?? policies[0];
  const copy = () => {
    if (!current) return;
    const { etag: _etag, version: _version, ...rest } = current;
    setFresh({ ...rest, policyId: "", name: t("config.policies.copyOf", { name: current.name }), nameEn: current.nameEn ?? "" });
  };
  return (
    <Loaded query={query}>
      {() => (
        <>
          <div className="filters">
            <Choice
              value={fresh ? "" : (current?.policyId ?? "")}
              onChange={(id) => leave(() => { setFresh(null); setChosen(id); })}
              label={t("config.part.policies")}
              options={[...policies.map((p) => ({ value: p.policyId ?? "", label: `${named(p, p.policyId)}${p.active ? ` · ${t("config.policies.active")}` : ""}` })), ...(fresh ? [{ value: "", label: t("config.policies.isNew") }] : [])]}
            />
            <Button onClick={() => leave(copy)}>{t("config.policies.copy")}</Button>
          </div>
          {(fresh ?? current) && (
            <Editor
              key={fresh ? "new" : `${current?.policyId} ${current?.etag}`}
              start={fresh ?? current!}
              isNew={!!fresh}
              onPut={(kept) => {
                setFresh(null);
                setChosen(kept.policyId ?? "");
                void queries.invalidateQueries({ queryKey: ["slaPolicies"] });
              }}
            />
          )}
        </>
      )}
    </Loaded>
  );
}
