import { IconAlertTriangle, IconCircleX, IconClockPause, IconCloudUp, type IconProps } from "@tabler/icons-react";
import type { TFunction } from "i18next";
import type { ComponentType } from "react";
import type { Event } from "../../api/wire";
import type { Tone } from "../../parts/Note";

type Standing = Pick<Event, "sync" | "sync_reason">;

interface SyncMark {
  tone: Tone;
  Icon: ComponentType<IconProps>;
}

const marks: Partial<Record<Event["sync"], SyncMark>> = {
  pending: { tone: "busy", Icon: IconCloudUp },
  conflict: { tone: "soon", Icon: IconAlertTriangle },
  refused: { tone: "stop", Icon: IconCircleX },
  held: { tone: "off", Icon: IconClockPause },
};

/** What passes by itself: nobody has to do anything. */
const passing = ["google_unreachable", "quota"];

/** The mark of an event that is not in step; in step has none, and so has an event without Google. */
export function markOf({ sync, sync_reason }: Standing): SyncMark | undefined {
  const stands = sync === "pending" && sync_reason && !passing.includes(sync_reason);
  if (stands) return { tone: sync_reason === "paused" ? "off" : "soon", Icon: IconClockPause };
  return marks[sync];
}

/** How an event stands with Google: the event's own reason, else that of what carries it, else its state. */
export function syncText(t: TFunction, { sync, sync_reason }: Standing): string {
  let text = t(`event_sync_text.${sync}`);
  if (!sync_reason) return text;
  // What carries it says why in the words of its state or of its reason.
  text = t(`state_text.${sync_reason as "paused"}`, { defaultValue: text });
  text = t(`reason.${sync_reason as "revoked"}`, { defaultValue: text });
  return t(`sync_reason.${sync_reason as "invalid"}`, { defaultValue: text });
}
