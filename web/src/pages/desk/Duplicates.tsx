// What came before: tickets that may be the same matter, of this caller or of others, and whether this caller asks again and
// again (TKT-11); whether the caller is banned.
import { useQuery } from "@tanstack/react-query";
import { Alert } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router-dom";
import { getCallerHistory } from "@/api/endpoints";
import { findDuplicates } from "@/api/work";
import type { Duplicate, FoundFor } from "@/api/types";
import { RelTime, StateTag } from "@/components/Status";
import { useLanguage } from "@/lib/catalogue";
import { pointOf } from "@/lib/coordinates";
import { useDebounced } from "@/lib/debounce";
import { exactTime } from "@/lib/format";
import { cleanPhone, type TicketForm, validPhone } from "@/lib/validate";

const TYPING_MS = 400;
const MIN_CHARS = 4;
const SHOWN = 3;
const CONTENT_SENT = 1000;

type Facts = Pick<TicketForm, "callerPhone" | "title" | "content" | "categoryId" | "areaCode" | "place" | "longitude" | "latitude">;

// What is asked about; too little to find anything by: null.
export function draftOf(form: Facts): FoundFor | null {
  const phone = cleanPhone(form.callerPhone);
  const title = form.title.trim();
  const known = validPhone(phone);
  if (title.length < MIN_CHARS && !(known && (title || form.categoryId))) return null;
  return { draft: { title, content: [...form.content.trim()].slice(0, CONTENT_SENT).join(""), categoryId: form.categoryId, areaCode: form.areaCode, place: form.place.trim(), ...(pointOf(form.longitude, form.latitude) ?? {}), ...(known ? { caller: { phone } } : {}) } };
}

function Found({ one }: { one: Duplicate }) {
  const { t } = useTranslation();
  const language = useLanguage();
  return (
    <li>
      <Link to={`/tickets/${one.ticketId}`} target="_blank" rel="noopener">
        {one.title}
      </Link>{" "}
      <StateTag state={one.state} />{" "}
      <span className="quiet">
        {language === "zh-CN" && one.reason ? one.reason : (t(`work.duplicate.${one.kind ?? "same_matter"}` as never) as string)} · <RelTime time={one.createTime} />
      </span>
    </li>
  );
}

// A ban that holds for this number, as the caller's history tells.
export function CallerBan({ phone }: { phone: string }) {
  const { t } = useTranslation();
  const whole = useDebounced(cleanPhone(phone), TYPING_MS);
  const query = useQuery({ queryKey: ["caller", whole], queryFn: () => getCallerHistory(whole), enabled: validPhone(whole), retry: false });
  const ban = validPhone(whole) ? query.data?.bans?.[0] : undefined;
  if (!ban) return null;
  return <Alert type="warning" showIcon role="alert" message={t("work.banned", { until: exactTime(ban.untilTime).slice(0, 10) })} description={ban.reason} />;
}

export function Duplicates({ form }: { form: Facts }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const facts = useDebounced(JSON.stringify(draftOf(form)), TYPING_MS);
  const query = useQuery({
    queryKey: ["duplicates", facts],
    queryFn: ({ signal }) => findDuplicates(JSON.parse(facts) as FoundFor, signal),
    enabled: facts !== "null",
    placeholderData: (before) => before,
    retry: false,
  });
  const found = facts === "null" ? [] : (query.data?.duplicates ?? []).slice(0, SHOWN);
  const repeats = facts === "null" ? undefined : query.data?.repeats;
  return (
    <>
      {repeats?.unreasonable && (
        <Alert
          type="warning"
          showIcon
          message={language === "zh-CN" && repeats.reason ? repeats.reason : t("work.repeats", { count: repeats.count ?? 0 })}
          description={t("work.repeatsHint")}
        />
      )}
      {found.length > 0 && (
        <div className="duplicates" aria-live="polite">
          <b>{t("desk.duplicates")}</b>
          <ul>
            {found.map((one) => (
              <Found key={one.ticketId} one={one} />
            ))}
          </ul>
        </div>
      )}
    </>
  );
}
