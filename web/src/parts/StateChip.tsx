import {
  IconAlertOctagon,
  IconAlertTriangle,
  IconCircleCheck,
  IconCircleDashed,
  IconClockExclamation,
  IconClockPause,
  IconHandStop,
  IconLockQuestion,
  IconPlugConnectedX,
  IconRefresh,
  IconShieldQuestion,
} from "@tabler/icons-react";
import type { ComponentType } from "react";
import { useTranslation } from "react-i18next";
import type { SyncState } from "../api/wire";
import type { Tone } from "./Note";
import classes from "./StateChip.module.css";

/** What a calendar says of itself, and what is so before there is one. */
export type State = SyncState["state"] | "waiting_for_consent";

/** Colour and icon of each state; the word is in the texts. They are the same on every page. */
export const stateLook: Record<State, { tone: Tone; Icon: ComponentType<{ size?: number; "aria-hidden"?: boolean }> }> =
  {
    in_step: { tone: "ok", Icon: IconCircleCheck },
    syncing: { tone: "busy", Icon: IconRefresh },
    late: { tone: "soon", Icon: IconClockExclamation },
    stopped: { tone: "stop", Icon: IconAlertOctagon },
    waiting_for_consent: { tone: "soon", Icon: IconShieldQuestion },
    reconnect_needed: { tone: "stop", Icon: IconPlugConnectedX },
    permission_missing: { tone: "soon", Icon: IconLockQuestion },
    paused: { tone: "off", Icon: IconClockPause },
    held: { tone: "soon", Icon: IconHandStop },
    conflict: { tone: "soon", Icon: IconAlertTriangle },
    off: { tone: "off", Icon: IconCircleDashed },
  };

/** The state in its colour, with its word and icon. */
export function StateChip({ state }: { state: State }) {
  const { t } = useTranslation();
  const { tone, Icon } = stateLook[state];
  return (
    <span className={classes.chip} data-tone={tone}>
      <Icon size={13} aria-hidden />
      {t(`state.${state}`)}
    </span>
  );
}
