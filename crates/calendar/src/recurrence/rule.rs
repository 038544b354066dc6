//! One RRULE or EXRULE, read and understood.

use jiff::{
    Timestamp,
    civil::{Date, DateTime, Time, Weekday},
    tz::TimeZone,
};

use super::{RecurrenceError, dates};

/// How often.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Freq {
    Yearly,
    Monthly,
    Weekly,
    Daily,
    Hourly,
    /// MINUTELY and SECONDLY, and what names as many times of a day: kept as text, never expanded.
    Finer,
}

/// The last moment of a rule, in the form in which it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Until {
    Day(Date),
    Wall(DateTime),
    Instant(Timestamp),
}

impl Until {
    /// The last wall time of a series in `zone` that the rule may give. A day ends a timed series with its end.
    pub(super) fn wall(self, all_day: bool, zone: &TimeZone) -> DateTime {
        match self {
            Self::Day(day) if all_day => day.to_datetime(Time::midnight()),
            Self::Day(day) => day.at(23, 59, 59, 999_999_999),
            Self::Wall(wall) if all_day => wall.date().to_datetime(Time::midnight()),
            Self::Wall(wall) => wall,
            Self::Instant(at) if all_day => at.to_zoned(TimeZone::UTC).date().to_datetime(Time::midnight()),
            Self::Instant(at) => at.to_zoned(zone.clone()).datetime(),
        }
    }
}

/// A rule by RFC 5545, section 3.3.10.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Rule {
    pub(super) freq: Freq,
    pub(super) interval: i64,
    pub(super) count: Option<u32>,
    pub(super) until: Option<Until>,
    pub(super) by_month: Vec<i16>,
    pub(super) by_week_no: Vec<i16>,
    pub(super) by_year_day: Vec<i16>,
    pub(super) by_month_day: Vec<i16>,
    /// Weekdays with their ordinal, 0 for every one.
    pub(super) by_day: Vec<(i16, Weekday)>,
    pub(super) by_hour: Vec<i16>,
    pub(super) by_minute: Vec<i16>,
    pub(super) by_second: Vec<i16>,
    pub(super) by_set_pos: Vec<i16>,
    pub(super) week_start: Weekday,
}

impl Rule {
    /// Reads what stands behind `RRULE:`.
    pub(super) fn parse(text: &str) -> Result<Self, RecurrenceError> {
        let mut rule = Self {
            freq: Freq::Finer,
            interval: 1,
            count: None,
            until: None,
            by_month: Vec::new(),
            by_week_no: Vec::new(),
            by_year_day: Vec::new(),
            by_month_day: Vec::new(),
            by_day: Vec::new(),
            by_hour: Vec::new(),
            by_minute: Vec::new(),
            by_second: Vec::new(),
            by_set_pos: Vec::new(),
            week_start: Weekday::Monday,
        };
        let mut freq = None;
        for part in text.split(';').map(str::trim).filter(|part| !part.is_empty()) {
            let wrong = || RecurrenceError::Part { part: part.to_owned() };
            let (key, value) = part.split_once('=').ok_or_else(wrong)?;
            let value = value.trim().to_ascii_uppercase();
            let numbers = |least: i16, most: i16, negative: bool| -> Result<Vec<i16>, RecurrenceError> {
                let mut all = Vec::new();
                for text in value.split(',') {
                    let number: i16 = text.trim().trim_start_matches('+').parse().map_err(|_| wrong())?;
                    let right = (least..=most).contains(&number) || (negative && (-most..=-1).contains(&number));
                    if !right {
                        return Err(wrong());
                    }
                    all.push(number);
                }
                all.sort_unstable();
                all.dedup();
                Ok(all)
            };
            match key.trim().to_ascii_uppercase().as_str() {
                "FREQ" => {
                    freq = Some(match value.as_str() {
                        "YEARLY" => Freq::Yearly,
                        "MONTHLY" => Freq::Monthly,
                        "WEEKLY" => Freq::Weekly,
                        "DAILY" => Freq::Daily,
                        "HOURLY" => Freq::Hourly,
                        "MINUTELY" | "SECONDLY" => Freq::Finer,
                        _ => return Err(wrong()),
                    });
                }
                "INTERVAL" => {
                    rule.interval = value.parse().ok().filter(|n| (1..=100_000).contains(n)).ok_or_else(wrong)?
                }
                "COUNT" => rule.count = Some(value.parse().ok().filter(|n| *n > 0).ok_or_else(wrong)?),
                "UNTIL" => rule.until = Some(until(&value).ok_or_else(wrong)?),
                "BYMONTH" => rule.by_month = numbers(1, 12, false)?,
                "BYWEEKNO" => rule.by_week_no = numbers(1, 53, true)?,
                "BYYEARDAY" => rule.by_year_day = numbers(1, 366, true)?,
                "BYMONTHDAY" => rule.by_month_day = numbers(1, 31, true)?,
                "BYHOUR" => rule.by_hour = numbers(0, 23, false)?,
                "BYMINUTE" => rule.by_minute = numbers(0, 59, false)?,
                "BYSECOND" => rule.by_second = numbers(0, 59, false)?,
                "BYSETPOS" => rule.by_set_pos = numbers(1, 366, true)?,
                "BYDAY" => {
                    for day in value.split(',') {
                        rule.by_day.push(weekday(day.trim()).ok_or_else(wrong)?);
                    }
                    rule.by_day.sort_unstable_by_key(|(nth, day)| (day.to_monday_zero_offset(), *nth));
                    rule.by_day.dedup();
                }
                "WKST" => rule.week_start = weekday(&value).filter(|(nth, _)| *nth == 0).ok_or_else(wrong)?.1,
                // A property of a later standard, or of a vendor: it does not stop what we do understand.
                _ => {}
            }
        }
        rule.freq = freq.ok_or_else(|| RecurrenceError::Part { part: "FREQ".into() })?;
        if rule.count.is_some() && rule.until.is_some() {
            return Err(RecurrenceError::CountAndUntil);
        }
        Ok(rule)
    }

    /// Whether the rule goes on for ever.
    pub(super) fn is_endless(&self) -> bool {
        self.count.is_none() && self.until.is_none() && self.freq != Freq::Finer
    }

    /// The rule with what the start implies written out, for expanding and for comparing.
    pub(super) fn completed(&self, start: DateTime) -> Self {
        let mut rule = self.clone();
        let bare = rule.by_week_no.is_empty()
            && rule.by_year_day.is_empty()
            && rule.by_month_day.is_empty()
            && rule.by_day.is_empty();
        if bare {
            match rule.freq {
                Freq::Yearly => {
                    if rule.by_month.is_empty() {
                        rule.by_month = vec![start.month().into()];
                    }
                    rule.by_month_day = vec![start.day().into()];
                }
                Freq::Monthly => rule.by_month_day = vec![start.day().into()],
                Freq::Weekly => rule.by_day = vec![(0, start.date().weekday())],
                Freq::Daily | Freq::Hourly | Freq::Finer => {}
            }
        }
        if !matches!(rule.freq, Freq::Yearly | Freq::Monthly) {
            for (nth, _) in &mut rule.by_day {
                *nth = 0;
            }
        }
        if rule.by_hour.is_empty() && rule.freq < Freq::Hourly {
            rule.by_hour = vec![start.hour().into()];
        }
        if rule.by_minute.is_empty() {
            rule.by_minute = vec![start.minute().into()];
        }
        if rule.by_second.is_empty() {
            rule.by_second = vec![start.second().into()];
        }
        rule
    }

    /// How many occurrences one day can have by this completed rule.
    pub(super) fn most_a_day(&self) -> usize {
        let hours = if self.by_hour.is_empty() { 24 } else { self.by_hour.len() };
        hours * self.by_minute.len() * self.by_second.len()
    }

    /// Whether the rule names days otherwise than by the weekdays of a weekly rule.
    pub(super) fn names_days(&self) -> bool {
        let by_day = !self.by_day.is_empty() && self.freq != Freq::Weekly;
        let others = [&self.by_month, &self.by_month_day, &self.by_year_day, &self.by_week_no, &self.by_set_pos];
        by_day || others.into_iter().any(|part| !part.is_empty())
    }

    /// The rule's days of the month some days on, as BYMONTHDAY lists them; none where it is not plain what they become: the
    /// rule names other days too, days are counted from the month's end, or a day would leave the 28 that every month has.
    pub(super) fn month_days_moved(&self, days: i64) -> Option<String> {
        let others = [&self.by_year_day, &self.by_week_no, &self.by_set_pos];
        let plain = self.by_day.is_empty() && others.into_iter().all(Vec::is_empty);
        if !plain || self.by_month_day.is_empty() || !matches!(self.freq, Freq::Monthly | Freq::Yearly) {
            return None;
        }
        let every_month = 1..=28_i64;
        let moved = self.by_month_day.iter().map(|day| {
            let to = i64::from(*day) + days;
            (every_month.contains(&i64::from(*day)) && every_month.contains(&to)).then(|| to.to_string())
        });
        Some(moved.collect::<Option<Vec<_>>>()?.join(","))
    }

    /// The rule's weekdays some days on, as BYDAY lists them.
    pub(super) fn weekdays_moved(&self, days: i64) -> String {
        let moved = self.by_day.iter().map(|(_, day)| weekday_name(day.wrapping_add(days)));
        moved.collect::<Vec<_>>().join(",")
    }

    /// The day with which weeks begin, some days on.
    pub(super) fn week_start_moved(&self, days: i64) -> &'static str {
        weekday_name(self.week_start.wrapping_add(days))
    }

    /// The BY parts of this completed rule that another one, completed from another start, says differently.
    pub(super) fn missing_from(&self, other: &Self) -> Vec<String> {
        let list = |numbers: &[i16]| numbers.iter().map(i16::to_string).collect::<Vec<_>>().join(",");
        let mut parts = Vec::new();
        for (name, mine, others) in [
            ("BYMONTH", &self.by_month, &other.by_month),
            ("BYMONTHDAY", &self.by_month_day, &other.by_month_day),
            ("BYHOUR", &self.by_hour, &other.by_hour),
            ("BYMINUTE", &self.by_minute, &other.by_minute),
            ("BYSECOND", &self.by_second, &other.by_second),
        ] {
            if mine != others {
                parts.push(format!("{name}={}", list(mine)));
            }
        }
        if self.by_day != other.by_day {
            let days: Vec<&str> = self.by_day.iter().map(|(_, day)| weekday_name(*day)).collect();
            parts.push(format!("BYDAY={}", days.join(",")));
        }
        parts
    }
}

fn weekday_name(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "MO",
        Weekday::Tuesday => "TU",
        Weekday::Wednesday => "WE",
        Weekday::Thursday => "TH",
        Weekday::Friday => "FR",
        Weekday::Saturday => "SA",
        Weekday::Sunday => "SU",
    }
}

fn until(text: &str) -> Option<Until> {
    if let Some(day) = dates::day(text) {
        return Some(Until::Day(day));
    }
    match text.strip_suffix('Z') {
        Some(utc) => Some(Until::Instant(dates::wall(utc)?.to_zoned(TimeZone::UTC).ok()?.timestamp())),
        None => dates::wall(text).map(Until::Wall),
    }
}

fn weekday(text: &str) -> Option<(i16, Weekday)> {
    let (nth, name) = text.split_at_checked(text.len().checked_sub(2)?)?;
    let day = match name {
        "MO" => Weekday::Monday,
        "TU" => Weekday::Tuesday,
        "WE" => Weekday::Wednesday,
        "TH" => Weekday::Thursday,
        "FR" => Weekday::Friday,
        "SA" => Weekday::Saturday,
        "SU" => Weekday::Sunday,
        _ => return None,
    };
    if nth.is_empty() {
        return Some((0, day));
    }
    let nth: i16 = nth.trim_start_matches('+').parse().ok()?;
    ((1..=53).contains(&nth) || (-53..=-1).contains(&nth)).then_some((nth, day))
}
