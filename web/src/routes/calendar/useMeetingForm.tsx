import { notifications } from "@mantine/notifications";
import { useCallback, useState } from "react";
import { useTranslation } from "react-i18next";
import { queries } from "../../api/client";
import { asProblem, fieldTexts, problemText } from "../../api/problem";
import type { Calendar, EditScope, Event } from "../../api/wire";
import { Anchored } from "../../parts/Anchored";
import { offerUndo } from "../../parts/undo";
import { useMe } from "../../session/me";
import { changes, type Draft, draftOf, rebased } from "./draft";
import { EventDialog } from "./EventDialog";
import { eventById, seriesRule } from "./events";
import { dropUnfinished, isTouched, keepUnfinished, type Unfinished } from "./keep";
import { QuickForm } from "./QuickForm";
import type { useScopeQuestion } from "./ScopeQuestion";
import { saveChanged, saveNew } from "./saving";
import { scopesOf } from "./scopes";

interface OpenForm extends Unfinished {
  /** The event as it was when the form opened. */
  event?: Event;
  /** Small, beside a chosen time, or the whole dialog. */
  small: boolean;
  at: DOMRect | null;
  /** What stands in the field of guests and is none yet. */
  typedGuest: string;
  /** What happened to the meeting meanwhile, that the person should know before saving again. */
  news?: "saved_already" | "changed_meanwhile";
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
  const account = me.user.id;
  const [open, setOpen] = useState<OpenForm | null>(null);
  const [saving, setSaving] = useState(false);
  const [refusal, setRefusal] = useState<unknown>();
  const [unresolved, setUnresolved] = useState<string>();

  const begin = useCallback((form: Omit<OpenForm, "typedGuest">) => {
    setRefusal(undefined);
    setOpen({ typedGuest: "", ...form });
  }, []);

  const compose = useCallback(
    (draft: Draft, small: boolean, at: DOMRect | null) =>
      begin({ key: crypto.randomUUID(), before: draft, draft, small, at }),
    [begin],
  );

  const edit = useCallback(
    async (event: Event) => {
      try {
        // Lists may be a moment old.
        const fresh = await queries.fetchQuery({ ...eventById(event.id), staleTime: 0 });
        const draft = draftOf(fresh, await seriesRule(fresh), zone);
        const key = crypto.randomUUID();
        begin({ key, eventId: fresh.id, event: fresh, before: draft, draft, small: false, at: null });
      } catch (error) {
        notifications.show({ message: problemText(t, error), color: "red" });
      }
    },
    [begin, zone, t],
  );

  const resume = useCallback(
    async (kept: Unfinished) => {
      try {
        if (!kept.eventId) return begin({ ...kept, small: false, at: null });
        // It may have changed since the form was left.
        const event = await queries.fetchQuery({ ...eventById(kept.eventId), staleTime: 0 });
        const before = draftOf(event, await seriesRule(event), zone);
        const draft = rebased(kept.before, kept.draft, before);
        const news = isTouched({ before: kept.before, draft: before }) ? "changed_meanwhile" : undefined;
        begin({ ...kept, event, before, draft, news, small: false, at: null });
      } catch (error) {
        if (asProblem(error).status === 404) dropUnfinished(account, kept.key);
        notifications.show({ message: problemText(t, error), color: "red" });
      }
    },
    [begin, account, zone, t],
  );

  /** Another state of the open form, kept for the case that the page is left. */
  function hold(form: OpenForm) {
    setOpen(form);
    if (isTouched(form) || form.sent) keepUnfinished(account, form);
  }

  function close(form: OpenForm) {
    dropUnfinished(account, form.key);
    setOpen(null);
    onClosed();
  }

  function discard() {
    // Until the answer is there nobody knows what closing would mean.
    if (!open || saving) return;
    close(open);
    if (!wasTouched(open)) return;
    const title = open.draft.title.trim() || t("calendar.untitled");
    offerUndo(`discarded-${open.key}`, t("event.discarded", { title }), () => {
      // Where another form is open by now, or another page, the kept one waits in the calendar.
      keepUnfinished(account, open);
      setOpen((now) => now ?? open);
    });
  }

  async function save() {
    if (!open || saving) return;
    setRefusal(undefined);
    setUnresolved(open.typedGuest.trim() || undefined);
    if (open.typedGuest.trim() !== "") return;
    try {
      if (open.event) await change(open.event, open);
      else await create(open);
    } catch (error) {
      setRefusal(error);
    } finally {
      setSaving(false);
    }
  }

  async function create(form: OpenForm) {
    setSaving(true);
    const result = await saveNew(form, hold);
    if ("made" in result) {
      onSaved(result.made);
      close(form);
      return;
    }
    // An answer was lost, and then the form was changed: what is left is a change of the meeting that there is.
    const { event, sent } = result.before;
    const before = draftOf(event, event.recurrence, zone);
    const draft = rebased(sent, form.draft, before);
    hold({ ...form, sent: undefined, eventId: event.id, event, before, draft, small: false, news: "saved_already" });
  }

  async function change(event: Event, form: OpenForm) {
    const patch = changes(form.before, form.draft);
    if (Object.keys(patch).length === 0) return close(form);
    let scope: EditScope | undefined;
    if (event.series_id || event.is_recurring) {
      const scopes = scopesOf(patch);
      const reply = await ask({ act: "change", title: event.title, recurring: true, scopes, guests: 0 });
      if (!reply) return;
      scope = reply.scope;
    }
    setSaving(true);
    const result = await saveChanged(event, form, scope, zone);
    if ("fresh" in result) {
      hold({ ...form, ...result.fresh, news: "changed_meanwhile" });
      return;
    }
    if (result.merged) notifications.show({ message: t("event.guests_merged") });
    onSaved(result.saved);
    close(form);
  }

  const fields = refusal === undefined ? {} : fieldTexts(t, refusal);
  if (unresolved !== undefined && open?.typedGuest.trim() === unresolved) {
    fields.attendees = t("event.guest_unresolved", { text: unresolved });
  }
  const common = {
    onChange: (draft: Draft) => open && hold({ ...open, draft }),
    onSave: () => void save(),
    onClose: discard,
    typedGuest: open?.typedGuest ?? "",
    onTypedGuest: (typedGuest: string) => setOpen((now) => now && { ...now, typedGuest }),
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
        onClose={() => (wasTouched(open) ? undefined : discard())}
        keep={wasTouched(open)}
      >
        <QuickForm {...common} draft={open.draft} onMore={() => setOpen({ ...open, small: false })} />
      </Anchored>
    ) : (
      <EventDialog
        {...common}
        draft={open.draft}
        event={open.event}
        calendars={writable}
        news={open.news && t(`event.${open.news}`)}
      />
    ));

  return { form, isOpen: open !== null, compose, edit, resume };
}

function wasTouched(form: OpenForm): boolean {
  return isTouched(form) || form.typedGuest.trim() !== "";
}
