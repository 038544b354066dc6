import { Button, Checkbox, Select, Stack, Switch, Textarea, TextInput } from "@mantine/core";
import type { FormEvent } from "react";
import { useTranslation } from "react-i18next";
import type { Calendar, Event } from "../../api/wire";
import { usePhone } from "../../parts/Anchored";
import { Dialog } from "../../parts/Dialog";
import { Note } from "../../parts/Note";
import { useGuestTimes } from "./busy";
import { type Draft, draftProblems } from "./draft";
import classes from "./EventDialog.module.css";
import { GuestField } from "./GuestField";
import { Refusal } from "./Refusal";
import { Reminders } from "./Reminders";
import { RepeatField } from "./RepeatField";
import { onSaveKey } from "./saveKey";
import { TimeFields } from "./TimeFields";

interface EventDialogProps {
  draft: Draft;
  /** The event that is edited; none when it is new. */
  event?: Event;
  calendars: readonly Calendar[];
  onChange: (draft: Draft) => void;
  onSave: () => void;
  onClose: () => void;
  saving: boolean;
  refusal?: unknown;
  fields: Record<string, string>;
  typedGuest: string;
  onTypedGuest: (typed: string) => void;
  /** What the person should know before saving. */
  news?: string;
  canMeet: boolean;
}

/** The fields that say under themselves what is wrong with them. */
const shown = [
  "title",
  "attendees",
  "start_time",
  "end_time",
  "start_date",
  "end_date",
  "time_zone",
  "recurrence",
  "location",
  "description",
];

/** The whole form of a meeting. */
export function EventDialog(props: EventDialogProps) {
  const { draft, event, calendars, onChange, onSave, onClose, saving, refusal, fields, canMeet, news } = props;
  const { t } = useTranslation();
  const phone = usePhone();
  const times = useGuestTimes(draft, event);
  const problems = draftProblems(draft);
  const set = (changed: Partial<Draft>) => onChange({ ...draft, ...changed });
  const others = draft.guests.filter((guest) => !guest.organizer).length;
  const movable = !event || event.can.move;

  const guests = (
    <GuestField
      guests={draft.guests}
      onChange={(guests) => set({ guests })}
      error={fields.attendees}
      typed={props.typedGuest}
      onTyped={props.onTypedGuest}
      rows
      times={times}
    />
  );

  function save(submit: FormEvent) {
    submit.preventDefault();
    if (!problems.end) onSave();
  }

  return (
    <Dialog
      opened
      onClose={onClose}
      title={event ? t("event.edit_title") : t("calendar.new")}
      size={840}
      fullScreen={phone}
      closeOnClickOutside={false}
    >
      <form onSubmit={save} onKeyDown={onSaveKey}>
        <div className={classes.columns}>
          <Stack gap={14}>
            <TextInput
              data-autofocus
              size="md"
              label={t("event.title")}
              placeholder={t("event.title_hint")}
              value={draft.title}
              error={fields.title}
              maxLength={1024}
              onChange={(change) => set({ title: change.currentTarget.value })}
            />
            <div>
              <TimeFields
                draft={draft}
                onChange={onChange}
                withZone
                error={
                  problems.end
                    ? t(`field.${problems.end}`)
                    : (fields.end_time ?? fields.start_time ?? fields.end_date ?? fields.start_date ?? fields.time_zone)
                }
              />
              <Checkbox
                mt={10}
                label={t("event.all_day")}
                checked={draft.allDay}
                onChange={(change) => set({ allDay: change.currentTarget.checked })}
              />
            </div>
            {phone && guests}
            {!event?.is_exception && <RepeatField draft={draft} onChange={(repeat) => set({ repeat })} />}
            {fields.recurrence && <Note tone="stop">{fields.recurrence}</Note>}
            <TextInput
              label={t("event.place")}
              value={draft.place}
              error={fields.location}
              onChange={(change) => set({ place: change.currentTarget.value })}
            />
            {(canMeet || draft.meet) && (
              <Switch
                label={t("event.meet")}
                checked={draft.meet}
                onChange={(change) => set({ meet: change.currentTarget.checked })}
              />
            )}
            <Textarea
              label={t("event.description")}
              autosize
              minRows={3}
              maxRows={10}
              value={draft.description}
              error={fields.description}
              onChange={(change) => set({ description: change.currentTarget.value })}
            />
            <Reminders draft={draft} onChange={(reminders) => set({ reminders })} />
          </Stack>
          <Stack gap={14}>
            {!phone && guests}
            {others > 0 && (
              <fieldset className={classes.group}>
                <legend>{t("event.guests_may")}</legend>
                <Checkbox
                  label={t("event.may_modify")}
                  checked={draft.guestsCanModify}
                  onChange={(change) => set({ guestsCanModify: change.currentTarget.checked })}
                />
                <Checkbox
                  label={t("event.may_invite")}
                  checked={draft.guestsCanInvite}
                  onChange={(change) => set({ guestsCanInvite: change.currentTarget.checked })}
                />
                <Checkbox
                  label={t("event.may_see")}
                  checked={draft.guestsCanSee}
                  onChange={(change) => set({ guestsCanSee: change.currentTarget.checked })}
                />
              </fieldset>
            )}
            {calendars.length > 1 && movable && (
              <Select
                label={t("event.calendar")}
                allowDeselect={false}
                value={draft.calendarId}
                data={calendars.map((calendar) => ({ value: calendar.id, label: calendar.name }))}
                onChange={(calendarId) => calendarId && set({ calendarId })}
              />
            )}
            <Select
              label={t("event.visibility")}
              description={t("event.visibility_why")}
              allowDeselect={false}
              value={draft.visibility === "confidential" ? "private" : draft.visibility}
              data={(["default", "public", "private"] as const).map((value) => ({
                value,
                label: t(`visibility.${value}`),
              }))}
              onChange={(visibility) => visibility && set({ visibility: visibility as Draft["visibility"] })}
            />
            <Select
              label={t("event.shows_as")}
              allowDeselect={false}
              value={draft.transparency}
              data={(["opaque", "transparent"] as const).map((value) => ({ value, label: t(`transparency.${value}`) }))}
              onChange={(transparency) => transparency && set({ transparency: transparency as Draft["transparency"] })}
            />
          </Stack>
        </div>
        <div className={classes.notes}>
          {news && <Note tone="soon">{news}</Note>}
          <Refusal refusal={refusal} fields={fields} shown={shown} />
        </div>
        <div className={classes.foot}>
          {others > 0 && (
            <Checkbox
              label={t("scope.notify", { count: others })}
              checked={draft.notify}
              onChange={(change) => set({ notify: change.currentTarget.checked })}
            />
          )}
          <Button variant="default" disabled={saving} onClick={onClose} style={{ marginLeft: "auto" }}>
            {t("common.cancel")}
          </Button>
          <Button type="submit" loading={saving}>
            {t("common.save")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
