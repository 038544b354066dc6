import { Button, Skeleton, Tabs } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconBrandGoogle, IconLockQuestion } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client";
import { ConnectButton } from "../../parts/ConnectButton";
import { Empty } from "../../parts/Empty";
import { StateChip } from "../../parts/StateChip";
import { Trouble } from "../../parts/Trouble";
import { isAdministrator, useMe } from "../../session/me";
import { CompanyView } from "./CompanyView";
import { ConnectionCard } from "./ConnectionCard";
import { connectionState } from "./connection";
import classes from "./GooglePage.module.css";
import { Holds } from "./Holds";

/** My Google accounts: what Portico may do in my name, and how it is going. */
export function GooglePage() {
  const { t } = useTranslation();
  const me = useMe();
  if (!isAdministrator(me)) return <Mine />;
  return (
    <Tabs defaultValue="mine" keepMounted={false} className={classes.tabs}>
      <Tabs.List>
        <Tabs.Tab value="mine">{t("google.mine")}</Tabs.Tab>
        <Tabs.Tab value="company">{t("google.company")}</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="mine">
        <Mine />
      </Tabs.Panel>
      <Tabs.Panel value="company">
        <CompanyView />
      </Tabs.Panel>
    </Tabs>
  );
}

function Mine() {
  const { t } = useTranslation();
  const me = useMe();
  const connections = api.useQuery(
    "get",
    "/api/v1/google/connections",
    { params: { query: { scope: "mine" } } },
    {
      // A run that changes nothing leaves no trace in the journal, so its end is asked for; "2 minutes ago" grows old too.
      refetchInterval: (query) => {
        const states = query.state.data?.items.map(connectionState) ?? [];
        return states.some((sync) => sync.state === "syncing" && !sync.reason) ? 1_000 : 60_000;
      },
    },
  );
  const live = (connections.data?.items ?? []).filter((connection) => connection.state !== "disconnected");

  const pending = me.google.phase === "authorization_pending";

  /** Portico does not know by which way people write to their administrator: the words are given, not the letter. */
  async function copyRequest() {
    await navigator.clipboard.writeText(t("google.ask_body"));
    notifications.show({ message: t("google.ask_copied") });
  }

  return (
    <div className="page">
      <div className="page-head">
        <h1>{t("google.title")}</h1>
        {me.google.can_connect && live.length > 0 && (
          <div className="push">
            <ConnectButton>{t("google.connect_another")}</ConnectButton>
          </div>
        )}
      </div>
      <p className="page-lead">{t("google.lead")}</p>
      <Holds />
      {connections.error && <Trouble error={connections.error} retry={() => void connections.refetch()} />}
      {connections.isPending && (
        <div role="status" aria-label={t("waiting.loading")}>
          <Skeleton height={230} radius="lg" />
        </div>
      )}
      {connections.isSuccess && live.length === 0 && (
        <div className="card">
          {me.google.can_connect ? (
            <Empty
              icon={<IconBrandGoogle size={24} />}
              action={<ConnectButton size="md">{t("google.connect")}</ConnectButton>}
            >
              {pending ? (
                <>
                  <StateChip state="waiting_for_consent" /> {t("state_text.waiting_for_consent")}
                </>
              ) : (
                t("google.empty")
              )}
            </Empty>
          ) : (
            <Empty
              icon={<IconLockQuestion size={24} />}
              action={
                <Button variant="default" onClick={() => void copyRequest()}>
                  {t("google.ask_administrator")}
                </Button>
              }
            >
              {t("google.no_grant")}
            </Empty>
          )}
        </div>
      )}
      {live.map((connection) => (
        <ConnectionCard key={connection.id} connection={connection} />
      ))}
    </div>
  );
}
