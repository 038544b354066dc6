import i18next from "i18next";
import { initReactI18next, useTranslation } from "react-i18next";
import type en from "./en.json";
import { chooseLanguage, type Language, languages } from "./languages";

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "translation";
    resources: { translation: typeof en };
  }
}

const catalogues = import.meta.glob<{ default: typeof en }>("./*.json");
const storageKey = "portico-language";

async function load(language: Language) {
  const catalogue = catalogues[`./${language}.json`];
  if (!catalogue) throw new Error(`no texts for ${language}`);
  i18next.addResourceBundle(language, "translation", (await catalogue()).default);
}

/** The language that the person chose in this browser, if any. */
export function chosenLanguage(): string | null {
  return localStorage.getItem(storageKey);
}

export async function startTexts() {
  const language = chooseLanguage([chosenLanguage(), ...navigator.languages]);
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: "en",
    supportedLngs: [...languages],
    resources: {},
    interpolation: { escapeValue: false },
    react: { useSuspense: false },
  });
  await Promise.all([...new Set<Language>(["en", language])].map(load));
  document.documentElement.lang = language;
}

/** Changes the language of the page; `remember` only when the person asked for it here. */
export async function switchLanguage(language: Language, remember: boolean) {
  if (!i18next.hasResourceBundle(language, "translation")) await load(language);
  if (remember) localStorage.setItem(storageKey, language);
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
}

/** The language the page is in now; the caller is drawn anew when it changes. */
export function useLanguage(): Language {
  return chooseLanguage([useTranslation().i18n.language]);
}
