import type { Draft } from "./draft";

/** A form left unfinished, kept for this tab: the event it edits (none when new) and what was typed. */
export interface Unfinished {
  eventId?: string;
  before: Draft;
  draft: Draft;
}

const key = "portico-unfinished-meeting";

export function keepUnfinished(unfinished: Unfinished) {
  sessionStorage.setItem(key, JSON.stringify(unfinished));
}

export function dropUnfinished() {
  sessionStorage.removeItem(key);
}

export function unfinished(): Unfinished | null {
  const kept = sessionStorage.getItem(key);
  if (!kept) return null;
  try {
    const read = JSON.parse(kept) as Unfinished;
    return read.draft?.start && read.before?.start ? read : null;
  } catch {
    return null;
  }
}

export function isTouched({ before, draft }: Pick<Unfinished, "before" | "draft">): boolean {
  return JSON.stringify(before) !== JSON.stringify(draft);
}
