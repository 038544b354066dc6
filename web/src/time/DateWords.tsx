import { DatesProvider } from "@mantine/dates";
import dayjs from "dayjs";
import "dayjs/locale/cs";
import "dayjs/locale/en-gb";
import "dayjs/locale/ja";
import "dayjs/locale/ko";
import "dayjs/locale/zh-tw";
import localizedFormat from "dayjs/plugin/localizedFormat";
import type { ReactNode } from "react";
import { useLanguage } from "../i18n";
import type { Language } from "../i18n/languages";
import { useMe } from "../session/me";

dayjs.extend(localizedFormat);

const locales: Record<Language, string> = { en: "en-gb", "zh-TW": "zh-tw", ja: "ja", ko: "ko", cs: "cs" };

/** Gives the date fields the reader's words and the company's first day of the week. */
export function DateWords({ children }: { children: ReactNode }) {
  const language = useLanguage();
  const { tenant } = useMe();
  return (
    <DatesProvider
      settings={{ locale: locales[language], firstDayOfWeek: (tenant.week_start % 7) as 0 | 1 | 2 | 3 | 4 | 5 | 6 }}
    >
      {children}
    </DatesProvider>
  );
}
