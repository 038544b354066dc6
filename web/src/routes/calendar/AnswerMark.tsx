import { IconCheck, IconQuestionMark, IconX } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Answer } from "../../api/wire";

const looks = {
  accepted: { colour: "var(--ok)", Icon: IconCheck },
  tentative: { colour: "var(--soon)", Icon: IconQuestionMark },
  declined: { colour: "var(--stop)", Icon: IconX },
  needs_action: { colour: "var(--faint)", Icon: null },
} as const;

/** What a guest answered, in its word and sign. */
export function AnswerMark({ answer }: { answer: Answer }) {
  const { t } = useTranslation();
  const { colour, Icon } = looks[answer];
  return (
    <span style={{ display: "inline-flex", alignItems: "center", gap: 3, flex: "none", fontSize: 12, color: colour }}>
      {Icon && <Icon size={13} stroke={2.4} aria-hidden />}
      {t(`answer.${answer}`)}
    </span>
  );
}
