//! Recurrence lines as they are compared, cut and shortened. Lines are never rewritten further than an edit needs.

use jiff::{
    ToSpan,
    civil::{DateTime, Time},
    tz::TimeZone,
};

use super::{Recurrence, rule::Rule};
use crate::{OriginalStart, When};

/// Whether two sets of lines give the same series: order, case, and the forms of dates and of UNTIL do not count.
pub fn same_rules(a: &[String], b: &[String], when: &When) -> bool {
    if a == b {
        return true;
    }
    if a.is_empty() != b.is_empty() {
        return false;
    }
    let meaning = |lines: &[String]| {
        let read = Recurrence::read(lines, when);
        let mut rules: Vec<String> = read
            .rules
            .iter()
            .map(|walked| ("", walked))
            .chain(read.excluded_rules.iter().map(|walked| ("ex", walked)))
            .map(|(kind, walked)| {
                let rule = Rule { until: None, ..walked.rule.clone() };
                // An end says the same when the same occurrence is the last one.
                let last = walked.until.map(|_| read.last_wall(walked));
                format!("{kind}{rule:?}{last:?}")
            })
            .collect();
        rules.sort_unstable();
        rules.dedup();
        let mut skipped: Vec<String> = read.skipped.iter().map(ToString::to_string).collect();
        skipped.sort_unstable();
        (rules, read.dates, read.excluded, read.excluded_days, skipped)
    };
    meaning(a) == meaning(b)
}

/// A moment in the form that lines of this series use: UTC for a timed series, a day for one of whole days.
fn written(start: OriginalStart) -> String {
    start.compact()
}

fn exdate(start: OriginalStart) -> String {
    match start {
        OriginalStart::At(_) => format!("EXDATE:{}", written(start)),
        OriginalStart::On(_) => format!("EXDATE;VALUE=DATE:{}", written(start)),
    }
}

/// The lines with one occurrence taken out.
pub fn without(lines: &[String], start: OriginalStart) -> Vec<String> {
    let mut lines = lines.to_vec();
    lines.push(exdate(start));
    lines
}

/// Cuts a series before an occurrence: the lines of the part before it, and those of the part that begins with it. None when
/// nothing would be left before it, or when the series has no such occurrence.
///
/// The part before ends with UNTIL in the form that the start requires; a COUNT is divided; dates go to the part to which
/// they belong; what a rule took from the old start is written out where the new start says otherwise. Two cuts cannot be
/// expressed exactly: at an added date that lies between the periods of a rule with an INTERVAL (they are counted anew from
/// there), and at an occurrence that a clock change moved (the new part keeps the time to which it was moved).
pub fn split_before(lines: &[String], when: &When, at: OriginalStart) -> Option<(Vec<String>, Vec<String>)> {
    let whole = Recurrence::read(lines, when);
    let cut = whole.at(at)?;
    let first = whole.first()?;
    if first.original_start == cut.original_start {
        return None;
    }
    let all_day = when.is_all_day();
    let zone = match when {
        When::Timed { start, .. } => start.0.time_zone().clone(),
        When::AllDay { .. } => TimeZone::UTC,
    };
    let cut_wall = match at {
        OriginalStart::On(day) => day.to_datetime(Time::midnight()),
        OriginalStart::At(instant) => instant.to_jiff().to_zoned(zone.clone()).datetime(),
    };
    let until = match at {
        OriginalStart::On(day) => format!("UNTIL={}", day.yesterday().ok()?.strftime("%Y%m%d")),
        OriginalStart::At(instant) => format!("UNTIL={}", OriginalStart::At(instant.plus_seconds(-1)).compact()),
    };
    let (mut before, mut after) = (Vec::new(), Vec::new());
    for line in lines {
        let Some((head, value)) = line.split_once(':') else {
            before.push(line.clone());
            after.push(line.clone());
            continue;
        };
        let (name, parameters) = head.split_at(head.find(';').unwrap_or(head.len()));
        let name = name.trim().to_ascii_uppercase();
        if name == "RRULE" || name == "EXRULE" {
            let Ok(rule) = Rule::parse(value) else {
                before.push(line.clone());
                after.push(line.clone());
                continue;
            };
            let used = rule.count.map_or(0, |_| given_before(value, when, cut_wall));
            let ended = rule.until.is_some_and(|last| last.wall(all_day, &zone) < cut_wall)
                || rule.count.is_some_and(|count| used >= count);
            if ended {
                before.push(line.clone());
                continue;
            }
            let (mut kept, mut end) = (Vec::new(), None);
            for part in value.split(';') {
                let key = part.split('=').next().unwrap_or_default().trim();
                if key.eq_ignore_ascii_case("UNTIL") {
                    end = Some(part.to_owned());
                } else if !key.eq_ignore_ascii_case("COUNT") {
                    kept.push(part.to_owned());
                }
            }
            before.push(format!("{head}:{};{until}", kept.join(";")));
            kept.extend(rule.completed(whole.first).missing_from(&rule.completed(cut_wall)));
            kept.extend(rule.count.map(|count| format!("COUNT={}", count - used)).or(end));
            after.push(format!("{head}:{}", kept.join(";")));
            continue;
        }
        // Dates, each to its part.
        let (mut early, mut late) = (Vec::new(), Vec::new());
        for text in value.split(',') {
            let alone = Recurrence::read(&[format!("RDATE{parameters}:{text}")], when);
            let is_late = alone.dates.iter().any(|date| *date != whole.first && *date >= cut_wall);
            if is_late { late.push(text) } else { early.push(text) }
        }
        if !early.is_empty() {
            before.push(format!("{head}:{}", early.join(",")));
        }
        if !late.is_empty() {
            after.push(format!("{head}:{}", late.join(",")));
        }
    }
    Some((before, after))
}

/// How many occurrences a single rule gives before a wall time, those that EXDATE takes away included: COUNT counts them.
fn given_before(rule: &str, when: &When, wall: DateTime) -> u32 {
    let alone = Recurrence::read(&[format!("RRULE:{rule}")], when);
    let mut count = 0;
    alone.walls(DateTime::MIN, wall, &mut |given| {
        if given < wall {
            count += 1;
        }
        std::ops::ControlFlow::Continue(())
    });
    count
}

/// The rule names days (such as the first Tuesday of a month), so that it cannot simply be moved to other days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the rule names days; it has to be written anew")]
pub struct RuleNamesDays;

/// The lines of a series that moves from one time to another: weekdays of a weekly rule, days of the month where every month
/// has them, the end, added dates and excluded
/// dates move along, each written in the form that the new time requires. Hours that a rule names stay.
pub fn moved_lines(lines: &[String], from: &When, to: &When) -> Result<Vec<String>, RuleNamesDays> {
    if from == to {
        return Ok(lines.to_vec());
    }
    let (old, new) = (Recurrence::read(&[], from), Recurrence::read(&[], to));
    let days = i64::from(old.first.date().until(new.first.date()).map_or(0, |span| span.get_days()));
    let onward = |wall: DateTime| -> DateTime {
        let day = wall.date().saturating_add(days.days());
        if new.all_day() || old.all_day() || wall.time() == old.first.time() {
            return day.to_datetime(new.first.time());
        }
        wall.saturating_add(days.days()).saturating_add(new.first.time().duration_since(old.first.time()))
    };
    lines
        .iter()
        .map(|line| {
            let Some((head, value)) = line.split_once(':') else { return Ok(line.clone()) };
            let (name, parameters) = head.split_at(head.find(';').unwrap_or(head.len()));
            match name.trim().to_ascii_uppercase().as_str() {
                "RRULE" | "EXRULE" => {
                    let Ok(rule) = Rule::parse(value) else { return Ok(line.clone()) };
                    let month_days = match days != 0 && rule.names_days() {
                        true => Some(rule.month_days_moved(days).ok_or(RuleNamesDays)?),
                        false => None,
                    };
                    let read = Recurrence::read(&[format!("RRULE:{value}")], from);
                    let last =
                        read.rules.first().filter(|walked| walked.until.is_some()).and_then(|w| read.last_wall(w));
                    let turns = days % 7 != 0 && rule.interval > 1 && !rule.by_day.is_empty();
                    let mut parts = Vec::new();
                    for part in value.split(';') {
                        let key = part.split('=').next().unwrap_or_default().trim().to_ascii_uppercase();
                        parts.push(match (key.as_str(), last) {
                            ("BYMONTHDAY", _) if let Some(moved) = &month_days => format!("BYMONTHDAY={moved}"),
                            ("BYDAY", _) if days != 0 => format!("BYDAY={}", rule.weekdays_moved(days)),
                            ("UNTIL", Some(last)) => format!("UNTIL={}", new.written(onward(last))),
                            ("WKST", _) if turns => continue,
                            _ => part.to_owned(),
                        });
                    }
                    // Which weeks a rule leaves out depends on the day with which weeks begin.
                    parts.extend(turns.then(|| format!("WKST={}", rule.week_start_moved(days))));
                    Ok(format!("{head}:{}", parts.join(";")))
                }
                kind @ ("RDATE" | "EXDATE") => {
                    let read = Recurrence::read(&[format!("EXDATE{parameters}:{value}")], from);
                    if !read.skipped.is_empty() {
                        return Ok(line.clone());
                    }
                    // A whole day taken out of a timed series stays one.
                    let of_days = !read.excluded_days.is_empty() && kind == "EXDATE";
                    let walls = read.excluded.iter().copied();
                    let whole = read.excluded_days.iter().map(|day| day.to_datetime(old.first.time()));
                    let moved = walls.chain(whole).map(|wall| match of_days {
                        true => onward(wall).date().strftime("%Y%m%d").to_string(),
                        false => new.written(onward(wall)),
                    });
                    let form = if of_days || new.all_day() { ";VALUE=DATE" } else { "" };
                    Ok(format!("{kind}{form}:{}", moved.collect::<Vec<_>>().join(",")))
                }
                _ => Ok(line.clone()),
            }
        })
        .collect()
}
