import { useTranslation } from "react-i18next";
import { problemText } from "../../api/problem";
import { Note } from "../../parts/Note";

interface RefusalProps {
  refusal: unknown;
  /** What was said of single fields, by their names on the wire. */
  fields: Record<string, string>;
  /** The fields that say it themselves. */
  shown: readonly string[];
}

const labels = {
  attendees: "event.guests",
  calendar_id: "event.calendar",
  description: "event.description",
  end_date: "event.end_date",
  end_time: "event.end_time",
  location: "event.place",
  recurrence: "event.repeat",
  reminders: "event.reminders",
  start_date: "event.start_date",
  start_time: "event.start_time",
  time_zone: "event.zone",
  transparency: "event.shows_as",
  use_google_meet: "event.meet",
  visibility: "event.visibility",
} as const;

/** Why the form was not saved, as far as no field of it says so. */
export function Refusal({ refusal, fields, shown }: RefusalProps) {
  const { t } = useTranslation();
  const rest = Object.entries(fields).filter(([field]) => !shown.includes(field));
  if (refusal !== undefined && Object.keys(fields).length === 0) {
    return <Note tone="stop">{problemText(t, refusal)}</Note>;
  }
  if (rest.length === 0) return null;
  return (
    <Note tone="stop">
      {rest.map(([field, text]) => {
        const label = labels[field as keyof typeof labels];
        return <p key={field}>{label ? t("common.labelled", { label: t(label), text }) : text}</p>;
      })}
    </Note>
  );
}
