// The versions of a document template (TKT-14): who put them and when, what they looked like, and how they differ from what counts.
import { useInfiniteQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { type DocumentTemplate, listTemplateVersions } from "@/api/configuration";
import { Loaded } from "@/components/Problems";
import { useUserName } from "@/lib/catalogue";
import { num } from "@/lib/format";
import { differences } from "./differences";
import { DifferenceTable, Stamp } from "./Parts";
import { parseBody, templateLines, type TemplateTexts } from "./templates";

function useTemplateTexts(): TemplateTexts {
  const { t } = useTranslation();
  return useMemo(
    () => ({
      name: t("admin.name"),
      nameEn: t("admin.nameEn"),
      number: t("config.templates.number"),
      audience: t("config.templates.audience"),
      audienceOf: (audience) => t(`config.audience.${audience}` as never, { defaultValue: audience }) as string,
      block: (kind, at) => `${at}. ${t(`config.block.${kind}` as never, { defaultValue: kind }) as string}`,
      field: (id) => t("config.templates.ownField", { name: id }),
      must: t("config.forms.must"),
      multiline: t("config.templates.multiline"),
      source: t("config.templates.source"),
    }),
    [t],
  );
}

export function useStampBy(): (template: DocumentTemplate) => string {
  const { t } = useTranslation();
  const userName = useUserName();
  return (template) => (template.updatedBy === "preset" ? t("config.preset") : userName(template.updatedBy));
}

// A version against the one that counts.
export function TemplateChanges({ version, current }: { version: DocumentTemplate; current: DocumentTemplate }) {
  const { t } = useTranslation();
  const texts = useTemplateTexts();
  const lines = (one: DocumentTemplate) => templateLines(parseBody(one.body ?? ""), one.body ?? "", texts);
  return (
    <section aria-label={t("config.changes")}>
      <h2>{t("config.policies.olderTitle", { version: num(version.version), now: num(current.version) })}</h2>
      <DifferenceTable rows={differences(lines(version), lines(current))} empty={t("config.same")} />
    </section>
  );
}

export function TemplateVersions({ current, onShow }: { current: DocumentTemplate; onShow: (version: DocumentTemplate) => void }) {
  const { t } = useTranslation();
  const by = useStampBy();
  const templateId = current.templateId ?? "";
  const query = useInfiniteQuery({
    queryKey: ["documentTemplate", templateId, "versions", current.version],
    queryFn: ({ pageParam }) => listTemplateVersions(templateId, pageParam),
    initialPageParam: "",
    getNextPageParam: (page) => page.nextPageToken || undefined,
  });
  const counts = num(current.version);
  return (
    <section aria-label={t("config.versions")}>
      <h2>{t("config.versions")}</h2>
      <Loaded query={query}>
        {({ pages }) => (
          <ul className="versions">
            {pages.flatMap((page) => page.templates ?? []).map((one) => (
              <li key={String(one.version)}>
                <Stamp version={num(one.version)} time={one.updateTime} by={by(one)} />{" "}
                {num(one.version) === counts ? (
                  <span className="tag tag-green">{t("config.templates.counts")}</span>
                ) : (
                  <Button size="small" onClick={() => onShow(one)} aria-label={`${t("config.show")}: ${t("config.version", { version: num(one.version) })}`}>
                    {t("config.show")}
                  </Button>
                )}
              </li>
            ))}
          </ul>
        )}
      </Loaded>
      {query.hasNextPage && (
        <Button size="small" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {t("config.templates.older")}
        </Button>
      )}
    </section>
  );
}
