import { Temporal } from "temporal-polyfill";

/** A wall clock reading without its zone: "2027-03-05" and "10:30". */
export interface Wall {
  date: string;
  time: string;
}

/** The instant that a wall clock of a zone shows; a time skipped by a clock change moves forward. */
export function instantOf(wall: Wall, zone: string): Date {
  const local = Temporal.PlainDateTime.from(`${wall.date}T${wall.time}`);
  return new Date(local.toZonedDateTime(zone).epochMilliseconds);
}

/** What the wall clock of a zone shows at an instant. */
export function wallOf(at: Date, zone: string): Wall {
  const local = Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(zone);
  return { date: local.toPlainDate().toString(), time: local.toPlainTime().toString({ smallestUnit: "minute" }) };
}

/** RFC 3339 with the offset of the zone, as the server wants its times. */
export function withOffset(wall: Wall, zone: string): string {
  return Temporal.PlainDateTime.from(`${wall.date}T${wall.time}`)
    .toZonedDateTime(zone)
    .toString({ timeZoneName: "never", smallestUnit: "second" });
}

export function addDays(date: string, days: number): string {
  return Temporal.PlainDate.from(date).add({ days }).toString();
}

export function daysBetween(from: string, to: string): number {
  return Temporal.PlainDate.from(from).until(Temporal.PlainDate.from(to)).days;
}

export function addMinutes(wall: Wall, minutes: number): Wall {
  const moved = Temporal.PlainDateTime.from(`${wall.date}T${wall.time}`).add({ minutes });
  return { date: moved.toPlainDate().toString(), time: moved.toPlainTime().toString({ smallestUnit: "minute" }) };
}

export function minutesBetween(from: Wall, to: Wall): number {
  const start = Temporal.PlainDateTime.from(`${from.date}T${from.time}`);
  return start.until(Temporal.PlainDateTime.from(`${to.date}T${to.time}`)).total("minutes");
}

/** 0 is Sunday. */
export function weekdayOf(date: string): number {
  return Temporal.PlainDate.from(date).dayOfWeek % 7;
}

/** Which of its weekday in the month a date is: 1 to 5, and whether it is the last one. */
export function ordinalInMonth(date: string): { nth: number; last: boolean } {
  const plain = Temporal.PlainDate.from(date);
  return { nth: Math.ceil(plain.day / 7), last: plain.day + 7 > plain.daysInMonth };
}

const typedTime = new RegExp(
  [
    /^(?:(上午|早上|午前|朝|오전|아침)|(下午|午後|오후)|(晚上|夜|저녁))?の?\s*/,
    // An hour; with a sign after it or without, two digits of minutes; one is enough where it is called minutes.
    /(\d{1,2})(?:\s*[:.h時点點시]?\s*(\d{2})|\s*[時点點시]\s*(\d)(?=\s*[分분]))?/,
    /\s*(?:[h時点點시分분]|hod(?:in[ay]?)?\.?)?\s*(?:([ap])\.?(?:m\.?)?)?$/,
  ]
    .map((part) => part.source)
    .join(""),
  "i",
);

/** "9", "930", "9:30", "09.30", "9 pm", "下午3點15分", "3時半" as "09:00", "09:30" …; null when it is not a time. */
export function parseTime(text: string): string | null {
  // Digits and colons of full width, as input methods make them, are brought to ours.
  const plain = text.normalize("NFKC").trim();
  const match = typedTime.exec(plain.replace(/(?<=[時點点시])\s*[半반]/, "30"));
  if (!match) return null;
  const [, morning, afternoon, evening, hours, minutes, minuteDigit, suffix] = match;
  let hour = Number(hours);
  const minute = Number(minutes ?? minuteDigit ?? 0);
  // Twelve in the evening is midnight to some.
  if (evening && hour === 12) return null;
  const half = morning ? "a" : afternoon || evening ? "p" : suffix?.toLowerCase();
  if (half && hour > 12) return null;
  if (half === "p" && hour < 12) hour += 12;
  if (half === "a" && hour === 12) hour = 0;
  if (hour > 23 || minute > 59) return null;
  return `${String(hour).padStart(2, "0")}:${String(minute).padStart(2, "0")}`;
}
