import { useQuery } from "@tanstack/react-query";
import { bodyOf, http } from "../../api/client";
import { addDays, instantOf } from "../../time/zone";
import type { Draft } from "./draft";

/** What is known of guests at the time of a meeting, by address: who has something else, and of whom not all is known. */
export interface GuestTimes {
  busy: ReadonlySet<string>;
  /** How Portico knows what it knows: nothing, what is in Portico, or the person's Google calendar as it was then. */
  unknown: ReadonlyMap<string, { colleague: boolean; asOf?: Date }>;
}

const nothing: GuestTimes = { busy: new Set(), unknown: new Map() };

/** What is known of the guests at the time of the draft. `except` is the event being edited. */
export function useGuestTimes(draft: Draft, except?: { start: Date; end: Date }): GuestTimes {
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
  if (!data || unchanged) return nothing;
  const busy = data.items.filter((person) => person.busy.length > 0).map((person) => person.email.toLowerCase());
  const unknown = data.items
    .filter((person) => !person.known)
    .map((person) => {
      const asOf = person.as_of ? new Date(person.as_of) : undefined;
      return [person.email.toLowerCase(), { colleague: Boolean(person.employee_id), asOf }] as const;
    });
  return { busy: new Set(busy), unknown: new Map(unknown) };
}
