// Lists of tickets, page by page.
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { listTickets } from "@/api/endpoints";
import type { ListTicketsRequest, Ticket } from "@/api/types";
import { batchGetTickets } from "@/api/work";

const PAGE = 100;
const AT_ONCE = 200; // ids that one request takes

// Leaves out what is empty, so that the address of a query names only what was asked for.
export function compact<T extends object>(query: T): T {
  return Object.fromEntries(
    Object.entries(query).filter(([, v]) => v !== undefined && v !== "" && !(Array.isArray(v) && v.length === 0)),
  ) as T;
}

export function useTicketList(filter: ListTicketsRequest) {
  const query = useInfiniteQuery({
    queryKey: ["tickets", filter],
    queryFn: ({ pageParam, signal }) => listTickets(compact({ ...filter, pageSize: PAGE, pageToken: pageParam }), signal),
    initialPageParam: "",
    getNextPageParam: (last) => last.nextPageToken || undefined,
    refetchInterval: 30_000,
  });
  const tickets: Ticket[] | undefined = query.data?.pages.flatMap((p) => p.tickets ?? []);
  return { query, tickets };
}

// The numbers of tickets that a list names by their ids; the end of the id while it is not known, or where the reader may not see the ticket.
export function useTicketNumbers(ids: string[]): (id: string | undefined) => string {
  const all = [...new Set(ids.filter(Boolean))].sort();
  const { data } = useQuery({
    queryKey: ["ticketNumbers", all],
    queryFn: async ({ signal }) => {
      const parts = Array.from({ length: Math.ceil(all.length / AT_ONCE) }, (_, i) => all.slice(i * AT_ONCE, (i + 1) * AT_ONCE));
      const tickets = (await Promise.all(parts.map((part) => batchGetTickets(part, signal)))).flat();
      return new Map(tickets.map((one) => [one.ticketId ?? "", one.number ?? ""]));
    },
    enabled: all.length > 0,
    placeholderData: (before) => before,
  });
  return (id) => data?.get(id ?? "") || (id ?? "").slice(-8);
}
