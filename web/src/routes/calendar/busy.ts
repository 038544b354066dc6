import { useQuery } from "@tanstack/react-query";
import { bodyOf, http } from "../../api/client";
import type { Event } from "../../api/wire";
import { addDays, instantOf } from "../../time/zone";
import type { Draft } from "./draft";

/** What is known of guests at the time of a meeting, by address: who has something else, and of whom not all is known. */
export interface GuestTimes {
  busy: ReadonlySet<string>;
  /** How Portico knows what it knows: nothing, what is in Portico, or the person's Google calendar as it was then. */
  unknown: ReadonlyMap<string, { colleague: boolean; asOf?: Date }>;
  /** Asks again, when asking failed. */
  retry?: () => void;
}

/** The most people that one call takes. */
const mostPeople = 50;

export function groupsOf(emails: readonly string[]): string[][] {
  const groups: string[][] = [];
  for (let at = 0; at < emails.length; at += mostPeople) groups.push(emails.slice(at, at + mostPeople));
  return groups;
}

type Days = Pick<Event, "all_day" | "start_date" | "end_date" | "start_time" | "end_time">;

function spanOf(event: Days, zone: string): { start: number; end: number } {
  const at = (date: string | null | undefined, time: string | null | undefined) =>
    event.all_day && date ? instantOf({ date, time: "00:00" }, zone).getTime() : Date.parse(time ?? "");
  return { start: at(event.start_date, event.start_time), end: at(event.end_date, event.end_time) };
}

/**
 * Whether a person has something else: those who were invited to the meeting being edited are busy with it where it is now,
 * and are not kept from it by that.
 */
export function busyElsewhere(
  person: { email: string; busy: readonly { start: string; end: string }[] },
  edited?: Days & Pick<Event, "attendees">,
  zone = "UTC",
): boolean {
  const invited = edited?.attendees.some(
    ({ email, answer }) => email.toLowerCase() === person.email.toLowerCase() && answer !== "declined",
  );
  if (!edited || !invited) return person.busy.length > 0;
  const own = spanOf(edited, zone);
  return person.busy.some(({ start, end }) => Date.parse(start) < own.start || Date.parse(end) > own.end);
}

/** What is known of the guests at the time of the draft. `edited` is the event as it was when the form opened. */
export function useGuestTimes(draft: Draft, edited?: Event): GuestTimes {
  const emails = draft.guests.map((guest) => guest.email.toLowerCase()).sort();
  const from = draft.allDay
    ? instantOf({ date: draft.start.date, time: "00:00" }, draft.zone)
    : instantOf(draft.start, draft.zone);
  const to = draft.allDay
    ? instantOf({ date: addDays(draft.end.date, 1), time: "00:00" }, draft.zone)
    : instantOf(draft.end, draft.zone);
  const window = { from: from.toISOString(), to: to.toISOString() };
  const asked = useQuery({
    queryKey: ["post", "/api/v1/calendar/free-busy", emails, window.from, window.to],
    enabled: emails.length > 0 && from < to,
    staleTime: 60_000,
    queryFn: async () => {
      const answers = await Promise.all(
        groupsOf(emails).map((group) =>
          http.POST("/api/v1/calendar/free-busy", { body: { emails: group, ...window } }),
        ),
      );
      return answers.flatMap((answer) => bodyOf(answer).items);
    },
  });
  const people = asked.data ?? [];
  const busy = people.filter((person) => busyElsewhere(person, edited, draft.zone));
  const unknown = people
    .filter((person) => !person.known)
    .map((person) => {
      const asOf = person.as_of ? new Date(person.as_of) : undefined;
      return [person.email.toLowerCase(), { colleague: Boolean(person.employee_id), asOf }] as const;
    });
  return {
    busy: new Set(busy.map((person) => person.email.toLowerCase())),
    unknown: new Map(unknown),
    retry: asked.isError ? () => void asked.refetch() : undefined,
  };
}
