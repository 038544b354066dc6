import { queries } from "../../api/client";
import { asProblem } from "../../api/problem";
import type { EditScope, Event } from "../../api/wire";
import { changes, createBody, type Draft, draftOf, rebased } from "./draft";
import { changeEvent, createEvent, eventById, seriesRule } from "./events";
import type { Unfinished } from "./keep";

/** Whether a refusal says for certain that nothing was made; where no answer came, something may have been. */
function isRefusal(error: unknown): boolean {
  const { status } = asProblem(error);
  return status >= 400 && status < 500;
}

/**
 * Makes the meeting of a new form, once however often it is tried. `before` is one that an earlier try with another
 * content had made already, of which the answer was lost.
 */
export async function saveNew<F extends Unfinished>(
  form: F,
  hold: (form: F) => void,
): Promise<{ made: Event } | { before: { event: Event; sent: Draft } }> {
  const earlier = form.sent ?? [];
  // Kept before it is sent: the page may be gone when the answer comes.
  hold({ ...form, sent: [...earlier, form.draft] });
  try {
    return { made: await createEvent(createBody(form.draft), form.key) };
  } catch (error) {
    if (isRefusal(error)) hold({ ...form, sent: earlier.length > 0 ? earlier : undefined });
    if (asProblem(error).slug !== "idempotency-mismatch") throw error;
    const before = await madeBefore(earlier, form.key);
    if (!before) throw error;
    return { before };
  }
}

/** The same request under the same key answers with what it made the first time. */
async function madeBefore(sent: readonly Draft[], key: string): Promise<{ event: Event; sent: Draft } | undefined> {
  for (const draft of sent.toReversed()) {
    try {
      return { event: await createEvent(createBody(draft), key), sent: draft };
    } catch (error) {
      if (asProblem(error).slug !== "idempotency-mismatch") throw error;
    }
  }
  return undefined;
}

/** The form over the event as it is now. */
interface Rebased {
  event: Event;
  before: Draft;
  draft: Draft;
}

/**
 * Saves the changes of a form. Where the event was changed meanwhile they are made to the newer one: at once if they can
 * be (`merged`), else `fresh` is the form that the person should look at before it is saved.
 */
export async function saveChanged(
  event: Event,
  form: Pick<Unfinished, "before" | "draft">,
  scope: EditScope | undefined,
  zone: string,
): Promise<{ saved: Event; merged: boolean } | { fresh: Rebased }> {
  const patch = changes(form.before, form.draft);
  try {
    return { saved: await changeEvent(event, patch, scope), merged: false };
  } catch (error) {
    if (asProblem(error).status !== 412) throw error;
  }
  const now = await queries.fetchQuery({ ...eventById(event.id), staleTime: 0 });
  const before = draftOf(now, await seriesRule(now), zone);
  const fresh = { event: now, before, draft: rebased(form.before, form.draft, before) };
  // A rule cannot be merged: the person decides with the newer one in view.
  if (patch.recurrence) return { fresh };
  try {
    return { saved: await changeEvent(now, changes(before, fresh.draft), scope), merged: true };
  } catch (error) {
    if (asProblem(error).status !== 412) throw error;
    return { fresh };
  }
}
