import { ActionIcon, Button, Combobox, Pill, PillsInput, Tooltip, useCombobox } from "@mantine/core";
import { IconUser, IconUserOff, IconX } from "@tabler/icons-react";
import { type KeyboardEvent, useEffect } from "react";
import { useTranslation } from "react-i18next";
import { problemText } from "../../api/problem";
import { Face } from "../../parts/Face";
import { useEarlyEnter, usePeople } from "../../parts/usePeople";
import { useReader } from "../../session/me";
import { moment } from "../../time/format";
import { useNow } from "../../time/now";
import { AnswerMark } from "./AnswerMark";
import type { GuestTimes } from "./busy";
import type { Guest } from "./draft";
import classes from "./GuestField.module.css";
import { useNames } from "./names";

const address = /^[^\s@<>,;"]+@[^\s@<>,;"]+\.[^\s@<>,;"]+$/;

/** The addresses in what was typed or pasted, and what is none. */
export function readAddresses(text: string): { guests: Guest[]; rest: string } {
  const guests: Guest[] = [];
  const rest: string[] = [];
  for (const part of text.split(/[,;\n]+/)) {
    const named = /^\s*"?([^"<]*?)"?\s*<([^>]+)>\s*$/.exec(part);
    const email = (named?.[2] ?? part).trim();
    if (address.test(email))
      guests.push({ email: email.toLowerCase(), name: named?.[1] || undefined, optional: false });
    else if (part.trim()) rest.push(part.trim());
  }
  return { guests, rest: rest.join(", ") };
}

interface GuestFieldProps {
  guests: readonly Guest[];
  onChange: (guests: Guest[]) => void;
  error?: string;
  /** What is typed and no guest yet: the form must not be saved over it. */
  typed: string;
  onTyped: (typed: string) => void;
  /** Rows with faces and answers under the field instead of pills inside it. */
  rows?: boolean;
  /** What is known of the guests at that time. */
  times?: GuestTimes;
}

/** Guests, found by name among the colleagues or typed as addresses. */
export function GuestField({ guests, onChange, error, typed, onTyped, rows, times }: GuestFieldProps) {
  const { t } = useTranslation();
  const box = useCombobox({ onDropdownClose: () => box.resetSelectedOption() });
  const found = usePeople(typed, 8);
  const nameOf = useNames(guests);
  const reader = useReader();
  const now = useNow();
  const chosen = new Set(guests.map((guest) => guest.email.toLowerCase()));
  const people = found.people.filter((person) => !chosen.has(person.email.toLowerCase()));
  const own = readAddresses(typed).guests[0];
  const typedIsNew =
    own && !chosen.has(own.email) && !people.some((person) => person.email.toLowerCase() === own.email);

  // The first name found is chosen already: typing it and Enter is enough.
  // A whole address means itself, not somebody whose address it is a part of.
  const first = found.settled && (!own || people[0]?.email.toLowerCase() === own.email) ? people[0]?.email : undefined;
  const nothingToShow = people.length === 0 && !typedIsNew && !found.settled && found.error === null;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the list is another one when its first name is
  useEffect(() => {
    if (first) box.selectFirstOption();
    else box.resetSelectedOption();
  }, [first]);

  function add(more: readonly Guest[], rest = "") {
    const fresh = more.filter((guest) => !chosen.has(guest.email.toLowerCase()));
    if (fresh.length > 0) onChange([...guests, ...fresh]);
    onTyped(rest);
    box.closeDropdown();
  }

  /** Takes the addresses among what was typed or pasted; what is none stays in the field. */
  function take(text: string) {
    const read = readAddresses(text);
    add(read.guests, read.rest);
  }

  function pick(email: string) {
    const person = people.find((each) => each.email === email);
    add([person ? { email: person.email, name: person.name, optional: false } : { email, optional: false }]);
  }

  const enterEarly = useEarlyEnter(typed, found.settled, () => first && pick(first));

  /** What is not known of a guest's time, where something is not. */
  function unknown(guest: Guest): string | null {
    const found = times?.unknown.get(guest.email.toLowerCase());
    if (!found || guest.organizer) return null;
    if (!found.colleague) return t("event.time_unknown");
    if (!found.asOf) return t("event.time_portico_only");
    return t("event.time_as_of", { time: moment(reader, found.asOf, now) });
  }

  function remove(email: string) {
    onChange(guests.filter((guest) => guest.email !== email));
  }

  function onKey(event: KeyboardEvent<HTMLInputElement>) {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Backspace" && typed === "" && !rows) {
      const last = guests.at(-1);
      if (last) remove(last.email);
    }
    if (
      (event.key === "," || event.key === ";" || event.key === "Enter") &&
      own &&
      box.getSelectedOptionIndex() === -1
    ) {
      event.preventDefault();
      take(typed);
    } else if (event.key === "Enter" && typed.trim() !== "") {
      // Enter belongs to the list while something is typed here; empty, it saves the form.
      event.preventDefault();
      if (!found.settled && !event.ctrlKey && !event.metaKey) enterEarly();
    } else if (event.key === "Escape" && box.dropdownOpened) {
      event.stopPropagation();
      box.closeDropdown();
    }
  }

  return (
    <div>
      <Combobox store={box} onOptionSubmit={pick} withinPortal>
        <Combobox.DropdownTarget>
          <PillsInput label={t("event.guests")} error={error} onClick={() => typed.trim() !== "" && box.openDropdown()}>
            <Pill.Group>
              {!rows &&
                guests.map((guest) => (
                  <Pill
                    key={guest.email}
                    withRemoveButton
                    onRemove={() => remove(guest.email)}
                    removeButtonProps={{
                      "aria-label": t("event.remove_guest", { name: nameOf(guest) }),
                      tabIndex: 0,
                      "aria-hidden": false,
                    }}
                    className={times?.busy.has(guest.email.toLowerCase()) ? classes.busyPill : undefined}
                  >
                    {nameOf(guest)}
                  </Pill>
                ))}
              <Combobox.EventsTarget>
                <PillsInput.Field
                  value={typed}
                  placeholder={guests.length === 0 || rows ? t("event.guests_hint") : undefined}
                  aria-label={t("event.guests")}
                  onChange={(change) => {
                    onTyped(change.currentTarget.value);
                    if (change.currentTarget.value.trim() === "") box.closeDropdown();
                    else box.openDropdown();
                  }}
                  onPaste={(paste) => {
                    const pasted = paste.clipboardData.getData("text");
                    if (readAddresses(pasted).guests.length === 0) return;
                    paste.preventDefault();
                    take(pasted);
                  }}
                  onFocus={() => typed.trim() !== "" && box.openDropdown()}
                  onBlur={() => {
                    if (own) take(typed);
                    box.closeDropdown();
                  }}
                  onKeyDown={onKey}
                />
              </Combobox.EventsTarget>
            </Pill.Group>
          </PillsInput>
        </Combobox.DropdownTarget>
        <Combobox.Dropdown hidden={typed.trim() === "" || nothingToShow}>
          <Combobox.Options aria-label={t("event.guests")}>
            {people.map((person) => (
              <Combobox.Option key={person.email} value={person.email}>
                <span className={classes.option}>
                  <Face name={person.name} picture={person.picture} size={24} />
                  <span className="grow">
                    <span className="clip strong" style={{ display: "block" }}>
                      {person.name}
                    </span>
                    <span className={`${classes.sub} clip`}>
                      {[person.department, person.email].filter(Boolean).join(" · ")}
                    </span>
                  </span>
                </span>
              </Combobox.Option>
            ))}
            {typedIsNew && (
              <Combobox.Option value={own.email}>{t("event.invite_address", { email: own.email })}</Combobox.Option>
            )}
            {found.error !== null && <Combobox.Empty>{problemText(t, found.error)}</Combobox.Empty>}
            {people.length === 0 && !typedIsNew && found.settled && (
              <Combobox.Empty>{t("event.nobody_found")}</Combobox.Empty>
            )}
          </Combobox.Options>
        </Combobox.Dropdown>
      </Combobox>
      {times?.retry && (
        <p className="muted small" role="status">
          {t("event.times_failed")}{" "}
          <Button variant="subtle" size="compact-xs" onClick={times.retry}>
            {t("common.try_again")}
          </Button>
        </p>
      )}
      {rows && guests.length > 0 && (
        <ul className={classes.rows} aria-label={t("event.guests")}>
          {guests.map((guest) => {
            const name = nameOf(guest);
            return (
              <li key={guest.email} className={classes.row}>
                <Face name={name} size={24} />
                <span className="grow">
                  <span className="clip" style={{ display: "block" }} title={guest.email}>
                    {name}
                    {guest.organizer && <span className="faint small"> {t("event.organizer")}</span>}
                    {guest.optional && <span className="faint small"> {t("event.optional")}</span>}
                  </span>
                  {times?.busy.has(guest.email.toLowerCase()) ? (
                    <span className={classes.busyText}>{t("event.not_free")}</span>
                  ) : (
                    unknown(guest) && <span className="faint small">{unknown(guest)}</span>
                  )}
                </span>
                {guest.answer && <AnswerMark answer={guest.answer} />}
                {!guest.organizer && (
                  <>
                    <Tooltip label={guest.optional ? t("event.make_required") : t("event.make_optional")}>
                      <ActionIcon
                        size={28}
                        aria-label={`${guest.optional ? t("event.make_required") : t("event.make_optional")}: ${name}`}
                        aria-pressed={guest.optional}
                        onClick={() =>
                          onChange(
                            guests.map((each) =>
                              each.email === guest.email ? { ...each, optional: !each.optional } : each,
                            ),
                          )
                        }
                      >
                        {guest.optional ? <IconUserOff size={15} /> : <IconUser size={15} />}
                      </ActionIcon>
                    </Tooltip>
                    <ActionIcon
                      size={28}
                      aria-label={t("event.remove_guest", { name })}
                      onClick={() => remove(guest.email)}
                    >
                      <IconX size={15} />
                    </ActionIcon>
                  </>
                )}
              </li>
            );
          })}
        </ul>
      )}
    </div>
  );
}
