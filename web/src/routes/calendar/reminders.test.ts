import i18next, { type TFunction } from "i18next";
import { beforeAll, expect, it } from "vitest";
import cs from "../../i18n/cs.json";
import en from "../../i18n/en.json";
import { aheadOf, minutesOf, reminderText } from "./reminders";

let t: TFunction;
beforeAll(async () => {
  await i18next.init({ lng: "en", resources: { en: { translation: en }, cs: { translation: cs } } });
  t = i18next.t;
});

it("tells a reminder in the largest unit that it fills", () => {
  expect(aheadOf(0)).toEqual({ amount: 0, unit: "minutes" });
  expect(aheadOf(90)).toEqual({ amount: 90, unit: "minutes" });
  expect(aheadOf(20_160)).toEqual({ amount: 2, unit: "weeks" });
  expect([60, 1440, 45].map((minutes) => reminderText(t, minutes))).toEqual([
    "1 hour before",
    "1 day before",
    "45 minutes before",
  ]);
});

it("counts as the language does", () => {
  const czech = i18next.getFixedT("cs");
  expect([60, 180, 300].map((minutes) => reminderText(czech, minutes))).toEqual([
    "1 hodinu předem",
    "3 hodiny předem",
    "5 hodin předem",
  ]);
});

it("never asks for more than four weeks", () => {
  expect(minutesOf({ amount: 2, unit: "hours" })).toBe(120);
  expect(minutesOf({ amount: 30, unit: "weeks" })).toBe(40_320);
});
