import { Button, Stack, Switch, TextInput } from "@mantine/core";
import type { FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { Note } from "../../parts/Note";
import { useReader } from "../../session/me";
import { daySpan, timeSpan } from "../../time/format";
import { useNow } from "../../time/now";
import { addDays, instantOf } from "../../time/zone";
import { useGuestTimes } from "./busy";
import { type Draft, draftProblems } from "./draft";
import { GuestField } from "./GuestField";
import { Refusal } from "./Refusal";
import { onSaveKey } from "./saveKey";

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
  typedGuest: string;
  onTypedGuest: (typed: string) => void;
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
  typedGuest,
  onTypedGuest,
  canMeet,
}: QuickFormProps) {
  const { t } = useTranslation();
  const when = useWhenText();
  const times = useGuestTimes(draft);
  const problems = draftProblems(draft);

  function save(event: FormEvent) {
    event.preventDefault();
    if (!problems.end) onSave();
  }

  return (
    <form
      onSubmit={save}
      onKeyDown={(event) => {
        if (event.key === "Escape" && !event.defaultPrevented) onClose();
        onSaveKey(event);
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
          typed={typedGuest}
          onTyped={onTypedGuest}
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
        <Refusal refusal={refusal} fields={fields} shown={["title", "attendees", "location"]} />
        <div className="row tight">
          <Button type="submit" loading={saving}>
            {t("common.save")}
          </Button>
          <Button variant="subtle" color="gray" onClick={onMore}>
            {t("event.more")}
          </Button>
          <Button variant="subtle" color="gray" disabled={saving} onClick={onClose} style={{ marginLeft: "auto" }}>
            {t("common.cancel")}
          </Button>
        </div>
      </Stack>
    </form>
  );
}
