import { Drawer, Popover } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import type { ReactNode } from "react";
import classes from "./Anchored.module.css";
import { useEscapeLayer } from "./layers";

/** A phone's width, as everywhere. */
export function usePhone(): boolean {
  return useMediaQuery("(max-width: 767px)", undefined, { getInitialValueInEffect: false });
}

interface AnchoredProps {
  /** What it stands beside; null for the middle of the page. */
  at: DOMRect | null;
  label: string;
  width?: number;
  onClose: () => void;
  /** Stays when something outside is pressed: for forms. */
  keep?: boolean;
  children: ReactNode;
}

/** A card beside the thing it tells about; on a phone a sheet from below. */
export function Anchored({ at, label, width = 346, onClose, keep, children }: AnchoredProps) {
  const phone = usePhone();
  useEscapeLayer(phone, onClose);
  if (phone) {
    return (
      <Drawer.Root
        opened
        onClose={onClose}
        closeOnEscape={false}
        position="bottom"
        size="auto"
        transitionProps={{ duration: 140 }}
        classNames={{ content: classes.sheet, body: classes.sheetBody }}
      >
        <Drawer.Overlay backgroundOpacity={0.25} />
        <Drawer.Content aria-label={label}>
          <Drawer.Body>{children}</Drawer.Body>
        </Drawer.Content>
      </Drawer.Root>
    );
  }
  const box = at ?? new DOMRect(window.innerWidth / 2, window.innerHeight / 4, 0, 0);
  return (
    <Popover
      opened
      onChange={(open) => !open && onClose()}
      position={at ? "right-start" : "bottom"}
      width={width}
      offset={8}
      trapFocus
      returnFocus
      closeOnClickOutside={!keep}
      withinPortal
      // Under dialogs: the list of keys and the search open over it.
      zIndex={190}
      middlewares={{
        flip: { crossAxis: false, fallbackPlacements: ["left-start", "bottom", "top"] },
        shift: { padding: 12 },
      }}
    >
      <Popover.Target>
        <div
          className={classes.anchor}
          style={{ left: box.left, top: box.top, width: box.width, height: box.height }}
          aria-hidden="true"
        />
      </Popover.Target>
      <Popover.Dropdown className={classes.card} role="dialog" aria-label={label}>
        {children}
      </Popover.Dropdown>
    </Popover>
  );
}
