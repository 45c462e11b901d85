// Tickets that may be the same matter, shown while the title is typed (TKT-11).
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Link } from "react-router-dom";
import { listTickets } from "@/api/endpoints";
import { RelTime, StateTag } from "@/components/Status";
import { useDebounced } from "@/lib/debounce";
import type { TicketForm } from "@/lib/validate";

const DAYS = 30;
const MIN_CHARS = 4;

export function Duplicates({ form }: { form: TicketForm }) {
  const { t } = useTranslation();
  const title = useDebounced(form.title.trim(), 400);
  const query = useQuery({
    queryKey: ["duplicates", title, form.categoryId, form.areaCode],
    queryFn: ({ signal }) =>
      listTickets(
        {
          query: title.slice(0, 40),
          ...(form.areaCode ? { areaCode: form.areaCode } : {}),
          createTimeFrom: new Date(Date.now() - DAYS * 86400_000).toISOString(),
          pageSize: 4,
        },
        signal,
      ),
    enabled: title.length >= MIN_CHARS,
    retry: false,
  });
  const found = title.length >= MIN_CHARS ? (query.data?.tickets ?? []) : [];
  if (found.length === 0) return null;
  return (
    <div className="duplicates" aria-live="polite">
      <b>{t("desk.duplicates")}</b>
      <ul>
        {found.map((ticket) => (
          <li key={ticket.ticketId}>
            <Link to={`/tickets/${ticket.ticketId}`} target="_blank" rel="noopener">
              {ticket.title}
            </Link>{" "}
            <StateTag state={ticket.state} /> <span className="quiet"><RelTime time={ticket.createTime} /></span>
          </li>
        ))}
      </ul>
    </div>
  );
}
