import { Tooltip } from "@mantine/core";
import { type FocusEvent, type PointerEvent, type ReactNode, useEffect, useRef, useState } from "react";
import classes from "./Grid.module.css";

/** Whether not all of a card's title can be read where it stands. */
function isCut(card: Element): boolean {
  const title = card.querySelector(`.${classes.title}`);
  if (!title) return false;
  const edge = card.getBoundingClientRect();
  const text = title.getBoundingClientRect();
  if (title.scrollWidth > title.clientWidth || text.bottom > edge.bottom) return true;
  // Another card may lie over this one.
  const over = document.elementFromPoint(Math.min(text.right, edge.right) - 3, text.top + text.height / 2);
  return over !== null && !card.contains(over) && over.closest("[data-event]") !== null;
}

/** Around a grid: says the whole title of a card where it is cut, for the pointer and for the keyboard. */
export function CutTitle({ textOf, children }: { textOf: (id: string) => ReactNode; children: ReactNode }) {
  const [shown, setShown] = useState<HTMLElement | null>(null);
  const waiting = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(waiting.current), []);

  function show(target: EventTarget, afterMs: number) {
    const card = (target as Element).closest<HTMLElement>("[data-event]");
    if (card && card === shown) return;
    hide();
    if (!card || !isCut(card)) return;
    waiting.current = setTimeout(() => setShown(card), afterMs);
  }

  function hide() {
    clearTimeout(waiting.current);
    setShown(null);
  }

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only watches what its cards are asked
    <div
      className={classes.around}
      onPointerOver={(event: PointerEvent) =>
        event.pointerType === "mouse" && event.buttons === 0 && show(event.target, 350)
      }
      onPointerLeave={hide}
      onPointerDown={hide}
      onFocus={(event: FocusEvent) => event.target.matches(":focus-visible") && show(event.target, 0)}
      onBlur={hide}
      onWheel={hide}
    >
      {children}
      {shown?.isConnected && (
        <Tooltip
          opened
          target={shown}
          label={textOf(shown.dataset.event ?? "")}
          position="top"
          multiline
          maw={280}
          transitionProps={{ duration: 80 }}
        />
      )}
    </div>
  );
}
