import type { TFunction } from "i18next";
import { civilDate, dateIn, fullDate, listing, type Reader } from "../../time/format";
import { recurrenceText, type SeriesStart } from "../calendar/recurrence";

const isRule = (line: string) => /^RRULE:/i.test(line);

/** The days that lines of one kind (EXDATE, RDATE) name, on the clock of the series. */
function daysOf(kind: string, lines: readonly string[], zone: string): string[] {
  return lines
    .filter((line) => line.toUpperCase().startsWith(kind))
    .flatMap((line) => line.slice(line.indexOf(":") + 1).split(","))
    .flatMap((value) => {
      const match = /^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z)?)?/.exec(value.trim());
      if (!match) return [];
      const [, year, month, day, hour, minute, second, utc] = match;
      const date = `${year}-${month}-${day}`;
      return [utc ? dateIn(zone, new Date(`${date}T${hour}:${minute}:${second}Z`)) : date];
    });
}

function partsOf(lines: readonly string[]): string[] {
  return lines.filter(isRule).flatMap((line) => line.toUpperCase().slice("RRULE:".length).split(";"));
}

/** A series' rule in words, with what the other side's does not have where the words would be the same. */
export function ruleBeside(
  t: TFunction,
  reader: Reader,
  lines: readonly string[],
  other: readonly string[],
  start: SeriesStart,
): string {
  const words = (of: readonly string[]) => recurrenceText(t, reader.language, of.filter(isRule), start);
  const told = [words(lines)];
  if (words(lines) === words(other)) {
    const theirs = new Set(partsOf(other));
    told.push(...partsOf(lines).filter((part) => !theirs.has(part)));
  }
  const onlyHere = (kind: string): string | null => {
    const theirs = new Set(daysOf(kind, other, start.zone));
    const days = daysOf(kind, lines, start.zone).filter((day) => !theirs.has(day));
    const named = days.map((day) => fullDate({ ...reader, zone: "UTC" }, civilDate(day)));
    return named.length > 0 ? listing(reader.language, named) : null;
  };
  const [without, also] = [onlyHere("EXDATE"), onlyHere("RDATE")];
  if (without) told.push(t("conflict.without_days", { days: without }));
  if (also) told.push(t("conflict.also_days", { days: also }));
  return told.filter(Boolean).join(" · ") || t("repeat.special");
}
