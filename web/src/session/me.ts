import { queryOptions, useSuspenseQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { bodyOf, http } from "../api/client";
import type { Me } from "../api/wire";
import { useLanguage } from "../i18n";
import type { Reader } from "../time/format";

// The key has the same form as the typed hooks', so that live updates refresh it too.
export const meQuery = queryOptions({
  queryKey: ["get", "/api/v1/me", {}] as const,
  queryFn: async (): Promise<Me> => bodyOf(await http.GET("/api/v1/me")),
  staleTime: 60_000,
});

/** The signed-in person; pages inside the frame always have one. */
export function useMe(): Me {
  return useSuspenseQuery(meQuery).data;
}

/** Whether a role of mine allows this. */
export function may(me: Me, functionName: string, action?: string): boolean {
  return me.grants.some(
    (grant) => grant.function === functionName && (action === undefined || grant.action === action),
  );
}

/** Whether I see the administrators' pages. */
export function isAdministrator(me: Me): boolean {
  return may(me, "administration");
}

/** How I read times: my language and my zone. */
export function useReader(): Reader {
  const language = useLanguage();
  const { user, tenant } = useMe();
  const zone = user.time_zone || tenant.time_zone;
  return useMemo(() => ({ language, zone }), [language, zone]);
}
