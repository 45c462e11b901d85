// The list as it is filtered, as a file (TKT-18): with a reason, because it carries citizens' matters out of the system.
import { useMutation } from "@tanstack/react-query";
import { App, Button, Input, Modal, Segmented } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { hasRole, session } from "@/api/session";
import type { ListTicketsRequest } from "@/api/types";
import { download } from "@/api/upload";
import { Field } from "@/components/Field";
import { ProblemAlert } from "@/components/Problems";
import { dayOf } from "@/lib/format";
import { useStore } from "@/lib/store";
import { EXPORTERS, exportPath, type Format, FORMATS, MAX_REASON, MIN_REASON } from "./tables";

function Dialog({ filter, onClose }: { filter: ListTicketsRequest; onClose: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const [format, setFormat] = useState<Format>("xlsx");
  const [reason, setReason] = useState("");
  const send = useMutation({
    mutationFn: () => download(exportPath(filter, format, reason.trim()), `${t("exchange.exportName")}-${dayOf(new Date().toISOString())}.${format}`),
    onSuccess: () => {
      message.success(t("exchange.exported"));
      onClose();
    },
  });
  return (
    <Modal
      open
      title={t("exchange.export")}
      onCancel={onClose}
      okText={t("exchange.export")}
      cancelText={t("common.close")}
      okButtonProps={{ disabled: [...reason.trim()].length < MIN_REASON, loading: send.isPending }}
      onOk={() => send.mutate()}
    >
      {send.isError && <ProblemAlert error={send.error} />}
      <p className="quiet">{t("exchange.exportHint")}</p>
      <Field label={t("exchange.format")}>
        {() => <Segmented<Format> value={format} onChange={setFormat} options={FORMATS.map((value) => ({ value, label: t(`exchange.${value}`) }))} aria-label={t("exchange.format")} />}
      </Field>
      <Field label={t("exchange.reason")} required>
        {({ id }) => <Input id={id} value={reason} maxLength={MAX_REASON} onChange={(e) => setReason(e.target.value)} />}
      </Field>
    </Modal>
  );
}

export function ExportButton({ filter }: { filter: ListTicketsRequest }) {
  const { t } = useTranslation();
  const user = useStore(session)?.user;
  const [open, setOpen] = useState(false);
  if (!hasRole(user, ...EXPORTERS)) return null;
  return (
    <>
      <Button onClick={() => setOpen(true)}>{t("exchange.export")}</Button>
      {open && <Dialog filter={filter} onClose={() => setOpen(false)} />}
    </>
  );
}
