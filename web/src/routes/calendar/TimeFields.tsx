import { Autocomplete } from "@mantine/core";
import { DateInput } from "@mantine/dates";
import { useEffect, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { useTranslation } from "react-i18next";
import { useReader } from "../../session/me";
import { useDateLabels } from "../../time/dateLabels";
import { addDays, addMinutes, daysBetween, instantOf, minutesBetween, parseTime, type Wall } from "../../time/zone";
import { type Draft, restarted } from "./draft";
import classes from "./TimeFields.module.css";
import { ZoneField } from "./ZoneField";

const quarterHours = Array.from({ length: 96 }, (_, index) => {
  const hour = String(Math.floor(index / 4)).padStart(2, "0");
  return `${hour}:${String((index % 4) * 15).padStart(2, "0")}`;
});

function TimeField({
  label,
  value,
  from,
  className = "",
  unread,
  onUnread,
  onChange,
}: {
  label: string;
  value: string;
  from?: Wall & { end: string };
  className?: string;
  /** Whether what stands there could not be read as a time. */
  unread: boolean;
  onUnread: (unread: boolean) => void;
  onChange: (time: string) => void;
}) {
  const { t } = useTranslation();
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(value);
  useEffect(() => {
    setText(value);
    input.current?.setCustomValidity("");
  }, [value]);
  function note(isUnread: boolean) {
    // The form is not sent with a time that nobody could read.
    input.current?.setCustomValidity(isUnread ? t("field.bad_time") : "");
    onUnread(isUnread);
  }
  function take(typed: string) {
    const time = parseTime(typed);
    note(time === null);
    if (time === null) return;
    setText(time);
    onChange(time);
  }
  // For an end: the times after the start come first, as long as it ends the same day.
  const choices = from && from.date === from.end ? quarterHours.filter((time) => time > from.time) : quarterHours;
  return (
    <Autocomplete
      ref={input}
      aria-label={label}
      error={unread}
      className={`${classes.time} ${className}`}
      data={choices}
      filter={({ options }) => options}
      value={text}
      limit={96}
      maxDropdownHeight={220}
      inputMode="numeric"
      selectFirstOptionOnChange={false}
      onChange={(typed) => {
        setText(typed);
        note(false);
      }}
      onOptionSubmit={take}
      onBlur={() => take(text)}
      onKeyDown={(event) => {
        // The same key may save the form: what was typed has to be in it by then.
        if (event.key === "Enter") flushSync(() => take(text));
      }}
    />
  );
}

/** Moves the start and takes the end along, so that the length stays. */
export function withStart(draft: Draft, start: Wall): Draft {
  const moved = restarted(draft, start);
  if (draft.allDay) {
    const days = daysBetween(draft.start.date, draft.end.date);
    return { ...moved, end: { ...draft.end, date: addDays(start.date, Math.max(days, 0)) } };
  }
  return { ...moved, end: addMinutes(start, Math.max(minutesBetween(draft.start, draft.end), 0)) };
}

interface TimeFieldsProps {
  draft: Draft;
  onChange: (draft: Draft) => void;
  error?: string;
  /** Also offers the zone. */
  withZone?: boolean;
}

/** When: days, hours, and the zone when it is asked for. */
export function TimeFields({ draft, onChange, error, withZone }: TimeFieldsProps) {
  const { t } = useTranslation();
  const reader = useReader();
  const ariaLabels = useDateLabels();
  const [zoneOpen, setZoneOpen] = useState(draft.zone !== reader.zone);
  const [unread, setUnread] = useState<{ start?: string; end?: string }>({});
  // What could not be read is forgotten with the time beside which it was typed.
  const unreadStart = unread.start === draft.start.time;
  const unreadEnd = unread.end === draft.end.time;
  const said = !draft.allDay && (unreadStart || unreadEnd) ? t("field.bad_time") : error;
  const date = {
    valueFormat: reader.language === "en" ? "ddd D MMM YYYY" : "L (dd)",
    allowDeselect: false,
    required: true,
    ariaLabels,
  } as const;
  return (
    <div>
      <div className={classes.fields}>
        <DateInput
          {...date}
          aria-label={t("event.start_date")}
          className={classes.date}
          value={draft.start.date}
          onChange={(day) => day && onChange(withStart(draft, { ...draft.start, date: day }))}
        />
        {!draft.allDay && (
          <TimeField
            label={t("event.start_time")}
            value={draft.start.time}
            unread={unreadStart}
            onUnread={(is) => setUnread({ ...unread, start: is ? draft.start.time : undefined })}
            onChange={(time) => onChange(withStart(draft, { ...draft.start, time }))}
          />
        )}
        <span className={classes.dash} aria-hidden="true">
          –
        </span>
        {!draft.allDay && (
          <TimeField
            className={classes.endTime}
            label={t("event.end_time")}
            value={draft.end.time}
            unread={unreadEnd}
            onUnread={(is) => setUnread({ ...unread, end: is ? draft.end.time : undefined })}
            from={{ ...draft.start, end: draft.end.date }}
            onChange={(time) => onChange({ ...draft, end: { ...draft.end, time } })}
          />
        )}
        <DateInput
          {...date}
          aria-label={t("event.end_date")}
          className={`${classes.date} ${classes.endDate}`}
          value={draft.end.date}
          onChange={(day) => day && onChange({ ...draft, end: { ...draft.end, date: day } })}
        />
      </div>
      {said && (
        <p className={classes.error} role="alert">
          {said}
        </p>
      )}
      {withZone && !draft.allDay && !zoneOpen && (
        <button type="button" className={classes.link} onClick={() => setZoneOpen(true)}>
          {t("event.zone")}
        </button>
      )}
      {withZone && !draft.allDay && zoneOpen && (
        <ZoneField
          value={draft.zone}
          at={instantOf(draft.start, draft.zone)}
          onChange={(zone) => onChange({ ...draft, zone })}
        />
      )}
    </div>
  );
}
