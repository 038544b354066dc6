import type { TFunction } from "i18next";
import type { Language } from "../../i18n/languages";
import { civilDate, fullDate, listing, weekdayName } from "../../time/format";
import { addDays, instantOf, ordinalInMonth, type Wall, wallOf, weekdayOf } from "../../time/zone";

export type Frequency = "DAILY" | "WEEKLY" | "MONTHLY" | "YEARLY";

const weekdayCodes = ["SU", "MO", "TU", "WE", "TH", "FR", "SA"] as const;

/** The rules that the dialog can show and make. What it cannot, it leaves as it is. */
export interface Rule {
  frequency: Frequency;
  interval: number;
  /** Days of the week, 0 is Sunday, for weekly rules. */
  weekdays: number[];
  /** For monthly rules: the same date, or the nth weekday (-1 the last). */
  monthly: { by: "date" } | { by: "weekday"; nth: number; weekday: number };
  /** The last day, with the UNTIL that was read: it is written as it was while it means that day. */
  ends: { kind: "never" } | { kind: "on"; date: string; until?: string } | { kind: "after"; count: number };
}

/** The start of a series, against which its rule is read and written. */
export interface SeriesStart extends Wall {
  zone: string;
  allDay: boolean;
}

interface When {
  all_day: boolean;
  start_date?: string | null;
  start_time?: string | null;
  time_zone?: string | null;
}

/** The start of a series as the server tells it. */
export function seriesStart(when: When, readersZone: string): SeriesStart {
  const zone = when.time_zone ?? readersZone;
  if (when.all_day) return { date: when.start_date ?? "1970-01-01", time: "00:00", zone, allDay: true };
  return { ...wallOf(new Date(when.start_time ?? 0), zone), zone, allDay: false };
}

export function plainRule(frequency: Frequency, startDate: string): Rule {
  return {
    frequency,
    interval: 1,
    weekdays: frequency === "WEEKLY" ? [weekdayOf(startDate)] : [],
    monthly: { by: "date" },
    ends: { kind: "never" },
  };
}

export function monthlyOnWeekday(startDate: string): Rule {
  const { nth, last } = ordinalInMonth(startDate);
  return {
    ...plainRule("MONTHLY", startDate),
    monthly: { by: "weekday", nth: last ? -1 : nth, weekday: weekdayOf(startDate) },
  };
}

/** The rules that are offered for a start, by name. */
export function usualRules(startDate: string): [string, Rule][] {
  return [
    ["daily", plainRule("DAILY", startDate)],
    ["weekdays", { ...plainRule("WEEKLY", startDate), weekdays: [1, 2, 3, 4, 5] }],
    ["weekly", plainRule("WEEKLY", startDate)],
    ["monthly", plainRule("MONTHLY", startDate)],
    ["monthly_on", monthlyOnWeekday(startDate)],
    ["yearly", plainRule("YEARLY", startDate)],
  ];
}

/** The rule when its series starts on another day: a weekday that was only the start's own goes along. */
export function followed(rule: Rule, from: string, to: string): Rule {
  const { frequency, weekdays, monthly } = rule;
  if (frequency === "WEEKLY" && weekdays.join() === String(weekdayOf(from))) {
    return { ...rule, weekdays: [weekdayOf(to)] };
  }
  if (frequency === "MONTHLY" && monthly.by === "weekday" && monthly.weekday === weekdayOf(from)) {
    const { nth, last } = ordinalInMonth(from);
    if (monthly.nth === nth || (last && monthly.nth === -1)) return { ...rule, monthly: monthlyOnWeekday(to).monthly };
  }
  return rule;
}

/**
 * The last day on which a series may begin, of an UNTIL in any of its forms: a day, a clock reading of the series' zone, or
 * an instant. What would begin on the day of the UNTIL, but later, does not begin any more.
 */
function lastDay(until: string, series: SeriesStart): string | null {
  const match = /^(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})(Z)?)?$/.exec(until);
  if (!match) return null;
  const [, year, month, day, hour = "00", minute = "00", second = "00", utc] = match;
  const date = `${year}-${month}-${day}`;
  const at = new Date(`${date}T${hour}:${minute}:${second}Z`);
  // A day that the month does not have is read as one of the next.
  if (Number.isNaN(at.getTime()) || !at.toISOString().startsWith(date)) return null;
  if (series.allDay || !match[4]) return date;
  const last = utc ? wallOf(at, series.zone) : { date, time: `${hour}:${minute}` };
  return last.time >= series.time ? last.date : addDays(last.date, -1);
}

/** Reads recurrence lines; null when they say more than the dialog can show. */
export function readRule(lines: readonly string[] | null | undefined, series: SeriesStart): Rule | null {
  if (lines?.length !== 1) return null;
  const match = /^RRULE:(.+)$/i.exec(lines[0]?.trim() ?? "");
  if (!match?.[1]) return null;
  const parts = new Map(
    match[1].split(";").map((part) => part.split("=").map((half) => half.trim().toUpperCase()) as [string, string]),
  );
  const frequency = parts.get("FREQ") as Frequency;
  if (!["DAILY", "WEEKLY", "MONTHLY", "YEARLY"].includes(frequency)) return null;
  const startDate = series.date;
  const rule = plainRule(frequency, startDate);
  for (const [key, value] of parts) {
    if (key === "FREQ" || key === "WKST") continue;
    if (key === "INTERVAL" && /^[1-9]\d{0,3}$/.test(value)) rule.interval = Number(value);
    else if (key === "COUNT" && /^[1-9]\d{0,4}$/.test(value)) rule.ends = { kind: "after", count: Number(value) };
    else if (key === "UNTIL") {
      const date = lastDay(value, series);
      if (!date) return null;
      rule.ends = { kind: "on", date, until: value };
    } else if (key === "BYDAY" && frequency === "WEEKLY" && value.split(",").every((code) => isWeekdayCode(code))) {
      rule.weekdays = value.split(",").map((code) => weekdayCodes.indexOf(code as "SU"));
    } else if (key === "BYDAY" && frequency === "MONTHLY" && /^(-1|[1-5])(SU|MO|TU|WE|TH|FR|SA)$/.test(value)) {
      rule.monthly = {
        by: "weekday",
        nth: Number.parseInt(value, 10),
        weekday: weekdayCodes.indexOf(value.slice(-2) as "SU"),
      };
    } else if (key === "BYMONTHDAY" && frequency === "MONTHLY" && Number(value) === Number(startDate.slice(8))) {
      rule.monthly = { by: "date" };
    } else if (key === "BYMONTH" && frequency === "YEARLY" && Number(value) === Number(startDate.slice(5, 7))) {
      // Says only what the start says already.
    } else return null;
  }
  rule.weekdays = [...new Set(rule.weekdays)].sort();
  return rule;
}

function isWeekdayCode(code: string): boolean {
  return (weekdayCodes as readonly string[]).includes(code);
}

/** UNTIL in the form that the start requires: a day for whole days, else the last second of the last day, in UTC. */
function untilText({ date, until }: { date: string; until?: string }, series: SeriesStart): string {
  const inForm = until !== undefined && /^\d{8}$/.test(until) === series.allDay;
  if (inForm && lastDay(until, series) === date) return until;
  if (series.allDay) return date.replaceAll("-", "");
  const lastSecond = new Date(instantOf({ date: addDays(date, 1), time: "00:00" }, series.zone).getTime() - 1000);
  return `${lastSecond.toISOString().slice(0, 19).replaceAll(/[-:]/g, "")}Z`;
}

/** Writes recurrence lines. */
export function writeRule(rule: Rule, series: SeriesStart): string[] {
  const parts = [`FREQ=${rule.frequency}`];
  if (rule.interval > 1) parts.push(`INTERVAL=${rule.interval}`);
  if (rule.frequency === "WEEKLY" && rule.weekdays.length > 0) {
    parts.push(`BYDAY=${rule.weekdays.map((weekday) => weekdayCodes[weekday]).join(",")}`);
  }
  if (rule.frequency === "MONTHLY" && rule.monthly.by === "weekday") {
    parts.push(`BYDAY=${rule.monthly.nth}${weekdayCodes[rule.monthly.weekday]}`);
  }
  if (rule.ends.kind === "after") parts.push(`COUNT=${rule.ends.count}`);
  if (rule.ends.kind === "on") parts.push(`UNTIL=${untilText(rule.ends, series)}`);
  return [`RRULE:${parts.join(";")}`];
}

/** A rule in words: "every weekday", "every 2 weeks on Monday and Wednesday, 10 times". */
export function ruleText(t: TFunction, language: Language, rule: Rule): string {
  const text = rhythm(t, language, rule);
  if (rule.ends.kind === "after") return t("repeat.with_count", { text, count: rule.ends.count });
  if (rule.ends.kind === "on") {
    return t("repeat.with_until", { text, date: fullDate({ language, zone: "UTC" }, civilDate(rule.ends.date)) });
  }
  return text;
}

function rhythm(t: TFunction, language: Language, rule: Rule): string {
  const count = rule.interval;
  const once = count === 1;
  if (rule.frequency === "DAILY") return once ? t("repeat.each.daily") : t("repeat.daily", { count });
  if (rule.frequency === "YEARLY") return once ? t("repeat.each.yearly") : t("repeat.yearly", { count });
  if (rule.frequency === "WEEKLY") {
    if (once && rule.weekdays.join() === "1,2,3,4,5") return t("repeat.weekdays");
    if (rule.weekdays.length === 0) return once ? t("repeat.each.weekly") : t("repeat.weekly", { count });
    const days = listing(
      language,
      rule.weekdays.map((weekday) => weekdayName(language, weekday, "long")),
    );
    return once ? t("repeat.each.weekly_on", { days }) : t("repeat.weekly_on", { count, days });
  }
  if (rule.monthly.by === "date") return once ? t("repeat.each.monthly") : t("repeat.monthly", { count });
  const weekday = weekdayName(language, rule.monthly.weekday, "long");
  const nth = rule.monthly.nth === -1 ? "last" : (String(rule.monthly.nth) as "1");
  const which = t(`repeat.nth.${nth}`, { weekday });
  return once ? t("repeat.each.monthly_on", { which }) : t("repeat.monthly_on", { count, which });
}

/** Recurrence lines in words, also when the dialog could not show them. */
export function recurrenceText(
  t: TFunction,
  language: Language,
  lines: readonly string[] | null | undefined,
  series: SeriesStart,
): string | null {
  if (!lines || lines.length === 0) return null;
  const rule = readRule(lines, series);
  return rule ? ruleText(t, language, rule) : t("repeat.special");
}

/** A rule where it stands alone, as a line or a choice: with a capital, in languages that have them. */
export function alone(language: Language, text: string): string {
  const [first = ""] = text;
  return first.toLocaleUpperCase(language) + text.slice(first.length);
}
