//! The UTC span of an event: the index under which a window finds it.

use jiff::tz::TimeZone;
use portico_calendar::{Recurrence, Shared};
use portico_kernel::Timestamp;
use portico_store::NARROW;

/// From when to when something happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The first instant.
    pub start: Timestamp,
    /// The instant after the last one; `i64::MAX` for an endless series.
    pub end: Timestamp,
    /// Whether a window has to look for it apart: a series, or longer than a month.
    pub wide: bool,
}

/// The span of an event; of a series from its first to its last occurrence. Whole days are taken in `zone`.
pub fn span_of(shared: &Shared, zone: &TimeZone) -> Span {
    let (start, end) = shared.when.span(zone);
    if shared.recurrence.is_empty() {
        return Span { start, end, wide: end.0.saturating_sub(start.0) > NARROW * 1_000_000 };
    }
    let recurrence = Recurrence::read(&shared.recurrence, &shared.when);
    let first = recurrence.first().map_or(start, |occurrence| occurrence.when.span(zone).0);
    let last = recurrence.last_end(zone).unwrap_or(Timestamp(i64::MAX));
    Span { start: first.min(start), end: last.max(end), wide: true }
}

/// The zone of a name; UTC where the name is unknown.
pub fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap_or(TimeZone::UTC)
}

#[cfg(test)]
mod tests {
    use portico_calendar::{Event, Moment, When};

    use super::*;

    #[test]
    fn a_series_spans_from_its_first_to_its_last_occurrence() {
        let moment = |text: &str| Moment::parse(text).unwrap();
        let mut event = Event::new(
            "a",
            When::Timed {
                start: moment("2026-11-24T09:00:00+01:00[Europe/Prague]"),
                end: moment("2026-11-24T10:00:00+01:00[Europe/Prague]"),
            },
        );
        let zone = zone("Europe/Prague");
        let day = 86_400_000_000;
        let single = span_of(&event.shared, &zone);
        assert!(!single.wide);
        event.shared.recurrence = vec!["RRULE:FREQ=DAILY;COUNT=3".into()];
        let series = span_of(&event.shared, &zone);
        assert_eq!((series.start, series.end, series.wide), (single.start, Timestamp(single.end.0 + 2 * day), true));
        event.shared.recurrence = vec!["RRULE:FREQ=DAILY".into()];
        assert_eq!(span_of(&event.shared, &zone).end, Timestamp(i64::MAX));
    }
}
