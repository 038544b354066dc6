//! The sandbox's expansion against python-dateutil, which shares no code with it.

use std::{
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use portico_world::{Rng, SeededRng};
use serde_json::{Value, json};

use crate::support::{Google, text};

const ZONES: [&str; 6] =
    ["Europe/Prague", "America/New_York", "Australia/Lord_Howe", "Asia/Taipei", "America/Sao_Paulo", "Pacific/Apia"];

/// Reads `[[start, zone, rule], …]`, writes the wall times of the first 30 instances of each.
const JUDGE: &str = r#"
import datetime, json, sys
from dateutil.rrule import rrulestr
for start, rule in json.load(sys.stdin):
    first = datetime.datetime.fromisoformat(start)
    found = []
    for at in rrulestr(rule, dtstart=first):
        if at.year > 2040 or len(found) == 30:
            break
        found.append(at.isoformat())
    print(json.dumps(found))
"#;

struct Case {
    start: String,
    zone: &'static str,
    rule: String,
}

fn pick<'a>(rng: &SeededRng, from: &[&'a str]) -> &'a str {
    from[usize::try_from(rng.below(from.len() as u64)).unwrap()]
}

fn case(rng: &SeededRng) -> Case {
    let mut rule = format!("FREQ={}", pick(rng, &["YEARLY", "MONTHLY", "WEEKLY", "DAILY"]));
    if rng.below(2) == 0 {
        rule += &format!(";INTERVAL={}", 1 + rng.below(4));
    }
    if rng.below(3) == 0 {
        rule += &format!(";BYMONTH={},{}", 1 + rng.below(6), 7 + rng.below(6));
    }
    let weekly = rule.contains("WEEKLY");
    match rng.below(4) {
        0 => rule += &format!(";BYDAY={},{}", pick(rng, &["MO", "TU", "WE"]), pick(rng, &["TH", "FR", "SU"])),
        // The 31st only where there is one: a rule without instances is walked to the year 9999.
        1 if !weekly && rule.contains("BYMONTH") => {
            rule += &format!(";BYMONTHDAY={}", pick(rng, &["1", "28", "-3,10"]))
        }
        1 if !weekly => rule += &format!(";BYMONTHDAY={}", pick(rng, &["1", "15", "28", "31", "-1", "-3,10"])),
        2 if rule.contains("MONTHLY") => rule += &format!(";BYDAY={}", pick(rng, &["1MO", "-1FR", "2TU,3WE", "5SA"])),
        _ => {}
    }
    if rule.contains("BYDAY") && rule.contains("MONTHLY") && rng.below(3) == 0 {
        rule += &format!(";BYSETPOS={}", pick(rng, &["1", "-1"]));
    }
    if rng.below(4) == 0 {
        rule += ";WKST=SU";
    }
    if rng.below(3) == 0 {
        rule += &format!(";COUNT={}", 1 + rng.below(20));
    } else if rng.below(3) == 0 {
        rule += &format!(";UNTIL=20{}0{}15T120000", 27 + rng.below(9), 1 + rng.below(9));
    }
    // Hours that no clock change skips or doubles: how those are read is this house's choice.
    let start = format!(
        "2026-{:02}-{:02}T{:02}:{}:00",
        1 + rng.below(12),
        1 + rng.below(28),
        5 + rng.below(15),
        pick(rng, &["00", "30"])
    );
    Case { start, zone: ZONES[usize::try_from(rng.below(6)).unwrap()], rule }
}

/// The interpreter that `cargo xtask test` prepares, else the machine's own.
#[expect(clippy::disallowed_methods, reason = "the test command says where the interpreter is")]
fn python() -> PathBuf {
    let prepared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/python/bin/python");
    let named = std::env::var_os("TEST_PYTHON").map(PathBuf::from);
    named.or_else(|| prepared.exists().then_some(prepared)).unwrap_or_else(|| "python3".into())
}

fn judge(cases: &[Case]) -> Option<Vec<Vec<String>>> {
    let mut child = Command::new(python())
        .args(["-c", JUDGE])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .ok()?;
    let asked: Vec<Value> = cases.iter().map(|case| json!([case.start, case.rule])).collect();
    child.stdin.take()?.write_all(json!(asked).to_string().as_bytes()).ok();
    let output = child.wait_with_output().ok()?;
    if !output.status.success() {
        let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(complaint.contains("No module named"), "{complaint}");
        return None;
    }
    let lines = String::from_utf8(output.stdout).unwrap();
    Some(lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

#[tokio::test]
async fn series_are_laid_out_as_dateutil_lays_them_out() {
    let rng = SeededRng::new(20_261_118);
    let cases: Vec<Case> = (0..400).map(|_| case(&rng)).collect();
    let Some(expected) = judge(&cases) else {
        let what = "no Python with the module dateutil is here, so nothing judged the expansion; `cargo xtask test` prepares one";
        portico_skipping::skipped("TEST_REQUIRE_CLIENTS", what);
        return;
    };
    let google = Google::new().await;
    google.control("PUT", "quota", json!({"calendar_per_minute_per_user": 100_000})).await;
    let ann = google.person("ann@example.com").await;
    let mut judged = 0;
    for (case, expected) in cases.iter().zip(expected) {
        // A series without an instance is nothing to compare.
        if expected.is_empty() {
            continue;
        }
        let end: jiff::civil::DateTime = case.start.parse().unwrap();
        let end = end.checked_add(jiff::Span::new().minutes(30)).unwrap();
        let body = json!({
            "start": {"dateTime": case.start, "timeZone": case.zone},
            "end": {"dateTime": end.to_string(), "timeZone": case.zone},
            "recurrence": [format!("RRULE:{}", case.rule)],
        });
        let id = text(&ann.insert(body).await, "id");
        // Up to the thirtieth instance; to the end when there are fewer.
        let max = match expected.get(29) {
            Some(last) => format!("{}T23:59:59-12:00", &last[..10]),
            None => "2041-01-01T00:00:00Z".to_owned(),
        };
        let path =
            format!("calendars/primary/events/{id}/instances?maxResults=30&timeMax={max}&timeZone={}", case.zone);
        let list = ann.get(&path).await.ok();
        let found: Vec<String> = list["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| text(&item["start"], "dateTime")[..19].to_owned())
            .collect();
        assert_eq!(found, expected, "{} {} {}", case.start, case.zone, case.rule);
        judged += 1;
    }
    assert!(judged > 300, "{judged}");
}
