import { expect, it } from "vitest";
import { scopesToDelete } from "./kinds";

it("a series of a special kind is deleted whole or by the day, and not cut", () => {
  expect(scopesToDelete({ event_type: "workingLocation" })).toEqual(["this", "all"]);
  expect(scopesToDelete({})).toEqual(["this", "following", "all"]);
});
