//! When something happens: civil time and zone, or whole days.

use jiff::{
    Zoned,
    civil::Date,
    fmt::temporal::DateTimeParser,
    tz::{OffsetConflict, TimeZone},
};
use portico_kernel::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The time of an event. Its truth is civil time in a zone (or dates); the UTC span is computed from it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// From one moment to another. Both are written as `2026-11-24T07:40:00+01:00[Europe/Prague]`.
    Timed {
        /// The first moment.
        start: Moment,
        /// The moment after the last one; equal to `start` for an event without length.
        end: Moment,
    },
    /// Whole days, wherever one is.
    AllDay {
        /// The first day.
        start: Date,
        /// The day after the last one.
        end: Date,
    },
}

impl When {
    /// The UTC span `[start, end)`. Whole days are taken in `zone`, the calendar's own zone.
    pub fn span(&self, zone: &TimeZone) -> (Timestamp, Timestamp) {
        match self {
            Self::Timed { start, end } => (start.timestamp(), end.timestamp()),
            Self::AllDay { start, end } => (day_start(*start, zone), day_start(*end, zone)),
        }
    }

    /// Whether the event takes whole days.
    pub fn is_all_day(&self) -> bool {
        matches!(self, Self::AllDay { .. })
    }

    /// The IANA name of the start's zone; none for whole days.
    pub fn zone_name(&self) -> Option<&str> {
        match self {
            Self::Timed { start, .. } => start.0.time_zone().iana_name(),
            Self::AllDay { .. } => None,
        }
    }

    /// The start as an [`OriginalStart`].
    pub fn original_start(&self) -> OriginalStart {
        match self {
            Self::Timed { start, .. } => OriginalStart::At(start.timestamp()),
            Self::AllDay { start, .. } => OriginalStart::On(*start),
        }
    }
}

/// The instant at which `day` begins in `zone` (the first one that exists, where a clock change takes midnight away).
pub fn day_start(day: Date, zone: &TimeZone) -> Timestamp {
    zone.to_ambiguous_timestamp(day.at(0, 0, 0, 0))
        .compatible()
        .map_or_else(|_| Timestamp::from(jiff::Timestamp::MAX), Timestamp::from)
}

/// A moment in a zone. Two moments are equal when they are the same instant in the same zone.
///
/// Its text keeps the offset, so that both passes of a repeated hour can be told apart; when the rules of the zone
/// change later, the civil time stands and the offset follows the new rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment(pub Zoned);

impl Moment {
    /// The instant.
    pub fn timestamp(&self) -> Timestamp {
        self.0.timestamp().into()
    }

    /// Reads the form that [`Serialize`] writes.
    pub fn parse(text: &str) -> Result<Self, jiff::Error> {
        static PARSER: DateTimeParser = DateTimeParser::new().offset_conflict(OffsetConflict::AlwaysTimeZone);
        static EXACT: DateTimeParser = DateTimeParser::new().offset_conflict(OffsetConflict::Reject);
        EXACT.parse_zoned(text).or_else(|_| PARSER.parse_zoned(text)).map(Self)
    }
}

impl std::fmt::Display for Moment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

/// The start that an occurrence of a series has by the rule, however it is moved later: its identity in the series.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OriginalStart {
    /// An instant, for a timed series.
    At(Timestamp),
    /// A day, for a series of whole days.
    On(Date),
}

impl OriginalStart {
    /// `20261124T064000Z` or `20261124`, as in the ids of instances.
    pub fn compact(&self) -> String {
        match self {
            Self::At(at) => at.to_jiff().strftime("%Y%m%dT%H%M%SZ").to_string(),
            Self::On(day) => day.strftime("%Y%m%d").to_string(),
        }
    }

    /// Reads the compact form.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() == 8 {
            return Date::strptime("%Y%m%d", text).ok().map(Self::On);
        }
        let civil = jiff::civil::DateTime::strptime("%Y%m%dT%H%M%SZ", text).ok()?;
        civil.to_zoned(TimeZone::UTC).ok().map(|z| Self::At(z.timestamp().into()))
    }
}

impl Serialize for OriginalStart {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.compact())
    }
}

impl<'de> Deserialize<'de> for OriginalStart {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("not a compact start"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repeated_hour_keeps_its_pass_through_text() {
        for text in ["2026-10-25T02:30:00+02:00[Europe/Prague]", "2026-10-25T02:30:00+01:00[Europe/Prague]"] {
            assert_eq!(Moment::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn civil_time_stands_when_the_offset_no_longer_fits_the_zone() {
        let moment = Moment::parse("2026-07-01T10:00:00+05:00[Europe/Prague]").unwrap();
        assert_eq!(moment.to_string(), "2026-07-01T10:00:00+02:00[Europe/Prague]");
    }

    #[test]
    fn compact_starts() {
        for text in ["20261124T064000Z", "20261124"] {
            assert_eq!(OriginalStart::parse(text).unwrap().compact(), text);
        }
        for text in ["", "2026112", "20261324", "20261124T064000"] {
            assert_eq!(OriginalStart::parse(text), None, "{text}");
        }
    }
}
