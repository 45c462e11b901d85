// One text to many tickets: one call each, with progress, and what could not be done is listed and stays chosen.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { App, Button, Input, Modal, Progress, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ticketCommand } from "@/api/endpoints";
import type { Ticket } from "@/api/types";
import { Field } from "@/components/Field";
import { useProblemText } from "@/components/Problems";
import { eachOf } from "@/lib/eachOf";
import { MEASURES, NOTE_MAX } from "@/pages/ticket/forms";

// Those that could not be done, each with its reason.
function Failures({ failed }: { failed: { item: Ticket; error: unknown }[] }) {
  const { t } = useTranslation();
  const problemText = useProblemText();
  if (failed.length === 0) return null;
  return (
    <div role="alert">
      <b className="late">{t("supervision.failed", { count: failed.length })}</b>
      <ul className="faults">
        {failed.map(({ item, error }) => (
          <li key={item.ticketId}>
            {item.number} {item.title} · {problemText(error)}
          </li>
        ))}
      </ul>
    </div>
  );
}

export function BulkDialog({ tickets, onClose }: { tickets: Ticket[]; onClose: (left: string[]) => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const queries = useQueryClient();
  const [how, setHow] = useState("urging");
  const [text, setText] = useState("");
  const [done, setDone] = useState(0);
  const [targets, setTargets] = useState(tickets);
  const send = useMutation({
    mutationFn: () => {
      const body = { text: text.trim() };
      setDone(0);
      return eachOf(
        targets,
        ({ ticketId = "" }) => (how === "urging" ? ticketCommand(ticketId, "addRemark", { kind: "urging", ...body }) : ticketCommand(ticketId, "supervise", { measure: how, ...body })),
        setDone,
      );
    },
    onSuccess: (failed) => {
      void queries.invalidateQueries({ queryKey: ["tickets"] });
      void queries.invalidateQueries({ queryKey: ["clocks"] });
      if (failed.length < targets.length) message.success(t("supervision.done", { count: targets.length - failed.length }));
      if (failed.length === 0) onClose([]);
      else setTargets(failed.map((one) => one.item));
    },
  });
  const failed = send.data ?? [];
  const left = failed.map((one) => one.item.ticketId ?? "");
  return (
    <Modal
      open
      title={t("supervision.bulkTitle", { count: targets.length })}
      onCancel={() => !send.isPending && onClose(left)}
      footer={[
        <Button key="close" disabled={send.isPending} onClick={() => onClose(left)}>
          {t("supervision.close")}
        </Button>,
        <Button key="send" type="primary" loading={send.isPending} disabled={!text.trim()} onClick={() => send.mutate()}>
          {t("supervision.send")}
        </Button>,
      ]}
    >
      <Field label={t("supervision.what")} required>
        {({ id }) => (
          <Select
            id={id}
            value={how}
            onChange={setHow}
            style={{ width: "100%" }}
            options={[{ value: "urging", label: t("supervision.urging") }, ...MEASURES.map((value) => ({ value, label: t(`choice.measure.${value}` as never) as string }))]}
          />
        )}
      </Field>
      <Field label={t("supervision.text")} required>
        {({ id }) => <Input.TextArea id={id} value={text} maxLength={NOTE_MAX} showCount autoSize={{ minRows: 3 }} onChange={(e) => setText(e.target.value)} />}
      </Field>
      {send.isPending && <Progress percent={Math.round((100 * done) / targets.length)} format={() => t("supervision.progress", { done, all: targets.length })} />}
      {!send.isPending && <Failures failed={failed} />}
    </Modal>
  );
}
