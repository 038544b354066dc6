import { describe, expect, it } from "vitest";
import type { Language } from "../i18n/languages";
import {
  dateIn,
  daySpan,
  dayTitle,
  moment,
  monthsTitle,
  relative,
  sameClock,
  shortMonthsTitle,
  timeSpan,
  weekdayName,
  zoneLabel,
} from "./format";

const now = new Date("2027-03-01T12:00:00Z");
const at = (time: string) => new Date(`2027-03-${time}Z`);
const prague = (language: Language) => ({ language, zone: "Europe/Prague" });

describe("a span of time", () => {
  it.each([
    ["en", "Wed 3 March, 09:00 – 10:00"],
    ["zh-TW", "3月3日週三 09:00 – 10:00"],
    ["ja", "3月3日(水) 09:00 – 10:00"],
    ["ko", "3월 3일 (수) 09:00 – 10:00"],
    ["cs", "st 3. března, 09:00 – 10:00"],
  ] as const)("reads naturally in %s", (language, text) => {
    expect(timeSpan(prague(language), at("03T08:00:00"), at("03T09:00:00"), now)).toBe(text);
  });

  it("names both days when it runs over midnight, and not when it ends at midnight", () => {
    const reader = prague("en");
    expect(timeSpan(reader, at("03T21:00:00"), at("04T01:00:00"), now)).toBe("Wed 3 March, 22:00 – Thu 4 March, 02:00");
    expect(timeSpan(reader, at("03T21:00:00"), at("03T23:00:00"), now)).toBe("Wed 3 March, 22:00 – 00:00");
  });

  it("shows the year only when it is another one", () => {
    const later = new Date("2028-03-03T08:00:00Z");
    expect(timeSpan(prague("en"), later, later, now)).toBe("Fri 3 March 2028, 09:00");
  });

  it("is told in the reader's zone", () => {
    expect(timeSpan({ language: "en", zone: "Asia/Tokyo" }, at("03T20:00:00"), at("03T21:00:00"), now)).toBe(
      "Thu 4 March, 05:00 – 06:00",
    );
  });
});

describe("whole days", () => {
  it.each([
    ["en", "Wed 3 March", "Wed 3 March – Fri 5 March"],
    ["zh-TW", "3月3日週三", "3月3日週三至3月5日週五"],
    ["ja", "3月3日(水)", "3月3日(水)～3月5日(金)"],
    ["ko", "3월 3일 (수)", "3월 3일 (수)~5일 (금)"],
    ["cs", "st 3. března", "st 3. 3. – pá 5. 3."],
  ] as const)("end on their last day in %s, not on the exclusive one", (language, one, three) => {
    expect(daySpan(language, "2027-03-03", "2027-03-04", now)).toBe(one);
    expect(daySpan(language, "2027-03-03", "2027-03-06", now).replaceAll(/\s/g, " ")).toBe(three);
  });

  it("name the year again only when they run into another one", () => {
    expect(daySpan("ja", "2027-12-30", "2028-01-03", now)).toBe("12月30日(木)～2028年1月2日(日)");
    expect(daySpan("zh-TW", "2028-03-03", "2028-03-06", now)).toBe("2028年3月3日週五至3月5日週日");
  });
});

describe("titles", () => {
  it("name a week that lies in two months by both", () => {
    expect(monthsTitle("en", new Date("2027-03-29Z"), new Date("2027-04-04Z")).replaceAll(/\s/g, " ")).toBe(
      "Mar – Apr 2027",
    );
    expect(monthsTitle("ja", new Date("2027-03-01Z"), new Date("2027-03-07Z"))).toBe("2027年3月");
    const now = new Date("2027-03-10Z");
    expect(shortMonthsTitle("en", new Date("2027-03-29Z"), new Date("2027-04-04Z"), now).replaceAll(/\s/g, " ")).toBe(
      "Mar – Apr",
    );
    expect(shortMonthsTitle("cs", new Date("2027-11-01Z"), new Date("2027-11-03Z"), now)).toBe("lis");
    expect(shortMonthsTitle("ja", new Date("2028-03-01Z"), new Date("2028-03-07Z"), now)).toBe("2028年3月");
  });

  it("name a day whole", () => {
    expect(dayTitle("en", new Date("2027-03-03Z"), now)).toBe("Wednesday 3 March");
    expect(dayTitle("cs", new Date("2027-03-03Z"), now)).toBe("středa 3. března");
  });
});

describe("how long ago", () => {
  it.each([
    ["en", "2 minutes ago", "yesterday"],
    ["zh-TW", "2 分鐘前", "昨天"],
    ["ja", "2 分前", "昨日"],
    ["ko", "2분 전", "어제"],
    ["cs", "před 2 minutami", "včera"],
  ] as const)("in %s", (language, minutes, day) => {
    expect(relative(prague(language), new Date(now.getTime() - 125_000), now)).toBe(minutes);
    expect(relative(prague(language), new Date(now.getTime() - 30 * 3_600_000), now)).toBe(day);
  });

  it("counts days as the reader's calendar does", () => {
    const ago = (zone: string, hours: number) =>
      relative({ language: "en", zone }, new Date(now.getTime() - hours * 3_600_000), now);
    expect(ago("Europe/Prague", 23)).toBe("23 hours ago");
    expect(ago("Europe/Prague", 47)).toBe("2 days ago");
    expect(ago("Europe/Prague", 25)).toBe("yesterday");
  });

  it("is now below a minute, either way", () => {
    expect(relative(prague("en"), new Date(now.getTime() - 50_000), now)).toBe("now");
    expect(relative(prague("en"), new Date(now.getTime() + 50_000), now)).toBe("now");
  });
});

describe("zones", () => {
  it("are the same when their clocks are, whatever their names", () => {
    expect(sameClock("Europe/Prague", "Europe/Vienna", now)).toBe(true);
    expect(sameClock("Europe/Prague", "Asia/Tokyo", now)).toBe(false);
    // London and UTC part in summer.
    expect(sameClock("Europe/London", "UTC", now)).toBe(true);
    expect(sameClock("Europe/London", "UTC", new Date("2027-07-01T12:00:00Z"))).toBe(false);
  });

  it("are told by their name and offset, in the reader's language", () => {
    expect(zoneLabel("en", "America/New_York", now)).toBe("Eastern Time (GMT-5)");
    expect(zoneLabel("zh-TW", "Asia/Tokyo", now)).toBe("日本標準時間 (GMT+9)");
    expect(zoneLabel("cs", "Europe/Prague", now)).toMatch(/^[Ss]tředoevropský čas \(/);
  });

  it("decide the date", () => {
    expect(dateIn("America/Los_Angeles", at("03T05:00:00"))).toBe("2027-03-02");
  });
});

it("a moment of today needs no date", () => {
  expect(moment(prague("en"), at("01T08:40:00"), now)).toBe("09:40");
  expect(moment(prague("en"), at("03T08:40:00"), now)).toBe("Wed 3 March, 09:40");
});

it("weekdays count from Sunday", () => {
  expect(weekdayName("en", 0, "long")).toBe("Sunday");
  expect(weekdayName("ko", 6, "short")).toBe("토");
});
