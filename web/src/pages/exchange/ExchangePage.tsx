// Tickets in by tables (TKT-18): a template to fill in, a file sent with its progress, and of the rows that were refused a file
// to mend and send again. Every row is registered by the same rules as one typed in.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Checkbox, Progress } from "antd";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { listImports } from "@/api/work";
import type { Import } from "@/api/types";
import { download, upload } from "@/api/upload";
import { type Column, DataTable } from "@/components/DataTable";
import { Loaded, ProblemAlert, useProblemText } from "@/components/Problems";
import { RelTime } from "@/components/Status";
import { useUserName } from "@/lib/catalogue";
import { num, uuid } from "@/lib/format";
import { DropZone } from "@/pages/ticket/DropZone";
import { sizeText } from "@/pages/ticket/files";
import { ACCEPTED, faultOfTable, FORMATS, importPath, isRunning, percentOf, reportPath, type TableFault, templatePath, typeOfTable } from "./tables";

const RUNNING_MS = 1000;
const QUIET_MS = 30_000;

// Downloads that say why they fail.
function useDownload() {
  const { message } = App.useApp();
  const problemText = useProblemText();
  return (path: string, name: string) => void download(path, name).catch((error: unknown) => message.error(problemText(error)));
}

function Templates() {
  const { t } = useTranslation();
  const get = useDownload();
  return (
    <section className="column" aria-label={t("exchange.template")}>
      <h2>{t("exchange.template")}</h2>
      <p className="quiet">{t("exchange.templateHint")}</p>
      <div className="filters">
        {FORMATS.map((format) => (
          <Button key={format} onClick={() => get(templatePath(format), `${t("exchange.templateName")}.${format}`)}>
            {t(`exchange.${format}`)}
          </Button>
        ))}
      </div>
    </section>
  );
}

function Sending({ name, size, sent, onStop }: { name: string; size: number; sent: number; onStop: () => void }) {
  const { t } = useTranslation();
  return (
    <div className="sending" role="status">
      <span className="file-name">{name}</span>
      <span className="quiet">{sizeText(size)}</span>
      <Progress percent={Math.floor((100 * sent) / Math.max(1, size))} aria-label={t("work.uploading", { name })} />
      <Button size="small" onClick={onStop}>
        {t("exchange.stop")}
      </Button>
    </div>
  );
}

function Upload() {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const queries = useQueryClient();
  const [dryRun, setDryRun] = useState(false);
  const [file, setFile] = useState<File | null>(null);
  const [sent, setSent] = useState(0);
  const [fault, setFault] = useState<TableFault | undefined>();
  const control = useRef<AbortController | null>(null);
  const send = useMutation({
    mutationFn: (one: File) => {
      control.current = new AbortController();
      return upload<Import>(importPath(one.name, dryRun, uuid()), one, typeOfTable(one.name), { onProgress: setSent, signal: control.current.signal });
    },
    onSuccess: (made) => {
      message.success(t("exchange.taken", { name: made.fileName }));
      void queries.invalidateQueries({ queryKey: ["imports"] });
    },
    onSettled: () => setFile(null),
  });
  const stopped = send.error instanceof DOMException && send.error.name === "AbortError";
  const take = ([one]: File[]) => {
    if (!one || send.isPending) return;
    const found = faultOfTable(one);
    setFault(found);
    send.reset();
    if (found) return;
    setSent(0);
    setFile(one);
    send.mutate(one);
  };
  return (
    <section className="column" aria-label={t("exchange.send")}>
      <h2>{t("exchange.send")}</h2>
      {send.isError && !stopped && <ProblemAlert error={send.error} />}
      {fault && (
        <p className="late" role="alert">
          {t(`exchange.fault.${fault}`)}
        </p>
      )}
      <DropZone accept={ACCEPTED} multiple={false} label={t("exchange.choose")} onFiles={take} disabled={send.isPending} />
      <Checkbox checked={dryRun} disabled={send.isPending} onChange={(e) => setDryRun(e.target.checked)}>
        {t("exchange.dryRun")}
      </Checkbox>
      {file && <Sending name={file.name} size={file.size} sent={sent} onStop={() => control.current?.abort()} />}
      <p className="quiet">{t("exchange.limits")}</p>
    </section>
  );
}

function Report({ one }: { one: Import }) {
  const { t } = useTranslation();
  const get = useDownload();
  if (num(one.refusedRows) === 0) return null;
  const base = (one.fileName ?? "").replace(/\.[^.]+$/, "");
  return (
    <>
      {FORMATS.map((format) => (
        <Button
          key={format}
          size="small"
          type="link"
          aria-label={`${t("exchange.report")} ${t(`exchange.${format}`)}: ${one.fileName}`}
          onClick={() => get(reportPath(one.importId ?? "", format), `${base}-${t("exchange.refused")}.${format}`)}
        >
          {t("exchange.report")} {t(`exchange.${format}`)}
        </Button>
      ))}
    </>
  );
}

function Standing({ one }: { one: Import }) {
  const { t } = useTranslation();
  if (isRunning(one)) return <Progress size="small" percent={percentOf(one)} aria-label={t("exchange.running")} />;
  if (one.state === "failed") return <span className="late">{t("exchange.failed")}</span>;
  return <span className="tag tag-green">{t(one.dryRun ? "exchange.checked" : "exchange.done")}</span>;
}

function useColumns(): Column<Import>[] {
  const { t } = useTranslation();
  const userName = useUserName();
  const count = (value: string | number | undefined) => String(num(value));
  return [
    { key: "file", title: t("exchange.file"), width: "minmax(180px, 2fr)", render: (one) => <span title={one.fileName}>{one.fileName}</span> },
    { key: "state", title: t("exchange.state"), width: "150px", render: (one) => <Standing one={one} /> },
    { key: "rows", title: t("exchange.rows"), width: "80px", align: "right", render: (one) => count(one.totalRows) },
    { key: "created", title: t("exchange.created"), width: "100px", align: "right", render: (one) => count(one.createdRows) },
    { key: "repeated", title: t("exchange.repeated"), width: "90px", align: "right", render: (one) => count(one.repeatedRows) },
    { key: "refused", title: t("exchange.refused"), width: "80px", align: "right", render: (one) => <span className={num(one.refusedRows) ? "late" : ""}>{count(one.refusedRows)}</span> },
    { key: "by", title: t("exchange.by"), width: "100px", render: (one) => userName(one.createdBy) },
    { key: "time", title: t("exchange.time"), width: "110px", render: (one) => <RelTime time={one.createTime} /> },
    { key: "report", title: t("exchange.mend"), width: "200px", render: (one) => <Report one={one} /> },
  ];
}

export default function ExchangePage() {
  const { t } = useTranslation();
  const columns = useColumns();
  const query = useQuery({
    queryKey: ["imports"],
    queryFn: listImports,
    refetchInterval: (now) => (now.state.data?.some(isRunning) ? RUNNING_MS : QUIET_MS),
  });
  const failed = query.data?.find((one) => one.state === "failed" && one.error);
  return (
    <div className="page">
      <h1>{t("nav.exchange")}</h1>
      <div className="lead-columns">
        <Upload />
        <Templates />
      </div>
      <h2 className="below">{t("exchange.list")}</h2>
      {failed && <p className="late">{t("exchange.why", { name: failed.fileName, why: failed.error })}</p>}
      <Loaded query={query} rows={3}>
        {(imports) => <DataTable<Import> label={t("exchange.list")} columns={columns} rows={imports} rowKey={(one) => one.importId ?? ""} empty={t("exchange.none")} />}
      </Loaded>
    </div>
  );
}
