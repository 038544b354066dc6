import type { Connection, SyncState } from "../../api/wire";
import { worstState } from "../../parts/worst";

/** The state word of a whole connection: its own trouble first, else the worst of its calendars. */
export function connectionState(connection: Connection): SyncState {
  const last = { last_success_at: connection.last_sync_at, last_change_count: connection.last_sync_changes };
  if (connection.state === "pending") return { state: "waiting_for_consent", ...last };
  const { since } = connection;
  if (connection.state === "paused") return { state: "paused", since, ...last };
  if (connection.state === "resetting") return { state: "off", since, ...last };
  if (connection.state === "expired") {
    const { reason } = connection;
    const missing = reason === "scope_missing" || reason === "delegation_missing" || reason === "api_disabled";
    return { state: missing ? "permission_missing" : "reconnect_needed", reason, since, ...last };
  }
  const links = connection.links.filter((link) => link.state === "on");
  const worst = worstState(links.map((link) => link.sync));
  if (worst) return worst;
  if (connection.reason === "scope_missing")
    return { state: "permission_missing", reason: connection.reason, since, ...last };
  return { state: links.length === 0 && connection.links.length > 0 ? "off" : "in_step", ...last };
}

/** Whether consenting anew at Google is what mends it. */
export function needsConsent(state: SyncState): boolean {
  return state.state === "reconnect_needed" || state.state === "waiting_for_consent";
}
