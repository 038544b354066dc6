import { useEffect, useEffectEvent } from "react";

/** What closes a dialog; nothing where it may not be closed by a key. */
type Close = () => void;

/** The open dialogs, one over the other, the topmost last. */
const layers: Close[] = [];

/** Presses that a dialog has had: it may be gone before the page hears of them. */
const had = new WeakSet<KeyboardEvent>();

export function wasForDialog(event: KeyboardEvent): boolean {
  return had.has(event);
}

/** Whether a list or a month is open at this field: it closes first, by itself. */
function hasChoices(field: EventTarget | null): boolean {
  if (!(field instanceof Element)) return false;
  if (field.getAttribute("data-mantine-stop-propagation") === "true") return true;
  const ofDates = field.closest("[data-dates-input], [data-dates-dropdown]");
  return ofDates !== null && document.querySelector("[data-dates-dropdown]") !== null;
}

function hear(event: KeyboardEvent) {
  if (event.key !== "Escape" || event.isComposing || hasChoices(event.target)) return;
  had.add(event);
  layers.at(-1)?.();
}

/**
 * Escape closes the topmost dialog alone. Each of Mantine's dialogs listens for itself, so that one press closed all that
 * were open, and with them the form underneath.
 */
export function useEscapeLayer(opened: boolean, onEscape: Close) {
  const close = useEffectEvent(onEscape);
  useEffect(() => {
    if (!opened) return;
    const layer = () => close();
    if (layers.length === 0) window.addEventListener("keydown", hear, { capture: true });
    layers.push(layer);
    return () => {
      layers.splice(layers.indexOf(layer), 1);
      if (layers.length === 0) window.removeEventListener("keydown", hear, { capture: true });
    };
  }, [opened]);
}
