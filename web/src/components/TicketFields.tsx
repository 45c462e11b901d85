// The ticket form, in the order people speak: what, where, who, how urgent. The agent desk and the entry desk share it.
import { Checkbox, Input, Segmented } from "antd";
import { type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { asProblem } from "@/api/problem";
import type { TicketType, Urgency } from "@/api/types";
import { requiredFields, useProcess } from "@/lib/process";
import { TYPES, URGENCIES } from "@/lib/ticketChoices";
import { CONTENT_MAX, type Fault, type Faults, type FieldKey, formField, NAME_MAX, PLACE_MAX, TITLE_MAX } from "@/lib/validate";
import { Field, Kbd } from "./Field";
import { AreaSelect, CategorySelect } from "./LazySelects";
import { MapPlace } from "./MapPlace";
import { CallerMore, Nature, OccurTime, OwnFields, type PartProps } from "./TicketMore";

export { TYPES, URGENCIES };

export type ServerFaults = Partial<Record<FieldKey, string>>;

// What the server refused, by the form's fields.
export function serverFaultsOf(error: unknown, text: (reason: string, description: string) => string): ServerFaults {
  const named: ServerFaults = {};
  for (const f of asProblem(error).fields) {
    const field = formField(f.field) ?? formField(`ticket.${f.field}`);
    if (field) named[field] = text(f.reason, f.description);
  }
  return named;
}

export function useFieldFault(faults: Faults, server: ServerFaults): (field: FieldKey) => string | undefined {
  const { t } = useTranslation();
  return (field) => {
    const own: Fault | undefined = faults[field];
    return own ? t(`fault.${own}`) : server[field];
  };
}

export function Part({ n, children, label }: { n: number; children: ReactNode; label: string }) {
  return (
    <section className="part" data-part={n} aria-label={label}>
      <span className="part-key" aria-hidden="true">
        <Kbd keys={`Alt+${n}`} />
      </span>
      {children}
    </section>
  );
}

interface Props extends PartProps {
  afterTitle?: ReactNode;
  amending?: boolean; // what is registered already is completed: some things stay as they are
}
type InnerProps = Props & { needs: Set<FieldKey> };

function What({ form, change, fault, afterTitle }: Props) {
  const { t } = useTranslation();
  return (
    <Part n={2} label={t("ticket.what")}>
      <Field label={t("ticket.type")} error={fault("type")}>
        {() => (
          <Segmented<TicketType>
            block
            value={form.type}
            onChange={(type) => change({ type })}
            options={TYPES.map((value) => ({ value, label: t(`enum.type.${value}`) }))}
            aria-label={t("ticket.type")}
          />
        )}
      </Field>
      <Field label={t("ticket.title")} required error={fault("title")}>
        {(control) => (
          <Input {...control} status={control.status ?? ""} value={form.title} maxLength={TITLE_MAX} showCount onChange={(e) => change({ title: e.target.value })} />
        )}
      </Field>
      {afterTitle}
    </Part>
  );
}

function Where(props: InnerProps) {
  const { form, change, fault, needs, amending } = props;
  const { t } = useTranslation();
  return (
    <Part n={5} label={t("ticket.where")}>
      <div className="row">
        <Field label={t("ticket.area")} error={fault("areaCode")} className="third" required={needs.has("areaCode")}>
          {(control) => <AreaSelect control={control} value={form.areaCode} onChange={(areaCode) => change({ areaCode })} />}
        </Field>
        <Field label={t("ticket.place")} error={fault("place")} className="rest" required={needs.has("place")}>
          {(control) => (
            <Input {...control} status={control.status ?? ""} value={form.place} maxLength={PLACE_MAX} onChange={(e) => change({ place: e.target.value })} />
          )}
        </Field>
        {!amending && <OccurTime {...props} />}
      </div>
      <MapPlace form={form} change={change} fault={fault} />
      {(form.type === "TICKET_TYPE_COMPLAINT" || form.type === "TICKET_TYPE_REPORT" || needs.has("partyComplainedOf")) && (
        <Field label={t("ticket.party")} error={fault("partyComplainedOf")} required={needs.has("partyComplainedOf")}>
          {(control) => (
            <Input
              {...control}
              status={control.status ?? ""}
              value={form.partyComplainedOf}
              maxLength={PLACE_MAX}
              onChange={(e) => change({ partyComplainedOf: e.target.value })}
            />
          )}
        </Field>
      )}
    </Part>
  );
}

function Who(props: InnerProps) {
  const { form, change, fault, needs, amending } = props;
  const { t } = useTranslation();
  return (
    <Part n={6} label={t("ticket.who")}>
      <div className="row">
        <Field label={t("ticket.callerName")} error={fault("callerName")} className="third" required={needs.has("callerName") && !form.anonymous}>
          {(control) => (
            <Input
              {...control}
              status={control.status ?? ""}
              value={form.callerName}
              maxLength={NAME_MAX}
              disabled={form.anonymous}
              autoComplete="off"
              onChange={(e) => change({ callerName: e.target.value })}
            />
          )}
        </Field>
        <Field label={t("ticket.callerPhone")} error={fault("callerPhone")} className="third" required={needs.has("callerPhone")}>
          {(control) => (
            <Input
              {...control}
              status={control.status ?? ""}
              value={form.callerPhone}
              inputMode="tel"
              autoComplete="off"
              onChange={(e) => change({ callerPhone: e.target.value })}
            />
          )}
        </Field>
        <div className="checks third">
          <Checkbox checked={form.anonymous} onChange={(e) => change({ anonymous: e.target.checked })}>
            {t("ticket.anonymous")}
          </Checkbox>
          <Checkbox checked={form.confidential} onChange={(e) => change({ confidential: e.target.checked })}>
            {t("ticket.confidential")}
          </Checkbox>
        </div>
      </div>
      {!amending && <CallerMore {...props} />}
    </Part>
  );
}

export function TicketFields(own: Props) {
  const { form, change, fault } = own;
  const { t } = useTranslation();
  const process = useProcess(form.type);
  const needs = requiredFields(process);
  const props = { ...own, process, needs };
  return (
    <>
      <What {...props} />
      <Part n={3} label={t("ticket.content")}>
        <Field label={t("ticket.content")} error={fault("content")} required={needs.has("content")}>
          {(control) => (
            <Input.TextArea
              {...control}
              status={control.status ?? ""}
              value={form.content}
              autoSize={{ minRows: 3, maxRows: 12 }}
              maxLength={CONTENT_MAX}
              onChange={(e) => change({ content: e.target.value })}
            />
          )}
        </Field>
        <OwnFields {...props} />
      </Part>
      <Part n={4} label={t("ticket.category")}>
        <Field label={t("ticket.category")} error={fault("categoryId")} required={needs.has("categoryId")}>
          {(control) => <CategorySelect control={control} value={form.categoryId} onChange={(categoryId) => change({ categoryId })} />}
        </Field>
      </Part>
      <Where {...props} />
      <Who {...props} />
      <Part n={7} label={t("ticket.urgency")}>
        <div className="row">
          <Field label={t("ticket.urgency")} error={fault("urgency")}>
            {() => (
              <Segmented<Urgency>
                value={form.urgency}
                onChange={(urgency) => change({ urgency })}
                options={URGENCIES.map((value) => ({ value, label: t(`enum.urgency.${value}`) }))}
                aria-label={t("ticket.urgency")}
              />
            )}
          </Field>
          {!own.amending && <Nature {...props} />}
        </div>
      </Part>
    </>
  );
}
