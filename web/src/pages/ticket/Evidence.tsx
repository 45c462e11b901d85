// Evidence of a reply (TKT-9): chosen among the ticket's attachments, or added on the spot.
import { useQuery } from "@tanstack/react-query";
import { Checkbox } from "antd";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { Loaded } from "@/components/Problems";
import { num } from "@/lib/format";
import { attachmentsQuery } from "./Attachments";
import { DropZone, SendingList } from "./DropZone";
import { ACCEPTED, MAX_EVIDENCE, sizeText } from "./files";
import { useUploads } from "./useUploads";

export function Evidence({ ticketId, value, onChange, label }: { ticketId: string; value: string[]; onChange: (ids: string[]) => void; label: string }) {
  const { t } = useTranslation();
  const query = useQuery(attachmentsQuery(ticketId));
  const latest = useRef(value);
  latest.current = value;
  const choose = (ids: string[]) => {
    latest.current = ids.slice(0, MAX_EVIDENCE);
    onChange(latest.current);
  };
  // What is added here is meant as evidence.
  const uploads = useUploads(ticketId, query.data?.length ?? 0, (made) => choose([...latest.current, made.attachmentId ?? ""]));
  return (
    <div role="group" aria-label={label}>
      <Loaded query={query} rows={1}>
        {(files) =>
          files.length === 0 ? (
            <p className="quiet">{t("work.noAttachments")}</p>
          ) : (
            <ul className="file-list">
              {files.map((file) => {
                const id = file.attachmentId ?? "";
                return (
                  <li key={id}>
                    <Checkbox
                      checked={value.includes(id)}
                      disabled={!value.includes(id) && value.length >= MAX_EVIDENCE}
                      onChange={(e) => choose(e.target.checked ? [...value, id] : value.filter((one) => one !== id))}
                    >
                      {file.fileName} <span className="quiet">{sizeText(num(file.size))}</span>
                    </Checkbox>
                  </li>
                );
              })}
            </ul>
          )
        }
      </Loaded>
      <SendingList list={uploads.list} onDrop={uploads.drop} />
      <DropZone accept={ACCEPTED} label={t("work.addEvidence")} onFiles={(files) => uploads.add(files)} />
    </div>
  );
}
