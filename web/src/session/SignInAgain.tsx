import { Text } from "@mantine/core";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { onSessionExpired, queries } from "../api/client";
import { Dialog } from "../parts/Dialog";
import { useMe } from "./me";
import { SignInForm } from "./SignInForm";
import { signOut } from "./signing";

/** When the session has ended: asks for the password over the page, so that nothing typed into it is lost. */
export function SignInAgain() {
  const { t } = useTranslation();
  const me = useMe();
  const [expired, setExpired] = useState(false);
  useEffect(() => onSessionExpired(() => setExpired(true)), []);

  return (
    <Dialog
      opened={expired}
      onClose={() => void signOut()}
      title={t("sign_in.again_title")}
      size="sm"
      closeOnClickOutside={false}
      // Escape is pressed at what lies underneath; signing out takes the button that says so.
      closeOnEscape={false}
      closeButtonProps={{ "aria-label": t("frame.sign_out") }}
      zIndex={500}
    >
      <Text c="dimmed" mb="md" size="sm">
        {t("sign_in.again_text")}
      </Text>
      <SignInForm
        email={me.user.email}
        tenant={me.tenant.slug}
        onDone={() => {
          setExpired(false);
          void queries.invalidateQueries();
        }}
      />
    </Dialog>
  );
}
