import { Button, Skeleton } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, http, refresh } from "../../api/client";
import { problemText } from "../../api/problem";
import type { Session } from "../../api/wire";
import rows from "../../parts/Rows.module.css";
import { Trouble } from "../../parts/Trouble";
import { useReader } from "../../session/me";
import { signOut } from "../../session/signing";
import { moment, relative } from "../../time/format";
import { useNow } from "../../time/now";

/** Where I am signed in, and how to end it there. */
export function SessionsPage() {
  const { t } = useTranslation();
  const sessions = api.useQuery("get", "/api/v1/auth/sessions", {});
  const [busy, setBusy] = useState(false);
  const items = sessions.data?.items ?? [];
  const others = items.filter((session) => !session.current);

  async function end(ended: readonly Session[]) {
    setBusy(true);
    try {
      for (const { id } of ended) await http.DELETE("/api/v1/auth/sessions/{id}", { params: { path: { id } } });
      notifications.show({ message: t("sessions.ended", { count: ended.length }) });
    } catch (error) {
      notifications.show({ message: problemText(t, error), color: "red" });
    }
    await refresh("/auth/sessions");
    setBusy(false);
  }

  return (
    <div className="page">
      <div className="page-head">
        <h1>{t("place.sessions")}</h1>
        {others.length > 1 && (
          <Button className="push" variant="default" disabled={busy} onClick={() => void end(others)}>
            {t("sessions.end_others")}
          </Button>
        )}
      </div>
      <p className="page-lead">{t("sessions.lead")}</p>
      {sessions.error && <Trouble error={sessions.error} retry={() => void sessions.refetch()} />}
      {sessions.isPending && <Skeleton height={132} radius="lg" />}
      {items.length > 0 && (
        <ul className={rows.rows}>
          {items.map((session) => (
            <SessionRow key={session.id} session={session} busy={busy} onEnd={() => void end([session])} />
          ))}
        </ul>
      )}
    </div>
  );
}

function SessionRow({ session, busy, onEnd }: { session: Session; busy: boolean; onEnd: () => void }) {
  const { t } = useTranslation();
  const reader = useReader();
  const now = useNow();
  const began = moment(reader, new Date(session.created_at), now);
  return (
    <li className={rows.row}>
      <div className={rows.what}>
        <span className="strong">{session.current ? t("sessions.this_one") : t("sessions.another")}</span>
        <span className={rows.detail}>
          {[
            t("sessions.since", { time: began }),
            session.current ? null : t("sessions.used", { ago: relative(reader, new Date(session.last_seen_at), now) }),
          ]
            .filter(Boolean)
            .join(" · ")}
        </span>
      </div>
      {session.current ? (
        <Button size="xs" variant="default" onClick={() => void signOut()}>
          {t("frame.sign_out")}
        </Button>
      ) : (
        <Button
          size="xs"
          variant="default"
          disabled={busy}
          aria-label={t("common.labelled", { label: t("sessions.end"), text: t("sessions.since", { time: began }) })}
          onClick={onEnd}
        >
          {t("sessions.end")}
        </Button>
      )}
    </li>
  );
}
