//! Where and when a history is played.

use jiff::{
    Timestamp as Instant,
    civil::{Date, date},
    tz::TimeZone,
};

use crate::history::Edition;

/// The zone of everybody, and the first day of a history.
#[derive(Clone, Debug)]
pub struct Scene {
    pub zone: &'static str,
    pub begin: Instant,
    /// From which day on events are made, for twenty days.
    pub first_day: Date,
}

/// Days on which histories begin, a week or two before the clocks change: by an hour forwards and back, on either side of the
/// ocean; by half an hour; at midnight, so that a day has none; and where nothing changes.
const SCENES: [(&str, Date); 10] = [
    ("Europe/Prague", date(2026, 3, 18)),
    ("Europe/Prague", date(2026, 10, 14)),
    ("America/New_York", date(2026, 2, 25)),
    ("America/New_York", date(2026, 10, 21)),
    ("Australia/Lord_Howe", date(2026, 9, 23)),
    ("Australia/Lord_Howe", date(2026, 3, 25)),
    ("America/Santiago", date(2026, 8, 26)),
    ("America/Santiago", date(2026, 3, 25)),
    ("Europe/Prague", date(2026, 11, 23)),
    ("Asia/Kathmandu", date(2026, 3, 18)),
];

impl Scene {
    pub fn of(edition: Edition, seed: u64) -> Self {
        if edition < Edition::Fifth {
            // A Monday morning in Prague, six days before no clock change at all.
            let begin = "2026-11-23T08:00:00Z".parse().expect("a time");
            return Self { zone: "Europe/Prague", begin, first_day: date(2026, 11, 24) };
        }
        let index = usize::try_from(seed % 10).unwrap_or(0);
        let (zone, day) = SCENES[index];
        let begin = day.at(9, 0, 0, 0).to_zoned(TimeZone::get(zone).expect("a zone")).expect("a time").timestamp();
        Self { zone, begin, first_day: day.tomorrow().expect("a day") }
    }

    pub fn tz(&self) -> TimeZone {
        TimeZone::get(self.zone).expect("a zone")
    }
}
