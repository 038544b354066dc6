import type { JournalEntry } from "../../api/wire";

/** The journal as far as it was read: the newest first. */
export interface Read {
  items: JournalEntry[];
  next_cursor?: string | null;
}

/** The first page, read again, joined with what was read before it; what lies between them unread ends the older part. */
export function joined(known: Read | undefined, fresh: Read): Read {
  const [newest, oldestFresh] = [known?.items[0], fresh.items.at(-1)];
  if (!known || !newest || !oldestFresh || oldestFresh.seq > newest.seq + 1) return fresh;
  return {
    items: [...fresh.items, ...known.items.filter((entry) => entry.seq < oldestFresh.seq)],
    next_cursor: known.next_cursor,
  };
}
