import { Button, Checkbox, Collapse, Select, Switch, TextInput } from "@mantine/core";
import { DateInput } from "@mantine/dates";
import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { IconChevronDown, IconChevronRight } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { http, refresh } from "../../api/client";
import { problemText } from "../../api/problem";
import type { Link, LinkPatch, SyncState } from "../../api/wire";
import { matches } from "../../parts/matching";
import { StatePanel } from "../../parts/StatePanel";
import { useDateLabels } from "../../time/dateLabels";
import { chosenTypes, eventTypes } from "./eventTypes";
import classes from "./LinkRows.module.css";

/** What only the colleague mends whose connection keeps a calendar in step. */
const needsOwner: SyncState["state"][] = ["reconnect_needed", "permission_missing", "stopped", "paused", "held"];

/** The account's calendars: which are kept in step, and how. */
export function LinkRows({ links }: { links: readonly Link[] }) {
  const { t } = useTranslation();
  const [search, setSearch] = useState("");
  const waiting = links.filter((link) => link.state === "pending_import").length;
  const found = links.filter((link) => link.state !== "retired" && matches(link.name, search));
  const order = { main: 0, monitored: 1 } as const;
  return (
    <section className={classes.links} aria-label={t("google.calendars")}>
      <div className="row wrap tight">
        <h4>{t("google.calendars")}</h4>
        {waiting > 0 && <span className="small muted">{t("google.calendars_waiting", { count: waiting })}</span>}
        {links.length > 10 && (
          <TextInput
            size="xs"
            style={{ marginLeft: "auto" }}
            placeholder={t("google.find_calendar")}
            aria-label={t("google.find_calendar")}
            value={search}
            onChange={(change) => setSearch(change.currentTarget.value)}
          />
        )}
      </div>
      <ul>
        {[...found]
          .sort((a, b) => order[a.role] - order[b.role] || a.name.localeCompare(b.name))
          .map((link) => (
            <LinkRow key={link.id} link={link} />
          ))}
      </ul>
    </section>
  );
}

function LinkRow({ link }: { link: Link }) {
  const { t } = useTranslation();
  const [open, details] = useDisclosure(false);
  const [busy, setBusy] = useState(false);
  const dateLabels = useDateLabels();
  const on = link.state === "on" || link.state === "paused";
  const busyOnly = link.access_role === "freeBusyReader" || link.access_role === "free_busy_reader";
  const readOnly = busyOnly || link.access_role === "reader";
  const how: string[] = [];
  if (!on) how.push(t(`link_state.${link.state === "pending_import" ? "pending_import" : "off"}`));
  // To whom Google shows it for reading alone, the way in which a colleague's edits go says nothing.
  else if (link.can_change) how.push(t(`direction.${link.direction}`));
  if (on && link.role === "main" && !link.carried_by) how.push(t("link_role.main"));
  if (link.carried_by && link.state !== "pending_import") {
    how.push(t("google.carried_by", { name: link.carried_by.name }));
  }

  async function change(body: LinkPatch) {
    setBusy(true);
    try {
      await http.PATCH("/api/v1/calendar/links/{id}", { params: { path: { id: link.id } }, body });
    } catch (error) {
      notifications.show({ message: problemText(t, error), color: "red" });
    }
    await refresh("/google", "/calendar");
    setBusy(false);
  }

  return (
    <li className={classes.link}>
      <div className={classes.row}>
        <Switch
          size="sm"
          checked={on}
          disabled={busy || !(link.can_change || (!on && link.can_choose))}
          onChange={(switched) => void change({ state: switched.currentTarget.checked ? "on" : "off" })}
          label={link.name}
          classNames={{ root: classes.switch }}
        />
        <span className={classes.how}>
          {how.join(" · ")}
          {!link.can_change && readOnly && (
            <span className={classes.why}>{t(busyOnly ? "google.busy_only" : "google.read_only")}</span>
          )}
        </span>
        {on && (
          <StatePanel
            sync={link.sync}
            linkIds={[link.id]}
            connection={link.connection_id}
            owner={needsOwner.includes(link.sync.state) ? (link.carried_by ?? undefined) : undefined}
          />
        )}
        {link.can_change && (
          <Button
            variant="subtle"
            color="gray"
            size="compact-xs"
            aria-expanded={open}
            aria-label={t("google.settings_of", { name: link.name })}
            onClick={details.toggle}
            rightSection={open ? <IconChevronDown size={14} aria-hidden /> : <IconChevronRight size={14} aria-hidden />}
          >
            {t("google.settings")}
          </Button>
        )}
      </div>
      <Collapse expanded={open && link.can_change}>
        <div className={classes.settings}>
          <Select
            label={t("google.direction")}
            description={readOnly ? t("google.read_only") : undefined}
            allowDeselect={false}
            disabled={busy || readOnly}
            value={link.direction}
            data={(["both", "from_google", "to_google"] as const).map((value) => ({
              value,
              label: t(`direction.${value}`),
            }))}
            onChange={(direction) => direction && void change({ direction: direction as Link["direction"] })}
          />
          {!link.carried_by && (
            <Select
              label={t("google.role")}
              description={t("google.role_why")}
              allowDeselect={false}
              disabled={busy}
              value={link.role}
              data={(["main", "monitored"] as const).map((value) => ({ value, label: t(`link_role.${value}`) }))}
              onChange={(role) => role && void change({ role: role as Link["role"] })}
            />
          )}
          <Select
            label={t("google.private_rule")}
            description={t("google.private_why")}
            allowDeselect={false}
            disabled={busy}
            value={link.private_rule}
            data={(["busy", "skip", "full"] as const).map((value) => ({ value, label: t(`private_rule.${value}`) }))}
            onChange={(rule) => rule && void change({ private_rule: rule as Link["private_rule"] })}
          />
          <DateInput
            label={t("google.since")}
            description={t("google.since_why")}
            ariaLabels={dateLabels}
            disabled={busy}
            valueFormat="LL"
            value={link.since ?? null}
            onChange={(since) => since && void change({ since })}
          />
          <Checkbox.Group
            className={classes.wide}
            label={t("google.event_types")}
            description={t("google.event_types_why")}
            value={[...link.event_types]}
            onChange={(checked) => void change({ event_types: chosenTypes(checked) })}
          >
            <div className={classes.kinds}>
              {eventTypes.map((type) => (
                <Checkbox
                  key={type}
                  value={type}
                  label={t(`event_type.${type}`)}
                  disabled={busy || type === "default"}
                />
              ))}
            </div>
          </Checkbox.Group>
          <Switch
            label={t("google.sync_attendees")}
            disabled={busy}
            checked={link.sync_attendees}
            onChange={(switched) => void change({ sync_attendees: switched.currentTarget.checked })}
          />
        </div>
      </Collapse>
    </li>
  );
}
