import type { CalendarOptions } from "@fullcalendar/react";
import { joinClassNames as join } from "@fullcalendar/react";
import classes from "./Grid.module.css";

/**
 * The calendar's whole look: version 7 of FullCalendar takes the class of every part by option, so that its sheet stays
 * out and ours (Grid.module.css) speaks in tokens.
 */
export const gridLook: CalendarOptions = {
  className: classes.calendar,
  borderless: true,
  // Header cells
  tableHeaderClass: classes.header,
  dayHeaderAlign: "center",
  dayHeaderClass: (info) => join(classes.dayHeader, info.isToday && classes.dayHeaderToday),
  dayHeaderInnerClass: classes.dayHeaderInner,
  dayHeaderRowClass: classes.line,
  dayHeaderDividerClass: classes.divider,
  // Cells and lanes
  dayRowClass: classes.dayRow,
  dayCellClass: (info) => join(classes.cell, weekend(info.dow) && classes.weekend, info.isOther && classes.otherMonth),
  dayCellTopClass: classes.cellTop,
  dayCellTopInnerClass: (info) => join(classes.cellNumber, info.isToday && classes.cellNumberToday),
  dayLaneClass: (info) => join(classes.cell, weekend(info.dow) && classes.weekend),
  dayLaneInnerClass: classes.laneInner,
  slotLaneClass: (info) => join(classes.slot, info.isMinor && classes.slotMinor),
  slotHeaderClass: (info) => join(classes.slotHeader, info.isMinor && classes.slotMinor),
  slotHeaderInnerClass: classes.slotHeaderInner,
  slotHeaderRowClass: classes.line,
  slotHeaderDividerClass: classes.slotDivider,
  allDayHeaderClass: classes.allDayHeader,
  allDayHeaderInnerClass: classes.allDayHeaderInner,
  allDayDividerClass: classes.divider,
  fillerClass: classes.line,
  highlightClass: classes.highlight,
  nowIndicatorLineClass: classes.now,
  nowIndicatorDotClass: classes.nowDot,
  nowIndicatorHeaderClass: classes.nowHeader,
  navLinkClass: classes.navLink,
  // Events
  eventColor: "var(--ev-teal)",
  eventContrastColor: "var(--text)",
  blockEventClass: (info) => join(classes.event, info.isDragging && classes.dragging),
  blockEventInnerClass: (info) => join(classes.eventInner, info.isShort && classes.short),
  rowEventClass: (info) => join(classes.rowEvent, info.isStart && classes.rowStart, info.isEnd && classes.rowEnd),
  rowEventBeforeClass: (info) => join(info.isStartResizable && classes.resizeStart),
  rowEventAfterClass: (info) => join(info.isEndResizable && classes.resizeEnd),
  columnEventClass: classes.columnEvent,
  columnEventBeforeClass: (info) => join(info.isStartResizable && classes.resizeTop),
  columnEventAfterClass: (info) => join(info.isEndResizable && classes.resizeBottom),
  listItemEventClass: classes.listEvent,
  listItemEventInnerClass: classes.listEventInner,
  moreLinkClass: classes.more,
  columnMoreLinkClass: classes.columnMore,
  // What opens from "3 more"
  popoverClass: classes.popover,
  popoverCloseClass: classes.popoverClose,
  // Agenda
  listDayClass: classes.listDay,
  listDayHeaderClass: (info) => join(classes.listDayHeader, info.isToday && classes.listDayToday),
  listDayHeaderInnerClass: classes.listDayHeaderInner,
  noEventsClass: classes.noEvents,
};

function weekend(weekday: number): boolean {
  return weekday === 0 || weekday === 6;
}
