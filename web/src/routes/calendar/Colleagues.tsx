import { ActionIcon, Checkbox, Combobox, TextInput, useCombobox } from "@mantine/core";
import { IconSearch, IconX } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { problemText } from "../../api/problem";
import type { Calendar } from "../../api/wire";
import { Face } from "../../parts/Face";
import { useEarlyEnter, usePeople } from "../../parts/usePeople";
import { useMe } from "../../session/me";
import { colourOf } from "./colours";
import type { Followed } from "./followed";
import classes from "./Side.module.css";

interface ColleaguesProps {
  followed: readonly Followed[];
  calendars: readonly Calendar[];
  onFollow: (id: string, name: string) => void;
  onLeave: (id: string) => void;
  onShow: (id: string, shown: boolean) => void;
}

/** Colleagues found by name, whose time is shown beside mine. */
export function Colleagues({ followed, calendars, onFollow, onLeave, onShow }: ColleaguesProps) {
  const { t } = useTranslation();
  const me = useMe();
  const [typed, setTyped] = useState("");
  const box = useCombobox({ onDropdownClose: () => box.resetSelectedOption() });
  const found = usePeople(typed, 8);
  const chosen = new Set(followed.map((each) => each.id));
  const people = found.people.filter(
    (each) => !chosen.has(each.employee_id) && each.employee_id !== me.user.employee_id,
  );
  const first = found.settled ? people[0]?.employee_id : undefined;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the list is another one when its first name is
  useEffect(() => {
    if (first) box.selectFirstOption();
    else box.resetSelectedOption();
  }, [first]);

  function follow(id: string) {
    const person = people.find((each) => each.employee_id === id);
    if (person) onFollow(id, person.name);
    setTyped("");
    box.closeDropdown();
  }
  const enterEarly = useEarlyEnter(typed, found.settled, () => first && follow(first));

  return (
    <>
      <Combobox store={box} width={260} position="bottom-start" onOptionSubmit={follow}>
        <Combobox.Target>
          <TextInput
            size="xs"
            mb={4}
            leftSection={<IconSearch size={14} aria-hidden />}
            aria-label={t("calendar.find_colleague")}
            placeholder={t("calendar.find_colleague")}
            value={typed}
            onChange={(change) => {
              setTyped(change.currentTarget.value);
              box.openDropdown();
            }}
            onBlur={() => box.closeDropdown()}
            onKeyDown={(event) => {
              if (event.key === "Enter" && !event.nativeEvent.isComposing && !found.settled) enterEarly();
            }}
          />
        </Combobox.Target>
        <Combobox.Dropdown
          hidden={typed.trim() === "" || (people.length === 0 && !found.settled && found.error === null)}
        >
          <Combobox.Options aria-label={t("calendar.find_colleague")}>
            {people.map((person) => (
              <Combobox.Option key={person.employee_id} value={person.employee_id}>
                <span className="row tight">
                  <Face name={person.name} picture={person.picture} size={22} />
                  <span className="clip">{person.name}</span>
                </span>
              </Combobox.Option>
            ))}
            {found.error !== null && <Combobox.Empty>{problemText(t, found.error)}</Combobox.Empty>}
            {people.length === 0 && found.settled && (
              <Combobox.Empty>{t("palette.none", { query: typed })}</Combobox.Empty>
            )}
          </Combobox.Options>
        </Combobox.Dropdown>
      </Combobox>
      <ul>
        {followed.map((each, index) => {
          const colour = colourOf(calendars[index]?.color);
          return (
            <li key={each.id} className={classes.calendar}>
              <Checkbox
                size="xs"
                radius={4}
                color={colour}
                checked={each.shown}
                onChange={(change) => onShow(each.id, change.currentTarget.checked)}
                label={each.name}
                classNames={{
                  root: classes.check,
                  body: classes.checkBody,
                  labelWrapper: classes.labelWrapper,
                  label: classes.label,
                }}
                style={{ "--c": colour }}
              />
              <ActionIcon
                size={24}
                aria-label={t("calendar.leave_colleague", { name: each.name })}
                onClick={() => onLeave(each.id)}
              >
                <IconX size={13} />
              </ActionIcon>
            </li>
          );
        })}
      </ul>
    </>
  );
}
