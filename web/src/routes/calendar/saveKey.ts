import type { KeyboardEvent } from "react";
import { flushSync } from "react-dom";

/** Ctrl-Enter saves as a press of the button does: the field is left first, and with it takes what was typed. */
export function onSaveKey(event: KeyboardEvent<HTMLFormElement>) {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.nativeEvent.isComposing) return;
  event.preventDefault();
  const form = event.currentTarget;
  const button = form.querySelector<HTMLButtonElement>('button[type="submit"]');
  // What the key did in the field is drawn before the field is left, and that before the form is read.
  flushSync(() => undefined);
  flushSync(() => button?.focus());
  form.requestSubmit();
}
