import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Button, DatePicker, Input, Modal, Popconfirm, Table, Typography } from "antd";
import dayjs, { type Dayjs } from "dayjs";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { createApiKey, listApiKeys, revokeApiKey } from "@/api/endpoints";
import type { ApiKey } from "@/api/types";
import { Field } from "@/components/Field";
import { Loaded, ProblemAlert } from "@/components/Problems";
import { UnitSelect } from "@/components/Selects";
import { RelTime } from "@/components/Status";
import { useUnitName } from "@/lib/catalogue";
import { exactTime } from "@/lib/format";
import { EditDialog } from "./EditDialog";

export function Keys() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const unitName = useUnitName();
  const query = useQuery({ queryKey: ["apiKeys"], queryFn: listApiKeys });
  const [making, setMaking] = useState(false);
  const [unitId, setUnitId] = useState("");
  const [label, setLabel] = useState("");
  const [until, setUntil] = useState<Dayjs | null>(null);
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
          <Table<ApiKey>
            size="small"
            rowKey={(k) => k.apiKeyId ?? ""}
            dataSource={answer.apiKeys ?? []}
            pagination={{ pageSize: 50, hideOnSinglePage: true }}
            columns={[
              { title: t("admin.label"), dataIndex: "label" },
              { title: t("ticket.unit"), render: (_, k) => unitName(k.unitId) },
              { title: t("admin.created"), render: (_, k) => exactTime(k.createTime) },
              { title: t("admin.lastUsed"), render: (_, k) => <RelTime time={k.lastUsedTime} /> },
              { title: t("admin.expires"), render: (_, k) => exactTime(k.expireTime) },
              { title: t("admin.state"), render: (_, k) => (k.revoked ? t("admin.revoked") : t("admin.active")) },
              {
                title: t("common.actions"),
                render: (_, k) =>
                  k.revoked ? null : (
                    <Popconfirm title={t("admin.revokeConfirm")} onConfirm={() => revoke.mutate(k.apiKeyId ?? "")}>
                      <Button size="small" danger aria-label={`${t("admin.revoke")}: ${k.label}`}>
                        {t("admin.revoke")}
                      </Button>
                    </Popconfirm>
                  ),
              },
            ]}
          />
        )}
      </Loaded>
      {making && (
        <EditDialog
          title={t("admin.newKey")}
          good={!!unitId && !!label.trim()}
          onClose={() => {
            setMaking(false);
            void refresh();
          }}
          save={async () => {
            const made = await createApiKey({
              unitId,
              label: label.trim(),
              roles: ["ROLE_OFFICER"],
              ...(until ? { expireTime: until.endOf("day").toISOString() } : {}),
            });
            setSecret(made.secret ?? "");
          }}
        >
          <Field label={t("ticket.unit")} required>
            {(c) => <UnitSelect control={c} value={unitId} onChange={setUnitId} />}
          </Field>
          <Field label={t("admin.label")} required>
            {(c) => <Input id={c.id} value={label} maxLength={100} onChange={(e) => setLabel(e.target.value)} />}
          </Field>
          <Field label={t("admin.expires")}>{(c) => <DatePicker id={c.id} value={until} minDate={dayjs()} onChange={setUntil} />}</Field>
        </EditDialog>
      )}
      <Modal open={!!secret} title={t("admin.secretTitle")} onCancel={() => setSecret("")} onOk={() => setSecret("")} cancelButtonProps={{ hidden: true }} maskClosable={false}>
        <p>{t("admin.secretOnce")}</p>
        <Typography.Paragraph copyable code>
          {secret}
        </Typography.Paragraph>
      </Modal>
    </>
  );
}
