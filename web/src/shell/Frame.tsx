import { useDisclosure, useHotkeys, useLocalStorage } from "@mantine/hooks";
import { Outlet, useRouterState } from "@tanstack/react-router";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { useLiveUpdates } from "../api/live";
import { chosenLanguage, switchLanguage, useLanguage } from "../i18n";
import { chooseLanguage } from "../i18n/languages";
import { useConnectedMessage } from "../session/connected";
import { useMe } from "../session/me";
import { SignInAgain } from "../session/SignInAgain";
import { useSchemeOnPage } from "../theme/scheme";
import { DateWords } from "../time/DateWords";
import { BottomBar } from "./BottomBar";
import { useEscapeOnTop } from "./escape";
import classes from "./Frame.module.css";
import { Palette } from "./Palette";
import { placeAt } from "./places";
import { Rail } from "./Rail";
import { ShortcutsDialog } from "./ShortcutsDialog";
import { TopBar } from "./TopBar";

/** What stands around every page of somebody signed in. */
export function Frame() {
  const { t } = useTranslation();
  const me = useMe();
  const language = useLanguage();
  const pathname = useRouterState({ select: (state) => state.location.pathname });
  const [folded, setFolded] = useLocalStorage({
    key: "portico-rail-folded",
    defaultValue: false,
    getInitialValueInEffect: false,
  });
  const [searching, search] = useDisclosure(false);
  const [listing, list] = useDisclosure(false);
  useLiveUpdates();
  useSchemeOnPage();
  useConnectedMessage();
  useEscapeOnTop();

  // A language chosen in the account holds until one is chosen in this browser; the company's is nobody's choice.
  const own = me.user.locale === me.tenant.locale ? null : me.user.locale;
  useEffect(() => {
    const wanted = chooseLanguage([own]);
    if (own && !chosenLanguage() && wanted !== language) void switchLanguage(wanted, false);
  }, [own, language]);

  const place = placeAt(pathname);
  useEffect(() => {
    document.title = place ? `${t(place.title)} · Portico` : "Portico";
  }, [place, t]);

  useHotkeys([["mod+K", search.toggle]], []);
  useHotkeys([
    ["/", search.open],
    ["shift+?", list.open],
    ["?", list.open],
  ]);

  return (
    <div className={classes.frame} data-folded={folded || undefined}>
      <a className={classes.skip} href="#content">
        {t("frame.skip")}
      </a>
      <Rail folded={folded} onFold={() => setFolded(!folded)} />
      <TopBar onSearch={search.open} onShortcuts={list.open} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and a page without a field is scrolled by keys too */}
      <main className={classes.content} id="content" tabIndex={0}>
        <DateWords>
          <Outlet />
        </DateWords>
      </main>
      <BottomBar />
      <Palette opened={searching} onClose={search.close} onShortcuts={list.open} />
      <ShortcutsDialog opened={listing} onClose={list.close} />
      <SignInAgain />
    </div>
  );
}
