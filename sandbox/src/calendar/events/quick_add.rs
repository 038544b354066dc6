//! `events.quickAdd`: an event from an English phrase such as "Lunch with Bob tomorrow 12:30-13:30".

use jiff::{
    Timestamp, ToSpan,
    civil::{Date, Time, Weekday},
    tz::TimeZone,
};
use serde_json::{Map, Value, json};

use super::{
    insert::{create, new_id, organizer_of, reply},
    store::Act,
};
use crate::{
    calendar::{
        access::{self, Role},
        params, time,
    },
    http::{ApiError, Call, Reply},
    state::State,
};

/// `POST calendars/{calendarId}/events/quickAdd`.
pub fn quick_add(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let access = access::open_events(state, call, Role::WriterWithoutPrivateAccess)?;
    let act = Act::of(call)?;
    let text = params::required(call, "text")?;
    let mut fields = read(text, call.now, &access.zone);
    let id = new_id(&mut state.calendar, call, &access.calendar);
    fields.insert("iCalUID".to_owned(), json!(format!("{id}@google.com")));
    fields.insert("organizer".to_owned(), organizer_of(state, &access.calendar));
    let row = create(state, call, &act, &access, id, fields)?;
    reply(state, call, &access, &row)
}

/// The event that a phrase describes. Without a day it is today; without a time it is all-day if a day was named, else
/// it begins with the next full hour.
fn read(text: &str, now: Timestamp, zone_name: &str) -> Map<String, Value> {
    let zone = time::zone_or_utc(zone_name);
    let today = now.to_zoned(zone.clone()).date();
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut used = vec![false; words.len()];
    let mut day = None;
    let mut span = None;
    let mut index = 0;
    while index < words.len() {
        let rest = &words[index..];
        let taken = if let Some((date, taken)) = day_in(rest, today).filter(|_| day.is_none()) {
            day = Some(date);
            taken
        } else if let Some((times, taken)) = times_in(rest).filter(|_| span.is_none()) {
            span = Some(times);
            taken
        } else {
            0
        };
        if taken > 0 {
            used[index..index + taken].fill(true);
            // "on Monday", "at 3pm", "from 3pm"
            if index > 0 && ["on", "at", "from"].contains(&words[index - 1].to_ascii_lowercase().as_str()) {
                used[index - 1] = true;
            }
        }
        index += taken.max(1);
    }
    let left: Vec<&str> = words.iter().zip(&used).filter(|(_, used)| !**used).map(|(word, _)| *word).collect();
    let (summary, location) = match left.iter().position(|word| word.eq_ignore_ascii_case("at")) {
        Some(at) if at > 0 && at + 1 < left.len() => (left[..at].join(" "), Some(left[at + 1..].join(" "))),
        _ => (left.join(" "), None),
    };
    let mut fields = Map::new();
    fields.insert("summary".to_owned(), json!(if summary.is_empty() { text.to_owned() } else { summary }));
    if let Some(location) = location {
        fields.insert("location".to_owned(), json!(location));
    }
    let (start, end) = bounds(day, span, now, today, &zone, zone_name);
    fields.insert("start".to_owned(), start);
    fields.insert("end".to_owned(), end);
    fields
}

fn bounds(
    day: Option<Date>,
    span: Option<(Time, Option<Time>)>,
    now: Timestamp,
    today: Date,
    zone: &TimeZone,
    zone_name: &str,
) -> (Value, Value) {
    let timed = |at: jiff::civil::DateTime| json!({ "dateTime": at.strftime("%Y-%m-%dT%H:%M:%S").to_string(), "timeZone": zone_name });
    match (day, span) {
        (Some(day), None) => {
            (json!({ "date": day.to_string() }), json!({ "date": day.saturating_add(1.day()).to_string() }))
        }
        (day, Some((from, to))) => {
            let day = day.unwrap_or(today);
            let start = day.to_datetime(from);
            let end = match to {
                Some(to) if to > from => day.to_datetime(to),
                Some(to) => day.saturating_add(1.day()).to_datetime(to),
                None => start.saturating_add(1.hour()),
            };
            (timed(start), timed(end))
        }
        (None, None) => {
            let here = now.to_zoned(zone.clone()).datetime();
            let start =
                here.date().to_datetime(Time::constant(0, 0, 0, 0)).saturating_add(i64::from(here.hour() + 1).hours());
            (timed(start), timed(start.saturating_add(1.hour())))
        }
    }
}

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// A day at the beginning of `words`, and how many words it takes.
fn day_in(words: &[&str], today: Date) -> Option<(Date, usize)> {
    let clean = |word: &str| word.trim_end_matches([',', '.']).to_ascii_lowercase();
    let first = clean(words.first()?);
    match first.as_str() {
        "today" => return Some((today, 1)),
        "tomorrow" => return Some((today.saturating_add(1.day()), 1)),
        _ => {}
    }
    if let Ok(date) = first.parse::<Date>() {
        return Some((date, 1));
    }
    let weekdays = [
        ("monday", Weekday::Monday),
        ("tuesday", Weekday::Tuesday),
        ("wednesday", Weekday::Wednesday),
        ("thursday", Weekday::Thursday),
        ("friday", Weekday::Friday),
        ("saturday", Weekday::Saturday),
        ("sunday", Weekday::Sunday),
    ];
    if let Some((_, weekday)) = weekdays.iter().find(|(name, _)| *name == first) {
        return Some((today.nth_weekday(1, *weekday).ok()?, 1));
    }
    let month_of = |word: &str| {
        let short = word.get(..3)?;
        word.chars().all(|c| c.is_ascii_alphabetic()).then_some(())?;
        i8::try_from(MONTHS.iter().position(|month| *month == short)? + 1).ok()
    };
    let second = clean(words.get(1)?);
    let number = |word: &str| {
        word.trim_end_matches("st")
            .trim_end_matches("nd")
            .trim_end_matches("rd")
            .trim_end_matches("th")
            .parse::<i8>()
            .ok()
    };
    let (month, day) = match (month_of(&first), number(&second)) {
        (Some(month), Some(day)) => (month, day),
        _ => (month_of(&second)?, number(&first)?),
    };
    let date = Date::new(today.year(), month, day).ok()?;
    Some((if date < today { Date::new(today.year() + 1, month, day).ok()? } else { date }, 2))
}

/// A time or a span of times at the beginning of `words`, and how many words it takes.
fn times_in(words: &[&str]) -> Option<((Time, Option<Time>), usize)> {
    let clean = |word: &str| word.trim_end_matches([',', '.']).to_ascii_lowercase();
    let first = clean(words.first()?);
    if let Some((from, to)) = first.split_once('-') {
        let to = time_in(to)?;
        let from = time_in(from).or_else(|| time_in(&format!("{from}{}", if to.hour() < 12 { "am" } else { "pm" })))?;
        return Some(((from, Some(to)), 1));
    }
    let from = time_in(&first)?;
    let joins = words.get(1).is_some_and(|word| ["-", "to", "until"].contains(&clean(word).as_str()));
    match words.get(2).filter(|_| joins).and_then(|word| time_in(&clean(word))) {
        Some(to) => Some(((from, Some(to)), 3)),
        None => Some(((from, None), 1)),
    }
}

/// `10am`, `3:30pm`, `15:00`. A bare number is no time.
fn time_in(word: &str) -> Option<Time> {
    let (digits, half) = match (word.strip_suffix("am"), word.strip_suffix("pm")) {
        (Some(digits), _) => (digits, Some(0)),
        (_, Some(digits)) => (digits, Some(12)),
        _ => (word, None),
    };
    let (hour, minute) = match digits.split_once(':') {
        Some((hour, minute)) if minute.len() == 2 => (hour.parse::<i8>().ok()?, minute.parse::<i8>().ok()?),
        Some(_) => return None,
        None => (digits.parse::<i8>().ok()?, if half.is_some() { 0 } else { return None }),
    };
    let hour = match half {
        Some(half) if (1..=12).contains(&hour) => hour % 12 + half,
        Some(_) => return None,
        None => hour,
    };
    Time::new(hour, minute, 0, 0).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, summary: &str, start: &str, end: &str) {
        let fields = read(text, "2026-11-18T09:20:00Z".parse().unwrap(), "Europe/Prague");
        let bound = |key: &str| {
            let value = fields[key].get("date").or_else(|| fields[key].get("dateTime"));
            value.and_then(Value::as_str).unwrap().to_owned()
        };
        assert_eq!(fields["summary"], summary, "{text}");
        assert_eq!((bound("start").as_str(), bound("end").as_str()), (start, end), "{text}");
    }

    #[test]
    fn phrases_become_events() {
        check(
            "Appointment at Somewhere on June 3rd 10am-10:25am",
            "Appointment",
            "2027-06-03T10:00:00",
            "2027-06-03T10:25:00",
        );
        check("Lunch with Bob tomorrow 12:30-13:30", "Lunch with Bob", "2026-11-19T12:30:00", "2026-11-19T13:30:00");
        check("Call at 3pm", "Call", "2026-11-18T15:00:00", "2026-11-18T16:00:00");
        check("Holiday on Friday", "Holiday", "2026-11-20", "2026-11-21");
        check("Standup", "Standup", "2026-11-18T11:00:00", "2026-11-18T12:00:00");
        check("Night shift today 10pm to 6am", "Night shift", "2026-11-18T22:00:00", "2026-11-19T06:00:00");
    }
}
