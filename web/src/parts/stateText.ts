import type { TFunction } from "i18next";
import type { SyncState } from "../api/wire";

/** What happened, in the words of the state and its reason. */
export function stateText(t: TFunction, state: SyncState["state"], reason: string | null | undefined): string {
  const byState = t(`state_text.${state}`);
  return reason ? t(`reason.${reason}` as "reason.revoked", { defaultValue: byState }) : byState;
}
