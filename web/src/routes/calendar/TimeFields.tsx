import { Autocomplete, Select } from "@mantine/core";
import { DateInput } from "@mantine/dates";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useReader } from "../../session/me";
import { zoneLabel } from "../../time/format";
import { addDays, addMinutes, daysBetween, instantOf, minutesBetween, parseTime, type Wall } from "../../time/zone";
import { type Draft, restarted } from "./draft";
import classes from "./TimeFields.module.css";

const quarterHours = Array.from({ length: 96 }, (_, index) => {
  const hour = String(Math.floor(index / 4)).padStart(2, "0");
  return `${hour}:${String((index % 4) * 15).padStart(2, "0")}`;
});

function TimeField({
  label,
  value,
  from,
  className = "",
  onChange,
}: {
  label: string;
  value: string;
  from?: Wall & { end: string };
  className?: string;
  onChange: (time: string) => void;
}) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  function take(typed: string) {
    const time = parseTime(typed);
    if (time) onChange(time);
    else setText(value);
  }
  // For an end: the times after the start come first, as long as it ends the same day.
  const choices = from && from.date === from.end ? quarterHours.filter((time) => time > from.time) : quarterHours;
  return (
    <Autocomplete
      aria-label={label}
      className={`${classes.time} ${className}`}
      data={choices}
      filter={({ options }) => options}
      value={text}
      limit={96}
      maxDropdownHeight={220}
      inputMode="numeric"
      selectFirstOptionOnChange={false}
      onChange={setText}
      onOptionSubmit={onChange}
      onBlur={() => take(text)}
      onKeyDown={(event) => {
        if (event.key === "Enter") take(text);
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
  const [zoneOpen, setZoneOpen] = useState(draft.zone !== reader.zone);
  const zones = zoneOpen ? Intl.supportedValuesOf("timeZone") : [];
  const at = instantOf(draft.start, draft.zone);
  const date = {
    valueFormat: reader.language === "en" ? "ddd D MMM YYYY" : "L (dd)",
    allowDeselect: false,
    required: true,
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
      {withZone && !draft.allDay && !zoneOpen && (
        <button type="button" className={classes.link} onClick={() => setZoneOpen(true)}>
          {t("event.zone")}
        </button>
      )}
      {withZone && !draft.allDay && zoneOpen && (
        <Select
          mt={8}
          searchable
          aria-label={t("event.zone")}
          allowDeselect={false}
          limit={60}
          data={zones.includes(draft.zone) ? zones : [draft.zone, ...zones]}
          value={draft.zone}
          onChange={(zone) => zone && onChange({ ...draft, zone })}
          description={zoneLabel(reader.language, draft.zone, at)}
          inputWrapperOrder={["label", "input", "description", "error"]}
        />
      )}
      {error && (
        <p className={classes.error} role="alert">
          {error}
        </p>
      )}
    </div>
  );
}
