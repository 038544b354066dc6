import { ActionIcon, Button, FocusTrap, Loader } from "@mantine/core";
import {
  IconAlignLeft,
  IconBell,
  IconCalendar,
  IconInfoCircle,
  IconLock,
  IconMapPin,
  IconRepeat,
  IconVideo,
  IconX,
} from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Answer, Calendar, Event } from "../../api/wire";
import { ButtonLink } from "../../parts/ButtonLink";
import { Face } from "../../parts/Face";
import { Note } from "../../parts/Note";
import { useSince } from "../../parts/StatePanel";
import { useReader } from "../../session/me";
import { daySpan, listing, sameClock, timeSpan, zoneLabel } from "../../time/format";
import { useNow } from "../../time/now";
import { AnswerButtons } from "./AnswerButtons";
import { AnswerMark } from "./AnswerMark";
import { colourOf } from "./colours";
import classes from "./EventCard.module.css";
import { eventById } from "./events";
import { kindIcons } from "./kinds";
import { markOf, syncText } from "./marks";
import { useNames } from "./names";
import { plainText } from "./plainText";
import { alone, recurrenceText, seriesStart } from "./recurrence";
import { reminderText } from "./reminders";

/** When an event is, in the reader's words and zone. */
export function useEventTime() {
  const reader = useReader();
  const now = useNow();
  return (event: Pick<Event, "all_day" | "start_date" | "end_date" | "start_time" | "end_time">): string => {
    if (event.start_date && event.end_date) return daySpan(reader.language, event.start_date, event.end_date, now);
    return timeSpan(reader, new Date(event.start_time ?? 0), new Date(event.end_time ?? 0), now);
  };
}

function Line({ icon, children, action }: { icon: ReactNode; children: ReactNode; action?: ReactNode }) {
  return (
    <div className={classes.line}>
      <span className={classes.icon} aria-hidden="true">
        {icon}
      </span>
      <div className="breaks">{children}</div>
      {action}
    </div>
  );
}

const small = { size: 17, stroke: 1.7 } as const;

function Repetition({ event }: { event: Event }) {
  const { t } = useTranslation();
  const reader = useReader();
  const master = useQuery(eventById(event.series_id ?? ""));
  const series = master.data ?? event;
  const start = seriesStart(series, reader.zone);
  const text = recurrenceText(t, reader.language, series.recurrence ?? event.recurrence, start);
  return <Line icon={<IconRepeat {...small} />}>{alone(reader.language, text ?? t("repeat.is_series"))}</Line>;
}

/** What kind of event it is where Google alone lets it be edited, and where that is done. */
function Kind({ id, type }: { id: string; type: NonNullable<Event["event_type"]> }) {
  const { t } = useTranslation();
  // Where Google shows it is told of one that is asked for by itself.
  const url = useQuery(eventById(id)).data?.google_url;
  const Icon = kindIcons[type];
  return (
    <Line
      icon={<Icon {...small} />}
      action={
        url && (
          <Button component="a" href={url} target="_blank" rel="noreferrer" size="xs" variant="default">
            {t("event.open_at_google")}
          </Button>
        )
      }
    >
      {t(`event_kind.${type}`)}
      <span className="muted small" style={{ display: "block" }}>
        {t("event.googles")}
      </span>
    </Line>
  );
}

interface EventCardProps {
  event: Event;
  calendar?: Calendar;
  onClose: () => void;
  onEdit: () => void;
  onDelete: () => void;
  onAnswer: (answer: Answer) => void;
  onCopy: () => void;
}

/** What opens beside an event: when, where, who, and what I can do about it. */
export function EventCard({ event, calendar, onClose, onEdit, onDelete, onAnswer, onCopy }: EventCardProps) {
  const { t } = useTranslation();
  const reader = useReader();
  const timeOf = useEventTime();
  const [all, setAll] = useState(false);
  const title = event.busy_only ? t("calendar.busy") : event.title || t("calendar.untitled");
  const me = event.attendees.find((attendee) => attendee.self);
  const people = event.attendees.filter((attendee) => !attendee.resource);
  const names = useNames(people);
  const shown = all ? people : people.slice(0, 7);
  const unconnected = people.filter((attendee) => attendee.google_calendar_connected === false);
  const meetUrl = event.hangout_link ?? event.conference?.url;
  const start = event.start_time ? new Date(event.start_time) : null;
  const elsewhere =
    start && event.time_zone && !sameClock(event.time_zone, reader.zone, start) ? event.time_zone : null;
  const yes = people.filter((attendee) => attendee.answer === "accepted").length;

  return (
    <article
      className={classes.card}
      style={{ "--c": colourOf(event.color ?? calendar?.color) } as React.CSSProperties}
    >
      <FocusTrap.InitialFocus />
      <header className={classes.head}>
        <span className={classes.dot} aria-hidden="true" />
        <div className="grow">
          <h2 className="breaks">{title}</h2>
          <p className={classes.when}>
            <time>{timeOf(event)}</time>
          </p>
          {elsewhere && start && (
            <p className={classes.when}>
              <time>
                {timeSpan({ ...reader, zone: elsewhere }, start, new Date(event.end_time ?? start), new Date())} ·{" "}
                {zoneLabel(reader.language, elsewhere, start)}
              </time>
            </p>
          )}
        </div>
        <ActionIcon size={28} aria-label={t("common.close")} onClick={onClose} className={classes.close}>
          <IconX size={17} stroke={1.8} />
        </ActionIcon>
      </header>

      <SyncNote event={event} />

      {event.event_type && <Kind id={event.id} type={event.event_type} />}
      {(event.is_recurring || event.series_id) && !event.busy_only && <Repetition event={event} />}
      {meetUrl && (
        <Line
          icon={<IconVideo {...small} />}
          action={
            <Button component="a" href={meetUrl} target="_blank" rel="noreferrer" size="xs">
              {t("event.join")}
            </Button>
          }
        >
          {t("event.meet")}
        </Line>
      )}
      {!meetUrl && event.conference && (
        <Line icon={event.conference.state === "failed" ? <IconVideo {...small} /> : <Loader size={15} />}>
          {event.conference.state === "failed" ? t("event.meet_failed") : t("event.meet_coming")}
        </Line>
      )}
      {event.location && <Line icon={<IconMapPin {...small} />}>{event.location}</Line>}
      {!event.busy_only && event.visibility !== "default" && event.visibility !== "public" && (
        <Line icon={<IconLock {...small} />}>{t("visibility.private")}</Line>
      )}
      {!event.busy_only && !event.reminders.use_default && event.reminders.overrides.length > 0 && (
        <Line icon={<IconBell {...small} />}>
          {listing(
            reader.language,
            event.reminders.overrides.map(({ minutes }) => reminderText(t, minutes)),
          )}
        </Line>
      )}
      {calendar && <Line icon={<IconCalendar {...small} />}>{calendar.name}</Line>}

      {(people.length > 0 || event.attendees_omitted) && (
        <section className={classes.people} aria-label={t("event.guests")}>
          {people.length > 2 && !event.attendees_omitted && (
            <p className="muted small">{t("event.guest_count", { count: people.length, yes })}</p>
          )}
          <ul>
            {shown.map((attendee) => (
              <li key={attendee.email} className={classes.person}>
                <Face name={names(attendee)} size={22} />
                <span className="grow">
                  <span className="clip" style={{ display: "block" }} title={attendee.email}>
                    {names(attendee)}{" "}
                    {attendee.organizer && <span className="faint small">{t("event.organizer")}</span>}
                    {attendee.optional && <span className="faint small">{t("event.optional")}</span>}
                  </span>
                  {attendee.comment && <span className="faint small breaks">{attendee.comment}</span>}
                </span>
                <AnswerMark answer={attendee.answer} />
              </li>
            ))}
          </ul>
          {people.length > shown.length && (
            <Button variant="subtle" color="gray" size="compact-xs" onClick={() => setAll(true)}>
              {t("event.show_all_guests", { count: people.length })}
            </Button>
          )}
          {event.attendees_omitted && <p className="muted small breaks">{t("event.guests_hidden")}</p>}
          {unconnected.length > 0 && (
            <p className="muted small breaks">
              {t("event.unconnected", { names: listing(reader.language, unconnected.map(names)) })}
            </p>
          )}
        </section>
      )}
      {event.description && (
        <Line icon={<IconAlignLeft {...small} />}>
          <Description text={event.description} />
        </Line>
      )}

      {event.can.answer && me && (
        <div className={classes.answer}>
          <span className="small strong">{t("event.going")}</span>
          <AnswerButtons answer={me.answer} onAnswer={onAnswer} />
        </div>
      )}
      <footer className={classes.foot}>
        {event.can.edit && (
          <Button size="xs" variant="default" onClick={onEdit}>
            {t("common.edit")}
          </Button>
        )}
        {!event.busy_only && (
          <Button size="xs" variant="subtle" color="gray" onClick={onCopy}>
            {t("event.copy_link")}
          </Button>
        )}
        {event.can.delete && (
          <Button size="xs" variant="subtle" color="red" onClick={onDelete} style={{ marginLeft: "auto" }}>
            {t("common.delete")}
          </Button>
        )}
      </footer>
    </article>
  );
}

function SyncNote({ event }: { event: Event }) {
  const { t } = useTranslation();
  const sinceText = useSince();
  const mark = markOf(event);
  if (!mark && !event.sync_reason) return null;
  const Icon = mark?.Icon ?? IconInfoCircle;
  return (
    <div className={classes.note}>
      <Note
        tone={mark?.tone ?? "off"}
        icon={<Icon size={16} aria-hidden />}
        action={
          event.conflict_id ? (
            <ButtonLink
              to="/calendar/conflicts/$conflictId"
              params={{ conflictId: event.conflict_id }}
              size="xs"
              variant="default"
            >
              {t("state_action.conflict")}
            </ButtonLink>
          ) : event.sync === "held" ? (
            <ButtonLink to="/google" size="xs" variant="default">
              {t("state_action.held")}
            </ButtonLink>
          ) : undefined
        }
      >
        {syncText(t, event)}
        {event.sync_since && <span className={classes.since}>{sinceText(event.sync_since)}</span>}
      </Note>
    </div>
  );
}

/** A description with working links. */
function Description({ text }: { text: string }) {
  return (
    <div className={classes.description}>
      {plainText(text)
        .split(/(https?:\/\/[^\s<>"]+)/)
        .map((piece, index) =>
          index % 2 === 1 ? (
            // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one text, never moved
            <a key={index} href={piece} target="_blank" rel="noreferrer nofollow">
              {piece}
            </a>
          ) : (
            piece
          ),
        )}
    </div>
  );
}
