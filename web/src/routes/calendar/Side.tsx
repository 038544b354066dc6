import { Button, Checkbox } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Calendar } from "../../api/wire";
import { stateLook } from "../../parts/StateChip";
import { CalendarMenu } from "./CalendarMenu";
import { colourOf } from "./colours";
import { MiniMonth } from "./MiniMonth";
import classes from "./Side.module.css";
import { type CalendarGroup, groupOf } from "./visible";

interface SideProps {
  date: string;
  calendars: readonly Calendar[];
  visible: ReadonlySet<string>;
  canCreate: boolean;
  onShow: (id: string, on: boolean) => void;
  onDate: (date: string) => void;
  onNew: () => void;
  /** The colleagues whose time is shown. */
  colleagues: React.ReactNode;
}

function CalendarRow({
  calendar,
  checked,
  onShow,
}: {
  calendar: Calendar;
  checked: boolean;
  onShow: SideProps["onShow"];
}) {
  const { t } = useTranslation();
  const state = calendar.mine ? calendar.sync?.state : undefined;
  // Several colleagues may have a calendar of the same name, and one at Google may be anybody's.
  const owner = calendar.mine ? undefined : calendar.owner?.name;
  const look = state && state !== "in_step" && state !== "off" ? stateLook[state] : undefined;
  return (
    <li className={classes.calendar}>
      <Checkbox
        size="xs"
        radius={4}
        color={colourOf(calendar.color)}
        checked={checked}
        onChange={(change) => onShow(calendar.id, change.currentTarget.checked)}
        label={calendar.name}
        description={owner}
        classNames={{
          root: classes.check,
          body: classes.checkBody,
          labelWrapper: classes.labelWrapper,
          label: classes.label,
          description: classes.owner,
        }}
        style={{ "--c": colourOf(calendar.color) }}
      />
      {look && state && (
        <span className={classes.state} data-tone={look.tone} title={t(`state.${state}`)}>
          <look.Icon size={14} aria-hidden />
          <span className="visually-hidden">{t(`state.${state}`)}</span>
        </span>
      )}
      {calendar.mine && <CalendarMenu calendar={calendar} />}
    </li>
  );
}

/** Mini month and the calendars that can be shown. */
export function Side({ date, calendars, visible, canCreate, onShow, onDate, onNew, colleagues }: SideProps) {
  const { t } = useTranslation();
  const groups = useMemo(() => {
    const found: Record<CalendarGroup, Calendar[]> = { mine: [], colleagues: [], company: [] };
    for (const calendar of calendars) found[groupOf(calendar)].push(calendar);
    return found;
  }, [calendars]);
  function rows(list: readonly Calendar[]) {
    return (
      <ul>
        {list.map((calendar) => (
          <CalendarRow key={calendar.id} calendar={calendar} checked={visible.has(calendar.id)} onShow={onShow} />
        ))}
      </ul>
    );
  }

  return (
    <div className={classes.side}>
      {canCreate && (
        <Button fullWidth size="md" leftSection={<IconPlus size={17} stroke={2.2} aria-hidden />} onClick={onNew}>
          {t("calendar.new")}
        </Button>
      )}
      <MiniMonth date={date} onDate={onDate} />
      <section aria-label={t("calendar.mine")}>
        <h3>{t("calendar.mine")}</h3>
        {rows(groups.mine)}
      </section>
      <section aria-label={t("calendar.colleagues")}>
        <h3>{t("calendar.colleagues")}</h3>
        {colleagues}
        {rows(groups.colleagues)}
      </section>
      {groups.company.length > 0 && (
        <section aria-label={t("calendar.company")}>
          <h3>{t("calendar.company")}</h3>
          {rows(groups.company)}
        </section>
      )}
      <Link to="/calendar/deleted" className={classes.deleted}>
        <IconTrash size={15} stroke={1.7} aria-hidden /> {t("place.deleted")}
      </Link>
    </div>
  );
}
