import { notifications } from "@mantine/notifications";
import { useCallback, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { queries } from "../../api/client";
import { fieldTexts, problemText } from "../../api/problem";
import type { Calendar, Event } from "../../api/wire";
import { Anchored } from "../../parts/Anchored";
import { useMe } from "../../session/me";
import { changes, createBody, type Draft, draftOf } from "./draft";
import { EventDialog } from "./EventDialog";
import { changeEvent, createEvent, eventById } from "./events";
import { dropUnfinished, isTouched, keepUnfinished, type Unfinished } from "./keep";
import { QuickForm } from "./QuickForm";
import type { useScopeQuestion } from "./ScopeQuestion";

interface OpenForm extends Unfinished {
  /** The event as it was when the form opened. */
  event?: Event;
  /** Small, beside a chosen time, or the whole dialog. */
  small: boolean;
  at: DOMRect | null;
}

interface MeetingFormOptions {
  calendars: readonly Calendar[];
  zone: string;
  ask: ReturnType<typeof useScopeQuestion>[0];
  onClosed: () => void;
  onSaved: (event: Event) => void;
}

/** The one form for a meeting, small or whole, new or existing; what is typed survives leaving the page. */
export function useMeetingForm({ calendars, zone, ask, onClosed, onSaved }: MeetingFormOptions) {
  const { t } = useTranslation();
  const me = useMe();
  const [open, setOpen] = useState<OpenForm | null>(null);
  const [saving, setSaving] = useState(false);
  const [refusal, setRefusal] = useState<unknown>();
  // One key for as many tries as the same form needs: a lost answer must not make a second meeting.
  const attempt = useRef("");

  const begin = useCallback((form: OpenForm) => {
    attempt.current = crypto.randomUUID();
    setRefusal(undefined);
    setOpen(form);
  }, []);

  const compose = useCallback(
    (draft: Draft, small: boolean, at: DOMRect | null) => begin({ before: draft, draft, small, at }),
    [begin],
  );

  const edit = useCallback(
    async (event: Event) => {
      try {
        // The rule is told only of the series itself, and lists may be a moment old.
        const fresh = await queries.fetchQuery({ ...eventById(event.id), staleTime: 0 });
        const master =
          fresh.series_id && !fresh.recurrence ? await queries.fetchQuery(eventById(fresh.series_id)) : fresh;
        const draft = draftOf(fresh, master.recurrence, zone);
        begin({ eventId: fresh.id, event: fresh, before: draft, draft, small: false, at: null });
      } catch (error) {
        notifications.show({ message: problemText(t, error), color: "red" });
      }
    },
    [begin, zone, t],
  );

  const resume = useCallback(
    async (kept: Unfinished) => {
      try {
        const event = kept.eventId ? await queries.fetchQuery(eventById(kept.eventId)) : undefined;
        begin({ ...kept, event, small: false, at: null });
      } catch (error) {
        dropUnfinished();
        notifications.show({ message: problemText(t, error), color: "red" });
      }
    },
    [begin, t],
  );

  function change(draft: Draft) {
    if (!open) return;
    const next = { ...open, draft };
    setOpen(next);
    if (isTouched(next)) keepUnfinished({ eventId: next.eventId, before: next.before, draft });
  }

  function close() {
    dropUnfinished();
    setOpen(null);
    onClosed();
  }

  async function save() {
    if (!open || saving) return;
    const { draft, before, event } = open;
    setRefusal(undefined);
    try {
      if (!event) {
        setSaving(true);
        onSaved(await createEvent(createBody(draft), attempt.current));
        close();
        return;
      }
      const patch = changes(before, draft);
      if (Object.keys(patch).length === 0) return close();
      let scope: Parameters<typeof changeEvent>[2];
      if (event.series_id || event.is_recurring) {
        const reply = await ask({ act: "change", title: event.title, recurring: true, guests: 0 });
        if (!reply) return;
        scope = reply.scope;
      }
      setSaving(true);
      onSaved(await changeEvent(event, patch, scope));
      close();
    } catch (error) {
      setRefusal(error);
    } finally {
      setSaving(false);
    }
  }

  const fields = refusal === undefined ? {} : fieldTexts(t, refusal);
  const common = {
    onChange: change,
    onSave: () => void save(),
    onClose: close,
    saving,
    refusal,
    fields,
    canMeet:
      me.google.phase === "authorized" &&
      calendars.some((calendar) => calendar.id === open?.draft.calendarId && calendar.has_meet),
  };
  const writable = calendars.filter((calendar) => calendar.writable);

  const form =
    open &&
    (open.small ? (
      <Anchored
        at={open.at}
        label={t("calendar.new")}
        onClose={() => (isTouched(open) ? undefined : close())}
        keep={isTouched(open)}
      >
        <QuickForm {...common} draft={open.draft} onMore={() => setOpen({ ...open, small: false })} />
      </Anchored>
    ) : (
      <EventDialog {...common} draft={open.draft} event={open.event} calendars={writable} />
    ));

  return { form, isOpen: open !== null, compose, edit, resume };
}
