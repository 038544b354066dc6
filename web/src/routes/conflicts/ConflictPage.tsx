import { Button, Radio, Skeleton } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { IconCheck } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, http, refresh } from "../../api/client";
import { problemText } from "../../api/problem";
import type { Conflict } from "../../api/wire";
import { ButtonLink } from "../../parts/ButtonLink";
import { Empty } from "../../parts/Empty";
import { StateChip } from "../../parts/StateChip";
import { Trouble } from "../../parts/Trouble";
import { useMe, useReader } from "../../session/me";
import { moment } from "../../time/format";
import { useNow } from "../../time/now";
import { colourOf } from "../calendar/colours";
import { eventById } from "../calendar/events";
import classes from "./ConflictPage.module.css";
import { type Choice, choiceBody, chosenValue, type Side, standing, wholeSide } from "./choice";
import { fieldName, valueText } from "./values";

const sides: Side[] = ["portico", "google"];

export function ConflictPage() {
  const { t } = useTranslation();
  const { conflictId } = useParams({ from: "/frame/calendar/conflicts/$conflictId" });
  const conflicts = api.useQuery("get", "/api/v1/calendar/conflicts", {
    params: { query: { state: "open", limit: 200 } },
  });
  const items = conflicts.data?.items ?? [];
  const index = items.findIndex((each) => each.id === conflictId);
  const conflict = items[index];
  if (conflicts.isPending) {
    return (
      <div className="page" role="status" aria-label={t("waiting.loading")}>
        <Skeleton height={28} width={260} mb={14} />
        <Skeleton height={220} radius="lg" mb={14} />
        <Skeleton height={110} radius="lg" />
      </div>
    );
  }
  if (conflicts.error) {
    return (
      <div className="page">
        <Trouble error={conflicts.error} retry={() => void conflicts.refetch()} />
      </div>
    );
  }
  if (!conflict) {
    return (
      <div className="page">
        <Empty
          icon={<IconCheck size={24} />}
          action={<ButtonLink to="/calendar">{t("conflict.to_calendar")}</ButtonLink>}
        >
          {t("conflict.gone")}
        </Empty>
      </div>
    );
  }
  return <Choosing key={conflict.id} conflict={conflict} index={index} all={items} />;
}

function Choosing({ conflict, index, all }: { conflict: Conflict; index: number; all: readonly Conflict[] }) {
  const { t } = useTranslation();
  const me = useMe();
  const reader = useReader();
  const now = useNow();
  const navigate = useNavigate();
  const [choice, setChoice] = useState<Choice>(() => standing(conflict.fields));
  const [saving, setSaving] = useState<Side | "mixed" | null>(null);
  const event = useQuery(eventById(conflict.event_id));
  const text = (field: string, value: unknown) => valueText(t, reader, field, value, now);

  async function resolve(chosen: Choice, which: Side | "mixed") {
    setSaving(which);
    try {
      await http.POST("/api/v1/calendar/conflicts/{id}/resolve", {
        params: { path: { id: conflict.id } },
        body: choiceBody(conflict.fields, chosen),
      });
      notifications.show({ message: t("conflict.saved", { title: conflict.title }) });
      const next = all[index + 1] ?? all.find((each) => each.id !== conflict.id);
      await refresh("/calendar", "/me");
      if (next) void navigate({ to: "/calendar/conflicts/$conflictId", params: { conflictId: next.id } });
      else void navigate({ to: "/calendar", search: { event: conflict.event_id } });
    } catch (error) {
      notifications.show({ message: problemText(t, error), color: "red" });
      setSaving(null);
    }
  }

  useHotkeys([["mod+Enter", () => void resolve(choice, "mixed")]]);

  const title = chosenValue(conflict.fields, choice, "title") ?? event.data?.title ?? conflict.title;
  const when = chosenValue(conflict.fields, choice, "when") ?? event.data ?? conflict.when;
  const place = chosenValue(conflict.fields, choice, "location") ?? event.data?.location;
  const guests = (event.data?.attendees ?? []).filter((each) => !each.self && !each.resource);

  return (
    <div className="page">
      <div className="page-head">
        <h1 className="breaks">{conflict.title || t("calendar.untitled")}</h1>
        <StateChip state="conflict" />
      </div>
      <p className="page-lead">{t("conflict.lead", { time: moment(reader, new Date(conflict.created_at), now) })}</p>

      <section className={classes.table} aria-label={t("conflict.choose")}>
        <div className={`${classes.head} ${classes.corner}`} />
        {sides.map((side) => {
          const { at, by } = conflict[side];
          return (
            <div key={side} className={`${classes.head} ${classes.option}`}>
              {t(`conflict.side.${side}`)}
              <span className={classes.who}>
                {[by === me.user.name ? t("conflict.you") : by, moment(reader, new Date(at), now)]
                  .filter(Boolean)
                  .join(" · ")}
              </span>
            </div>
          );
        })}
        {conflict.fields.map((field) => {
          const name = fieldName(t, field.field);
          return (
            <div key={field.field} className={classes.fieldRow} role="radiogroup" aria-label={name}>
              <div className={classes.field}>{name}</div>
              {sides.map((side) => {
                const value = text(field.field, field[side]);
                const chosen = (choice[field.field] ?? "google") === side;
                return (
                  <label key={side} className={`${classes.option} ${chosen ? classes.chosen : ""}`}>
                    <Radio
                      size="xs"
                      name={`${conflict.id}-${field.field}`}
                      checked={chosen}
                      onChange={() => setChoice({ ...choice, [field.field]: side })}
                      aria-label={t("common.labelled", {
                        label: t(`conflict.side.${side}`),
                        text: value ?? t("conflict.none"),
                      })}
                    />
                    <span className="breaks">{value ?? <span className="muted">{t("conflict.none")}</span>}</span>
                  </label>
                );
              })}
            </div>
          );
        })}
      </section>

      <div className={`card ${classes.result}`} aria-live="polite">
        <p className="small muted strong">{t("conflict.result")}</p>
        <div className={classes.event} style={{ "--c": colourOf(event.data?.color) } as React.CSSProperties}>
          <b className="breaks">{text("title", title) ?? t("calendar.untitled")}</b>
          <span className="breaks">{[text("when", when), text("location", place)].filter(Boolean).join(" · ")}</span>
        </div>
        {guests.length > 0 && <p className="small muted">{t("conflict.told", { count: guests.length })}</p>}
      </div>

      <div className="row wrap tight">
        <Button loading={saving === "mixed"} disabled={saving !== null} onClick={() => void resolve(choice, "mixed")}>
          {t("conflict.save")}
        </Button>
        <Button
          variant="default"
          loading={saving === "portico"}
          disabled={saving !== null}
          onClick={() => void resolve(wholeSide(conflict.fields, "portico"), "portico")}
        >
          {t("conflict.keep_portico")}
        </Button>
        <Button
          variant="default"
          loading={saving === "google"}
          disabled={saving !== null}
          onClick={() => void resolve(wholeSide(conflict.fields, "google"), "google")}
        >
          {t("conflict.keep_google")}
        </Button>
        <span className={classes.place}>{t("conflict.place", { index: index + 1, count: all.length })}</span>
      </div>
    </div>
  );
}
