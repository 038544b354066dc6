import { useWindowEvent } from "@mantine/hooks";

/**
 * Escape closes the card or menu on top wherever the focus is: Mantine listens inside of them alone, where the focus
 * is not yet in the moment after opening, and no longer once the button that had it is disabled.
 */
export function useEscapeOnTop() {
  useWindowEvent("keydown", (event) => {
    if (event.key !== "Escape") return;
    const heard = event.target instanceof Element && event.target.closest('[role="dialog"], [role="menu"]');
    if (heard || document.querySelector('[aria-modal="true"]')) return;
    const open = [...document.querySelectorAll(".mantine-Popover-dropdown, .mantine-Menu-dropdown")].at(-1);
    open?.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
  });
}
