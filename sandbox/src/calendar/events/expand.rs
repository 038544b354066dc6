//! Series laid out into instances, and windows of time.

use jiff::Timestamp;

use super::event::{Event, effective, series, stored_moment};
use crate::calendar::{
    tables::{CalendarTables, EventRow},
    time::{self, Moment, OriginalStart},
};

/// An endless series without an upper bound is laid out this far from the time of the call.
const HORIZON_DAYS: i64 = 2 * 366;

/// A window of time: events that end after `min` and start before `max`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Window {
    /// Exclusive lower bound of the end, in microseconds.
    pub min: Option<i64>,
    /// Exclusive upper bound of the start, in microseconds.
    pub max: Option<i64>,
}

impl Window {
    /// Whether an event with these bounds lies in it.
    pub fn meets(&self, start: i64, end: i64) -> bool {
        self.min.is_none_or(|min| end > min) && self.max.is_none_or(|max| start < max)
    }
}

/// Where the expansion of endless series stops.
pub fn horizon(window: Window, now: Timestamp) -> Timestamp {
    match window.max {
        Some(max) => Timestamp::from_microsecond(max).unwrap_or(Timestamp::MAX),
        None => now.checked_add(jiff::SignedDuration::from_hours(24 * HORIZON_DAYS)).unwrap_or(Timestamp::MAX),
    }
}

/// An instance that the rule gives, unchanged.
#[derive(Clone, Debug)]
pub struct Instance {
    /// What it is known by.
    pub original: OriginalStart,
    /// Its start in microseconds.
    pub start: i64,
    /// Its end in microseconds.
    pub end: i64,
}

/// The instances of a master in a window that nothing has changed. Exceptions are rows of their own.
pub fn instances(
    tables: &CalendarTables,
    master: &EventRow,
    zone_name: &str,
    window: Window,
    now: Timestamp,
) -> Vec<Instance> {
    let (Some(series), Some(first), Some(end)) =
        (series(master, zone_name), stored_moment(master.fields.get("start")), stored_moment(master.fields.get("end")))
    else {
        return vec![];
    };
    let zone = time::zone_or_utc(zone_name);
    let last = if series.is_endless() || window.max.is_some() { horizon(window, now) } else { Timestamp::MAX };
    let changed: std::collections::BTreeSet<OriginalStart> = tables
        .exceptions_of(&master.calendar, &master.id)
        .filter(|row| !row.dropped)
        .filter_map(EventRow::original_start)
        .collect();
    let last = if last == Timestamp::MAX { far(&series) } else { last };
    let length = end.instant(&zone).duration_since(first.instant(&zone));
    let from = window
        .min
        .and_then(|min| Timestamp::from_microsecond(min).ok())
        .and_then(|min| min.checked_sub(length).ok())
        .unwrap_or(Timestamp::MIN);
    series
        .starts_between(from, last)
        .into_iter()
        .filter(|original| !changed.contains(original))
        .map(|original| {
            let start: Moment = original.moment(None);
            let stop = end.moved(&first, &start);
            let micros = |moment: &Moment| moment.instant(&zone).as_microsecond();
            Instance { original, start: micros(&start), end: micros(&stop) }
        })
        .filter(|instance| window.meets(instance.start, instance.end))
        .collect()
}

fn far(series: &crate::calendar::recurrence::Series) -> Timestamp {
    let last = series.last().map(|last| last.moment(None).instant(&jiff::tz::TimeZone::UTC));
    last.unwrap_or(Timestamp::UNIX_EPOCH)
}

/// Every event of a calendar as it takes place in a window, without cancelled ones.
pub fn taking_place(tables: &CalendarTables, calendar: &str, zone: &str, window: Window, now: Timestamp) -> Vec<Event> {
    let mut events = Vec::new();
    for row in tables.events_of(calendar, None) {
        if row.dropped || row.is_cancelled() || !window.meets(row.start, row.end) {
            continue;
        }
        if row.is_series() && row.master.is_none() {
            let instances = instances(tables, row, zone, window, now);
            events.extend(instances.iter().map(|instance| Event::instance(row, instance.original)));
        } else {
            let event = effective(tables, row);
            if !event.is_cancelled() {
                events.push(event);
            }
        }
    }
    events
}
