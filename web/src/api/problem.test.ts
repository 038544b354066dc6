import i18next, { type TFunction } from "i18next";
import { beforeAll, describe, expect, it } from "vitest";
import en from "../i18n/en.json";
import { pathsToRefresh } from "./live";
import { asProblem, fieldTexts, Problem, problemText } from "./problem";

let t: TFunction;
beforeAll(async () => {
  await i18next.init({ lng: "en", resources: { en: { translation: en } } });
  t = i18next.t;
});

describe("a problem", () => {
  it("is known by the last part of its type, else by its status", () => {
    expect(new Problem(409, { type: "https://portico.dev/problems/choose-tenant" }).slug).toBe("choose-tenant");
    expect(new Problem(412, {}).slug).toBe("stale");
    expect(new Problem(503, {}).slug).toBe("internal");
  });

  it("says what the server said of a refusal, and our own words for a failure", () => {
    expect(problemText(t, new Problem(403, { detail: "Only the organizer can." }))).toBe("Only the organizer can.");
    expect(problemText(t, new Problem(500, { detail: "stack trace" }))).toBe(en.problem.internal);
    expect(problemText(t, new Error("Failed to fetch"))).toBe(en.problem.offline);
  });

  it("says why a thing cannot be done as it stands, in our words where we have them", () => {
    const refused = (reason: string) => problemText(t, new Problem(409, { detail: "Reload the page.", reason }));
    expect(refused("only_organizer")).toBe(en.refusal.only_organizer);
    expect(refused("something_new")).toBe("Reload the page.");
  });

  it("puts its texts under the fields", () => {
    const problem = new Problem(422, {
      errors: [
        { field: "attendees[3].email", code: "bad_email", message: "bad" },
        { field: "title", code: "something_new", message: "Told by the server." },
      ],
    });
    expect(fieldTexts(t, problem)).toEqual({ attendees: en.field.bad_email, title: "Told by the server." });
  });

  it("keeps a problem a problem", () => {
    const problem = new Problem(404, {});
    expect(asProblem(problem)).toBe(problem);
  });
});

it("a live update reads again what it concerns, or everything when it is unknown", () => {
  expect(pathsToRefresh("conflict")).toContain("/calendar/conflicts");
  expect(pathsToRefresh("meeting")).toContain("/me");
  expect(pathsToRefresh("something new")).toEqual([""]);
});
