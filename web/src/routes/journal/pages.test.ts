import { expect, it } from "vitest";
import type { JournalEntry } from "../../api/wire";
import { joined, type Read } from "./pages";

const from = (newest: number, oldest: number, next_cursor: string): Read => ({
  items: Array.from({ length: newest - oldest + 1 }, (_, index) => ({ seq: newest - index }) as JournalEntry),
  next_cursor,
});
const span = ({ items }: Read) => [items[0]?.seq, items.at(-1)?.seq, items.length];

it("what is new comes before what was read, which stays", () => {
  const read = joined(from(300, 101, "older"), from(305, 206, "second"));
  expect(span(read)).toEqual([305, 101, 205]);
  expect(read.next_cursor).toBe("older");
});

it("a first page that ends where the known begins leaves no gap", () => {
  expect(span(joined(from(300, 101, "older"), from(400, 301, "second")))).toEqual([400, 101, 300]);
});

it("after a gap the journal begins anew, and so it does at first", () => {
  const fresh = from(500, 401, "second");
  expect(joined(from(300, 101, "older"), fresh)).toBe(fresh);
  expect(joined(undefined, fresh)).toBe(fresh);
  expect(joined({ items: [] }, fresh)).toBe(fresh);
});
