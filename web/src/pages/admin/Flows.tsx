// Flows as JSON: edit the draft, check it, publish it. Faults are listed with their step.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, App, Button, Input, Select } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { checkFlow, getFlow, listFlows, publishFlow, putFlow } from "@/api/endpoints";
import type { Flow, FlowFault } from "@/api/types";
import { Field } from "@/components/Field";
import { Loaded, ProblemAlert } from "@/components/Problems";
import { exactTime } from "@/lib/format";

const pretty = (json: string): string => {
  try {
    return JSON.stringify(JSON.parse(json), null, 2);
  } catch {
    return json;
  }
};

// "line 12" for people, from the parser's own message; empty when the text is JSON.
export function jsonFault(text: string): string {
  try {
    JSON.parse(text);
    return "";
  } catch (error) {
    return error instanceof Error ? error.message : "JSON";
  }
}

function Faults({ faults, flowId }: { faults: FlowFault[] | null; flowId: string }) {
  const { t } = useTranslation();
  if (!faults) return null;
  if (faults.length === 0) return <Alert type="success" showIcon message={t("admin.noFaults")} />;
  return (
    <Alert
      type="error"
      showIcon
      message={t("admin.faults", { count: faults.length })}
      description={
        <ul className="faults">
          {faults.map((f, i) => (
            <li key={i}>
              <b className="mono">{f.step || flowId}</b> <span className="mono">{f.reason}</span> {f.message}
            </li>
          ))}
        </ul>
      }
    />
  );
}

function Editor({ flow }: { flow: Flow }) {
  const { t } = useTranslation();
  const { message, modal } = App.useApp();
  const queries = useQueryClient();
  const id = flow.flowId ?? "";
  const [text, setText] = useState(() => pretty(flow.definitionJson ?? ""));
  const [etag, setEtag] = useState(flow.etag ?? "");
  const [faults, setFaults] = useState<FlowFault[] | null>(null);
  useEffect(() => setFaults(null), [text]);
  const bad = jsonFault(text);
  const done = () => {
    message.success(t("action.done"));
    void queries.invalidateQueries({ queryKey: ["flows"] });
  };
  const save = useMutation({
    mutationFn: () => putFlow({ ...flow, etag, definitionJson: text }),
    onSuccess: (kept) => {
      setEtag(kept.etag ?? "");
      done();
    },
  });
  const check = useMutation({
    mutationFn: async () => {
      const kept = await putFlow({ ...flow, etag, definitionJson: text });
      setEtag(kept.etag ?? "");
      return checkFlow(id);
    },
    onSuccess: (answer) => setFaults(answer.faults ?? []),
  });
  const publish = useMutation({ mutationFn: () => publishFlow(id, etag), onSuccess: done });
  const error = save.error ?? check.error ?? publish.error;
  return (
    <>
      {error && <ProblemAlert error={error} />}
      <Field label={t("admin.flowJson")} error={bad ? t("admin.notJson") : undefined}>
        {(c) => <Input.TextArea id={c.id} className="mono" status={c.status ?? ""} value={text} autoSize={{ minRows: 18, maxRows: 36 }} onChange={(e) => setText(e.target.value)} spellCheck={false} />}
      </Field>
      <div className="form-actions">
        <Button disabled={!!bad} loading={save.isPending} onClick={() => save.mutate()}>
          {t("admin.saveDraft")}
        </Button>
        <Button disabled={!!bad} loading={check.isPending} onClick={() => check.mutate()}>
          {t("admin.check")}
        </Button>
        <Button
          type="primary"
          disabled={faults === null || faults.length > 0}
          loading={publish.isPending}
          onClick={() => void modal.confirm({ title: t("admin.publishConfirm"), onOk: () => publish.mutate() })}
        >
          {t("admin.publish")}
        </Button>
      </div>
      <Faults faults={faults} flowId={id} />
    </>
  );
}

export function Flows() {
  const { t } = useTranslation();
  const list = useQuery({ queryKey: ["flows"], queryFn: listFlows });
  const [chosen, setChosen] = useState("");
  const id = chosen || list.data?.flows?.[0]?.flowId || "";
  const about = list.data?.flows?.find((f) => f.flowId === id);
  const draft = useQuery({ queryKey: ["flow", id], queryFn: () => getFlow(id), enabled: !!id, staleTime: 0, gcTime: 0 });
  return (
    <Loaded query={list} empty={t("admin.noFlows")} isEmpty={(f) => !f.flows?.length}>
      {(answer) => (
        <>
          <div className="filters">
            <Select value={id} onChange={setChosen} aria-label={t("admin.flows")} style={{ width: 260 }} options={(answer.flows ?? []).map((f) => ({ value: f.flowId ?? "", label: f.name || f.flowId }))} />
            <span className="quiet">
              {about?.publishedVersion ? t("admin.published", { version: about.publishedVersion, time: exactTime(about.publishTime) }) : t("admin.neverPublished")}
            </span>
          </div>
          <Loaded query={draft}>{(flow) => <Editor key={id} flow={flow} />}</Loaded>
        </>
      )}
    </Loaded>
  );
}
