//! The instances of a series, expanded in the series' own zone.
//!
//! The rules are walked by the `rrule` crate in wall time, as if the wall clock were UTC, and each wall time is then
//! placed into the zone by jiff. So the zone database is the one of everything else, and a clock change cannot disturb
//! the walk: a time that does not exist is moved forward, of a time that exists twice the first is meant.

use std::collections::BTreeSet;

use chrono::{Datelike, TimeZone as _, Timelike};
use jiff::{
    Span, Timestamp,
    civil::{Date, DateTime, Time, date},
    tz::TimeZone,
};
use rrule::{Frequency, RRule, RRuleSet, Tz, Unvalidated, Validated};

use super::time::{self, Moment, OriginalStart};

/// No series is expanded further than this many instances of one rule.
const LONGEST: usize = 10_000;

/// The recurrence lines of an event, understood.
pub struct Series {
    first: DateTime,
    all_day: bool,
    zone: TimeZone,
    rules: Vec<Walk>,
    excluded_rules: Vec<Walk>,
    dates: BTreeSet<DateTime>,
    excluded: BTreeSet<DateTime>,
    excluded_days: BTreeSet<Date>,
}

struct Walk {
    rule: RRule<Validated>,
    endless: bool,
    /// The rule ends before the series starts, which `rrule` calls an error.
    empty: bool,
}

impl Series {
    /// Reads the lines of an event that starts at `start`. The error is a sentence about the first line that is wrong.
    pub fn read(lines: &[String], start: &Moment, calendar_zone: &str) -> Result<Self, String> {
        let (first, all_day, zone) = match start {
            Moment::Day(day) => (day.to_datetime(Time::midnight()), true, TimeZone::UTC),
            Moment::At { at, zone } => {
                let zone = time::zone_or_utc(zone.as_deref().unwrap_or(calendar_zone));
                (at.to_zoned(zone.clone()).datetime(), false, zone)
            }
        };
        let mut series = Self {
            first,
            all_day,
            zone,
            rules: vec![],
            excluded_rules: vec![],
            dates: BTreeSet::new(),
            excluded: BTreeSet::new(),
            excluded_days: BTreeSet::new(),
        };
        for line in lines {
            series.read_line(line.trim())?;
        }
        if series.rules.is_empty() {
            // A series made of dates only begins with its own start.
            series.dates.insert(first);
        }
        Ok(series)
    }

    fn read_line(&mut self, line: &str) -> Result<(), String> {
        let (head, value) = line.split_once(':').ok_or_else(|| "Invalid recurrence rule.".to_owned())?;
        let mut parts = head.split(';');
        let name = parts.next().unwrap_or_default().to_ascii_uppercase();
        let zone = parts
            .filter_map(|part| part.split_once('='))
            .find(|(key, _)| key.eq_ignore_ascii_case("TZID"))
            .map(|(_, zone)| time::zone(zone.trim_matches('"')).ok_or("Invalid time zone in recurrence."))
            .transpose()?;
        match name.as_str() {
            "RRULE" => self.rules.push(self.read_rule(value)?),
            "EXRULE" => self.excluded_rules.push(self.read_rule(value)?),
            "RDATE" => {
                for text in value.split(',') {
                    let date = self.read_date(text, zone.as_ref())?;
                    self.dates.insert(date);
                }
            }
            "EXDATE" => {
                for text in value.split(',') {
                    let date = self.read_date(text, zone.as_ref())?;
                    if !self.all_day && time::compact_date(text.trim()).is_some() {
                        self.excluded_days.insert(date.date());
                    } else {
                        self.excluded.insert(date);
                    }
                }
            }
            _ => return Err(format!("Invalid recurrence rule: {name} is not allowed.")),
        }
        Ok(())
    }

    fn read_rule(&self, text: &str) -> Result<Walk, String> {
        let mut kept = Vec::new();
        let mut until = None;
        let mut counted = false;
        for part in text.split(';').filter(|part| !part.trim().is_empty()) {
            let (key, value) = part.split_once('=').ok_or("Invalid recurrence rule.")?;
            let key = key.trim().to_ascii_uppercase();
            match key.as_str() {
                "UNTIL" => until = Some(self.read_until(value.trim())?),
                "COUNT" => {
                    counted = true;
                    if value.trim().parse::<u32>().is_ok_and(|count| count == 0) {
                        return Err("Invalid recurrence rule: COUNT must be at least 1.".to_owned());
                    }
                    kept.push(format!("COUNT={}", value.trim()));
                }
                _ => kept.push(format!("{key}={}", value.trim().to_ascii_uppercase())),
            }
        }
        if counted && until.is_some() {
            return Err("Invalid recurrence rule: COUNT and UNTIL exclude each other.".to_owned());
        }
        let mut rule: RRule<Unvalidated> =
            kept.join(";").parse().map_err(|_| format!("Invalid recurrence rule: {text}"))?;
        if matches!(rule.get_freq(), Frequency::Secondly | Frequency::Minutely) {
            return Err("Invalid recurrence rule: the frequency is too high.".to_owned());
        }
        let empty = until.is_some_and(|until| until < self.first);
        if let Some(until) = until.filter(|_| !empty) {
            rule = rule.until(as_utc(until));
        }
        let rule = rule.validate(as_utc(self.first)).map_err(|error| format!("Invalid recurrence rule: {error}"))?;
        Ok(Walk { rule, endless: !counted && until.is_none(), empty })
    }

    /// The last wall time that the rule may give. A date ends a timed series with the end of that day.
    fn read_until(&self, text: &str) -> Result<DateTime, String> {
        if let Some(day) = time::compact_date(text) {
            return Ok(if self.all_day {
                day.to_datetime(Time::midnight())
            } else {
                day.to_datetime(Time::constant(23, 59, 59, 0))
            });
        }
        let text = text.to_ascii_uppercase();
        let local = time::compact_local(text.trim_end_matches('Z')).ok_or("Invalid recurrence rule: UNTIL.")?;
        Ok(match (self.all_day, text.ends_with('Z')) {
            (true, _) => local.date().to_datetime(Time::midnight()),
            (false, false) => local,
            (false, true) => self.wall(local, &TimeZone::UTC),
        })
    }

    fn read_date(&self, text: &str, zone: Option<&TimeZone>) -> Result<DateTime, String> {
        // Of a period the start counts; its length is the event's own.
        let text = text.trim().split('/').next().unwrap_or_default().to_ascii_uppercase();
        if let Some(day) = time::compact_date(&text) {
            return Ok(day.to_datetime(if self.all_day { Time::midnight() } else { self.first.time() }));
        }
        let local = time::compact_local(text.trim_end_matches('Z'))
            .ok_or_else(|| format!("Invalid recurrence date: {text}"))?;
        Ok(match (self.all_day, text.ends_with('Z'), zone) {
            (true, ..) => local.date().to_datetime(Time::midnight()),
            (false, true, _) => self.wall(local, &TimeZone::UTC),
            (false, false, Some(zone)) => self.wall(local, zone),
            (false, false, None) => local,
        })
    }

    /// A wall time of another zone as this series' own wall time.
    fn wall(&self, local: DateTime, zone: &TimeZone) -> DateTime {
        time::at_wall_in(local, zone).map_or(local, |at| at.to_zoned(self.zone.clone()).datetime())
    }

    /// Whether the series has no last instance.
    pub fn is_endless(&self) -> bool {
        self.rules.iter().any(|walk| walk.endless && !walk.empty)
    }

    /// The original starts up to and including `last`, in order.
    pub fn starts_until(&self, last: Timestamp) -> Vec<OriginalStart> {
        self.starts_between(Timestamp::MIN, last)
    }

    /// The original starts from about `first` up to and including `last`, in order. Up to two days before `first` may
    /// be among them.
    pub fn starts_between(&self, first: Timestamp, last: Timestamp) -> Vec<OriginalStart> {
        // A day more on either side, because an all-day start has no instant of its own.
        let day = jiff::SignedDuration::from_hours(24);
        let wall = |at: Timestamp| at.to_zoned(self.zone.clone()).datetime();
        let wall_first = first.checked_sub(day).map_or(DateTime::MIN, wall);
        let wall_last = last.checked_add(day).map_or(DateTime::MAX, wall);
        let mut walls: BTreeSet<DateTime> =
            self.dates.iter().copied().filter(|date| (wall_first..=wall_last).contains(date)).collect();
        for walk in &self.rules {
            self.walk(walk, wall_first, wall_last, |wall| {
                walls.insert(wall);
            });
        }
        for walk in &self.excluded_rules {
            self.walk(walk, wall_first, wall_last, |wall| {
                walls.remove(&wall);
            });
        }
        let mut starts: Vec<_> = walls
            .into_iter()
            .filter(|wall| !self.excluded.contains(wall) && !self.excluded_days.contains(&wall.date()))
            .filter_map(|wall| self.place(wall))
            .filter(|start| match start {
                OriginalStart::At(at) => *at <= last,
                OriginalStart::Day(_) => true,
            })
            .collect();
        starts.dedup();
        starts
    }

    /// Whether the series has an instance with this original start.
    pub fn contains(&self, start: OriginalStart) -> bool {
        let at = match start {
            OriginalStart::At(at) => at,
            OriginalStart::Day(day) => time::midnight(day, &TimeZone::UTC),
        };
        self.starts_between(at, at).contains(&start)
    }

    /// The last original start, if there is a last one.
    pub fn last(&self) -> Option<OriginalStart> {
        if self.is_endless() { None } else { self.starts_until(far_future()).last().copied() }
    }

    /// Gives the wall times of a rule between `first` and `last`, both included.
    fn walk(&self, walk: &Walk, first: DateTime, last: DateTime, mut each: impl FnMut(DateTime)) {
        if walk.empty {
            return;
        }
        let start = self.ahead(&walk.rule, first);
        let set = RRuleSet::new(as_utc(start)).rrule(walk.rule.clone()).limit();
        for at in set.into_iter().take(LONGEST) {
            let Some(wall) = from_utc(&at).filter(|wall| *wall <= last) else {
                break;
            };
            if wall >= first {
                each(wall);
            }
        }
    }

    /// Where the walk of a rule may begin so as not to miss anything from `first` on: whole periods after the start of
    /// the series, for rules of days and weeks that do not count.
    fn ahead(&self, rule: &RRule<Validated>, first: DateTime) -> DateTime {
        let days = match rule.get_freq() {
            Frequency::Daily => 1,
            Frequency::Weekly => 7,
            _ => return self.first,
        };
        if rule.get_count().is_some() || !rule.get_by_set_pos().is_empty() || first <= self.first {
            return self.first;
        }
        let period = i64::from(rule.get_interval().max(1)) * days;
        let passed = self.first.date().until(first.date()).map_or(0, |span| i64::from(span.get_days()));
        let skipped = (passed / period - 1).max(0) * period;
        self.first.checked_add(Span::new().days(skipped)).unwrap_or(self.first)
    }

    fn place(&self, wall: DateTime) -> Option<OriginalStart> {
        if self.all_day {
            return Some(OriginalStart::Day(wall.date()));
        }
        time::at_wall_in(wall, &self.zone).map(OriginalStart::At)
    }
}

fn far_future() -> Timestamp {
    date(9000, 1, 1).to_zoned(TimeZone::UTC).map(|zoned| zoned.timestamp()).unwrap_or(Timestamp::MAX)
}

fn as_utc(wall: DateTime) -> chrono::DateTime<Tz> {
    let number = |value: i8| u32::try_from(value).unwrap_or(0);
    Tz::UTC
        .with_ymd_and_hms(
            wall.year().into(),
            number(wall.month()),
            number(wall.day()),
            number(wall.hour()),
            number(wall.minute()),
            number(wall.second()),
        )
        .single()
        .unwrap_or_else(|| Tz::UTC.timestamp_nanos(0))
}

fn from_utc(at: &chrono::DateTime<Tz>) -> Option<DateTime> {
    let number = |value: u32| i8::try_from(value).ok();
    DateTime::new(
        at.year().try_into().ok()?,
        number(at.month())?,
        number(at.day())?,
        number(at.hour())?,
        number(at.minute())?,
        number(at.second())?,
        0,
    )
    .ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn expand(start: serde_json::Value, lines: &[&str], last: &str) -> Vec<String> {
        let start = Moment::read(&start, "start").unwrap();
        let lines: Vec<_> = lines.iter().map(|line| (*line).to_owned()).collect();
        let series = Series::read(&lines, &start, "UTC").unwrap();
        series.starts_until(last.parse().unwrap()).iter().map(OriginalStart::suffix).collect()
    }

    fn prague(local: &str) -> serde_json::Value {
        json!({"dateTime": local, "timeZone": "Europe/Prague"})
    }

    #[test]
    fn the_wall_time_stays_over_a_clock_change() {
        assert_eq!(
            expand(prague("2027-03-21T10:00:00"), &["RRULE:FREQ=WEEKLY;COUNT=3"], "2028-01-01T00:00:00Z"),
            ["20270321T090000Z", "20270328T080000Z", "20270404T080000Z"]
        );
        // 02:30 does not exist on the 28th.
        assert_eq!(
            expand(prague("2027-03-27T02:30:00"), &["RRULE:FREQ=DAILY;COUNT=3"], "2028-01-01T00:00:00Z"),
            ["20270327T013000Z", "20270328T013000Z", "20270329T003000Z"]
        );
    }

    #[test]
    fn until_means_the_same_in_each_of_its_forms() {
        for until in ["20260805", "20260805T090000", "20260805T070000Z", "20260805T215959Z"] {
            let rule = format!("RRULE:FREQ=DAILY;UNTIL={until}");
            assert_eq!(
                expand(prague("2026-08-03T09:00:00"), &[&rule], "2030-01-01T00:00:00Z"),
                ["20260803T070000Z", "20260804T070000Z", "20260805T070000Z"],
                "{until}"
            );
        }
        let before = ["RRULE:FREQ=DAILY;UNTIL=20260801T000000Z"];
        assert!(expand(prague("2026-08-03T09:00:00"), &before, "2030-01-01T00:00:00Z").is_empty());
    }

    #[test]
    fn dates_are_added_and_taken_away_in_any_form() {
        let lines = [
            "EXDATE;TZID=America/New_York:20260804T030000",
            "RDATE;TZID=Europe/Prague:20260820T090000,20260821T090000",
            "RRULE:FREQ=DAILY;COUNT=4",
            "EXDATE:20260805T070000Z",
            "EXDATE;VALUE=DATE:20260806",
            "RDATE;VALUE=PERIOD:20260822T070000Z/PT1H",
        ];
        assert_eq!(
            expand(prague("2026-08-03T09:00:00"), &lines, "2030-01-01T00:00:00Z"),
            ["20260803T070000Z", "20260820T070000Z", "20260821T070000Z", "20260822T070000Z"]
        );
    }

    #[test]
    fn all_day_series_are_dates() {
        let lines = ["RRULE:FREQ=YEARLY;COUNT=2", "EXDATE;VALUE=DATE:20320229"];
        assert_eq!(expand(json!({"date": "2028-02-29"}), &lines, "2040-01-01T00:00:00Z"), ["20280229"]);
        assert_eq!(
            expand(json!({"date": "2026-08-05"}), &["RDATE;VALUE=DATE:20260901"], "2040-01-01T00:00:00Z"),
            ["20260805", "20260901"]
        );
    }

    #[test]
    fn what_cannot_be_a_series_is_refused() {
        let start = Moment::read(&prague("2026-08-03T09:00:00"), "start").unwrap();
        for line in [
            "DTSTART:20260803T090000Z",
            "RRULE:FREQ=SECONDLY",
            "RRULE:FREQ=OFTEN",
            "RRULE:FREQ=DAILY;COUNT=2;UNTIL=20260901",
            "RRULE:FREQ=DAILY;COUNT=0",
            "RRULE:FREQ=DAILY;UNTIL=soon",
            "EXDATE:tomorrow",
            "EXDATE;TZID=Nowhere/City:20260803T090000",
            "daily",
        ] {
            assert!(Series::read(&[line.to_owned()], &start, "UTC").is_err(), "{line}");
        }
    }

    #[test]
    fn looking_far_ahead_finds_what_a_walk_from_the_start_finds() {
        let start = Moment::read(&prague("2020-01-01T09:00:00"), "start").unwrap();
        let (from, to) = ("2026-03-01T00:00:00Z".parse().unwrap(), "2026-06-01T00:00:00Z".parse().unwrap());
        for rule in [
            "FREQ=DAILY",
            "FREQ=DAILY;INTERVAL=3;BYDAY=MO,FR",
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO",
            "FREQ=WEEKLY;INTERVAL=3;BYDAY=SU,MO,WE;WKST=SU",
            "FREQ=WEEKLY;BYMONTH=4;UNTIL=20260510T000000Z",
            "FREQ=WEEKLY;COUNT=330",
            "FREQ=DAILY;INTERVAL=5;BYMONTHDAY=1,2,3,4,5",
        ] {
            let series = Series::read(&[format!("RRULE:{rule}")], &start, "UTC").unwrap();
            let walked: Vec<_> =
                series.starts_until(to).into_iter().filter(|start| *start >= OriginalStart::At(from)).collect();
            let found: Vec<_> =
                series.starts_between(from, to).into_iter().filter(|start| *start >= OriginalStart::At(from)).collect();
            assert!(!walked.is_empty(), "{rule}");
            assert_eq!(found, walked, "{rule}");
        }
    }

    #[test]
    fn a_series_knows_its_end() {
        let start = Moment::read(&json!({"date": "2026-08-05"}), "start").unwrap();
        let read = |rule: &str| Series::read(&[rule.to_owned()], &start, "UTC").unwrap();
        assert_eq!(read("RRULE:FREQ=DAILY;COUNT=3").last().unwrap().suffix(), "20260807");
        assert!(read("RRULE:FREQ=DAILY").is_endless());
        assert!(read("RRULE:FREQ=DAILY").contains(OriginalStart::Day(date(2030, 1, 1))));
        assert!(!read("RRULE:FREQ=WEEKLY").contains(OriginalStart::Day(date(2026, 8, 6))));
    }
}
