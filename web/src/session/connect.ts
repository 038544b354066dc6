import { bodyOf, http } from "../api/client";
import type { Feature } from "../api/wire";

/** Goes to Google's consent page for one feature; afterwards the person is back at `returnTo`. */
export async function askGoogle(feature: Feature["feature"], returnTo: string, connection?: string): Promise<void> {
  const query = { feature, return_to: returnTo, connection };
  const { auth_url } = bodyOf(await http.GET("/api/v1/auth/google/authorize", { params: { query } }));
  window.location.assign(auth_url);
}
