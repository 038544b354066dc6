import { expect, it } from "vitest";
import { colourName, colourNames, storedColours } from "./colours";

it.each([
  ["rose", "rose"],
  ["11", "rose"],
  ["#0b8043", "green"],
  ["#4285F4", "blue"],
  ["#616161", "slate"],
  ["#8e24aa", "violet"],
  ["#f4511e", "amber"],
  ["#000000", "slate"],
  ["", "teal"],
  [null, "teal"],
  ["nonsense", "teal"],
])("%s is shown as %s", (given, shown) => {
  expect(colourName(given)).toBe(shown);
});

it("each of ours comes back as itself", () => {
  for (const name of colourNames) expect(colourName(storedColours[name])).toBe(name);
});
