import { describe, expect, it } from "vitest";
import { sampleEvent } from "../../../dev/samples";
import { byDay, invitationsIn, upcomingIn } from "./upcoming";

const now = new Date("2027-03-03T10:00:00Z");
const timed = (id: string, start: string, end: string, more = {}) =>
  sampleEvent({ id, title: id, start_time: `2027-03-${start}:00Z`, end_time: `2027-03-${end}:00Z`, ...more });
const self = (answer: "accepted" | "declined" | "needs_action") => ({
  attendees: [{ email: "me@acme.test", answer, optional: false, resource: false, self: true, organizer: false }],
  can: { edit: false, delete: true, answer: true, move: false },
});

describe("what comes next", () => {
  it("is what runs and what follows, soonest first", () => {
    const events = [
      timed("later", "04T09:00", "04T10:00"),
      timed("over", "03T08:00", "03T09:00"),
      timed("running", "03T09:30", "03T10:30"),
    ];
    expect(upcomingIn(events, now, "2027-03-03").map((event) => event.id)).toEqual(["running", "later"]);
  });

  it("leaves out what I declined and what I may not see", () => {
    const events = [
      timed("declined", "03T11:00", "03T12:00", self("declined")),
      timed("busy", "03T11:00", "03T12:00", { busy_only: true }),
    ];
    expect(upcomingIn(events, now, "2027-03-03")).toEqual([]);
  });

  it("shows a meeting once that lies in two calendars", () => {
    const events = [
      timed("a", "03T11:00", "03T12:00", { title: "Same" }),
      timed("b", "03T11:00", "03T12:00", { title: "Same" }),
    ];
    expect(upcomingIn(events, now, "2027-03-03")).toHaveLength(1);
  });

  it("lies under today when it began before", () => {
    const away = sampleEvent({
      id: "away",
      title: "Away",
      all_day: true,
      start_date: "2027-03-01",
      end_date: "2027-03-05",
    });
    const days = byDay([away, timed("later", "04T09:00", "04T10:00")], "2027-03-03", (at) =>
      at.toISOString().slice(0, 10),
    );
    expect(days.map(([date, events]) => [date, events.length])).toEqual([
      ["2027-03-03", 1],
      ["2027-03-04", 1],
    ]);
  });
});

it("an invitation to a series waits once", () => {
  const events = [
    timed("s_1", "10T09:00", "10T10:00", { series_id: "s", ...self("needs_action") }),
    timed("s_0", "03T11:00", "03T12:00", { series_id: "s", ...self("needs_action") }),
    timed("answered", "03T11:00", "03T12:00", self("accepted")),
    timed("past", "02T11:00", "02T12:00", self("needs_action")),
  ];
  expect(invitationsIn(events, now, "2027-03-03").map((event) => event.id)).toEqual(["s_0"]);
});

it("an invitation for today waits until the reader's day is over", () => {
  const day = { all_day: true, start_date: "2027-03-03", end_date: "2027-03-04", ...self("needs_action") };
  const events = [sampleEvent({ id: "day", title: "Day", ...day })];
  // Midnight in UTC is the afternoon in Los Angeles.
  const evening = new Date("2027-03-04T03:00:00Z");
  expect(invitationsIn(events, evening, "2027-03-03")).toHaveLength(1);
  expect(invitationsIn(events, evening, "2027-03-04")).toHaveLength(0);
});
