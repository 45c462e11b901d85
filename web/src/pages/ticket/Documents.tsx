// Documents about a ticket as PDF (TKT-14, TKT-24): made from a template, looked at before, listed and downloaded.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Input, Modal, Select } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { createDocument, listDocuments, listDocumentTemplates, previewDocument } from "@/api/work";
import { hasRole, session } from "@/api/session";
import type { Document, DocumentTemplate, Ticket } from "@/api/types";
import { download, saveBlob } from "@/api/upload";
import { Field } from "@/components/Field";
import { Loaded, ProblemAlert, useProblemText } from "@/components/Problems";
import { RelTime } from "@/components/Status";
import { useLanguage, useNamed } from "@/lib/catalogue";
import { num, uuid } from "@/lib/format";
import { useStore } from "@/lib/store";
import { sizeText } from "./files";

// Anyone who sees a ticket makes its acceptance sheet; the rest is for the centre and those who supervise.
const FOR_ALL = ["acceptance_sheet"];
const FRESH_MS = 5 * 60_000;

export function missingFields(template: Pick<DocumentTemplate, "fields">, values: Record<string, string>): string[] {
  return (template.fields ?? []).filter((f) => f.required && !values[f.id ?? ""]?.trim()).map((f) => f.id ?? "");
}

export const bytesOf = (base64: string): Uint8Array<ArrayBuffer> => {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i += 1) bytes[i] = text.charCodeAt(i);
  return bytes;
};

function Preview({ pdf, pages, onClose }: { pdf: string; pages: number; onClose: () => void }) {
  const { t } = useTranslation();
  const [url, setUrl] = useState("");
  const blob = () => new Blob([bytesOf(pdf)], { type: "application/pdf" });
  useEffect(() => {
    const made = URL.createObjectURL(new Blob([bytesOf(pdf)], { type: "application/pdf" }));
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [pdf]);
  return (
    <Modal
      open
      width={860}
      title={t("work.previewTitle", { count: pages })}
      onCancel={onClose}
      footer={[
        <Button key="save" onClick={() => saveBlob(blob(), "preview.pdf")}>
          {t("work.download")}
        </Button>,
        <Button key="close" type="primary" onClick={onClose}>
          {t("common.close")}
        </Button>,
      ]}
    >
      {url && <iframe className="pdf" src={`${url}#navpanes=0&view=FitH`} title={t("work.previewTitle", { count: pages })} />}
    </Modal>
  );
}

// What whoever makes the document writes.
function OwnFields({ template, values, onChange, missing }: { template: DocumentTemplate; values: Record<string, string>; onChange: (values: Record<string, string>) => void; missing: string[] }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const fields = template.fields ?? [];
  return (
    <>
      {language === "en" && fields.length > 0 && <p className="quiet">{t("work.fieldsInChinese")}</p>}
      {fields.map((field) => {
        const key = field.id ?? "";
        const props = { value: values[key] ?? "", maxLength: field.maxLength || 2000, onChange: (e: { target: { value: string } }) => onChange({ ...values, [key]: e.target.value }) };
        return (
          <Field key={key} label={<span lang="zh-CN">{field.name}</span>} required={field.required ?? false} error={missing.includes(key) ? t("fault.required") : undefined}>
            {({ id: control }) => (field.multiline ? <Input.TextArea id={control} autoSize={{ minRows: 2, maxRows: 8 }} {...props} /> : <Input id={control} {...props} />)}
          </Field>
        );
      })}
    </>
  );
}

function Make({ ticket, templates, onClose }: { ticket: Ticket; templates: DocumentTemplate[]; onClose: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const queries = useQueryClient();
  const named = useNamed();
  const id = ticket.ticketId ?? "";
  const [templateId, setTemplateId] = useState(templates[0]?.templateId ?? "");
  const [values, setValues] = useState<Record<string, string>>({});
  const [tried, setTried] = useState(false);
  const [requestId, setRequestId] = useState(uuid);
  const template = templates.find((one) => one.templateId === templateId);
  const missing = template ? missingFields(template, values) : [];
  const given = Object.fromEntries(Object.entries(values).map(([key, text]) => [key, text.trim()]).filter(([, text]) => text));
  const look = useMutation({ mutationFn: () => previewDocument(id, templateId, given) });
  const make = useMutation({
    mutationFn: () => createDocument(id, templateId, given, requestId),
    onSuccess: (made) => {
      void queries.invalidateQueries({ queryKey: ["ticket", id, "documents"] });
      message.success(t("work.made", { name: [made.title, made.number].filter(Boolean).join(" ") }));
      onClose();
    },
  });
  const go = (work: () => void) => {
    setTried(true);
    if (missing.length === 0) work();
  };
  const error = make.error ?? look.error;
  return (
    <Modal
      open
      title={t("work.makeDocument")}
      onCancel={onClose}
      maskClosable={false}
      footer={[
        <Button key="look" loading={look.isPending} onClick={() => go(() => look.mutate())}>
          {t("work.preview")}
        </Button>,
        <Button key="make" type="primary" loading={make.isPending} onClick={() => go(() => make.mutate())}>
          {t("work.make")}
        </Button>,
      ]}
    >
      {error && <ProblemAlert error={error} />}
      <Field label={t("work.template")} required>
        {(control) => (
          <Select
            id={control.id}
            value={templateId}
            onChange={(next) => {
              setTemplateId(next);
              setValues({});
              setTried(false);
              setRequestId(uuid());
              look.reset();
              make.reset();
            }}
            options={templates.map((one) => ({ value: one.templateId ?? "", label: named(one, one.templateId) }))}
            style={{ width: "100%" }}
          />
        )}
      </Field>
      {template && <OwnFields template={template} values={values} onChange={setValues} missing={tried ? missing : []} />}
      {look.data?.pdf && <Preview pdf={look.data.pdf} pages={look.data.pages ?? 1} onClose={() => look.reset()} />}
    </Modal>
  );
}

function Made({ one }: { one: Document }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const problemText = useProblemText();
  const name = [one.title, one.number].filter(Boolean).join(" ");
  const get = () => void download(`/v1/documents/${one.documentId}/content`, `${name}.pdf`).catch((error: unknown) => message.error(problemText(error)));
  return (
    <li>
      <Button size="small" type="link" className="file-name" onClick={get} aria-label={t("work.downloadFile", { name })}>
        {name}
      </Button>
      <span className="quiet">
        {t("work.pages", { count: one.pages ?? 1 })} · {sizeText(num(one.size))} · <RelTime time={one.createTime} />
      </span>
      {one.showsCaller && <span className="tag tag-yellow">{t("work.showsCaller")}</span>}
    </li>
  );
}

export function Documents({ ticket }: { ticket: Ticket }) {
  const { t } = useTranslation();
  const user = useStore(session)?.user;
  const id = ticket.ticketId ?? "";
  const query = useQuery({ queryKey: ["ticket", id, "documents"], queryFn: () => listDocuments(id) });
  const [making, setMaking] = useState(false);
  const kinds = useQuery({ queryKey: ["documentTemplates"], queryFn: async () => (await listDocumentTemplates()).templates ?? [], staleTime: FRESH_MS });
  const centre = hasRole(user, "ROLE_SUPERVISOR", "ROLE_COUNTY_SUPERVISOR", "ROLE_DISPATCHER", "ROLE_TEAM_LEAD", "ROLE_ADMIN");
  const templates = (kinds.data ?? []).filter((one) => centre || FOR_ALL.includes(one.templateId ?? ""));
  return (
    <section aria-label={t("work.documents")}>
      <h2>{t("work.documents")}</h2>
      <Loaded query={query} rows={1}>
        {(made) => (
          <>
            {made.length === 0 && templates.length === 0 && <p className="quiet">{t("work.noDocuments")}</p>}
            <ul className="file-list">
              {made.map((one) => (
                <Made key={one.documentId} one={one} />
              ))}
            </ul>
          </>
        )}
      </Loaded>
      {templates.length > 0 && (
        <Button size="small" onClick={() => setMaking(true)}>
          {t("work.makeDocument")}
        </Button>
      )}
      {making && <Make ticket={ticket} templates={templates} onClose={() => setMaking(false)} />}
    </section>
  );
}
