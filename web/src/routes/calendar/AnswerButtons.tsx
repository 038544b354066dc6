import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Answer } from "../../api/wire";

const answers = ["accepted", "tentative", "declined"] as const;

/** Three buttons, not a choice that arrow keys make: an answer is sent to others at once. */
export function AnswerButtons({ answer, onAnswer }: { answer?: Answer; onAnswer: (answer: Answer) => void }) {
  const { t } = useTranslation();
  return (
    <Button.Group aria-label={t("event.going")}>
      {answers.map((each) => (
        <Button
          key={each}
          size="xs"
          variant={each === answer ? "filled" : "default"}
          aria-pressed={each === answer}
          onClick={() => each !== answer && onAnswer(each)}
        >
          {t(`answer.${each}`)}
        </Button>
      ))}
    </Button.Group>
  );
}
