import { useRouter, useSearch } from "@tanstack/react-router";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { queries } from "../../api/client";
import { switchLanguage, useLanguage } from "../../i18n";
import { languageFacts, languages } from "../../i18n/languages";
import { Mark } from "../../parts/Mark";
import { SignInForm } from "../../session/SignInForm";
import { useSchemeOnPage } from "../../theme/scheme";
import classes from "./SignInPage.module.css";

export function SignInPage() {
  const { t } = useTranslation();
  const language = useLanguage();
  const router = useRouter();
  const { to } = useSearch({ from: "/sign-in" });
  useSchemeOnPage();
  useEffect(() => {
    document.title = `${t("sign_in.button")} · Portico`;
  }, [t]);

  return (
    <main className={classes.page}>
      <div className={classes.panel}>
        <div className={classes.brand}>
          <Mark size={30} />
          <h1>{t("sign_in.title")}</h1>
        </div>
        <SignInForm
          onDone={() => {
            queries.clear();
            router.history.push(to ?? "/");
          }}
        />
      </div>
      <nav className={classes.languages} aria-label={t("frame.language")}>
        {languages.map((each) => (
          <button
            key={each}
            type="button"
            lang={each}
            aria-current={each === language ? "true" : undefined}
            onClick={() => void switchLanguage(each, true)}
          >
            {languageFacts[each].name}
          </button>
        ))}
      </nav>
    </main>
  );
}
