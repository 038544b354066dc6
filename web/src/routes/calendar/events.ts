import { notifications } from "@mantine/notifications";
import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { bodyOf, http, queries, refresh } from "../../api/client";
import type { Answer, EditScope, Event, EventBody } from "../../api/wire";
import { offerUndo } from "../../parts/undo";

const path = "/api/v1/calendar/events";

/** How many events one call brings; a very busy month takes a few calls. */
const pageSize = "1000";

/** Whose events: of some calendars, or of some colleagues as far as I may see them. */
export type Whose = { calendar: readonly string[] } | { employee: readonly string[] };

/** Everything between two instants, all pages of it. */
export function eventsBetween(from: string, to: string, whose: Whose) {
  return queryOptions({
    queryKey: ["get", path, { from, to, whose }] as const,
    enabled: from !== "" && Object.values(whose).some((ids) => ids.length > 0),
    staleTime: 30_000,
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }): Promise<Event[]> => {
      const items: Event[] = [];
      let cursor: string | undefined;
      do {
        const query = { from, to, ...(whose as { calendar?: string[] }), limit: pageSize, cursor };
        const page = bodyOf(await http.GET(path, { params: { query }, signal }));
        items.push(...page.items);
        cursor = page.next_cursor ?? undefined;
      } while (cursor);
      return items;
    },
  });
}

export function eventById(id: string) {
  return queryOptions({
    queryKey: ["get", `${path}/{id}`, { id }] as const,
    enabled: id !== "",
    queryFn: async ({ signal }): Promise<Event> =>
      bodyOf(await http.GET(`${path}/{id}`, { params: { path: { id } }, signal })),
  });
}

/** The rule that an event repeats by: an occurrence does not tell it, its series does. */
export async function seriesRule(event: Event): Promise<Event["recurrence"]> {
  if (!event.series_id || event.recurrence) return event.recurrence;
  return (await queries.fetchQuery(eventById(event.series_id))).recurrence;
}

function isList(key: readonly unknown[]): boolean {
  return key[1] === path;
}

type Lists = [readonly unknown[], Event[] | undefined][];

/** Shows a change before the server has answered; gives back what takes it away again. */
async function showAtOnce(change: (events: Event[]) => Event[]): Promise<() => void> {
  const filter = { predicate: ({ queryKey }: { queryKey: readonly unknown[] }) => isList(queryKey) };
  // An answer already under way would put the old state back.
  await queries.cancelQueries(filter);
  const before: Lists = queries.getQueriesData<Event[]>(filter);
  queries.setQueriesData<Event[]>(filter, (events) => events && change(events));
  return () => {
    for (const [key, events] of before) queries.setQueryData(key, events);
  };
}

/** The event as it will be once the server has taken the patch. */
export function patched(event: Event, patch: EventBody): Event {
  const { attendees, answer, use_google_meet, notify, comment, ...plain } = patch;
  const given = Object.fromEntries(Object.entries(plain).filter(([, value]) => value !== undefined));
  const next = { ...event, ...given, sync: event.sync === "not_connected" ? event.sync : "pending" } as Event;
  if (patch.start_time) {
    next.all_day = false;
    next.start_date = null;
    next.end_date = null;
  } else if (patch.start_date) {
    next.all_day = true;
    next.start_time = null;
    next.end_time = null;
  }
  if (answer) {
    next.attendees = event.attendees.map((each) => (each.self ? { ...each, answer } : each));
  }
  return next;
}

function seriesOf(event: Event): string {
  return event.series_id ?? event.id;
}

/** Which of the events on the screen an edit of this one concerns. */
export function concerned(event: Event, scope: EditScope | undefined): (other: Event) => boolean {
  if (!scope || scope === "this") return (other) => other.id === event.id;
  const startOf = (each: Event) => each.original_start ?? each.start_time ?? each.start_date ?? "";
  const from = Date.parse(startOf(event));
  return (other) => seriesOf(other) === seriesOf(event) && (scope === "all" || Date.parse(startOf(other)) >= from);
}

export async function createEvent(event: EventBody, idempotencyKey: string): Promise<Event> {
  const header = { "Idempotency-Key": idempotencyKey };
  const made = bodyOf(await http.POST(path, { body: event, params: { header } }));
  void refresh("/calendar/events");
  return made;
}

/** Lists are sent whole: made from an old one they would take away what others have added. */
function ifMatch(event: Event, patch: EventBody): string | undefined {
  return patch.attendees || patch.recurrence ? `"${event.etag}"` : undefined;
}

export async function changeEvent(event: Event, patch: EventBody, scope?: EditScope): Promise<Event> {
  const includes = concerned(event, scope);
  // Moved times of a whole series are not simply this one's: those wait for the server.
  const moves = patch.start_time !== undefined || patch.start_date !== undefined || patch.recurrence !== undefined;
  const takeBack = await showAtOnce((events) =>
    events.map((each) => (each.id === event.id || (!moves && includes(each)) ? patched(each, patch) : each)),
  );
  try {
    return bodyOf(
      await http.PATCH(`${path}/{id}`, {
        params: { path: { id: event.id }, query: { scope }, header: { "If-Match": ifMatch(event, patch) } },
        body: patch,
      }),
    );
  } catch (error) {
    takeBack();
    throw error;
  } finally {
    void refresh("/calendar/events");
  }
}

export async function answerEvent(event: Event, answer: Answer, scope?: EditScope, comment?: string): Promise<void> {
  const includes = concerned(event, scope);
  const takeBack = await showAtOnce((events) =>
    events.map((each) => (includes(each) ? patched(each, { answer }) : each)),
  );
  try {
    await http.POST(`${path}/{id}/answer`, { params: { path: { id: event.id } }, body: { answer, comment, scope } });
  } catch (error) {
    takeBack();
    throw error;
  } finally {
    void refresh("/calendar/events", "/me");
  }
}

interface DeletedTexts {
  deleted: string;
  undone: string;
  failed: (error: unknown) => string;
}

/** Deletes at once and offers to take it back. */
export async function deleteEvent(
  event: Event,
  scope: EditScope | undefined,
  notify: boolean,
  texts: DeletedTexts,
): Promise<void> {
  const includes = concerned(event, scope);
  const takeBack = await showAtOnce((events) => events.filter((each) => !includes(each)));
  try {
    const { id } = bodyOf(
      await http.DELETE(`${path}/{id}`, {
        params: { path: { id: event.id }, query: { scope, notify: String(notify) } },
      }),
    );
    const undo = async () => {
      try {
        await http.POST(`${path}/{id}/undo`, { params: { path: { id } } });
        notifications.show({ message: texts.undone });
      } catch (error) {
        notifications.show({ message: texts.failed(error), color: "red" });
      }
      void refresh("/calendar/events");
    };
    offerUndo(`deleted-${id}`, texts.deleted, () => void undo());
  } catch (error) {
    takeBack();
    throw error;
  } finally {
    void refresh("/calendar/events");
  }
}
