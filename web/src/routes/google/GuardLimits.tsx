import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, http, refresh } from "../../api/client";
import { problemText } from "../../api/problem";
import { CountField } from "../../parts/CountField";
import classes from "./CompanyView.module.css";

const limits = ["deletions", "percent", "mailed"] as const;
type Limits = Record<(typeof limits)[number], number>;

/** From how many deletions and mails on the sync stops and asks. */
export function GuardLimits() {
  const { t } = useTranslation();
  const company = api.useQuery("get", "/api/v1/company", {});
  const [edited, setEdited] = useState<Partial<Limits>>({});
  const [busy, setBusy] = useState(false);
  const stored = company.data?.guard;
  if (!stored) return null;
  const changed = limits.some((limit) => edited[limit] !== undefined && edited[limit] !== stored[limit]);

  async function save() {
    setBusy(true);
    try {
      await http.PATCH("/api/v1/company", { body: { guard: edited } });
      setEdited({});
      notifications.show({ message: t("google.guard_saved") });
    } catch (error) {
      notifications.show({ message: problemText(t, error), color: "red" });
    } finally {
      setBusy(false);
      void refresh("/company");
    }
  }

  return (
    <section className="card" style={{ marginTop: 24 }} aria-labelledby="guard">
      <h2 id="guard">{t("google.guard")}</h2>
      <p className="muted">{t("google.guard_lead")}</p>
      <div className={classes.limits}>
        {limits.map((limit) => (
          <CountField
            key={limit}
            label={t(`google.guard_${limit}`)}
            value={edited[limit] ?? stored[limit]}
            min={0}
            max={limit === "percent" ? 100 : 100_000}
            suffix={limit === "percent" ? " %" : undefined}
            onChange={(value) => setEdited({ ...edited, [limit]: value })}
          />
        ))}
      </div>
      <Button mt={16} disabled={!changed} loading={busy} onClick={() => void save()}>
        {t("common.save")}
      </Button>
    </section>
  );
}
