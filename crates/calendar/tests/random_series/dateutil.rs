//! python-dateutil as judge.
//!
//! Where dateutil is known to read RFC 5545 in another way, and what is done about it:
//! - It begins the first week of a WEEKLY rule with BYSETPOS at the start of the series instead of at the start of the week,
//!   so the script lets it begin at the start of that week and counts by itself.
//! - It numbers the week in which January begins by the length of the wrong year: the script mends that.
//! - It refuses an HOURLY rule whose BYHOUR is never reached; we give no occurrence.
//! - Weekdays with and without an ordinal in one BYDAY, and weeks counted down to -52, are not asked of it: see `rules`.
//! - A UNTIL in UTC, and a UNTIL that is a day on a timed series, is applied by the script.

use std::{
    collections::BTreeSet,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use jiff::civil::DateTime;
use serde_json::{Value, json};

use crate::{
    difference, expanded,
    rules::{Dice, End, Rule, Series},
    verdict,
};

const SERIES: usize = 10_000;

/// The interpreter that `cargo xtask test` prepares.
#[expect(clippy::disallowed_methods, reason = "the test command says where the interpreter is")]
fn python() -> Option<PathBuf> {
    let prepared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/python/bin/python");
    let python = std::env::var_os("TEST_PYTHON").map_or(prepared, PathBuf::from);
    let knows = Command::new(&python).args(["-c", "import dateutil, zoneinfo"]).stderr(Stdio::null()).status();
    knows.is_ok_and(|status| status.success()).then_some(python)
}

fn asked(series: &Series) -> Value {
    let wall = |wall: &DateTime| wall.to_string();
    let rule = |rule: &Rule| {
        let end = match &rule.end {
            End::Never => json!({}),
            End::Count(count) => json!({ "count": count }),
            End::Day(day) => json!({ "until_day": wall(day) }),
            End::Wall(at) => json!({ "until_wall": wall(at) }),
            End::Instant(at) => json!({ "until_instant": series.instant(*at).as_second() }),
        };
        json!({ "text": rule.text, "end": end })
    };
    json!({
        "start": wall(&series.start),
        "zone": if series.all_day { "UTC" } else { series.zone },
        "all_day": series.all_day,
        "rules": series.rules.iter().map(rule).collect::<Vec<_>>(),
        "excluded_rules": series.excluded_rules.iter().map(rule).collect::<Vec<_>>(),
        "dates": series.dates.iter().map(wall).collect::<Vec<_>>(),
        "excluded": series.excluded.iter().map(wall).collect::<Vec<_>>(),
        "window": [wall(&series.window.0), wall(&series.window.1)],
    })
}

/// What dateutil says to each series, asked of one process.
fn answers(python: &Path, series: &[Series]) -> Vec<BTreeSet<i64>> {
    let mut child = Command::new(python)
        .args(["-c", include_str!("judge.py")])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let questions: String = series.iter().map(|series| asked(series).to_string() + "\n").collect();
    let mut stdin = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || stdin.write_all(questions.as_bytes()).unwrap());
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    assert!(output.status.success(), "the judge's script failed");
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn ten_thousand_random_series_are_laid_out_as_dateutil_does() {
    let Some(python) = python() else {
        let what = "no Python with the module dateutil (`cargo xtask test` prepares one and names it in TEST_PYTHON), so \
                    python-dateutil has not judged the expander";
        portico_skipping::skipped("TEST_REQUIRE_CLIENTS", what);
        return;
    };
    let dice = Dice::new(5545);
    let all: Vec<Series> = (0..SERIES).map(|_| dice.series(true)).collect();
    let (mut differences, mut compared, mut judged) = (Vec::new(), 0, 0);
    let answers: Vec<BTreeSet<i64>> = std::thread::scope(|scope| {
        let halves: Vec<_> =
            all.chunks(SERIES.div_ceil(2)).map(|half| scope.spawn(|| answers(&python, half))).collect();
        halves.into_iter().flat_map(|half| half.join().unwrap()).collect()
    });
    assert_eq!(answers.len(), SERIES);
    for (series, theirs) in all.iter().zip(&answers) {
        let ours = expanded(series);
        compared += ours.len();
        judged += usize::from(!ours.is_empty());
        if ours != *theirs {
            differences.push(difference(series, &ours, theirs));
        }
    }
    verdict(&differences);
    assert!(judged > SERIES / 2, "only {judged} series had an occurrence in their window");
    println!("python-dateutil agrees on {compared} occurrences of {judged} series");
}
