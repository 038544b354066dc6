import type { components } from "../src/api/schema";

type Schemas = components["schemas"];

const people = [
  ["王小明", "wang@acme.test", "Engineering"],
  ["Anna Nováková", "anna@acme.test", "Platform"],
  ["佐藤 健", "sato@acme.test", "Sales"],
  ["김지우", "kim@acme.test", "Design"],
  ["Marek Dvořák", "marek@acme.test", "Finance"],
  ["Li Wei", "li@acme.test", "Sales"],
  ["Jan Černý", "jan@acme.test", "Engineering"],
  ["Petra Svobodová-Nejedlá z Hradce Králové", "petra@acme.test", "Human resources and internal communication"],
  ["陳美玲", "chen@acme.test", "Finance"],
  ["Tomáš Beneš", "tomas@acme.test", "Platform"],
  ["高橋 由美", "takahashi@acme.test", "Design"],
  ["Eva Malá", "eva@acme.test", "Human resources"],
  ["John Smith", "john@acme.test", "Sales"],
] as const;

export const directory: Schemas["DirectoryItem"][] = people.map(([name, email, department], index) => ({
  employee_id: `person-${index}`,
  name,
  email,
  department,
  google_calendar_connected: index % 3 !== 2,
}));

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

function iso(at: number): string {
  return new Date(at).toISOString();
}

export function hoursAgo(hours: number): string {
  return iso(Date.now() - hours * hour);
}

/** Monday of this week, midnight UTC. */
function monday(): number {
  const now = new Date();
  return Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() - ((now.getUTCDay() + 6) % 7));
}

function sync(
  state: Schemas["SyncState"]["state"],
  minutesAgo = 2,
  changes = 14,
  reason?: string,
): Schemas["SyncState"] {
  return {
    state,
    reason,
    last_success_at: iso(Date.now() - minutesAgo * minute),
    last_change_count: changes,
  };
}

export function me(administrator: boolean): Schemas["MeView"] {
  return {
    user: {
      id: "account-1",
      email: "anna@acme.test",
      name: "Anna Nováková",
      employee_id: "person-1",
      locale: "cs",
      time_zone: "Europe/Prague",
      role_names: administrator ? ["employee", "administrator"] : ["employee"],
    },
    tenant: { id: "acme", slug: "acme", name: "Acme s.r.o.", time_zone: "Europe/Prague", locale: "cs", week_start: 1 },
    grants: [
      { function: "calendar", action: "read", scope: "self" },
      { function: "calendar", action: "write", scope: "self" },
      { function: "google_connection", action: "connect", scope: "self" },
      ...(administrator ? [{ function: "administration", action: "manage", scope: "company" }] : []),
    ],
    google: { phase: "authorized", can_connect: true },
    counts: { conflicts: 1, holds: 1, invitations: 1, connections: 1, company_connections: administrator ? 1 : 0 },
  };
}

export function calendars(): Schemas["CalendarItem"][] {
  const own = {
    mine: true,
    is_main: false,
    access: "owner",
    sharing: "busy",
    writable: true,
    has_meet: true,
    time_zone: "Europe/Prague",
    kind: "personal",
  } as const;
  const others = {
    mine: false,
    is_main: false,
    sharing: "details",
    writable: false,
    has_meet: false,
    time_zone: "Europe/Prague",
    access: "reader",
  } as const;
  return [
    {
      ...own,
      id: "anna",
      is_main: true,
      name: "Anna Nováková",
      color: "teal",
      link_id: "link-1",
      sync: sync("in_step"),
    },
    {
      ...own,
      id: "interviews",
      name: "Interviews",
      color: "rose",
      kind: "interviews",
      link_id: "link-2",
      sync: sync("conflict"),
    },
    { ...own, id: "private", name: "Private", color: "#0b8043" },
    ...directory
      .filter((person) => person.employee_id !== "person-1")
      .map((person, index) => ({
        id: `calendar-${person.employee_id}`,
        name: person.name,
        color: ["slate", "blue", "amber", "violet"][index % 4] ?? "slate",
        kind: "personal",
        owner: { employee_id: person.employee_id, name: person.name },
        ...others,
        access: "busy" as const,
      })),
    {
      id: "holidays",
      name: "Holidays CZ",
      color: "cyan",
      kind: "holidays",
      ...others,
    },
    {
      id: "team",
      name: "Team Platform",
      color: "violet",
      kind: "team",
      ...others,
    },
  ];
}

function guest(index: number, answer: Schemas["Attendee"]["answer"], organizer = false): Schemas["Attendee"] {
  const person = directory[index];
  return {
    email: person?.email ?? "",
    name: person?.name,
    answer,
    optional: false,
    resource: false,
    self: index === 1,
    organizer,
  };
}

export function sampleEvent(given: Partial<Schemas["Event"]> & { id: string; title: string }): Schemas["Event"] {
  return {
    calendar_id: "anna",
    all_day: false,
    is_recurring: false,
    is_exception: false,
    status: "confirmed",
    visibility: "default",
    transparency: "opaque",
    attendees: [],
    reminders: { use_default: true, overrides: [] },
    guests_can_modify: false,
    guests_can_invite_others: true,
    guests_can_see_other_guests: true,
    can: { edit: true, delete: true, answer: false, move: true },
    busy_only: false,
    sync: "in_step",
    etag: "1",
    updated_at: iso(Date.now()),
    time_zone: "Europe/Prague",
    description: "",
    location: "",
    ...given,
  };
}

const meet = "https://meet.google.com/abc-mnop-xyz";
const readOnly = { edit: false, delete: false, answer: false, move: false };
const invited = { edit: false, delete: true, answer: true, move: false };

export function events(): Schemas["Event"][] {
  const start = monday();
  // The samples' wall clock is Prague's in winter.
  const at = (weekday: number, hours: number) => iso(start + weekday * day + (hours - 1) * hour);
  const date = (weekday: number) => iso(start + weekday * day).slice(0, 10);
  const timed = (
    id: string,
    weekday: number,
    from: number,
    to: number,
    title: string,
    more: Partial<Schemas["Event"]> = {},
  ) => sampleEvent({ id, title, start_time: at(weekday, from), end_time: at(weekday, to), ...more });
  const standUp = [0, 1, 2, 3, 4].map((weekday) =>
    timed(`standup_${weekday}`, weekday, 9, 9.5, "Stand-up", {
      series_id: "standup",
      original_start: at(weekday, 9),
      is_recurring: true,
      hangout_link: meet,
      location: "Room 2, Praha",
      organizer: { email: "anna@acme.test", name: "Anna Nováková", self: true },
      attendees: [guest(1, "accepted", true), guest(0, "accepted"), guest(4, "tentative"), guest(2, "needs_action")],
    }),
  );
  return [
    ...standUp,
    timed("plan", 0, 10.5, 12, "產品規劃會議", { color: "blue", location: "Room 2" }),
    timed("interview", 1, 13, 14.5, "Interview: Kim Ji-woo", { calendar_id: "interviews", hangout_link: meet }),
    timed("budget", 1, 10.5, 11.5, "Budget review", { calendar_id: "team", hangout_link: meet, can: readOnly }),
    timed("tomas", 2, 14, 15, "1:1 with Tomáš", { color: "violet", hangout_link: meet, sync: "pending" }),
    timed("busy-marek", 2, 14.25, 15.5, "", { calendar_id: "calendar-person-4", busy_only: true, can: readOnly }),
    timed("release", 3, 11, 12.5, "Release rehearsal", {
      attendees: [guest(9, "accepted", true), guest(1, "accepted"), guest(6, "declined")],
      description:
        "Agenda:<br>1. What is in<br>2. What is not <b>yet</b><br><a href='https://acme.test/wiki'>https://acme.test/wiki</a>",
    }),
    timed("dentist", 3, 15, 16, "Dentist", { calendar_id: "private", visibility: "private" }),
    timed("workshop", 4, 13, 16, "Workshop: onboarding of everybody who came since the summer, with exercises", {
      color: "amber",
      location: "Brno",
      can: invited,
      organizer: { email: "petra@acme.test", name: "Petra Svobodová-Nejedlá z Hradce Králové", self: false },
      attendees: [
        guest(7, "accepted", true),
        guest(1, "needs_action"),
        ...[0, 2, 3, 4, 5, 6, 8, 9].map((each) => guest(each, "needs_action")),
      ],
    }),
    timed("dentist-away", 2, 16, 18, "At the dentist", {
      event_type: "outOfOffice",
      can: { ...readOnly, delete: true },
      google_url: "https://www.google.com/calendar/event?eid=sample",
    }),
    timed("focus", 1, 8, 8.5, "Writing", { event_type: "focusTime", can: { ...readOnly, delete: true } }),
    timed("sato", 0, 15, 16, "採用面接 佐藤", {
      calendar_id: "interviews",
      hangout_link: meet,
      time_zone: "Asia/Tokyo",
    }),
    timed("coffee", 4, 10.5, 11, "Coffee with Li", {
      color: "green",
      sync: "conflict",
      conflict_id: "conflict-1",
      location: "Café Letka, Praha 7",
    }),
    timed("refused", 0, 17, 17.5, "Call with the bank", { sync: "refused", sync_reason: "forbidden" }),
    timed("next-week", 8, 9, 10, "Quarterly review", { hangout_link: meet }),
    sampleEvent({
      id: "company-day",
      title: "Company day",
      calendar_id: "team",
      all_day: true,
      start_date: date(1),
      end_date: date(2),
      time_zone: null,
      can: readOnly,
    }),
    sampleEvent({
      id: "away",
      title: "Away: 王小明",
      calendar_id: "team",
      all_day: true,
      start_date: date(4),
      end_date: date(6),
      time_zone: null,
      can: readOnly,
    }),
    sampleEvent({
      id: "holiday",
      title: "Den boje za svobodu a demokracii",
      calendar_id: "holidays",
      all_day: true,
      start_date: date(1),
      end_date: date(2),
      time_zone: null,
      can: readOnly,
    }),
  ];
}

/** A week that is fuller than any should be. */
export function manyEvents(): Schemas["Event"][] {
  const start = monday();
  return Array.from({ length: 240 }, (_, index) => {
    const from = start + (index % 7) * day + (6 + ((index * 7) % 23) / 2) * hour;
    return sampleEvent({
      id: `many-${index}`,
      title: `${["Review", "訪談", "Sync", "Školení", "面談", "회의"][index % 6]} ${index}`,
      calendar_id: ["anna", "interviews", "private", "team"][index % 4] ?? "anna",
      start_time: iso(from),
      end_time: iso(from + (1 + (index % 4)) * 30 * minute),
    });
  });
}

function link(id: string, name: string, more: Partial<Schemas["Link"]> = {}): Schemas["Link"] {
  return {
    id,
    connection_id: "connection-1",
    can_change: true,
    can_choose: true,
    calendar_id: "anna",
    google_calendar_id: `${id}@group.calendar.google.com`,
    name,
    direction: "both",
    role: "main",
    state: "on",
    access_role: "owner",
    private_rule: "busy",
    event_types: ["default", "fromGmail", "outOfOffice", "focusTime"],
    sync_attendees: true,
    since: iso(Date.now() - 40 * day).slice(0, 10),
    sync: sync("in_step"),
    ...more,
  };
}

function history(pattern: (index: number) => Schemas["HistoryHour"]["state"]): Schemas["HistoryHour"][] {
  return Array.from({ length: 24 }, (_, index) => ({
    hour: iso(Date.now() - (23 - index) * hour),
    state: pattern(index),
  }));
}

export function connections(): Schemas["Connection"][] {
  const base = { owner: { employee_id: "person-1", name: "Anna Nováková" }, created_at: iso(Date.now() - 40 * day) };
  return [
    {
      ...base,
      id: "connection-1",
      email: "anna@acme.test",
      name: "Anna Nováková",
      phase: "authorized",
      state: "authorized",
      features: [
        { feature: "calendar", granted: true, wanted: true },
        { feature: "meet", granted: true, wanted: true },
        { feature: "contacts", granted: false, wanted: false },
      ],
      links: [
        link("link-1", "Anna Nováková"),
        link("link-2", "Interviews", { role: "monitored" }),
        link("link-3", "Family", { role: "monitored", state: "pending_import", sync: sync("off") }),
        link("link-4", "České svátky", {
          role: "monitored",
          state: "pending_import",
          access_role: "reader",
          direction: "from_google",
          sync: sync("off"),
        }),
      ],
      last_sync_at: iso(Date.now() - 2 * minute),
      last_sync_changes: 14,
      history: history((index) => (index === 7 ? "late" : index < 2 ? "none" : "ok")),
    },
    {
      ...base,
      id: "connection-2",
      email: "anna.novakova.with.a.very.long.address.indeed@gmail.com",
      name: "Anna N.",
      phase: "authorization_expired",
      state: "expired",
      reason: "revoked",
      features: [{ feature: "calendar", granted: true, wanted: true }],
      links: [link("link-5", "Anna N.", { connection_id: "connection-2" })],
      last_sync_at: iso(Date.now() - 20 * hour),
      last_sync_changes: 0,
      history: history((index) => (index > 15 ? "stopped" : "ok")),
    },
  ];
}

export function conflict(): Schemas["ConflictItem"] {
  const event = events().find((each) => each.id === "coffee");
  const later = (time: string | null | undefined) => iso(Date.parse(time ?? "") + hour);
  return {
    id: "conflict-1",
    event_id: "coffee",
    calendar_id: "anna",
    title: "Coffee with Li",
    when: { all_day: false, start_time: event?.start_time, end_time: event?.end_time, time_zone: "Europe/Prague" },
    fields: [
      { field: "title", base: "Coffee", portico: "Coffee with Li", google: "Coffee + contract" },
      {
        field: "when",
        base: null,
        portico: { timed: { start: event?.start_time, end: event?.end_time } },
        google: { timed: { start: later(event?.start_time), end: later(event?.end_time) } },
      },
      { field: "location", base: null, portico: "Café Letka, Praha 7", google: "" },
      {
        field: "attendees",
        base: [],
        portico: [guest(5, "accepted")],
        google: [guest(5, "accepted"), guest(4, "needs_action")],
      },
    ],
    portico: { at: iso(Date.now() - 50 * minute), by: "Anna Nováková" },
    google: { at: iso(Date.now() - 47 * minute), by: "Li Wei" },
    created_at: iso(Date.now() - 45 * minute),
  };
}

export function hold(): Schemas["HoldView"] {
  return {
    id: "hold-1",
    link_id: "link-1",
    kind: "delete",
    count: 41,
    people: 12,
    items: Array.from({ length: 41 }, (_, index) => ({
      title: `Old project meeting ${index + 1}`,
      when: iso(Date.now() + index * day),
      guests: index % 3,
    })),
    created_at: iso(Date.now() - 20 * minute),
    state: "waiting",
  };
}

export const roles: Schemas["RoleItem"][] = [
  { id: "role-1", slug: "employee", name: "Employee", grants: me(false).grants },
  {
    id: "role-2",
    slug: "administrator",
    name: "Administrator",
    grants: me(true).grants.map((grant) => ({ ...grant, scope: "company" })),
  },
];

export const functions: Schemas["SystemFunction"][] = [
  { function: "calendar", actions: ["read", "write"] },
  { function: "google_connection", actions: ["connect"] },
  { function: "administration", actions: ["manage"] },
];

export function journal(): Schemas["AuditItem"][] {
  const acts = ["meeting.updated", "meeting.created", "connection.authorized", "conflict.resolved", "meeting.answered"];
  return Array.from({ length: 30 }, (_, index) => ({
    seq: 100 - index,
    at: iso(Date.now() - index * 53 * minute),
    actor_kind: index % 4 === 3 ? "sync" : "person",
    actor_name: index % 4 === 3 ? null : directory[index % directory.length]?.name,
    action: acts[index % acts.length] ?? "meeting.updated",
    subject_kind: "meeting",
    subject: `subject-${index}`,
    subject_name: ["Stand-up", "產品規劃會議", "anna@acme.test", "Coffee with Li", "Workshop"][index % 5],
  }));
}
