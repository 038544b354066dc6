import type { TFunction } from "i18next";
import { daySpan, listing, type Reader, timeSpan } from "../../time/format";
import { plainText } from "../calendar/plainText";
import type { SeriesStart } from "../calendar/recurrence";
import { reminderText } from "../calendar/reminders";
import { ruleBeside } from "./rules";

type Bag = Record<string, unknown>;

function isBag(value: unknown): value is Bag {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** "2027-03-05T10:30:00+01:00[Europe/Prague]" without the zone's name, which Date does not read. */
function instant(text: unknown): Date | null {
  if (typeof text !== "string") return null;
  const at = new Date(text.replace(/\[.*$/, ""));
  return Number.isNaN(at.getTime()) ? null : at;
}

/** A time, however it is written: as on the wire, or with its kind as the outer key. */
export function whenText(reader: Reader, value: unknown, now: Date): string | null {
  if (!isBag(value)) return null;
  const days = isBag(value.all_day) ? value.all_day : value;
  const first = days.start_date ?? (isBag(value.all_day) ? days.start : undefined);
  const after = days.end_date ?? (isBag(value.all_day) ? days.end : undefined);
  if (typeof first === "string" && typeof after === "string") return daySpan(reader.language, first, after, now);
  const hours = isBag(value.timed) ? value.timed : value;
  const start = instant(hours.start_time ?? hours.start);
  const end = instant(hours.end_time ?? hours.end);
  return start && end ? timeSpan(reader, start, end, now) : null;
}

function peopleText(t: TFunction, reader: Reader, people: readonly Bag[]): string {
  const names = people.map((person) => {
    const name = String(person.name || person.email || "");
    const answer = person.answer ? ` (${t(`answer.${person.answer}` as "answer.accepted")})` : "";
    return name + answer;
  });
  return listing(reader.language, names);
}

/** How the values of one conflict are told. */
export interface Words {
  t: TFunction;
  reader: Reader;
  now: Date;
  /** When its event begins: rules are read against that. */
  start: SeriesStart;
}

function isLines(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((each) => typeof each === "string");
}

/** The value of a field in words; null when there is none. `other` is what the other side has. */
export function valueText(
  { t, reader, now, start }: Words,
  field: string,
  value: unknown,
  other?: unknown,
): string | null {
  if (field === "color" && !value) return t("google_colour.none");
  if (value === null || value === undefined || value === "") return null;
  if (typeof value === "boolean") return value ? t("common.yes") : t("common.no");
  if (field === "status") return t(`status.${value as "confirmed"}`, { defaultValue: String(value) });
  if (field === "visibility") return t(`visibility.${value as "private"}`, { defaultValue: String(value) });
  if (field === "transparency") return t(`transparency.${value as "opaque"}`, { defaultValue: String(value) });
  if (field === "answer") return t(`answer.${value as "accepted"}`, { defaultValue: String(value) });
  if (field === "reminders") return remindersText(t, reader, value);
  if (field === "color") return t(`google_colour.${value as "1"}`, { defaultValue: String(value) });
  if (field === "guest_rights" && isBag(value)) return rightsText(t, reader, value);
  if (field === "description") return plainText(String(value)) || null;
  const time = whenText(reader, value, now);
  if (time) return time;
  if (Array.isArray(value)) {
    if (value.length === 0) return null;
    if (isLines(value)) return ruleBeside(t, reader, value, isLines(other) ? other : [], start);
    return peopleText(t, reader, value.filter(isBag));
  }
  if (isBag(value)) {
    // A conference: its address says all; one that is only wanted has none yet.
    if (typeof value.url === "string") return value.url.replace(/^https:\/\//, "");
    if ("state" in value) return t("event.meet");
    return peopleText(t, reader, [value]);
  }
  return String(value);
}

function remindersText(t: TFunction, reader: Reader, value: unknown): string {
  const own = isBag(value) ? (value.own ?? (value.use_default ? undefined : value.overrides)) : undefined;
  if (!Array.isArray(own)) return t("event.reminders_default");
  if (own.length === 0) return t("event.no_reminders");
  return listing(
    reader.language,
    own.filter(isBag).map((each) => reminderText(t, Number(each.minutes))),
  );
}

/** What guests may do besides looking. */
function rightsText(t: TFunction, reader: Reader, rights: Bag): string {
  const granted = [
    rights.modify && t("event.may_modify"),
    rights.invite_others && t("event.may_invite"),
    rights.see_other_guests && t("event.may_see"),
  ].filter((each): each is string => Boolean(each));
  return granted.length > 0 ? listing(reader.language, granted) : t("event.may_nothing");
}

/** Names of fields by their first part: "attendees.li@acme.test" is a guest. */
export function fieldName(t: TFunction, field: string): string {
  const [first, ...rest] = field.split(".");
  const name = t(`conflict.field.${first as "title"}`, { defaultValue: first });
  return rest.length > 0 ? t("common.labelled", { label: name, text: rest.join(".") }) : name;
}
