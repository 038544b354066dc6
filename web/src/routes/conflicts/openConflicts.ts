import { useInfiniteQuery } from "@tanstack/react-query";
import { bodyOf, http } from "../../api/client";

const path = "/api/v1/calendar/conflicts";

function useConflicts(state: "open" | "decided", limit: number) {
  const conflicts = useInfiniteQuery({
    queryKey: ["get", path, { paged: state }] as const,
    initialPageParam: undefined as string | undefined,
    queryFn: async ({ pageParam, signal }) =>
      bodyOf(await http.GET(path, { params: { query: { state, limit, cursor: pageParam } }, signal })),
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
  return { ...conflicts, items: conflicts.data?.pages.flatMap((page) => page.items) ?? [] };
}

/** The open conflicts, newest first, as many pages as were asked for. */
export function useOpenConflicts() {
  return useConflicts("open", 200);
}

/** Those that the company's rule decided and nobody has decided otherwise, newest first. */
export function useDecidedConflicts() {
  return useConflicts("decided", 50);
}
