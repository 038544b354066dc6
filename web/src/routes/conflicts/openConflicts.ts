import { useInfiniteQuery } from "@tanstack/react-query";
import { bodyOf, http } from "../../api/client";

const path = "/api/v1/calendar/conflicts";

/** The open conflicts, newest first, as many pages as were asked for. */
export function useOpenConflicts() {
  const conflicts = useInfiniteQuery({
    queryKey: ["get", path, { open: "paged" }] as const,
    initialPageParam: undefined as string | undefined,
    queryFn: async ({ pageParam, signal }) =>
      bodyOf(await http.GET(path, { params: { query: { state: "open", limit: 200, cursor: pageParam } }, signal })),
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
  return { ...conflicts, items: conflicts.data?.pages.flatMap((page) => page.items) ?? [] };
}
