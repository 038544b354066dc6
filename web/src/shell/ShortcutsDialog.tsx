import { useTranslation } from "react-i18next";
import { Dialog } from "../parts/Dialog";
import { withCommand } from "./keyboard";
import classes from "./ShortcutsDialog.module.css";

const groups = [
  {
    title: "keys.everywhere",
    keys: [
      ["K", "keys.palette", withCommand],
      ["/", "keys.search"],
      ["?", "keys.list"],
    ],
  },
  {
    title: "keys.calendar",
    keys: [
      ["c", "keys.create"],
      ["t", "keys.today"],
      ["d", "keys.day"],
      ["w", "keys.week"],
      ["m", "keys.month"],
      ["a", "keys.agenda"],
      ["j", "keys.next"],
      ["k", "keys.previous"],
    ],
  },
  {
    title: "keys.forms",
    keys: [
      ["↵", "keys.save", withCommand],
      ["Esc", "keys.close"],
    ],
  },
] as const;

/** The keys that work, in one list. */
export function ShortcutsDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Dialog opened={opened} onClose={onClose} title={t("frame.shortcuts")}>
      {groups.map((group) => (
        <section key={group.title} className={classes.group}>
          <h3>{t(group.title)}</h3>
          <dl>
            {group.keys.map(([key, does, together]) => (
              <div key={key}>
                <dt>
                  <kbd>{together ? together(key) : key}</kbd>
                </dt>
                <dd>{t(does)}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </Dialog>
  );
}
