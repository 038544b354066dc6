import { Button, Skeleton } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconHistory } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { memo, useState } from "react";
import { useTranslation } from "react-i18next";
import { bodyOf, http, queries } from "../../api/client";
import { problemText } from "../../api/problem";
import type { JournalEntry } from "../../api/wire";
import { ButtonLink } from "../../parts/ButtonLink";
import { Empty } from "../../parts/Empty";
import { Trouble } from "../../parts/Trouble";
import { useReader } from "../../session/me";
import { civilDate, dateIn, fullDate, timeOfDay } from "../../time/format";
import classes from "./JournalPage.module.css";
import { joined, type Read } from "./pages";
import { actorKind, actText, subjectOf, whyText } from "./words";

const queryKey = ["get", "/api/v1/audit", {}] as const;

async function page(cursor?: string, signal?: AbortSignal): Promise<Read> {
  return bodyOf(await http.GET("/api/v1/audit", { params: { query: { limit: 100, cursor } }, signal }));
}

/** Who changed what, newest first. */
export function JournalPage() {
  const { t } = useTranslation();
  const reader = useReader();
  const journal = useQuery({
    queryKey,
    // What was written stays as it was: after a change only the first page is read again.
    queryFn: async ({ signal }) => {
      const fresh = await page(undefined, signal);
      return joined(queries.getQueryData<Read>(queryKey), fresh);
    },
  });
  const [reading, setReading] = useState(false);
  const days = new Map<string, JournalEntry[]>();
  for (const entry of journal.data?.items ?? []) {
    const day = dateIn(reader.zone, new Date(entry.at));
    days.set(day, [...(days.get(day) ?? []), entry]);
  }

  async function readOn(cursor: string) {
    setReading(true);
    try {
      const older = await page(cursor);
      queries.setQueryData<Read>(queryKey, (known) => known && { ...older, items: [...known.items, ...older.items] });
    } catch (error) {
      notifications.show({ message: problemText(t, error), color: "red" });
    }
    setReading(false);
  }
  const next = journal.data?.next_cursor;

  return (
    <div className="page">
      <div className="page-head">
        <h1>{t("place.journal")}</h1>
      </div>
      <p className="page-lead">{t("journal.lead")}</p>
      {journal.error && <Trouble error={journal.error} retry={() => void journal.refetch()} />}
      {journal.isPending && <Skeleton height={320} radius="lg" />}
      {journal.isSuccess && days.size === 0 && (
        <div className="card">
          <Empty
            icon={<IconHistory size={24} />}
            action={
              <ButtonLink to="/calendar" variant="default">
                {t("home.open_calendar")}
              </ButtonLink>
            }
          >
            {t("journal.empty")}
          </Empty>
        </div>
      )}
      {[...days].map(([day, entries]) => (
        <section key={day} className={classes.day} aria-label={fullDate({ ...reader, zone: "UTC" }, civilDate(day))}>
          <h3>{fullDate({ ...reader, zone: "UTC" }, civilDate(day))}</h3>
          <ul className={classes.list}>
            {entries.map((entry) => (
              <Line key={entry.seq} entry={entry} />
            ))}
          </ul>
        </section>
      ))}
      {next && (
        <Button variant="default" loading={reading} onClick={() => void readOn(next)}>
          {t("common.more")}
        </Button>
      )}
    </div>
  );
}

const Line = memo(function Line({ entry }: { entry: JournalEntry }) {
  const { t } = useTranslation();
  const reader = useReader();
  const why = whyText(t, entry.why);
  return (
    <li>
      <time className={classes.time}>{timeOfDay(reader, new Date(entry.at))}</time>
      <span className={classes.who}>{entry.actor_name ?? t(`actor.${actorKind(entry)}`)}</span>
      <span className="grow breaks">
        {actText(t, entry)}
        {subjectOf(entry) && <b className="strong"> {subjectOf(entry)}</b>}
        {why && <span className="muted"> · {why}</span>}
      </span>
    </li>
  );
});
