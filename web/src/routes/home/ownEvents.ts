import { queryOptions } from "@tanstack/react-query";
import { bodyOf, http } from "../../api/client";
import type { Event } from "../../api/wire";

const path = "/api/v1/calendar/events";

/** What lies in my own calendars in so many days from an instant on; the server answers for 366 at most. */
export function ownEvents(start: Date, days: number) {
  const from = start.toISOString();
  const to = new Date(start.getTime() + days * 86_400_000).toISOString();
  return queryOptions({
    // The key and the data of a list of the calendar, so that what is changed there is changed here.
    queryKey: ["get", path, { from, to, whose: "own" }] as const,
    staleTime: 30_000,
    queryFn: async ({ signal }): Promise<Event[]> => {
      const items: Event[] = [];
      let cursor: string | undefined;
      do {
        const query = { from, to, limit: "1000", cursor };
        const page = bodyOf(await http.GET(path, { params: { query }, signal }));
        items.push(...page.items);
        cursor = page.next_cursor ?? undefined;
      } while (cursor);
      return items;
    },
  });
}
