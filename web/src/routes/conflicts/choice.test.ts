import i18next, { type TFunction } from "i18next";
import { beforeAll, describe, expect, it } from "vitest";
import values from "../../../dev/conflict-values.json";
import en from "../../i18n/en.json";
import { choiceBody, chosenValue, sideOf, standing, tellsGuests, wholeSide } from "./choice";
import { fieldName, valueText } from "./values";

const fields = [
  { field: "title", base: "Coffee", portico: "Coffee with Li", google: "Coffee + contract" },
  { field: "location", base: null, portico: "Café Letka", google: "" },
];

describe("a choice", () => {
  it("begins with what stands: Google's", () => {
    expect(standing(fields)).toEqual({ title: "google", location: "google" });
    expect(standing(fields, { title: "portico", location: "google" })).toEqual({
      title: "portico",
      location: "google",
    });
    expect(sideOf(fields, standing(fields))).toBe("google");
  });

  it("of one side is sent as that side", () => {
    expect(choiceBody(fields, wholeSide(fields, "portico"))).toEqual({ keep: "portico" });
  });

  it("of both is sent field by field", () => {
    const mixed = { ...standing(fields), location: "portico" as const };
    expect(sideOf(fields, mixed)).toBeNull();
    expect(choiceBody(fields, mixed)).toEqual({ fields: { title: "google", location: "portico" } });
  });

  it("sends guests a message when it changes at Google what they see", () => {
    const seen = [...fields, { field: "color", base: null, portico: "5", google: "7" }];
    expect(tellsGuests(seen, standing(seen))).toBe(false);
    expect(tellsGuests(seen, { ...standing(seen), color: "portico" })).toBe(false);
    expect(tellsGuests(seen, { ...standing(seen), title: "portico" })).toBe(true);
  });

  it("decides what is previewed", () => {
    expect(chosenValue(fields, { title: "portico" }, "title")).toBe("Coffee with Li");
    expect(chosenValue(fields, {}, "title")).toBe("Coffee + contract");
    expect(chosenValue(fields, {}, "when")).toBeUndefined();
  });
});

describe("a value in words", () => {
  let t: TFunction;
  const reader = { language: "en", zone: "Europe/Prague" } as const;
  const now = new Date("2027-03-01T12:00:00Z");
  const start = { date: "2027-03-05", time: "10:30", zone: "Europe/Prague", allDay: false };
  const say = (field: string, value: unknown, other?: unknown) =>
    valueText({ t, reader, now, start }, field, value, other);

  beforeAll(async () => {
    await i18next.init({ lng: "en", resources: { en: { translation: en } }, interpolation: { escapeValue: false } });
    t = i18next.t;
  });

  it("tells times however they are written", () => {
    const said = "Fri 5 March, 10:30 – 11:00";
    const start = "2027-03-05T10:30:00+01:00[Europe/Prague]";
    const end = "2027-03-05T11:00:00+01:00[Europe/Prague]";
    expect(say("when", { timed: { start, end } })).toBe(said);
    expect(say("when", { start_time: "2027-03-05T09:30:00Z", end_time: "2027-03-05T10:00:00Z" })).toBe(said);
    expect(say("when", { all_day: { start: "2027-03-05", end: "2027-03-06" } })).toBe("Fri 5 March");
    expect(say("when", { all_day: true, start_date: "2027-03-05", end_date: "2027-03-06" })).toBe("Fri 5 March");
  });

  it("tells guests, rules, reminders and switches", () => {
    expect(
      say("attendees", [{ email: "li@acme.test", name: "Li Wei", answer: "accepted" }, { email: "x@acme.test" }]),
    ).toBe("Li Wei (Yes) and x@acme.test");
    expect(say("recurrence", ["RRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"])).toBe("every weekday");
    expect(say("reminders", "calendar")).toBe("As in the calendar");
    const own = [10, 90, 1440, 20160].map((minutes) => ({ method: "popup", minutes }));
    expect(say("reminders", { own })).toBe("10 minutes before, 90 minutes before, 1 day before and 2 weeks before");
    expect(say("guest_rights", { modify: true, invite_others: true, see_other_guests: false })).toBe(
      "edit the meeting and invite others",
    );
    expect(say("guest_rights", { modify: false, invite_others: false, see_other_guests: false })).toBe("only look");
    expect(say("color", "5")).toBe("Banana");
    expect(say("color", null)).toBe("as the calendar");
    expect(say("visibility", "private")).toBe("Private");
    expect(say("conference", { state: "ready", url: "https://meet.google.com/abc" })).toBe("meet.google.com/abc");
  });

  it("reads a rule against the start of its meeting, and tells what the other side has not", () => {
    expect(say("recurrence", ["RRULE:FREQ=WEEKLY"])).toBe("every week on Friday");
    const odd = "RRULE:FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=";
    expect(say("recurrence", [`${odd}1`], [`${odd}-1`])).toBe("by a special rule · BYSETPOS=1");
    const friday = "RRULE:FREQ=WEEKLY;BYDAY=FR";
    expect(say("recurrence", [friday, "EXDATE:20270312T093000Z"], [friday])).toBe(
      "every week on Friday · not on 12 March 2027",
    );
    expect(say("recurrence", [friday], [friday, "EXDATE;TZID=Europe/Prague:20270312T103000"])).toBe(
      "every week on Friday",
    );
    expect(say("recurrence", [friday, "RDATE;VALUE=DATE:20270313"], [friday])).toBe(
      "every week on Friday · also on 13 March 2027",
    );
  });

  // What the server sends of each field; its own test keeps this file true.
  it.each(Object.entries(values))("names %s and tells what the server sends of it", (field, value) => {
    expect(fieldName(t, field)).not.toBe(field);
    const said = say(field, value);
    expect(said).toMatch(/\p{Letter}/u);
    expect(said).not.toMatch(/[{}_]|\[object/);
  });

  it("has no words for nothing", () => {
    for (const nothing of [null, undefined, "", []]) expect(say("location", nothing)).toBeNull();
  });

  it("names fields, those of one guest too", () => {
    expect(fieldName(t, "location")).toBe("Place");
    expect(fieldName(t, "attendees.li@acme.test")).toBe("Guests: li@acme.test");
  });
});
