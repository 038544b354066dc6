import type { TFunction } from "i18next";
import type { JournalEntry } from "../../api/wire";

/** What it was done to, where that is another than who did it. */
export function subjectOf(entry: JournalEntry): string | null {
  return entry.subject_name && entry.subject_name !== entry.actor_name ? entry.subject_name : null;
}

/** What was done. A colon waits for a name: where none may be shown, it goes. */
export function actText(t: TFunction, entry: JournalEntry): string {
  const key = `journal_action.${entry.action.replace(".", "_")}` as "journal_action.meeting_created";
  const text = t(key, { defaultValue: entry.action });
  return subjectOf(entry) ? text : text.replace(/[:：]$/, "");
}

/** Why, where the reason is one that people are told; what only machines read stays out. */
export function whyText(t: TFunction, why: string | null | undefined): string | null {
  if (!why || !/^\w+$/.test(why)) return null;
  return (
    t(`sync_reason.${why}` as "sync_reason.paused", { defaultValue: "" }) ||
    t(`reason.${why}` as "reason.revoked", { defaultValue: "" }) ||
    null
  );
}

export function actorKind(entry: JournalEntry): "person" | "sync" | "job" | "api_key" | "system" {
  const kind = entry.actor_kind;
  return kind === "person" || kind === "sync" || kind === "job" || kind === "api_key" ? kind : "system";
}
