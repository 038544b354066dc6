import { useLocalStorage } from "@mantine/hooks";
import { useCallback, useMemo } from "react";
import type { Calendar } from "../../api/wire";

/** My calendars show until unchecked, colleagues' only once checked; the browser remembers. */
export function useVisibleCalendars(calendars: readonly Calendar[], person: string) {
  const [chosen, setChosen] = useLocalStorage<Record<string, boolean>>({
    key: `portico-calendars-${person}`,
    defaultValue: {},
    getInitialValueInEffect: false,
  });
  const visible = useMemo(
    () =>
      new Set(
        calendars.filter((calendar) => chosen[calendar.id] ?? showsAtFirst(calendar)).map((calendar) => calendar.id),
      ),
    [calendars, chosen],
  );
  const show = useCallback((id: string, on: boolean) => setChosen((before) => ({ ...before, [id]: on })), [setChosen]);
  return { visible, show };
}

/** My own calendars, and those that Google shows me too while a colleague's connection keeps them in step. */
function isInView(calendar: Calendar): boolean {
  return calendar.mine || Boolean(calendar.at_google);
}

function showsAtFirst(calendar: Calendar): boolean {
  return isInView(calendar) || calendar.kind === "team" || calendar.kind === "holidays";
}

export type CalendarGroup = "mine" | "colleagues" | "company";

export function groupOf(calendar: Calendar): CalendarGroup {
  if (isInView(calendar)) return "mine";
  return calendar.owner && calendar.kind === "personal" ? "colleagues" : "company";
}
