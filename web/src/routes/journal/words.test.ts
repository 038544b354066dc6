import i18next, { type TFunction } from "i18next";
import { beforeAll, describe, expect, it } from "vitest";
import type { JournalEntry } from "../../api/wire";
import en from "../../i18n/en.json";
import { actText, whyText } from "./words";

let t: TFunction;
beforeAll(async () => {
  await i18next.init({ lng: "en", resources: { en: { translation: en } }, interpolation: { escapeValue: false } });
  t = i18next.t;
});

describe("why something was done", () => {
  it("is told where people have words for it", () => {
    expect(whyText(t, "revoked")).toBe(en.reason.revoked);
    expect(whyText(t, "forbiddenForNonOrganizer")).toBe(en.sync_reason.forbiddenForNonOrganizer);
  });

  it("is left out where only machines have", () => {
    for (const why of ["sample", "a: b.c", "", null, undefined]) expect(whyText(t, why)).toBeNull();
  });
});

it("a colon waits for a name", () => {
  const entry = { action: "meeting.created", subject_name: "Plan", actor_name: "Anna" } as JournalEntry;
  expect(actText(t, entry)).toBe("made a meeting:");
  expect(actText(t, { ...entry, subject_name: null })).toBe("made a meeting");
});
