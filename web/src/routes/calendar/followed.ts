import { useLocalStorage } from "@mantine/hooks";
import { useCallback, useMemo } from "react";
import type { Calendar, Event } from "../../api/wire";
import { colourNames } from "./colours";

/** A colleague whose time I want to see beside mine. */
export interface Followed {
  id: string;
  name: string;
  shown: boolean;
}

/** The id under which a colleague's time is kept apart on the page. */
export function placeOf(employee: string): string {
  return `employee:${employee}`;
}

/** The colleagues chosen in this browser. */
export function useFollowed(person: string) {
  const [followed, setFollowed] = useLocalStorage<Followed[]>({
    key: `portico-colleagues-${person}`,
    defaultValue: [],
    getInitialValueInEffect: false,
  });
  const follow = useCallback(
    (id: string, name: string) =>
      setFollowed((before) => [...before.filter((each) => each.id !== id), { id, name, shown: true }]),
    [setFollowed],
  );
  const leave = useCallback(
    (id: string) => setFollowed((before) => before.filter((each) => each.id !== id)),
    [setFollowed],
  );
  const show = useCallback(
    (id: string, shown: boolean) =>
      setFollowed((before) => before.map((each) => (each.id === id ? { ...each, shown } : each))),
    [setFollowed],
  );
  const calendars = useMemo(() => followed.map(calendarOf), [followed]);
  return { followed, calendars, follow, leave, show };
}

// One's own calendars begin with teal and blue; colleagues are told apart from the other end.
function calendarOf({ id, name }: Followed, index: number): Calendar {
  return {
    id: placeOf(id),
    name,
    color: colourNames[(index * 3 + 4) % colourNames.length] ?? "slate",
    kind: "personal",
    time_zone: "",
    owner: { employee_id: id, name },
    mine: false,
    is_main: false,
    access: "busy",
    sharing: "busy",
    writable: false,
    has_meet: false,
  };
}

/** A colleague's events as the page shows them, without those that a shared calendar brings already. */
export function asColleague(events: readonly Event[], employee: string, known: ReadonlySet<string>): Event[] {
  return events
    .filter((event) => !known.has(event.calendar_id))
    .map((event) => ({ ...event, calendar_id: placeOf(employee) }));
}
