export const views = ["month", "week", "days", "day", "agenda"] as const;
export type View = (typeof views)[number];

/** What the calendar's address says: where I look, and what is open. */
export interface CalendarSearch {
  view?: View;
  /** A day in view, "2027-03-05". */
  date?: string;
  /** The event whose card is open. */
  event?: string;
  /** A new meeting is wanted. */
  compose?: boolean;
  /** With this guest. */
  guest?: string;
}

export function calendarSearch(search: Record<string, unknown>): CalendarSearch {
  const read: CalendarSearch = {};
  if (views.includes(search.view as View)) read.view = search.view as View;
  if (
    typeof search.date === "string" &&
    /^\d{4}-\d{2}-\d{2}$/.test(search.date) &&
    !Number.isNaN(Date.parse(search.date))
  ) {
    read.date = search.date;
  }
  if (search.event !== undefined && search.event !== null) read.event = String(search.event);
  if (search.compose === true) read.compose = true;
  if (typeof search.guest === "string") read.guest = search.guest;
  return read;
}
