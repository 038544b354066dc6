import type { Connection, Link, SyncState } from "../../api/wire";
import { worstState } from "../../parts/worst";

/** Why calendars cannot be listed just now, where nobody has anything to do. */
const passing = ["google_unreachable", "quota", "internal"];

/** The calendars that are kept in step through this connection; it may see others through a colleague's. */
export function carriedLinks(connection: Connection): Link[] {
  return connection.links.filter((link) => !link.carried_by);
}

/** The state word of a whole connection: its own trouble first, else the worst of its calendars. */
export function connectionState(connection: Connection): SyncState {
  const last = { last_success_at: connection.last_sync_at, last_change_count: connection.last_sync_changes };
  const { since, reason } = connection;
  if (connection.state === "paused") return { state: "paused", reason, since, ...last };
  if (connection.state === "resetting") return { state: "off", since, ...last };
  if (connection.state === "expired") return { state: stateOf(reason) ?? "reconnect_needed", reason, since, ...last };
  const links = carriedLinks(connection).filter((link) => link.state === "on");
  const states = links.map((link) => link.sync);
  if (reason && !passing.includes(reason)) states.push({ state: stateOf(reason) ?? "stopped", reason, ...last });
  const worst = worstState(states);
  if (worst) return worst;
  if (connection.links.length > 0) return { state: "off", ...last };
  // Its calendars were not listed yet: nothing is known of it.
  const reads = connection.features.some((each) => each.feature === "calendar" && each.granted);
  return reads ? { state: "syncing", reason, ...last } : { state: "off", ...last };
}

function stateOf(reason: string | null | undefined): SyncState["state"] | undefined {
  if (reason === "scope_missing") return "permission_missing";
  // Consenting anew would mend none of these.
  if (reason === "delegation_missing" || reason === "api_disabled") return "stopped";
  return undefined;
}

/** Whether consenting anew at Google is what mends it. */
export function needsConsent(state: SyncState): boolean {
  return state.state === "reconnect_needed";
}
