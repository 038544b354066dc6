//! Prints what a month out of a ten-year series costs: `cargo run --release -p portico-calendar --example month_window`.

use std::hint::black_box;

use jiff::tz::TimeZone;
use portico_calendar::{Moment, Recurrence, When};
use portico_kernel::Timestamp;

const ROUNDS: u32 = 2_000;

#[expect(clippy::disallowed_methods, reason = "an example that measures real time")]
fn main() {
    let start = Moment::parse("2016-11-21T09:00:00+01:00[Europe/Prague]").expect("a moment");
    let end = Moment(start.0.checked_add(jiff::SignedDuration::from_mins(30)).expect("in range"));
    let when = When::Timed { start, end };
    let at = |text: &str| Timestamp::from(text.parse::<jiff::Timestamp>().expect("an instant"));
    let window = at("2026-11-01T00:00:00Z")..at("2026-12-01T00:00:00Z");
    for (name, lines) in [
        ("endless", &["RRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"][..]),
        ("until", &["RRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;UNTIL=20361231T235959Z"]),
        ("counted", &["RRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;COUNT=5000"]),
        ("daily, counted", &["RRULE:FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR;COUNT=5000"]),
        (
            "with dates",
            &["RRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "EXDATE:20261117T080000Z", "RDATE:20261122T080000Z"],
        ),
        ("last of month", &["RRULE:FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1"]),
    ] {
        let lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
        let (mut found, began) = (0, std::time::Instant::now());
        for _ in 0..ROUNDS {
            let recurrence = Recurrence::read(black_box(&lines), black_box(&when));
            found = recurrence.occurrences(window.clone(), &TimeZone::UTC).len();
        }
        let micros = began.elapsed().as_secs_f64() * 1e6 / f64::from(ROUNDS);
        println!("{name:>15}: {found:>2} occurrences in {micros:6.1} µs, reading the lines included");
    }
}
