import { Button } from "@mantine/core";
import { IconAlertTriangle, IconBrandGoogle, IconPencil } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { ButtonLink } from "../../parts/ButtonLink";
import { ConnectButton } from "../../parts/ConnectButton";
import { Note } from "../../parts/Note";
import { useMe } from "../../session/me";
import classes from "./CalendarPage.module.css";
import { dropUnfinished, type Unfinished, useUnfinished } from "./keep";

/** What the person should know before working on: conflicts, a missing connection, a form left open. */
export function Banners({ onResume, formOpen }: { onResume: (kept: Unfinished) => void; formOpen: boolean }) {
  const { t } = useTranslation();
  const me = useMe();
  const kept = useUnfinished(me.user.id).at(-1);
  const { phase, can_connect } = me.google;
  const { conflicts, connections: stopped } = me.counts;
  const notes = [];
  if (kept && !formOpen) {
    notes.push(
      <Note
        key="kept"
        tone="busy"
        icon={<IconPencil size={16} aria-hidden />}
        action={
          <>
            <Button size="xs" variant="default" onClick={() => onResume(kept)}>
              {t("calendar.continue")}
            </Button>
            <Button size="xs" variant="subtle" color="gray" onClick={() => dropUnfinished(me.user.id, kept.key)}>
              {t("calendar.discard")}
            </Button>
          </>
        }
      >
        {t("calendar.unfinished", { title: kept.draft.title || t("calendar.untitled") })}
      </Note>,
    );
  }
  if (conflicts > 0) {
    notes.push(
      <Note
        key="conflicts"
        tone="soon"
        icon={<IconAlertTriangle size={16} aria-hidden />}
        action={
          <ButtonLink to="/calendar/conflicts" size="xs" variant="default">
            {t("state_action.conflict")}
          </ButtonLink>
        }
      >
        {t("conflict.banner", { count: conflicts })}
      </Note>,
    );
  }
  if (can_connect && phase === "without_authorization") {
    notes.push(
      <Note
        key="connect"
        tone="off"
        icon={<IconBrandGoogle size={16} aria-hidden />}
        action={<ConnectButton size="xs">{t("google.connect")}</ConnectButton>}
      >
        {t("google.connect_why")}
      </Note>,
    );
  }
  if (can_connect && phase === "authorization_pending") {
    notes.push(
      <Note
        key="connect"
        tone="soon"
        icon={<IconBrandGoogle size={16} aria-hidden />}
        action={<ConnectButton size="xs">{t("state_action.waiting_for_consent")}</ConnectButton>}
      >
        {t("state_text.waiting_for_consent")}
      </Note>,
    );
  }
  if (stopped > 0) {
    const expired = phase === "authorization_expired";
    notes.push(
      <Note
        key="expired"
        tone="stop"
        icon={<IconBrandGoogle size={16} aria-hidden />}
        action={
          <ButtonLink to="/google" size="xs" variant="default">
            {t(expired ? "state_action.reconnect_needed" : "state_action.paused")}
          </ButtonLink>
        }
      >
        {expired ? t("state_text.reconnect_needed") : t("google.needs_me", { count: stopped })}
      </Note>,
    );
  }
  return notes.length > 0 ? <div className={classes.banners}>{notes}</div> : null;
}
