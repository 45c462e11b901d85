// Where files are dropped or chosen, and what is on its way.
import { Button, Progress } from "antd";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useFaultText, useProblemText } from "@/components/Problems";
import { sizeText } from "./files";
import type { Sending } from "./useUploads";

export function DropZone({ onFiles, accept, label, multiple = true, disabled = false }: { onFiles: (files: File[]) => void; accept: string; label: string; multiple?: boolean; disabled?: boolean }) {
  const { t } = useTranslation();
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const take = (files: FileList | null) => {
    if (files?.length && !disabled) onFiles([...files].slice(0, multiple ? files.length : 1));
  };
  return (
    <div
      className={`drop-zone ${over ? "over" : ""}`}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        take(event.dataTransfer.files);
      }}
    >
      <Button size="small" disabled={disabled} onClick={() => input.current?.click()}>
        {label}
      </Button>
      <span className="quiet">{t("work.dropHere")}</span>
      <input
        ref={input}
        type="file"
        hidden
        multiple={multiple}
        accept={accept}
        aria-label={label}
        onChange={(event) => {
          take(event.target.files);
          event.target.value = "";
        }}
      />
    </div>
  );
}

function Refused({ one }: { one: Sending }) {
  const { t } = useTranslation();
  const problemText = useProblemText();
  const faultText = useFaultText();
  if (one.fault) return <span className="late">{t(`work.fileFault.${one.fault}`)}</span>;
  if (!one.problem) return null;
  const [first] = one.problem.fields;
  return <span className="late">{first ? faultText(first.reason, first.description) : problemText(one.problem)}</span>;
}

export function SendingList({ list, onDrop }: { list: Sending[]; onDrop: (id: string) => void }) {
  const { t } = useTranslation();
  if (list.length === 0) return null;
  return (
    <ul className="file-list" aria-live="polite">
      {list.map((one) => (
        <li key={one.id} role={one.fault || one.problem ? "alert" : undefined}>
          <span className="file-name">{one.name}</span> <span className="quiet">{sizeText(one.size)}</span>
          {one.fault || one.problem ? <Refused one={one} /> : <Progress size="small" percent={Math.floor((100 * one.sent) / Math.max(1, one.size))} aria-label={t("work.uploading", { name: one.name })} />}
          <Button size="small" type="text" aria-label={t("work.dropFile", { name: one.name })} onClick={() => onDrop(one.id)}>
            ×
          </Button>
        </li>
      ))}
    </ul>
  );
}
