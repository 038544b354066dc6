import { useEffect } from "react";
import { queries, refresh } from "./client";

/** What is read again when a kind of thing changed. Counts in /me follow every change. */
const pathsOf: Record<string, string[]> = {
  meeting: ["/calendar/events"],
  entry: ["/calendar/events"],
  event: ["/calendar/events"],
  calendar: ["/calendar/calendars", "/calendar/events", "/calendar/links"],
  link: ["/calendar/links", "/calendar/calendars", "/calendar/events", "/google/connections"],
  connection: ["/google/connections", "/calendar/calendars", "/calendar/links"],
  conflict: ["/calendar/conflicts", "/calendar/events", "/calendar/calendars"],
  hold: ["/calendar/holds", "/calendar/calendars", "/google/connections"],
  employee: ["/employees", "/directory"],
  role: ["/roles", "/employees"],
};

/** The paths that a change of this kind of thing makes old; everything when the kind is unknown. */
export function pathsToRefresh(subjectKind: string): string[] {
  const known = pathsOf[subjectKind];
  return known ? [...known, "/me", "/audit"] : [""];
}

const changeListeners = new Set<() => void>();

/** Calls back for every change that the server tells of. */
export function onChange(listener: () => void): () => void {
  changeListeners.add(listener);
  return () => changeListeners.delete(listener);
}

/** Follows the server's live updates while the page is open. */
export function useLiveUpdates() {
  useEffect(() => {
    let source: EventSource | undefined;
    let retry: ReturnType<typeof setTimeout> | undefined;
    let flush: ReturnType<typeof setTimeout> | undefined;
    let waitMs = 1_000;
    const waiting = new Set<string>();

    function hear(message: MessageEvent<string>) {
      for (const listener of changeListeners) listener();
      let kind = "";
      try {
        kind = (JSON.parse(message.data) as { subject_kind?: string }).subject_kind ?? "";
      } catch {
        // An unreadable hint is still a hint: everything is read again.
      }
      for (const path of pathsToRefresh(kind)) waiting.add(path);
      // One sync makes many rows; they are read once.
      flush ??= setTimeout(() => {
        flush = undefined;
        const paths = [...waiting];
        waiting.clear();
        void refresh(...paths);
      }, 150);
    }

    function open() {
      source = new EventSource("/api/v1/events");
      source.addEventListener("change", hear);
      source.addEventListener("open", () => {
        waitMs = 1_000;
        // What happened while the line was cut was not heard; nor what happened between the first reading and this.
        void queries.invalidateQueries();
      });
      source.addEventListener("error", () => {
        if (source?.readyState !== EventSource.CLOSED) return;
        retry = setTimeout(open, waitMs);
        waitMs = Math.min(waitMs * 2, 60_000);
      });
    }

    open();
    return () => {
      source?.close();
      clearTimeout(retry);
      clearTimeout(flush);
    };
  }, []);
}
