import { describe, expect, it } from "vitest";
import { sampleEvent } from "../../../dev/samples";
import { busyElsewhere, groupsOf } from "./busy";

const event = sampleEvent({
  id: "one",
  title: "Plan",
  start_time: "2027-03-05T09:00:00Z",
  end_time: "2027-03-05T10:00:00Z",
  attendees: (["accepted", "needs_action", "declined"] as const).map((answer) => ({
    email: `${answer}@acme.test`,
    answer,
    optional: false,
    resource: false,
    self: false,
    organizer: false,
  })),
});

const span = (from: string, to: string) => ({ start: `2027-03-05T${from}:00Z`, end: `2027-03-05T${to}:00Z` });

describe("a guest of the meeting that is edited", () => {
  it("is not busy with the meeting itself, however it is moved", () => {
    for (const busy of [span("09:30", "10:00"), span("09:00", "10:00")]) {
      expect(busyElsewhere({ email: "Accepted@acme.test", busy: [busy] }, event)).toBe(false);
      expect(busyElsewhere({ email: "needs_action@acme.test", busy: [busy] }, event)).toBe(false);
    }
  });

  it("is busy with what reaches beyond it", () => {
    expect(busyElsewhere({ email: "accepted@acme.test", busy: [span("09:30", "10:15")] }, event)).toBe(true);
    expect(busyElsewhere({ email: "accepted@acme.test", busy: [span("11:00", "11:30")] }, event)).toBe(true);
  });

  it("is busy with something else when the invitation was declined or is new", () => {
    for (const email of ["declined@acme.test", "new@acme.test"]) {
      expect(busyElsewhere({ email, busy: [span("09:30", "10:00")] }, event)).toBe(true);
      expect(busyElsewhere({ email, busy: [] }, event)).toBe(false);
    }
  });
});

it("a guest of a new meeting is busy with whatever there is", () => {
  expect(busyElsewhere({ email: "accepted@acme.test", busy: [span("09:30", "10:00")] })).toBe(true);
});

it("a meeting of whole days takes its days", () => {
  const days = { ...event, all_day: true, start_date: "2027-03-05", end_date: "2027-03-06", start_time: null };
  const busy = [{ start: "2027-03-04T23:00:00Z", end: "2027-03-05T23:00:00Z" }];
  expect(busyElsewhere({ email: "accepted@acme.test", busy }, days, "Europe/Prague")).toBe(false);
  expect(busyElsewhere({ email: "accepted@acme.test", busy }, days, "Asia/Tokyo")).toBe(true);
});

it("more people than one call takes are asked for in several", () => {
  const people = Array.from({ length: 120 }, (_, index) => `p${index}`);
  expect(groupsOf(people).map((group) => group.length)).toEqual([50, 50, 20]);
  expect(groupsOf(people).flat()).toEqual(people);
  expect(groupsOf([])).toEqual([]);
});
