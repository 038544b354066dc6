import { type Language, languageFacts } from "../i18n/languages";

/** How one reader reads times: language and IANA zone. */
export interface Reader {
  language: Language;
  zone: string;
}

const made = new Map<string, Intl.DateTimeFormat>();

function formatter(language: Language, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = language + JSON.stringify(options);
  const known = made.get(key);
  if (known) return known;
  const fresh = new Intl.DateTimeFormat(languageFacts[language].formats, options);
  made.set(key, fresh);
  return fresh;
}

/** A date of the calendar without time ("2027-03-05") as an instant that UTC formatting shows unchanged. */
export function civilDate(date: string): Date {
  return new Date(`${date}T00:00:00Z`);
}

/** The date ("2027-03-05") on which an instant falls in a zone. */
export function dateIn(zone: string, at: Date): string {
  const parts = new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" });
  return parts.format(at);
}

/** "09:00" */
export function timeOfDay(reader: Reader, at: Date): string {
  return formatter(reader.language, {
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    timeZone: reader.zone,
  }).format(at);
}

function dayOptions(zone: string, at: Date, now: Date): Intl.DateTimeFormatOptions {
  const withYear = dateIn(zone, at).slice(0, 4) !== dateIn(zone, now).slice(0, 4);
  return { weekday: "short", day: "numeric", month: "long", year: withYear ? "numeric" : undefined, timeZone: zone };
}

/** "Wed 3 March", with the year only when it is not this one. */
export function day(reader: Reader, at: Date, now: Date): string {
  return tidy(formatter(reader.language, dayOptions(reader.zone, at, now)).format(at));
}

/** "3 March 2027" */
export function fullDate(reader: Reader, at: Date): string {
  return formatter(reader.language, { dateStyle: "long", timeZone: reader.zone }).format(at);
}

function dayAndTime(reader: Reader, at: Date, now: Date): string {
  return day(reader, at, now) + languageFacts[reader.language].beforeTime + timeOfDay(reader, at);
}

/** "3 March, 18:04" */
export function moment(reader: Reader, at: Date, now: Date): string {
  if (dateIn(reader.zone, at) === dateIn(reader.zone, now)) return timeOfDay(reader, at);
  return dayAndTime(reader, at, now);
}

// en-GB writes "Wed, 3 March"; the comma is wanted between the day and the time only.
function tidy(text: string): string {
  return text.replace(/^(\p{L}+), /u, "$1 ");
}

/** "Wed 3 March, 09:00 – 10:00", or both ends whole when it runs over midnight. */
export function timeSpan(reader: Reader, start: Date, end: Date, now: Date): string {
  const from = dayAndTime(reader, start, now);
  if (end <= start) return from;
  const sameDay = dateIn(reader.zone, start) === dateIn(reader.zone, new Date(end.getTime() - 1));
  const until = sameDay ? timeOfDay(reader, end) : dayAndTime(reader, end, now);
  return `${from} – ${until}`;
}

/** All-day span with the end exclusive, as stored: "Wed 3 March" or "Wed 3 – Fri 5 March". */
export function daySpan(language: Language, startDate: string, endDate: string, now: Date): string {
  const start = civilDate(startDate);
  const last = new Date(civilDate(endDate).getTime() - 86_400_000);
  const options = dayOptions("UTC", start, now);
  if (last <= start) return tidy(formatter(language, options).format(start));
  const joined = languageFacts[language].betweenDays;
  if (joined) {
    // The second day says its year only when it is another one.
    const end = formatter(language, dayOptions("UTC", last, start)).format(last);
    return formatter(language, options).format(start) + joined + end;
  }
  return tidy(formatter(language, options).formatRange(start, last));
}

const relativeUnits: [Intl.RelativeTimeFormatUnit, number][] = [
  ["hour", 3_600],
  ["minute", 60],
];

/** "2 minutes ago", "in 3 days"; below a minute "now". From a day on it counts the days of the reader's calendar. */
export function relative(reader: Reader, at: Date, now: Date): string {
  const words = new Intl.RelativeTimeFormat(languageFacts[reader.language].formats, { numeric: "auto" });
  const seconds = (at.getTime() - now.getTime()) / 1000;
  if (Math.abs(seconds) >= 86_400) {
    const days = civilDate(dateIn(reader.zone, at)).getTime() - civilDate(dateIn(reader.zone, now)).getTime();
    return words.format(Math.round(days / 86_400_000), "day");
  }
  for (const [unit, size] of relativeUnits) {
    if (Math.abs(seconds) >= size) return words.format(Math.trunc(seconds / size), unit);
  }
  return words.format(0, "second");
}

/** "March 2027" or "Mar – Apr 2027" for days that are civil dates. */
export function monthsTitle(language: Language, first: Date, last: Date): string {
  const month = first.getUTCMonth() === last.getUTCMonth() ? "long" : "short";
  return formatter(language, { month, year: "numeric", timeZone: "UTC" }).formatRange(first, last);
}

/** "Mar" or "Mar – Apr", with the year only when it is not this one: for where there is little room. */
export function shortMonthsTitle(language: Language, first: Date, last: Date, now: Date): string {
  const years = new Set([first, last, now].map((date) => date.getUTCFullYear()));
  const year = years.size > 1 ? "numeric" : undefined;
  return formatter(language, { month: "short", year, timeZone: "UTC" }).formatRange(first, last);
}

/** "Wednesday 3 March", with the year only when it is not this one. */
export function dayTitle(language: Language, date: Date, now: Date): string {
  return tidy(formatter(language, { ...dayOptions("UTC", date, now), weekday: "long" }).format(date));
}

/** The name of a weekday, 0 is Sunday. */
export function weekdayName(language: Language, weekday: number, width: "long" | "short" | "narrow"): string {
  // 4 January 1970 was a Sunday.
  const at = new Date(Date.UTC(1970, 0, 4 + weekday));
  return formatter(language, { weekday: width, timeZone: "UTC" }).format(at);
}

function zoneName(language: Language, zone: string, at: Date, timeZoneName: "longGeneric" | "shortOffset"): string {
  const parts = formatter(language, { timeZone: zone, timeZoneName, hour: "numeric" }).formatToParts(at);
  return parts.find((part) => part.type === "timeZoneName")?.value ?? "";
}

/** The city by which a zone is called: "New York". */
export function zoneCity(zone: string): string {
  return zone.split("/").at(-1)?.replaceAll("_", " ") ?? zone;
}

/** "Japan Time (GMT+9)" in the reader's language: shown only beside times whose zone is not the reader's own. */
export function zoneLabel(language: Language, zone: string, at: Date): string {
  const name = zoneName(language, zone, at, "longGeneric");
  // A zone without a name of its own is told by its offset: then its city says more.
  const known = /^(GMT|UTC)[+-]/.test(name) ? zoneCity(zone) : name;
  return `${known} (${zoneName(language, zone, at, "shortOffset")})`;
}

/** Whether two zones show the same clock at that moment. */
export function sameClock(a: string, b: string, at: Date): boolean {
  if (a === b) return true;
  const options: Intl.DateTimeFormatOptions = { timeZoneName: "longOffset", hour: "numeric" };
  const offset = (zone: string) =>
    formatter("en", { ...options, timeZone: zone })
      .formatToParts(at)
      .find((part) => part.type === "timeZoneName")?.value;
  return offset(a) === offset(b);
}

/** "Anna, 王小明 and Marek" */
export function listing(language: Language, names: readonly string[]): string {
  return new Intl.ListFormat(languageFacts[language].formats, { type: "conjunction" }).format(names);
}
