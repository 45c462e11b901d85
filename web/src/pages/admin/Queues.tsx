import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Button, Input, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { listQueues, putQueue } from "@/api/endpoints";
import type { Queue, Strategy } from "@/api/types";
import { DataTable } from "@/components/DataTable";
import { Field } from "@/components/Field";
import { Loaded } from "@/components/Problems";
import { useNamed } from "@/lib/catalogue";
import { EditDialog } from "./EditDialog";

const STRATEGIES: Strategy[] = ["STRATEGY_LONGEST_IDLE", "STRATEGY_SKILL_LEVEL", "STRATEGY_LEAST_OCCUPIED", "STRATEGY_ROUND_ROBIN"];
const NUMBERS = [
  { name: "minimumLevel", min: 1, max: 10 },
  { name: "priority", min: 0, max: 100 },
  { name: "ringSeconds", min: 5, max: 60 },
  { name: "targetSeconds", min: 1, max: 600 },
  { name: "capacity", min: 1, max: 100000 },
] as const;

function QueueDialog({ start, isNew, onClose }: { start: Queue; isNew: boolean; onClose: (kept: boolean) => void }) {
  const { t } = useTranslation();
  const [queue, setQueue] = useState(start);
  const set = (part: Partial<Queue>) => setQueue((now) => ({ ...now, ...part }));
  return (
    <EditDialog title={t(isNew ? "admin.newQueue" : "admin.editQueue")} good={!!queue.queueId && !!queue.name} onClose={onClose} save={() => putQueue(queue)}>
      <Field label={t("admin.queueId")} required hint={t("admin.idHint")}>
        {(c) => <Input id={c.id} value={queue.queueId ?? ""} disabled={!isNew} onChange={(e) => set({ queueId: e.target.value })} />}
      </Field>
      <Field label={t("admin.name")} required>
        {(c) => <Input id={c.id} value={queue.name ?? ""} onChange={(e) => set({ name: e.target.value })} />}
      </Field>
      <Field label={t("admin.nameEn")}>{(c) => <Input id={c.id} value={queue.nameEn ?? ""} onChange={(e) => set({ nameEn: e.target.value })} />}</Field>
      <Field label={t("admin.strategy")}>
        {(c) => (
          <Select<Strategy> id={c.id} value={queue.strategy ?? "STRATEGY_LONGEST_IDLE"} onChange={(strategy) => set({ strategy })} options={STRATEGIES.map((value) => ({ value, label: t(`strategy.${value}` as never) as string }))} style={{ width: "100%" }} />
        )}
      </Field>
      <Field label={t("admin.skills")}>
        {(c) => <Select id={c.id} mode="tags" open={false} suffixIcon={null} value={queue.requiredSkills ?? []} onChange={(requiredSkills: string[]) => set({ requiredSkills })} style={{ width: "100%" }} />}
      </Field>
      <div className="row">
        {NUMBERS.map((n) => (
          <Field key={n.name} label={t(`admin.${n.name}`)}>
            {(c) => <Input id={c.id} type="number" min={n.min} max={n.max} value={queue[n.name] || ""} onChange={(e) => set({ [n.name]: Number(e.target.value) || 0 })} />}
          </Field>
        ))}
      </div>
    </EditDialog>
  );
}

export function Queues() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const named = useNamed();
  const query = useQuery({ queryKey: ["queues"], queryFn: listQueues });
  const [editing, setEditing] = useState<{ queue: Queue; isNew: boolean } | null>(null);
  return (
    <>
      <div className="filters">
        <Button type="primary" onClick={() => setEditing({ queue: {}, isNew: true })}>
          {t("admin.newQueue")}
        </Button>
      </div>
      <Loaded query={query} empty={t("lead.noQueues")} isEmpty={(q) => !q.queues?.length}>
        {(answer) => (
          <DataTable<Queue>
            label={t("admin.queues")}
            rows={answer.queues ?? []}
            rowKey={(q) => q.queueId ?? ""}
            empty={t("lead.noQueues")}
            columns={[
              { key: "name", title: t("admin.name"), width: "1.4fr", render: (q) => named(q) },
              { key: "id", title: t("admin.queueId"), width: "1fr", render: (q) => <span className="mono">{q.queueId}</span> },
              { key: "strategy", title: t("admin.strategy"), width: "1fr", render: (q) => t(`strategy.${q.strategy ?? "STRATEGY_LONGEST_IDLE"}` as never) as string },
              { key: "skills", title: t("admin.skills"), width: "1.4fr", render: (q) => (q.requiredSkills ?? []).join(", ") },
              { key: "priority", title: t("admin.priority"), width: "80px", align: "right", render: (q) => q.priority ?? 0 },
              { key: "ring", title: t("admin.ringSeconds"), width: "110px", align: "right", render: (q) => q.ringSeconds || 15 },
              {
                key: "actions",
                title: t("common.actions"),
                width: "80px",
                render: (q) => (
                  <Button size="small" onClick={() => setEditing({ queue: q, isNew: false })} aria-label={`${t("common.edit")}: ${named(q)}`}>
                    {t("common.edit")}
                  </Button>
                ),
              },
            ]}
          />
        )}
      </Loaded>
      {editing && (
        <QueueDialog
          start={editing.queue}
          isNew={editing.isNew}
          onClose={(kept) => {
            setEditing(null);
            if (kept) void queries.invalidateQueries({ queryKey: ["queues"] });
          }}
        />
      )}
    </>
  );
}
