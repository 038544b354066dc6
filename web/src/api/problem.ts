import type { TFunction } from "i18next";

interface FieldError {
  field: string;
  code: string;
  message: string;
}

interface ProblemBody {
  type?: string;
  title?: string;
  status?: number;
  detail?: string | null;
  errors?: FieldError[] | null;
  /** Why it cannot be done as things stand, as a stable word. */
  reason?: string | null;
  [extra: string]: unknown;
}

/** What the server refused and why: an RFC 9457 problem, or the slug "offline" when nothing answered. */
export class Problem extends Error {
  readonly status: number;
  /** The stable last part of the problem's `type`. */
  readonly slug: string;
  readonly body: ProblemBody;

  constructor(status: number, body: ProblemBody) {
    super(body.detail ?? body.title ?? `HTTP ${status}`);
    this.name = "Problem";
    this.status = status;
    this.slug = body.type?.split("/").at(-1) || slugOfStatus(status);
    this.body = body;
  }

  get fields(): FieldError[] {
    return this.body.errors ?? [];
  }
}

function slugOfStatus(status: number): string {
  if (status === 0) return "offline";
  if (status === 401) return "not-signed-in";
  if (status === 403) return "forbidden";
  if (status === 404) return "not-found";
  if (status === 412) return "stale";
  if (status === 422) return "invalid";
  if (status === 429) return "too-many";
  return "internal";
}

export async function problemOf(response: Response): Promise<Problem> {
  const body: unknown = await response.json().catch(() => ({}));
  return new Problem(response.status, typeof body === "object" && body !== null ? (body as ProblemBody) : {});
}

export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  return new Problem(0, { title: error instanceof Error ? error.message : String(error) });
}

/** What the server says to programs; a person is told what it means on this page. */
const oursAlone = new Set(["not-signed-in", "idempotency-mismatch"]);

/** One sentence for the reader: ours when we know the slug, else what the server said. */
export function problemText(t: TFunction, error: unknown): string {
  const problem = asProblem(error);
  if (problem.body.reason) {
    return t(`refusal.${problem.body.reason}` as "refusal.read_only", { defaultValue: problem.message });
  }
  // What the server says about a refusal names the thing; our sentence only names its kind.
  if (problem.status >= 400 && problem.status < 500 && problem.body.detail && !oursAlone.has(problem.slug)) {
    return problem.body.detail;
  }
  return t(`problem.${problem.slug}` as "problem.internal", { defaultValue: problem.message });
}

/** Texts for the fields that were refused, by the field's name on the wire ("attendees[1]" counts for "attendees"). */
export function fieldTexts(t: TFunction, error: unknown): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const { field, code, message } of asProblem(error).fields) {
    const name = field.split(/[.[]/)[0] ?? field;
    texts[name] ??= t(`field.${code}` as "field.required", { defaultValue: message });
  }
  return texts;
}
