import { Button, Loader, Popover, UnstyledButton } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { SyncState } from "../api/wire";
import { useReader } from "../session/me";
import { moment, relative } from "../time/format";
import { useNow } from "../time/now";
import { ButtonLink } from "./ButtonLink";
import { ConnectButton } from "./ConnectButton";
import { StateChip } from "./StateChip";
import classes from "./StatePanel.module.css";
import { stateText } from "./stateText";
import { syncNow, useSyncRun } from "./syncing";

/** What happened, in the words of the state and its reason. */
export function useStateText() {
  const { t } = useTranslation();
  return (state: SyncState["state"], reason: string | null | undefined) => stateText(t, state, reason);
}

/** "Since 09:12, 2 hours ago"; null where the state needs no age. */
export function useSince() {
  const { t } = useTranslation();
  const reader = useReader();
  const now = useNow();
  return (at: string | null | undefined): string | null => {
    if (!at) return null;
    const since = new Date(at);
    return t("state_panel.since", { time: moment(reader, since, now), ago: relative(reader, since, now) });
  };
}

/** "2 minutes ago, 14 changes" */
export function useLastSync() {
  const { t } = useTranslation();
  const reader = useReader();
  const now = useNow();
  return (at: string | null | undefined, changes: number | null | undefined): string | null => {
    if (!at) return null;
    const ago = relative(reader, new Date(at), now);
    return changes ? t("google.last_changes", { ago, count: changes }) : ago;
  };
}

interface StatePanelProps {
  sync: SyncState;
  linkIds: readonly string[];
  connection?: string;
  /** Whose it is, where it is another person's: they act, and can be written to. */
  owner?: { name: string; email: string };
}

/** The state as a chip that opens what happened, since when, what to do, and the one button that does it. */
export function StatePanel({ sync, linkIds, connection, owner }: StatePanelProps) {
  const { t } = useTranslation();
  const textOf = useStateText();
  const lastSync = useLastSync();
  const [open, setOpen] = useState(false);
  const sinceText = useSince();
  const last = lastSync(sync.last_success_at, sync.last_change_count);
  const since = sync.state === "in_step" || sync.state === "off" ? null : sinceText(sync.since);
  return (
    <Popover opened={open} onChange={setOpen} width={320} position="bottom-start" trapFocus returnFocus>
      <Popover.Target>
        <UnstyledButton className={classes.chip} onClick={() => setOpen(!open)} aria-haspopup="dialog">
          <StateChip state={sync.state} />
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown className={classes.panel} role="dialog" aria-label={t(`state.${sync.state}`)}>
        <p className="strong">{t(`state.${sync.state}`)}</p>
        <p>{textOf(sync.state, sync.reason)}</p>
        {since && <p className="muted small">{since}</p>}
        {last && <p className="muted small">{t("state_panel.last", { last })}</p>}
        <div className={classes.act}>
          {owner ? (
            <Button component="a" size="xs" variant="default" href={`mailto:${owner.email}`}>
              {t("state_panel.write", { name: owner.name })}
            </Button>
          ) : (
            <StateAction sync={sync} linkIds={linkIds} connection={connection} onDone={() => setOpen(false)} />
          )}
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}

function StateAction({ sync, linkIds, connection, onDone }: Omit<StatePanelProps, "owner"> & { onDone: () => void }) {
  const { t } = useTranslation();
  switch (sync.state) {
    case "conflict":
      return (
        <ButtonLink to="/calendar/conflicts" size="xs">
          {t("state_action.conflict")}
        </ButtonLink>
      );
    case "held":
    case "off":
    case "paused":
      return (
        <ButtonLink to="/google" size="xs">
          {t(`state_action.${sync.state}`)}
        </ButtonLink>
      );
    case "reconnect_needed":
    case "permission_missing":
      return (
        <ConnectButton size="xs" connection={connection}>
          {t(`state_action.${sync.state}`)}
        </ConnectButton>
      );
    default:
      return <SyncButton linkIds={linkIds} onDone={onDone} />;
  }
}

/** Brings the linked calendars into step now; what comes of it is said where the person is then. */
export function SyncButton({ linkIds, onDone }: { linkIds: readonly string[]; onDone?: () => void }) {
  const { t } = useTranslation();
  const busy = useSyncRun() !== null;
  return (
    <Button
      size="xs"
      variant="default"
      leftSection={busy ? <Loader size={13} /> : undefined}
      disabled={busy || linkIds.length === 0}
      onClick={() => void syncNow(linkIds, t).then(onDone)}
    >
      {busy ? t("google.syncing") : t("google.sync_now")}
    </Button>
  );
}
