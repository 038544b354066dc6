import { useComputedColorScheme } from "@mantine/core";
import { useEffect } from "react";

/** Tells the tokens and the calendar which scheme is in force: both hang on `data-color-scheme`. */
export function useSchemeOnPage() {
  const scheme = useComputedColorScheme("light", { getInitialValueInEffect: false });
  useEffect(() => {
    document.documentElement.dataset.colorScheme = scheme;
  }, [scheme]);
  return scheme;
}

/** The same before React is there, so that the first paint has the right colours. */
export function paintScheme() {
  const stored = localStorage.getItem("mantine-color-scheme-value");
  const dark = stored === "dark" || (stored !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset.colorScheme = dark ? "dark" : "light";
}
