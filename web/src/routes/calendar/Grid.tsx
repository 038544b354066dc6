import FullCalendar, {
  type CalendarOptions,
  type CalendarRef,
  type EventDisplayInfo,
  type EventInput,
} from "@fullcalendar/react";
import dayGridPlugin from "@fullcalendar/react/daygrid";
import interactionPlugin from "@fullcalendar/react/interaction";
import listPlugin from "@fullcalendar/react/list";
import timeGridPlugin from "@fullcalendar/react/timegrid";
import "@fullcalendar/react/skeleton.css";
import csLocale from "@fullcalendar/react/locales/cs";
import enLocale from "@fullcalendar/react/locales/en-gb";
import jaLocale from "@fullcalendar/react/locales/ja";
import koLocale from "@fullcalendar/react/locales/ko";
import zhLocale from "@fullcalendar/react/locales/zh-tw";
import { IconX } from "@tabler/icons-react";
import { type Ref, useCallback, useEffect, useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { Calendar, Event } from "../../api/wire";
import type { Language } from "../../i18n/languages";
import { ButtonLink } from "../../parts/ButtonLink";
import { Empty } from "../../parts/Empty";
import { useMe, useReader } from "../../session/me";
import { dateIn, monthsTitle, type Reader, timeOfDay, weekdayName } from "../../time/format";
import type { View } from "./address";
import { CutTitle } from "./CutTitle";
import { colourOf } from "./colours";
import classes from "./Grid.module.css";
import { kindIcons } from "./kinds";
import { gridLook } from "./look";
import { markOf, syncText } from "./marks";
import { freeMinutes } from "./stack";

/** Our views by FullCalendar's names. */
export const gridViews: Record<View, string> = {
  month: "dayGridMonth",
  week: "timeGridWeek",
  days: "timeGridThreeDays",
  day: "timeGridDay",
  agenda: "listTwoWeeks",
};

const locales: Record<Language, typeof enLocale> = {
  en: enLocale,
  "zh-TW": zhLocale,
  ja: jaLocale,
  ko: koLocale,
  cs: csLocale,
};

export interface MovedEvent {
  event: Event;
  start: string;
  end: string;
  allDay: boolean;
  revert: () => void;
}

interface GridProps {
  ref: Ref<CalendarRef>;
  view: View;
  date: string;
  events: readonly Event[];
  calendars: ReadonlyMap<string, Calendar>;
  selected?: string;
  canCreate: boolean;
  /** First instant and the one after the last, as the grid writes them. */
  onRange: (start: string, end: string) => void;
  onSelect: (start: string, end: string, allDay: boolean) => void;
  onOpen: (event: Event) => void;
  onMove: (moved: MovedEvent) => void;
  onDay: (date: string) => void;
}

/** A height of the grid: half an hour is 24 px. */
const pixelsPerMinute = 24 / 30;

function inputOf(
  event: Event,
  colour: string | undefined,
  now: number,
  selected: boolean,
  free: number | undefined,
): EventInput {
  const mine = event.attendees.find((attendee) => attendee.self);
  const end = event.all_day ? Date.parse(event.end_date ?? "") : Date.parse(event.end_time ?? "");
  return {
    id: event.id,
    title: event.title,
    start: event.start_time ?? event.start_date ?? undefined,
    end: event.end_time ?? event.end_date ?? undefined,
    allDay: event.all_day,
    color: event.busy_only ? colourOf(colour ?? "slate") : colourOf(event.color ?? colour),
    startEditable: event.can.edit,
    durationEditable: event.can.edit,
    extendedProps: {
      event,
      past: end < now,
      answer: mine?.answer,
      selected,
      free,
    },
  };
}

function stateClasses(info: EventDisplayInfo): string {
  const { event, past, answer, selected } = info.event.extendedProps as Extra;
  const names: (string | undefined)[] = [];
  if (event?.busy_only) names.push(classes.busy);
  else if (answer === "needs_action" || answer === "tentative" || event?.status === "tentative")
    names.push(classes.tentative);
  if (answer === "declined") names.push(classes.declined);
  if (past) names.push(classes.past);
  if (selected) names.push(classes.selected);
  return names.filter(Boolean).join(" ");
}

interface Extra {
  /** Absent while a time is being selected: the shadow is no event yet. */
  event?: Event;
  past?: boolean;
  answer?: string;
  selected?: boolean;
  /** Minutes until another card lies over this one; absent when none does. */
  free?: number;
}

function placeOf(event: Event): string | null {
  if (event.location) return event.location;
  return event.hangout_link || event.conference ? "Meet" : null;
}

function Mark({ event }: { event: Event }) {
  const { t } = useTranslation();
  const mark = markOf(event);
  if (!mark) return null;
  const text = event.sync_reason ? syncText(t, event) : t(`event_sync.${event.sync}`);
  return (
    <span className={classes.mark} data-tone={mark.tone} title={text}>
      <mark.Icon size={13} stroke={2.2} aria-hidden />
      <span className="visually-hidden">{text}</span>
    </span>
  );
}

/** The sign of a special kind of event. */
function Kind({ event }: { event: Event }) {
  const { t } = useTranslation();
  if (!event.event_type) return null;
  const Icon = kindIcons[event.event_type];
  const text = t(`event_kind.${event.event_type}`);
  return (
    <span className={classes.kind} title={text}>
      <Icon size={13} stroke={1.8} aria-hidden />
      <span className="visually-hidden">{text}</span>
    </span>
  );
}

function Card({
  info,
  reader,
  calendars,
}: {
  info: EventDisplayInfo;
  reader: Reader;
  calendars: ReadonlyMap<string, Calendar>;
}) {
  const { t } = useTranslation();
  const { event, free } = info.event.extendedProps as Extra;
  const { start, end } = info.event;
  if (!event) {
    return <span className={classes.detail}>{info.timeText}</span>;
  }
  const calendar = calendars.get(event.calendar_id);
  const title = event.busy_only ? t("calendar.busy") : event.title || t("calendar.untitled");
  const named = (
    <span className={classes.title}>
      <Kind event={event} />
      {title}
    </span>
  );
  // While it is dragged the card shows where it would go.
  const instant = (time: string | null | undefined, dragged: Date | null) =>
    info.isMirror ? dragged : time ? new Date(time) : dragged;
  const from = instant(event.start_time, start);
  const until = instant(event.end_time, end);
  const time = info.isMirror ? info.timeText : from && !event.all_day ? timeOfDay(reader, from) : "";
  const span = info.isMirror || !from || !until ? time : `${timeOfDay(reader, from)} – ${timeOfDay(reader, until)}`;
  const minutes = from && until ? (until.getTime() - from.getTime()) / 60_000 : 0;
  const where = event.busy_only ? calendar?.owner?.name : placeOf(event);

  if (info.view.type === gridViews.agenda) {
    return (
      <div className={classes.agendaRow}>
        <span className={classes.agendaBar} aria-hidden="true" />
        <span className={classes.agendaTime}>{event.all_day ? t("calendar.all_day") : span}</span>
        <span className="grow">
          {named}
          {(where || calendar) && (
            <span className={classes.detail}>{[where, calendar?.name].filter(Boolean).join(" · ")}</span>
          )}
        </span>
        <Mark event={event} />
      </div>
    );
  }
  if (info.view.type === gridViews.month && !event.all_day) {
    return (
      <div className={classes.monthRow}>
        <span className={classes.dot} />
        <time>{time}</time>
        {named}
        <Mark event={event} />
      </div>
    );
  }
  if (event.all_day || minutes <= 40) {
    return (
      <div className={classes.oneLine} data-early={(free !== undefined && free < 20) || undefined}>
        <Mark event={event} />
        {named}
        {!event.all_day && <span className={classes.detail}>{time}</span>}
      </div>
    );
  }
  const beside = free !== undefined && free < 60;
  return (
    <div className={`${classes.lines} ${minutes >= 75 ? classes.tall : ""}`}>
      {free !== undefined && (
        <span
          className={classes.covered}
          style={{ "--free": `${free * pixelsPerMinute}px` } as React.CSSProperties}
          aria-hidden="true"
        />
      )}
      <Mark event={event} />
      {named}
      <span className={classes.detail}>
        {[minutes >= 75 && !beside ? span : time, beside ? null : where].filter(Boolean).join(" · ")}
      </span>
    </div>
  );
}

/** The event whose card had the focus when it was drawn anew: every change of what is shown draws all of them again. */
let focused: string | undefined;

// The calendar compares its options by identity: whatever never changes is made once.
const steady: CalendarOptions = {
  ...gridLook,
  plugins: [dayGridPlugin, timeGridPlugin, listPlugin, interactionPlugin],
  views: {
    timeGridWeek: { eventMaxStack: 3 },
    timeGridThreeDays: { type: "timeGrid", duration: { days: 3 }, dateIncrement: { days: 3 }, eventMaxStack: 3 },
    timeGridDay: { eventMaxStack: 6 },
    listTwoWeeks: { type: "list", duration: { days: 14 } },
  },
  headerToolbar: false,
  height: "100%",
  expandRows: false,
  locales: Object.values(locales),
  nowIndicator: true,
  navLinks: true,
  dayMaxEvents: true,
  slotDuration: "00:30:00",
  snapDuration: "00:15:00",
  slotMinHeight: 30 * pixelsPerMinute,
  eventMinHeight: 18,
  eventShortHeight: 22,
  slotEventOverlap: true,
  scrollTime: "07:30:00",
  scrollTimeReset: false,
  slotHeaderFormat: { hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  slotHeaderInterval: "01:00:00",
  eventTimeFormat: { hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  listDayFormat: { weekday: "long" },
  listDayAltFormat: { day: "numeric", month: "long" },
  eventInteractive: true,
  editable: true,
  forceEventDuration: true,
  defaultTimedEventDuration: "01:00",
  selectMirror: true,
  unselectAuto: false,
  longPressDelay: 350,
  eventDragMinDistance: 4,
  eventClass: stateClasses,
  // What is read aloud is what is seen, and more; the calendar's own name of a day has another form than the one shown.
  dayHeaderDidMount: ({ el }) => {
    for (const named of [el, ...el.querySelectorAll("[aria-label]")]) named.removeAttribute("aria-label");
  },
  // A day without meetings holds nothing that could take the focus, and is scrolled by keys all the same.
  viewDidMount: ({ el }) => {
    for (const part of el.querySelectorAll<HTMLElement>("div")) {
      if (getComputedStyle(part).overflowY !== "auto") continue;
      const inside = part.querySelector<HTMLElement>('[role="row"], [role="gridcell"]');
      if (inside) inside.tabIndex = 0;
    }
  },
  eventDidMount: (info) => {
    if (info.isMirror) info.el.dataset.shadow = "";
    else info.el.dataset.event = info.event.id;
    if (focused === undefined || focused !== info.event.id || document.activeElement !== document.body) return;
    focused = undefined;
    info.el.focus({ preventScroll: true });
  },
  eventWillUnmount: (info) => {
    if (info.el === document.activeElement) focused = info.event.id;
  },
};

/** The grid of days and hours. */
export function Grid(props: GridProps) {
  const { events, calendars, view, date, selected, canCreate } = props;
  const { t } = useTranslation();
  const reader = useReader();
  const { tenant } = useMe();
  const inputs = useMemo(() => {
    const now = Date.now();
    const free = freeMinutes(events);
    return events.map((event) =>
      inputOf(event, calendars.get(event.calendar_id)?.color, now, event.id === selected, free.get(event.id)),
    );
  }, [events, calendars, selected]);

  // What the page wants done is read when it happens, so that the options need not change with the page.
  const latest = useRef(props);
  useEffect(() => {
    latest.current = props;
  });
  const handlers = useMemo<CalendarOptions>(
    () => ({
      navLinkDayClick: (day) => latest.current.onDay(dateIn(reader.zone, day)),
      // What a day has more of is seen whole in the day's own view; there the rest opens beside its place.
      moreLinkClick: (info) => {
        if (info.view.type === gridViews.day) return "popover";
        latest.current.onDay(dateIn(reader.zone, info.date));
        return undefined;
      },
      datesSet: (info) => latest.current.onRange(info.startStr, info.endStr),
      select: (info) => latest.current.onSelect(info.startStr, info.endStr, info.allDay),
      eventClick: (info) => {
        info.jsEvent.preventDefault();
        const { event } = info.event.extendedProps as Extra;
        if (event) latest.current.onOpen(event);
      },
      eventDrop: (info) => moved(info, latest.current.onMove),
      eventResize: (info) => moved(info, latest.current.onMove),
      dayHeaderContent: (info) =>
        info.inPopover ? (
          info.text
        ) : (
          <span className={classes.dayName}>
            {weekdayName(reader.language, info.dow, "short")}
            {info.view.type !== gridViews.month && <b>{info.dayNumberText.replace(/\D+/g, "")}</b>}
            {info.view.type !== gridViews.month && (
              <span className="visually-hidden">{monthsTitle(reader.language, info.date, info.date)}</span>
            )}
          </span>
        ),
    }),
    [reader.zone, reader.language],
  );
  const words = useMemo<CalendarOptions>(
    () => ({
      allDayText: t("calendar.all_day"),
      moreLinkText: (count) => t("calendar.more_events", { count }),
      moreLinkHint: (count) => t("calendar.more_events", { count }),
      navLinkHint: (date) => t("calendar.open_day", { date }),
      closeHint: t("common.close"),
      eventsHint: t("calendar.events"),
      popoverCloseContent: () => <IconX size={16} stroke={1.8} aria-hidden />,
      noEventsContent: () => (
        <Empty
          action={
            canCreate && (
              <ButtonLink to="/calendar" search={(now) => ({ ...now, compose: true })} variant="default">
                {t("calendar.new")}
              </ButtonLink>
            )
          }
        >
          {t("calendar.none_here")}
        </Empty>
      ),
    }),
    [t, canCreate],
  );
  const content = useCallback(
    (info: EventDisplayInfo) => <Card info={info} reader={reader} calendars={calendars} />,
    [reader, calendars],
  );

  function wholeTitle(id: string) {
    const event = events.find((each) => each.id === id);
    if (!event) return null;
    const { busy_only, all_day, start_time, end_time } = event;
    const time =
      all_day || !start_time || !end_time
        ? t("calendar.all_day")
        : `${timeOfDay(reader, new Date(start_time))} – ${timeOfDay(reader, new Date(end_time))}`;
    const where = busy_only ? calendars.get(event.calendar_id)?.owner?.name : placeOf(event);
    return (
      <span className={classes.whole}>
        <b>{busy_only ? t("calendar.busy") : event.title || t("calendar.untitled")}</b>
        <span>{[time, where].filter(Boolean).join(" · ")}</span>
      </span>
    );
  }

  return (
    <CutTitle textOf={wholeTitle}>
      <FullCalendar
        {...steady}
        {...handlers}
        {...words}
        ref={props.ref}
        initialView={gridViews[view]}
        initialDate={date}
        locale={locales[reader.language]}
        firstDay={tenant.week_start % 7}
        timeZone={reader.zone}
        selectable={canCreate}
        events={inputs}
        eventContent={content}
      />
    </CutTitle>
  );
}

function moved(
  info: {
    event: { startStr: string; endStr: string; allDay: boolean; extendedProps: Record<string, unknown> };
    revert: () => void;
  },
  onMove: GridProps["onMove"],
) {
  const { event } = info.event.extendedProps as Extra;
  if (!event) return info.revert();
  onMove({ event, start: info.event.startStr, end: info.event.endStr, allDay: info.event.allDay, revert: info.revert });
}
