// Lists of tickets, page by page.
import { useInfiniteQuery } from "@tanstack/react-query";
import { listTickets } from "@/api/endpoints";
import type { ListTicketsRequest, Ticket } from "@/api/types";

const PAGE = 100;

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
