import type { TFunction } from "i18next";

/** The units of a reminder by their length in minutes, the largest first. */
const sizes = { weeks: 10_080, days: 1440, hours: 60, minutes: 1 } as const;

export type ReminderUnit = keyof typeof sizes;
export const reminderUnits: readonly ReminderUnit[] = ["minutes", "hours", "days", "weeks"];

/** Google's limit: four weeks. */
const longest = 40_320;

/** How long before the start, as it was typed: "60 minutes" stays that. */
export interface Ahead {
  amount: number;
  unit: ReminderUnit;
}

export function mostOf(unit: ReminderUnit): number {
  return longest / sizes[unit];
}

/** The same time in the largest unit that it fills. */
export function aheadOf(minutes: number): Ahead {
  const whole = (Object.keys(sizes) as ReminderUnit[]).find((unit) => minutes > 0 && minutes % sizes[unit] === 0);
  const unit = whole ?? "minutes";
  return { amount: minutes / sizes[unit], unit };
}

export function minutesOf({ amount, unit }: Ahead): number {
  return Math.min(amount, mostOf(unit)) * sizes[unit];
}

/** "1 day before". */
export function reminderText(t: TFunction, minutes: number): string {
  const { amount, unit } = aheadOf(minutes);
  return t(`event.${unit}_before`, { count: amount });
}
