import { describe, expect, it } from "vitest";
import { addMinutes, instantOf, ordinalInMonth, parseTime, wallOf, weekdayOf, withOffset } from "./zone";

describe("wall clocks", () => {
  it("become instants by the rules of their zone, summer and winter", () => {
    expect(instantOf({ date: "2027-01-15", time: "09:00" }, "Europe/Prague").toISOString()).toBe(
      "2027-01-15T08:00:00.000Z",
    );
    expect(instantOf({ date: "2027-07-15", time: "09:00" }, "Europe/Prague").toISOString()).toBe(
      "2027-07-15T07:00:00.000Z",
    );
  });

  it("move forward over the hour that a clock change takes", () => {
    expect(instantOf({ date: "2027-03-28", time: "02:30" }, "Europe/Prague").toISOString()).toBe(
      "2027-03-28T01:30:00.000Z",
    );
  });

  it("come back from instants", () => {
    expect(wallOf(new Date("2027-07-15T07:05:00Z"), "Europe/Prague")).toEqual({ date: "2027-07-15", time: "09:05" });
    expect(wallOf(new Date("2027-07-15T23:00:00Z"), "Asia/Taipei")).toEqual({ date: "2027-07-16", time: "07:00" });
  });

  it("are sent with their offset", () => {
    expect(withOffset({ date: "2027-07-15", time: "09:00" }, "Europe/Prague")).toBe("2027-07-15T09:00:00+02:00");
    expect(withOffset({ date: "2027-07-15", time: "09:00" }, "Asia/Kolkata")).toBe("2027-07-15T09:00:00+05:30");
  });

  it("step over midnight", () => {
    expect(addMinutes({ date: "2027-02-28", time: "23:30" }, 60)).toEqual({ date: "2027-03-01", time: "00:30" });
  });
});

describe("a typed time", () => {
  it.each([
    ["9", "09:00"],
    ["930", "09:30"],
    ["9:30", "09:30"],
    ["09.30", "09:30"],
    ["21h15", "21:15"],
    ["9 pm", "21:00"],
    ["12am", "00:00"],
    ["14時", "14:00"],
    ["14시 30분", "14:30"],
    ["9h", "09:00"],
    ["１４：３０", "14:30"],
    ["9點", "09:00"],
    ["9點5分", "09:05"],
    ["下午3點15分", "15:15"],
    ["上午 12:00", "00:00"],
    ["3点", "03:00"],
    ["午後3時", "15:00"],
    ["午前0時30分", "00:30"],
    ["오후 3시 30분", "15:30"],
    ["오전 9:15", "09:15"],
    ["9點半", "09:30"],
    ["晚上7點", "19:00"],
    ["早上 8 點", "08:00"],
    ["朝9時半", "09:30"],
    ["夜の8時", "20:00"],
    ["저녁 7시 반", "19:30"],
    ["14 hod", "14:00"],
    ["9:30 hodin", "09:30"],
  ])("%s is %s", (typed, time) => {
    expect(parseTime(typed)).toBe(time);
  });

  it.each(["", "24:00", "9:75", "noon", "13pm", "下午14點", "點", "半", "晚上12點", "1234567"])(
    "%j is none",
    (typed) => {
      expect(parseTime(typed)).toBeNull();
    },
  );
});

it("days know their place in the week and the month", () => {
  expect(weekdayOf("2027-03-07")).toBe(0);
  expect(ordinalInMonth("2027-03-10")).toEqual({ nth: 2, last: false });
  expect(ordinalInMonth("2027-03-31")).toEqual({ nth: 5, last: true });
  expect(ordinalInMonth("2027-02-24")).toEqual({ nth: 4, last: true });
});
