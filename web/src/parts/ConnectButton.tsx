import { Button, type ButtonProps } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconBrandGoogle } from "@tabler/icons-react";
import { useRouterState } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { problemText } from "../api/problem";
import type { Feature } from "../api/wire";
import { askGoogle } from "../session/connect";

interface ConnectButtonProps extends ButtonProps {
  feature?: Feature["feature"];
  /** The connection that asks anew; absent for a new account. */
  connection?: string;
  children: ReactNode;
}

/** Sends the person to Google's consent page and brings them back to this page. */
export function ConnectButton({ feature = "calendar", connection, children, ...look }: ConnectButtonProps) {
  const { t } = useTranslation();
  const here = useRouterState({ select: (state) => state.location.pathname });
  const [leaving, setLeaving] = useState(false);
  return (
    <Button
      leftSection={<IconBrandGoogle size={16} stroke={2} aria-hidden />}
      loading={leaving}
      {...look}
      onClick={async () => {
        setLeaving(true);
        try {
          await askGoogle(feature, here, connection);
        } catch (error) {
          notifications.show({ message: problemText(t, error), color: "red" });
          setLeaving(false);
        }
      }}
    >
      {children}
    </Button>
  );
}
