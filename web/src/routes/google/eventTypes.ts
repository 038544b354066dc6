import type { Link } from "../../api/wire";

type EventType = Link["event_types"][number];

/** Kinds of Google's events, in the order in which they are offered. */
export const eventTypes: readonly EventType[] = [
  "default",
  "fromGmail",
  "outOfOffice",
  "focusTime",
  "workingLocation",
  "birthday",
];

/** The kinds that are chosen, in that order. Usual events are always among them. */
export function chosenTypes(checked: readonly string[]): EventType[] {
  return eventTypes.filter((type) => type === "default" || checked.includes(type));
}
