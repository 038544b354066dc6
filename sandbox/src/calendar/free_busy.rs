//! `freebusy.query`.

use jiff::{Timestamp, tz::TimeZone};
use serde_json::{Map, Value, json};

use super::{
    access::{self, Role, role_of},
    body, errors,
    events::{
        event::{Event, account_of},
        expand::{Window, taking_place},
    },
    time,
};
use crate::{
    http::{ApiError, Call, Reply},
    state::{State, UserKind},
};

fn failed(reason: &str) -> Value {
    json!([{ "domain": "global", "reason": reason }])
}

/// `POST freeBusy`.
pub fn query(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    super::begin(state, call);
    let body = body::without_nulls(body::read(&call.body, &body::FREE_BUSY_REQUEST)?);
    let bound = |key: &str| -> Result<Timestamp, ApiError> {
        let text = body.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
        let text = text.ok_or_else(|| errors::required(&format!("Missing {key} parameter.")))?;
        time::read_instant(text).ok_or_else(errors::bad_request)
    };
    let (min, max) = (bound("timeMin")?, bound("timeMax")?);
    if max <= min {
        return Err(errors::time_range_empty());
    }
    let zone = match body.get("timeZone").and_then(Value::as_str) {
        Some(name) => time::zone(name).ok_or_else(|| errors::invalid("Invalid time zone."))?,
        None => TimeZone::UTC,
    };
    let limit = |key: &str, most: i64| match body.get(key).and_then(Value::as_i64) {
        Some(asked) if !(0..=most).contains(&asked) => Err(errors::invalid(&format!("{key} must be at most {most}."))),
        Some(asked) => Ok(usize::try_from(asked).unwrap_or(0)),
        None => Ok(usize::try_from(most).unwrap_or(0)),
    };
    let most_members = limit("groupExpansionMax", 100)?;
    let most_calendars = limit("calendarExpansionMax", 50)?;

    let mut groups = Map::new();
    let mut asked: Vec<String> = Vec::new();
    for item in body.get("items").and_then(Value::as_array).into_iter().flatten() {
        let Some(id) = item.get("id").and_then(Value::as_str) else {
            return Err(errors::required("Missing item id."));
        };
        match state.user(id).filter(|user| user.kind == UserKind::Group) {
            Some(group) if group.members.len() > most_members => {
                groups.insert(id.to_owned(), json!({ "errors": failed("groupTooBig") }));
            }
            Some(group) => {
                groups.insert(id.to_owned(), json!({ "calendars": group.members }));
                asked.extend(group.members.iter().cloned());
            }
            None => asked.push(id.to_owned()),
        }
    }
    let mut calendars = Map::new();
    for id in asked {
        if calendars.contains_key(&id) {
            continue;
        }
        let answer = if calendars.len() >= most_calendars {
            json!({ "errors": failed("tooManyCalendarsRequested"), "busy": [] })
        } else {
            match busy(state, call, &id, min, max) {
                Some(spans) => json!({ "busy": written(&spans, &zone) }),
                None => json!({ "errors": failed("notFound"), "busy": [] }),
            }
        };
        calendars.insert(id, answer);
    }
    let mut answer = Map::from_iter([
        ("kind".to_owned(), json!("calendar#freeBusy")),
        ("timeMin".to_owned(), json!(time::write_millis(min))),
        ("timeMax".to_owned(), json!(time::write_millis(max))),
        ("calendars".to_owned(), Value::Object(calendars)),
    ]);
    if !groups.is_empty() {
        answer.insert("groups".to_owned(), Value::Object(groups));
    }
    Ok(Reply::json(Value::Object(answer)))
}

fn written(spans: &[(i64, i64)], zone: &TimeZone) -> Vec<Value> {
    let at = |micros: i64| time::write_in(Timestamp::from_microsecond(micros).unwrap_or(Timestamp::MAX), zone);
    spans.iter().map(|(start, end)| json!({ "start": at(*start), "end": at(*end) })).collect()
}

/// The merged busy spans of a calendar in microseconds, cut to the window; `None` when it is not for the caller to know.
fn busy(state: &mut State, call: &Call, id: &str, min: Timestamp, max: Timestamp) -> Option<Vec<(i64, i64)>> {
    let id = access::resolve(call, id);
    if state.uses_calendar(&id) {
        super::calendars::ensure_primary(state, &id, call.now);
    }
    let row = state.calendar.calendars.get(&id).filter(|row| !row.deleted)?;
    if role_of(state, &call.account, &id, row) < Role::FreeBusyReader {
        return None;
    }
    let zone_name = row.zone_name().to_owned();
    let zone = time::zone_or_utc(&zone_name);
    let (min, max) = (min.as_microsecond(), max.as_microsecond());
    let window = Window { min: Some(min), max: Some(max) };
    let mut spans: Vec<(i64, i64)> = taking_place(&state.calendar, &id, &zone_name, window, call.now)
        .iter()
        .filter(|event| blocks(event))
        .filter_map(|event| {
            let micros = |moment: time::Moment| moment.instant(&zone).as_microsecond();
            let (start, end) = (micros(event.start()?), micros(event.end()?));
            (start < end && start < max && end > min).then_some((start.max(min), end.min(max)))
        })
        .collect();
    spans.sort_unstable();
    let mut merged: Vec<(i64, i64)> = Vec::new();
    for (start, end) in spans {
        match merged.last_mut() {
            Some(last) if start <= last.1 => last.1 = last.1.max(end),
            _ => merged.push((start, end)),
        }
    }
    Some(merged)
}

/// Whether an event makes its calendar busy: not when it is transparent, or declined there.
fn blocks(event: &Event) -> bool {
    let declined = event.attendees().into_iter().any(|guest| {
        account_of(guest).eq_ignore_ascii_case(&event.calendar)
            && guest.get("responseStatus").is_some_and(|answer| answer == "declined")
    });
    event.text("transparency") != Some("transparent") && !declined
}
