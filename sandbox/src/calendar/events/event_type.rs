//! What only events of a special type may and must be.

use serde_json::{Map, Value, json};

use super::check::Place;
use crate::{
    calendar::{errors, time::Moment},
    http::{ApiError, Call},
};

/// The type of an event.
pub fn of(fields: &Map<String, Value>) -> &str {
    fields.get("eventType").and_then(Value::as_str).unwrap_or("default")
}

fn refuse(message: &str) -> ApiError {
    errors::calendar(400, "eventTypeRestriction", message)
}

/// The object that a type needs, and no other type may have.
const PROPERTIES: [(&str, &str); 4] = [
    ("birthday", "birthdayProperties"),
    ("focusTime", "focusTimeProperties"),
    ("outOfOffice", "outOfOfficeProperties"),
    ("workingLocation", "workingLocationProperties"),
];

/// Checks an event against the rules of its type, and fills in what the type implies.
pub fn check(fields: &mut Map<String, Value>, place: &Place) -> Result<(), ApiError> {
    let kind = of(fields).to_owned();
    for (owner, key) in PROPERTIES {
        if kind != owner && fields.contains_key(key) {
            return Err(refuse(&format!("{key} can only be set on events of type {owner}.")));
        }
    }
    let days = match (super::event::stored_moment(fields.get("start")), super::event::stored_moment(fields.get("end")))
    {
        (Some(Moment::Day(start)), Some(Moment::Day(end))) => {
            Some(start.until(end).map(|span| span.get_days()).unwrap_or(0))
        }
        _ => None,
    };
    match kind.as_str() {
        "focusTime" | "outOfOffice" => {
            primary_only(&kind, place)?;
            if days.is_some() {
                return Err(refuse(&format!("Events of type {kind} cannot be all-day.")));
            }
            with_properties(fields, &kind)?;
            if fields.get("transparency").is_some_and(|value| value != "opaque") {
                return Err(refuse(&format!("Events of type {kind} must be opaque.")));
            }
            fields.insert("transparency".to_owned(), json!("opaque"));
        }
        "workingLocation" => {
            primary_only(&kind, place)?;
            with_properties(fields, &kind)?;
            if days.is_some_and(|days| days != 1) {
                let message = "An all-day working location event must be exactly one day long.";
                return Err(errors::calendar(400, "malformedWorkingLocationEvent", message));
            }
            let wrong = |key: &str, needed: &str| fields.get(key).is_some_and(|value| value != needed);
            if wrong("visibility", "public") || wrong("transparency", "transparent") {
                let message = "A working location event must be public and transparent.";
                return Err(errors::calendar(400, "malformedWorkingLocationEvent", message));
            }
            fields.insert("visibility".to_owned(), json!("public"));
            fields.insert("transparency".to_owned(), json!("transparent"));
        }
        "birthday" => {
            primary_only(&kind, place)?;
            birthday(fields, days, place)?;
        }
        _ => {}
    }
    Ok(())
}

fn primary_only(kind: &str, place: &Place) -> Result<(), ApiError> {
    if place.primary {
        Ok(())
    } else {
        Err(refuse(&format!("Events of type {kind} can only be created on primary calendars.")))
    }
}

fn with_properties(fields: &Map<String, Value>, kind: &str) -> Result<(), ApiError> {
    let needed = PROPERTIES.iter().find(|(owner, _)| *owner == kind).map_or("", |(_, key)| key);
    if fields.get(needed).is_some_and(Value::is_object) {
        Ok(())
    } else {
        Err(refuse(&format!("Events of type {kind} need {needed}.")))
    }
}

fn birthday(fields: &mut Map<String, Value>, days: Option<i32>, place: &Place) -> Result<(), ApiError> {
    if days != Some(1) {
        return Err(refuse("A birthday must be an all-day event of one day."));
    }
    let yearly = |line: &str| line == "RRULE:FREQ=YEARLY" || line == "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1";
    let lines = fields.get("recurrence").and_then(Value::as_array);
    let repeats = lines.is_some_and(|lines| lines.len() == 1 && lines[0].as_str().is_some_and(yearly));
    if !repeats && !place.instance {
        return Err(refuse("A birthday must repeat every year."));
    }
    let properties = fields.entry("birthdayProperties").or_insert_with(|| json!({ "type": "birthday" }));
    if properties.get("type").is_some_and(|kind| kind != "birthday") {
        return Err(refuse("Only birthdays of type birthday can be created."));
    }
    let wrong = |key: &str, needed: &str| fields.get(key).is_some_and(|value| value != needed);
    if wrong("visibility", "private") || wrong("transparency", "transparent") {
        return Err(refuse("A birthday must be private and transparent."));
    }
    fields.insert("visibility".to_owned(), json!("private"));
    fields.insert("transparency".to_owned(), json!("transparent"));
    Ok(())
}

/// Refuses working locations that come in a batch.
pub fn refuse_in_batch(call: &Call, fields: &Map<String, Value>) -> Result<(), ApiError> {
    if call.in_batch && of(fields) == "workingLocation" {
        return Err(refuse("Working location events cannot be written in a batch."));
    }
    Ok(())
}

/// Checks that a new event may be made with its type.
pub fn check_new(fields: &Map<String, Value>) -> Result<(), ApiError> {
    if of(fields) == "fromGmail" { Err(refuse("Events of type fromGmail cannot be created.")) } else { Ok(()) }
}

/// Checks that the change from `old` to `new` is one that the type allows.
pub fn check_change(old: &Map<String, Value>, new: &Map<String, Value>) -> Result<(), ApiError> {
    if of(old) != of(new) {
        return Err(refuse("The type of an event cannot be changed."));
    }
    let allowed: &[&str] = match of(old) {
        "birthday" => &["colorId", "summary", "reminders", "start", "end", "recurrence"],
        "fromGmail" => {
            &["colorId", "reminders", "visibility", "transparency", "status", "attendees", "extendedProperties"]
        }
        _ => return Ok(()),
    };
    let changed =
        old.keys().chain(new.keys()).find(|key| old.get(*key) != new.get(*key) && !allowed.contains(&key.as_str()));
    match changed {
        Some(key) => Err(refuse(&format!("{key} cannot be changed on events of type {}.", of(old)))),
        None => Ok(()),
    }
}
