import { expect, test } from "vitest";
import { freeMinutes } from "./stack";

function meeting(id: string, from: string, to: string) {
  return { id, all_day: false, start_time: `2027-03-01T${from}:00Z`, end_time: `2027-03-01T${to}:00Z` };
}

test("a title has its card's whole width until the next meeting begins over it", () => {
  const free = freeMinutes([
    meeting("third", "09:30", "10:00"),
    meeting("first", "09:00", "11:00"),
    meeting("second", "09:00", "10:00"),
    meeting("alone", "12:00", "13:00"),
    meeting("after", "13:00", "14:00"),
  ]);
  expect(Object.fromEntries(free)).toEqual({ first: 0, second: 30 });
});

test("whole days lie elsewhere", () => {
  expect(freeMinutes([{ id: "day", all_day: true }, meeting("first", "09:00", "11:00")]).size).toBe(0);
});
