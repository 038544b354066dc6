import { useQueries } from "@tanstack/react-query";
import { api } from "../../api/client";

interface Named {
  email: string;
  name?: string | null;
  /** The colleague, if it is one: then the directory knows the name. */
  employee_id?: string | null;
}

/** What a guest is called: as invited, else as the colleague's name in the directory, else by address. */
export function useNames(people: readonly Named[]) {
  const unnamed = people.filter((person) => !person.name && person.employee_id).map((person) => person.email);
  const found = useQueries({
    queries: unnamed.map((email) => ({
      ...api.queryOptions("get", "/api/v1/directory", { params: { query: { query: email, limit: 1 } } }),
      staleTime: 3_600_000,
    })),
  });
  const directory = new Map(
    found.flatMap((result) => (result.data?.items ?? []).map((person) => [person.email, person.name])),
  );
  return (person: Named) => person.name || directory.get(person.email) || person.email;
}
