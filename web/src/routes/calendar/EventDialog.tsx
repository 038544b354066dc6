import {
  ActionIcon,
  Button,
  Checkbox,
  Modal,
  NumberInput,
  Select,
  Stack,
  Switch,
  Textarea,
  TextInput,
} from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { type FormEvent, useRef } from "react";
import { useTranslation } from "react-i18next";
import { problemText } from "../../api/problem";
import type { Calendar, Event } from "../../api/wire";
import { usePhone } from "../../parts/Anchored";
import { Note } from "../../parts/Note";
import { useGuestTimes } from "./busy";
import { type Draft, draftProblems } from "./draft";
import classes from "./EventDialog.module.css";
import { GuestField } from "./GuestField";
import { RepeatField } from "./RepeatField";
import { reminderUnits, unitOf } from "./reminders";
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
  canMeet: boolean;
}

function Reminders({ draft, onChange }: { draft: Draft; onChange: (reminders: Draft["reminders"]) => void }) {
  const { t } = useTranslation();
  const own = draft.reminders;
  return (
    <fieldset className={classes.group}>
      <legend>{t("event.reminders")}</legend>
      <Checkbox
        label={t("event.reminders_default")}
        checked={own === null}
        onChange={(change) => onChange(change.currentTarget.checked ? null : [{ method: "popup", minutes: 10 }])}
      />
      {own?.map((reminder, index) => {
        const [unit, size] = unitOf(reminder.minutes);
        const set = (changed: { method: string; minutes: number }) =>
          onChange(own.map((each, at) => (at === index ? changed : each)));
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: reminders have no identity but their place
          <div key={index} className={classes.reminder}>
            <Select
              aria-label={t("event.reminder_how")}
              w={130}
              allowDeselect={false}
              value={reminder.method}
              data={["popup", "email"].map((method) => ({
                value: method,
                label: t(`event.reminder_${method as "popup" | "email"}`),
              }))}
              onChange={(method) => method && set({ ...reminder, method })}
            />
            <NumberInput
              aria-label={t("event.reminder_before")}
              w={80}
              min={0}
              max={40320 / size}
              value={reminder.minutes / size}
              onChange={(amount) =>
                set({ ...reminder, minutes: Math.min(40320, Math.max(0, Number(amount) || 0) * size) })
              }
            />
            <Select
              aria-label={t("event.reminder_unit")}
              className="grow"
              allowDeselect={false}
              value={unit}
              data={reminderUnits.map(([name]) => ({ value: name, label: t(`event.before_${name}`) }))}
              onChange={(name) => {
                const next = reminderUnits.find(([each]) => each === name);
                if (next) set({ ...reminder, minutes: Math.min(40320, (reminder.minutes / size) * next[1]) });
              }}
            />
            <ActionIcon
              aria-label={t("event.remove_reminder")}
              onClick={() => onChange(own.filter((_, at) => at !== index))}
            >
              <IconX size={16} />
            </ActionIcon>
          </div>
        );
      })}
      {own !== null && own.length < 5 && (
        <Button
          variant="subtle"
          color="gray"
          size="compact-sm"
          leftSection={<IconPlus size={14} aria-hidden />}
          onClick={() => onChange([...own, { method: "popup", minutes: 30 }])}
        >
          {t("event.add_reminder")}
        </Button>
      )}
    </fieldset>
  );
}

/** The whole form of a meeting. */
export function EventDialog(props: EventDialogProps) {
  const { draft, event, calendars, onChange, onSave, onClose, saving, refusal, fields, canMeet } = props;
  const { t } = useTranslation();
  const phone = usePhone();
  const form = useRef<HTMLFormElement>(null);
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
      rows
      times={times}
    />
  );

  function save(submit: FormEvent) {
    submit.preventDefault();
    if (!problems.end) onSave();
  }

  return (
    <Modal
      opened
      onClose={onClose}
      title={event ? t("event.edit_title") : t("calendar.new")}
      size={840}
      fullScreen={phone}
      closeOnClickOutside={false}
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      <form
        ref={form}
        onSubmit={save}
        onKeyDown={(key) => {
          if (key.key === "Enter" && (key.ctrlKey || key.metaKey)) form.current?.requestSubmit();
        }}
      >
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
                    : (fields.end_time ?? fields.start_time ?? fields.end_date ?? fields.time_zone)
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
        {refusal !== undefined && Object.keys(fields).length === 0 && (
          <div style={{ marginTop: 14 }}>
            <Note tone="stop">{problemText(t, refusal)}</Note>
          </div>
        )}
        <div className={classes.foot}>
          {others > 0 && (
            <Checkbox
              label={t("scope.notify", { count: others })}
              checked={draft.notify}
              onChange={(change) => set({ notify: change.currentTarget.checked })}
            />
          )}
          <Button variant="default" onClick={onClose} style={{ marginLeft: "auto" }}>
            {t("common.cancel")}
          </Button>
          <Button type="submit" loading={saving}>
            {t("common.save")}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
