//! What Google refuses in an event, and how it rewrites what it accepts.

use serde_json::{Map, Value, json};

use super::event::email_of;
use crate::{
    calendar::{
        colors, errors,
        recurrence::Series,
        time::{self, Moment},
    },
    http::ApiError,
};

/// The calendar into which an event is written.
pub struct Place<'a> {
    /// The calendar's zone.
    pub zone: &'a str,
    /// Whether it is a primary calendar.
    pub primary: bool,
    /// Whether the event is an instance of a series.
    pub instance: bool,
    /// More guests than this are refused.
    pub most_guests: usize,
    /// A longer event is refused, in days.
    pub longest: u64,
}

/// Checks a whole event and brings it into the form in which it is stored.
pub fn event(fields: &mut Map<String, Value>, place: &Place) -> Result<(), ApiError> {
    times(fields, place)?;
    recurrence(fields, place)?;
    attendees(fields, place)?;
    reminders(fields.get("reminders"))?;
    extended_properties(fields.get("extendedProperties"))?;
    attachments(fields.get("attachments"))?;
    if let Some(url) = fields.get("source").and_then(|source| source.get("url")).and_then(Value::as_str)
        && !url.starts_with("http://")
        && !url.starts_with("https://")
    {
        return Err(errors::invalid("Invalid source url."));
    }
    if let Some(color) = fields.get("colorId").and_then(Value::as_str)
        && !color.is_empty()
        && !colors::is_event_color(color)
    {
        return Err(errors::invalid("Invalid color id."));
    }
    super::event_type::check(fields, place)?;
    fields.retain(|key, value| !is_default(key, value));
    Ok(())
}

/// Whether a field says nothing that its absence does not say.
fn is_default(key: &str, value: &Value) -> bool {
    match key {
        "transparency" => value == "opaque",
        "visibility" | "eventType" => value == "default",
        "status" => value == "confirmed",
        "guestsCanInviteOthers" | "guestsCanSeeOtherGuests" => *value == json!(true),
        "guestsCanModify" | "anyoneCanAddSelf" | "privateCopy" | "endTimeUnspecified" | "attendeesOmitted" => {
            *value == json!(false)
        }
        "summary" | "description" | "location" | "colorId" | "eventLabelId" => value == "",
        "attachments" => value.as_array().is_some_and(Vec::is_empty),
        _ => false,
    }
}

fn times(fields: &mut Map<String, Value>, place: &Place) -> Result<(), ApiError> {
    let end = Moment::read(fields.get("end").unwrap_or(&Value::Null), "end")?;
    let start = Moment::read(fields.get("start").unwrap_or(&Value::Null), "start")?;
    if start.is_day() != end.is_day() {
        return Err(errors::invalid("Start and end times must either both be date or both be dateTime."));
    }
    let zone = time::zone_or_utc(place.zone);
    if end.instant(&zone) <= start.instant(&zone) {
        return Err(errors::time_range_empty());
    }
    let length = end.instant(&zone).duration_since(start.instant(&zone));
    if u64::try_from(length.as_hours()).unwrap_or(0) > place.longest.saturating_mul(24) {
        return Err(errors::duration_exceeds_limit());
    }
    fields.insert("start".to_owned(), start.store());
    fields.insert("end".to_owned(), end.store());
    Ok(())
}

fn recurrence(fields: &mut Map<String, Value>, place: &Place) -> Result<(), ApiError> {
    let lines: Vec<String> = match fields.get("recurrence").and_then(Value::as_array) {
        Some(lines) => lines.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        None => vec![],
    };
    if lines.is_empty() {
        fields.remove("recurrence");
        return Ok(());
    }
    if place.instance {
        return Err(errors::invalid("An instance of a recurring event cannot have a recurrence of its own."));
    }
    let start = Moment::read(fields.get("start").unwrap_or(&Value::Null), "start")?;
    if let Moment::At { zone: None, .. } = start {
        return Err(errors::required("Missing time zone definition for start time."));
    }
    Series::read(&lines, &start, place.zone).map_err(|message| errors::invalid(&message))?;
    fields.insert("recurrence".to_owned(), json!(lines));
    Ok(())
}

/// Whether this could be an address: something, one `@`, a domain.
fn is_address(email: &str) -> bool {
    email.split_once('@').is_some_and(|(local, domain)| {
        !local.is_empty()
            && !domain.is_empty()
            && !domain.contains('@')
            && !domain.starts_with('.')
            && !domain.ends_with('.')
            && email.chars().all(|c| !c.is_whitespace() && !c.is_control() && !"<>,;\"".contains(c))
    })
}

fn attendees(fields: &mut Map<String, Value>, place: &Place) -> Result<(), ApiError> {
    let Some(Value::Array(guests)) = fields.get_mut("attendees") else {
        return Ok(());
    };
    let mut seen = std::collections::BTreeSet::new();
    for guest in guests.iter_mut().filter_map(Value::as_object_mut) {
        let email = email_of(guest).to_owned();
        if email.is_empty() {
            return Err(errors::required("Missing attendee email."));
        }
        if !is_address(&email) {
            return Err(errors::invalid("Invalid attendee email."));
        }
        guest.retain(|_, value| !value.is_null());
        guest.entry("responseStatus").or_insert_with(|| json!("needsAction"));
    }
    guests.retain(|guest| guest.as_object().is_some_and(|guest| seen.insert(email_of(guest).to_ascii_lowercase())));
    if guests.len() > place.most_guests {
        return Err(errors::quota_exceeded());
    }
    if guests.is_empty() {
        fields.remove("attendees");
    }
    Ok(())
}

/// Checks a `reminders` object.
pub fn reminders(reminders: Option<&Value>) -> Result<(), ApiError> {
    let Some(reminders) = reminders.and_then(Value::as_object) else {
        return Ok(());
    };
    let overrides = reminders.get("overrides").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    if reminders.get("useDefault") == Some(&json!(true)) && !overrides.is_empty() {
        return Err(errors::calendar(
            400,
            "cannotUseDefaultRemindersAndSpecifyOverride",
            "Cannot specify both default reminders and overrides at the same time.",
        ));
    }
    reminder_list(overrides)
}

/// Checks a list of reminders.
pub fn reminder_list(overrides: &[Value]) -> Result<(), ApiError> {
    if overrides.len() > 5 {
        return Err(errors::invalid("The maximum number of override reminders is 5."));
    }
    for reminder in overrides {
        if reminder.get("method").and_then(Value::as_str).is_none() {
            return Err(errors::required("Missing reminder method."));
        }
        match reminder.get("minutes").and_then(Value::as_i64) {
            None => return Err(errors::required("Missing reminder minutes.")),
            Some(0..=40320) => {}
            Some(_) => return Err(errors::invalid("Invalid reminder minutes: 0 to 40320 are allowed.")),
        }
    }
    Ok(())
}

fn extended_properties(properties: Option<&Value>) -> Result<(), ApiError> {
    let Some(properties) = properties.and_then(Value::as_object) else {
        return Ok(());
    };
    let all: Vec<(&String, &str)> = properties
        .values()
        .filter_map(Value::as_object)
        .flatten()
        .map(|(key, value)| (key, value.as_str().unwrap_or_default()))
        .collect();
    let too_long = all.iter().any(|(key, value)| key.chars().count() > 44 || value.chars().count() > 1024);
    let size: usize = all.iter().map(|(key, value)| key.len() + value.len()).sum();
    if too_long || all.len() > 300 || size > 32 * 1024 {
        return Err(errors::invalid("Extended properties are too large."));
    }
    Ok(())
}

fn attachments(attachments: Option<&Value>) -> Result<(), ApiError> {
    let Some(attachments) = attachments.and_then(Value::as_array) else {
        return Ok(());
    };
    if attachments.len() > 25 {
        return Err(errors::invalid("There can be at most 25 attachments per event."));
    }
    if attachments.iter().any(|file| file.get("fileUrl").and_then(Value::as_str).is_none_or(str::is_empty)) {
        return Err(errors::required("Missing attachment fileUrl."));
    }
    Ok(())
}

/// Checks an id that a client chose for a new event.
pub fn id(id: &str) -> Result<(), ApiError> {
    let legal = id.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'v').contains(&b));
    if legal && (5..=1024).contains(&id.len()) { Ok(()) } else { Err(errors::invalid("Invalid resource id value.")) }
}
