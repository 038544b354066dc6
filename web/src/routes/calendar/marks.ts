import { IconAlertTriangle, IconCircleX, IconClockPause, IconCloudUp, type IconProps } from "@tabler/icons-react";
import type { ComponentType } from "react";
import type { Event } from "../../api/wire";
import type { Tone } from "../../parts/Note";

/** The mark of an event that is not in step; in step has none, and so has an event without Google. */
export const marks: Partial<Record<Event["sync"], { tone: Tone; Icon: ComponentType<IconProps> }>> = {
  pending: { tone: "busy", Icon: IconCloudUp },
  conflict: { tone: "soon", Icon: IconAlertTriangle },
  refused: { tone: "stop", Icon: IconCircleX },
  held: { tone: "off", Icon: IconClockPause },
};
