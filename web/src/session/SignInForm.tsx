import { Alert, Button, PasswordInput, Radio, Stack, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { bodyOf, http } from "../api/client";
import { asProblem, fieldTexts, problemText } from "../api/problem";

interface Company {
  slug: string;
  name: string;
}

/** Address and password; asks for the company only when the address is known in several. */
export function SignInForm({
  email: knownEmail,
  tenant,
  onDone,
}: {
  email?: string;
  tenant?: string;
  onDone: () => void;
}) {
  const { t } = useTranslation();
  const [email, setEmail] = useState(knownEmail ?? "");
  const [password, setPassword] = useState("");
  const [companies, setCompanies] = useState<Company[]>([]);
  const [company, setCompany] = useState(tenant);
  const [refusal, setRefusal] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const missing = fieldTexts(t, refusal ?? null);

  async function send(event: FormEvent) {
    event.preventDefault();
    setBusy(true);
    setRefusal(undefined);
    try {
      bodyOf(await http.POST("/api/v1/auth/login", { body: { email, password, tenant: company } }));
      onDone();
    } catch (error) {
      const problem = asProblem(error);
      const choices = problem.body.tenants as Company[] | undefined;
      if (problem.slug === "choose-tenant" && choices?.length) {
        setCompanies(choices);
        setCompany(choices[0]?.slug);
      } else {
        setRefusal(problem);
      }
      setBusy(false);
    }
  }

  return (
    <form onSubmit={send}>
      <Stack gap={14}>
        {refusal !== undefined && Object.keys(missing).length === 0 && (
          <Alert color="red" role="alert" p="sm">
            {problemText(t, refusal)}
          </Alert>
        )}
        <TextInput
          label={t("sign_in.email")}
          type="email"
          name="email"
          autoComplete="username"
          required
          withAsterisk={false}
          autoFocus={!knownEmail}
          readOnly={knownEmail !== undefined}
          value={email}
          error={missing.email}
          onChange={(change) => {
            setEmail(change.currentTarget.value);
            setCompanies([]);
            setCompany(tenant);
          }}
        />
        <PasswordInput
          label={t("sign_in.password")}
          name="password"
          autoComplete="current-password"
          required
          withAsterisk={false}
          autoFocus={knownEmail !== undefined}
          value={password}
          error={missing.password}
          visibilityToggleButtonProps={{ "aria-label": t("sign_in.show_password") }}
          onChange={(change) => setPassword(change.currentTarget.value)}
        />
        {companies.length > 0 && (
          <Radio.Group
            label={t("sign_in.company")}
            description={t("sign_in.company_why")}
            value={company}
            onChange={setCompany}
          >
            <Stack gap={8} mt={8}>
              {companies.map((each) => (
                <Radio key={each.slug} value={each.slug} label={each.name} />
              ))}
            </Stack>
          </Radio.Group>
        )}
        <Button type="submit" loading={busy} fullWidth size="md">
          {t("sign_in.button")}
        </Button>
      </Stack>
    </form>
  );
}
