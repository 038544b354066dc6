//! Google's `start`, `end` and `originalStartTime` objects, and RFC 3339 as Google writes and reads it.

use jiff::{
    Span, Timestamp,
    civil::{Date, DateTime},
    fmt::temporal::DateTimePrinter,
    tz::TimeZone,
};
use serde_json::{Map, Value, json};

use super::errors;
use crate::http::ApiError;

/// A `start` or `end`: a date (all-day) or an instant with the zone that it was written in.
#[derive(Clone, Debug, PartialEq)]
pub enum Moment {
    /// An all-day boundary; its zone is meaningless.
    Day(Date),
    /// A point in time, whole seconds, and the IANA zone given with it.
    At {
        /// When.
        at: Timestamp,
        /// The zone in which a recurrence is expanded and the time is meant.
        zone: Option<String>,
    },
}

/// What the instances of a series are known by: the start that the rule gives, whatever became of it later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum OriginalStart {
    /// Of an all-day series.
    Day(Date),
    /// Of a timed series.
    At(Timestamp),
}

impl Moment {
    /// Reads a `start` or `end` object; `which` is that word, for the message.
    pub fn read(value: &Value, which: &str) -> Result<Self, ApiError> {
        let Some(object) = value.as_object() else {
            return Err(errors::required(&format!("Missing {which} time.")));
        };
        let text = |key: &str| object.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
        let zone = match text("timeZone") {
            Some(name) => {
                zone(name)
                    .ok_or_else(|| errors::invalid(&format!("Invalid time zone definition for {which} time.")))?;
                Some(name.to_owned())
            }
            None => None,
        };
        match (text("date"), text("dateTime")) {
            (Some(_), Some(_)) => {
                Err(errors::invalid("Start and end times must either both be date or both be dateTime."))
            }
            (Some(date), None) => read_date(date).map(Self::Day).ok_or_else(|| malformed(date)),
            (None, Some(time)) => {
                let at = match (read_instant(time), read_local(time), &zone) {
                    (Some(at), ..) => at,
                    (None, Some(local), Some(name)) => at_wall(local, name).ok_or_else(|| malformed(time))?,
                    (None, Some(_), None) => {
                        return Err(errors::required(&format!("Missing time zone definition for {which} time.")));
                    }
                    (None, None, _) => return Err(malformed(time)),
                };
                Ok(Self::At { at: whole_seconds(at), zone })
            }
            (None, None) => Err(errors::required(&format!("Missing {which} time."))),
        }
    }

    /// The object that Google answers: the offset is that of `shown_in`, the name of the event's own zone is kept.
    pub fn write(&self, shown_in: &TimeZone, calendar_zone: &str) -> Value {
        match self {
            Self::Day(date) => json!({ "date": date.to_string() }),
            Self::At { at, zone } => json!({
                "dateTime": write_in(*at, shown_in),
                "timeZone": zone.as_deref().unwrap_or(calendar_zone),
            }),
        }
    }

    /// The object as it is stored: UTC, and the zone only if one was given.
    pub fn store(&self) -> Value {
        match self {
            Self::Day(date) => json!({ "date": date.to_string() }),
            Self::At { at, zone } => {
                let mut object = Map::from_iter([("dateTime".to_owned(), json!(write_in(*at, &TimeZone::UTC)))]);
                if let Some(zone) = zone {
                    object.insert("timeZone".to_owned(), json!(zone));
                }
                Value::Object(object)
            }
        }
    }

    /// The instant, where an all-day boundary is midnight in the calendar's zone.
    pub fn instant(&self, calendar_zone: &TimeZone) -> Timestamp {
        match self {
            Self::Day(date) => midnight(*date, calendar_zone),
            Self::At { at, .. } => *at,
        }
    }

    /// Whether this is a date.
    pub fn is_day(&self) -> bool {
        matches!(self, Self::Day(_))
    }

    /// What an instance that starts here is known by.
    pub fn original_start(&self) -> OriginalStart {
        match self {
            Self::Day(date) => OriginalStart::Day(*date),
            Self::At { at, .. } => OriginalStart::At(*at),
        }
    }

    /// This boundary moved by the distance from `from` to `to`, which are of the same kind.
    pub fn moved(&self, from: &Self, to: &Self) -> Self {
        match (self, from, to) {
            (Self::Day(day), Self::Day(from), Self::Day(to)) => {
                let days = from.until(*to).map(|span| span.get_days()).unwrap_or(0);
                Self::Day(day.checked_add(Span::new().days(days)).unwrap_or(*day))
            }
            (Self::At { at, zone }, Self::At { at: from, .. }, Self::At { at: to, .. }) => {
                Self::At { at: at.checked_add(to.duration_since(*from)).unwrap_or(*at), zone: zone.clone() }
            }
            _ => self.clone(),
        }
    }
}

impl OriginalStart {
    /// The end of an instance's id: `YYYYMMDD`, or `YYYYMMDDTHHMMSSZ` in UTC.
    pub fn suffix(&self) -> String {
        match self {
            Self::Day(date) => date.strftime("%Y%m%d").to_string(),
            Self::At(at) => at.strftime("%Y%m%dT%H%M%SZ").to_string(),
        }
    }

    /// Splits an instance's id into its master's id and the original start.
    pub fn split_id(id: &str) -> Option<(&str, Self)> {
        let (master, suffix) = id.rsplit_once('_')?;
        if master.is_empty() || !suffix.is_ascii() {
            return None;
        }
        let start = match suffix.len() {
            8 => Self::Day(compact_date(suffix)?),
            16 if suffix.ends_with('Z') => {
                Self::At(compact_local(&suffix[..15])?.to_zoned(TimeZone::UTC).ok()?.timestamp())
            }
            _ => return None,
        };
        Some((master, start))
    }

    /// As a boundary in `zone`.
    pub fn moment(&self, zone: Option<&str>) -> Moment {
        match self {
            Self::Day(date) => Moment::Day(*date),
            Self::At(at) => Moment::At { at: *at, zone: zone.map(str::to_owned) },
        }
    }
}

fn malformed(text: &str) -> ApiError {
    errors::invalid(&format!("Invalid value for: Invalid format: \"{text}\""))
}

/// The IANA zone of that name.
pub fn zone(name: &str) -> Option<TimeZone> {
    TimeZone::get(name).ok()
}

/// The zone of that name, or UTC for a name that was accepted once and is no longer known.
pub fn zone_or_utc(name: &str) -> TimeZone {
    zone(name).unwrap_or(TimeZone::UTC)
}

/// A date of the form `YYYY-MM-DD`.
pub fn read_date(text: &str) -> Option<Date> {
    (text.len() == 10).then(|| text.parse().ok()).flatten()
}

/// An RFC 3339 time with an offset.
pub fn read_instant(text: &str) -> Option<Timestamp> {
    let bytes = text.as_bytes();
    let shaped = bytes.len() >= 20 && bytes[4] == b'-' && matches!(bytes[10], b'T' | b't') && bytes[16] == b':';
    (shaped && !text.contains('[')).then(|| text.parse().ok()).flatten()
}

fn read_local(text: &str) -> Option<DateTime> {
    let bytes = text.as_bytes();
    let shaped = bytes.len() >= 19 && bytes[4] == b'-' && matches!(bytes[10], b'T' | b't') && bytes[16] == b':';
    let fraction = bytes.get(19).is_none_or(|b| *b == b'.') && bytes.iter().skip(20).all(u8::is_ascii_digit);
    (shaped && fraction).then(|| text.parse().ok()).flatten()
}

/// `YYYYMMDD`.
pub fn compact_date(text: &str) -> Option<Date> {
    if text.len() != 8 || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    Date::new(text[..4].parse().ok()?, text[4..6].parse().ok()?, text[6..8].parse().ok()?).ok()
}

/// `YYYYMMDDTHHMMSS`.
pub fn compact_local(text: &str) -> Option<DateTime> {
    let (date, time) = text.split_once('T')?;
    if time.len() != 6 || !time.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let date = compact_date(date)?;
    let time =
        jiff::civil::Time::new(time[..2].parse().ok()?, time[2..4].parse().ok()?, time[4..6].parse().ok()?, 0).ok()?;
    Some(date.to_datetime(time))
}

/// The instant of a wall time in a named zone; a time that does not exist is moved forward, of two the first is meant.
pub fn at_wall(local: DateTime, zone_name: &str) -> Option<Timestamp> {
    local.to_zoned(zone(zone_name)?).ok().map(|zoned| zoned.timestamp())
}

/// The instant of a wall time in `zone`, with the same choices at clock changes.
pub fn at_wall_in(local: DateTime, zone: &TimeZone) -> Option<Timestamp> {
    local.to_zoned(zone.clone()).ok().map(|zoned| zoned.timestamp())
}

/// The first instant of a day.
pub fn midnight(date: Date, zone: &TimeZone) -> Timestamp {
    date.to_zoned(zone.clone()).map(|zoned| zoned.timestamp()).unwrap_or(Timestamp::MIN)
}

fn whole_seconds(at: Timestamp) -> Timestamp {
    Timestamp::from_second(at.as_second()).unwrap_or(at)
}

const SECONDS: DateTimePrinter = DateTimePrinter::new().precision(Some(0));
const MILLIS: DateTimePrinter = DateTimePrinter::new().precision(Some(3));

/// `2026-08-03T09:00:00+02:00`, or `…Z` where the offset is zero because the zone is UTC.
pub fn write_in(at: Timestamp, zone: &TimeZone) -> String {
    if *zone == TimeZone::UTC || matches!(zone.iana_name(), Some("UTC" | "Etc/UTC" | "Etc/GMT" | "GMT")) {
        SECONDS.timestamp_to_string(&at)
    } else {
        SECONDS.timestamp_with_offset_to_string(&at, zone.to_offset(at))
    }
}

/// UTC with three digits of the second, as in `updated`.
pub fn write_millis(at: Timestamp) -> String {
    MILLIS.timestamp_to_string(&at)
}

/// UTC in whole seconds with `.000`, as in `created`.
pub fn write_created(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(value: Value) -> Result<Moment, ApiError> {
        Moment::read(&value, "start")
    }

    #[test]
    fn a_time_needs_an_offset_or_a_zone() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        assert_eq!(
            read(json!({"dateTime": "2026-08-03T09:00:00.250+02:00"})).unwrap(),
            Moment::At { at: at("2026-08-03T07:00:00Z"), zone: None }
        );
        assert_eq!(
            read(json!({"dateTime": "2026-08-03T09:00:00", "timeZone": "Europe/Prague"})).unwrap(),
            Moment::At { at: at("2026-08-03T07:00:00Z"), zone: Some("Europe/Prague".into()) }
        );
        for bad in [
            json!({"dateTime": "2026-08-03T09:00:00"}),
            json!({"dateTime": "2026-08-03"}),
            json!({"dateTime": "2026-13-03T09:00:00Z"}),
            json!({"dateTime": "2026-08-03T09:00:00Z", "timeZone": "Central European Time"}),
            json!({"date": "2026-8-3"}),
            json!({"date": "2026-08-03", "dateTime": "2026-08-03T09:00:00Z"}),
            json!({}),
            json!(null),
        ] {
            assert!(read(bad.clone()).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_answer_shows_the_calendars_offset_and_keeps_the_events_zone() {
        let moment = read(json!({"dateTime": "2026-12-01T09:00:00Z", "timeZone": "America/New_York"})).unwrap();
        let prague = zone("Europe/Prague").unwrap();
        assert_eq!(
            moment.write(&prague, "Europe/Prague"),
            json!({"dateTime": "2026-12-01T10:00:00+01:00", "timeZone": "America/New_York"})
        );
        assert_eq!(moment.write(&TimeZone::UTC, "UTC")["dateTime"], "2026-12-01T09:00:00Z");
    }

    #[test]
    fn instance_ids_split_into_master_and_original_start() {
        for id in ["abcde_20260803T070000Z", "abcde_20260803", "_abc_R20260801_20260803T070000Z"] {
            let (master, start) = OriginalStart::split_id(id).unwrap();
            assert_eq!(format!("{master}_{}", start.suffix()), id);
        }
        for id in ["abcde", "abcde_", "abcde_20261303", "abcde_20260803T0700Z", "abcde_20260803T070000"] {
            assert!(OriginalStart::split_id(id).is_none(), "{id}");
        }
    }
}
