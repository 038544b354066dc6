import type { ConflictField } from "../../api/wire";

export type Side = "portico" | "google";
export type Choice = Readonly<Record<string, Side>>;

/** What stands until somebody chooses: Google's version, unless the company's rule has decided otherwise. */
export function standing(fields: readonly ConflictField[], decided?: unknown): Choice {
  const sides = (decided ?? {}) as Choice;
  return Object.fromEntries(fields.map(({ field }) => [field, sides[field] === "portico" ? "portico" : "google"]));
}

export function wholeSide(fields: readonly ConflictField[], side: Side): Choice {
  return Object.fromEntries(fields.map(({ field }) => [field, side]));
}

/** The side that all fields were taken from; null when they are mixed. */
export function sideOf(fields: readonly ConflictField[], choice: Choice): Side | null {
  const sides = new Set(fields.map(({ field }) => choice[field] ?? "google"));
  return sides.size === 1 ? ([...sides][0] ?? null) : null;
}

/** What is sent: the side when it is one, else each field's. */
export function choiceBody(
  fields: readonly ConflictField[],
  choice: Choice,
): { keep: Side } | { fields: Record<string, Side> } {
  const side = sideOf(fields, choice);
  if (side) return { keep: side };
  return { fields: Object.fromEntries(fields.map(({ field }) => [field, choice[field] ?? "google"])) };
}

/** What only my own calendar has of a meeting: guests see nothing of it, so nobody is told. */
const ownFields = ["color", "reminders", "transparency", "visibility"];

/** Whether the choice changes at Google what guests see, so that Google sends them a message. */
export function tellsGuests(fields: readonly ConflictField[], choice: Choice): boolean {
  return fields.some(({ field }) => choice[field] === "portico" && !ownFields.includes(field));
}

/** The chosen value of a field, undefined when the field is not in conflict. */
export function chosenValue(fields: readonly ConflictField[], choice: Choice, name: string): unknown {
  const field = fields.find((each) => each.field === name);
  return field?.[choice[name] ?? "google"];
}
