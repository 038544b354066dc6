//! A series that is cut or moved gives the same occurrences as before, in two parts or at another time.

use jiff::ToSpan;
use portico_calendar::{Occurrence, OriginalStart, Recurrence, When, moved_lines, same_rules, split_before, without};
use portico_kernel::Timestamp;

use crate::{
    rules::{Dice, Freq, Rule, Series},
    verdict,
};

fn starts(lines: &[String], when: &When, series: &Series) -> Vec<OriginalStart> {
    let window = series.instant(series.start).as_microsecond() - 400 * 86_400_000_000
        ..series.instant(series.window.1).as_microsecond();
    let read = Recurrence::read(lines, when);
    let all = read.occurrences(Timestamp(window.start)..Timestamp(window.end), &series.time_zone());
    all.into_iter().map(|Occurrence { original_start, .. }| original_start).collect()
}

/// The two cuts of which `split_before` says that lines cannot express them.
fn cannot_be_expressed(lines: &[String], when: &When, series: &Series, cut: &Occurrence) -> bool {
    let between_periods = lines.iter().filter(|line| line.contains("INTERVAL=")).any(|line| {
        let alone = [line.replacen("EXRULE", "RRULE", 1)];
        !Recurrence::read(&alone, when).contains(cut.original_start)
    });
    let moved = match &cut.when {
        // Half an hour of Lord Howe's clock, an hour elsewhere.
        When::Timed { start, .. } => {
            let wall = start.0.datetime();
            [30, 60].into_iter().any(|minutes| {
                let before = wall.checked_sub(jiff::SignedDuration::from_mins(minutes)).unwrap();
                series.instant(before) == start.0.timestamp()
            })
        }
        When::AllDay { .. } => false,
    };
    between_periods || moved
}

#[test]
fn the_parts_of_a_cut_series_are_the_series() {
    let dice = Dice::new(57);
    let (mut differences, mut cuts) = (Vec::new(), 0);
    for number in 0..3000_usize {
        let series = dice.series(number % 3 == 0);
        let (lines, when) = (series.lines(), series.when());
        let whole = starts(&lines, &when, &series);
        if whole.len() < 2 {
            continue;
        }
        let at = whole[1 + number % (whole.len() - 1)];
        let occurrence = Recurrence::read(&lines, &when).at(at).expect("what is laid out is found");
        if cannot_be_expressed(&lines, &when, &series, &occurrence) {
            continue;
        }
        let Some((before, after)) = split_before(&lines, &when, at) else {
            differences.push(format!("{lines:?} has no cut at {}", at.compact()));
            continue;
        };
        cuts += 1;
        let mut parts = starts(&before, &when, &series);
        let first_part = parts.len();
        parts.extend(starts(&after, &occurrence.when, &series));
        if parts != whole || parts.get(first_part) != Some(&at) {
            let wrong = parts.iter().zip(&whole).find(|(a, b)| a != b).map(|(a, b)| (a.compact(), b.compact()));
            differences.push(format!(
                "{} {} {lines:?} cut at {}\n  before {before:?}\n  after {after:?}\n  {} of {}, first wrong {wrong:?}",
                series.start,
                series.zone,
                at.compact(),
                parts.len(),
                whole.len(),
            ));
        }
    }
    verdict(&differences);
    assert!(cuts > 1000, "only {cuts} series were cut");
}

#[test]
fn an_occurrence_that_is_taken_out_is_gone_and_no_other() {
    let dice = Dice::new(58);
    for number in 0..1500_usize {
        let series = dice.series(number % 3 == 0);
        let (lines, when) = (series.lines(), series.when());
        let mut whole = starts(&lines, &when, &series);
        if whole.is_empty() {
            continue;
        }
        let gone = whole.remove(number % whole.len());
        assert_eq!(starts(&without(&lines, gone), &when, &series), whole, "{lines:?} without {}", gone.compact());
    }
}

#[test]
fn lines_in_another_order_and_case_are_the_same_series() {
    let dice = Dice::new(59);
    for _ in 0..1000 {
        let series = dice.series(true);
        let (lines, when) = (series.lines(), series.when());
        let mut turned: Vec<String> = lines.iter().rev().map(|line| line.to_owned()).collect();
        for line in &mut turned {
            if let Some((head, value)) = line.split_once(':')
                && head == "RRULE"
            {
                let mut parts: Vec<&str> = value.split(';').collect();
                parts.reverse();
                *line = format!("rrule:{}", parts.join(";").to_lowercase());
            }
        }
        assert!(same_rules(&lines, &turned, &when), "{lines:?} {turned:?}");
        let mut other = lines.clone();
        other[0] = "RRULE:FREQ=YEARLY;BYDAY=20MO;COUNT=61".to_owned();
        assert!(!same_rules(&lines, &other, &when), "{lines:?}");
    }
}

#[test]
fn a_series_that_moves_takes_each_occurrence_along() {
    let dice = Dice::new(60);
    let (mut differences, mut moved) = (Vec::new(), 0);
    for number in 0..4000_i64 {
        let mut series = dice.series(number % 3 == 0);
        let by_days_or_weeks = |rule: &Rule| matches!(rule.freq, Freq::Daily | Freq::Weekly) && !rule.has("BYHOUR");
        if !series.rules.iter().chain(&series.excluded_rules).all(by_days_or_weeks) {
            continue;
        }
        // Without clock changes, so that every occurrence moves by the same time.
        series.zone = "Asia/Taipei";
        let (lines, when) = (series.lines(), series.when());
        let days = number % 9 - 4;
        let mut there = series.clone();
        there.start = series.start.checked_add(days.days()).unwrap();
        // Within its day: an added date at another time would change days otherwise.
        let hours = if series.all_day || series.start.hour() > 11 { 0 } else { 2 };
        there.start = there.start.checked_add(hours.hours()).unwrap();
        let Ok(new_lines) = moved_lines(&lines, &when, &there.when()) else { continue };
        let expected: Vec<String> = starts(&lines, &when, &series)
            .into_iter()
            .map(|start| match start {
                OriginalStart::On(day) => OriginalStart::On(day.checked_add(days.days()).unwrap()),
                OriginalStart::At(at) => OriginalStart::At(at.plus_seconds(days * 86_400 + hours * 3_600)),
            })
            .map(|start| start.compact())
            .collect();
        there.window.1 = series.window.1.checked_add(days.days()).unwrap().checked_add(hours.hours()).unwrap();
        let mut found: Vec<String> =
            starts(&new_lines, &there.when(), &there).into_iter().map(|start| start.compact()).collect();
        found.truncate(expected.len());
        if found != expected {
            let wrong = found.iter().zip(&expected).find(|(a, b)| a != b);
            let lengths = (found.len(), expected.len());
            differences.push(format!(
                "{} {lines:?} by {days} d {hours} h: {new_lines:?}\n  {wrong:?} {lengths:?}",
                series.start
            ));
        }
        moved += usize::from(!expected.is_empty());
    }
    verdict(&differences);
    assert!(moved > 300, "only {moved} series were moved");
}
