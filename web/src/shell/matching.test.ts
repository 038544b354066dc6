import { expect, it } from "vitest";
import { matches } from "./matching";

it.each([
  ["Anna Nováková", "novak", true],
  ["Anna Nováková", "NOVÁ an", true],
  ["王小明", "小明", true],
  ["Anna Nováková", "marek", false],
  ["Anything", "", true],
])("%s for %j: %s", (text, question, found) => {
  expect(matches(text, question)).toBe(found);
});
