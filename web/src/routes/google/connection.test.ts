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

  it("tells a missing permission from a withdrawn access", () => {
    expect(connectionState({ ...healthy, state: "expired", reason: "scope_missing" }).state).toBe("permission_missing");
    expect(connectionState({ ...healthy, state: "expired", reason: "revoked" }).state).toBe("reconnect_needed");
    expect(connectionState({ ...healthy, state: "paused" }).state).toBe("paused");
    expect(connectionState({ ...healthy, state: "pending" }).state).toBe("waiting_for_consent");
  });
});

it("what needs somebody comes before what works", () => {
  expect(worstState([{ state: "in_step" }, { state: "held" }, { state: "syncing" }])?.state).toBe("held");
  expect(worstState([])).toBeUndefined();
});
