import type { EditScope, EventBody } from "../../api/wire";

/** Which parts of a series a change may be for: how it repeats is never one meeting's, its calendar always everyone's. */
export function scopesOf(patch: EventBody): EditScope[] {
  if (patch.calendar_id !== undefined) return ["all"];
  if (patch.recurrence !== undefined) return ["following", "all"];
  return ["this", "following", "all"];
}
