import { Button, Stack, Switch, TextInput } from "@mantine/core";
import { type FormEvent, useRef } from "react";
import { useTranslation } from "react-i18next";
import { problemText } from "../../api/problem";
import { Note } from "../../parts/Note";
import { useReader } from "../../session/me";
import { daySpan, timeSpan } from "../../time/format";
import { useNow } from "../../time/now";
import { addDays, instantOf } from "../../time/zone";
import { useGuestTimes } from "./busy";
import { type Draft, draftProblems } from "./draft";
import { GuestField } from "./GuestField";

/** When a draft is, in the reader's words. */
export function useWhenText() {
  const reader = useReader();
  const now = useNow();
  return (draft: Draft): string =>
    draft.allDay
      ? daySpan(reader.language, draft.start.date, addDays(draft.end.date, 1), now)
      : timeSpan(reader, instantOf(draft.start, draft.zone), instantOf(draft.end, draft.zone), now);
}

interface QuickFormProps {
  draft: Draft;
  onChange: (draft: Draft) => void;
  onSave: () => void;
  onMore: () => void;
  onClose: () => void;
  saving: boolean;
  refusal?: unknown;
  fields: Record<string, string>;
  canMeet: boolean;
}

/** The small form that opens beside a time that was chosen by dragging: Enter saves. */
export function QuickForm({
  draft,
  onChange,
  onSave,
  onMore,
  onClose,
  saving,
  refusal,
  fields,
  canMeet,
}: QuickFormProps) {
  const { t } = useTranslation();
  const when = useWhenText();
  const times = useGuestTimes(draft);
  const form = useRef<HTMLFormElement>(null);
  const problems = draftProblems(draft);

  function save(event: FormEvent) {
    event.preventDefault();
    if (!problems.end) onSave();
  }

  return (
    <form
      ref={form}
      onSubmit={save}
      onKeyDown={(event) => {
        if (event.key === "Escape" && !event.defaultPrevented) onClose();
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.current?.requestSubmit();
      }}
    >
      <Stack gap={12}>
        <TextInput
          data-autofocus
          size="md"
          label={t("event.title")}
          placeholder={t("event.title_hint")}
          value={draft.title}
          error={fields.title}
          maxLength={1024}
          onChange={(change) => onChange({ ...draft, title: change.currentTarget.value })}
        />
        <p className="muted num">{when(draft)}</p>
        <GuestField
          guests={draft.guests}
          onChange={(guests) => onChange({ ...draft, guests })}
          error={fields.attendees}
          times={times}
        />
        {times.busy.size > 0 && <Note tone="soon">{t("event.busy_guests", { count: times.busy.size })}</Note>}
        {times.unknown.size > 0 && (
          <p className="muted small">{t("event.times_unknown", { count: times.unknown.size })}</p>
        )}
        {canMeet && (
          <Switch
            label={t("event.meet")}
            checked={draft.meet}
            onChange={(change) => onChange({ ...draft, meet: change.currentTarget.checked })}
          />
        )}
        <TextInput
          label={t("event.place")}
          value={draft.place}
          error={fields.location}
          onChange={(change) => onChange({ ...draft, place: change.currentTarget.value })}
        />
        {refusal !== undefined && Object.keys(fields).length === 0 && (
          <Note tone="stop">{problemText(t, refusal)}</Note>
        )}
        <div className="row tight">
          <Button type="submit" loading={saving}>
            {t("common.save")}
          </Button>
          <Button variant="subtle" color="gray" onClick={onMore}>
            {t("event.more")}
          </Button>
          <Button variant="subtle" color="gray" onClick={onClose} style={{ marginLeft: "auto" }}>
            {t("common.cancel")}
          </Button>
        </div>
      </Stack>
    </form>
  );
}
