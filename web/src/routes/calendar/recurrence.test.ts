import i18next, { type TFunction } from "i18next";
import { beforeAll, describe, expect, it } from "vitest";
import cs from "../../i18n/cs.json";
import en from "../../i18n/en.json";
import ja from "../../i18n/ja.json";
import ko from "../../i18n/ko.json";
import type { Language } from "../../i18n/languages";
import zh from "../../i18n/zh-TW.json";
import { alone, monthlyOnWeekday, plainRule, readRule, recurrenceText, writeRule } from "./recurrence";

const start = "2027-03-03";
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
  return recurrenceText(words[language], language, lines, start)?.replaceAll(/\s/g, " ");
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
    ]) {
      expect(readRule(lines, start), lines.join()).toBeNull();
      expect(text("en", ...lines)).toBe("by a special rule");
    }
  });

  it("says nothing where nothing repeats", () => {
    expect(recurrenceText(words.en, "en", [], start)).toBeNull();
    expect(recurrenceText(words.en, "en", null, start)).toBeNull();
  });
});

describe("a rule written", () => {
  const until = (date: string) => `${date.replaceAll("-", "")}T225959Z`;

  it.each([
    "RRULE:FREQ=DAILY",
    "RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE;COUNT=10",
    "RRULE:FREQ=MONTHLY;BYDAY=-1FR",
    "RRULE:FREQ=YEARLY;UNTIL=20300303T225959Z",
  ])("comes back as it was read: %s", (line) => {
    const rule = readRule([line], start);
    expect(rule && writeRule(rule, until)).toEqual([line]);
  });

  it("takes its weekday from the start", () => {
    expect(writeRule(plainRule("WEEKLY", start), until)).toEqual(["RRULE:FREQ=WEEKLY;BYDAY=WE"]);
    expect(writeRule(monthlyOnWeekday(start), until)).toEqual(["RRULE:FREQ=MONTHLY;BYDAY=1WE"]);
    expect(writeRule(monthlyOnWeekday("2027-03-31"), until)).toEqual(["RRULE:FREQ=MONTHLY;BYDAY=-1WE"]);
  });
});

it("a rule that stands alone begins with a capital", () => {
  expect(alone("en", "every week")).toBe("Every week");
  expect(alone("cs", "čtvrtletně")).toBe("Čtvrtletně");
  expect(alone("zh-TW", "每週")).toBe("每週");
  expect(alone("en", "")).toBe("");
});
