//! A series with its exceptions: the instances of a window, and what a change of the master does to exceptions.

use std::{
    collections::{HashMap, HashSet},
    ops::Range,
};

use jiff::tz::TimeZone;
use portico_kernel::Timestamp;

use crate::{Event, Field, Occurrence, OriginalStart, Recurrence, Shared, Status, diff};

/// One changed or cancelled instance of a series.
#[derive(Clone, Debug, PartialEq)]
pub struct Exception<T> {
    /// Which instance.
    pub original_start: OriginalStart,
    /// What it is instead.
    pub event: Event,
    /// What the caller knows it by.
    pub tag: T,
}

/// One instance of a series as it is shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Instance<T> {
    /// Which instance.
    pub original_start: OriginalStart,
    /// What it is.
    pub event: Event,
    /// The exception that it is, if it is one.
    pub exception: Option<T>,
}

/// The occurrences of a series that touch `window` and that nobody changed or cancelled by itself, by start: all but those of
/// `changed`. A cancelled series has none. Whole days are taken in `zone`.
pub fn by_the_rule(
    master: &Shared,
    changed: &HashSet<OriginalStart>,
    window: Range<Timestamp>,
    zone: &TimeZone,
) -> Vec<Occurrence> {
    if master.status == Status::Cancelled {
        return Vec::new();
    }
    let mut occurrences = Recurrence::read(&master.recurrence, &master.when).occurrences(window, zone);
    occurrences.retain(|occurrence| !changed.contains(&occurrence.original_start));
    occurrences
}

/// The instances of a series that touch `window`, by start: those of the rule that nobody changed, and the exceptions that
/// lie in the window wherever they came from. Cancelled ones are left out. Whole days are taken in `zone`.
pub fn instances<T: Clone>(
    master: &Event,
    exceptions: &[Exception<T>],
    window: Range<Timestamp>,
    zone: &TimeZone,
) -> Vec<Instance<T>> {
    if master.shared.status == Status::Cancelled {
        return Vec::new();
    }
    let changed: HashMap<OriginalStart, &Exception<T>> =
        exceptions.iter().map(|exception| (exception.original_start, exception)).collect();
    let mut shown: Vec<Instance<T>> =
        by_the_rule(&master.shared, &changed.keys().copied().collect(), window.clone(), zone)
            .into_iter()
            .map(|occurrence| {
                let mut event = master.clone();
                event.shared.recurrence = Vec::new();
                event.shared.when = occurrence.when;
                Instance { original_start: occurrence.original_start, event, exception: None }
            })
            .collect();
    for exception in changed.values().filter(|exception| exception.event.shared.status != Status::Cancelled) {
        let (start, end) = exception.event.shared.when.span(zone);
        if start < window.end && (end > window.start || start >= window.start) {
            shown.push(Instance {
                original_start: exception.original_start,
                event: exception.event.clone(),
                exception: Some(exception.tag.clone()),
            });
        }
    }
    shown.sort_by_key(|instance| (instance.event.shared.when.span(zone), instance.original_start));
    shown
}

/// The instance with this original start as the rule alone gives it; none where the series has none.
pub fn instance(master: &Event, start: OriginalStart, _zone: &TimeZone) -> Option<Event> {
    let recurrence = Recurrence::read(&master.shared.recurrence, &master.shared.when);
    let occurrence = recurrence.at(start)?;
    let mut event = master.clone();
    event.shared.recurrence = Vec::new();
    event.shared.when = occurrence.when;
    Some(event)
}

/// An exception after its master was changed: every field that it had not overridden follows the master. Its time and its
/// cancellation are its own.
pub fn exception_follows(before: &Event, after: &Event, exception: &Event) -> Event {
    let mut followed = exception.clone();
    for field in diff(before, after) {
        let own = matches!(field, Field::When | Field::Recurrence | Field::Status);
        if !own && field.same(before, exception) {
            field.copy(after, &mut followed);
        }
    }
    followed
}

/// Splits an occurrence's id `{id}_{compact start}` into the id and the original start. An id without a start is whole; what
/// a split left in it (`{id}_R20261124T064000_20261201T064000Z`) stays with the id.
pub fn parse_occurrence_id(text: &str) -> (&str, Option<OriginalStart>) {
    match text.rsplit_once('_') {
        Some((id, start)) => match OriginalStart::parse(start) {
            Some(start) if !id.is_empty() => (id, Some(start)),
            _ => (text, None),
        },
        None => (text, None),
    }
}
