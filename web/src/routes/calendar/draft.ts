import type { Attendee, Event, EventBody } from "../../api/wire";
import { addDays, addMinutes, instantOf, type Wall, wallOf, withOffset } from "../../time/zone";
import { followed, type Rule, readRule, type SeriesStart, writeRule } from "./recurrence";
import { type Ahead, aheadOf, minutesOf } from "./reminders";

export interface Guest {
  email: string;
  name?: string | null;
  optional: boolean;
  /** The colleague, if it is one. */
  employee_id?: string | null;
  answer?: Attendee["answer"];
  organizer?: boolean;
}

/** What the forms hold: wall clock times in a zone, as a person thinks of them. All-day ends are the last day itself. */
export interface Draft {
  title: string;
  calendarId: string;
  allDay: boolean;
  start: Wall;
  end: Wall;
  zone: string;
  /** null: once. "kept": a rule that the form cannot show stays as it is. */
  repeat: Rule | "kept" | null;
  guests: Guest[];
  meet: boolean;
  place: string;
  description: string;
  /** null: the calendar's own. */
  reminders: ({ method: string } & Ahead)[] | null;
  visibility: Event["visibility"];
  transparency: Event["transparency"];
  guestsCanModify: boolean;
  guestsCanInvite: boolean;
  guestsCanSee: boolean;
  notify: boolean;
}

export function emptyDraft(calendarId: string, zone: string, start: Wall, minutes: number): Draft {
  return {
    title: "",
    calendarId,
    allDay: false,
    start,
    end: addMinutes(start, minutes),
    zone,
    repeat: null,
    guests: [],
    meet: false,
    place: "",
    description: "",
    reminders: null,
    visibility: "default",
    transparency: "opaque",
    guestsCanModify: false,
    guestsCanInvite: true,
    guestsCanSee: true,
    notify: true,
  };
}

/** The next full hour of a day, or of now when the day is today. */
export function nextHour(now: Date, zone: string, date?: string): Wall {
  const wall = wallOf(now, zone);
  if (date && date !== wall.date) return { date, time: "09:00" };
  return addMinutes({ date: wall.date, time: `${wall.time.slice(0, 2)}:00` }, 60);
}

export function draftOf(event: Event, recurrence: readonly string[] | null | undefined, readersZone: string): Draft {
  const zone = event.all_day ? readersZone : (event.time_zone ?? readersZone);
  const at = (time: string | null | undefined): Wall =>
    time ? wallOf(new Date(time), zone) : { date: "1970-01-01", time: "00:00" };
  const start = event.all_day ? { date: event.start_date ?? "1970-01-01", time: "09:00" } : at(event.start_time);
  const end = event.all_day ? { date: addDays(event.end_date ?? "1970-01-02", -1), time: "10:00" } : at(event.end_time);
  return {
    title: event.title,
    calendarId: event.calendar_id,
    allDay: event.all_day,
    start,
    end,
    zone,
    repeat: recurrence?.length ? (readRule(recurrence, { ...start, zone, allDay: event.all_day }) ?? "kept") : null,
    guests: event.attendees.map(({ email, name, optional, answer, organizer, employee_id }) => ({
      email,
      name,
      employee_id,
      optional,
      answer,
      organizer,
    })),
    meet: Boolean(event.hangout_link) || (event.conference != null && event.conference.state !== "failed"),
    place: event.location ?? "",
    description: event.description ?? "",
    reminders: event.reminders.use_default
      ? null
      : event.reminders.overrides.map(({ method, minutes }) => ({ method, ...aheadOf(minutes) })),
    visibility: event.visibility,
    transparency: event.transparency,
    guestsCanModify: event.guests_can_modify,
    guestsCanInvite: event.guests_can_invite_others,
    guestsCanSee: event.guests_can_see_other_guests,
    notify: true,
  };
}

/** What stands in the way of saving, by field. */
export function draftProblems(draft: Draft): Partial<Record<"end", "before_start">> {
  if (draft.allDay) return draft.end.date < draft.start.date ? { end: "before_start" } : {};
  const start = instantOf(draft.start, draft.zone);
  const end = instantOf(draft.end, draft.zone);
  return end < start ? { end: "before_start" } : {};
}

function times(draft: Draft): Pick<EventBody, "start_time" | "end_time" | "time_zone" | "start_date" | "end_date"> {
  if (draft.allDay) return { start_date: draft.start.date, end_date: addDays(draft.end.date, 1) };
  return {
    start_time: withOffset(draft.start, draft.zone),
    end_time: withOffset(draft.end, draft.zone),
    time_zone: draft.zone,
  };
}

function seriesOf({ start, zone, allDay }: Draft): SeriesStart {
  return { ...start, zone, allDay };
}

function recurrenceOf(draft: Draft): string[] | undefined {
  if (draft.repeat === "kept") return undefined;
  return draft.repeat ? writeRule(draft.repeat, seriesOf(draft)) : [];
}

/** Moves the start; a rule that says no more than the start did goes along. */
export function restarted(draft: Draft, start: Wall): Draft {
  const { repeat } = draft;
  const rule = repeat !== null && repeat !== "kept" ? followed(repeat, draft.start.date, start.date) : repeat;
  return { ...draft, start, repeat: rule };
}

/** Whether the person chose another rule: one that only went along with the start is moved by the server. */
function choseRule(before: Draft, after: Draft): boolean {
  return JSON.stringify(restarted(before, after.start).repeat) !== JSON.stringify(after.repeat);
}

function attendeesOf(draft: Draft): NonNullable<EventBody["attendees"]> {
  return draft.guests.map(({ email, optional }) => ({ email, optional }));
}

function remindersOf(draft: Draft): NonNullable<EventBody["reminders"]> {
  const overrides = (draft.reminders ?? []).map(({ method, ...ahead }) => ({ method, minutes: minutesOf(ahead) }));
  return { use_default: draft.reminders === null, overrides };
}

export function createBody(draft: Draft): EventBody {
  const recurrence = recurrenceOf(draft);
  return {
    title: draft.title.trim(),
    calendar_id: draft.calendarId || undefined,
    ...times(draft),
    attendees: attendeesOf(draft),
    location: draft.place.trim() || undefined,
    description: draft.description || undefined,
    recurrence: recurrence?.length ? recurrence : undefined,
    visibility: draft.visibility,
    transparency: draft.transparency,
    reminders: remindersOf(draft),
    use_google_meet: draft.meet,
    guests_can_modify: draft.guestsCanModify,
    guests_can_invite_others: draft.guestsCanInvite,
    guests_can_see_other_guests: draft.guestsCanSee,
    notify: draft.notify,
  };
}

/** Only what the person changed: fields left alone must not be written over by a stale form. */
export function changes(before: Draft, after: Draft): EventBody {
  const patch: EventBody = {};
  const differs = (...keys: (keyof Draft)[]) =>
    keys.some((key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]));
  if (differs("title")) patch.title = after.title.trim();
  if (differs("calendarId")) patch.calendar_id = after.calendarId;
  const hours: (keyof Draft)[] = after.allDay && before.allDay ? [] : ["zone"];
  if (differs("allDay", "start", "end", ...hours)) Object.assign(patch, times(after));
  if (choseRule(before, after)) patch.recurrence = recurrenceOf(after);
  if (JSON.stringify(attendeesOf(before)) !== JSON.stringify(attendeesOf(after))) patch.attendees = attendeesOf(after);
  if (differs("place")) patch.location = after.place.trim();
  if (differs("description")) patch.description = after.description;
  if (differs("meet")) patch.use_google_meet = after.meet;
  if (differs("reminders")) patch.reminders = remindersOf(after);
  if (differs("visibility")) patch.visibility = after.visibility;
  if (differs("transparency")) patch.transparency = after.transparency;
  if (differs("guestsCanModify")) patch.guests_can_modify = after.guestsCanModify;
  if (differs("guestsCanInvite")) patch.guests_can_invite_others = after.guestsCanInvite;
  if (differs("guestsCanSee")) patch.guests_can_see_other_guests = after.guestsCanSee;
  if (Object.keys(patch).length > 0) patch.notify = after.notify;
  return patch;
}

const timeFields = ["allDay", "start", "end", "zone"] as const;

/** What the person did to the guest list, done to a newer one. */
function mergedGuests(before: readonly Guest[], after: readonly Guest[], fresh: readonly Guest[]): Guest[] {
  const by = (guests: readonly Guest[]) => new Map(guests.map((guest) => [guest.email.toLowerCase(), guest]));
  const [was, is, now] = [by(before), by(after), by(fresh)];
  const left = fresh.flatMap((guest) => {
    const [old, own] = [was.get(guest.email.toLowerCase()), is.get(guest.email.toLowerCase())];
    if (old && !own) return [];
    return old && own && old.optional !== own.optional ? [{ ...guest, optional: own.optional }] : [guest];
  });
  const added = after.filter(({ email }) => !was.has(email.toLowerCase()) && !now.has(email.toLowerCase()));
  return [...left, ...added];
}

/** The person's changes made to the event as it has become meanwhile. */
export function rebased(before: Draft, after: Draft, fresh: Draft): Draft {
  const changed = (key: keyof Draft) => JSON.stringify(before[key]) !== JSON.stringify(after[key]);
  const moved = timeFields.some(changed);
  const mine = (Object.keys(after) as (keyof Draft)[]).filter((key) =>
    (timeFields as readonly string[]).includes(key) ? moved : changed(key),
  );
  return {
    ...fresh,
    ...Object.fromEntries(mine.map((key) => [key, after[key]])),
    guests: mergedGuests(before.guests, after.guests, fresh.guests),
  };
}
