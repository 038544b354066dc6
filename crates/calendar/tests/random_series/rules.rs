//! Random series, the same ones for the same seed, as text for the expander and as parts for the judges.

use std::fmt::Write as _;

use jiff::{
    SignedDuration, ToSpan,
    civil::{DateTime, Time, date},
    tz::TimeZone,
};
use portico_calendar::{Moment, When};
use portico_world::{Rng, SeededRng};

/// Zones whose clocks change in the north, in the south, by half an hour, not at all, by a whole day.
const ZONES: [&str; 6] =
    ["Europe/Prague", "America/New_York", "Australia/Lord_Howe", "Asia/Taipei", "America/Santiago", "Pacific/Apia"];

const DAYS: [&str; 7] = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];

/// How often, with how many days a period has about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freq {
    Yearly,
    Monthly,
    Weekly,
    Daily,
    Hourly,
}

impl Freq {
    fn name(self) -> &'static str {
        match self {
            Self::Yearly => "YEARLY",
            Self::Monthly => "MONTHLY",
            Self::Weekly => "WEEKLY",
            Self::Daily => "DAILY",
            Self::Hourly => "HOURLY",
        }
    }
}

/// Where a rule ends.
#[derive(Clone, Debug)]
pub enum End {
    Never,
    Count(u64),
    Day(DateTime),
    Wall(DateTime),
    /// Given as the wall time of the series; written in UTC.
    Instant(DateTime),
}

#[derive(Clone, Debug)]
pub struct Rule {
    pub freq: Freq,
    /// Everything but the end, such as `FREQ=DAILY;INTERVAL=2`.
    pub text: String,
    pub end: End,
}

impl Rule {
    pub fn has(&self, part: &str) -> bool {
        self.text.contains(&format!(";{part}="))
    }
}

#[derive(Clone, Debug)]
pub struct Series {
    pub start: DateTime,
    pub zone: &'static str,
    pub all_day: bool,
    pub rules: Vec<Rule>,
    pub excluded_rules: Vec<Rule>,
    pub dates: Vec<DateTime>,
    pub excluded: Vec<DateTime>,
    /// The wall times between which the occurrences are compared.
    pub window: (DateTime, DateTime),
}

pub fn compact(wall: DateTime) -> String {
    wall.strftime("%Y%m%dT%H%M%S").to_string()
}

impl Series {
    pub fn time_zone(&self) -> TimeZone {
        if self.all_day { TimeZone::UTC } else { TimeZone::get(self.zone).unwrap() }
    }

    /// The instant of a wall time: forward out of a gap, the first of two.
    pub fn instant(&self, wall: DateTime) -> jiff::Timestamp {
        self.time_zone().to_ambiguous_timestamp(wall).compatible().unwrap()
    }

    /// The instant of a wall time as UTC text.
    pub fn utc(&self, wall: DateTime) -> String {
        self.instant(wall).strftime("%Y%m%dT%H%M%SZ").to_string()
    }

    pub fn when(&self) -> When {
        if self.all_day {
            return When::AllDay { start: self.start.date(), end: self.start.date().tomorrow().unwrap() };
        }
        let start = self.instant(self.start).to_zoned(self.time_zone());
        let end = start.checked_add(45.minutes()).unwrap();
        When::Timed { start: Moment(start), end: Moment(end) }
    }

    fn rule_text(&self, rule: &Rule) -> String {
        let mut text = rule.text.clone();
        let end = match &rule.end {
            End::Never => return text,
            End::Count(count) => format!("COUNT={count}"),
            End::Day(day) => format!("UNTIL={}", day.strftime("%Y%m%d")),
            End::Wall(wall) => format!("UNTIL={}", compact(*wall)),
            End::Instant(wall) => format!("UNTIL={}", self.utc(*wall)),
        };
        write!(text, ";{end}").unwrap();
        text
    }

    /// The lines of the series, each date in one of the forms that a date may have.
    pub fn lines(&self) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        for (index, wall) in self.excluded.iter().chain(&self.dates).enumerate() {
            let name = if index < self.excluded.len() { "EXDATE" } else { "RDATE" };
            lines.push(match (self.all_day, index % 3) {
                (true, _) => format!("{name};VALUE=DATE:{}", wall.strftime("%Y%m%d")),
                (false, 0) => format!("{name}:{}", self.utc(*wall)),
                (false, 1) => format!("{name};TZID={}:{}", self.zone, compact(*wall)),
                (false, _) => {
                    let there = self.instant(*wall).to_zoned(TimeZone::get("Asia/Tokyo").unwrap()).datetime();
                    format!("{name};TZID=Asia/Tokyo:{}", compact(there))
                }
            });
        }
        lines.extend(self.rules.iter().map(|rule| format!("RRULE:{}", self.rule_text(rule))));
        lines.extend(self.excluded_rules.iter().map(|rule| format!("EXRULE:{}", self.rule_text(rule))));
        lines
    }
}

/// Chance with a few dice.
pub struct Dice(SeededRng);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(SeededRng::new(seed))
    }

    fn below(&self, bound: u64) -> i64 {
        i64::try_from(self.0.below(bound)).unwrap()
    }

    /// True in `percent` of a hundred cases.
    fn in_hundred(&self, percent: u64) -> bool {
        self.0.below(100) < percent
    }

    fn pick<T: Copy>(&self, from: &[T]) -> T {
        from[usize::try_from(self.0.below(from.len() as u64)).unwrap()]
    }

    fn some(&self, most: u64, mut one: impl FnMut() -> String) -> String {
        let all: Vec<String> = (0..=self.below(most)).map(|_| one()).collect();
        all.join(",")
    }

    /// A number from 1 to `most`, now and then counted from the end (down to `-least`).
    fn signed(&self, most: u64, least: u64) -> String {
        if self.in_hundred(25) { format!("-{}", 1 + self.below(least)) } else { format!("{}", 1 + self.below(most)) }
    }

    /// A series with one rule and, when `mixed`, now and then more rules, dates and exclusions.
    pub fn series(&self, mixed: bool) -> Series {
        let all_day = self.in_hundred(20);
        // Often at night, when clocks change.
        let hour = if self.in_hundred(50) { self.below(5) } else { self.below(24) };
        let time = Time::new(i8::try_from(hour).unwrap(), self.pick(&[0, 15, 30, 45]), 0, 0).unwrap();
        let day = date(2015, 1, 1).checked_add(self.below(15 * 365).days()).unwrap();
        let start = day.to_datetime(if all_day { Time::midnight() } else { time });
        let freq = loop {
            let freq = self.pick(&[
                Freq::Yearly,
                Freq::Yearly,
                Freq::Monthly,
                Freq::Monthly,
                Freq::Monthly,
                Freq::Weekly,
                Freq::Weekly,
                Freq::Weekly,
                Freq::Daily,
                Freq::Daily,
                Freq::Hourly,
            ]);
            if freq != Freq::Hourly || !all_day {
                break freq;
            }
        };
        let reach = match freq {
            Freq::Yearly => 12 * 365,
            Freq::Monthly => 5 * 365,
            Freq::Weekly => 3 * 365,
            Freq::Daily => 400,
            Freq::Hourly => 40,
        };
        let zone = self.pick(&ZONES);
        // An event starts at an instant: its wall time exists.
        let settled = TimeZone::get(zone).unwrap().to_ambiguous_timestamp(start).compatible().unwrap();
        let start = if all_day { start } else { settled.to_zoned(TimeZone::get(zone).unwrap()).datetime() };
        let mut series = Series {
            start,
            zone,
            all_day,
            rules: Vec::new(),
            excluded_rules: Vec::new(),
            dates: Vec::new(),
            excluded: Vec::new(),
            window: (start, start),
        };
        let from = start.checked_add((self.below(reach) - 2).days()).unwrap();
        let to = from.checked_add((1 + self.below(reach)).days()).unwrap();
        series.window = (from, to);
        let rule = self.rule(&series, freq, reach);
        series.rules.push(rule);
        if !mixed {
            return series;
        }
        let day_near = || {
            let wall = start.checked_add(self.below(reach / 4 + 10).days()).unwrap();
            if all_day || self.in_hundred(80) { wall } else { wall.checked_add(SignedDuration::from_hours(5)).unwrap() }
        };
        if self.in_hundred(25) {
            series.excluded.extend((0..=self.below(12)).map(|_| day_near()));
        }
        if self.in_hundred(20) {
            series.dates.extend((0..=self.below(5)).map(|_| day_near()));
        }
        if self.in_hundred(8) {
            let rule = self.rule(&series, freq, reach);
            series.excluded_rules.push(rule);
        }
        if self.in_hundred(8) {
            let rule = self.rule(&series, freq, reach);
            series.rules.push(rule);
        }
        series
    }

    fn rule(&self, series: &Series, freq: Freq, reach: u64) -> Rule {
        let mut text = format!("FREQ={}", freq.name());
        let mut part = |name: &str, value: String| write!(text, ";{name}={value}").unwrap();
        if self.in_hundred(45) {
            let most = match freq {
                Freq::Yearly => 3,
                Freq::Monthly => 7,
                Freq::Weekly => 5,
                Freq::Daily | Freq::Hourly => 30,
            };
            part("INTERVAL", format!("{}", 1 + self.below(most)));
        }
        if self.in_hundred(30) {
            part("WKST", self.pick(&DAYS).to_owned());
        }
        let mut limited = false;
        if self.in_hundred(25) {
            part("BYMONTH", self.some(4, || format!("{}", 1 + self.below(12))));
            limited = true;
        }
        if freq != Freq::Weekly && self.in_hundred(25) {
            part("BYMONTHDAY", self.some(4, || self.signed(31, 31)));
            limited = true;
        }
        if freq == Freq::Yearly && self.in_hundred(12) {
            part("BYYEARDAY", self.some(5, || self.signed(366, 366)));
            limited = true;
        }
        if freq == Freq::Yearly && self.in_hundred(15) {
            // Week -52 may be the first one of a year that begins in December, which dateutil does not see.
            part("BYWEEKNO", self.some(4, || self.signed(53, 50)));
            limited = true;
        }
        if self.in_hundred(45) {
            // Weekdays with an ordinal and without are not mixed: dateutil takes both conditions together, we take either.
            let nth = matches!(freq, Freq::Yearly | Freq::Monthly) && self.in_hundred(50);
            // The crate rrule takes no -53rd weekday of a year.
            let most = if freq == Freq::Yearly && !limited { 53 } else { 4 };
            part(
                "BYDAY",
                self.some(3, || {
                    let day = self.pick(&DAYS);
                    if nth { format!("{}{day}", self.signed(most, most.min(52))) } else { day.to_owned() }
                }),
            );
            limited = true;
        }
        if !series.all_day {
            if self.in_hundred(15) {
                part("BYHOUR", self.some(4, || format!("{}", self.below(24))));
                limited = true;
            }
            if self.in_hundred(10) {
                part("BYMINUTE", self.some(3, || format!("{}", self.below(60))));
                limited = true;
            }
            if self.in_hundred(5) {
                part("BYSECOND", self.some(2, || format!("{}", self.below(60))));
                limited = true;
            }
        }
        if limited && self.in_hundred(20) {
            part("BYSETPOS", self.some(2, || self.signed(5, 5)));
        }
        let near = || series.start.checked_add((self.below(reach * 2) - 3).days()).unwrap();
        let end = match self.below(8) {
            0 | 1 => End::Count(1 + self.0.below(60)),
            2 => End::Day(near()),
            3 if !series.all_day => End::Wall(near()),
            4 if !series.all_day => {
                End::Instant(near().checked_add(SignedDuration::from_mins(self.below(3) * 60 - 60)).unwrap())
            }
            _ => End::Never,
        };
        Rule { freq, text, end }
    }
}
