import { useTranslation } from "react-i18next";
import { ButtonLink } from "./ButtonLink";
import { Empty } from "./Empty";

/** An address that leads nowhere. */
export function LostPage() {
  const { t } = useTranslation();
  return (
    <main className="page">
      <Empty action={<ButtonLink to="/">{t("lost.home")}</ButtonLink>}>{t("lost.text")}</Empty>
    </main>
  );
}
