import { ActionIcon, Button, Checkbox, Select } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { CountField } from "../../parts/CountField";
import type { Draft } from "./draft";
import classes from "./EventDialog.module.css";
import { mostOf, type ReminderUnit, reminderUnits } from "./reminders";

interface RemindersProps {
  draft: Draft;
  onChange: (reminders: Draft["reminders"]) => void;
}

/** How the person is reminded: as in the calendar, or at times of the meeting's own. */
export function Reminders({ draft, onChange }: RemindersProps) {
  const { t } = useTranslation();
  const own = draft.reminders;
  return (
    <fieldset className={classes.group}>
      <legend>{t("event.reminders")}</legend>
      <Checkbox
        label={t("event.reminders_default")}
        checked={own === null}
        onChange={(change) =>
          onChange(change.currentTarget.checked ? null : [{ method: "popup", amount: 10, unit: "minutes" }])
        }
      />
      {own?.map((reminder, index) => {
        const set = (changed: Partial<typeof reminder>) =>
          onChange(own.map((each, at) => (at === index ? { ...each, ...changed } : each)));
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: reminders have no identity but their place
          <div key={index} className={classes.reminder}>
            <Select
              aria-label={t("event.reminder_how")}
              className={classes.how}
              allowDeselect={false}
              value={reminder.method}
              data={["popup", "email"].map((method) => ({
                value: method,
                label: t(`event.reminder_${method as "popup" | "email"}`),
              }))}
              onChange={(method) => method && set({ method })}
            />
            <CountField
              aria-label={t("event.reminder_before")}
              w={80}
              min={0}
              max={mostOf(reminder.unit)}
              value={reminder.amount}
              onChange={(amount) => set({ amount })}
            />
            <Select
              aria-label={t("event.reminder_unit")}
              className={classes.unit}
              allowDeselect={false}
              value={reminder.unit}
              data={reminderUnits.map((unit) => ({
                value: unit,
                label: t(`event.before_${unit}`, { count: reminder.amount }),
              }))}
              onChange={(name) => {
                const unit = name as ReminderUnit | null;
                if (unit) set({ unit, amount: Math.min(reminder.amount, mostOf(unit)) });
              }}
            />
            <ActionIcon
              className={classes.remove}
              aria-label={t("event.remove_reminder")}
              onClick={() => onChange(own.filter((_, at) => at !== index))}
            >
              <IconX size={16} />
            </ActionIcon>
          </div>
        );
      })}
      {own !== null && own.length < 5 && (
        <Button
          variant="subtle"
          color="gray"
          size="compact-sm"
          leftSection={<IconPlus size={14} aria-hidden />}
          onClick={() => onChange([...own, { method: "popup", amount: 30, unit: "minutes" }])}
        >
          {t("event.add_reminder")}
        </Button>
      )}
    </fieldset>
  );
}
