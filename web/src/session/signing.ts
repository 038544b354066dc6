import { http, queries } from "../api/client";

/** Ends the session and starts over with nothing of it left in the page. */
export async function signOut() {
  await http.POST("/api/v1/auth/logout").catch(() => undefined);
  queries.clear();
  window.location.assign("/sign-in");
}
