import { IconBrandGoogle, IconCalendar, IconHistory, IconHome, IconLock, type IconProps } from "@tabler/icons-react";
import type { ComponentType } from "react";
import type { Me } from "../api/wire";
import { isAdministrator } from "../session/me";

export interface Place {
  to: "/" | "/calendar" | "/google" | "/access" | "/journal";
  title: "place.home" | "place.calendar" | "place.google" | "place.access" | "place.journal";
  Icon: ComponentType<IconProps>;
  /** Daily places stand above the line, settings below. */
  daily: boolean;
  administrators?: boolean;
}

const all: Place[] = [
  { to: "/", title: "place.home", Icon: IconHome, daily: true },
  { to: "/calendar", title: "place.calendar", Icon: IconCalendar, daily: true },
  { to: "/google", title: "place.google", Icon: IconBrandGoogle, daily: false },
  { to: "/access", title: "place.access", Icon: IconLock, daily: false, administrators: true },
  { to: "/journal", title: "place.journal", Icon: IconHistory, daily: false, administrators: true },
];

/** The places this person has. */
export function placesOf(me: Me): Place[] {
  return all.filter((place) => !place.administrators || isAdministrator(me));
}

/** The place that an address belongs to. */
export function placeAt(pathname: string): Place | undefined {
  return (
    all.find((place) => place.to !== "/" && pathname.startsWith(place.to)) ?? all.find((place) => place.to === pathname)
  );
}

/** What waits for the person at a place. */
export function waitingAt(me: Me, place: Place): number {
  if (place.to === "/calendar") return me.counts.conflicts;
  if (place.to === "/google") return me.counts.holds + me.counts.connections;
  return 0;
}
