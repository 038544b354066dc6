use std::{borrow::Cow, fmt, str::FromStr};

use jiff::{Timestamp, civil, tz::TimeZone};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A point in time as Google writes it: RFC 3339 with an offset, or civil time when a zone stands beside it. It keeps its
/// spelling, so that what was read goes back as it was.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DateTime(String);

/// The text is no date with a time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a date with a time as RFC 3339 has it")]
pub struct NotADateTime;

impl DateTime {
    /// This instant in UTC.
    pub fn utc(instant: Timestamp) -> Self {
        Self(instant.to_string())
    }

    /// This instant with the offset that `zone` has then.
    pub fn in_zone(instant: Timestamp, zone: TimeZone) -> Self {
        let offset = zone.to_offset(instant);
        Self(instant.display_with_offset(offset).to_string())
    }

    /// The instant, if there is an offset.
    pub fn timestamp(&self) -> Option<Timestamp> {
        self.0.parse().ok()
    }

    /// The date and time as they stand there, whatever the offset.
    pub fn civil(&self) -> Option<civil::DateTime> {
        self.0.trim_end_matches(['Z', 'z']).parse().ok()
    }

    /// As Google spells it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for DateTime {
    type Err = NotADateTime;

    fn from_str(text: &str) -> Result<Self, NotADateTime> {
        let has_time = text.len() > 10 && matches!(text.as_bytes()[10], b'T' | b't');
        if has_time && (text.parse::<Timestamp>().is_ok() || text.parse::<civil::DateTime>().is_ok()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotADateTime)
        }
    }
}

impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for DateTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for DateTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Cow::<'de, str>::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_spelling_stays_and_the_instant_is_right() {
        for (text, instant, civil) in [
            ("2026-08-04T15:00:00+02:00", Some("2026-08-04T13:00:00Z"), "2026-08-04T15:00:00"),
            ("2026-07-18T14:40:27.000Z", Some("2026-07-18T14:40:27Z"), "2026-07-18T14:40:27"),
            ("2026-07-18T14:40:29.185Z", Some("2026-07-18T14:40:29.185Z"), "2026-07-18T14:40:29.185"),
            ("2026-08-04T15:00:00", None, "2026-08-04T15:00:00"),
        ] {
            let time: DateTime = serde_json::from_value(text.into()).unwrap();
            assert_eq!(serde_json::to_value(&time).unwrap(), text);
            assert_eq!(time.timestamp(), instant.map(|instant| instant.parse().unwrap()), "{text}");
            assert_eq!(time.civil().unwrap().to_string(), civil);
        }
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in ["", "2026-08-04", "2026-08-04T25:00:00Z", "noon", "2026-13-01T00:00:00Z", "T10:00"] {
            assert_eq!(text.parse::<DateTime>(), Err(NotADateTime), "{text}");
        }
    }

    #[test]
    fn an_instant_is_written_with_the_offset_of_its_zone() {
        let instant = "2027-03-28T01:30:00Z".parse().unwrap();
        let prague = TimeZone::get("Europe/Prague").unwrap();
        assert_eq!(DateTime::in_zone(instant, prague).as_str(), "2027-03-28T03:30:00+02:00");
        assert_eq!(DateTime::utc(instant).as_str(), "2027-03-28T01:30:00Z");
    }
}
