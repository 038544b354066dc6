import { Button, Progress } from "@mantine/core";
import { useTimeout } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import type { TFunction } from "i18next";
import { useState, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { bodyOf, http, refresh } from "../api/client";
import { onChange } from "../api/live";
import { problemText } from "../api/problem";
import { stateText } from "./stateText";
import { worstState } from "./worst";

/** A sync that somebody asked for, while it runs. */
export interface SyncRun {
  calendars: number;
  /** How many of the calendars are done. */
  done: number;
  /** How many changes were heard of since it began. */
  changes: number;
}

let current: SyncRun | null = null;
const listeners = new Set<() => void>();

function change(next: (run: SyncRun) => SyncRun) {
  if (current) set(next(current));
}

function set(next: SyncRun | null) {
  current = next;
  for (const listener of listeners) listener();
}

/** The run under way, whichever page began it; null when nobody asked for one. */
export function useSyncRun(): SyncRun | null {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => current,
  );
}

const note = "sync-run";

/**
 * Brings calendars into step now and says what came of it. A run that takes longer than a second shows how far it is; who
 * does not want to wait closes that, and is told at the end all the same.
 */
export async function syncNow(linkIds: readonly string[], t: TFunction) {
  if (current) return;
  set({ calendars: linkIds.length, done: 0, changes: 0 });
  const silence = onChange(() => change((run) => ({ ...run, changes: run.changes + 1 })));
  const soon = setTimeout(() => {
    notifications.show({
      id: note,
      message: <SyncProgress onLeave={() => notifications.hide(note)} />,
      autoClose: false,
      withCloseButton: false,
    });
  }, 1_000);
  const total = { changed: 0, held: 0, idle: 0 };
  let failure: unknown;
  try {
    for (const id of linkIds) {
      try {
        const ran = bodyOf(await http.POST("/api/v1/calendar/links/{id}/sync", { params: { path: { id } } }));
        total.changed += ran.pulled + ran.pushed + ran.merged;
        total.held += ran.held;
        total.idle += ran.idle ? 1 : 0;
      } catch (error) {
        // One calendar that cannot be synced keeps no other from it; the first trouble is told at the end.
        failure ??= error;
      }
      change((run) => ({ ...run, done: run.done + 1 }));
    }
    if (failure) throw failure;
    const links = bodyOf(await http.GET("/api/v1/calendar/links")).items.filter((link) => linkIds.includes(link.id));
    const worst = worstState(links.map((link) => link.sync));
    // A run that Google did not let come to its end is no failure of the call: the link says what happened.
    const trouble = worst?.reason && worst.state !== "held" ? stateText(t, worst.state, worst.reason) : null;
    notifications.show(
      trouble
        ? { message: trouble, color: "red" }
        : { message: total.idle === linkIds.length ? t("google.synced_idle") : syncedText(t, total) },
    );
  } catch (error) {
    failure = error;
  }
  clearTimeout(soon);
  silence();
  notifications.hide(note);
  set(null);
  if (failure) notifications.show({ message: problemText(t, failure), color: "red" });
  void refresh("/calendar", "/google", "/me");
}

function syncedText(t: TFunction, { changed, held }: { changed: number; held: number }): string {
  return held > 0 ? t("google.synced_held", { count: held }) : t("google.synced", { count: changed });
}

/** How far the sync is; after some seconds a way not to wait for it. */
function SyncProgress({ onLeave }: { onLeave: () => void }) {
  const { t } = useTranslation();
  const run = useSyncRun();
  const [long, setLong] = useState(false);
  useTimeout(() => setLong(true), 4_000, { autoInvoke: true });
  if (!run) return null;
  const counted = run.calendars > 1;
  return (
    <div style={{ display: "grid", gap: 8 }}>
      <span>
        {t("google.syncing")}
        <span className="muted num">
          {" "}
          {[
            counted ? t("google.syncing_of", { done: run.done, count: run.calendars }) : null,
            run.changes > 0 ? t("google.changes_so_far", { count: run.changes }) : null,
          ]
            .filter(Boolean)
            .join(" · ")}
        </span>
      </span>
      <Progress
        size={4}
        value={counted ? Math.max((100 * run.done) / run.calendars, 4) : 100}
        animated
        aria-label={t("google.syncing")}
      />
      {long && (
        <Button size="compact-sm" variant="default" style={{ justifySelf: "start" }} onClick={onLeave}>
          {t("google.sync_in_background")}
        </Button>
      )}
    </div>
  );
}
