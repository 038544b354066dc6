import { expect, it } from "vitest";
import { chosenTypes } from "./eventTypes";

it("usual events are always among the chosen ones, in whatever order they were checked", () => {
  expect(chosenTypes([])).toEqual(["default"]);
  expect(chosenTypes(["birthday", "fromGmail", "party"])).toEqual(["default", "fromGmail", "birthday"]);
});
