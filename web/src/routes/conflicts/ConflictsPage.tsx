import { Button, Select, Skeleton } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { IconCheck, IconChevronRight } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, bodyOf, http, refresh } from "../../api/client";
import { problemText } from "../../api/problem";
import type { Conflict } from "../../api/wire";
import { ButtonLink } from "../../parts/ButtonLink";
import { Dialog } from "../../parts/Dialog";
import { Empty } from "../../parts/Empty";
import { Trouble } from "../../parts/Trouble";
import { useReader } from "../../session/me";
import { listing, relative } from "../../time/format";
import { useNow } from "../../time/now";
import classes from "./ConflictsPage.module.css";
import { useDecidedConflicts, useOpenConflicts } from "./openConflicts";
import { fieldName, whenText } from "./values";

/** Every meeting that both sides changed. */
export function ConflictsPage() {
  const { t } = useTranslation();
  const [asking, question] = useDisclosure(false);
  const conflicts = useOpenConflicts();
  const { items } = conflicts;
  const decided = useDecidedConflicts();

  return (
    <div className="page">
      <div className="page-head">
        <h1>{t("place.conflicts")}</h1>
        {items.length > 1 && (
          <Button className="push" variant="default" onClick={question.open}>
            {t("conflict.keep_all_google")}
          </Button>
        )}
      </div>
      <p className="page-lead">{t("conflict.list_lead")}</p>
      {conflicts.error && <Trouble error={conflicts.error} retry={() => void conflicts.refetch()} />}
      {conflicts.isPending && <Skeleton height={132} radius="lg" />}
      {conflicts.isSuccess && items.length === 0 && (
        <div className="card">
          <Empty
            icon={<IconCheck size={24} />}
            action={<ButtonLink to="/calendar">{t("conflict.to_calendar")}</ButtonLink>}
          >
            {t("conflict.empty")}
          </Empty>
        </div>
      )}
      {items.length > 0 && <List items={items} />}
      <More of={conflicts} />
      {decided.error && <Trouble error={decided.error} retry={() => void decided.refetch()} />}
      {decided.items.length > 0 && (
        <section aria-labelledby="decided" style={{ marginTop: 28 }}>
          <h2 id="decided">{t("conflict.decided")}</h2>
          <p className="muted" style={{ marginBottom: 10 }}>
            {t("conflict.decided_lead")}
          </p>
          <List items={decided.items} />
          <More of={decided} />
        </section>
      )}
      <KeepAll opened={asking} onClose={question.close} known={items} more={conflicts.hasNextPage} />
    </div>
  );
}

function More({ of }: { of: ReturnType<typeof useOpenConflicts> }) {
  const { t } = useTranslation();
  if (!of.hasNextPage) return null;
  return (
    <Button mt={12} variant="default" loading={of.isFetchingNextPage} onClick={() => void of.fetchNextPage()}>
      {t("common.more")}
    </Button>
  );
}

function List({ items }: { items: readonly Conflict[] }) {
  const { t } = useTranslation();
  const reader = useReader();
  const now = useNow();
  return (
    <ul className={classes.list}>
      {items.map((conflict) => (
        <li key={conflict.id}>
          <Link to="/calendar/conflicts/$conflictId" params={{ conflictId: conflict.id }} className={classes.item}>
            <span className="grow">
              <span className="strong breaks">{conflict.title || t("calendar.untitled")}</span>
              <span className={classes.when}>{whenText(reader, conflict.when, now)}</span>
            </span>
            <span className={classes.fields}>
              {listing(
                reader.language,
                conflict.fields.map(({ field }) => fieldName(t, field)),
              )}
            </span>
            <span className={classes.ago}>{relative(reader, new Date(conflict.created_at), now)}</span>
            <IconChevronRight size={17} stroke={1.7} aria-hidden />
          </Link>
        </li>
      ))}
    </ul>
  );
}

interface KeepAllProps {
  opened: boolean;
  onClose: () => void;
  known: readonly Conflict[];
  /** Whether there are more than the known ones: then their number cannot be told. */
  more: boolean;
}

function KeepAll({ opened, onClose, known, more }: KeepAllProps) {
  const { t } = useTranslation();
  const calendars = api.useQuery("get", "/api/v1/calendar/calendars", {}, { enabled: opened });
  const [calendar, setCalendar] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  async function keep() {
    setBusy(true);
    try {
      const { resolved } = bodyOf(
        await http.POST("/api/v1/calendar/conflicts/resolve-all", {
          body: { keep: "google", calendar_id: calendar ?? undefined },
        }),
      );
      notifications.show({ message: t("conflict.all_saved", { count: resolved }) });
      onClose();
    } catch (error) {
      notifications.show({ message: problemText(t, error), color: "red" });
    } finally {
      setBusy(false);
      void refresh("/calendar", "/me");
    }
  }

  const concerns = (id: string) => known.filter((conflict) => conflict.calendar_id === id).length;
  const mine = (calendars.data?.items ?? []).filter((each) => each.mine && (more || concerns(each.id) > 0));
  const text = more
    ? t("conflict.keep_every_text")
    : t("conflict.keep_all_text", { count: calendar ? concerns(calendar) : known.length });
  return (
    <Dialog opened={opened} onClose={onClose} title={t("conflict.keep_all_google")} size="sm">
      <p style={{ marginBottom: 14 }}>{text}</p>
      {mine.length > 1 && (
        <Select
          mb={16}
          label={t("conflict.of_calendar")}
          value={calendar ?? ""}
          allowDeselect={false}
          data={[
            { value: "", label: t("conflict.every_calendar") },
            ...mine.map((each) => ({ value: each.id, label: each.name })),
          ]}
          onChange={(value) => setCalendar(value || null)}
        />
      )}
      <div className="row tight" style={{ justifyContent: "flex-end" }}>
        <Button variant="default" onClick={onClose}>
          {t("common.cancel")}
        </Button>
        <Button loading={busy} onClick={() => void keep()}>
          {t("conflict.keep_google_short")}
        </Button>
      </div>
    </Dialog>
  );
}
