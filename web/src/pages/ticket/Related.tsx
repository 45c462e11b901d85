// Other tickets that belong to this one (TKT-11): its group case or its members, linked ones, and what may be the same matter.
import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router-dom";
import { batchGetTickets, findDuplicates } from "@/api/work";
import { hasRole, session } from "@/api/session";
import { listTickets } from "@/api/endpoints";
import type { Duplicate, ListTicketsRequest, Ticket } from "@/api/types";
import { Loaded } from "@/components/Problems";
import { StateTag } from "@/components/Status";
import { useLanguage, useUnitName } from "@/lib/catalogue";
import { useStore } from "@/lib/store";

const MEMBERS_SHOWN = 20;

// The others by their ids: the group case first, then links, each once.
export function othersOf(ticket: Pick<Ticket, "groupTicketId" | "links">): { id: string; kind: string }[] {
  const all = [...(ticket.groupTicketId ? [{ id: ticket.groupTicketId, kind: "group" }] : []), ...(ticket.links ?? []).map((l) => ({ id: l.ticketId ?? "", kind: l.kind ?? "related" }))];
  return all.filter((one, i) => one.id && all.findIndex((other) => other.id === one.id) === i);
}

function Row({ id, title, kind, other, why }: { id: string; title: string; kind: string; other: Pick<Ticket, "number" | "state" | "unitId"> | undefined; why?: string }) {
  const unitName = useUnitName();
  return (
    <li>
      <span className="tag">{kind}</span>
      <Link to={`/tickets/${id}`}>{title}</Link>
      {other && <StateTag state={other.state} />}
      <span className="quiet">
        {[other?.number, unitName(other?.unitId), why].filter(Boolean).join(" · ")}
      </span>
    </li>
  );
}

function Alike({ ticket }: { ticket: Ticket }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const id = ticket.ticketId ?? "";
  const query = useQuery({ queryKey: ["ticket", id, "alike"], queryFn: ({ signal }) => findDuplicates({ ticketId: id }, signal) });
  const known = new Set(othersOf(ticket).map((one) => one.id));
  const why = (one: Duplicate) => (language === "zh-CN" && one.reason ? one.reason : "");
  return (
    <Loaded query={query} rows={1}>
      {(found) => {
        const rest = (found.duplicates ?? []).filter((one) => !known.has(one.ticketId ?? ""));
        if (rest.length === 0 && !found.repeats?.unreasonable) return <p className="quiet">{t("sorting.noDuplicates")}</p>;
        return (
          <>
            {found.repeats?.unreasonable && <p>{language === "zh-CN" && found.repeats.reason ? found.repeats.reason : t("work.repeats", { count: found.repeats.count ?? 0 })}</p>}
            <ul className="file-list">
              {rest.map((one) => (
                <Row key={one.ticketId} id={one.ticketId ?? ""} title={one.title ?? ""} kind={t(`work.duplicate.${one.kind ?? "same_matter"}` as never) as string} other={one} why={why(one)} />
              ))}
            </ul>
          </>
        );
      }}
    </Loaded>
  );
}

// What follows this group case; none where it is no group case.
function useMembers(id: string): Ticket[] {
  const filter: ListTicketsRequest = { groupId: id, pageSize: MEMBERS_SHOWN };
  return useQuery({ queryKey: ["tickets", "members", id], queryFn: ({ signal }) => listTickets(filter, signal), retry: false }).data?.tickets ?? [];
}

export function Related({ ticket }: { ticket: Ticket }) {
  const { t } = useTranslation();
  const user = useStore(session)?.user;
  const [asked, setAsked] = useState(false);
  const others = othersOf(ticket);
  const ids = others.map((one) => one.id);
  const query = useQuery({ queryKey: ["ticket", ticket.ticketId, "others", ids], queryFn: ({ signal }) => batchGetTickets(ids, signal), enabled: ids.length > 0 });
  const byId = new Map((query.data ?? []).map((one) => [one.ticketId ?? "", one]));
  const name = (kind: string) => (kind === "group" ? t("mark.groupCase") : (t(`choice.link.${kind}` as never) as string));
  const members = useMembers(ticket.ticketId ?? "");
  const centre = hasRole(user, "ROLE_AGENT", "ROLE_REMOTE_AGENT", "ROLE_ENTRY_CLERK", "ROLE_DISPATCHER", "ROLE_SUPERVISOR");
  if (others.length === 0 && members.length === 0 && !centre) return null;
  return (
    <section aria-label={t("work.related")}>
      <h2>{t("work.related")}</h2>
      {others.length > 0 && (
        <ul className="file-list">
          {others.map(({ id, kind }) => {
            const other = byId.get(id);
            return <Row key={id} id={id} title={other?.title ?? id.slice(0, 8)} kind={name(kind)} other={other} />;
          })}
        </ul>
      )}
      {members.length > 0 && (
        <ul className="file-list">
          {members.map((one) => (
            <Row key={one.ticketId} id={one.ticketId ?? ""} title={one.title ?? ""} kind={t("work.member")} other={one} />
          ))}
        </ul>
      )}
      {centre &&
        (asked ? (
          <Alike ticket={ticket} />
        ) : (
          <Button size="small" onClick={() => setAsked(true)}>
            {t("work.findAlike")}
          </Button>
        ))}
    </section>
  );
}
