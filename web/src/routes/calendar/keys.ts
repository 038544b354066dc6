/** Where keys have a meaning of their own: menus, cards and dialogs, and the month that is walked through by arrows. */
const keysOfTheirOwn = '[role="menu"], [role="dialog"], [data-own-keys]';

/** Whether a key pressed here is one for the calendar. */
export function isForCalendar(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || document.querySelector('[aria-modal="true"]')) return false;
  return !(event.target instanceof Element && event.target.closest(keysOfTheirOwn));
}
