import type { ReactNode } from "react";
import classes from "./Note.module.css";

export type Tone = "ok" | "busy" | "soon" | "stop" | "off";

/** A sentence in one of the state colours, with the button that does what it says. */
export function Note({
  tone,
  icon,
  action,
  children,
}: {
  tone: Tone;
  icon?: ReactNode;
  action?: ReactNode;
  children: ReactNode;
}) {
  return (
    <div className={classes.note} data-tone={tone} role={tone === "stop" ? "alert" : "status"}>
      {icon}
      <div className={classes.text}>{children}</div>
      {action && <div className={classes.action}>{action}</div>}
    </div>
  );
}
