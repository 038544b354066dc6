import { Modal, useMantineColorScheme } from "@mantine/core";
import {
  IconCalendarPlus,
  IconContrast,
  IconKeyboard,
  IconLanguage,
  IconLogout,
  IconSearch,
  IconUserPlus,
} from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { type KeyboardEvent, type ReactNode, useEffect, useId, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { problemText } from "../api/problem";
import { languageFacts, languages } from "../i18n/languages";
import { Face } from "../parts/Face";
import { useEscapeLayer } from "../parts/layers";
import { matches } from "../parts/matching";
import { useEarlyEnter, usePeople } from "../parts/usePeople";
import { may, useMe } from "../session/me";
import { signOut } from "../session/signing";
import classes from "./Palette.module.css";
import { placesOf } from "./places";
import { chooseThisLanguage } from "./TopBar";

interface Command {
  id: string;
  group: string;
  text: string;
  hint?: string;
  icon: ReactNode;
  run: () => void;
}

const icon = { size: 17, stroke: 1.7, "aria-hidden": true } as const;

/** Search and commands: people, pages, actions. */
export function Palette({
  opened,
  onClose,
  onShortcuts,
}: {
  opened: boolean;
  onClose: () => void;
  onShortcuts: () => void;
}) {
  const { t } = useTranslation();
  useEscapeLayer(opened, onClose);
  return (
    <Modal.Root
      opened={opened}
      onClose={onClose}
      closeOnEscape={false}
      size={560}
      yOffset="12vh"
      centered={false}
      classNames={{ content: classes.panel }}
    >
      <Modal.Overlay backgroundOpacity={0.3} />
      <Modal.Content aria-label={t("frame.find")}>
        <Modal.Body p={0}>
          <Finder onClose={onClose} onShortcuts={onShortcuts} />
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}

function Finder({ onClose, onShortcuts }: { onClose: () => void; onShortcuts: () => void }) {
  const { t } = useTranslation();
  const me = useMe();
  const navigate = useNavigate();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(0);
  const listId = useId();
  const people = usePeople(typed, 6);

  const fixed = useMemo<Command[]>(() => {
    const pages = placesOf(me).map<Command>((place) => ({
      id: place.to,
      group: t("palette.pages"),
      text: t(place.title),
      icon: <place.Icon {...icon} />,
      run: () => void navigate({ to: place.to }),
    }));
    const actions: Command[] = [
      {
        id: "shortcuts",
        group: t("palette.actions"),
        text: t("frame.shortcuts"),
        hint: "?",
        icon: <IconKeyboard {...icon} />,
        run: onShortcuts,
      },
      {
        id: "scheme",
        group: t("palette.actions"),
        text: colorScheme === "dark" ? t("palette.to_light") : t("palette.to_dark"),
        icon: <IconContrast {...icon} />,
        run: () => setColorScheme(colorScheme === "dark" ? "light" : "dark"),
      },
      ...languages.map<Command>((each) => ({
        id: `language-${each}`,
        group: t("palette.actions"),
        text: t("common.labelled", { label: t("frame.language"), text: languageFacts[each].name }),
        icon: <IconLanguage {...icon} />,
        run: () => void chooseThisLanguage(each),
      })),
      {
        id: "sign-out",
        group: t("palette.actions"),
        text: t("frame.sign_out"),
        icon: <IconLogout {...icon} />,
        run: () => void signOut(),
      },
    ];
    if (may(me, "calendar")) {
      actions.unshift({
        id: "new",
        group: t("palette.actions"),
        text: t("calendar.new"),
        hint: "c",
        icon: <IconCalendarPlus {...icon} />,
        run: () => void navigate({ to: "/calendar", search: { compose: true } }),
      });
    }
    return [...pages, ...actions];
  }, [t, me, navigate, onShortcuts, colorScheme, setColorScheme]);

  const found = useMemo<Command[]>(() => {
    const hits = fixed.filter((command) => matches(command.text, typed));
    // Without a question the languages and the rest would only be noise.
    if (typed.trim() === "") return hits.filter((command) => !command.id.startsWith("language-"));
    const persons = people.people.map<Command>((person) => ({
      id: `person-${person.employee_id}`,
      group: t("palette.people"),
      text: person.name,
      hint: [person.department, person.email].filter(Boolean).join(" · "),
      icon: <Face name={person.name} picture={person.picture} size={22} />,
      run: () => void navigate({ to: "/calendar", search: { compose: true, guest: person.email } }),
    }));
    return [...persons, ...hits];
  }, [fixed, typed, people.people, t, navigate]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another question starts at its first answer
  useEffect(() => setAt(0), [typed]);
  const chosen = Math.min(at, Math.max(found.length - 1, 0));
  useEffect(() => {
    document.getElementById(`${listId}-${chosen}`)?.scrollIntoView({ block: "nearest" });
  }, [chosen, listId]);

  function run(command: Command | undefined) {
    if (!command) return;
    onClose();
    command.run();
  }

  const waits = typed.trim() !== "" && !people.settled && people.error === null;
  const enterEarly = useEarlyEnter(typed, people.settled, () => run(found[0]));

  function onKey(event: KeyboardEvent) {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "ArrowDown") setAt(Math.min(chosen + 1, found.length - 1));
    else if (event.key === "ArrowUp") setAt(Math.max(chosen - 1, 0));
    else if (event.key === "Enter" && waits && at === 0) enterEarly();
    else if (event.key === "Enter") run(found[chosen]);
    else return;
    event.preventDefault();
  }

  return (
    <>
      <div className={classes.ask}>
        <IconSearch size={18} stroke={1.7} aria-hidden />
        <input
          // biome-ignore lint/a11y/noAutofocus: the palette is opened in order to type
          autoFocus
          value={typed}
          placeholder={t("frame.find")}
          aria-label={t("frame.find")}
          role="combobox"
          aria-expanded="true"
          aria-controls={listId}
          aria-activedescendant={found.length > 0 ? `${listId}-${chosen}` : undefined}
          onChange={(change) => setTyped(change.currentTarget.value)}
          onKeyDown={onKey}
        />
      </div>
      <div className={classes.list} id={listId} role="listbox" aria-label={t("frame.find")}>
        {found.map((command, index) => (
          <div key={command.id}>
            {command.group !== found[index - 1]?.group && (
              <div className={classes.group} role="presentation">
                {command.group}
              </div>
            )}
            {/* biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the field's, as a combobox has them */}
            <div
              id={`${listId}-${index}`}
              role="option"
              tabIndex={-1}
              aria-selected={index === chosen}
              className={classes.option}
              onMouseMove={() => setAt(index)}
              onClick={() => run(command)}
            >
              <span className={classes.icon}>{command.icon}</span>
              <span className="clip">{command.text}</span>
              {command.id.startsWith("person-") && (
                <span className={classes.does}>
                  <IconUserPlus size={14} aria-hidden /> {t("palette.invite")}
                </span>
              )}
              {command.hint && <span className={classes.hint}>{command.hint}</span>}
            </div>
          </div>
        ))}
        {people.error !== null && (
          <p className={classes.none} role="alert">
            {problemText(t, people.error)}
          </p>
        )}
        {found.length === 0 && people.settled && <p className={classes.none}>{t("palette.none", { query: typed })}</p>}
      </div>
    </>
  );
}
