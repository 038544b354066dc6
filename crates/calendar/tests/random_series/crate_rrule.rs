//! The crate `rrule` as judge, in the series' own zone and with its own zone database.
//!
//! Where it is known to differ, and what is done about it:
//! - It begins the first week of a WEEKLY rule with BYSETPOS at the start of the series instead of at the start of the week:
//!   such rules are asked of it only where the series starts with its week.
//! - It calls a rule that ends before the series starts an error; we give no occurrence.
//! - It takes UNTIL of a zoned series in UTC only: it gets the instant that we would take.
//! - It refuses a start that exists twice, where clocks go back: such series are not asked of it.
//! - It loses an occurrence at a time that a clock change at midnight takes away (Santiago): series that may begin in that
//!   hour there are not asked of it.
//! - It numbers the week in which January begins by the length of the wrong year: weeks 52 and 53 are not asked of it.
//! - It gives the wall times in order, so at a gap instants may come twice or out of order: both sides are sets here.

use std::collections::BTreeSet;

use jiff::civil::{DateTime, Time};
use rrule::RRuleSet;

use crate::{
    difference, expanded,
    rules::{Dice, End, Freq, Rule, Series, compact},
    verdict,
};

const SERIES: usize = 10_000;

/// The last instant of the rule as the crate wants it; none for a rule that ends before the series starts.
fn text(series: &Series) -> Option<String> {
    let rule = &series.rules[0];
    let (until, count) = match rule.end {
        End::Never => (None, None),
        End::Count(count) => (None, Some(count)),
        End::Day(day) if series.all_day => (Some(day), None),
        End::Day(day) => (Some(day.date().to_datetime(Time::constant(23, 59, 59, 0))), None),
        End::Wall(wall) | End::Instant(wall) => (Some(wall), None),
    };
    let mut end = String::new();
    if let Some(until) = until {
        if series.instant(until) < series.instant(series.start) {
            return None;
        }
        end = format!(";UNTIL={}", series.utc(until));
    }
    if let Some(count) = count {
        end = format!(";COUNT={count}");
    }
    let start = match series.all_day {
        true => format!(":{}Z", compact(series.start)),
        false => format!(";TZID={}:{}", series.zone, compact(series.start)),
    };
    Some(format!("DTSTART{start}\nRRULE:{}{end}", rule.text))
}

fn starts_with_its_week(series: &Series) -> bool {
    let rule = &series.rules[0];
    let first = rule.text.split_once("WKST=").map_or("MO", |(_, rest)| &rest[..2]);
    let name = series.start.date().weekday();
    let names = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];
    names[usize::try_from(name.to_monday_zero_offset()).unwrap()] == first
}

fn has_value(rule: &Rule, part: &str, values: &[&str]) -> bool {
    let value = rule.text.split(';').find_map(|text| text.strip_prefix(part)?.strip_prefix('='));
    value.is_some_and(|value| value.split(',').any(|one| values.contains(&one)))
}

/// Whether the crate is known to read this series in another way.
fn is_known_to_differ(series: &Series) -> bool {
    let rule = &series.rules[0];
    let in_first_hour = series.start.hour() == 0 || has_value(rule, "BYHOUR", &["0"]) || rule.freq == Freq::Hourly;
    (rule.freq == Freq::Weekly && rule.has("BYSETPOS") && !starts_with_its_week(series))
        || series.time_zone().to_ambiguous_timestamp(series.start).is_ambiguous()
        || (series.zone == "America/Santiago" && !series.all_day && in_first_hour)
        || has_value(rule, "BYWEEKNO", &["52", "53"])
}

fn answer(series: &Series, text: &str) -> BTreeSet<i64> {
    let set: RRuleSet = text.parse().unwrap_or_else(|error| panic!("{error}: {text}"));
    let (from, to) = (series.instant(series.window.0).as_second(), series.instant(series.window.1).as_second());
    let later = |wall: DateTime| series.instant(wall.checked_add(jiff::Span::new().days(2)).unwrap()).as_second();
    let last = later(series.window.1);
    set.limit()
        .into_iter()
        .map(|at| at.timestamp())
        .take_while(|at| *at <= last)
        .filter(|at| (from..to).contains(at))
        .collect()
}

#[test]
fn ten_thousand_random_series_are_laid_out_as_the_crate_rrule_does() {
    let dice = Dice::new(109);
    let all: Vec<(Series, String)> = std::iter::repeat_with(|| dice.series(false))
        .filter(|series| !is_known_to_differ(series))
        .filter_map(|series| {
            let text = text(&series);
            assert!(text.is_some() || expanded(&series).is_empty(), "{:?} ends before it starts", series.lines());
            Some((series, text?))
        })
        .take(SERIES)
        .collect();
    let judge = |part: &[(Series, String)]| -> Vec<(usize, Option<String>)> {
        part.iter()
            .map(|(series, text)| {
                let (ours, theirs) = (expanded(series), answer(series, text));
                (ours.len(), (ours != theirs).then(|| difference(series, &ours, &theirs)))
            })
            .collect()
    };
    let answers: Vec<(usize, Option<String>)> = std::thread::scope(|scope| {
        let parts: Vec<_> = all.chunks(SERIES.div_ceil(4)).map(|part| scope.spawn(|| judge(part))).collect();
        parts.into_iter().flat_map(|part| part.join().unwrap()).collect()
    });
    let differences: Vec<String> = answers.iter().filter_map(|(_, difference)| difference.clone()).collect();
    verdict(&differences);
    let judged = answers.iter().filter(|(occurrences, _)| *occurrences > 0).count();
    let compared: usize = answers.iter().map(|(occurrences, _)| occurrences).sum();
    assert!(judged > SERIES / 2, "only {judged} series had an occurrence in their window");
    println!("the crate rrule agrees on {compared} occurrences of {judged} series");
}
