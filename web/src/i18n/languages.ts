/** The languages of the interface, in the order of the menu. */
export const languages = ["en", "zh-TW", "ja", "ko", "cs"] as const;
export type Language = (typeof languages)[number];

interface LanguageFacts {
  /** Its name in itself. */
  name: string;
  /** Two letters for the top bar. */
  short: string;
  /** The tag that dates and numbers are formatted with. */
  formats: string;
  /** What stands between a day and the time of that day. */
  beforeTime: string;
  /** What joins the ends of a span of days, where the formats of Intl would write both in digits. */
  betweenDays?: string;
}

export const languageFacts: Record<Language, LanguageFacts> = {
  en: { name: "English", short: "EN", formats: "en-GB", beforeTime: ", " },
  "zh-TW": { name: "繁體中文", short: "繁", formats: "zh-TW", beforeTime: " ", betweenDays: "至" },
  ja: { name: "日本語", short: "日", formats: "ja-JP", beforeTime: " ", betweenDays: "～" },
  ko: { name: "한국어", short: "한", formats: "ko-KR", beforeTime: " " },
  cs: { name: "Čeština", short: "CS", formats: "cs-CZ", beforeTime: ", " },
};

/** The language that serves somebody who asked for `wanted`, best first. */
export function chooseLanguage(wanted: readonly (string | null | undefined)[]): Language {
  for (const tag of wanted) {
    if (!tag) continue;
    const exact = languages.find((language) => language.toLowerCase() === tag.toLowerCase());
    if (exact) return exact;
    const primary = tag.toLowerCase().split(/[-_]/)[0];
    const close = languages.find((language) => language.toLowerCase().split("-")[0] === primary);
    if (close) return close;
  }
  return "en";
}
