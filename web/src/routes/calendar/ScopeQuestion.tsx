import { Button, Checkbox, Radio, Stack } from "@mantine/core";
import { useCallback, useState } from "react";
import { useTranslation } from "react-i18next";
import type { EditScope } from "../../api/wire";
import { Dialog } from "../../parts/Dialog";

interface Question {
  /** What is about to happen. */
  act: "change" | "delete" | "answer";
  title: string;
  /** What it will be then, where the dialog does not show it. */
  detail?: string;
  recurring: boolean;
  /** The parts of the series that it can be for; all of them unless told. */
  scopes?: readonly EditScope[];
  /** How many others would be told. */
  guests: number;
}

interface Reply {
  scope?: EditScope;
  notify: boolean;
}

const every: readonly EditScope[] = ["this", "following", "all"];

/** Asks which part of a series is meant, and whether the guests are to be told. The reply is null when it was called off. */
export function useScopeQuestion() {
  const [open, setOpen] = useState<{ question: Question; reply: (reply: Reply | null) => void } | null>(null);
  const ask = useCallback(
    (question: Question) => new Promise<Reply | null>((reply) => setOpen({ question, reply })),
    [],
  );
  const dialog = open && (
    <ScopeDialog
      question={open.question}
      onReply={(reply) => {
        setOpen(null);
        open.reply(reply);
      }}
    />
  );
  return [ask, dialog] as const;
}

function ScopeDialog({ question, onReply }: { question: Question; onReply: (reply: Reply | null) => void }) {
  const { t } = useTranslation();
  const scopes = question.scopes ?? every;
  const [scope, setScope] = useState<EditScope>(scopes[0] ?? "this");
  const [notify, setNotify] = useState(true);
  const deletes = question.act === "delete";
  return (
    <Dialog
      opened
      onClose={() => onReply(null)}
      title={t(`scope.title_${question.act}`, { title: question.title })}
      size="sm"
    >
      <form
        onSubmit={(submit) => {
          submit.preventDefault();
          onReply({ scope: question.recurring ? scope : undefined, notify });
        }}
      >
        <Stack gap={16}>
          {question.detail && <p className="num">{question.detail}</p>}
          {question.recurring && scopes.length === 1 && <p>{t("scope.only_all")}</p>}
          {question.recurring && !scopes.includes("this") && scopes.length > 1 && (
            <p className="muted small">{t("scope.not_this")}</p>
          )}
          {question.recurring && scopes.length > 1 && (
            <Radio.Group value={scope} onChange={(value) => setScope(value as EditScope)} aria-label={t("scope.which")}>
              <Stack gap={10}>
                {scopes.map((each, index) => (
                  <Radio key={each} value={each} label={t(`scope.${each}`)} data-autofocus={index === 0 || undefined} />
                ))}
              </Stack>
            </Radio.Group>
          )}
          {question.guests > 0 && question.act !== "answer" && (
            <Checkbox
              checked={notify}
              onChange={(change) => setNotify(change.currentTarget.checked)}
              label={t("scope.notify", { count: question.guests })}
            />
          )}
          {deletes && <p className="muted small">{t("scope.undo_hint")}</p>}
          <div className="row tight" style={{ justifyContent: "flex-end" }}>
            <Button variant="default" onClick={() => onReply(null)}>
              {t("common.cancel")}
            </Button>
            <Button type="submit" color={deletes ? "red" : undefined}>
              {deletes ? t("common.delete") : t("common.save")}
            </Button>
          </div>
        </Stack>
      </form>
    </Dialog>
  );
}
