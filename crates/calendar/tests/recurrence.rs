//! Recurrence lines: what they give, what they refuse, when they mean the same, how they are cut.

use jiff::tz::TimeZone;
use portico_calendar::{
    Moment, OriginalStart, Recurrence, RuleNamesDays, When, moved_lines, same_rules, split_before, without,
};
use portico_kernel::Timestamp;

fn timed(start: &str, minutes: i64) -> When {
    let start = Moment::parse(start).unwrap();
    let end = Moment(start.0.checked_add(jiff::SignedDuration::from_mins(minutes)).unwrap());
    When::Timed { start, end }
}

fn days(start: &str, end: &str) -> When {
    When::AllDay { start: start.parse().unwrap(), end: end.parse().unwrap() }
}

fn lines(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

fn at(text: &str) -> Timestamp {
    text.parse::<jiff::Timestamp>().unwrap().into()
}

/// The occurrences up to 2040, or the first eight of them.
fn starts(texts: &[&str], when: &When) -> Vec<String> {
    let read = Recurrence::read(&lines(texts), when);
    let window = at("2000-01-01T00:00:00Z")..at("2040-01-01T00:00:00Z");
    read.occurrences(window, &TimeZone::UTC).iter().take(8).map(|o| o.original_start.compact()).collect()
}

fn check(when: &When, texts: &[&str], expect: &[&str]) {
    assert_eq!(starts(texts, when), expect, "{texts:?}");
}

#[test]
fn a_fraction_of_a_second_takes_no_occurrence_away() {
    let starts = ["20261208T090000Z", "20261209T090000Z"];
    let when = timed("2026-12-08T10:00:00.123+01:00[Europe/Prague]", 60);
    check(&when, &["RRULE:FREQ=DAILY;COUNT=2"], &starts);
    check(&when, &["RDATE:20261209T090000Z"], &starts);
    assert!(
        split_before(&lines(&["RRULE:FREQ=DAILY;COUNT=2"]), &when, OriginalStart::At(at("2026-12-08T09:00:00Z")))
            .is_none()
    );
}

#[test]
fn wall_time_stays_over_a_clock_change() {
    check(
        &timed("2027-03-21T10:00:00+01:00[Europe/Prague]", 60),
        &["RRULE:FREQ=WEEKLY;COUNT=3"],
        &["20270321T090000Z", "20270328T080000Z", "20270404T080000Z"],
    );
    // 02:30 does not exist on 28 March and exists twice on 31 October: forward, and the first.
    check(
        &timed("2027-03-27T02:30:00+01:00[Europe/Prague]", 60),
        &["RRULE:FREQ=DAILY;COUNT=3"],
        &["20270327T013000Z", "20270328T013000Z", "20270329T003000Z"],
    );
    check(
        &timed("2027-10-30T02:30:00+02:00[Europe/Prague]", 60),
        &["RRULE:FREQ=DAILY;COUNT=3"],
        &["20271030T003000Z", "20271031T003000Z", "20271101T013000Z"],
    );
    // The day that Samoa left out gives the next one nothing new.
    check(
        &timed("2011-12-29T10:00:00-10:00[Pacific/Apia]", 60),
        &["RRULE:FREQ=DAILY;COUNT=3"],
        &["20111229T200000Z", "20111230T200000Z"],
    );
}

#[test]
fn lines_in_any_order_and_form() {
    check(
        &timed("2026-08-03T09:00:00+02:00[Europe/Prague]", 60),
        &[
            "EXDATE;TZID=America/New_York:20260804T030000",
            "RDATE;TZID=Europe/Prague:20260820T090000,20260821T090000",
            "rrule:freq=daily;count=4",
            "EXDATE:20260805T070000Z,20260805T070000Z",
            "EXDATE;VALUE=DATE:20260806",
            "RDATE;VALUE=PERIOD:20260822T070000Z/PT1H",
            "RDATE:20260820T090000",
        ],
        &["20260803T070000Z", "20260820T070000Z", "20260821T070000Z", "20260822T070000Z"],
    );
    check(
        &days("2026-08-05", "2026-08-06"),
        &["RDATE;VALUE=DATE:20260901,20260801"],
        &["20260801", "20260805", "20260901"],
    );
    check(
        &days("2026-08-05", "2026-08-06"),
        &["RRULE:FREQ=DAILY;COUNT=3", "EXDATE:20260806T000000Z", "EXRULE:FREQ=YEARLY;BYMONTH=8;BYMONTHDAY=7"],
        &["20260805"],
    );
    // The start that the rule does not match is no occurrence.
    check(&days("2026-08-05", "2026-08-06"), &["RRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=2"], &["20260810", "20260817"]);
    check(&days("2028-02-29", "2028-03-01"), &["RRULE:FREQ=YEARLY;COUNT=2"], &["20280229", "20320229"]);
    check(&days("2026-01-31", "2026-02-01"), &["RRULE:FREQ=MONTHLY;COUNT=3"], &["20260131", "20260331", "20260531"]);
    // What is not understood is left out, and the rest counts.
    check(
        &days("2026-08-05", "2026-08-06"),
        &["X-OTHER:1", "RRULE:FREQ=DAILY;COUNT=2;X-PART=9", "EXDATE:soon"],
        &["20260805", "20260806"],
    );
    check(&days("2026-08-05", "2026-08-06"), &["RRULE:FREQ=SECONDLY"], &[]);
}

#[test]
fn an_end_means_the_same_in_each_of_its_forms() {
    let when = timed("2026-08-03T09:00:00+02:00[Europe/Prague]", 60);
    let three = ["20260803T070000Z", "20260804T070000Z", "20260805T070000Z"];
    let rule = |until: &str| format!("RRULE:FREQ=DAILY;UNTIL={until}");
    for until in ["20260805", "20260805T090000", "20260805T070000Z", "20260805T215959Z", "20260806T065959Z"] {
        check(&when, &[&rule(until)], &three);
        assert!(same_rules(&lines(&[&rule(until)]), &lines(&[&rule("20260805")]), &when), "{until}");
    }
    for until in ["20260804", "20260805T065959Z", "20260806T070000Z"] {
        assert!(!same_rules(&lines(&[&rule(until)]), &lines(&[&rule("20260805")]), &when), "{until}");
    }
    check(&when, &["RRULE:FREQ=DAILY;UNTIL=20260801T000000Z"], &[]);
    // The hour that clocks show twice: 02:30 by the first of the two lies before 02:15 by the second.
    check(
        &timed("2026-10-24T02:30:00+02:00[Europe/Prague]", 30),
        &["RRULE:FREQ=DAILY;UNTIL=20261025T011500Z"],
        &["20261024T003000Z", "20261025T003000Z"],
    );
}

#[test]
fn what_a_person_enters_is_checked() {
    let when = timed("2026-08-03T09:00:00+02:00[Europe/Prague]", 60);
    for (line, expect) in [
        ("DTSTART:20260803T090000Z", "DTSTART:20260803T090000Z is not a recurrence line"),
        ("daily", "daily is not a recurrence line"),
        ("RRULE:FREQ=SECONDLY", "a rule repeats by the hour at most"),
        ("RRULE:FREQ=MINUTELY;INTERVAL=30", "a rule repeats by the hour at most"),
        ("RRULE:FREQ=OFTEN", "FREQ=OFTEN is not right in a rule"),
        ("RRULE:COUNT=3", "FREQ is not right in a rule"),
        ("RRULE:FREQ=DAILY;COUNT=2;UNTIL=20260901", "COUNT and UNTIL exclude each other"),
        ("RRULE:FREQ=DAILY;COUNT=0", "COUNT=0 is not right in a rule"),
        ("RRULE:FREQ=DAILY;INTERVAL=0", "INTERVAL=0 is not right in a rule"),
        ("RRULE:FREQ=DAILY;UNTIL=soon", "UNTIL=soon is not right in a rule"),
        ("RRULE:FREQ=WEEKLY;BYDAY=MO,XX", "BYDAY=MO,XX is not right in a rule"),
        ("RRULE:FREQ=MONTHLY;BYMONTHDAY=32", "BYMONTHDAY=32 is not right in a rule"),
        ("RRULE:FREQ=YEARLY;BYMONTH=13", "BYMONTH=13 is not right in a rule"),
        ("RRULE:FREQ=DAILY;BYSETPOS=0", "BYSETPOS=0 is not right in a rule"),
        ("RRULE:FREQ=DAILY;UNTIL=20260801", "the series has no occurrence"),
        ("RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "the series has no occurrence"),
        ("EXDATE:tomorrow", "tomorrow is not a date"),
        ("RDATE:20260230T090000Z", "20260230T090000Z is not a date"),
        ("EXDATE;TZID=Nowhere/City:20260803T090000", "Nowhere/City is not a time zone"),
    ] {
        let error = Recurrence::parse(&lines(&[line]), &when).err().map(|error| error.to_string());
        assert_eq!(error.as_deref(), Some(expect), "{line}");
    }
    for line in ["RRULE:FREQ=DAILY", "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10;", "RDATE:20260901T090000"] {
        assert!(Recurrence::parse(&lines(&[line]), &when).is_ok(), "{line}");
    }
}

#[test]
fn a_series_knows_its_first_its_last_and_each() {
    let when = timed("2026-08-03T09:00:00+02:00[Europe/Prague]", 60);
    let read = |line: &str| Recurrence::read(&lines(&[line]), &when);
    for (line, end) in [
        ("RRULE:FREQ=DAILY", None),
        ("RRULE:FREQ=DAILY;COUNT=3", Some("2026-08-05T08:00:00Z")),
        ("RRULE:FREQ=WEEKLY;UNTIL=20261101", Some("2026-10-26T09:00:00Z")),
        ("RDATE:20270101T120000Z", Some("2027-01-01T13:00:00Z")),
        ("RRULE:FREQ=DAILY;UNTIL=20200101", Some("2026-08-03T07:00:00Z")),
    ] {
        assert_eq!(read(line).last_end(&TimeZone::UTC), end.map(at), "{line}");
        assert_eq!(read(line).is_endless(), end.is_none(), "{line}");
    }
    let weekdays = read("RRULE:FREQ=WEEKLY;BYDAY=MO,WE");
    for (start, expect) in [
        ("20260803T070000Z", true),
        ("20260804T070000Z", false),
        ("20361105T080000Z", true),
        ("20361105T070000Z", false),
        ("20260729T070000Z", false),
        ("20260805", false),
    ] {
        assert_eq!(weekdays.contains(OriginalStart::parse(start).unwrap()), expect, "{start}");
    }
    assert_eq!(read("RRULE:FREQ=WEEKLY;BYDAY=TU").first().unwrap().original_start.compact(), "20260804T070000Z");
}

#[test]
fn an_occurrence_that_reaches_into_the_window_is_in_it() {
    let night = Recurrence::read(
        &lines(&["RRULE:FREQ=DAILY;COUNT=3"]),
        &timed("2026-08-03T22:00:00+02:00[Europe/Prague]", 300),
    );
    let found = |from: &str, to: &str| night.occurrences(at(from)..at(to), &TimeZone::UTC).len();
    assert_eq!(found("2026-08-04T00:00:00Z", "2026-08-04T20:00:00Z"), 1);
    assert_eq!(found("2026-08-04T01:00:00Z", "2026-08-04T20:00:00Z"), 0);
    assert_eq!(found("2026-08-04T00:00:00Z", "2026-08-04T20:00:01Z"), 2);
    let point = Recurrence::read(&lines(&["RRULE:FREQ=DAILY"]), &timed("2026-08-03T22:00:00+02:00[Europe/Prague]", 0));
    assert_eq!(point.occurrences(at("2026-08-05T20:00:00Z")..at("2026-08-06T20:00:00Z"), &TimeZone::UTC).len(), 1);
    // Whole days lie where the reader is.
    let taipei = TimeZone::get("Asia/Taipei").unwrap();
    let birthday = Recurrence::read(&lines(&["RRULE:FREQ=YEARLY"]), &days("2020-05-01", "2020-05-02"));
    let evening = at("2026-04-30T16:00:00Z")..at("2026-04-30T17:00:00Z");
    assert_eq!(birthday.occurrences(evening.clone(), &taipei).len(), 1);
    assert_eq!(birthday.occurrences(evening, &TimeZone::UTC).len(), 0);
}

#[test]
fn lines_that_mean_the_same_are_the_same() {
    let when = timed("2026-08-03T09:00:00+02:00[Europe/Prague]", 60);
    for (a, b, expect) in [
        (&["RRULE:FREQ=WEEKLY"][..], &["RRULE:INTERVAL=1;BYDAY=MO;FREQ=WEEKLY;WKST=MO"][..], true),
        (
            &["RRULE:FREQ=DAILY", "EXDATE:20260804T070000Z"],
            &["EXDATE;TZID=Europe/Prague:20260804T090000", "rrule:freq=daily"],
            true,
        ),
        (&["RRULE:FREQ=DAILY"], &["RRULE:FREQ=DAILY", "RRULE:FREQ=DAILY"], true),
        (&["RRULE:FREQ=WEEKLY;BYDAY=MO,TU"], &["RRULE:FREQ=WEEKLY;BYDAY=TU,MO"], true),
        (&["RRULE:FREQ=WEEKLY;BYDAY=MO"], &["RRULE:FREQ=WEEKLY;BYDAY=TU"], false),
        (&["RRULE:FREQ=DAILY;COUNT=3"], &["RRULE:FREQ=DAILY;COUNT=4"], false),
        (&["RRULE:FREQ=DAILY"], &["RRULE:FREQ=DAILY;UNTIL=20990101"], false),
        (&["RRULE:FREQ=DAILY"], &["EXRULE:FREQ=DAILY"], false),
        (&["RRULE:FREQ=DAILY", "X-ONE:1"], &["RRULE:FREQ=DAILY", "X-TWO:1"], false),
        (&["RRULE:FREQ=DAILY"], &[], false),
    ] {
        assert_eq!(same_rules(&lines(a), &lines(b), &when), expect, "{a:?} {b:?}");
        assert_eq!(same_rules(&lines(b), &lines(a), &when), expect, "{b:?} {a:?}");
    }
}

#[test]
fn a_cut_ends_one_part_and_begins_the_other() {
    let prague = timed("2026-08-03T09:00:00+02:00[Europe/Prague]", 60);
    let whole_days = days("2026-08-03", "2026-08-04");
    for (when, given, cut, expect) in [
        (
            &prague,
            &["RRULE:FREQ=WEEKLY;BYDAY=MO;WKST=SU", "EXDATE:20260810T070000Z,20260831T070000Z"][..],
            "20260824T070000Z",
            Some((
                &["RRULE:FREQ=WEEKLY;BYDAY=MO;WKST=SU;UNTIL=20260824T065959Z", "EXDATE:20260810T070000Z"][..],
                &["RRULE:FREQ=WEEKLY;BYDAY=MO;WKST=SU", "EXDATE:20260831T070000Z"][..],
            )),
        ),
        (
            &whole_days,
            &["RRULE:FREQ=DAILY;COUNT=10", "EXDATE;VALUE=DATE:20260804,20260809"],
            "20260806",
            Some((
                &["RRULE:FREQ=DAILY;UNTIL=20260805", "EXDATE;VALUE=DATE:20260804"],
                &["RRULE:FREQ=DAILY;COUNT=7", "EXDATE;VALUE=DATE:20260809"],
            )),
        ),
        (
            &whole_days,
            &["rrule:freq=daily;until=20260901", "exdate;value=date:20260804,20260809"],
            "20260806",
            Some((
                &["rrule:freq=daily;UNTIL=20260805", "exdate;value=date:20260804"],
                &["rrule:freq=daily;until=20260901", "exdate;value=date:20260809"],
            )),
        ),
        // Written out: a part that begins on another weekday than the rule took from its start.
        (
            &whole_days,
            &["RRULE:FREQ=WEEKLY", "RDATE;VALUE=DATE:20260806"],
            "20260806",
            Some((&["RRULE:FREQ=WEEKLY;UNTIL=20260805"], &["RRULE:FREQ=WEEKLY;BYDAY=MO", "RDATE;VALUE=DATE:20260806"])),
        ),
        (&whole_days, &["RRULE:FREQ=DAILY"], "20260803", None),
        (&whole_days, &["RRULE:FREQ=WEEKLY"], "20260804", None),
    ] {
        let parts = split_before(&lines(given), when, OriginalStart::parse(cut).unwrap());
        assert_eq!(parts, expect.map(|(before, after)| (lines(before), lines(after))), "{given:?} at {cut}");
    }
    let gone = OriginalStart::parse("20260804").unwrap();
    assert_eq!(without(&lines(&["RRULE:FREQ=DAILY"]), gone), ["RRULE:FREQ=DAILY", "EXDATE;VALUE=DATE:20260804"]);
}

#[test]
fn lines_move_with_their_series() {
    let nine = timed("2026-08-03T09:00:00+02:00[Europe/Prague]", 60);
    let afternoon = timed("2026-08-03T15:00:00+02:00[Europe/Prague]", 60);
    let tuesday = timed("2026-08-04T09:00:00+02:00[Europe/Prague]", 60);
    let monday = days("2026-08-03", "2026-08-04");
    for (from, to, given, expect) in [
        (
            &nine,
            &afternoon,
            &["RRULE:FREQ=WEEKLY;UNTIL=20261102T080000Z", "EXDATE:20260810T070000Z", "RDATE:20260805T090000Z"][..],
            Ok(&["RRULE:FREQ=WEEKLY;UNTIL=20261102T140000Z", "EXDATE:20260810T130000Z", "RDATE:20260805T150000Z"][..]),
        ),
        (
            &nine,
            &tuesday,
            &["RRULE:FREQ=WEEKLY;BYDAY=MO,SU;UNTIL=20260816", "EXDATE;VALUE=DATE:20260810", "X-OTHER:1"],
            Ok(&["RRULE:FREQ=WEEKLY;BYDAY=TU,MO;UNTIL=20260817T070000Z", "EXDATE;VALUE=DATE:20260811", "X-OTHER:1"]),
        ),
        (
            &nine,
            &monday,
            &["RRULE:FREQ=DAILY;UNTIL=20260805T070000Z", "EXDATE;TZID=Europe/Prague:20260804T090000"],
            Ok(&["RRULE:FREQ=DAILY;UNTIL=20260805", "EXDATE;VALUE=DATE:20260804"]),
        ),
        (
            &monday,
            &nine,
            &["RRULE:FREQ=DAILY;UNTIL=20260805", "EXDATE;VALUE=DATE:20260804"],
            Ok(&["RRULE:FREQ=DAILY;UNTIL=20260805T070000Z", "EXDATE:20260804T070000Z"]),
        ),
        (&nine, &tuesday, &["RRULE:FREQ=MONTHLY;BYDAY=1MO"], Err(RuleNamesDays)),
        (&nine, &tuesday, &["RRULE:FREQ=MONTHLY;BYMONTHDAY=3,20"], Ok(&["RRULE:FREQ=MONTHLY;BYMONTHDAY=4,21"])),
        (
            &nine,
            &tuesday,
            &["RRULE:FREQ=YEARLY;BYMONTH=8;BYMONTHDAY=3;COUNT=4"],
            Ok(&["RRULE:FREQ=YEARLY;BYMONTH=8;BYMONTHDAY=4;COUNT=4"]),
        ),
        (&nine, &tuesday, &["RRULE:FREQ=MONTHLY;BYMONTHDAY=3,28"], Err(RuleNamesDays)),
        (&nine, &tuesday, &["RRULE:FREQ=MONTHLY;BYMONTHDAY=-1"], Err(RuleNamesDays)),
        (&nine, &tuesday, &["RRULE:FREQ=MONTHLY;BYMONTHDAY=3;BYDAY=MO"], Err(RuleNamesDays)),
        (&nine, &tuesday, &["RRULE:FREQ=YEARLY;BYMONTH=8"], Err(RuleNamesDays)),
        (&nine, &afternoon, &["RRULE:FREQ=MONTHLY;BYDAY=1MO"], Ok(&["RRULE:FREQ=MONTHLY;BYDAY=1MO"])),
        (&nine, &nine, &["rrule:freq=daily"], Ok(&["rrule:freq=daily"])),
    ] {
        assert_eq!(moved_lines(&lines(given), from, to), expect.map(lines), "{given:?}");
    }
}

#[test]
fn strange_rules_end() {
    let when = timed("2026-08-03T09:00:00+02:00[Europe/Prague]", 60);
    for rule in [
        "FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=HOURLY;BYSETPOS=366",
        "FREQ=DAILY;INTERVAL=100000",
        "FREQ=YEARLY;BYWEEKNO=53;BYMONTH=6",
        "FREQ=HOURLY;INTERVAL=24;BYHOUR=5",
        "FREQ=YEARLY;INTERVAL=99999",
        "FREQ=DAILY;COUNT=4294967295",
        "FREQ=MONTHLY;BYDAY=53MO",
    ] {
        let read = Recurrence::read(&lines(&[&format!("RRULE:{rule}")]), &when);
        read.first();
        read.occurrences(at("2026-08-01T00:00:00Z")..at("2026-09-01T00:00:00Z"), &TimeZone::UTC);
        read.occurrences(at("9998-08-01T00:00:00Z")..at("9999-09-01T00:00:00Z"), &TimeZone::UTC);
    }
}

/// A rule that names every second of a day would fill the memory of whoever looks at a month of it.
#[test]
fn a_rule_that_names_too_many_times_of_a_day_is_no_better_than_one_by_the_second() {
    let when = timed("2026-08-03T09:00:00+02:00[Europe/Prague]", 60);
    let upto = |last: u8| (0..last).map(|number| number.to_string()).collect::<Vec<_>>().join(",");
    let every_second = format!("RRULE:FREQ=DAILY;BYHOUR={};BYMINUTE={};BYSECOND={}", upto(24), upto(60), upto(60));
    let five_minutes = (0..12).map(|number| (number * 5).to_string()).collect::<Vec<_>>().join(",");
    let every_five = format!("RRULE:FREQ=HOURLY;BYMINUTE={five_minutes};BYSECOND=0");
    let one_more = format!("RRULE:FREQ=HOURLY;BYMINUTE={five_minutes},57;BYSECOND=0");
    let window = || at("2026-08-04T00:00:00Z")..at("2026-08-05T00:00:00Z");
    for (given, expected) in [
        (vec![every_second], None),
        (vec![every_five.clone()], Some(288)),
        (vec![one_more], None),
        (vec![every_five, "RRULE:FREQ=DAILY;BYMINUTE=1".into()], None),
    ] {
        let refused = Recurrence::parse(&given, &when).is_err();
        assert_eq!(refused, expected.is_none(), "{given:?}");
        let found = Recurrence::read(&given, &when).occurrences(window(), &TimeZone::UTC).len();
        assert!(found <= 288 + 12, "{found} of {given:?}");
        assert_eq!(found >= 288, expected.is_some() || given.len() == 2, "{found} of {given:?}");
    }
}
