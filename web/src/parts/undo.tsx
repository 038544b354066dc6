import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useTranslation } from "react-i18next";

/** How long an act can be taken back from its message, in milliseconds. */
const OFFERED = 10_000;

function UndoLine({ text, undo }: { text: string; undo: () => void }) {
  const { t } = useTranslation();
  return (
    <span className="row tight">
      <span className="grow">{text}</span>
      <Button size="compact-xs" variant="default" onClick={undo}>
        {t("common.undo")}
      </Button>
    </span>
  );
}

/** Says what was done, with the button that takes it back. */
export function offerUndo(id: string, text: string, undo: () => void) {
  const act = () => {
    notifications.hide(id);
    undo();
  };
  notifications.show({ id, message: <UndoLine text={text} undo={act} />, autoClose: OFFERED });
}
