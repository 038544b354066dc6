import type { TFunction } from "i18next";

export const reminderUnits = [
  ["minutes", 1],
  ["hours", 60],
  ["days", 1440],
  ["weeks", 10080],
] as const;

/** The largest unit that tells a time in whole numbers. */
export function unitOf(minutes: number): (typeof reminderUnits)[number] {
  return [...reminderUnits].reverse().find(([, size]) => minutes > 0 && minutes % size === 0) ?? reminderUnits[0];
}

/** "10 minutes before", "1 day before" */
export function reminderText(t: TFunction, minutes: number): string {
  const [unit, size] = unitOf(minutes);
  return t(`event.${unit}_before`, { count: minutes / size });
}
