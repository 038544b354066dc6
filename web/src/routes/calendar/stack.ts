/** What the grid needs to know of a meeting to see which of its neighbours lies over it. */
interface Timed {
  id: string;
  all_day: boolean;
  start_time?: string | null;
  end_time?: string | null;
}

/**
 * How many minutes after its own start the next meeting begins while this one still runs, by id: so long the card's whole
 * width is free for its title. Meetings that nothing overlaps are not in it.
 */
export function freeMinutes(events: readonly Timed[]): Map<string, number> {
  const spans = events
    .filter((event) => !event.all_day && event.start_time && event.end_time)
    .map(({ id, start_time, end_time }) => ({
      id,
      start: Date.parse(start_time ?? ""),
      end: Date.parse(end_time ?? ""),
    }))
    // The order in which the grid stacks them: the earlier below, of two that begin together the longer.
    .sort((a, b) => a.start - b.start || b.end - a.end);
  const free = new Map<string, number>();
  spans.forEach((span, index) => {
    const next = spans[index + 1];
    if (next && next.start < span.end) free.set(span.id, (next.start - span.start) / 60_000);
  });
  return free;
}
