import type { CalendarRef } from "@fullcalendar/react";
import { ActionIcon, Button, Drawer, Progress, SegmentedControl, Skeleton, Tooltip } from "@mantine/core";
import { useDisclosure, useHotkeys, useLocalStorage } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { IconChevronLeft, IconChevronRight, IconMenu2, IconPlus } from "@tabler/icons-react";
import { useQueries, useQuery } from "@tanstack/react-query";
import { useNavigate, useRouter, useSearch } from "@tanstack/react-router";
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client";
import { asProblem, problemText } from "../../api/problem";
import type { Answer, Event, SyncState } from "../../api/wire";
import { Anchored, usePhone } from "../../parts/Anchored";
import { useEscapeLayer } from "../../parts/layers";
import { StatePanel, useLastSync } from "../../parts/StatePanel";
import { Trouble } from "../../parts/Trouble";
import { worstState } from "../../parts/worst";
import { may, useMe, useReader } from "../../session/me";
import { civilDate, dateIn, dayTitle, monthsTitle, shortMonthsTitle } from "../../time/format";
import { addDays, instantOf, wallOf, withOffset } from "../../time/zone";
import type { CalendarSearch, View } from "./address";
import { Banners } from "./Banners";
import classes from "./CalendarPage.module.css";
import { Colleagues } from "./Colleagues";
import { emptyDraft, nextHour } from "./draft";
import { EventCard, useEventTime } from "./EventCard";
import { answerEvent, changeEvent, deleteEvent, eventById, eventsBetween, patched } from "./events";
import { asColleague, useFollowed } from "./followed";
import { Grid, gridViews, type MovedEvent } from "./Grid";
import { isForCalendar } from "./keys";
import { scopesToDelete } from "./kinds";
import { useScopeQuestion } from "./ScopeQuestion";
import { Side } from "./Side";
import { useMeetingForm } from "./useMeetingForm";
import { useVisibleCalendars } from "./visible";

const wideViews: View[] = ["month", "week", "day", "agenda"];
const phoneViews: View[] = ["days", "day", "agenda"];

/** The stretch that the grid shows, as instants and as first and last day. */
interface Shown {
  from: string;
  to: string;
  first: string;
  last: string;
}

/** How many people besides me would be told of a change. */
function othersOf(event: Event): number {
  return event.attendees.filter((each) => !each.self && !each.resource).length;
}

/** Where a card opens beside: a row over the whole page ends, for this, behind its title. */
function beside({ left, top, width, height }: DOMRect): DOMRect {
  return new DOMRect(left, top, Math.min(width, 400), height);
}

export function CalendarPage() {
  const { t } = useTranslation();
  const me = useMe();
  const reader = useReader();
  const phone = usePhone();
  const router = useRouter();
  const navigate = useNavigate();
  const search = useSearch({ from: "/frame/calendar" });
  const [lastView, setLastView] = useLocalStorage<View>({
    key: phone ? "portico-view-phone" : "portico-view",
    defaultValue: phone ? "days" : "week",
    getInitialValueInEffect: false,
  });
  const offered = phone ? phoneViews : wideViews;
  const wanted = search.view ?? lastView;
  const view: View = offered.includes(wanted) ? wanted : (offered[0] ?? "day");
  const today = dateIn(reader.zone, new Date());
  const date = search.date ?? today;

  const grid = useRef<CalendarRef>(null);
  const page = useRef<HTMLDivElement>(null);
  const [shown, setShown] = useState<Shown | null>(null);
  const [sideOpen, side] = useDisclosure(false);
  useEscapeLayer(phone && sideOpen, side.close);
  const [ask, scopeDialog] = useScopeQuestion();
  const lastSync = useLastSync();
  const timeOf = useEventTime();

  const go = useCallback(
    (change: Partial<CalendarSearch>, replace = false) =>
      void navigate({ to: "/calendar", search: (before: CalendarSearch) => ({ ...before, ...change }), replace }),
    [navigate],
  );

  const calendars = api.useQuery("get", "/api/v1/calendar/calendars", {});
  const list = useMemo(() => calendars.data?.items ?? [], [calendars.data]);
  const { visible, show } = useVisibleCalendars(list, me.user.id);
  const ids = useMemo(() => [...visible].sort(), [visible]);
  const events = useQuery(eventsBetween(shown?.from ?? "", shown?.to ?? "", { calendar: ids }));
  const colleagues = useFollowed(me.user.id);
  const shownColleagues = useMemo(() => colleagues.followed.filter((each) => each.shown), [colleagues.followed]);
  const theirEvents = useQueries({
    queries: shownColleagues.map(({ id }) => eventsBetween(shown?.from ?? "", shown?.to ?? "", { employee: [id] })),
    combine: (results) => results.map((result) => result.data),
  });
  const byId = useMemo(
    () => new Map([...list, ...colleagues.calendars].map((calendar) => [calendar.id, calendar])),
    [list, colleagues.calendars],
  );
  const onGrid = useMemo(
    () => [
      ...(events.data ?? []).filter((event) => visible.has(event.calendar_id)),
      ...shownColleagues.flatMap(({ id }, index) => asColleague(theirEvents[index] ?? [], id, visible)),
    ],
    [events.data, visible, shownColleagues, theirEvents],
  );

  const mine = list.filter((calendar) => calendar.mine);
  const main = mine.find((calendar) => calendar.is_main) ?? mine[0];
  const worst = worstState(
    mine.flatMap((calendar) => (calendar.sync && calendar.sync.state !== "off" ? [calendar.sync] : [])),
  );
  const conflicts = api.useQuery(
    "get",
    "/api/v1/calendar/conflicts",
    { params: { query: { state: "open", limit: 200 } } },
    { enabled: me.counts.conflicts > 0 },
  );
  const conflictSince = conflicts.data?.items.map((conflict) => conflict.created_at).sort()[0];
  const sync: SyncState | undefined =
    worst?.state === "in_step" && me.counts.conflicts > 0
      ? { ...worst, state: "conflict", since: conflictSince }
      : worst;
  const linkIds = mine.flatMap((calendar) => (calendar.link_id ? [calendar.link_id] : []));
  // Consent is asked of the account that needs it, not of a new one.
  const troubled = mine.find((calendar) => calendar.sync === worst)?.link_id;
  const asksConsent = sync?.state === "reconnect_needed" || sync?.state === "permission_missing";
  const links = api.useQuery("get", "/api/v1/calendar/links", {}, { enabled: asksConsent });
  const connection = links.data?.items.find((link) => link.id === troubled)?.connection_id;
  const canCreate = may(me, "calendar") && mine.length > 0;

  const clearSelection = useCallback(() => grid.current?.getApi().unselect(), []);
  const meetingForm = useMeetingForm({
    calendars: list,
    zone: reader.zone,
    ask,
    onClosed: clearSelection,
    onSaved: (event) => {
      if (event.sync === "pending") notifications.show({ message: t("event.saved_pending") });
    },
  });
  const { compose } = meetingForm;

  // --- Where I look -----------------------------------------------------------------------------

  useLayoutEffect(() => {
    const calendar = grid.current?.getApi();
    if (!calendar) return;
    if (calendar.view.type !== gridViews[view]) calendar.changeView(gridViews[view], date);
    else if (calendar.formatIso(calendar.getDate(), true) !== date) calendar.gotoDate(date);
  }, [view, date]);

  const onRange = useCallback(
    (start: string, end: string) => {
      const first = start.slice(0, 10);
      const after = end.slice(0, 10);
      const next = {
        from: instantOf({ date: first, time: "00:00" }, reader.zone).toISOString(),
        to: instantOf({ date: after, time: "00:00" }, reader.zone).toISOString(),
        first,
        last: addDays(after, -1),
      };
      setShown((before) => (before?.from === next.from && before.to === next.to ? before : next));
    },
    [reader.zone],
  );

  const step = useCallback(
    (direction: 1 | -1) => {
      const calendar = grid.current?.getApi();
      if (!calendar) return;
      if (direction === 1) calendar.next();
      else calendar.prev();
      go({ date: calendar.formatIso(calendar.getDate(), true), event: undefined });
    },
    [go],
  );

  function chooseView(next: View) {
    setLastView(next);
    go({ view: next, event: undefined });
  }

  function title(): string {
    if (!shown) return "";
    if (view === "day" && !phone) return dayTitle(reader.language, civilDate(shown.first), new Date());
    if (view === "month") return monthsTitle(reader.language, civilDate(date), civilDate(date));
    const [first, last] = [civilDate(shown.first), civilDate(shown.last)];
    return phone
      ? shortMonthsTitle(reader.language, first, last, civilDate(today))
      : monthsTitle(reader.language, first, last);
  }

  // --- A new meeting ----------------------------------------------------------------------------

  const draftAt = useCallback(
    (start: string, minutes: number, guest?: string) => {
      const at = start === "" ? nextHour(new Date(), reader.zone, search.date) : wallOf(new Date(start), reader.zone);
      const draft = emptyDraft(main?.id ?? "", reader.zone, at, minutes);
      return {
        ...draft,
        meet: me.google.phase === "authorized" && main?.has_meet === true,
        guests: guest ? [{ email: guest, optional: false }] : [],
      };
    },
    [main?.id, main?.has_meet, me.google.phase, reader.zone, search.date],
  );

  const composeNow = useCallback(
    (guest?: string) => {
      // Asked for before the calendars are known, it waits in the address for them.
      if (calendars.isPending) go({ compose: true, guest }, true);
      else if (canCreate) compose(draftAt("", 60, guest), false, null);
    },
    [calendars.isPending, canCreate, compose, draftAt, go],
  );

  function onSelect(start: string, end: string, allDay: boolean) {
    // The shadow of the chosen time is drawn first; the form stands beside it.
    requestAnimationFrame(() => {
      const shadow = page.current?.querySelector("[data-shadow]")?.getBoundingClientRect();
      const at = shadow ?? lastPointer.current;
      if (allDay) {
        const days = {
          start: { date: start.slice(0, 10), time: "09:00" },
          end: { date: addDays(end.slice(0, 10), -1), time: "10:00" },
        };
        compose({ ...draftAt("", 60), ...days, allDay: true, meet: false }, true, at);
        return;
      }
      const minutes = (Date.parse(end) - Date.parse(start)) / 60_000;
      // A mere click is a quarter of an hour: a meeting is an hour unless it was drawn.
      compose(draftAt(start, minutes <= 15 ? 60 : minutes), true, at);
    });
  }

  const lastPointer = useRef<DOMRect | null>(null);

  // biome-ignore lint/correctness/useExhaustiveDependencies: runs when the address asks for it, once the calendars are known
  useEffect(() => {
    if (!search.compose || calendars.isPending) return;
    composeNow(search.guest);
    go({ compose: undefined, guest: undefined }, true);
  }, [search.compose, calendars.isPending]);

  const keys: [string, () => void][] = [
    ["c", () => composeNow()],
    ["t", () => go({ date: undefined, event: undefined })],
    ["d", () => chooseView("day")],
    ["w", () => chooseView(phone ? "days" : "week")],
    ["m", () => chooseView(phone ? "agenda" : "month")],
    ["a", () => chooseView("agenda")],
    ["j", () => step(1)],
    ["k", () => step(-1)],
    ["ArrowRight", () => step(1)],
    ["ArrowLeft", () => step(-1)],
  ];
  useHotkeys(
    meetingForm.isOpen || scopeDialog
      ? []
      : keys.map(([key, act]) => [
          key,
          (event) => {
            if (!isForCalendar(event)) return;
            event.preventDefault();
            act();
          },
          { preventDefault: false },
        ]),
  );

  // --- The open card ----------------------------------------------------------------------------

  const listed = onGrid.find((event) => event.id === search.event);
  const single = useQuery({
    ...eventById(search.event ?? ""),
    enabled: Boolean(search.event) && !listed && !events.isFetching,
  });
  const opened: Event | undefined = search.event ? (listed ?? single.data) : undefined;
  useEffect(() => {
    // An error of an earlier look is no answer to this one.
    if (!single.error || single.isFetching || opened) return;
    const gone = asProblem(single.error).status === 404;
    notifications.show({ message: gone ? t("event.gone") : problemText(t, single.error), color: "red" });
    go({ event: undefined }, true);
  }, [single.error, single.isFetching, opened, go, t]);
  const [at, setAt] = useState<DOMRect | null>(null);
  useLayoutEffect(() => {
    if (!opened) return setAt(null);
    const card = page.current?.querySelector(`[data-event="${CSS.escape(opened.id)}"]`);
    if (card) setAt(beside(card.getBoundingClientRect()));
  }, [opened]);

  // Who closes the card is back at what it was opened from, also when that was drawn anew meanwhile.
  const openedId = opened?.id;
  useEffect(() => {
    if (!openedId) return;
    return () => {
      requestAnimationFrame(() => {
        if (document.activeElement !== document.body) return;
        page.current
          ?.querySelector<HTMLElement>(`[data-event="${CSS.escape(openedId)}"]`)
          ?.focus({ preventScroll: true });
      });
    };
  }, [openedId]);

  // An event named in the address may lie outside what is shown.
  const openedDate =
    single.data && (single.data.start_date ?? wallOf(new Date(single.data.start_time ?? 0), reader.zone).date);
  useEffect(() => {
    if (openedDate && shown && (openedDate < shown.first || openedDate > shown.last)) go({ date: openedDate }, true);
  }, [openedDate, shown, go]);

  const close = useCallback(() => go({ event: undefined }, true), [go]);

  function fail(error: unknown) {
    notifications.show({ title: t("event.not_saved"), message: problemText(t, error), color: "red", autoClose: 8000 });
  }

  async function move({ event, start, end, allDay, revert }: MovedEvent) {
    const zone = event.time_zone ?? reader.zone;
    const local = (time: string) => withOffset(wallOf(new Date(time), zone), zone);
    const patch = allDay
      ? { start_date: start.slice(0, 10), end_date: (end || addDays(start.slice(0, 10), 1)).slice(0, 10) }
      : { start_time: local(start), end_time: local(end), time_zone: zone };
    const recurring = event.is_recurring || Boolean(event.series_id);
    const guests = othersOf(event);
    let reply: Awaited<ReturnType<typeof ask>> = { notify: true };
    if (recurring || guests > 0) {
      const title = event.title || t("calendar.untitled");
      reply = await ask({ act: "change", title, detail: timeOf(patched(event, patch)), recurring, guests });
    }
    if (!reply) return revert();
    try {
      await changeEvent(event, { ...patch, notify: reply.notify }, reply.scope);
    } catch (error) {
      revert();
      fail(error);
    }
  }

  async function remove(event: Event) {
    const recurring = event.is_recurring || Boolean(event.series_id);
    // Who is not the organizer only declines.
    const others = event.organizer?.self === false ? 0 : othersOf(event);
    let reply: Awaited<ReturnType<typeof ask>> = { notify: true };
    if (recurring || others > 0) {
      const title = event.title || t("calendar.untitled");
      reply = await ask({ act: "delete", title, recurring, scopes: scopesToDelete(event), guests: others });
    }
    if (!reply) return;
    close();
    try {
      await deleteEvent(event, reply.scope, reply.notify, {
        deleted: t("event.deleted", { title: event.title || t("calendar.untitled") }),
        undone: t("event.undone"),
        failed: (error) => problemText(t, error),
      });
    } catch (error) {
      fail(error);
    }
  }

  async function answer(event: Event, given: Answer) {
    let scope: Parameters<typeof answerEvent>[2];
    if (event.is_recurring || event.series_id) {
      const reply = await ask({
        act: "answer",
        title: event.title || t("calendar.untitled"),
        recurring: true,
        guests: 0,
      });
      if (!reply) return;
      scope = reply.scope;
    }
    try {
      await answerEvent(event, given, scope);
    } catch (error) {
      fail(error);
    }
  }

  async function copyLink(event: Event) {
    const { href } = router.buildLocation({ to: "/calendar", search: { event: event.id } });
    const link = window.location.origin + href;
    try {
      await navigator.clipboard.writeText(link);
      notifications.show({ message: t("event.link_copied") });
    } catch {
      // Without a permission or outside of https there is no clipboard.
      notifications.show({ message: t("event.link_not_copied", { link }), autoClose: false });
    }
  }

  const sideContent = calendars.isPending ? (
    <div style={{ padding: 14 }}>
      <Skeleton height={36} mb={16} />
      <Skeleton height={210} mb={16} />
      <Skeleton height={18} mb={10} />
      <Skeleton height={18} mb={10} />
      <Skeleton height={18} mb={10} />
    </div>
  ) : (
    <Side
      date={date}
      calendars={list}
      visible={visible}
      canCreate={canCreate}
      onShow={show}
      onDate={(chosen) => {
        side.close();
        go({ date: chosen, event: undefined });
      }}
      onNew={() => {
        side.close();
        composeNow();
      }}
      colleagues={
        <Colleagues
          followed={colleagues.followed}
          calendars={colleagues.calendars}
          onFollow={colleagues.follow}
          onLeave={colleagues.leave}
          onShow={colleagues.show}
        />
      }
    />
  );

  return (
    <div
      className={classes.page}
      ref={page}
      onPointerUpCapture={(event) => {
        lastPointer.current = new DOMRect(event.clientX, event.clientY, 1, 1);
      }}
    >
      <h1 className="visually-hidden">{t("place.calendar")}</h1>
      {!phone && <aside className={classes.side}>{sideContent}</aside>}
      <section className={classes.main}>
        <div className={classes.tools}>
          {phone && (
            <ActionIcon aria-label={t("calendar.calendars")} onClick={side.open} size={36}>
              <IconMenu2 size={19} stroke={1.7} />
            </ActionIcon>
          )}
          <Button variant="default" className={classes.today} onClick={() => go({ date: undefined, event: undefined })}>
            {t("calendar.today")}
          </Button>
          <Tooltip label={t("calendar.previous")} openDelay={500}>
            <ActionIcon aria-label={t("calendar.previous")} onClick={() => step(-1)}>
              <IconChevronLeft size={18} stroke={1.8} />
            </ActionIcon>
          </Tooltip>
          <Tooltip label={t("calendar.next")} openDelay={500}>
            <ActionIcon aria-label={t("calendar.next")} onClick={() => step(1)}>
              <IconChevronRight size={18} stroke={1.8} />
            </ActionIcon>
          </Tooltip>
          <h2 className={classes.title} aria-live="polite">
            {title()}
          </h2>
          {sync && <StatePanel sync={sync} linkIds={linkIds} connection={connection} />}
          {sync && <span className={classes.ago}>{lastSync(sync.last_success_at, 0)}</span>}
          <SegmentedControl
            className={classes.views}
            size={phone ? "xs" : "sm"}
            aria-label={t("calendar.view")}
            value={view}
            onChange={(next) => chooseView(next as View)}
            data={offered.map((each) => ({ value: each, label: t(`calendar.views.${each}`) }))}
          />
        </div>
        <div className={classes.progress}>
          {(events.isFetching || (sync?.state === "syncing" && !sync.reason)) && (
            <Progress value={100} size={2} animated radius={0} aria-label={t("waiting.loading")} />
          )}
        </div>
        <Banners onResume={(kept) => void meetingForm.resume(kept)} formOpen={meetingForm.isOpen} />
        {(events.error || calendars.error) && (
          <div className={classes.trouble}>
            <Trouble
              error={events.error ?? calendars.error}
              retry={() => {
                void calendars.refetch();
                void events.refetch();
              }}
            />
          </div>
        )}
        <div className={classes.grid}>
          <Grid
            ref={grid}
            view={view}
            date={date}
            events={onGrid}
            calendars={byId}
            selected={opened?.id}
            canCreate={canCreate}
            onRange={onRange}
            onSelect={onSelect}
            onOpen={(event) => go({ event: event.id })}
            onMove={(moved) => void move(moved)}
            onDay={(day) => {
              setLastView("day");
              go({ view: "day", date: day, event: undefined });
            }}
          />
        </div>
      </section>
      {phone && canCreate && (
        <ActionIcon
          className={classes.create}
          size={52}
          radius="xl"
          variant="filled"
          color="teal"
          aria-label={t("calendar.new")}
          onClick={() => composeNow()}
        >
          <IconPlus size={24} />
        </ActionIcon>
      )}
      {phone && (
        <Drawer
          opened={sideOpen}
          onClose={side.close}
          closeOnEscape={false}
          size={290}
          title={t("calendar.calendars")}
          closeButtonProps={{ "aria-label": t("common.close") }}
        >
          {sideContent}
        </Drawer>
      )}
      {opened && !meetingForm.isOpen && !scopeDialog && (
        <Anchored key={opened.id} at={at} label={opened.title || t("calendar.untitled")} onClose={close}>
          <EventCard
            event={opened}
            calendar={byId.get(opened.calendar_id)}
            onClose={close}
            onEdit={() => void meetingForm.edit(opened).then(close)}
            onDelete={() => void remove(opened)}
            onAnswer={(given) => void answer(opened, given)}
            onCopy={() => void copyLink(opened)}
          />
        </Anchored>
      )}
      {meetingForm.form}
      {scopeDialog}
    </div>
  );
}
