import i18next, { type TFunction } from "i18next";
import { beforeAll, describe, expect, it } from "vitest";
import cs from "../../i18n/cs.json";
import en from "../../i18n/en.json";
import ja from "../../i18n/ja.json";
import ko from "../../i18n/ko.json";
import type { Language } from "../../i18n/languages";
import zh from "../../i18n/zh-TW.json";
import {
  alone,
  followed,
  monthlyOnWeekday,
  plainRule,
  readRule,
  recurrenceText,
  type SeriesStart,
  seriesStart,
  writeRule,
} from "./recurrence";

const start = "2027-03-03";
const series: SeriesStart = { date: start, time: "09:00", zone: "Europe/Prague", allDay: false };
const words = {} as Record<Language, TFunction>;

beforeAll(async () => {
  const catalogues = { en, "zh-TW": zh, ja, ko, cs };
  const resources = Object.fromEntries(
    Object.entries(catalogues).map(([language, translation]) => [language, { translation }]),
  );
  await i18next.init({ lng: "en", resources, interpolation: { escapeValue: false } });
  for (const language of Object.keys(catalogues) as Language[]) words[language] = i18next.getFixedT(language);
});

function text(language: Language, ...lines: string[]) {
  return recurrenceText(words[language], language, lines, series)?.replaceAll(/\s/g, " ");
}

describe("a rule in words", () => {
  it.each([
    ["RRULE:FREQ=DAILY", "every day"],
    ["RRULE:FREQ=DAILY;INTERVAL=3", "every 3 days"],
    ["RRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "every weekday"],
    ["RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=WE,MO", "every 2 weeks on Monday and Wednesday"],
    ["RRULE:FREQ=WEEKLY;WKST=MO;BYDAY=WE;COUNT=10", "every week on Wednesday, 10 times"],
    ["RRULE:FREQ=MONTHLY;BYMONTHDAY=3", "every month on this date"],
    ["RRULE:FREQ=MONTHLY;BYDAY=1WE", "every month on the first Wednesday"],
    ["RRULE:FREQ=MONTHLY;INTERVAL=2;BYDAY=-1FR", "every 2 months on the last Friday"],
    ["RRULE:FREQ=YEARLY;UNTIL=20300303T080000Z", "every year, until 3 March 2030"],
    ["rrule:freq=yearly;bymonth=3", "every year"],
  ])("%s", (line, said) => {
    expect(text("en", line)).toBe(said);
  });

  it.each([
    ["zh-TW", "每 2 週的星期一和星期三，共 10 次"],
    ["ja", "2 週間ごとの月曜日、水曜日、10 回"],
    ["ko", "2주마다 월요일 및 수요일, 10회"],
    ["cs", "každé 2 týdny: pondělí a středa, celkem 10krát"],
  ] as const)("in %s", (language, said) => {
    expect(text(language, "RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE;COUNT=10")).toBe(said);
  });

  it("counts in Czech as Czech counts", () => {
    expect(text("cs", "RRULE:FREQ=DAILY;INTERVAL=2")).toBe("každé 2 dny");
    expect(text("cs", "RRULE:FREQ=DAILY;INTERVAL=5")).toBe("každých 5 dnů");
  });

  it("does not pretend to know what it cannot show", () => {
    for (const lines of [
      ["RRULE:FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=-1"],
      ["RRULE:FREQ=HOURLY"],
      ["RRULE:FREQ=DAILY;INTERVAL=0"],
      ["RDATE:20270303T080000Z"],
      ["RRULE:FREQ=DAILY", "EXDATE:20270304T080000Z"],
      ["RRULE:FREQ=DAILY;UNTIL=20270231T080000Z"],
      ["RRULE:FREQ=DAILY;UNTIL=tomorrow"],
    ]) {
      expect(readRule(lines, series), lines.join()).toBeNull();
      expect(text("en", ...lines)).toBe("by a special rule");
    }
  });

  it("says nothing where nothing repeats", () => {
    expect(recurrenceText(words.en, "en", [], series)).toBeNull();
    expect(recurrenceText(words.en, "en", null, series)).toBeNull();
  });
});

describe("a rule written", () => {
  it.each([
    "RRULE:FREQ=DAILY",
    "RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE;COUNT=10",
    "RRULE:FREQ=MONTHLY;BYDAY=-1FR",
    "RRULE:FREQ=YEARLY;UNTIL=20300303T225959Z",
  ])("comes back as it was read: %s", (line) => {
    const rule = readRule([line], series);
    expect(rule && writeRule(rule, series)).toEqual([line]);
  });

  it("takes its weekday from the start", () => {
    expect(writeRule(plainRule("WEEKLY", start), series)).toEqual(["RRULE:FREQ=WEEKLY;BYDAY=WE"]);
    expect(writeRule(monthlyOnWeekday(start), series)).toEqual(["RRULE:FREQ=MONTHLY;BYDAY=1WE"]);
    expect(writeRule(monthlyOnWeekday("2027-03-31"), series)).toEqual(["RRULE:FREQ=MONTHLY;BYDAY=-1WE"]);
  });
});

describe("the end of a series", () => {
  const at = (zone: string, time: string, allDay = false): SeriesStart => ({ date: "2027-03-01", time, zone, allDay });
  const read = (until: string, from: SeriesStart) => {
    const rule = readRule([`RRULE:FREQ=WEEKLY;BYDAY=MO;UNTIL=${until}`], from);
    if (rule?.ends.kind !== "on") throw new Error(`${until} is no end`);
    return { ...rule, ends: rule.ends };
  };

  it.each([
    // Cut before Monday 15 March 10:00: one second earlier, in UTC.
    ["20270315T085959Z", at("Europe/Prague", "10:00"), "2027-03-14"],
    ["20270315T090000Z", at("Europe/Prague", "10:00"), "2027-03-15"],
    ["20270315T225959Z", at("Europe/Prague", "10:00"), "2027-03-15"],
    // The evening in Los Angeles is the next day in UTC.
    ["20270316T065959Z", at("America/Los_Angeles", "17:00"), "2027-03-15"],
    ["20270315T235959Z", at("America/Los_Angeles", "17:00"), "2027-03-14"],
    // The morning in Taipei is the day before in UTC.
    ["20270315T155959Z", at("Asia/Taipei", "09:00"), "2027-03-15"],
    ["20270315T005959Z", at("Asia/Taipei", "09:00"), "2027-03-14"],
    ["20270314T165959Z", at("Asia/Taipei", "00:30"), "2027-03-15"],
    // Without UTC it is the clock of the series; a day lasts to its end.
    ["20270315T095959", at("Europe/Prague", "10:00"), "2027-03-14"],
    ["20270315", at("Europe/Prague", "10:00"), "2027-03-15"],
    ["20270315", at("America/Los_Angeles", "09:00", true), "2027-03-15"],
    ["20270315T000000Z", at("America/Los_Angeles", "09:00", true), "2027-03-15"],
  ])("%s is the last day that has a start", (until, from, date) => {
    expect(read(until, from).ends.date).toBe(date);
  });

  it.each(["Europe/Prague", "America/Los_Angeles", "Asia/Taipei"])("comes back as it was chosen in %s", (zone) => {
    for (const from of [at(zone, "00:15"), at(zone, "10:00"), at(zone, "23:45"), at(zone, "09:00", true)]) {
      const chosen = { ...plainRule("WEEKLY", from.date), ends: { kind: "on" as const, date: "2027-03-15" } };
      const [line = ""] = writeRule(chosen, from);
      expect(readRule([line], from)?.ends).toMatchObject({ date: "2027-03-15" });
    }
  });

  it("stays as it was written while it is the same day, whatever else is changed", () => {
    const from = at("Europe/Prague", "10:00");
    const cut = read("20270315T085959Z", from);
    expect(writeRule({ ...cut, interval: 2 }, from)).toEqual([
      "RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO;UNTIL=20270315T085959Z",
    ]);
    // At nine there would be a start on the 15th again.
    expect(writeRule(cut, at("Europe/Prague", "09:00"))).toEqual(["RRULE:FREQ=WEEKLY;BYDAY=MO;UNTIL=20270314T225959Z"]);
    expect(writeRule(cut, at("Europe/Prague", "10:00", true))).toEqual(["RRULE:FREQ=WEEKLY;BYDAY=MO;UNTIL=20270314"]);
    expect(writeRule({ ...cut, ends: { kind: "on", date: "2027-03-31" } }, from)).toEqual([
      "RRULE:FREQ=WEEKLY;BYDAY=MO;UNTIL=20270331T215959Z",
    ]);
  });
});

describe("a rule whose series begins on another day", () => {
  it("goes along where it said no more than the start", () => {
    const monday = { ...plainRule("WEEKLY", "2027-03-01"), interval: 2, ends: { kind: "after" as const, count: 5 } };
    expect(followed(monday, "2027-03-01", "2027-03-04")).toEqual({ ...monday, weekdays: [4] });
    expect(followed(monthlyOnWeekday("2027-03-01"), "2027-03-01", "2027-03-31")).toEqual(
      monthlyOnWeekday("2027-03-31"),
    );
    const daily = plainRule("DAILY", "2027-03-01");
    expect(followed(daily, "2027-03-01", "2027-03-04")).toEqual(daily);
  });

  it("stays where it said more", () => {
    for (const weekdays of [[1, 3], [1, 2, 3, 4, 5], [2]]) {
      const rule = { ...plainRule("WEEKLY", "2027-03-01"), weekdays };
      expect(followed(rule, "2027-03-01", "2027-03-04")).toEqual(rule);
    }
    const third = monthlyOnWeekday("2027-03-15");
    expect(followed(third, "2027-03-01", "2027-03-04")).toEqual(third);
  });
});

it("the start of a series is read on its own clock", () => {
  const when = { all_day: false, start_time: "2027-03-01T23:30:00Z" };
  expect(seriesStart({ ...when, time_zone: "Asia/Taipei" }, "Europe/Prague")).toEqual({
    date: "2027-03-02",
    time: "07:30",
    zone: "Asia/Taipei",
    allDay: false,
  });
  expect(seriesStart(when, "Europe/Prague")).toMatchObject({ date: "2027-03-02", time: "00:30" });
  expect(seriesStart({ all_day: true, start_date: "2027-03-05" }, "Europe/Prague")).toMatchObject({
    date: "2027-03-05",
    allDay: true,
  });
});

it("a rule that stands alone begins with a capital", () => {
  expect(alone("en", "every week")).toBe("Every week");
  expect(alone("cs", "čtvrtletně")).toBe("Čtvrtletně");
  expect(alone("zh-TW", "每週")).toBe("每週");
  expect(alone("en", "")).toBe("");
});
