import { useMemo, useSyncExternalStore } from "react";
import type { Draft } from "./draft";

/** A form left unfinished: the event it edits (none when new) and what was typed. */
export interface Unfinished {
  /** The form's own, and the Idempotency-Key of what it makes: however often it is sent, one meeting comes of it. */
  key: string;
  eventId?: string;
  before: Draft;
  draft: Draft;
  /** A new meeting as it was sent, as long as no answer said that it was not made. */
  sent?: Draft[];
}

/** More than these nobody comes back to. */
const kept = 5;

const listeners = new Set<() => void>();

/** Kept for this tab and this account alone: the next person at the same browser must not read it. */
function placeOf(account: string): string {
  return `portico-unfinished-${account}`;
}

function read(text: string | null): Unfinished[] {
  if (!text) return [];
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) ? list : [];
  } catch {
    return [];
  }
}

function write(account: string, list: readonly Unfinished[]) {
  if (list.length === 0) sessionStorage.removeItem(placeOf(account));
  else sessionStorage.setItem(placeOf(account), JSON.stringify(list.slice(-kept)));
  for (const listener of listeners) listener();
}

export function unfinished(account: string): Unfinished[] {
  return read(sessionStorage.getItem(placeOf(account)));
}

export function keepUnfinished(account: string, { key, eventId, before, draft, sent }: Unfinished) {
  const others = unfinished(account).filter((each) => each.key !== key);
  write(account, [...others, { key, eventId, before, draft, sent }]);
}

export function dropUnfinished(account: string, key: string) {
  write(
    account,
    unfinished(account).filter((each) => each.key !== key),
  );
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The forms that this account left unfinished, the latest last. */
export function useUnfinished(account: string): Unfinished[] {
  const text = useSyncExternalStore(subscribe, () => sessionStorage.getItem(placeOf(account)));
  return useMemo(() => read(text), [text]);
}

export function isTouched({ before, draft }: Pick<Unfinished, "before" | "draft">): boolean {
  return JSON.stringify(before) !== JSON.stringify(draft);
}
