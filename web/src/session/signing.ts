import { notifications } from "@mantine/notifications";
import i18next from "i18next";
import { http, queries } from "../api/client";
import { asProblem, problemText } from "../api/problem";

/** Ends the session and starts over with nothing of it left in the page: not even what was typed and not saved. */
export async function signOut() {
  try {
    await http.POST("/api/v1/auth/logout");
  } catch (error) {
    // Whose session has ended already is signed out. Who only thinks so would leave the account open to the next person.
    if (asProblem(error).status !== 401) {
      const message = problemText(i18next.t, error);
      notifications.show({ title: i18next.t("sign_in.still_in"), message, color: "red", autoClose: 8000 });
      return;
    }
  }
  sessionStorage.clear();
  queries.clear();
  window.location.assign("/sign-in");
}
