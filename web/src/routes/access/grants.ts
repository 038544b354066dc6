import type { Grant } from "../../api/wire";

export const scopes = ["self", "team", "subtree", "company"] as const;
export type Scope = (typeof scopes)[number];

/** The widest scope in which these grants allow an action; null when they do not. */
export function scopeOf(grants: readonly Grant[], functionName: string, action: string): Scope | null {
  const held = grants
    .filter((grant) => grant.function === functionName && grant.action === action)
    .map((grant) => scopes.indexOf(grant.scope as Scope));
  return held.length > 0 ? (scopes[Math.max(...held)] ?? null) : null;
}

/** The grants with one action allowed in a scope, or not at all. */
export function withGrant(
  grants: readonly Grant[],
  functionName: string,
  action: string,
  scope: Scope | null,
): Grant[] {
  const others = grants.filter((grant) => grant.function !== functionName || grant.action !== action);
  return scope ? [...others, { function: functionName, action, scope }] : others;
}
