//! Walks a rule in wall time, from any moment on, period by period.

use std::ops::ControlFlow;

use jiff::{
    Span, ToSpan,
    civil::{Date, DateTime, Time, Weekday, date},
};

use super::rule::{Freq, Rule};

/// No rule is walked further than this: what has not come by then never comes. The calendar repeats itself after 400 years;
/// hours are too many for that.
fn horizon(rule: &Rule, start: DateTime) -> DateTime {
    let years = if rule.freq == Freq::Hourly { 50 } else { 400 };
    start.checked_add(years.years()).unwrap_or(DateTime::MAX).min(date(9990, 1, 1).at(0, 0, 0, 0))
}

/// Calls `each` with the wall times of a completed rule from `from` to `to`, in order. A rule with a COUNT is counted from
/// its start; every other begins at the period of `from`, however long ago the series began.
pub(super) fn walk(
    rule: &Rule,
    start: DateTime,
    until: Option<DateTime>,
    from: DateTime,
    to: DateTime,
    each: &mut dyn FnMut(DateTime) -> ControlFlow<()>,
) {
    if rule.freq == Freq::Finer {
        return;
    }
    let last = until.map_or(to, |until| until.min(to)).min(horizon(rule, start));
    let mut left = rule.count.unwrap_or(u32::MAX);
    let mut period = if from > start { period_of(rule, start, from) } else { 0 };
    if rule.count.is_some() {
        match given_before(rule, start, period) {
            Some(given) if given >= i64::from(left) => return,
            Some(given) => left -= given as u32,
            None => period = 0,
        }
    }
    let mut emit = |wall: DateTime| -> ControlFlow<()> {
        if wall < start {
            return ControlFlow::Continue(());
        }
        if wall > last || left == 0 {
            return ControlFlow::Break(());
        }
        left -= 1;
        if wall >= from { each(wall) } else { ControlFlow::Continue(()) }
    };
    let mut times = times(rule);
    let mut set = Vec::new();
    loop {
        let Some((first, days)) = period_at(rule, start, period) else { return };
        if first.to_datetime(Time::midnight()) > last {
            return;
        }
        if rule.freq == Freq::Hourly {
            let Some(hour) = hour_at(rule, start, period) else { return };
            if hour > last {
                return;
            }
            if !matches_day(rule, hour.date())
                || !(rule.by_hour.is_empty() || rule.by_hour.contains(&hour.hour().into()))
            {
                period += skip_hours(rule, hour);
                continue;
            }
            times.clear();
            for minute in &rule.by_minute {
                for second in &rule.by_second {
                    times.extend(Time::new(hour.hour(), *minute as i8, *second as i8, 0).ok());
                }
            }
        }
        set.clear();
        for day in first.series(1.day()).take(days) {
            if matches_day(rule, day) {
                set.extend(times.iter().map(|time| day.to_datetime(*time)));
            }
        }
        if rule.by_set_pos.is_empty() {
            for wall in &set {
                if emit(*wall).is_break() {
                    return;
                }
            }
        } else {
            let mut picked: Vec<DateTime> = rule
                .by_set_pos
                .iter()
                .filter_map(|position| {
                    let position = isize::from(*position);
                    let index = if position > 0 { position - 1 } else { set.len() as isize + position };
                    usize::try_from(index).ok().and_then(|index| set.get(index)).copied()
                })
                .collect();
            picked.sort_unstable();
            picked.dedup();
            for wall in picked {
                if emit(wall).is_break() {
                    return;
                }
            }
        }
        period += 1;
    }
}

/// How many occurrences a rule gives before a period, where that is a matter of arithmetic: plain weekdays and plain days.
/// None: it has to be counted from the start.
fn given_before(rule: &Rule, start: DateTime, period: i64) -> Option<i64> {
    let plain = rule.by_month.is_empty()
        && rule.by_month_day.is_empty()
        && rule.by_year_day.is_empty()
        && rule.by_week_no.is_empty()
        && rule.by_set_pos.is_empty();
    let steady = plain && (rule.freq == Freq::Weekly || (rule.freq == Freq::Daily && rule.by_day.is_empty()));
    if !steady {
        return None;
    }
    if period == 0 {
        return Some(0);
    }
    let times = times(rule);
    let (first, days) = period_at(rule, start, 0)?;
    let in_week: Vec<Date> = first.series(1.day()).take(days).filter(|day| matches_day(rule, *day)).collect();
    let in_first = in_week.iter().flat_map(|day| times.iter().map(|time| day.to_datetime(*time)));
    let in_first = in_first.filter(|wall| *wall >= start).count();
    Some(in_first as i64 + (period - 1) * (in_week.len() * times.len()) as i64)
}

/// How many periods of an hourly rule to go on when this hour does not match: to the next day when the day does not.
fn skip_hours(rule: &Rule, hour: DateTime) -> i64 {
    if matches_day(rule, hour.date()) {
        return 1;
    }
    let rest = 24 - i64::from(hour.hour());
    ((rest + rule.interval - 1) / rule.interval).max(1)
}

fn times(rule: &Rule) -> Vec<Time> {
    let mut times = Vec::new();
    for hour in &rule.by_hour {
        for minute in &rule.by_minute {
            for second in &rule.by_second {
                times.extend(Time::new(*hour as i8, *minute as i8, *second as i8, 0).ok());
            }
        }
    }
    times
}

/// The number of the last period that begins at or before `at`.
fn period_of(rule: &Rule, start: DateTime, at: DateTime) -> i64 {
    let days = |a: Date, b: Date| i64::from(a.until(b).map_or(0, |span| span.get_days()));
    let whole = match rule.freq {
        Freq::Yearly => i64::from(at.year()) - i64::from(start.year()),
        Freq::Monthly => {
            (i64::from(at.year()) - i64::from(start.year())) * 12 + i64::from(at.month()) - i64::from(start.month())
        }
        Freq::Weekly => {
            days(week_begin(start.date(), rule.week_start), week_begin(at.date(), rule.week_start)).div_euclid(7)
        }
        Freq::Daily => days(start.date(), at.date()),
        Freq::Hourly | Freq::Finer => {
            days(start.date(), at.date()) * 24 + i64::from(at.hour()) - i64::from(start.hour())
        }
    };
    whole.div_euclid(rule.interval).max(0)
}

/// The first day of a period and how many days it has.
fn period_at(rule: &Rule, start: DateTime, period: i64) -> Option<(Date, usize)> {
    let step = period.checked_mul(rule.interval)?;
    match rule.freq {
        Freq::Yearly => {
            let year = i16::try_from(i64::from(start.year()).checked_add(step)?).ok()?;
            let first = Date::new(year, 1, 1).ok()?;
            Some((first, first.days_in_year().unsigned_abs().into()))
        }
        Freq::Monthly => {
            let months = i64::from(start.year()) * 12 + i64::from(start.month()) - 1 + step;
            let year = i16::try_from(months.div_euclid(12)).ok()?;
            let first = Date::new(year, i8::try_from(months.rem_euclid(12) + 1).ok()?, 1).ok()?;
            Some((first, first.days_in_month().unsigned_abs().into()))
        }
        Freq::Weekly => {
            let first = week_begin(start.date(), rule.week_start);
            Some((first.checked_add(Span::new().try_days(step.checked_mul(7)?).ok()?).ok()?, 7))
        }
        Freq::Daily => Some((start.date().checked_add(Span::new().try_days(step).ok()?).ok()?, 1)),
        Freq::Hourly | Freq::Finer => Some((hour_at(rule, start, period)?.date(), 1)),
    }
}

fn hour_at(rule: &Rule, start: DateTime, period: i64) -> Option<DateTime> {
    let hours = i64::from(start.hour()) + period.checked_mul(rule.interval)?;
    let day = start.date().checked_add(Span::new().try_days(hours.div_euclid(24)).ok()?).ok()?;
    Some(day.at(i8::try_from(hours.rem_euclid(24)).ok()?, 0, 0, 0))
}

fn week_begin(day: Date, week_start: Weekday) -> Date {
    let back = day.weekday().since(week_start);
    day.checked_sub(i64::from(back).days()).unwrap_or(day)
}

/// Whether the rule's BY parts allow this day.
fn matches_day(rule: &Rule, day: Date) -> bool {
    let (in_month, in_year) = (i16::from(day.days_in_month()), day.days_in_year());
    let of_month = i16::from(day.day());
    let of_year = day.day_of_year();
    let among = |set: &[i16], position: i16, length: i16| {
        set.is_empty() || set.contains(&position) || set.contains(&(position - length - 1))
    };
    (rule.by_month.is_empty() || rule.by_month.contains(&day.month().into()))
        && among(&rule.by_month_day, of_month, in_month)
        && among(&rule.by_year_day, of_year, in_year)
        && (rule.by_week_no.is_empty() || in_week(rule, day))
        && (rule.by_day.is_empty() || on_weekday(rule, day))
}

fn on_weekday(rule: &Rule, day: Date) -> bool {
    // In a yearly rule an ordinal counts within the month when months are named, else within the year.
    let within_month = rule.freq == Freq::Monthly || !rule.by_month.is_empty();
    let (position, length) = if within_month {
        (i16::from(day.day()), i16::from(day.days_in_month()))
    } else {
        (day.day_of_year(), day.days_in_year())
    };
    let (from_front, from_back) = ((position - 1) / 7 + 1, -((length - position) / 7 + 1));
    rule.by_day
        .iter()
        .any(|(nth, weekday)| *weekday == day.weekday() && (*nth == 0 || *nth == from_front || *nth == from_back))
}

/// Whether the day lies in one of the rule's weeks. The first week of a year is the first with four days in it.
fn in_week(rule: &Rule, day: Date) -> bool {
    let first_week = |year: i16| -> Option<Date> { Some(week_begin(Date::new(year, 1, 4).ok()?, rule.week_start)) };
    let weeks_between = |a: Date, b: Date| a.until(b).map_or(0, |span| span.get_days()) / 7;
    let Some(this) = first_week(day.year()) else { return false };
    let next = first_week(day.year() + 1);
    let (begin, end) = if day < this {
        (first_week(day.year() - 1), Some(this))
    } else if next.is_some_and(|next| day >= next) {
        (next, first_week(day.year() + 2))
    } else {
        (Some(this), next)
    };
    let (Some(begin), Some(end)) = (begin, end) else { return false };
    let number = weeks_between(begin, day) as i16 + 1;
    let weeks = weeks_between(begin, end) as i16;
    rule.by_week_no.contains(&number) || rule.by_week_no.contains(&(number - weeks - 1))
}
