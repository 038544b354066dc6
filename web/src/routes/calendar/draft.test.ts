import { describe, expect, it } from "vitest";
import { sampleEvent } from "../../../dev/samples";
import { changes, createBody, draftOf, draftProblems, emptyDraft, nextHour, rebased, restarted } from "./draft";
import { concerned, patched } from "./events";
import { plainRule } from "./recurrence";

const zone = "Europe/Prague";
const base = { ...emptyDraft("anna", zone, { date: "2027-07-15", time: "09:00" }, 60), title: " Plan " };
const event = sampleEvent({
  id: "one",
  title: "Plan",
  start_time: "2027-07-15T07:00:00Z",
  end_time: "2027-07-15T08:00:00Z",
  attendees: [
    {
      email: "li@acme.test",
      name: "Li Wei",
      answer: "accepted",
      optional: true,
      resource: false,
      self: false,
      organizer: false,
    },
  ],
});

describe("a new meeting", () => {
  it("is sent with offset and zone", () => {
    expect(createBody(base)).toMatchObject({
      title: "Plan",
      calendar_id: "anna",
      start_time: "2027-07-15T09:00:00+02:00",
      end_time: "2027-07-15T10:00:00+02:00",
      time_zone: zone,
      use_google_meet: false,
      reminders: { use_default: true, overrides: [] },
    });
  });

  it("of whole days ends exclusively and has no times", () => {
    const body = createBody({ ...base, allDay: true, end: { date: "2027-07-16", time: "10:00" } });
    expect(body).toMatchObject({ start_date: "2027-07-15", end_date: "2027-07-17" });
    expect(body.start_time).toBeUndefined();
    expect(body.time_zone).toBeUndefined();
  });

  it("starts at the next full hour today, in the morning on another day", () => {
    const now = new Date("2027-07-15T07:20:00Z");
    expect(nextHour(now, zone)).toEqual({ date: "2027-07-15", time: "10:00" });
    expect(nextHour(now, zone, "2027-07-20")).toEqual({ date: "2027-07-20", time: "09:00" });
  });

  it("may not end before it starts", () => {
    expect(draftProblems({ ...base, end: { date: "2027-07-15", time: "08:00" } })).toEqual({ end: "before_start" });
    expect(draftProblems({ ...base, end: base.start })).toEqual({});
  });

  it("repeats until the end of the last day in its zone", () => {
    const repeat = { ...plainRule("DAILY", base.start.date), ends: { kind: "on" as const, date: "2027-07-31" } };
    expect(createBody({ ...base, repeat }).recurrence).toEqual(["RRULE:FREQ=DAILY;UNTIL=20270731T215959Z"]);
    expect(createBody({ ...base, repeat, allDay: true }).recurrence).toEqual(["RRULE:FREQ=DAILY;UNTIL=20270731"]);
  });
});

describe("an edited meeting", () => {
  const before = draftOf(event, null, zone);

  it("opens with its own clock", () => {
    expect(before).toMatchObject({ start: { date: "2027-07-15", time: "09:00" }, zone, repeat: null });
    const tokyo = draftOf({ ...event, time_zone: "Asia/Tokyo" }, null, zone);
    expect(tokyo).toMatchObject({ start: { date: "2027-07-15", time: "16:00" }, zone: "Asia/Tokyo" });
  });

  it("sends nothing when nothing was changed", () => {
    expect(changes(before, before)).toEqual({});
  });

  it("sends only what was changed", () => {
    expect(changes(before, { ...before, place: "Brno" })).toEqual({ location: "Brno", notify: true });
    expect(changes(before, { ...before, guests: [] })).toEqual({ attendees: [], notify: true });
  });

  it("clears what was cleared", () => {
    const placed = { ...before, place: "Brno", repeat: null };
    expect(changes(placed, { ...placed, place: "" })).toMatchObject({ location: "" });
  });

  it("leaves a rule alone that the form cannot show", () => {
    const odd = draftOf(event, ["RRULE:FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=-1"], zone);
    expect(odd.repeat).toBe("kept");
    expect(changes(odd, { ...odd, title: "Other" })).toEqual({ title: "Other", notify: true });
    expect(changes(odd, { ...odd, repeat: null })).toEqual({ recurrence: [], notify: true });
  });

  it("moves to another day with its rule, which the server moves", () => {
    const weekly = draftOf(event, ["RRULE:FREQ=WEEKLY;BYDAY=TH"], zone);
    const friday = restarted(weekly, { ...weekly.start, date: "2027-07-16" });
    expect(friday.repeat).toMatchObject({ weekdays: [5] });
    expect(changes(weekly, friday)).not.toHaveProperty("recurrence");
    const twice = { ...friday, repeat: { ...plainRule("WEEKLY", "2027-07-16"), interval: 2 } };
    expect(changes(weekly, twice)).toMatchObject({ recurrence: ["RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=FR"] });
  });

  it("turns into whole days by naming dates", () => {
    expect(changes(before, { ...before, allDay: true })).toEqual({
      start_date: "2027-07-15",
      end_date: "2027-07-16",
      notify: true,
    });
  });
});

describe("a meeting that was changed meanwhile", () => {
  const guest = (email: string, optional = false) => ({ email, optional });
  const before = { ...draftOf(event, null, zone), guests: [guest("li@acme.test"), guest("eva@acme.test")] };

  it("keeps the guests whom others added, with my additions and removals", () => {
    const after = { ...before, guests: [guest("li@acme.test", true), guest("jan@acme.test")] };
    const fresh = { ...before, guests: [...before.guests, guest("wang@acme.test"), guest("Jan@acme.test")] };
    expect(rebased(before, after, fresh).guests).toEqual([
      guest("li@acme.test", true),
      guest("wang@acme.test"),
      guest("Jan@acme.test"),
    ]);
  });

  it("does not bring back whom others removed", () => {
    const after = { ...before, guests: [...before.guests, guest("jan@acme.test")] };
    const fresh = { ...before, guests: [guest("eva@acme.test")] };
    expect(rebased(before, after, fresh).guests.map(({ email }) => email)).toEqual(["eva@acme.test", "jan@acme.test"]);
  });

  it("takes what I left alone from the newer one, and times together", () => {
    const after = { ...before, place: "Brno", start: { ...before.start, time: "08:00" } };
    const fresh = { ...before, title: "Renamed", end: { ...before.end, time: "12:00" } };
    expect(rebased(before, after, fresh)).toMatchObject({
      title: "Renamed",
      place: "Brno",
      start: { time: "08:00" },
      end: before.end,
    });
  });
});

describe("what is shown before the server answers", () => {
  it("moves, and forgets the other kind of time", () => {
    const days = patched(event, { start_date: "2027-07-15", end_date: "2027-07-16" });
    expect(days).toMatchObject({ all_day: true, start_time: null, end_time: null, sync: "pending" });
    expect(patched(days, { start_time: "x", end_time: "y" })).toMatchObject({ all_day: false, start_date: null });
  });

  it("answers for me alone", () => {
    const invited = {
      ...event,
      attendees: event.attendees.concat({ ...event.attendees[0], email: "me@acme.test", self: true } as never),
    };
    expect(patched(invited, { answer: "declined" }).attendees.map((each) => each.answer)).toEqual([
      "accepted",
      "declined",
    ]);
  });

  it("concerns one, the following, or all of a series", () => {
    const series = [1, 8, 15].map((day) =>
      sampleEvent({
        id: `s_${day}`,
        title: "Weekly",
        series_id: "s",
        original_start: `2027-07-${String(day).padStart(2, "0")}T07:00:00Z`,
        // The second was moved behind the third: its place in the series is its original start.
        start_time: day === 8 ? "2027-07-20T07:00:00Z" : `2027-07-${String(day).padStart(2, "0")}T07:00:00Z`,
      }),
    );
    const [first, second] = series as [typeof event, typeof event];
    const ids = (scope?: "this" | "following" | "all") =>
      [...series, event].filter(concerned(second, scope)).map((each) => each.id);
    expect(ids()).toEqual(["s_8"]);
    expect(ids("this")).toEqual(["s_8"]);
    expect(ids("following")).toEqual(["s_8", "s_15"]);
    expect(ids("all")).toEqual(["s_1", "s_8", "s_15"]);
    expect(concerned(first, "following")(event)).toBe(false);
  });
});
