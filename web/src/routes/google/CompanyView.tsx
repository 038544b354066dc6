import { Skeleton } from "@mantine/core";
import { IconBrandGoogle } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client";
import { ButtonLink } from "../../parts/ButtonLink";
import { Empty } from "../../parts/Empty";
import { Face } from "../../parts/Face";
import { StatePanel, useLastSync, useStateText } from "../../parts/StatePanel";
import { Trouble } from "../../parts/Trouble";
import classes from "./CompanyView.module.css";
import { ConflictRule } from "./ConflictRule";
import { connectionState } from "./connection";
import { GuardLimits } from "./GuardLimits";

/** For administrators: how many are in step, late, stopped, and who. */
export function CompanyView() {
  const { t } = useTranslation();
  const textOf = useStateText();
  const lastSync = useLastSync();
  const summary = api.useQuery("get", "/api/v1/google/connections/summary", {});
  const items = summary.data?.items ?? [];
  return (
    <div className="page">
      <div className="page-head">
        <h1>{t("google.company_title")}</h1>
      </div>
      <p className="page-lead">{t("google.company_lead")}</p>
      {summary.error && <Trouble error={summary.error} retry={() => void summary.refetch()} />}
      {summary.isPending && <Skeleton height={96} radius="lg" />}
      {summary.data && (
        <>
          <dl className={classes.counts}>
            <Count tone="ok" label={t("google.in_step")} count={summary.data.in_step} />
            <Count tone="soon" label={t("google.late")} count={summary.data.late} />
            <Count tone="stop" label={t("google.stopped")} count={summary.data.stopped} />
          </dl>
          {items.length === 0 ? (
            <div className="card">
              <Empty
                icon={<IconBrandGoogle size={24} />}
                action={
                  <ButtonLink to="/access" variant="default">
                    {t("google.company_access")}
                  </ButtonLink>
                }
              >
                {summary.data.in_step > 0 ? t("google.company_fine") : t("google.company_empty")}
              </Empty>
            </div>
          ) : (
            <ul className={classes.people}>
              {items.map((connection) => {
                const state = connectionState(connection);
                const name = connection.owner?.name ?? connection.name;
                return (
                  <li key={connection.id}>
                    <Face name={name} size={28} />
                    <span className={classes.name}>
                      <span className="strong clip">{name}</span>
                      <span className="muted small clip">{connection.email}</span>
                    </span>
                    <span className={classes.why}>
                      {state.state === "in_step"
                        ? lastSync(connection.last_sync_at, connection.last_sync_changes)
                        : textOf(state.state, state.reason)}
                    </span>
                    <StatePanel sync={state} linkIds={[]} owner={{ name, email: connection.email }} />
                  </li>
                );
              })}
            </ul>
          )}
        </>
      )}
      <ConflictRule />
      <GuardLimits />
    </div>
  );
}

function Count({ tone, label, count }: { tone: string; label: string; count: number }) {
  return (
    <div className={classes.count} data-tone={count > 0 ? tone : "off"}>
      <dt>{label}</dt>
      <dd>{count}</dd>
    </div>
  );
}
