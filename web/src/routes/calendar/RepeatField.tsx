import { Chip, Group, Select } from "@mantine/core";
import { DateInput } from "@mantine/dates";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { CountField } from "../../parts/CountField";
import { useMe, useReader } from "../../session/me";
import { useDateLabels } from "../../time/dateLabels";
import { weekdayName } from "../../time/format";
import { addDays } from "../../time/zone";
import type { Draft } from "./draft";
import classes from "./RepeatField.module.css";
import { alone, type Frequency, monthlyOnWeekday, plainRule, type Rule, ruleText, usualRules } from "./recurrence";

function same(a: Rule, b: Rule): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** How often: the usual rules by one choice, all others piece by piece. */
export function RepeatField({ draft, onChange }: { draft: Draft; onChange: (repeat: Draft["repeat"]) => void }) {
  const { t } = useTranslation();
  const { language } = useReader();
  const { tenant } = useMe();
  const dateLabels = useDateLabels();
  const { repeat } = draft;
  const start = draft.start.date;
  const usual = usualRules(start);
  const match = repeat && repeat !== "kept" ? usual.find(([, rule]) => same(rule, repeat))?.[0] : undefined;
  const [open, setOpen] = useState(repeat !== null && repeat !== "kept" && !match);
  const value = repeat === null ? "once" : repeat === "kept" ? "kept" : open || !match ? "custom" : match;
  const rule = repeat !== null && repeat !== "kept" ? repeat : null;
  const week = Array.from({ length: 7 }, (_, index) => (tenant.week_start + index) % 7);

  return (
    <div>
      <Select
        label={t("event.repeat")}
        allowDeselect={false}
        value={value}
        data={[
          { value: "once", label: t("repeat.once") },
          ...usual.map(([key, each]) => ({ value: key, label: alone(language, ruleText(t, language, each)) })),
          ...(repeat === "kept" ? [{ value: "kept", label: alone(language, t("repeat.special")) }] : []),
          {
            value: "custom",
            label: rule && value === "custom" ? alone(language, ruleText(t, language, rule)) : t("repeat.custom"),
          },
        ]}
        onChange={(next) => {
          setOpen(next === "custom");
          if (next === "once") onChange(null);
          else if (next === "kept") onChange("kept");
          else if (next === "custom") onChange(rule ?? plainRule("WEEKLY", start));
          else onChange(usual.find(([key]) => key === next)?.[1] ?? null);
        }}
      />
      {rule && value === "custom" && (
        <fieldset className={classes.custom}>
          <legend className="visually-hidden">{t("repeat.custom")}</legend>
          <div className={classes.line}>
            <CountField
              label={t("repeat.every")}
              min={1}
              max={999}
              w={92}
              value={rule.interval}
              onChange={(interval) => onChange({ ...rule, interval })}
            />
            <Select
              aria-label={t("repeat.unit")}
              allowDeselect={false}
              className="grow"
              value={rule.frequency}
              data={(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"] as const).map((frequency) => ({
                value: frequency,
                label: t(`repeat.units.${frequency}`, { count: rule.interval }),
              }))}
              onChange={(frequency) =>
                frequency &&
                onChange({ ...plainRule(frequency as Frequency, start), interval: rule.interval, ends: rule.ends })
              }
            />
          </div>
          {rule.frequency === "WEEKLY" && (
            <Chip.Group
              multiple
              value={rule.weekdays.map(String)}
              onChange={(days) => days.length > 0 && onChange({ ...rule, weekdays: days.map(Number).sort() })}
            >
              <Group gap={6} role="group" aria-label={t("repeat.on_days")}>
                {week.map((weekday) => (
                  <Chip
                    key={weekday}
                    value={String(weekday)}
                    size="xs"
                    classNames={{ label: classes.day, iconWrapper: classes.tick }}
                  >
                    {weekdayName(language, weekday, "short")}
                  </Chip>
                ))}
              </Group>
            </Chip.Group>
          )}
          {rule.frequency === "MONTHLY" && (
            <Select
              aria-label={t("repeat.on_days")}
              allowDeselect={false}
              value={rule.monthly.by}
              data={[
                { value: "date", label: ruleText(t, language, plainRule("MONTHLY", start)) },
                { value: "weekday", label: ruleText(t, language, monthlyOnWeekday(start)) },
              ]}
              onChange={(by) =>
                onChange({ ...rule, monthly: by === "weekday" ? monthlyOnWeekday(start).monthly : { by: "date" } })
              }
            />
          )}
          <div className={`${classes.line} ${classes.ends}`}>
            <Select
              label={t("repeat.ends")}
              allowDeselect={false}
              className="grow"
              value={rule.ends.kind}
              data={(["never", "on", "after"] as const).map((kind) => ({
                value: kind,
                label: t(`repeat.end.${kind}`),
              }))}
              onChange={(kind) => {
                if (kind === "on") onChange({ ...rule, ends: { kind, date: addDays(start, 90) } });
                else if (kind === "after") onChange({ ...rule, ends: { kind, count: 10 } });
                else onChange({ ...rule, ends: { kind: "never" } });
              }}
            />
            {rule.ends.kind === "on" && (
              <DateInput
                aria-label={t("repeat.end.on")}
                ariaLabels={dateLabels}
                w={150}
                allowDeselect={false}
                minDate={start}
                value={rule.ends.date}
                onChange={(date) => date && onChange({ ...rule, ends: { kind: "on", date } })}
              />
            )}
            {rule.ends.kind === "after" && (
              <CountField
                aria-label={t("repeat.times")}
                w={150}
                min={1}
                max={999}
                value={rule.ends.count}
                suffix={` ${t("repeat.times_suffix")}`}
                onChange={(count) => onChange({ ...rule, ends: { kind: "after", count } })}
              />
            )}
          </div>
        </fieldset>
      )}
    </div>
  );
}
