import { notifications } from "@mantine/notifications";
import { useRouter } from "@tanstack/react-router";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { refresh } from "../api/client";

/** Back from Google's consent page, on whatever page it began: says so once, and takes it out of the address. */
export function useConnectedMessage() {
  const { t } = useTranslation();
  const router = useRouter();
  useEffect(() => {
    const address = new URL(window.location.href);
    if (!address.searchParams.has("connected")) return;
    address.searchParams.delete("connected");
    router.history.replace(address.pathname + address.search + address.hash);
    notifications.show({ id: "connected", message: t("google.connected") });
    void refresh("/google", "/calendar", "/me");
  }, [router, t]);
}
