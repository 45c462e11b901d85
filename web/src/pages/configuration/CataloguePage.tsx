// The dispatch catalogue (派单目录, STD-6): the draft and its versions, what is wrong with it, what it would suggest.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Input, Select } from "antd";
import { type ReactNode, useCallback, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { type CatalogueEntry, type CatalogueFinding, deleteEntry, listEntries, type WhichCatalogue } from "@/api/configuration";
import { usePlainKeys } from "@/app/shortcuts";
import { DataTable } from "@/components/DataTable";
import { Kbd } from "@/components/Field";
import { Loaded, useProblemText } from "@/components/Problems";
import { useAreas, useCategoryName, useUnitName } from "@/lib/catalogue";
import { serverNow } from "@/lib/clock";
import { dayOf, num } from "@/lib/format";
import { useMay } from "./access";
import { CatalogueSide } from "./CatalogueSide";
import { EMPTY_ENTRY, found, type Names, standing } from "./entries";
import { EntryDialog } from "./EntryDialog";

export function useNames(): Names {
  const { t } = useTranslation();
  const category = useCategoryName();
  const unit = useUnitName();
  const { nameOf } = useAreas();
  return useMemo(() => ({ category, unit, area: nameOf, type: (type) => t(`enum.type.${type ?? "TICKET_TYPE_UNSPECIFIED"}`) }), [category, unit, nameOf, t]);
}

interface Shown {
  which: WhichCatalogue;
  typed: string;
  finding: CatalogueFinding | null; // only what it is about
}

function Entries({ rows, names, editable, onEdit, onRemove }: { rows: CatalogueEntry[]; names: Names; editable: boolean; onEdit: (entry: CatalogueEntry) => void; onRemove: (entry: CatalogueEntry) => void }) {
  const { t } = useTranslation();
  const today = dayOf(new Date(serverNow()).toISOString());
  return (
    <DataTable<CatalogueEntry>
      fill
      label={t("config.part.catalogue")}
      rows={rows}
      rowKey={(e) => e.entryId ?? ""}
      empty={t("config.catalogue.empty")}
      columns={[
        { key: "category", title: t("ticket.category"), width: "minmax(150px, 1.6fr)", render: (e) => <span title={`${e.entryId} · ${names.category(e.categoryId)}`}>{names.category(e.categoryId)}</span> },
        { key: "area", title: t("ticket.area"), width: "minmax(108px, 1fr)", render: (e) => (e.areaCode ? <span title={`${e.areaCode} ${names.area(e.areaCode)}`}>{names.area(e.areaCode)}</span> : <span className="quiet">{t("config.catalogue.anywhere")}</span>) },
        { key: "type", title: t("ticket.type"), width: "90px", render: (e) => (e.type && e.type !== "TICKET_TYPE_UNSPECIFIED" ? names.type(e.type) : <span className="quiet">{t("config.catalogue.anyType")}</span>) },
        { key: "unit", title: t("config.catalogue.lead"), width: "minmax(130px, 1.3fr)", render: (e) => <span title={names.unit(e.unitId)}>{names.unit(e.unitId)}</span> },
        { key: "co", title: t("config.catalogue.co"), width: "minmax(90px, 1fr)", render: (e) => <span title={(e.coUnitIds ?? []).map(names.unit).join(t("common.comma"))}>{(e.coUnitIds ?? []).map(names.unit).join(t("common.comma"))}</span> },
        {
          key: "span",
          title: t("config.catalogue.effective"),
          width: "104px",
          render: (e) => {
            const now = standing(e, today);
            const title = `${e.effectiveFrom ?? ""} – ${e.effectiveTo ?? ""}`;
            if (now !== "holds") return <span className={`tag tag-${now === "expired" ? "grey" : "yellow"}`} title={title}>{t(`config.catalogue.${now}`)}</span>;
            return <span title={title}>{e.effectiveTo ? t("config.catalogue.until", { day: e.effectiveTo }) : t("config.catalogue.always")}</span>;
          },
        },
        { key: "sure", title: t("config.catalogue.sure"), width: "62px", render: (e) => (e.sure ? <span className="tag tag-green">{t("config.yes")}</span> : "") },
        {
          key: "actions",
          title: t("common.actions"),
          width: "118px",
          render: (e) =>
            editable && (
              <>
                <Button size="small" onClick={() => onEdit(e)} aria-label={`${t("common.edit")}: ${e.entryId}`}>
                  {t("common.edit")}
                </Button>{" "}
                <Button size="small" type="text" danger onClick={() => onRemove(e)} aria-label={t("config.remove", { name: e.entryId })}>
                  ✕
                </Button>
              </>
            ),
        },
      ]}
    />
  );
}

function Filters({ shown, setShown, count, version, children }: { shown: Shown; setShown: (shown: Shown) => void; count: number; version: number; children: ReactNode }) {
  const { t } = useTranslation();
  const { which } = shown;
  return (
    <div className="filters">
      <Select<"draft" | "current">
        value={typeof which === "number" ? (null as never) : which}
        placeholder={typeof which === "number" ? t("config.version", { version: which }) : ""}
        onChange={(next) => setShown({ which: next, typed: shown.typed, finding: null })}
        aria-label={t("config.catalogue.which")}
        style={{ width: 120 }}
        options={[{ value: "draft", label: t("config.draft") }, { value: "current", label: t("config.inForce") }]}
      />
      <Input.Search allowClear value={shown.typed} onChange={(e) => setShown({ ...shown, typed: e.target.value })} placeholder={t("config.catalogue.find")} aria-label={t("config.catalogue.find")} style={{ width: 270 }} />
      {!!shown.finding?.entryIds?.length && (
        <Button size="small" onClick={() => setShown({ ...shown, finding: null })}>
          {t("config.catalogue.onlyFinding")} ✕
        </Button>
      )}
      <span className="quiet">
        {t("config.catalogue.count", { count })}
        {which === "current" && ` · ${version ? t("config.version", { version }) : t("config.catalogue.neverPublished")}`}
      </span>
      <span className="grow" />
      {children}
    </div>
  );
}

export default function CataloguePage() {
  const { t } = useTranslation();
  const { modal, message } = App.useApp();
  const problemText = useProblemText();
  const queries = useQueryClient();
  const names = useNames();
  const mayEdit = useMay("editCatalogue");
  const [shown, setShown] = useState<Shown>({ which: "draft", typed: "", finding: null });
  const [editing, setEditing] = useState<CatalogueEntry | null>(null);
  const query = useQuery({ queryKey: ["catalogueEntries", shown.which], queryFn: () => listEntries(shown.which) });
  const entries = useMemo(() => query.data?.entries ?? [], [query.data]);
  const rows = useMemo(() => {
    const about = shown.finding?.entryIds?.length ? new Set(shown.finding.entryIds) : null;
    return entries.filter((e) => (!about || about.has(e.entryId ?? "")) && (!shown.typed.trim() || found(e, names, shown.typed.trim())));
  }, [entries, shown, names]);
  const refresh = useCallback(() => {
    for (const key of ["catalogueEntries", "catalogueCheck", "catalogueDiff"]) void queries.invalidateQueries({ queryKey: [key] });
  }, [queries]);
  const editable = mayEdit && shown.which === "draft";
  const remove = (entry: CatalogueEntry) =>
    void modal.confirm({
      title: t("config.catalogue.removeConfirm", { name: entry.entryId }),
      onOk: () =>
        deleteEntry(entry.entryId ?? "", entry.etag ?? "").then(refresh, (error: unknown) => {
          message.error(problemText(error));
          refresh();
        }),
    });
  const startNew = () => setEditing({ ...EMPTY_ENTRY, categoryId: shown.finding && !shown.finding.entryIds?.length ? (shown.finding.subject ?? "") : "" });
  usePlainKeys({ N: startNew }, editable && !editing);
  return (
    <div className="with-side">
      <section className="main-part" aria-label={t("config.part.catalogue")}>
        <Filters shown={shown} setShown={setShown} count={rows.length} version={num(query.data?.version)}>
          {editable && (
            <Button type="primary" onClick={startNew}>
              {t("config.catalogue.new")} <Kbd keys="N" />
            </Button>
          )}
        </Filters>
        <Loaded query={query}>{() => <Entries rows={rows} names={names} editable={editable} onEdit={setEditing} onRemove={remove} />}</Loaded>
      </section>
      <CatalogueSide
        names={names}
        which={shown.which}
        onFinding={(finding) => setShown({ which: "draft", typed: "", finding })}
        onShow={(which) => setShown({ which, typed: "", finding: null })}
        onPublished={() => {
          refresh();
          void queries.invalidateQueries({ queryKey: ["catalogueVersions"] });
        }}
      />
      {editing && (
        <EntryDialog
          start={editing}
          taken={new Set(entries.map((e) => e.entryId ?? ""))}
          onClose={(kept) => {
            setEditing(null);
            if (kept) refresh();
          }}
        />
      )}
    </div>
  );
}
