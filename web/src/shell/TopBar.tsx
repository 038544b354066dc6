import { ActionIcon, Menu, UnstyledButton, useMantineColorScheme } from "@mantine/core";
import {
  IconCheck,
  IconDeviceDesktop,
  IconDevices,
  IconKeyboard,
  IconLogout,
  IconMoon,
  IconSearch,
  IconSun,
} from "@tabler/icons-react";
import { Link, useRouterState } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { http, queries } from "../api/client";
import { switchLanguage, useLanguage } from "../i18n";
import { type Language, languageFacts, languages } from "../i18n/languages";
import { Face } from "../parts/Face";
import { useMe } from "../session/me";
import { signOut } from "../session/signing";
import { isApple, withCommand } from "./keyboard";
import { placeAt } from "./places";
import classes from "./TopBar.module.css";

/** Speaks this language from now on, here and in what the server sends. */
export async function chooseThisLanguage(language: Language) {
  await switchLanguage(language, true);
  // The page has changed already; a server that cannot keep the choice now takes nothing away.
  await http.PATCH("/api/v1/me", { body: { locale: language } }).catch(() => undefined);
  void queries.invalidateQueries();
}

const schemes = [
  { value: "light", Icon: IconSun },
  { value: "dark", Icon: IconMoon },
  { value: "auto", Icon: IconDeviceDesktop },
] as const;

function LanguageMenu() {
  const { t } = useTranslation();
  const language = useLanguage();
  return (
    <Menu position="bottom-end" width={180}>
      <Menu.Target>
        <UnstyledButton
          className={classes.short}
          aria-label={t("common.labelled", {
            label: t("frame.language"),
            text: `${languageFacts[language].short} ${languageFacts[language].name}`,
          })}
        >
          {languageFacts[language].short}
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        {languages.map((each) => (
          <Menu.Item
            key={each}
            lang={each}
            onClick={() => void chooseThisLanguage(each)}
            rightSection={each === language ? <IconCheck size={15} aria-hidden /> : null}
            aria-current={each === language}
          >
            {languageFacts[each].name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function SchemeMenu() {
  const { t } = useTranslation();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const Here = schemes.find((scheme) => scheme.value === colorScheme)?.Icon ?? IconDeviceDesktop;
  return (
    <Menu position="bottom-end" width={180}>
      <Menu.Target>
        <ActionIcon aria-label={t("frame.scheme")}>
          <Here size={18} stroke={1.7} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {schemes.map(({ value, Icon }) => (
          <Menu.Item
            key={value}
            leftSection={<Icon size={16} stroke={1.7} aria-hidden />}
            rightSection={value === colorScheme ? <IconCheck size={15} aria-hidden /> : null}
            aria-current={value === colorScheme}
            onClick={() => setColorScheme(value)}
          >
            {t(`scheme.${value}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function MeMenu({ onShortcuts }: { onShortcuts: () => void }) {
  const { t } = useTranslation();
  const me = useMe();
  return (
    <Menu position="bottom-end" width={260}>
      <Menu.Target>
        <UnstyledButton className={classes.me}>
          <Face name={me.user.name} />
          <span className="visually-hidden">{t("frame.me", { name: me.user.name })}</span>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <div className={classes.card}>
          <b className="clip">{me.user.name}</b>
          <span className="clip">{me.user.email}</span>
          <span className="clip">{me.tenant.name}</span>
        </div>
        <Menu.Divider />
        <Menu.Item leftSection={<IconKeyboard size={16} stroke={1.7} aria-hidden />} onClick={onShortcuts}>
          {t("frame.shortcuts")}
        </Menu.Item>
        <Menu.Item component={Link} to="/sessions" leftSection={<IconDevices size={16} stroke={1.7} aria-hidden />}>
          {t("place.sessions")}
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={16} stroke={1.7} aria-hidden />} onClick={() => void signOut()}>
          {t("frame.sign_out")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

/** Where I am, search and commands, language, theme, me. */
export function TopBar({ onSearch, onShortcuts }: { onSearch: () => void; onShortcuts: () => void }) {
  const { t } = useTranslation();
  const pathname = useRouterState({ select: (state) => state.location.pathname });
  const place = placeAt(pathname);
  const inner = pathname.startsWith("/calendar/conflicts")
    ? "place.conflicts"
    : pathname.startsWith("/calendar/deleted") && "place.deleted";
  return (
    <header className={classes.bar}>
      <div className={classes.place}>
        {inner ? (
          <>
            <Link to="/calendar">{t("place.calendar")}</Link> / {t(inner)}
          </>
        ) : (
          (place ?? pathname === "/sessions") && t(place?.title ?? "place.sessions")
        )}
      </div>
      <UnstyledButton
        className={classes.find}
        onClick={onSearch}
        aria-keyshortcuts={isApple() ? "Meta+K" : "Control+K"}
      >
        <IconSearch size={16} stroke={1.8} aria-hidden />
        <span className={classes.findText}>{t("frame.find")}</span>
        <span className={classes.keys} aria-hidden="true">
          {withCommand("K")}
        </span>
      </UnstyledButton>
      <LanguageMenu />
      <SchemeMenu />
      <MeMenu onShortcuts={onShortcuts} />
    </header>
  );
}
