import { Button, Skeleton } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconArrowBackUp, IconTrash } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, bodyOf, http, refresh } from "../../api/client";
import { problemText } from "../../api/problem";
import type { Deleted } from "../../api/wire";
import { ButtonLink } from "../../parts/ButtonLink";
import { Empty } from "../../parts/Empty";
import rows from "../../parts/Rows.module.css";
import { Trouble } from "../../parts/Trouble";
import { useReader } from "../../session/me";
import { day, relative } from "../../time/format";
import { useNow } from "../../time/now";
import { useEventTime } from "../calendar/EventCard";

/** What was deleted here and can still be brought back. */
export function DeletedPage() {
  const { t } = useTranslation();
  const deleted = useInfiniteQuery({
    queryKey: ["get", "/api/v1/calendar/deleted", {}] as const,
    initialPageParam: undefined as string | undefined,
    queryFn: async ({ pageParam, signal }) =>
      bodyOf(await http.GET("/api/v1/calendar/deleted", { params: { query: { cursor: pageParam } }, signal })),
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
  const calendars = api.useQuery("get", "/api/v1/calendar/calendars", {});
  const names = new Map(calendars.data?.items.map((calendar) => [calendar.id, calendar.name]));
  const items = deleted.data?.pages.flatMap((page) => page.items) ?? [];

  return (
    <div className="page">
      <div className="page-head">
        <h1>{t("place.deleted")}</h1>
      </div>
      <p className="page-lead">{t("deleted.lead")}</p>
      {deleted.error && <Trouble error={deleted.error} retry={() => void deleted.refetch()} />}
      {deleted.isPending && <Skeleton height={132} radius="lg" />}
      {deleted.isSuccess && items.length === 0 && (
        <div className="card">
          <Empty
            icon={<IconTrash size={24} />}
            action={<ButtonLink to="/calendar">{t("conflict.to_calendar")}</ButtonLink>}
          >
            {t("deleted.empty")}
          </Empty>
        </div>
      )}
      {items.length > 0 && (
        <ul className={rows.rows}>
          {items.map((item) => (
            <DeletedRow key={item.event.id} item={item} calendar={names.get(item.event.calendar_id)} />
          ))}
        </ul>
      )}
      {deleted.hasNextPage && (
        <Button
          mt={12}
          variant="default"
          loading={deleted.isFetchingNextPage}
          onClick={() => void deleted.fetchNextPage()}
        >
          {t("common.more")}
        </Button>
      )}
    </div>
  );
}

function DeletedRow({ item, calendar }: { item: Deleted; calendar?: string }) {
  const { t } = useTranslation();
  const reader = useReader();
  const now = useNow();
  const timeOf = useEventTime();
  const [busy, setBusy] = useState(false);
  const { event } = item;
  const title = event.busy_only ? t("calendar.busy") : event.title || t("calendar.untitled");
  const isSeries = event.is_recurring && !event.series_id;
  const guests = event.attendees.filter((each) => !each.self && !each.resource).length;

  async function restore() {
    setBusy(true);
    try {
      await http.POST("/api/v1/calendar/events/{id}/undo", { params: { path: { id: event.id } } });
      notifications.show({ message: t("deleted.restored", { title }) });
    } catch (error) {
      notifications.show({ message: problemText(t, error), color: "red" });
    }
    await refresh("/calendar");
    setBusy(false);
  }

  return (
    <li className={rows.row}>
      <div className={rows.what}>
        <span className="strong breaks">{title}</span>
        <span className={rows.detail}>
          {[timeOf(event), isSeries ? t("repeat.is_series") : null, calendar].filter(Boolean).join(" · ")}
        </span>
        <span className={rows.detail}>
          {[
            t("deleted.when", { ago: relative(reader, new Date(item.deleted_at), now) }),
            t("deleted.until", { date: day(reader, new Date(item.undo_until), now) }),
            item.tells_guests && guests > 0 && !event.attendees_omitted ? t("deleted.tells", { count: guests }) : null,
          ]
            .filter(Boolean)
            .join(" · ")}
        </span>
      </div>
      <Button
        size="xs"
        variant="default"
        leftSection={<IconArrowBackUp size={15} aria-hidden />}
        loading={busy}
        aria-label={t("common.labelled", { label: t("deleted.restore"), text: title })}
        onClick={() => void restore()}
      >
        {t("deleted.restore")}
      </Button>
    </li>
  );
}
