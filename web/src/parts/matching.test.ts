import { expect, it } from "vitest";
import { foundFor, matches } from "./matching";

it.each([
  ["Anna Nováková", "novak", true],
  ["Anna Nováková", "NOVÁ an", true],
  ["王小明", "小明", true],
  ["Anna Nováková", "marek", false],
  ["Anything", "", true],
])("%s for %j: %s", (text, question, found) => {
  expect(matches(text, question)).toBe(found);
});

it("of an earlier answer only those are left who fit what is typed by now", () => {
  const people = [
    { name: "Li Wei", email: "li@acme.test", department: "Sales" },
    { name: "Marek Dvořák", email: "marek@acme.test", department: null },
  ];
  expect(foundFor(people, "dvorak")).toEqual([people[1]]);
  expect(foundFor(people, "sales li")).toEqual([people[0]]);
  expect(foundFor(people, "li x")).toEqual([]);
});
