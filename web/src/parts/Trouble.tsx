import { Button } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { type ErrorComponentProps, useRouter } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { problemText } from "../api/problem";
import { Note } from "./Note";

/** What went wrong with a part of the page, and the button that tries again. */
export function Trouble({ error, retry }: { error: unknown; retry?: () => void }) {
  const { t } = useTranslation();
  return (
    <Note
      tone="stop"
      action={
        retry && (
          <Button variant="default" size="xs" onClick={retry}>
            {t("common.try_again")}
          </Button>
        )
      }
    >
      {problemText(t, error)}
    </Note>
  );
}

/** The same for a whole page that could not be shown. */
export function ErrorPage({ error, reset }: ErrorComponentProps) {
  const { t } = useTranslation();
  const router = useRouter();
  return (
    <div className="page" role="alert">
      <div className="page-head">
        <IconAlertTriangle size={22} color="var(--stop)" aria-hidden="true" />
        <h1>{t("problem.page_title")}</h1>
      </div>
      <p className="page-lead">{problemText(t, error)}</p>
      <Button
        onClick={() => {
          reset();
          void router.invalidate();
        }}
      >
        {t("common.try_again")}
      </Button>
    </div>
  );
}
