import { expect, it } from "vitest";
import { scopesOf } from "./scopes";

it("offers what a change can be for", () => {
  expect(scopesOf({ title: "Other" })).toEqual(["this", "following", "all"]);
  expect(scopesOf({ title: "Other", recurrence: [] })).toEqual(["following", "all"]);
  expect(scopesOf({ recurrence: [], calendar_id: "c" })).toEqual(["all"]);
});
