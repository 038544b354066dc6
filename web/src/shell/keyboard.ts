/** Whether this keyboard has ⌘ where others have Ctrl. */
export function isApple(): boolean {
  return /Mac|iPhone|iPad/.test(navigator.platform);
}

/** How a key pressed together with Ctrl or ⌘ is written here. */
export function withCommand(key: string): string {
  return `${isApple() ? "⌘" : "Ctrl"} ${key}`;
}
