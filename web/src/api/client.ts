import { QueryClient } from "@tanstack/react-query";
import createFetchClient, { type Middleware } from "openapi-fetch";
import createClient from "openapi-react-query";
import { Problem, problemOf } from "./problem";
import type { paths } from "./schema";

type Listener = () => void;
const expiredListeners = new Set<Listener>();

/** Calls back when the server says that nobody is signed in any more. */
export function onSessionExpired(listener: Listener): () => void {
  expiredListeners.add(listener);
  return () => expiredListeners.delete(listener);
}

const problems: Middleware = {
  onRequest({ request }) {
    request.headers.set("Accept-Language", document.documentElement.lang);
    return request;
  },
  async onResponse({ response, schemaPath }) {
    if (response.ok) return undefined;
    const problem = await problemOf(response);
    if (response.status === 401 && !schemaPath.includes("/auth/login")) {
      for (const listener of expiredListeners) listener();
    }
    throw problem;
  },
  onError({ error }) {
    return error instanceof Problem ? error : new Problem(0, { title: String(error) });
  },
};

export const http = createFetchClient<paths>({ baseUrl: "" });
http.use(problems);

/** Typed hooks: `api.useQuery("get", "/api/v1/…")`. */
export const api = createClient(http);

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      // A refusal is an answer; only what may pass by itself is tried again.
      retry: (count, error) => count < 2 && (!(error instanceof Problem) || error.status === 0 || error.status >= 500),
    },
  },
});

/** Marks everything read from these paths as old; what is on the screen is read again at once. */
export function refresh(...prefixes: string[]) {
  return queries.invalidateQueries({
    predicate: ({ queryKey }) =>
      typeof queryKey[1] === "string" &&
      prefixes.some((prefix) => (queryKey[1] as string).startsWith(`/api/v1${prefix}`)),
  });
}

/** The body of a call that must have one; refusals were thrown by the client. */
export function bodyOf<T>(result: { data?: T }): T {
  if (result.data === undefined) throw new Problem(0, { title: "empty answer" });
  return result.data;
}
