import { Button, Radio } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, http, refresh } from "../../api/client";
import { problemText } from "../../api/problem";

const rules = ["ask", "portico", "google"] as const;

/** Whose version stands where both sides changed the same, unless the person chooses. */
export function ConflictRule() {
  const { t } = useTranslation();
  const company = api.useQuery("get", "/api/v1/company", {});
  const [chosen, setChosen] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const stored = company.data?.conflicts;
  if (!stored) return null;

  async function save(rule: string) {
    setBusy(true);
    try {
      await http.PATCH("/api/v1/company", { body: { conflicts: rule } });
      setChosen(null);
      notifications.show({ message: t("google.conflicts_saved") });
    } catch (error) {
      notifications.show({ message: problemText(t, error), color: "red" });
    } finally {
      setBusy(false);
      void refresh("/company");
    }
  }

  const rule = chosen ?? stored;
  return (
    <section className="card" style={{ marginTop: 24 }} aria-labelledby="conflict-rule">
      <h2 id="conflict-rule">{t("google.conflicts")}</h2>
      <p className="muted">{t("google.conflicts_lead")}</p>
      <Radio.Group value={rule} onChange={setChosen} aria-labelledby="conflict-rule">
        {rules.map((each) => (
          <Radio key={each} value={each} label={t(`google.conflicts_${each}`)} mt={10} />
        ))}
      </Radio.Group>
      <Button mt={16} disabled={rule === stored} loading={busy} onClick={() => void save(rule)}>
        {t("common.save")}
      </Button>
    </section>
  );
}
