import { DatePicker } from "@mantine/dates";
import { useEffect, useState } from "react";
import { useReader } from "../../session/me";
import { useDateLabels } from "../../time/dateLabels";
import { civilDate, dateIn, monthsTitle } from "../../time/format";
import classes from "./MiniMonth.module.css";

/** The small month by which a day is found. */
export function MiniMonth({ date, onDate }: { date: string; onDate: (date: string) => void }) {
  const labels = useDateLabels();
  const { zone, language } = useReader();
  const [shown, setShown] = useState(date);
  useEffect(() => setShown(date), [date]);
  const today = dateIn(zone, new Date());
  return (
    <DatePicker
      size="xs"
      mt={14}
      className={classes.month}
      data-own-keys
      classNames={{ day: classes.day, calendarHeaderLevel: classes.level, weekday: classes.weekday }}
      value={date}
      date={shown}
      onDateChange={setShown}
      onChange={(chosen) => chosen && onDate(chosen)}
      withCellSpacing={false}
      maxLevel="year"
      monthLabelFormat={(month) => monthsTitle(language, civilDate(month), civilDate(month))}
      getDayProps={(day) => ({
        "data-now": day === today || undefined,
        "aria-current": day === today ? "date" : undefined,
      })}
      ariaLabels={labels}
    />
  );
}
