//! Random series, the same ones in every run: two judges who share no code with the expander lay out 10,000 of them each,
//! and cutting, comparing and looking up must agree with laying out.

mod crate_rrule;
mod cuts;
mod dateutil;
mod rules;

use std::collections::BTreeSet;

use portico_calendar::{OriginalStart, Recurrence};
use portico_kernel::Timestamp;

use rules::Series;

/// The starts that the expander gives between the ends of the window, as seconds since 1970.
fn expanded(series: &Series) -> BTreeSet<i64> {
    let recurrence = Recurrence::read(&series.lines(), &series.when());
    assert!(recurrence.skipped().is_empty(), "{:?}: {:?}", recurrence.skipped(), series.lines());
    let (from, to) = (series.instant(series.window.0), series.instant(series.window.1));
    let zone = series.time_zone();
    let mut last = None;
    recurrence
        .occurrences(Timestamp::from(from)..Timestamp::from(to), &zone)
        .into_iter()
        .inspect(|occurrence| {
            assert!(last < Some(occurrence.original_start), "in order, each once: {:?}", series.lines());
            last = Some(occurrence.original_start);
        })
        .map(|occurrence| match occurrence.original_start {
            OriginalStart::At(at) => at.to_jiff(),
            OriginalStart::On(day) => series.instant(day.at(0, 0, 0, 0)),
        })
        .filter(|at| (from..to).contains(at))
        .map(jiff::Timestamp::as_second)
        .collect()
}

/// What one series gave on either side, for a person to read.
fn difference(series: &Series, ours: &BTreeSet<i64>, theirs: &BTreeSet<i64>) -> String {
    let show = |set: Vec<&i64>| -> Vec<String> {
        set.into_iter()
            .take(4)
            .map(|at| jiff::Timestamp::from_second(*at).unwrap().to_zoned(series.time_zone()).datetime().to_string())
            .collect()
    };
    format!(
        "{} {} all day {} window {}..{} {:?}\n  only ours {:?}, only theirs {:?}",
        series.start,
        series.zone,
        series.all_day,
        series.window.0,
        series.window.1,
        series.lines(),
        show(ours.difference(theirs).collect()),
        show(theirs.difference(ours).collect()),
    )
}

/// Says what differs, the first few of them.
fn verdict(differences: &[String]) {
    let shown: Vec<&str> = differences.iter().take(8).map(String::as_str).collect();
    assert!(differences.is_empty(), "{} series differ:\n{}", differences.len(), shown.join("\n"));
}
