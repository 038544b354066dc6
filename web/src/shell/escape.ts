import { useWindowEvent } from "@mantine/hooks";
import { wasForDialog } from "../parts/layers";

/** Longer than Mantine takes to move the focus into what opens, in milliseconds. */
const FOCUS_MOVES = 30;

/**
 * Escape closes the card or menu on top wherever the focus is: Mantine listens inside of them alone, where the focus
 * is not yet in the moment after opening, and no longer once the button that had it is disabled.
 */
export function useEscapeOnTop() {
  useWindowEvent("keydown", (event) => {
    // What is dispatched below comes by here again.
    if (event.key !== "Escape" || !event.isTrusted || wasForDialog(event)) return;
    const heard = event.target instanceof Element && event.target.closest('[role="dialog"], [role="menu"]');
    if (heard || document.querySelector('[aria-modal="true"]')) return;
    const open = [...document.querySelectorAll(".mantine-Popover-dropdown, .mantine-Menu-dropdown")].at(-1);
    if (!open) return;
    const before = document.activeElement;
    open.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
    // The focus that was on its way into the card must not go with it.
    setTimeout(() => {
      if (before instanceof HTMLElement && open.contains(document.activeElement)) before.focus({ preventScroll: true });
    }, FOCUS_MOVES);
  });
}
