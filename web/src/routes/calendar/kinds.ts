import { IconBeach, IconBuilding, IconCake, IconHeadphones, IconMail, type IconProps } from "@tabler/icons-react";
import type { ComponentType } from "react";
import type { EditScope, Event } from "../../api/wire";

type Kind = NonNullable<Event["event_type"]>;

/** The sign of each special kind of event that Google has. */
export const kindIcons: Record<Kind, ComponentType<IconProps>> = {
  fromGmail: IconMail,
  outOfOffice: IconBeach,
  focusTime: IconHeadphones,
  workingLocation: IconBuilding,
  birthday: IconCake,
};

/** Which parts of a series can be deleted: one of a special kind is nobody's to cut but Google's. */
export function scopesToDelete(event: Pick<Event, "event_type">): EditScope[] {
  return event.event_type ? ["this", "all"] : ["this", "following", "all"];
}
