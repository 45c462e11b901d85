// One entry of the dispatch catalogue.
import { useMutation } from "@tanstack/react-query";
import { App, Checkbox, Input, Modal, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type CatalogueEntry, putEntry } from "@/api/configuration";
import type { TicketType } from "@/api/types";
import { useKeys } from "@/app/shortcuts";
import { Field } from "@/components/Field";
import { ProblemAlert } from "@/components/Problems";
import { AreaSelect, CategorySelect, UnitSelect, UnitsSelect } from "@/components/LazySelects";
import { TYPES } from "./choices";
import { proposeId } from "./entries";
import { useFaults } from "./faults";
import { focusFirst } from "./Parts";

const NOTE_MAX = 1000;

export function EntryDialog({ start, taken, onClose }: { start: CatalogueEntry; taken: Set<string>; onClose: (kept: boolean) => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const isNew = !start.etag;
  const [entry, setEntry] = useState(start);
  const [ownId, setOwnId] = useState("");
  const set = (part: Partial<CatalogueEntry>) => setEntry((now) => ({ ...now, ...part }));
  const id = isNew ? ownId || proposeId(entry, taken) : (entry.entryId ?? "");
  const twice = isNew && taken.has(id); // a put without an etag would write over it
  const work = useMutation({
    mutationFn: () => putEntry({ ...entry, entryId: id }),
    onSuccess: () => {
      message.success(t("config.kept"));
      onClose(true);
    },
  });
  const faults = useFaults(work.error, "entry");
  const good = !!entry.categoryId && !!entry.unitId && !!id && !twice;
  useKeys({ "Ctrl+Enter": () => good && !work.isPending && work.mutate() });
  return (
    <Modal open afterOpenChange={focusFirst} title={t(isNew ? "config.catalogue.new" : "config.catalogue.edit")} width={640} onCancel={() => onClose(false)} onOk={() => work.mutate()} okText={t("common.save")} okButtonProps={{ disabled: !good, loading: work.isPending }} maskClosable={false}>
      {work.isError && <ProblemAlert error={work.error} />}
      <Field label={t("ticket.category")} required error={faults.at("categoryId")}>
        {(c) => <CategorySelect control={c} value={entry.categoryId ?? ""} onChange={(categoryId) => set({ categoryId })} />}
      </Field>
      <div className="row">
        <Field label={t("ticket.area")} className="rest" hint={t("config.catalogue.areaHint")} error={faults.at("areaCode")}>
          {(c) => <AreaSelect control={c} value={entry.areaCode ?? ""} placeholder={t("config.catalogue.anywhere")} onChange={(areaCode) => set({ areaCode })} />}
        </Field>
        <Field label={t("ticket.type")} className="third" error={faults.at("type")}>
          {(c) => (
            <Select<TicketType> id={c.id} value={entry.type && entry.type !== "TICKET_TYPE_UNSPECIFIED" ? entry.type : null} allowClear placeholder={t("config.catalogue.anyType")} onChange={(type) => set({ type: type ?? "TICKET_TYPE_UNSPECIFIED" })} options={TYPES.map((value) => ({ value, label: t(`enum.type.${value}`) }))} style={{ width: "100%" }} />
          )}
        </Field>
      </div>
      <Field label={t("config.catalogue.lead")} required error={faults.at("unitId")}>
        {(c) => <UnitSelect control={c} value={entry.unitId ?? ""} onChange={(unitId) => set({ unitId })} />}
      </Field>
      <Field label={t("config.catalogue.co")} error={faults.under("coUnitIds")}>
        {(c) => <UnitsSelect control={c} label={t("config.catalogue.co")} values={entry.coUnitIds ?? []} onChange={(coUnitIds) => set({ coUnitIds })} />}
      </Field>
      <div className="row">
        <Field label={t("config.catalogue.from")} className="third" error={faults.at("effectiveFrom")}>
          {(c) => <Input id={c.id} type="date" status={c.status ?? ""} value={entry.effectiveFrom ?? ""} onChange={(e) => set({ effectiveFrom: e.target.value })} />}
        </Field>
        <Field label={t("config.catalogue.to")} className="third" error={faults.at("effectiveTo")}>
          {(c) => <Input id={c.id} type="date" status={c.status ?? ""} value={entry.effectiveTo ?? ""} onChange={(e) => set({ effectiveTo: e.target.value })} />}
        </Field>
        <div className="checks">
          <Checkbox checked={entry.sure ?? false} onChange={(e) => set({ sure: e.target.checked })}>
            {t("config.catalogue.sureLong")}
          </Checkbox>
        </div>
      </div>
      <Field label={t("config.catalogue.note")} error={faults.at("note")}>
        {(c) => <Input.TextArea id={c.id} status={c.status ?? ""} value={entry.note ?? ""} maxLength={NOTE_MAX} autoSize={{ minRows: 1, maxRows: 5 }} onChange={(e) => set({ note: e.target.value })} />}
      </Field>
      <Field label={t("config.id")} hint={t("config.idHint")} error={twice ? t("config.idTaken") : faults.at("entryId")}>
        {(c) => <Input id={c.id} className="mono" status={c.status ?? ""} value={isNew ? ownId : id} placeholder={id} disabled={!isNew} maxLength={64} onChange={(e) => setOwnId(e.target.value.trim())} />}
      </Field>
    </Modal>
  );
}
