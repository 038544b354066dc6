import type { IncomingMessage, ServerResponse } from "node:http";
import type { Plugin } from "vite";
import * as samples from "./samples.ts";

type Answer = { status?: number; body?: unknown };
type Body = Record<string, unknown>;
type Route = [
  method: string,
  path: RegExp,
  answer: (match: RegExpExecArray, body: Body, query: URLSearchParams) => Answer,
];

const done: Answer = { status: 204 };

function page(items: unknown[]): Answer {
  return { body: { items } };
}

function problem(status: number, slug: string, more: object = {}): Answer {
  return { status, body: { type: `https://portico.dev/problems/${slug}`, title: slug, status, ...more } };
}

/**
 * Answers the portal's calls from samples, so that the pages can be worked on without a portal. The cookie `sample` chooses
 * what it shows: `many`, `empty`, `error`, `ungranted`, `employee`, `slow`.
 */
function routesOf(
  kind: string,
  state: { events: ReturnType<typeof samples.events>; holds: number; conflicts: number },
): Route[] {
  const bare = kind === "empty" || kind === "ungranted";
  const me = samples.me(kind !== "employee");
  if (bare) {
    me.counts = { conflicts: 0, holds: 0, invitations: 0, connections: 0, company_connections: 0 };
    me.google = { phase: "without_authorization", can_connect: kind !== "ungranted" };
  } else {
    me.counts = { ...me.counts, conflicts: state.conflicts, holds: state.holds, invitations: 1 };
  }
  const find = (id: string) => state.events.find((event) => event.id === id || event.series_id === id);
  return [
    [
      "POST",
      /^\/auth\/login$/,
      (_, body) =>
        body.password === "wrong"
          ? problem(401, "wrong-credentials")
          : body.email === "both@acme.test" && !body.tenant
            ? problem(409, "choose-tenant", {
                tenants: [
                  { slug: "acme", name: "Acme s.r.o." },
                  { slug: "globex", name: "Globex" },
                ],
              })
            : { body: { user: me.user, tenant: me.tenant } },
    ],
    ["POST", /^\/auth\/logout$/, () => done],
    [
      "GET",
      /^\/auth\/sessions$/,
      () =>
        page([
          { id: "session-1", created_at: samples.hoursAgo(1), last_seen_at: samples.hoursAgo(0), current: true },
          { id: "session-2", created_at: samples.hoursAgo(30), last_seen_at: samples.hoursAgo(26), current: false },
        ]),
    ],
    ["DELETE", /^\/auth\/sessions\/.+$/, () => done],
    [
      "GET",
      /^\/calendar\/deleted$/,
      () =>
        page(
          state.events.slice(0, bare ? 0 : 3).map((event, index) => ({
            event,
            deleted_at: samples.hoursAgo(2 + 20 * index),
            undo_until: samples.hoursAgo(2 + 20 * index - 720),
            tells_guests: index === 0,
          })),
        ),
    ],
    ["GET", /^\/me$/, () => ({ body: me })],
    ["PATCH", /^\/me$/, () => ({ body: me })],
    ["GET", /^\/auth\/google\/authorize$/, () => ({ body: { auth_url: "/google?connected=connection-1" } })],
    [
      "GET",
      /^\/directory$/,
      (_, __, query) => {
        const asked = (query.get("query") ?? "").toLowerCase();
        return page(
          samples.directory
            .filter((person) => `${person.name} ${person.email}`.toLowerCase().includes(asked))
            .slice(0, 8),
        );
      },
    ],
    [
      "GET",
      /^\/calendar\/calendars$/,
      () =>
        page(
          bare
            ? samples
                .calendars()
                .slice(0, 1)
                .map((each) => ({ ...each, link_id: null, sync: null }))
            : samples.calendars(),
        ),
    ],
    [
      "GET",
      /^\/calendar\/events$/,
      (_, __, query) => {
        if (kind === "error") return problem(500, "internal");
        const [from, to] = [Date.parse(query.get("from") ?? ""), Date.parse(query.get("to") ?? "")];
        const shown = bare ? [] : kind === "many" ? samples.manyEvents() : state.events;
        return page(
          shown.filter((event) => {
            const start = Date.parse(event.start_time ?? event.start_date ?? "");
            const end = Date.parse(event.end_time ?? event.end_date ?? "");
            return (
              start < to &&
              end > from &&
              (!query.has("calendar") || query.getAll("calendar").includes(event.calendar_id))
            );
          }),
        );
      },
    ],
    [
      "POST",
      /^\/calendar\/events$/,
      (_, body) => {
        if (body.title === "refuse") {
          return problem(422, "invalid", { errors: [{ field: "title", code: "too_long", message: "too long" }] });
        }
        const { attendees, use_google_meet, notify, recurrence, time_zone, ...plain } = body;
        const event = samples.sampleEvent({
          ...(plain as object),
          id: `new-${state.events.length}`,
          title: String(body.title ?? ""),
          all_day: body.start_date !== undefined,
          attendees: ((attendees ?? []) as { email: string; optional?: boolean }[]).map((guest) => ({
            email: guest.email,
            name: samples.directory.find((person) => person.email === guest.email)?.name,
            answer: "needs_action",
            optional: guest.optional ?? false,
            resource: false,
            self: false,
            organizer: false,
          })),
          hangout_link: use_google_meet ? "https://meet.google.com/new-room-abc" : null,
        });
        state.events.push(event);
        return { status: 201, body: event };
      },
    ],
    [
      "GET",
      /^\/calendar\/events\/([^/]+)$/,
      ([, id = ""]) => {
        const event = find(id);
        if (!event) return problem(404, "not-found");
        return {
          body:
            event.series_id === id ? { ...event, id, recurrence: ["RRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"] } : event,
        };
      },
    ],
    [
      "PATCH",
      /^\/calendar\/events\/([^/]+)$/,
      ([, id = ""], body) => {
        const event = find(id);
        if (!event) return problem(404, "not-found");
        if (event.id === "dentist")
          return problem(409, "conflict", { detail: "Reload the page and try again.", reason: "only_organizer" });
        const { attendees, use_google_meet, notify, ...plain } = body;
        Object.assign(event, plain, { sync: "in_step" });
        return { body: event };
      },
    ],
    [
      "DELETE",
      /^\/calendar\/events\/([^/]+)$/,
      ([, id = ""]) => {
        state.events = state.events.filter((event) => event.id !== id);
        return { body: { id, undo_until: new Date(Date.now() + 30 * 86_400_000).toISOString() } };
      },
    ],
    [
      "POST",
      /^\/calendar\/events\/([^/]+)\/undo$/,
      ([, id = ""]) => {
        const event = samples.events().find((each) => each.id === id);
        if (!event) return problem(404, "not-found");
        state.events.push(event);
        return { body: event };
      },
    ],
    [
      "POST",
      /^\/calendar\/events\/([^/]+)\/answer$/,
      ([, id = ""], body) => {
        const event = find(id);
        const self = event?.attendees.find((each) => each.self);
        if (self) self.answer = body.answer as typeof self.answer;
        return { body: event };
      },
    ],
    [
      "GET",
      /^\/calendar\/conflicts$/,
      (_, __, query) =>
        page(
          state.conflicts > 0 && !bare && query.get("state") === "open"
            ? [samples.conflict(), { ...samples.conflict(), id: "conflict-2", title: "產品規劃會議" }]
            : [],
        ),
    ],
    [
      "POST",
      /^\/calendar\/conflicts\/resolve-all$/,
      () => {
        state.conflicts = 0;
        return { body: { resolved: 2 } };
      },
    ],
    [
      "POST",
      /^\/calendar\/conflicts\/([^/]+)\/resolve$/,
      () => {
        state.conflicts = 0;
        return { body: samples.conflict() };
      },
    ],
    ["GET", /^\/calendar\/holds$/, () => page(state.holds > 0 && !bare ? [samples.hold()] : [])],
    [
      "POST",
      /^\/calendar\/holds\/[^/]+\/(approve|drop)$/,
      () => {
        state.holds = 0;
        return { body: samples.hold() };
      },
    ],
    [
      "POST",
      /^\/calendar\/free-busy$/,
      (_, body) => ({
        body: {
          items: ((body.emails ?? []) as string[]).map((email) => ({
            email,
            busy: email.startsWith("marek") ? [{ start: body.from, end: body.to }] : [],
            known: !email.includes("example"),
          })),
        },
      }),
    ],
    [
      "POST",
      /^\/calendar\/links\/[^/]+\/sync$/,
      () => ({ body: { pulled: 3, pushed: 1, merged: 0, conflicts: 0, held: 0, idle: false } }),
    ],
    ["PATCH", /^\/calendar\/links\/[^/]+$/, () => ({ body: samples.connections()[0]?.links[0] })],
    ["GET", /^\/google\/connections$/, () => page(bare ? [] : samples.connections())],
    [
      "GET",
      /^\/google\/connections\/summary$/,
      () => ({ body: { in_step: 14, late: 1, stopped: 1, items: samples.connections() } }),
    ],
    ["POST", /^\/google\/connections\/[^/]+\/(pause|resume)$/, () => ({ body: samples.connections()[0] })],
    ["DELETE", /^\/google\/connections\/[^/]+$/, () => done],
    ["GET", /^\/roles$/, () => page(samples.roles)],
    ["PUT", /^\/roles\/[^/]+\/grants$/, () => ({ body: samples.roles[0] })],
    ["GET", /^\/system-functions$/, () => page(samples.functions)],
    [
      "GET",
      /^\/employees$/,
      (_, __, query) =>
        page(
          samples.directory
            .filter((person) => person.name.toLowerCase().includes((query.get("query") ?? "").toLowerCase()))
            .map((person, index) => ({
              id: person.employee_id,
              name: person.name,
              email: person.email,
              department: person.department,
              roles: samples.roles.slice(0, index === 1 ? 2 : 1).map(({ id, slug, name }) => ({ id, slug, name })),
              google_calendar_connected: person.google_calendar_connected,
            })),
        ),
    ],
    ["PUT", /^\/employees\/[^/]+\/roles$/, () => ({ body: {} })],
    ["GET", /^\/audit$/, () => page(samples.journal())],
  ];
}

async function bodyOf(request: IncomingMessage): Promise<Body> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return chunks.length > 0 ? (JSON.parse(Buffer.concat(chunks).toString()) as Body) : {};
}

/** Serves the samples under /api/v1 while `vite` runs without a portal. */
export function sampleServer(): Plugin {
  const state = { events: samples.events(), holds: 1, conflicts: 1 };
  return {
    name: "portico-samples",
    apply: "serve",
    configureServer(server) {
      server.middlewares.use("/api/v1", (request: IncomingMessage, response: ServerResponse) => {
        void (async () => {
          const cookies = request.headers.cookie ?? "";
          const kind = /sample=(\w+)/.exec(cookies)?.[1] ?? "";
          const url = new URL(request.url ?? "/", "http://samples");
          if (url.pathname === "/events") {
            response.writeHead(200, { "content-type": "text/event-stream" });
            response.write(": hello\n\n");
            return;
          }
          const body = await bodyOf(request);
          let answer: Answer = problem(404, "not-found");
          const signsIn = url.pathname.startsWith("/auth/log");
          if (!cookies.includes("session=") && !signsIn) answer = problem(401, "not-signed-in");
          else {
            for (const [method, path, make] of routesOf(kind, state)) {
              const match = path.exec(decodeURIComponent(url.pathname));
              if (match && method === request.method) {
                answer = make(match, body, url.searchParams);
                break;
              }
            }
          }
          if (kind === "slow") await new Promise((wake) => setTimeout(wake, 4000));
          if (signsIn && (answer.status ?? 200) < 300) {
            response.setHeader(
              "set-cookie",
              url.pathname === "/auth/login" ? "session=1; Path=/" : "session=; Path=/; Max-Age=0",
            );
          }
          response.writeHead(answer.status ?? 200, {
            "content-type": (answer.status ?? 200) >= 400 ? "application/problem+json" : "application/json",
          });
          response.end(answer.body === undefined ? undefined : JSON.stringify(answer.body));
        })();
      });
    },
  };
}
