import { beforeEach, expect, it, vi } from "vitest";
import { emptyDraft } from "./draft";
import { dropUnfinished, keepUnfinished, unfinished } from "./keep";

const before = emptyDraft("anna", "Europe/Prague", { date: "2027-07-15", time: "09:00" }, 60);
const form = (key: string, title = key) => ({ key, before, draft: { ...before, title } });
const titles = (account: string) => unfinished(account).map((each) => each.draft.title);

beforeEach(() => {
  const items = new Map<string, string>();
  vi.stubGlobal("sessionStorage", {
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => items.set(key, value),
    removeItem: (key: string) => items.delete(key),
  });
});

it("keeps one draft a form, and drops the form's own alone", () => {
  keepUnfinished("me", form("one"));
  keepUnfinished("me", form("two"));
  keepUnfinished("me", form("one", "one more"));
  expect(titles("me")).toEqual(["two", "one more"]);
  dropUnfinished("me", "three");
  dropUnfinished("me", "one");
  expect(titles("me")).toEqual(["two"]);
});

it("shows nobody the draft of another account", () => {
  keepUnfinished("me", form("one"));
  expect(titles("you")).toEqual([]);
});

it("keeps the key and what was sent, so that a second try after a reload makes no second meeting", () => {
  keepUnfinished("me", { ...form("one"), sent: [before] });
  expect(unfinished("me")).toMatchObject([{ key: "one", sent: [{ title: "" }] }]);
});
