import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Input, Modal } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { createApiKey, listApiKeys, revokeApiKey } from "@/api/endpoints";
import type { ApiKey } from "@/api/types";
import { DataTable } from "@/components/DataTable";
import { Field } from "@/components/Field";
import { Loaded, ProblemAlert } from "@/components/Problems";
import { UnitSelect } from "@/components/Selects";
import { RelTime } from "@/components/Status";
import { useUnitName } from "@/lib/catalogue";
import { endOfDay, exactTime } from "@/lib/format";
import { EditDialog } from "./EditDialog";

function KeyTable({ keys, onRevoke }: { keys: ApiKey[]; onRevoke: (id: string) => void }) {
  const { t } = useTranslation();
  const { modal } = App.useApp();
  const unitName = useUnitName();
  return (
    <DataTable<ApiKey>
      label={t("admin.keys")}
      rows={keys}
      rowKey={(k) => k.apiKeyId ?? ""}
      empty={t("admin.noKeys")}
      columns={[
        { key: "label", title: t("admin.label"), width: "1.6fr", render: (k) => k.label },
        { key: "unit", title: t("ticket.unit"), width: "1.4fr", render: (k) => unitName(k.unitId) },
        { key: "created", title: t("admin.created"), width: "160px", render: (k) => exactTime(k.createTime) },
        { key: "used", title: t("admin.lastUsed"), width: "110px", render: (k) => <RelTime time={k.lastUsedTime} /> },
        { key: "expires", title: t("admin.expires"), width: "160px", render: (k) => exactTime(k.expireTime) },
        { key: "state", title: t("admin.state"), width: "80px", render: (k) => (k.revoked ? t("admin.revoked") : t("admin.active")) },
        {
          key: "actions",
          title: t("common.actions"),
          width: "80px",
          render: (k) =>
            k.revoked ? null : (
              <Button
                size="small"
                danger
                aria-label={`${t("admin.revoke")}: ${k.label}`}
                onClick={() => void modal.confirm({ title: t("admin.revokeConfirm"), onOk: () => onRevoke(k.apiKeyId ?? "") })}
              >
                {t("admin.revoke")}
              </Button>
            ),
        },
      ]}
    />
  );
}

function NewKey({ onMade, onClose }: { onMade: (secret: string) => void; onClose: () => void }) {
  const { t } = useTranslation();
  const [unitId, setUnitId] = useState("");
  const [label, setLabel] = useState("");
  const [until, setUntil] = useState("");
  const save = async () => {
    const expiry = until ? { expireTime: endOfDay(until) } : {};
    const made = await createApiKey({ unitId, label: label.trim(), roles: ["ROLE_OFFICER"], ...expiry });
    onMade(made.secret ?? "");
  };
  return (
    <EditDialog title={t("admin.newKey")} good={!!unitId && !!label.trim()} onClose={onClose} save={save}>
      <Field label={t("ticket.unit")} required>
        {(c) => <UnitSelect control={c} value={unitId} onChange={setUnitId} />}
      </Field>
      <Field label={t("admin.label")} required>
        {(c) => <Input id={c.id} value={label} maxLength={100} onChange={(e) => setLabel(e.target.value)} />}
      </Field>
      <Field label={t("admin.expires")}>{(c) => <Input id={c.id} type="date" value={until} onChange={(e) => setUntil(e.target.value)} />}</Field>
    </EditDialog>
  );
}

export function Keys() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const query = useQuery({ queryKey: ["apiKeys"], queryFn: listApiKeys });
  const [making, setMaking] = useState(false);
  const [secret, setSecret] = useState("");
  const refresh = () => queries.invalidateQueries({ queryKey: ["apiKeys"] });
  const revoke = useMutation({ mutationFn: revokeApiKey, onSettled: refresh });
  return (
    <>
      <div className="filters">
        <Button type="primary" onClick={() => setMaking(true)}>
          {t("admin.newKey")}
        </Button>
      </div>
      {revoke.isError && <ProblemAlert error={revoke.error} />}
      <Loaded query={query} empty={t("admin.noKeys")} isEmpty={(k) => !k.apiKeys?.length}>
        {(answer) => (
          <KeyTable keys={answer.apiKeys ?? []} onRevoke={(id) => revoke.mutate(id)} />
        )}
      </Loaded>
      {making && (
        <NewKey
          onMade={setSecret}
          onClose={() => {
            setMaking(false);
            void refresh();
          }}
        />
      )}
      <Modal open={!!secret} title={t("admin.secretTitle")} onCancel={() => setSecret("")} onOk={() => setSecret("")} cancelButtonProps={{ hidden: true }} maskClosable={false}>
        <p>{t("admin.secretOnce")}</p>
        <p>
          <code className="secret">{secret}</code>
        </p>
      </Modal>
    </>
  );
}
