import { useQuery } from "@tanstack/react-query";
import { bodyOf, http } from "../../api/client";
import { addDays, instantOf } from "../../time/zone";
import type { Draft } from "./draft";

const nobody: ReadonlySet<string> = new Set();

/** The guests who have something else at the time of the draft, by address. `except` is the event being edited. */
export function useBusyGuests(draft: Draft, except?: { start: Date; end: Date }): ReadonlySet<string> {
  const emails = draft.guests.map((guest) => guest.email.toLowerCase()).sort();
  const from = draft.allDay
    ? instantOf({ date: draft.start.date, time: "00:00" }, draft.zone)
    : instantOf(draft.start, draft.zone);
  const to = draft.allDay
    ? instantOf({ date: addDays(draft.end.date, 1), time: "00:00" }, draft.zone)
    : instantOf(draft.end, draft.zone);
  // While its time is unchanged, the guests are busy with this very event.
  const unchanged = except && except.start.getTime() === from.getTime() && except.end.getTime() === to.getTime();
  const { data } = useQuery({
    queryKey: ["post", "/api/v1/calendar/free-busy", emails, from.toISOString(), to.toISOString()],
    enabled: emails.length > 0 && from < to && !unchanged,
    staleTime: 60_000,
    queryFn: async () =>
      bodyOf(
        await http.POST("/api/v1/calendar/free-busy", {
          body: { emails, from: from.toISOString(), to: to.toISOString() },
        }),
      ),
  });
  if (!data || unchanged) return nobody;
  return new Set(
    data.items.filter((person) => person.busy.length > 0).map((person) => person.email?.toLowerCase() ?? ""),
  );
}
