import { describe, expect, it } from "vitest";
import { connections } from "../../../dev/samples";
import type { Connection } from "../../api/wire";
import { worstState } from "../../parts/worst";
import { connectionState } from "./connection";

const healthy = connections()[0] as Connection;

describe("the state of a connection", () => {
  it("is that of its worst calendar", () => {
    expect(connectionState(healthy).state).toBe("in_step");
    const [first, ...others] = healthy.links;
    const links = first ? [{ ...first, sync: { ...first.sync, state: "conflict" as const } }, ...others] : [];
    expect(connectionState({ ...healthy, links }).state).toBe("conflict");
  });

  it("does not count calendars that are switched off", () => {
    const links = healthy.links.map((link) => ({ ...link, state: "off" as const }));
    expect(connectionState({ ...healthy, links }).state).toBe("off");
  });

  it("does not count what a colleague's connection carries", () => {
    const [first, ...others] = healthy.links;
    const carried_by = { employee_id: "7", name: "David Černý", email: "david.cerny@acme.example" };
    const links = first ? [{ ...first, carried_by, sync: { state: "stopped" as const } }, ...others] : [];
    expect(connectionState({ ...healthy, links }).state).toBe("in_step");
  });

  it("tells a missing permission from a withdrawn access", () => {
    expect(connectionState({ ...healthy, state: "expired", reason: "scope_missing" }).state).toBe("permission_missing");
    expect(connectionState({ ...healthy, state: "expired", reason: "revoked" }).state).toBe("reconnect_needed");
    expect(connectionState({ ...healthy, state: "paused" }).state).toBe("paused");
  });

  it("is in step only where calendars were listed", () => {
    expect(connectionState({ ...healthy, links: [] }).state).toBe("syncing");
    const waiting = connectionState({ ...healthy, links: [], reason: "google_unreachable" });
    expect([waiting.state, waiting.reason]).toEqual(["syncing", "google_unreachable"]);
    expect(connectionState({ ...healthy, links: [], features: [] }).state).toBe("off");
  });

  it("offers consent only where consent mends it", () => {
    const troubled = (reason: string) => connectionState({ ...healthy, links: [], reason });
    expect(troubled("api_disabled").state).toBe("stopped");
    expect(troubled("no_calendar_service").state).toBe("stopped");
    expect(troubled("client_misconfigured").state).toBe("stopped");
    expect(troubled("scope_missing").state).toBe("permission_missing");
    expect(connectionState({ ...healthy, reason: "api_disabled" }).state).toBe("stopped");
    expect(connectionState({ ...healthy, reason: "quota" }).state).toBe("in_step");
    expect(connectionState({ ...healthy, state: "expired", reason: "delegation_missing" }).state).toBe("stopped");
  });
});

it("what needs somebody comes before what works", () => {
  expect(worstState([{ state: "in_step" }, { state: "held" }, { state: "syncing" }])?.state).toBe("held");
  expect(worstState([])).toBeUndefined();
});
