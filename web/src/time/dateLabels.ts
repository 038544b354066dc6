import { useTranslation } from "react-i18next";

/** What the arrows of a small calendar are called. */
export function useDateLabels() {
  const { t } = useTranslation();
  return {
    previousMonth: t("calendar.previous_month"),
    nextMonth: t("calendar.next_month"),
    previousYear: t("calendar.previous_year"),
    nextYear: t("calendar.next_year"),
    previousDecade: t("calendar.previous_decade"),
    nextDecade: t("calendar.next_decade"),
  };
}
