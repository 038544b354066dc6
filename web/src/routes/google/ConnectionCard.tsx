import { ActionIcon, Button, Menu, Radio, Stack, Switch } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { IconCheck, IconDots, IconPlayerPause, IconPlayerPlay, IconPlugX, IconRefreshAlert } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, http, refresh } from "../../api/client";
import { problemText } from "../../api/problem";
import type { Connection, Feature } from "../../api/wire";
import { ButtonLink } from "../../parts/ButtonLink";
import { ConnectButton } from "../../parts/ConnectButton";
import { Dialog } from "../../parts/Dialog";
import { Face } from "../../parts/Face";
import { Note } from "../../parts/Note";
import { stateLook } from "../../parts/StateChip";
import { StatePanel, SyncButton, useLastSync, useSince, useStateText } from "../../parts/StatePanel";
import { askGoogle } from "../../session/connect";
import { useReader } from "../../session/me";
import { fullDate, listing, relative } from "../../time/format";
import { useNow } from "../../time/now";
import classes from "./ConnectionCard.module.css";
import { carriedLinks, connectionState, needsConsent } from "./connection";
import { LinkRows } from "./LinkRows";

/** What can be used today; the others come with their pages. */
const offered: Feature["feature"][] = ["calendar", "meet"];

function tell(message: string, failed = false) {
  notifications.show({ message, color: failed ? "red" : undefined });
}

function FeatureRow({ connection, feature }: { connection: Connection; feature: Feature }) {
  const { t } = useTranslation();
  const reader = useReader();
  const [leaving, setLeaving] = useState(false);
  const name = t(`feature.${feature.feature}`);
  const calendars = carriedLinks(connection)
    .filter((link) => link.state === "on")
    .map((link) => link.name);

  async function allow() {
    setLeaving(true);
    try {
      await askGoogle(feature.feature, "/google", connection.id);
    } catch (error) {
      tell(problemText(t, error), true);
      setLeaving(false);
    }
  }

  return (
    <div className={classes.feature}>
      {feature.granted ? (
        <span className={classes.granted}>
          <IconCheck size={18} color="var(--ok)" aria-label={t("google.granted")} role="img" />
          {name}
        </span>
      ) : (
        <Switch checked={false} disabled={leaving} onChange={() => void allow()} label={name} />
      )}
      {feature.feature === "calendar" && feature.granted && calendars.length > 0 && (
        <span className={classes.aside}>{listing(reader.language, calendars)}</span>
      )}
      {!feature.granted && (
        <Button
          variant="subtle"
          size="compact-xs"
          color="teal"
          className={classes.allow}
          loading={leaving}
          onClick={() => void allow()}
        >
          {feature.wanted ? t("google.allow_missing") : t("google.allow")}
        </Button>
      )}
    </div>
  );
}

function Day({ connection }: { connection: Connection }) {
  const { t } = useTranslation();
  const reader = useReader();
  const now = useNow();
  const lastSync = useLastSync();
  const { history } = connection;
  const late = history.filter((hour) => hour.state === "late").length;
  const stopped = history.filter((hour) => hour.state === "stopped").length;
  const summary =
    stopped > 0
      ? t("google.day_stopped", { count: stopped })
      : late > 0
        ? t("google.day_late", { count: late })
        : history.some((hour) => hour.state === "ok")
          ? t("google.day_fine")
          : t("google.day_none");
  const last = lastSync(connection.last_sync_at, connection.last_sync_changes);
  return (
    <div>
      <div className="row small">
        <span className="strong">{t("google.day")}</span>
        <span className="muted" style={{ marginLeft: "auto" }}>
          {summary}
        </span>
      </div>
      <div className={classes.bars} role="img" aria-label={`${t("google.day")}: ${summary}`}>
        {history.map((hour) => (
          <i key={hour.hour} data-state={hour.state} title={relative(reader, new Date(hour.hour), now)} />
        ))}
      </div>
      <p className="small muted">
        {last ?? t("google.never_synced")}
        {connection.next_try_at && new Date(connection.next_try_at) > now && (
          <> · {t("google.next_try", { time: relative(reader, new Date(connection.next_try_at), now) })}</>
        )}
      </p>
    </div>
  );
}

/** One Google account: state, what it is used for, how the day went, and the next step. */
export function ConnectionCard({ connection, ofOthers }: { connection: Connection; ofOthers?: boolean }) {
  const { t } = useTranslation();
  const reader = useReader();
  const textOf = useStateText();
  const sinceText = useSince();
  const [disconnecting, disconnect] = useDisclosure(false);
  const state = connectionState(connection);
  const active = carriedLinks(connection)
    .filter((link) => link.state === "on")
    .map((link) => link.id);
  const wrong = state.state !== "in_step" && (state.state !== "syncing" || state.reason) && state.state !== "off";
  const features = offered.map(
    (name) =>
      connection.features.find((each) => each.feature === name) ?? { feature: name, granted: false, wanted: false },
  );

  const resetting = connection.state === "resetting";

  async function stopReset() {
    try {
      await http.DELETE("/api/v1/google/connections/{id}/reset", { params: { path: { id: connection.id } } });
    } catch (error) {
      tell(problemText(t, error), true);
    }
    void refresh("/google", "/calendar", "/me");
  }

  async function toggle(act: "pause" | "resume") {
    try {
      const params = { path: { id: connection.id } };
      if (act === "pause") await http.POST("/api/v1/google/connections/{id}/pause", { params });
      else await http.POST("/api/v1/google/connections/{id}/resume", { params });
    } catch (error) {
      tell(problemText(t, error), true);
    }
    void refresh("/google", "/calendar", "/me");
  }

  return (
    <article className="card" aria-label={connection.email}>
      <div className={classes.head}>
        <Face name={connection.name || connection.email} picture={connection.picture} size={52} />
        <div className="grow">
          <h3 className="breaks">{connection.email}</h3>
          <p className="muted">
            {ofOthers && connection.owner ? `${connection.owner.name} · ` : ""}
            {t("google.connected_on", { date: fullDate(reader, new Date(connection.created_at)) })}
            {connection.access_ends_at && connection.state === "authorized" && (
              <> · {t("google.access_ends", { date: fullDate(reader, new Date(connection.access_ends_at)) })}</>
            )}
          </p>
        </div>
        <div className={classes.acts}>
          <StatePanel sync={state} linkIds={active} connection={connection.id} />
          {connection.state === "authorized" && active.length > 0 && <SyncButton linkIds={active} />}
          <Menu position="bottom-end" width={220}>
            <Menu.Target>
              <ActionIcon aria-label={t("google.more_for", { email: connection.email })}>
                <IconDots size={18} stroke={1.8} />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              {connection.state === "paused" ? (
                <Menu.Item leftSection={<IconPlayerPlay size={16} aria-hidden />} onClick={() => void toggle("resume")}>
                  {t("google.resume")}
                </Menu.Item>
              ) : (
                <Menu.Item
                  leftSection={<IconPlayerPause size={16} aria-hidden />}
                  disabled={connection.state !== "authorized"}
                  onClick={() => void toggle("pause")}
                >
                  {t("google.pause")}
                </Menu.Item>
              )}
              {!ofOthers && !resetting && (
                <Menu.Item
                  leftSection={<IconRefreshAlert size={16} aria-hidden />}
                  onClick={() =>
                    void askGoogle("calendar", "/google", connection.id).catch((error) =>
                      tell(problemText(t, error), true),
                    )
                  }
                >
                  {t("google.reconnect")}
                </Menu.Item>
              )}
              <Menu.Divider />
              <Menu.Item
                color="red"
                leftSection={<IconPlugX size={16} aria-hidden />}
                disabled={resetting}
                onClick={disconnect.open}
              >
                {t("google.disconnect")}
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        </div>
      </div>
      {resetting && (
        <div className={classes.note}>
          <Note
            tone="busy"
            action={
              <Button size="xs" variant="default" onClick={() => void stopReset()}>
                {t("google.reset_stop")}
              </Button>
            }
          >
            {t("google.resetting", { count: connection.reset_remaining ?? 0 })}
          </Note>
        </div>
      )}
      {wrong && (
        <div className={classes.note}>
          <Note
            tone={stateLook[state.state].tone}
            action={
              state.state === "paused" ? (
                <Button size="xs" variant="default" onClick={() => void toggle("resume")}>
                  {t("google.resume")}
                </Button>
              ) : !ofOthers && state.state === "conflict" ? (
                <ButtonLink to="/calendar/conflicts" size="xs" variant="default">
                  {t("state_action.conflict")}
                </ButtonLink>
              ) : !ofOthers && needsConsent(state) ? (
                <ConnectButton size="xs" connection={connection.id}>
                  {t("state_action.reconnect_needed")}
                </ConnectButton>
              ) : !ofOthers && state.state === "permission_missing" ? (
                <ConnectButton size="xs" connection={connection.id}>
                  {t("state_action.permission_missing")}
                </ConnectButton>
              ) : undefined
            }
          >
            {textOf(state.state, state.reason ?? connection.reason)}
            {state.since && <span className={classes.since}>{sinceText(state.since)}</span>}
          </Note>
        </div>
      )}
      {connection.state !== "expired" && !resetting && (
        <>
          <div className={classes.body}>
            <div className={classes.features}>
              {features.map((feature) => (
                <FeatureRow key={feature.feature} connection={connection} feature={feature} />
              ))}
              {/* What was granted is Google's to say, so there is no switch for it here. */}
              {features.some((feature) => feature.granted) && <p className="small muted">{t("google.granted_how")}</p>}
            </div>
            <Day connection={connection} />
          </div>
          {!ofOthers && connection.links.length > 0 && <LinkRows links={connection.links} />}
        </>
      )}
      <Disconnect connection={connection} opened={disconnecting} onClose={disconnect.close} />
    </article>
  );
}

function Disconnect({ connection, opened, onClose }: { connection: Connection; opened: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const [keep, setKeep] = useState<"keep" | "remove">("keep");
  const [there, setThere] = useState<"keep" | "delete">("keep");
  const [busy, setBusy] = useState(false);
  const canDelete = connection.state === "authorized" || connection.state === "paused";

  const counted = api.useQuery(
    "get",
    "/api/v1/google/connections/{id}/reset",
    { params: { path: { id: connection.id } } },
    { enabled: opened && canDelete },
  );

  async function disconnect() {
    setBusy(true);
    try {
      const params = { path: { id: connection.id } };
      if (there === "delete" && canDelete) {
        const body = { google: there, local_data: keep };
        await http.POST("/api/v1/google/connections/{id}/reset", { params, body });
        tell(t("google.reset_began", { email: connection.email }));
      } else {
        await http.DELETE("/api/v1/google/connections/{id}", { params: { ...params, query: { local_data: keep } } });
        tell(t("google.disconnected", { email: connection.email }));
      }
      onClose();
    } catch (error) {
      tell(problemText(t, error), true);
    } finally {
      setBusy(false);
      void refresh("/google", "/calendar", "/me");
    }
  }

  return (
    <Dialog opened={opened} onClose={onClose} title={t("google.disconnect_title", { email: connection.email })}>
      <ul className={classes.consequences}>
        <li>{t("google.disconnect_revoke")}</li>
        <li>
          {t("google.disconnect_stop", {
            count: carriedLinks(connection).filter((link) => link.state === "on").length,
          })}
        </li>
        <li>
          {there === "keep"
            ? t("google.disconnect_google_keeps")
            : counted.data
              ? t("google.reset_deletes_count", { count: counted.data.from_here })
              : t("google.reset_deletes")}
        </li>
      </ul>
      <Radio.Group
        value={keep}
        onChange={(value) => setKeep(value as "keep" | "remove")}
        label={t("google.disconnect_data")}
      >
        <Stack gap={10} mt={8}>
          <Radio value="keep" label={t("google.disconnect_keep")} />
          <Radio value="remove" label={t("google.disconnect_remove")} />
        </Stack>
      </Radio.Group>
      {canDelete && (
        <Radio.Group
          value={there}
          onChange={(value) => setThere(value as "keep" | "delete")}
          label={t("google.reset_question")}
          mt={16}
        >
          <Stack gap={10} mt={8}>
            <Radio value="keep" label={t("google.reset_keep")} />
            <Radio value="delete" label={t("google.reset_delete")} />
          </Stack>
        </Radio.Group>
      )}
      <div className="row tight" style={{ justifyContent: "flex-end", marginTop: 18 }}>
        <Button variant="default" onClick={onClose}>
          {t("common.cancel")}
        </Button>
        <Button color="red" loading={busy} onClick={() => void disconnect()}>
          {t("google.disconnect")}
        </Button>
      </div>
    </Dialog>
  );
}
