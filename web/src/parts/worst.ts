import type { SyncState } from "../api/wire";

// What needs somebody most comes first.
const urgency: SyncState["state"][] = [
  "reconnect_needed",
  "stopped",
  "permission_missing",
  "conflict",
  "held",
  "late",
  "syncing",
  "paused",
  "in_step",
  "off",
];

/** Of several states the one that is to be shown for all. */
export function worstState(states: readonly SyncState[]): SyncState | undefined {
  return [...states].sort((a, b) => urgency.indexOf(a.state) - urgency.indexOf(b.state))[0];
}
