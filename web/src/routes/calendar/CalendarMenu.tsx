import { ActionIcon, Menu, Tooltip, UnstyledButton } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconCheck, IconDots } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { http, refresh } from "../../api/client";
import { problemText } from "../../api/problem";
import type { Calendar } from "../../api/wire";
import classes from "./CalendarMenu.module.css";
import { colourName, colourNames, colourOf, storedColours } from "./colours";

/** What can be set of an own calendar: its colour, and what colleagues see of it. */
export function CalendarMenu({ calendar }: { calendar: Calendar }) {
  const { t } = useTranslation();
  const now = colourName(calendar.color);

  async function change(body: { color?: string; sharing?: string }) {
    try {
      await http.PATCH("/api/v1/calendar/calendars/{id}", { params: { path: { id: calendar.id } }, body });
    } catch (error) {
      notifications.show({ message: problemText(t, error), color: "red" });
    }
    void refresh("/calendar");
  }

  return (
    <Menu position="bottom-end" width={230}>
      <Menu.Target>
        <ActionIcon size={24} aria-label={t("google.settings_of", { name: calendar.name })}>
          <IconDots size={15} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t("calendar.colleagues_see")}</Menu.Label>
        {(["busy", "details"] as const).map((sharing) => (
          <Menu.Item
            key={sharing}
            rightSection={calendar.sharing === sharing ? <IconCheck size={15} aria-hidden /> : null}
            aria-current={calendar.sharing === sharing}
            onClick={() => void change({ sharing })}
          >
            {t(`sharing.${sharing}`)}
          </Menu.Item>
        ))}
        <Menu.Label>{t("conflict.field.color")}</Menu.Label>
        <div className={classes.colours}>
          {colourNames.map((name) => (
            <Tooltip key={name} label={t(`colour.${name}`)}>
              <UnstyledButton
                className={classes.colour}
                style={{ background: colourOf(name) }}
                aria-label={t(`colour.${name}`)}
                aria-pressed={name === now}
                onClick={() => void change({ color: storedColours[name] })}
              >
                {name === now && <IconCheck size={14} stroke={3} aria-hidden />}
              </UnstyledButton>
            </Tooltip>
          ))}
        </div>
      </Menu.Dropdown>
    </Menu>
  );
}
