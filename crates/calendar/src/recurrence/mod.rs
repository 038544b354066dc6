//! Recurrences by RFC 5545, expanded in the series' own zone and from the window that is asked for.

mod dates;
mod edit;
mod rule;
mod walk;

pub use edit::{RuleNamesDays, moved_lines, same_rules, split_before, without};

use std::{collections::BTreeSet, ops::ControlFlow, ops::Range};

use jiff::{
    Timestamp as Instant,
    civil::{Date, DateTime, Time},
    tz::TimeZone,
};
use portico_kernel::Timestamp;

use crate::{Moment, OriginalStart, When};
use rule::{Freq, Rule};

/// Why a recurrence cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecurrenceError {
    /// The line is none of RRULE, EXRULE, RDATE and EXDATE.
    #[error("{line} is not a recurrence line")]
    Line {
        /// The line, or its beginning.
        line: String,
    },
    /// A part of a rule is not right.
    #[error("{part} is not right in a rule")]
    Part {
        /// The part, such as `BYDAY=XX`.
        part: String,
    },
    /// A rule ends twice.
    #[error("COUNT and UNTIL exclude each other")]
    CountAndUntil,
    /// The rule repeats by the minute or by the second.
    #[error("a rule repeats by the hour at most")]
    TooOften,
    /// A date of an RDATE or EXDATE is not right.
    #[error("{text} is not a date")]
    Date {
        /// The text.
        text: String,
    },
    /// The zone of a date is unknown.
    #[error("{zone} is not a time zone")]
    Zone {
        /// The name.
        zone: String,
    },
    /// The lines give no occurrence at all.
    #[error("the series has no occurrence")]
    Empty,
}

/// The most occurrences that the rules of a series may give on one day: every five minutes. Rules that name more times of a day
/// are as fine as a MINUTELY one, and a month of them is as large.
const MOST_A_DAY: usize = 288;

/// One occurrence of a series, as its rule gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Occurrence {
    /// Its identity.
    pub original_start: OriginalStart,
    /// When it happens.
    pub when: When,
}

/// The recurrence of a series.
#[derive(Clone, Debug)]
pub struct Recurrence {
    /// The first start as wall time.
    first: DateTime,
    /// How long each occurrence takes: exactly for timed ones, in days for all-day ones.
    length: Length,
    zone: TimeZone,
    rules: Vec<Walked>,
    excluded_rules: Vec<Walked>,
    dates: BTreeSet<DateTime>,
    excluded: BTreeSet<DateTime>,
    excluded_days: BTreeSet<Date>,
    /// Lines that are not understood; they are kept in the event and sent back as they are.
    skipped: Vec<RecurrenceError>,
}

#[derive(Clone, Copy, Debug)]
enum Length {
    Exact { micros: i64 },
    Days(i32),
}

#[derive(Clone, Debug)]
struct Walked {
    rule: Rule,
    until: Option<DateTime>,
    /// An end given as an instant, where wall times around a clock change do not tell what lies before it.
    last_instant: Option<Instant>,
}

impl Recurrence {
    /// Reads the lines of a series that starts at `when`, strictly: for what a person enters. An endless rule by the
    /// minute, a malformed line and a series without any occurrence are refused.
    pub fn parse(lines: &[String], when: &When) -> Result<Self, RecurrenceError> {
        let recurrence = Self::read(lines, when);
        if let Some(error) = recurrence.skipped.first() {
            return Err(error.clone());
        }
        if recurrence.rules.iter().any(|walked| walked.rule.freq == Freq::Finer) {
            return Err(RecurrenceError::TooOften);
        }
        if recurrence.first().is_none() {
            return Err(RecurrenceError::Empty);
        }
        Ok(recurrence)
    }

    /// Reads the lines leniently: for what comes from elsewhere. A line that is not understood is left out of the
    /// expansion; [`Recurrence::skipped`] tells.
    pub fn read(lines: &[String], when: &When) -> Self {
        let (first, length, zone) = match when {
            When::AllDay { start, end } => {
                let days = start.until(*end).map_or(1, |span| span.get_days());
                (start.to_datetime(Time::midnight()), Length::Days(days), TimeZone::UTC)
            }
            When::Timed { start, end } => {
                let micros = end.timestamp().0 - start.timestamp().0;
                let first = start.0.datetime();
                // Rules know of whole seconds: a fraction would put the start after its own occurrence.
                let first = first.with().subsec_nanosecond(0).build().unwrap_or(first);
                (first, Length::Exact { micros }, start.0.time_zone().clone())
            }
        };
        let mut recurrence = Self {
            first,
            length,
            zone,
            rules: Vec::new(),
            excluded_rules: Vec::new(),
            dates: BTreeSet::new(),
            excluded: BTreeSet::new(),
            excluded_days: BTreeSet::new(),
            skipped: Vec::new(),
        };
        let mut has_rule = false;
        for line in lines.iter().map(|line| line.trim()).filter(|line| !line.is_empty()) {
            match recurrence.read_line(line) {
                Ok(is_rule) => has_rule |= is_rule,
                Err(error) => recurrence.skipped.push(error),
            }
        }
        if !has_rule {
            // A series made of dates only begins with its own start.
            recurrence.dates.insert(first);
        }
        recurrence
    }

    /// The faults of lines that were left out.
    pub fn skipped(&self) -> &[RecurrenceError] {
        &self.skipped
    }

    fn all_day(&self) -> bool {
        matches!(self.length, Length::Days(_))
    }

    fn read_line(&mut self, line: &str) -> Result<bool, RecurrenceError> {
        let not_a_line = || RecurrenceError::Line { line: line.chars().take(40).collect() };
        let (head, value) = line.split_once(':').ok_or_else(not_a_line)?;
        let mut parameters = head.split(';');
        let name = parameters.next().unwrap_or_default().trim().to_ascii_uppercase();
        let zone = parameters
            .filter_map(|parameter| parameter.split_once('='))
            .find(|(key, _)| key.trim().eq_ignore_ascii_case("TZID"))
            .map(|(_, zone)| {
                let zone = zone.trim().trim_matches('"');
                TimeZone::get(zone).map_err(|_| RecurrenceError::Zone { zone: zone.to_owned() })
            })
            .transpose()?;
        match name.as_str() {
            "RRULE" | "EXRULE" => {
                let rule = Rule::parse(value)?;
                let until = rule.until.map(|until| until.wall(self.all_day(), &self.zone));
                let last_instant = match rule.until {
                    Some(rule::Until::Instant(at)) if !self.all_day() => Some(at),
                    _ => None,
                };
                let mut rule = rule.completed(self.first);
                let others = self.rules.iter().chain(&self.excluded_rules).map(|walked| walked.rule.most_a_day());
                if others.sum::<usize>() + rule.most_a_day() > MOST_A_DAY {
                    rule.freq = Freq::Finer;
                }
                let walked = Walked { rule, until, last_instant };
                let is_rule = name == "RRULE";
                if is_rule {
                    self.rules.push(walked)
                } else {
                    self.excluded_rules.push(walked)
                }
                Ok(is_rule)
            }
            "RDATE" => {
                for text in value.split(',') {
                    let (wall, _) = self.read_date(text, zone.as_ref())?;
                    self.dates.insert(wall);
                }
                Ok(false)
            }
            "EXDATE" => {
                for text in value.split(',') {
                    let (wall, is_day) = self.read_date(text, zone.as_ref())?;
                    if is_day && !self.all_day() {
                        self.excluded_days.insert(wall.date());
                    } else {
                        self.excluded.insert(self.settled(wall));
                    }
                }
                Ok(false)
            }
            _ => Err(not_a_line()),
        }
    }

    /// A date as wall time of the series, and whether it was written as a day.
    fn read_date(&self, text: &str, zone: Option<&TimeZone>) -> Result<(DateTime, bool), RecurrenceError> {
        let wrong = || RecurrenceError::Date { text: text.trim().chars().take(40).collect() };
        // Of a period the start counts; its length is the event's own.
        let plain = text.trim().split('/').next().unwrap_or_default().to_ascii_uppercase();
        if let Some(day) = dates::day(&plain) {
            let time = if self.all_day() { Time::midnight() } else { self.first.time() };
            return Ok((day.to_datetime(time), true));
        }
        let (local, zone) = match plain.strip_suffix('Z') {
            Some(utc) => (dates::wall(utc).ok_or_else(wrong)?, Some(&TimeZone::UTC)),
            None => (dates::wall(&plain).ok_or_else(wrong)?, zone),
        };
        if self.all_day() {
            return Ok((local.date().to_datetime(Time::midnight()), false));
        }
        let wall = match zone {
            None => local,
            Some(zone) => {
                let zoned = local.to_zoned(zone.clone()).map_err(|_| wrong())?;
                zoned.with_time_zone(self.zone.clone()).datetime()
            }
        };
        Ok((wall, false))
    }

    /// Whether the series goes on for ever.
    pub fn is_endless(&self) -> bool {
        self.rules.iter().any(|walked| walked.rule.is_endless() && walked.until.is_none())
    }

    /// The occurrences that touch `window` (an occurrence without length: that begin in it), in order, as far as the rule
    /// gives them: exceptions are not its business. Whole days are taken in `zone`.
    pub fn occurrences(&self, window: Range<Timestamp>, zone: &TimeZone) -> Vec<Occurrence> {
        let mut found = Vec::new();
        let lead = match self.length {
            Length::Exact { micros } => micros.max(0),
            Length::Days(days) => (i64::from(days.max(0)) + 1) * 86_400_000_000,
        };
        let from = self.wall_around(Timestamp(window.start.0.saturating_sub(lead)), -1);
        let to = self.wall_around(window.end, 1);
        self.walls(from, to, &mut |wall| {
            if let Some(occurrence) = self.occurrence(wall) {
                let (start, end) = occurrence.when.span(zone);
                let touches = start < window.end && (end > window.start || (end <= start && start >= window.start));
                if touches {
                    found.push(occurrence);
                }
            }
            ControlFlow::Continue(())
        });
        found.sort_by_key(|occurrence| occurrence.original_start);
        found.dedup_by_key(|occurrence| occurrence.original_start);
        found
    }

    /// The first occurrence.
    pub fn first(&self) -> Option<Occurrence> {
        let mut found = None;
        self.walls(DateTime::MIN, DateTime::MAX, &mut |wall| {
            found = self.occurrence(wall);
            if found.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        found
    }

    /// Whether the rule gives an occurrence with this original start.
    pub fn contains(&self, start: OriginalStart) -> bool {
        self.at(start).is_some()
    }

    /// The occurrence with this original start.
    pub fn at(&self, start: OriginalStart) -> Option<Occurrence> {
        let wall = match (start, self.all_day()) {
            (OriginalStart::On(day), true) => day.to_datetime(Time::midnight()),
            (OriginalStart::At(at), false) => at.to_jiff().to_zoned(self.zone.clone()).datetime(),
            _ => return None,
        };
        let near = |hours: i64| wall.saturating_add(jiff::SignedDuration::from_hours(hours));
        let mut found = None;
        // Around a clock change the wall time of an instant is not the one that the rule gave.
        self.walls(near(-3), near(3), &mut |candidate| {
            found = self.occurrence(candidate).filter(|occurrence| occurrence.original_start == start);
            if found.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        found
    }

    /// The end of the last occurrence; none for an endless series, the start for a series without occurrences.
    pub fn last_end(&self, zone: &TimeZone) -> Option<Timestamp> {
        if self.is_endless() {
            return None;
        }
        let mut last: Option<Timestamp> = None;
        self.walls(DateTime::MIN, DateTime::MAX, &mut |wall| {
            if let Some(occurrence) = self.occurrence(wall) {
                last = last.max(Some(occurrence.when.span(zone).1));
            }
            ControlFlow::Continue(())
        });
        Some(last.unwrap_or_else(|| {
            let start = self.place(self.first);
            start.map_or(Timestamp(0), |at| at.into())
        }))
    }

    /// The wall time of an instant, a day more in the given direction, because wall times and instants do not run alike.
    fn wall_around(&self, at: Timestamp, days: i64) -> DateTime {
        let wall = at.to_jiff().to_zoned(self.zone.clone()).datetime();
        wall.saturating_add(jiff::SignedDuration::from_hours(25 * days))
    }

    /// The wall times of the series between two wall times, in order, each once.
    fn walls(&self, from: DateTime, to: DateTime, each: &mut dyn FnMut(DateTime) -> ControlFlow<()>) {
        let kept = |wall: DateTime| {
            (self.excluded.is_empty() || !self.excluded.contains(&self.settled(wall)))
                && !self.excluded_days.contains(&wall.date())
        };
        if self.rules.len() == 1 && self.dates.is_empty() && self.excluded_rules.is_empty() {
            self.walk(&self.rules[0], from, to, &mut |wall| {
                if kept(wall) { each(wall) } else { ControlFlow::Continue(()) }
            });
            return;
        }
        // Several sources: a year at a time, so that an endless one can be stopped.
        let sources = self.rules.iter().chain(&self.excluded_rules);
        let begin = from.max(self.first.min(self.dates.first().copied().unwrap_or(self.first)));
        let latest = sources
            .map(|walked| match (walked.until, walked.rule.count) {
                (Some(until), _) => until,
                _ => DateTime::MAX,
            })
            .chain(self.dates.last().copied())
            .max()
            .unwrap_or(self.first);
        let end = to.min(latest).min(begin.saturating_add(jiff::Span::new().years(1000)));
        let mut chunk = begin;
        let mut quiet = 0;
        while chunk <= end && quiet < 100 {
            let next = chunk.saturating_add(jiff::Span::new().years(1));
            let chunk_end = next.saturating_sub(jiff::SignedDuration::from_nanos(1)).min(end);
            let mut walls: BTreeSet<DateTime> = self.dates.range(chunk..=chunk_end).copied().collect();
            for walked in &self.rules {
                self.walk(walked, chunk, chunk_end, &mut |wall| {
                    walls.insert(wall);
                    ControlFlow::Continue(())
                });
            }
            quiet = if walls.is_empty() { quiet + 1 } else { 0 };
            let mut excluded = BTreeSet::new();
            for walked in &self.excluded_rules {
                self.walk(walked, around(chunk, -1), around(chunk_end, 1), &mut |wall| {
                    excluded.insert(self.settled(wall));
                    ControlFlow::Continue(())
                });
            }
            for wall in walls {
                let gone = !excluded.is_empty() && excluded.contains(&self.settled(wall));
                if !gone && kept(wall) && each(wall).is_break() {
                    return;
                }
            }
            if next == chunk {
                return;
            }
            chunk = next;
        }
    }

    /// The wall times of one rule, an end given as an instant kept exactly.
    fn walk(&self, walked: &Walked, from: DateTime, to: DateTime, each: &mut dyn FnMut(DateTime) -> ControlFlow<()>) {
        let (Some(until), Some(last)) = (walked.until, walked.last_instant) else {
            return walk::walk(&walked.rule, self.first, walked.until, from, to, each);
        };
        let (doubtful, latest) = (around(until, -1), around(until, 1));
        walk::walk(&walked.rule, self.first, Some(latest), from, to, &mut |wall| {
            let over = wall > doubtful && self.place(wall).is_none_or(|at| at > last);
            if over { ControlFlow::Continue(()) } else { each(wall) }
        });
    }

    /// A wall time in the form that lines of this series use: UTC for a timed series, a day for one of whole days.
    fn written(&self, wall: DateTime) -> String {
        if self.all_day() {
            return OriginalStart::On(wall.date()).compact();
        }
        self.place(wall).map_or_else(String::new, |at| OriginalStart::At(at.into()).compact())
    }

    /// The last wall time that one rule gives, if it gives any. Only for a rule that ends.
    fn last_wall(&self, walked: &Walked) -> Option<DateTime> {
        let mut last = None;
        self.walk(walked, DateTime::MIN, DateTime::MAX, &mut |wall| {
            last = Some(wall);
            ControlFlow::Continue(())
        });
        last
    }

    /// The wall time that clocks show at the occurrence of `wall`: another one where `wall` does not exist.
    fn settled(&self, wall: DateTime) -> DateTime {
        if self.all_day() {
            return wall;
        }
        self.place(wall).map_or(wall, |at| at.to_zoned(self.zone.clone()).datetime())
    }

    fn place(&self, wall: DateTime) -> Option<Instant> {
        // A wall time that does not exist is moved forward, of one that exists twice the first is meant.
        self.zone.to_ambiguous_timestamp(wall).compatible().ok()
    }

    fn occurrence(&self, wall: DateTime) -> Option<Occurrence> {
        match self.length {
            Length::Days(days) => {
                let start = wall.date();
                let end = start.checked_add(jiff::Span::new().try_days(days).ok()?).ok()?;
                Some(Occurrence { original_start: OriginalStart::On(start), when: When::AllDay { start, end } })
            }
            Length::Exact { micros } => {
                let start = self.place(wall)?;
                let end = Instant::from_microsecond(start.as_microsecond().checked_add(micros)?).ok()?;
                let moment = |at: Instant| Moment(at.to_zoned(self.zone.clone()));
                Some(Occurrence {
                    original_start: OriginalStart::At(start.into()),
                    when: When::Timed { start: moment(start), end: moment(end) },
                })
            }
        }
    }
}

/// A wall time some days later, or earlier.
fn around(wall: DateTime, days: i64) -> DateTime {
    wall.saturating_add(jiff::SignedDuration::from_hours(24 * days))
}
