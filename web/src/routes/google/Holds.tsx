import { Button, Collapse } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { IconHandStop } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, http, refresh } from "../../api/client";
import { problemText } from "../../api/problem";
import type { Hold } from "../../api/wire";
import { StateChip } from "../../parts/StateChip";
import { useSince } from "../../parts/StatePanel";
import { Trouble } from "../../parts/Trouble";
import { useReader } from "../../session/me";
import { civilDate, day, moment } from "../../time/format";
import { useNow } from "../../time/now";
import classes from "./Holds.module.css";

/** What a run wanted to do and was stopped from: it goes on only when somebody says so. */
export function Holds() {
  const { t } = useTranslation();
  const holds = api.useQuery("get", "/api/v1/calendar/holds", {});
  const waiting = (holds.data?.items ?? []).filter((hold) => hold.state === "waiting");
  if (holds.error) return <Trouble error={holds.error} retry={() => void holds.refetch()} />;
  if (waiting.length === 0) return null;
  return (
    <section aria-label={t("hold.title")}>
      {waiting.map((hold) => (
        <HoldCard key={hold.id} hold={hold} />
      ))}
    </section>
  );
}

function HoldCard({ hold }: { hold: Hold }) {
  const { t } = useTranslation();
  const reader = useReader();
  const now = useNow();
  const sinceText = useSince();
  const [open, list] = useDisclosure(false);
  const [busy, setBusy] = useState<"approve" | "drop" | null>(null);

  function heldTime(when: string): string {
    return when.length === 10
      ? day({ ...reader, zone: "UTC" }, civilDate(when), now)
      : moment(reader, new Date(when), now);
  }

  async function decide(act: "approve" | "drop") {
    setBusy(act);
    try {
      const params = { path: { id: hold.id } };
      if (act === "approve") await http.POST("/api/v1/calendar/holds/{id}/approve", { params });
      else await http.POST("/api/v1/calendar/holds/{id}/drop", { params });
      notifications.show({ message: t(`hold.done_${act}`) });
    } catch (error) {
      notifications.show({ message: problemText(t, error), color: "red" });
      setBusy(null);
    }
    void refresh("/calendar", "/google", "/me");
  }

  return (
    <article className={`card ${classes.hold}`}>
      <div className="row wrap">
        <IconHandStop size={22} stroke={1.7} color="var(--soon)" aria-hidden />
        <div className={classes.what}>
          <h3>{t(`hold.what_${hold.kind}`, { count: hold.kind === "mail" ? hold.people : hold.count })}</h3>
          <p className="muted">
            {t(`hold.why_${hold.kind}`)} {sinceText(hold.created_at)}
          </p>
        </div>
        <StateChip state="held" />
      </div>
      <Button variant="subtle" color="gray" size="compact-sm" mt={8} onClick={list.toggle} aria-expanded={open}>
        {open ? t("hold.hide") : t("hold.show", { count: hold.items.length })}
      </Button>
      <Collapse expanded={open}>
        <ul className={classes.items}>
          {hold.items.map((item, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a list as it was when the run stopped
            <li key={index}>
              <span className="breaks strong">{item.title || t("calendar.untitled")}</span>
              <span className="muted small">
                {[heldTime(item.when), item.guests > 0 ? t("hold.guests", { count: item.guests }) : null]
                  .filter(Boolean)
                  .join(" · ")}
              </span>
            </li>
          ))}
        </ul>
      </Collapse>
      <div className="row wrap tight" style={{ marginTop: 12 }}>
        <Button
          color={hold.kind === "delete" ? "red" : undefined}
          loading={busy === "approve"}
          disabled={busy !== null}
          onClick={() => void decide("approve")}
        >
          {t(`hold.approve_${hold.kind}`, { count: hold.kind === "mail" ? hold.people : hold.count })}
        </Button>
        <Button
          variant="default"
          loading={busy === "drop"}
          disabled={busy !== null}
          onClick={() => void decide("drop")}
        >
          {t(`hold.drop_${hold.kind}`)}
        </Button>
      </div>
    </article>
  );
}
