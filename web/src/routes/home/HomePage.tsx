import { Button, Skeleton } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import {
  IconAlertTriangle,
  IconBrandGoogle,
  IconCalendarPlus,
  IconCheck,
  IconHandStop,
  IconVideo,
} from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { api, http, refresh } from "../../api/client";
import { problemText } from "../../api/problem";
import type { Answer, Event } from "../../api/wire";
import { ButtonLink } from "../../parts/ButtonLink";
import { ConnectButton } from "../../parts/ConnectButton";
import { Empty } from "../../parts/Empty";
import { Trouble } from "../../parts/Trouble";
import { may, useMe, useReader } from "../../session/me";
import { civilDate, dateIn, daySpan, dayTitle, relative, timeOfDay, timeSpan } from "../../time/format";
import { useNow } from "../../time/now";
import { instantOf } from "../../time/zone";
import { AnswerButtons } from "../calendar/AnswerButtons";
import { colourOf } from "../calendar/colours";
import classes from "./HomePage.module.css";
import { ownEvents } from "./ownEvents";
import { byDay, invitationsIn, upcomingIn } from "./upcoming";

const daysAhead = 14;

/** What comes next, what needs me, what I have not answered. */
export function HomePage() {
  const { t } = useTranslation();
  const me = useMe();
  const reader = useReader();
  const now = useNow();
  const today = dateIn(reader.zone, now);
  // A range that only changes with the day keeps what was read valid.
  const from = instantOf({ date: today, time: "00:00" }, reader.zone);
  const calendar = may(me, "calendar");
  const events = useQuery({ ...ownEvents(from, daysAhead + 1), enabled: calendar });
  // An invitation waits however far ahead its meeting is; a year is all that one question may ask for.
  const year = useQuery({ ...ownEvents(from, 366), enabled: calendar });
  const calendars = api.useQuery("get", "/api/v1/calendar/calendars", {}, { enabled: calendar });
  const colours = new Map((calendars.data?.items ?? []).map((each) => [each.id, each.color]));
  const items = events.data ?? [];
  const upcoming = upcomingIn(items, now, today).slice(0, 8);
  const invitations = invitationsIn(year.data ?? items, now, today);

  return (
    <div className="page">
      <div className="page-head">
        <h1 className="breaks">{t("home.hello", { name: me.user.name })}</h1>
        {calendar && (
          <ButtonLink
            className="push"
            to="/calendar"
            search={{ compose: true }}
            leftSection={<IconCalendarPlus size={17} stroke={1.9} aria-hidden />}
          >
            {t("calendar.new")}
          </ButtonLink>
        )}
      </div>
      <p className="page-lead">{dayTitle(reader.language, civilDate(today), now)}</p>
      <div className={classes.columns}>
        <section aria-label={t("home.next")}>
          <h2 className={classes.heading}>{t("home.next")}</h2>
          {events.error && <Trouble error={events.error} retry={() => void events.refetch()} />}
          <div className={`card ${classes.list}`} hidden={events.isError && items.length === 0}>
            {events.isPending && calendar ? (
              <div className={classes.wait}>
                <Skeleton height={40} />
                <Skeleton height={40} />
                <Skeleton height={40} />
              </div>
            ) : upcoming.length === 0 ? (
              <Empty
                action={
                  <ButtonLink to="/calendar" variant="default">
                    {t("home.open_calendar")}
                  </ButtonLink>
                }
              >
                {t("home.nothing", { count: daysAhead })}
              </Empty>
            ) : (
              byDay(upcoming, today, (at) => dateIn(reader.zone, at)).map(([date, ofDay]) => (
                <div key={date}>
                  <h3 className={classes.day}>
                    {date === today ? t("home.today") : dayTitle(reader.language, civilDate(date), now)}
                  </h3>
                  <ul>
                    {ofDay.map((event) => (
                      <Upcoming
                        key={event.id}
                        event={event}
                        colour={event.color ?? colours.get(event.calendar_id)}
                        now={now}
                      />
                    ))}
                  </ul>
                </div>
              ))
            )}
          </div>
        </section>
        <div>
          <section aria-label={t("home.needs_me")}>
            <h2 className={classes.heading}>{t("home.needs_me")}</h2>
            <div className={`card ${classes.list}`}>
              <Needs />
            </div>
          </section>
          {invitations.length > 0 && (
            <section aria-label={t("home.invitations")}>
              <h2 className={classes.heading}>{t("home.invitations")}</h2>
              <div className={`card ${classes.list}`}>
                <ul>
                  {invitations.map((event) => (
                    <Invitation key={event.id} event={event} />
                  ))}
                </ul>
              </div>
            </section>
          )}
        </div>
      </div>
    </div>
  );
}

function Upcoming({ event, colour, now }: { event: Event; colour?: string; now: Date }) {
  const { t } = useTranslation();
  const reader = useReader();
  const start = event.start_time ? new Date(event.start_time) : null;
  const running = start !== null && start <= now;
  const soon = start !== null && start.getTime() - now.getTime() < 3_600_000;
  const details = [
    running ? t("home.running") : soon && start ? relative(reader, start, now) : null,
    event.location,
  ].filter(Boolean);
  return (
    <li className={classes.event} style={{ "--c": colourOf(colour) } as React.CSSProperties}>
      <span className={classes.bar} aria-hidden="true" />
      <Link
        to="/calendar"
        search={{ event: event.id, date: start ? dateIn(reader.zone, start) : (event.start_date ?? undefined) }}
        className={classes.link}
      >
        <time className={classes.time}>{start ? timeOfDay(reader, start) : t("calendar.all_day")}</time>
        <span className="grow">
          <span className={`${classes.title} clip`}>{event.title || t("calendar.untitled")}</span>
          {details.length > 0 && (
            <span className="muted small clip" style={{ display: "block" }}>
              {details.join(" · ")}
            </span>
          )}
        </span>
      </Link>
      {event.hangout_link && (
        <Button
          component="a"
          href={event.hangout_link}
          target="_blank"
          rel="noreferrer"
          size="xs"
          variant={soon ? "filled" : "subtle"}
          color={soon ? undefined : "gray"}
          leftSection={<IconVideo size={15} aria-hidden />}
          aria-label={t("event.join_title", { title: event.title })}
        >
          {t("event.join")}
        </Button>
      )}
    </li>
  );
}

function Need({ icon, children, action }: { icon: ReactNode; children: ReactNode; action: ReactNode }) {
  return (
    <li className={classes.need}>
      {icon}
      <span className="grow">{children}</span>
      {action}
    </li>
  );
}

function Needs() {
  const { t } = useTranslation();
  const { counts, google } = useMe();
  const needs: ReactNode[] = [];
  if (google.can_connect && google.phase === "without_authorization") {
    needs.push(
      <Need
        key="connect"
        icon={<IconBrandGoogle size={19} color="var(--muted)" aria-hidden />}
        action={<ConnectButton size="xs">{t("google.connect")}</ConnectButton>}
      >
        {t("google.connect_why")}
      </Need>,
    );
  }
  if (google.can_connect && google.phase === "authorization_pending") {
    needs.push(
      <Need
        key="connect"
        icon={<IconBrandGoogle size={19} color="var(--soon)" aria-hidden />}
        action={<ConnectButton size="xs">{t("state_action.waiting_for_consent")}</ConnectButton>}
      >
        {t("state_text.waiting_for_consent")}
      </Need>,
    );
  }
  if (counts.connections > 0) {
    const expired = google.phase === "authorization_expired";
    needs.push(
      <Need
        key="expired"
        icon={<IconBrandGoogle size={19} color="var(--stop)" aria-hidden />}
        action={
          <ButtonLink to="/google" size="xs">
            {t(expired ? "state_action.reconnect_needed" : "state_action.paused")}
          </ButtonLink>
        }
      >
        {expired ? t("state_text.reconnect_needed") : t("google.needs_me", { count: counts.connections })}
      </Need>,
    );
  }
  if (counts.company_connections > 0) {
    needs.push(
      <Need
        key="company"
        icon={<IconBrandGoogle size={19} color="var(--soon)" aria-hidden />}
        action={
          <ButtonLink to="/google" size="xs" variant="default">
            {t("state_action.paused")}
          </ButtonLink>
        }
      >
        {t("google.company_stopped", { count: counts.company_connections })}
      </Need>,
    );
  }
  if (counts.conflicts > 0) {
    needs.push(
      <Need
        key="conflicts"
        icon={<IconAlertTriangle size={19} color="var(--soon)" aria-hidden />}
        action={
          <ButtonLink to="/calendar/conflicts" size="xs" variant="default">
            {t("state_action.conflict")}
          </ButtonLink>
        }
      >
        {t("conflict.banner", { count: counts.conflicts })}
      </Need>,
    );
  }
  if (counts.holds > 0) {
    needs.push(
      <Need
        key="holds"
        icon={<IconHandStop size={19} color="var(--soon)" aria-hidden />}
        action={
          <ButtonLink to="/google" size="xs" variant="default">
            {t("state_action.held")}
          </ButtonLink>
        }
      >
        {t("hold.banner", { count: counts.holds })}
      </Need>,
    );
  }
  if (needs.length === 0) {
    return (
      <p className={classes.fine}>
        <IconCheck size={18} color="var(--ok)" aria-hidden /> {t("home.all_done")}
      </p>
    );
  }
  return <ul>{needs}</ul>;
}

function Invitation({ event }: { event: Event }) {
  const { t } = useTranslation();
  const reader = useReader();
  const now = useNow();
  const when =
    event.start_date && event.end_date
      ? daySpan(reader.language, event.start_date, event.end_date, now)
      : timeSpan(reader, new Date(event.start_time ?? 0), new Date(event.end_time ?? 0), now);

  async function answer(given: Answer) {
    try {
      // An invitation to a series is answered as a whole.
      const scope = event.series_id || event.is_recurring ? "all" : undefined;
      await http.POST("/api/v1/calendar/events/{id}/answer", {
        params: { path: { id: event.id } },
        body: { answer: given, scope },
      });
      notifications.show({ message: t("home.answered", { answer: t(`answer.${given}`), title: event.title }) });
    } catch (error) {
      notifications.show({ message: problemText(t, error), color: "red" });
    }
    void refresh("/calendar/events", "/me");
  }

  return (
    <li className={classes.invitation}>
      <Link to="/calendar" search={{ event: event.id }} className={classes.title}>
        <span className="breaks">{event.title || t("calendar.untitled")}</span>
      </Link>
      <span className="muted small">
        {when}
        {event.organizer && ` · ${event.organizer.name || event.organizer.email}`}
      </span>
      <div className={classes.answer}>
        <AnswerButtons onAnswer={(given) => void answer(given)} />
      </div>
    </li>
  );
}
