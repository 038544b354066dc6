import { Button, Checkbox, Select, Skeleton, Tabs, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { IconSearch } from "@tabler/icons-react";
import { type InfiniteData, keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { memo, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, bodyOf, http, queries, refresh } from "../../api/client";
import { problemText } from "../../api/problem";
import type { Employee, Grant, Role, SystemFunction } from "../../api/wire";
import { Empty } from "../../parts/Empty";
import { Face } from "../../parts/Face";
import { Trouble } from "../../parts/Trouble";
import classes from "./AccessPage.module.css";
import { type Scope, scopeOf, scopes, withGrant } from "./grants";

const none: readonly Role[] = [];

/** Who may do what: roles with their grants, and the roles of each person. */
export function AccessPage() {
  const { t } = useTranslation();
  const roles = api.useQuery("get", "/api/v1/roles", {});
  const functions = api.useQuery("get", "/api/v1/system-functions", {});
  const error = roles.error ?? functions.error;
  return (
    <div className="page">
      <div className="page-head">
        <h1>{t("place.access")}</h1>
      </div>
      <p className="page-lead">{t("access.lead")}</p>
      {error && (
        <Trouble
          error={error}
          retry={() => {
            void roles.refetch();
            void functions.refetch();
          }}
        />
      )}
      <Tabs defaultValue="people" keepMounted={false}>
        <Tabs.List mb={14}>
          <Tabs.Tab value="people">{t("access.people")}</Tabs.Tab>
          <Tabs.Tab value="roles">{t("access.roles")}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="people">
          <People roles={roles.data?.items ?? none} />
        </Tabs.Panel>
        <Tabs.Panel value="roles">
          {roles.isPending || functions.isPending ? (
            <Skeleton height={240} radius="lg" />
          ) : (
            (roles.data?.items ?? []).map((role) => (
              <RoleCard key={role.id} role={role} functions={functions.data?.items ?? []} />
            ))
          )}
        </Tabs.Panel>
      </Tabs>
    </div>
  );
}

function People({ roles }: { roles: readonly Role[] }) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState("");
  const [query] = useDebouncedValue(typed.trim(), 150);
  const employees = useInfiniteQuery({
    queryKey: ["get", "/api/v1/employees", { query }] as const,
    initialPageParam: undefined as string | undefined,
    queryFn: async ({ pageParam, signal }) =>
      bodyOf(
        await http.GET("/api/v1/employees", {
          params: { query: { query: query || undefined, limit: 200, cursor: pageParam } },
          signal,
        }),
      ),
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
  });
  const people = employees.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <>
      <TextInput
        mb={12}
        maw={320}
        leftSection={<IconSearch size={15} aria-hidden />}
        aria-label={t("access.find")}
        placeholder={t("access.find")}
        value={typed}
        onChange={(change) => setTyped(change.currentTarget.value)}
      />
      {employees.error && <Trouble error={employees.error} retry={() => void employees.refetch()} />}
      {employees.isPending && <Skeleton height={300} radius="lg" />}
      {employees.isSuccess && people.length === 0 && (
        <div className="card">
          <Empty
            action={
              <Button variant="default" onClick={() => setTyped("")}>
                {t("access.show_all")}
              </Button>
            }
          >
            {t("access.nobody", { query })}
          </Empty>
        </div>
      )}
      {people.length > 0 && (
        <div className={classes.frame}>
          <table className={classes.table} style={{ "--roles": roles.length } as React.CSSProperties}>
            <thead>
              <tr>
                <th scope="col">{t("access.name")}</th>
                <th scope="col" className={classes.wide}>
                  {t("access.department")}
                </th>
                {roles.map((role) => (
                  <th key={role.id} scope="col" className={classes.role}>
                    {t(`role.${role.slug}` as "role.employee", { defaultValue: role.name })}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {people.map((person) => (
                <Person key={person.id} person={person} roles={roles} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {employees.hasNextPage && (
        <Button
          mt={12}
          variant="default"
          loading={employees.isFetchingNextPage}
          onClick={() => void employees.fetchNextPage()}
        >
          {t("common.more")}
        </Button>
      )}
    </>
  );
}

/** Puts the answer of a change into the lists that were read: their pages need not be read again for one row. */
function showEmployee(changed: Employee) {
  queries.setQueriesData<InfiniteData<{ items: Employee[] }>>(
    { queryKey: ["get", "/api/v1/employees"] },
    (read) =>
      read && {
        ...read,
        pages: read.pages.map((page) => ({
          ...page,
          items: page.items.map((each) => (each.id === changed.id ? changed : each)),
        })),
      },
  );
}

const Person = memo(function Person({ person, roles }: { person: Employee; roles: readonly Role[] }) {
  const { t } = useTranslation();
  const [busy, setBusy] = useState(false);
  const held = new Set(person.roles.map((role) => role.id));

  async function set(role: Role, on: boolean) {
    setBusy(true);
    const role_ids = on ? [...held, role.id] : [...held].filter((id) => id !== role.id);
    try {
      const params = { path: { id: person.id } };
      showEmployee(bodyOf(await http.PUT("/api/v1/employees/{id}/roles", { params, body: { role_ids } })));
    } catch (error) {
      notifications.show({ message: problemText(t, error), color: "red" });
      void refresh("/employees");
    }
    void refresh("/me");
    setBusy(false);
  }

  return (
    <tr>
      <th scope="row">
        <span className={classes.person}>
          <Face name={person.name} />
          <span className={classes.names}>
            <span className="strong clip">{person.name}</span>
            <span className="muted small clip">{person.email}</span>
          </span>
        </span>
      </th>
      <td className={classes.wide}>{person.department}</td>
      {roles.map((role) => {
        const name = t(`role.${role.slug}` as "role.employee", { defaultValue: role.name });
        return (
          <td key={role.id} className={classes.role}>
            <Checkbox
              aria-label={t("common.labelled", { label: name, text: person.name })}
              disabled={busy}
              checked={held.has(role.id)}
              onChange={(change) => void set(role, change.currentTarget.checked)}
            />
            <span className={classes.roleName} aria-hidden="true">
              {name}
            </span>
          </td>
        );
      })}
    </tr>
  );
});

function RoleCard({ role, functions }: { role: Role; functions: readonly SystemFunction[] }) {
  const { t } = useTranslation();
  const [busy, setBusy] = useState(false);
  const name = t(`role.${role.slug}` as "role.employee", { defaultValue: role.name });

  async function set(grants: Grant[]) {
    setBusy(true);
    try {
      await http.PUT("/api/v1/roles/{id}/grants", { params: { path: { id: role.id } }, body: { grants } });
    } catch (error) {
      notifications.show({ message: problemText(t, error), color: "red" });
    }
    await refresh("/roles", "/me");
    setBusy(false);
  }

  return (
    <section className="card" aria-label={name}>
      <h3>{name}</h3>
      <ul className={classes.grants}>
        {functions.flatMap((each) =>
          each.actions.map((action) => {
            const label = t("common.labelled", {
              label: t(`function.${each.function}` as "function.calendar", { defaultValue: each.function }),
              text: t(`action.${action}` as "action.read", { defaultValue: action }),
            });
            const scope = scopeOf(role.grants, each.function, action);
            return (
              <li key={`${each.function}.${action}`} className={classes.grant}>
                <Checkbox
                  className="grow"
                  disabled={busy}
                  label={label}
                  checked={scope !== null}
                  onChange={(change) =>
                    void set(
                      withGrant(role.grants, each.function, action, change.currentTarget.checked ? "self" : null),
                    )
                  }
                />
                <Select
                  size="xs"
                  w={190}
                  aria-label={t("common.labelled", { label, text: t("access.scope") })}
                  allowDeselect={false}
                  disabled={busy || scope === null}
                  value={scope ?? "self"}
                  data={scopes.map((value) => ({ value, label: t(`grant_scope.${value}`) }))}
                  onChange={(value) => value && void set(withGrant(role.grants, each.function, action, value as Scope))}
                />
              </li>
            );
          }),
        )}
      </ul>
    </section>
  );
}
