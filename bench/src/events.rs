//! A calendar as somebody has it after ten years: mostly single events, some series, some of their instances changed.

use jiff::{Span, Timestamp, ToSpan, tz::TimeZone};
use serde_json::{Value, json};

/// How far back the calendar reaches, in days.
const PAST: i64 = 3650;
/// How far ahead.
const AHEAD: i64 = 180;

/// What a calendar is filled with, the same for the same size and day.
pub(crate) struct Seed {
    events: usize,
    now: Timestamp,
}

impl Seed {
    pub(crate) fn new(events: usize, now: Timestamp) -> Self {
        Self { events, now }
    }

    /// One event in twenty is a series.
    fn series_count(&self) -> usize {
        self.events / 20
    }

    /// One in fifty is a changed instance of one.
    fn exception_count(&self) -> usize {
        self.events / 50
    }

    fn day(&self, number: usize, of: usize, days: i64) -> Timestamp {
        let back = i64::try_from(number).unwrap_or(0) * days / i64::try_from(of.max(1)).unwrap_or(1);
        let days_back = Span::new().hours((PAST - back) * 24);
        let hour = i64::try_from(7 + number % 10).unwrap_or(9);
        let midnight = (self.now - days_back).to_zoned(TimeZone::UTC).start_of_day();
        midnight.map_or(self.now, |midnight| midnight.timestamp() + hour.hours())
    }

    fn content(number: usize, start: Timestamp, length: Span) -> Value {
        let mut event = json!({
            "summary": format!("Meeting {number}"),
            "location": format!("Room {}", number % 40),
            "description": format!("What meeting {number} is about, in a line or two, as people write it when they ask \
                others to come: what has to be decided, what to read before, and who brings what."),
            "start": {"dateTime": start.to_string(), "timeZone": "Europe/Prague"},
            "end": {"dateTime": (start + length).to_string(), "timeZone": "Europe/Prague"},
        });
        if number.is_multiple_of(10) {
            event["attendees"] = (0..3)
                .map(|guest| json!({"email": format!("guest{}@elsewhere.example", (number + guest) % 50)}))
                .collect();
        }
        event
    }

    fn series_id(number: usize) -> String {
        format!("benchseries{number}")
    }

    /// The masters: spread over ten years; most end after a year at the latest, one in ten never does.
    pub(crate) fn series(&self) -> Vec<Value> {
        let count = self.series_count();
        (0..count)
            .map(|number| {
                let mut event = Self::content(number, self.day(number, count, PAST), 30.minutes());
                let rule = match number % 10 {
                    0 => "RRULE:FREQ=WEEKLY".to_owned(),
                    1..=3 => "RRULE:FREQ=MONTHLY;COUNT=12".to_owned(),
                    4 => "RRULE:FREQ=DAILY;COUNT=20".to_owned(),
                    _ => format!("RRULE:FREQ=WEEKLY;COUNT={}", 10 + number % 40),
                };
                event["recurrence"] = json!([rule]);
                event["id"] = json!(Self::series_id(number));
                event
            })
            .collect()
    }

    /// Changed first instances: the instance's id and the patch.
    pub(crate) fn exceptions(&self) -> Vec<(String, Value)> {
        let count = self.series_count();
        (0..self.exception_count().min(count))
            .map(|number| {
                let first = self.day(number, count, PAST);
                let id = format!("{}_{}", Self::series_id(number), first.strftime("%Y%m%dT%H%M%SZ"));
                (id, json!({"summary": format!("Meeting {number}, for once elsewhere")}))
            })
            .collect()
    }

    /// All the others.
    pub(crate) fn singles(&self) -> Vec<Value> {
        let count = self.events.saturating_sub(self.series_count() + self.exception_count());
        (0..count).map(|number| Self::content(number, self.day(number, count, PAST + AHEAD), 1.hour())).collect()
    }

    /// A month of the calendar, by its number of days before now; the window's two ends.
    pub(crate) fn month(&self, chance: u64) -> (Timestamp, Timestamp) {
        let days = i64::try_from(chance % u64::try_from(PAST + AHEAD - 60).unwrap_or(1)).unwrap_or(0);
        let day = (self.now - Span::new().hours((PAST - days) * 24)).to_zoned(TimeZone::UTC);
        let first = day.first_of_month().and_then(|first| first.start_of_day()).unwrap_or(day);
        let next = first.checked_add(1.month()).unwrap_or_else(|_| first.clone());
        (first.timestamp(), next.timestamp())
    }
}
