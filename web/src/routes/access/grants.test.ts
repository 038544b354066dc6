import { expect, it } from "vitest";
import { scopeOf, withGrant } from "./grants";

const grants = [
  { function: "calendar", action: "read", scope: "self" },
  { function: "calendar", action: "read", scope: "subtree" },
  { function: "calendar", action: "write", scope: "self" },
];

it("the widest of several scopes counts", () => {
  expect(scopeOf(grants, "calendar", "read")).toBe("subtree");
  expect(scopeOf(grants, "google_connection", "connect")).toBeNull();
});

it("a grant is replaced whole, or taken away", () => {
  expect(withGrant(grants, "calendar", "read", "team")).toEqual([
    grants[2],
    { function: "calendar", action: "read", scope: "team" },
  ]);
  expect(withGrant(grants, "calendar", "write", null)).toEqual(grants.slice(0, 2));
});
