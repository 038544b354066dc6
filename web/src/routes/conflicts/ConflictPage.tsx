import { Button, Radio, Skeleton } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { IconCheck } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, http, refresh } from "../../api/client";
import { problemText } from "../../api/problem";
import type { Attendee, Conflict, Event } from "../../api/wire";
import { ButtonLink } from "../../parts/ButtonLink";
import { Empty } from "../../parts/Empty";
import { StateChip } from "../../parts/StateChip";
import { Trouble } from "../../parts/Trouble";
import { useMe, useReader } from "../../session/me";
import { listing, moment } from "../../time/format";
import { useNow } from "../../time/now";
import { colourOf } from "../calendar/colours";
import { eventById } from "../calendar/events";
import { useNames } from "../calendar/names";
import { seriesStart } from "../calendar/recurrence";
import classes from "./ConflictPage.module.css";
import { type Choice, choiceBody, chosenValue, type Side, standing, tellsGuests, wholeSide } from "./choice";
import { useOpenConflicts } from "./openConflicts";
import { fieldName, valueText } from "./values";

const sides: Side[] = ["portico", "google"];

export function ConflictPage() {
  const { t } = useTranslation();
  const { conflictId } = useParams({ from: "/frame/calendar/conflicts/$conflictId" });
  const conflicts = useOpenConflicts();
  const { items, hasNextPage, isFetching, fetchNextPage } = conflicts;
  const index = items.findIndex((each) => each.id === conflictId);
  const conflict = items[index];
  // It may stand on a later page: only when there is none left is it known to be gone.
  const seeking = !conflict && hasNextPage && !conflicts.error;
  useEffect(() => {
    if (seeking && !isFetching) void fetchNextPage();
  }, [seeking, isFetching, fetchNextPage]);
  // What the company's rule decided is not among the open ones, and may be decided otherwise.
  const alone = api.useQuery(
    "get",
    "/api/v1/calendar/conflicts/{id}",
    { params: { path: { id: conflictId } } },
    { enabled: conflicts.isSuccess && !conflict && !seeking },
  );
  if (conflicts.isPending || seeking || alone.isLoading) {
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
  if (alone.data?.resolved_by === "company") {
    return <Choosing key={conflictId} conflict={alone.data} index={0} all={[alone.data]} more={false} />;
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
  return <Choosing key={conflict.id} conflict={conflict} index={index} all={items} more={hasNextPage} />;
}

interface ChoosingProps {
  conflict: Conflict;
  index: number;
  all: readonly Conflict[];
  /** Whether there are others that were not read yet. */
  more: boolean;
}

function Choosing({ conflict, index, all, more }: ChoosingProps) {
  const { t } = useTranslation();
  const me = useMe();
  const reader = useReader();
  const now = useNow();
  const navigate = useNavigate();
  const [choice, setChoice] = useState<Choice>(() => standing(conflict.fields, conflict.resolution));
  const [saving, setSaving] = useState<Side | "mixed" | null>(null);
  const event = useQuery(eventById(conflict.event_id));
  const words = { t, reader, now, start: seriesStart(conflict.when, reader.zone) };
  const text = (field: string, value: unknown, other?: unknown) => valueText(words, field, value, other);

  /** Whether the meeting no longer takes place when this is chosen; where that is no question, it may be gone already. */
  function isGone(chosen: Choice): boolean {
    return chosenValue(conflict.fields, chosen, "status") === "cancelled" || (event.isError && !("status" in chosen));
  }

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
      else if (isGone(chosen)) void navigate({ to: "/calendar" });
      else void navigate({ to: "/calendar", search: { event: conflict.event_id } });
    } catch (error) {
      notifications.show({ message: problemText(t, error), color: "red" });
      setSaving(null);
    }
  }

  // The focus is on a radio button as a rule, and the keys work there too.
  useHotkeys([["mod+Enter", () => (saving === null ? void resolve(choice, "mixed") : undefined)]], []);

  const title = chosenValue(conflict.fields, choice, "title") ?? event.data?.title ?? conflict.title;
  const when = chosenValue(conflict.fields, choice, "when") ?? event.data ?? conflict.when;
  const place = chosenValue(conflict.fields, choice, "location") ?? event.data?.location;
  const gone = isGone(choice);

  return (
    <div className="page">
      <div className="page-head">
        <h1 className="breaks">{conflict.title || t("calendar.untitled")}</h1>
        {!conflict.resolved_by && <StateChip state="conflict" />}
      </div>
      <p className="page-lead">
        {t(conflict.resolved_by ? "conflict.lead_decided" : "conflict.lead", {
          time: moment(reader, new Date(conflict.created_at), now),
        })}
      </p>

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
                const value = text(field.field, field[side], field[side === "google" ? "portico" : "google"]);
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
                    <span className={`breaks ${classes.value}`}>
                      {value ?? <span className="muted">{t("conflict.none")}</span>}
                    </span>
                  </label>
                );
              })}
            </div>
          );
        })}
      </section>

      <div className={`card ${classes.result}`} aria-live="polite">
        <p className="small muted strong">{t("conflict.result")}</p>
        <div
          className={classes.event}
          data-gone={gone || undefined}
          style={{ "--c": colourOf(event.data?.color) } as React.CSSProperties}
        >
          <b className="breaks">{text("title", title) ?? t("calendar.untitled")}</b>
          <span className="breaks">{[text("when", when), text("location", place)].filter(Boolean).join(" · ")}</span>
        </div>
        {gone && <p className="small strong">{t("conflict.goes")}</p>}
        <Told conflict={conflict} choice={choice} event={event.data} />
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
        {!conflict.resolved_by && (
          <span className={classes.place}>
            {t("conflict.place", { index: index + 1, all: more ? `${all.length}+` : all.length })}
          </span>
        )}
      </div>
    </div>
  );
}

/** How many guests are named; the others are counted. */
const mostNames = 5;

/** Who gets a message from Google when this is saved. */
function Told({ conflict, choice, event }: { conflict: Conflict; choice: Choice; event?: Event }) {
  const { t } = useTranslation();
  const reader = useReader();
  const now = useNow();
  const chosen = (chosenValue(conflict.fields, choice, "attendees") ?? []) as Pick<Attendee, "email" | "name">[];
  const mine = event?.attendees.filter((each) => each.self || each.resource).map((each) => each.email);
  const people = new Map([...(event?.attendees ?? []), ...chosen].map((each) => [each.email, each]));
  const guests = [...people.values()].filter((each) => !mine?.includes(each.email));
  const named = guests.slice(0, mostNames);
  const nameOf = useNames(named);
  // Of a list that is hidden from the reader any number would be a wrong one.
  if (guests.length === 0 || event?.attendees_omitted) return null;
  const over = event?.end_time ? new Date(event.end_time) < now : false;
  if (over || !tellsGuests(conflict.fields, choice)) {
    return <p className="small muted">{t("conflict.told", { count: guests.length })}</p>;
  }
  const rest = guests.length - named.length;
  const names = named.map(nameOf);
  if (rest > 0) names.push(t("conflict.others", { count: rest }));
  return (
    <p className="small breaks">
      {t("conflict.mailed", { count: guests.length, names: listing(reader.language, names) })}
    </p>
  );
}
