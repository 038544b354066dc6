import { expect, it } from "vitest";
import { calendarSearch } from "./address";

it("keeps what an address may say", () => {
  expect(calendarSearch({ view: "day", date: "2027-03-05", event: "abc_20270305T090000Z", compose: true })).toEqual({
    view: "day",
    date: "2027-03-05",
    event: "abc_20270305T090000Z",
    compose: true,
  });
});

it("drops what it may not", () => {
  expect(calendarSearch({ view: "year", date: "2027-13-45", compose: "yes", guest: 7 })).toEqual({});
});

it("takes an id of digits for the text that it is", () => {
  expect(calendarSearch({ event: 123 })).toEqual({ event: "123" });
});
