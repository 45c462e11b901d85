// Photos, scans, audio and video of a ticket (TKT-2): added by dropping or choosing, downloaded by right, taken back by who
// added them; what the caller of a protected ticket gave is released to the handling units by the centre (TKT-28).
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Checkbox, Input, Modal } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { deleteAttachment, listAttachments, releaseAttachment } from "@/api/work";
import { hasRole, session } from "@/api/session";
import type { Attachment, Role, Ticket } from "@/api/types";
import { download } from "@/api/upload";
import { Field } from "@/components/Field";
import { Loaded, ProblemAlert, useProblemText } from "@/components/Problems";
import { RelTime } from "@/components/Status";
import { useUnitName } from "@/lib/catalogue";
import { num } from "@/lib/format";
import { useStore } from "@/lib/store";
import { DropZone, SendingList } from "./DropZone";
import { ACCEPTED, sizeText } from "./files";
import { useUploads } from "./useUploads";

const UPLOADERS: Role[] = [
  "ROLE_AGENT", "ROLE_REMOTE_AGENT", "ROLE_TEAM_LEAD", "ROLE_DISPATCHER", "ROLE_ENTRY_CLERK", "ROLE_SUPERVISOR", "ROLE_COUNTY_SUPERVISOR", "ROLE_OFFICER", "ROLE_UNIT_LEAD", "ROLE_UNIT_HEAD",
];
const CENTRE: Role[] = ["ROLE_AGENT", "ROLE_REMOTE_AGENT", "ROLE_TEAM_LEAD", "ROLE_DISPATCHER", "ROLE_ENTRY_CLERK", "ROLE_SUPERVISOR"];

export const attachmentsQuery = (ticketId: string) => ({ queryKey: ["ticket", ticketId, "attachments"], queryFn: () => listAttachments(ticketId) });

// A protected ticket hides from the handling units what the caller gave.
export const isProtected = (ticket: Pick<Ticket, "type" | "caller">): boolean => ticket.type === "TICKET_TYPE_REPORT" || !!ticket.caller?.confidential || !!ticket.caller?.anonymous;

export function mayDownload(file: Attachment): boolean {
  return file.scan !== "SCAN_STATE_PENDING" && file.scan !== "SCAN_STATE_INFECTED";
}

function Release({ file, onClose }: { file: Attachment; onClose: () => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [reason, setReason] = useState("");
  const send = useMutation({
    mutationFn: () => releaseAttachment(file.attachmentId ?? "", reason.trim()),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ["ticket", file.ticketId, "attachments"] });
      onClose();
    },
  });
  return (
    <Modal open title={t("work.release")} onCancel={onClose} okText={t("work.release")} cancelText={t("common.close")} okButtonProps={{ disabled: reason.trim().length < 2, loading: send.isPending }} onOk={() => send.mutate()}>
      {send.isError && <ProblemAlert error={send.error} />}
      <p>{t("work.releaseHint")}</p>
      <Field label={t("field.why")} required>
        {({ id }) => <Input id={id} value={reason} maxLength={200} onChange={(e) => setReason(e.target.value)} />}
      </Field>
    </Modal>
  );
}

function File({ file, ticket, onRelease }: { file: Attachment; ticket: Ticket; onRelease: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const queries = useQueryClient();
  const unitName = useUnitName();
  const problemText = useProblemText();
  const user = useStore(session)?.user;
  const name = file.fileName ?? "";
  const failed = (error: unknown) => void message.error(problemText(error));
  const get = () => void download(`/v1/attachments/${file.attachmentId}/content`, name).catch(failed);
  const takeBack = useMutation({
    mutationFn: () => deleteAttachment(file.attachmentId ?? ""),
    onSuccess: () => void queries.invalidateQueries({ queryKey: ["ticket", file.ticketId, "attachments"] }),
    onError: failed,
  });
  const mine = file.uploadedBy === user?.userId && !file.used && ticket.state !== "TICKET_STATE_ARCHIVED";
  const releasable = isProtected(ticket) && file.fromCaller && !file.released && hasRole(user, "ROLE_DISPATCHER", "ROLE_SUPERVISOR", "ROLE_TEAM_LEAD");
  return (
    <li>
      <Button size="small" type="link" className="file-name" disabled={!mayDownload(file)} onClick={get} aria-label={t("work.downloadFile", { name })}>
        {name}
      </Button>
      <span className="quiet">
        {sizeText(num(file.size))} · {unitName(file.uploaderUnitId)} · <RelTime time={file.createTime} />
      </span>
      {file.used && <span className="tag tag-cyan">{t("work.evidence")}</span>}
      {file.fromCaller && <span className="tag">{t(file.released ? "work.fromCallerReleased" : "work.fromCaller")}</span>}
      {file.scan === "SCAN_STATE_PENDING" && <span className="tag tag-yellow">{t("work.scanPending")}</span>}
      {file.scan === "SCAN_STATE_INFECTED" && <span className="tag tag-red">{t("work.infected")}</span>}
      <span className="grow" />
      {releasable && (
        <Button size="small" onClick={onRelease}>
          {t("work.release")}
        </Button>
      )}
      {mine && (
        <Button size="small" type="text" danger loading={takeBack.isPending} onClick={() => takeBack.mutate()} aria-label={t("work.dropFile", { name })}>
          {t("work.takeBack")}
        </Button>
      )}
    </li>
  );
}

export function Attachments({ ticket }: { ticket: Ticket }) {
  const { t } = useTranslation();
  const user = useStore(session)?.user;
  const id = ticket.ticketId ?? "";
  const query = useQuery(attachmentsQuery(id));
  const uploads = useUploads(id, query.data?.length ?? 0);
  const [fromCaller, setFromCaller] = useState(false);
  const [releasing, setReleasing] = useState<Attachment | null>(null);
  const may = hasRole(user, ...UPLOADERS) && ticket.state !== "TICKET_STATE_ARCHIVED";
  return (
    <section aria-label={t("work.attachments")}>
      <h2>{t("work.attachments")}</h2>
      <Loaded query={query} rows={1}>
        {(files) => (
          <>
            {files.length === 0 && !may && <p className="quiet">{t("work.noAttachments")}</p>}
            <ul className="file-list">
              {files.map((file) => (
                <File key={file.attachmentId} file={file} ticket={ticket} onRelease={() => setReleasing(file)} />
              ))}
            </ul>
          </>
        )}
      </Loaded>
      <SendingList list={uploads.list} onDrop={uploads.drop} />
      {may && (
        <>
          <DropZone accept={ACCEPTED} label={t("work.addFile")} onFiles={(files) => uploads.add(files, fromCaller)} />
          <p className="quiet">
            {hasRole(user, ...CENTRE) && (
              <Checkbox checked={fromCaller} onChange={(e) => setFromCaller(e.target.checked)}>
                {t("work.fromCaller")}
              </Checkbox>
            )}
            {t("work.fileLimits")}
          </p>
        </>
      )}
      {releasing && <Release file={releasing} onClose={() => setReleasing(null)} />}
    </section>
  );
}
