import type { Event } from "../../api/wire";

function endOf(event: Event): number {
  return Date.parse(event.end_time ?? "");
}

function startOf(event: Event): number {
  return Date.parse(event.start_time ?? event.start_date ?? "");
}

function mine(event: Event) {
  return event.attendees.find((attendee) => attendee.self);
}

function isAhead(event: Event, now: Date, today: string): boolean {
  return event.all_day ? (event.end_date ?? "") > today : endOf(event) > now.getTime();
}

/** What is running or still to come, soonest first; one line for a meeting that lies in several calendars. */
export function upcomingIn(events: readonly Event[], now: Date, today: string): Event[] {
  const seen = new Set<string>();
  return events
    .filter((event) => isAhead(event, now, today))
    .filter((event) => !event.busy_only && event.status !== "cancelled" && mine(event)?.answer !== "declined")
    .sort((a, b) => startOf(a) - startOf(b))
    .filter((event) => {
      const key = `${event.title}\n${event.start_time ?? event.start_date}`;
      if (seen.has(key)) return false;
      seen.add(key);
      return true;
    });
}

/** Invitations of others that I have not answered; of a series only its next occurrence. */
export function invitationsIn(events: readonly Event[], now: Date, today: string): Event[] {
  const series = new Set<string>();
  return events
    .filter((event) => event.can.answer && mine(event)?.answer === "needs_action" && isAhead(event, now, today))
    .sort((a, b) => startOf(a) - startOf(b))
    .filter((event) => {
      if (!event.series_id) return true;
      if (series.has(event.series_id)) return false;
      series.add(event.series_id);
      return true;
    });
}

/** The same, day by day ("2027-03-05" first); what began before today counts as today's. */
export function byDay(events: readonly Event[], today: string, dateOf: (at: Date) => string): [string, Event[]][] {
  const days = new Map<string, Event[]>();
  for (const event of events) {
    const start = event.start_date ?? dateOf(new Date(event.start_time ?? 0));
    const date = start < today ? today : start;
    days.set(date, [...(days.get(date) ?? []), event]);
  }
  return [...days].sort(([a], [b]) => a.localeCompare(b));
}
