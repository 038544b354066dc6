import { Button, Skeleton } from "@mantine/core";
import { IconHistory } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import { bodyOf, http } from "../../api/client";
import type { JournalEntry } from "../../api/wire";
import { Empty } from "../../parts/Empty";
import { Trouble } from "../../parts/Trouble";
import { useReader } from "../../session/me";
import { civilDate, dateIn, fullDate, timeOfDay } from "../../time/format";
import classes from "./JournalPage.module.css";

/** Who changed what, newest first. */
export function JournalPage() {
  const { t } = useTranslation();
  const reader = useReader();
  const journal = useInfiniteQuery({
    queryKey: ["get", "/api/v1/audit", {}] as const,
    initialPageParam: undefined as string | undefined,
    queryFn: async ({ pageParam, signal }) =>
      bodyOf(await http.GET("/api/v1/audit", { params: { query: { limit: 100, cursor: pageParam } }, signal })),
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
  const days = new Map<string, JournalEntry[]>();
  for (const entry of journal.data?.pages.flatMap((page) => page.items) ?? []) {
    const day = dateIn(reader.zone, new Date(entry.at));
    days.set(day, [...(days.get(day) ?? []), entry]);
  }

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
          <Empty icon={<IconHistory size={24} />}>{t("journal.empty")}</Empty>
        </div>
      )}
      {[...days].map(([day, entries]) => (
        <section key={day} className={classes.day} aria-label={fullDate({ ...reader, zone: "UTC" }, civilDate(day))}>
          <h3>{fullDate({ ...reader, zone: "UTC" }, civilDate(day))}</h3>
          <ul className={classes.list}>
            {entries.map((entry) => (
              <li key={entry.seq}>
                <time className={classes.time}>{timeOfDay(reader, new Date(entry.at))}</time>
                <span className={classes.who}>{entry.actor_name ?? t(`actor.${actorKind(entry)}`)}</span>
                <span className="grow breaks">
                  {actText(t, entry)}
                  {subjectOf(entry) && <b className="strong"> {subjectOf(entry)}</b>}
                  {entry.why && <span className="muted"> · {entry.why}</span>}
                </span>
              </li>
            ))}
          </ul>
        </section>
      ))}
      {journal.hasNextPage && (
        <Button variant="default" loading={journal.isFetchingNextPage} onClick={() => void journal.fetchNextPage()}>
          {t("common.more")}
        </Button>
      )}
    </div>
  );
}

/** What it was done to, where that is another than who did it. */
function subjectOf(entry: JournalEntry): string | null {
  return entry.subject_name && entry.subject_name !== entry.actor_name ? entry.subject_name : null;
}

/** What was done. A colon waits for a name: where none may be shown, it goes. */
function actText(t: TFunction, entry: JournalEntry): string {
  const key = `journal_action.${entry.action.replace(".", "_")}` as "journal_action.meeting_created";
  const text = t(key, { defaultValue: entry.action });
  return subjectOf(entry) ? text : text.replace(/[:：]$/, "");
}

function actorKind(entry: JournalEntry): "person" | "sync" | "job" | "api_key" | "system" {
  const kind = entry.actor_kind;
  return kind === "person" || kind === "sync" || kind === "job" || kind === "api_key" ? kind : "system";
}
