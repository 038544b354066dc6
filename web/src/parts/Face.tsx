import { useState } from "react";
import classes from "./Face.module.css";

const colours = ["violet", "blue", "teal", "rose", "amber", "green", "slate", "cyan"];

/** One or two letters for a person: initials, or the family name's first character where names are not spaced so. */
export function initials(name: string): string {
  const trimmed = name.trim();
  const first = [...trimmed][0] ?? "?";
  if (/[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]/u.test(first)) return first;
  const words = trimmed.split(/[\s.@_-]+/).filter(Boolean);
  const last = words.length > 1 && !trimmed.includes("@") ? ([...(words.at(-1) ?? "")][0] ?? "") : "";
  return (first + last).toUpperCase();
}

function colourOf(name: string): string {
  let sum = 0;
  for (const character of name) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) >>> 0;
  return colours[sum % colours.length] ?? "slate";
}

/** A person's picture, or letters on a colour that is always theirs. The name stands beside it, so it is silent. */
export function Face({ name, picture, size = 28 }: { name: string; picture?: string | null; size?: number }) {
  // A picture lies with Google; where it cannot be had, the letters stand for it.
  const [missing, setMissing] = useState<string | null>(null);
  if (picture && picture !== missing) {
    return (
      <img
        className={classes.face}
        src={picture}
        alt=""
        width={size}
        height={size}
        referrerPolicy="no-referrer"
        onError={() => setMissing(picture)}
      />
    );
  }
  return (
    <span
      className={classes.face}
      aria-hidden="true"
      style={{ width: size, height: size, fontSize: size * 0.4, background: `var(--face-${colourOf(name)})` }}
    >
      {initials(name)}
    </span>
  );
}
