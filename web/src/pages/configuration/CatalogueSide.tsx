// Beside the entries: what the check found, publishing, versions and their differences, and what would be suggested.
import { useQuery } from "@tanstack/react-query";
import { Alert, Button, Modal, Select } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { type CatalogueFinding, type CatalogueVersion, checkCatalogue, getCatalogueDiff, listCatalogueVersions, publishCatalogue, suggestForDraft, type WhichCatalogue } from "@/api/configuration";
import type { TicketType } from "@/api/types";
import { Field } from "@/components/Field";
import { Loaded, NothingHere } from "@/components/Problems";
import { AreaSelect, CategorySelect } from "@/components/LazySelects";
import { useUserName } from "@/lib/catalogue";
import { num } from "@/lib/format";
import { useMay } from "./access";
import { TYPES } from "./choices";
import { changeRows, countChanges, type EntryTexts, type Names } from "./entries";
import { DifferenceTable, PublishDialog, Stamp } from "./Parts";

const FINDINGS_SHOWN = 60;

function useEntryTexts(): EntryTexts {
  const { t } = useTranslation();
  return useMemo(
    () => ({
      anywhere: t("config.catalogue.anywhere"),
      anyType: t("config.catalogue.anyType"),
      sure: t("config.catalogue.sureLong"),
      arrow: "→",
      comma: t("common.comma"),
      span: (from, to) => `${from || "…"} – ${to || "…"}`,
    }),
    [t],
  );
}

function Findings({ findings, names, onFinding }: { findings: CatalogueFinding[]; names: Names; onFinding: (finding: CatalogueFinding) => void }) {
  const { t, i18n } = useTranslation();
  const errors = findings.filter((f) => f.error).length;
  const english = i18n.language === "en";
  const sentence = (f: CatalogueFinding) => {
    if (!english) return f.text;
    const subject = names.unit(f.subject) !== f.subject ? names.unit(f.subject) : names.category(f.subject);
    return t(`config.finding.${f.rule}` as never, { subject, entries: (f.entryIds ?? []).join(", "), defaultValue: f.rule }) as string;
  };
  return (
    <>
      {errors > 0 ? (
        <Alert type="error" showIcon message={t("config.catalogue.errors", { count: errors })} />
      ) : (
        <Alert type={findings.length ? "warning" : "success"} showIcon message={findings.length ? t("config.catalogue.warnings", { count: findings.length }) : t("config.catalogue.clean")} />
      )}
      <ul className="findings">
        {findings.slice(0, FINDINGS_SHOWN).map((f, i) => (
          <li key={i} className={f.error ? "error" : "warning"}>
            <button type="button" onClick={() => onFinding(f)}>
              {sentence(f)}
            </button>
          </li>
        ))}
      </ul>
      {findings.length > FINDINGS_SHOWN && <p className="quiet">{t("config.catalogue.moreFindings", { count: findings.length - FINDINGS_SHOWN })}</p>}
    </>
  );
}

function DiffDialog({ from, to, names, onClose }: { from: number; to: number; names: Names; onClose: () => void }) {
  const { t } = useTranslation();
  const texts = useEntryTexts();
  const query = useQuery({ queryKey: ["catalogueDiff", from, to], queryFn: () => getCatalogueDiff(from, to) });
  const side = (version: number, draft: boolean) => (version ? t("config.version", { version }) : draft ? t("config.draft") : t("config.catalogue.nothing"));
  return (
    <Modal open width={1000} footer={null} onCancel={onClose} title={t("config.catalogue.diffTitle", { from: side(from, false), to: side(to, true) })}>
      <Loaded query={query}>{(answer) => <DifferenceTable rows={changeRows(answer.changes ?? [], names, texts)} empty={t("config.same")} />}</Loaded>
    </Modal>
  );
}

function Versions({ versions, onShow, onDiff }: { versions: CatalogueVersion[]; onShow: (version: number) => void; onDiff: (from: number, to: number) => void }) {
  const { t } = useTranslation();
  const userName = useUserName();
  if (versions.length === 0) return <NothingHere text={t("config.catalogue.neverPublished")} />;
  return (
    <ul className="versions">
      {versions.map((v) => {
        const version = num(v.version);
        return (
          <li key={version}>
            <Stamp version={version} time={v.publishTime} by={userName(v.publishedBy)} />
            <p>{v.note}</p>
            <span className="quiet">{t("config.catalogue.versionCounts", { entries: v.entries ?? 0, added: v.added ?? 0, changed: v.changed ?? 0, removed: v.removed ?? 0 })}</span>
            <div className="form-actions">
              <Button size="small" onClick={() => onShow(version)} aria-label={`${t("config.show")}: ${t("config.version", { version })}`}>
                {t("config.show")}
              </Button>
              <Button size="small" onClick={() => onDiff(version - 1, version)} aria-label={`${t("config.differences")}: ${t("config.version", { version })}`}>
                {t("config.differences")}
              </Button>
            </div>
          </li>
        );
      })}
    </ul>
  );
}

// TKT-6: what the published catalogue suggests for a matter.
function TryIt({ names }: { names: Names }) {
  const { t } = useTranslation();
  const [matter, setMatter] = useState<{ categoryId: string; areaCode: string; type: TicketType }>({ categoryId: "", areaCode: "", type: "TICKET_TYPE_HELP" });
  const query = useQuery({ queryKey: ["catalogueTry", matter], queryFn: () => suggestForDraft(matter), enabled: !!matter.categoryId, staleTime: 0 });
  return (
    <section aria-label={t("config.catalogue.try")} className="try-it">
      <h2>{t("config.catalogue.try")}</h2>
      <Field label={t("ticket.category")}>{(c) => <CategorySelect control={c} value={matter.categoryId} onChange={(categoryId) => setMatter({ ...matter, categoryId })} />}</Field>
      <div className="row">
        <Field label={t("ticket.area")} className="third">
          {(c) => <AreaSelect control={c} value={matter.areaCode} onChange={(areaCode) => setMatter({ ...matter, areaCode })} />}
        </Field>
        <Field label={t("ticket.type")} className="third">
          {(c) => <Select<TicketType> id={c.id} value={matter.type} onChange={(type) => setMatter({ ...matter, type })} options={TYPES.map((value) => ({ value, label: t(`enum.type.${value}`) }))} style={{ width: "100%" }} />}
        </Field>
      </div>
      {matter.categoryId && (
        <Loaded query={query} rows={2} empty={t("saved.noSuggestion")} isEmpty={(a) => !a.suggestions?.length}>
          {(answer) => (
            <ol className="try-results">
              {(answer.suggestions ?? []).map((s, i) => (
                <li key={s.unitId}>
                  <b>{names.unit(s.unitId)}</b> <span className="tag tag-blue">{t(`rule.${s.rule}` as never, { defaultValue: s.rule }) as string}</span>
                  {i === 0 && answer.sure && <span className="tag tag-green">{t("config.catalogue.sureLong")}</span>}
                  {s.source && <div className="quiet mono">{s.source}</div>}
                </li>
              ))}
            </ol>
          )}
        </Loaded>
      )}
    </section>
  );
}

interface SideProps {
  names: Names;
  which: WhichCatalogue;
  onFinding: (finding: CatalogueFinding) => void;
  onShow: (which: WhichCatalogue) => void;
  onPublished: () => void;
}

export function CatalogueSide({ names, onFinding, onShow, onPublished }: SideProps) {
  const { t } = useTranslation();
  const texts = useEntryTexts();
  const mayPublish = useMay("publishCatalogue");
  const mayTry = useMay("trySuggestion");
  const [diff, setDiff] = useState<{ from: number; to: number } | null>(null);
  const [publishing, setPublishing] = useState(false);
  const check = useQuery({ queryKey: ["catalogueCheck"], queryFn: checkCatalogue });
  const versions = useQuery({ queryKey: ["catalogueVersions"], queryFn: listCatalogueVersions });
  const latest = num(versions.data?.versions?.[0]?.version);
  const pending = useQuery({ queryKey: ["catalogueDiff", latest, 0], queryFn: () => getCatalogueDiff(latest, 0), enabled: versions.isSuccess });
  const changes = pending.data?.changes ?? [];
  const errors = (check.data?.findings ?? []).filter((f) => f.error).length;
  const publishable = changes.length > 0 && errors === 0 && check.isSuccess;
  return (
    <aside className="side column">
      <section aria-label={t("config.catalogue.check")}>
        <h2>{t("config.catalogue.check")}</h2>
        <Loaded query={check}>{(answer) => <Findings findings={answer.findings ?? []} names={names} onFinding={onFinding} />}</Loaded>
      </section>
      <section aria-label={t("config.publish")}>
        <h2>{t("config.publish")}</h2>
        <p>{changes.length ? t("config.catalogue.pending", countChanges(changes)) : t("config.catalogue.noPending")}</p>
        <div className="form-actions">
          <Button disabled={changes.length === 0} onClick={() => setDiff({ from: latest, to: 0 })}>
            {t("config.differences")}
          </Button>
          {mayPublish && (
            <Button type="primary" disabled={!publishable} onClick={() => setPublishing(true)}>
              {t("config.publish")}
            </Button>
          )}
        </div>
      </section>
      {mayTry && <TryIt names={names} />}
      <section aria-label={t("config.versions")}>
        <h2>{t("config.versions")}</h2>
        <Loaded query={versions}>{(answer) => <Versions versions={answer.versions ?? []} onShow={onShow} onDiff={(from, to) => setDiff({ from, to })} />}</Loaded>
      </section>
      {diff && <DiffDialog {...diff} names={names} onClose={() => setDiff(null)} />}
      {publishing && (
        <PublishDialog
          title={t("config.catalogue.publishTitle")}
          publish={(note) => publishCatalogue(check.data?.etag ?? "", note)}
          onClose={(done) => {
            setPublishing(false);
            if (done) onPublished();
          }}
        >
          <DifferenceTable rows={changeRows(changes, names, texts)} empty={t("config.same")} />
        </PublishDialog>
      )}
    </aside>
  );
}
