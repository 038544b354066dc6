//! The shape of request bodies: what the discovery document lets a client write, field by field.
//!
//! What it does not know is dropped, as Google drops it; a value of the wrong type is refused.

use serde_json::{Map, Value};

use super::errors;
use crate::http::ApiError;

/// What a field may hold.
pub enum Shape {
    /// Text.
    Text,
    /// Text out of a closed list.
    OneOf(&'static [&'static str]),
    /// `true` or `false`.
    Flag,
    /// A whole number; its decimal text is accepted too.
    Number,
    /// Anything.
    Any,
    /// Names with text values, such as extended properties.
    Texts,
    /// A list.
    List(&'static Shape),
    /// An object with these fields.
    Object(&'static [(&'static str, Shape)]),
}

use Shape::{Any, Flag, List, Number, Object, OneOf, Text, Texts};

const MOMENT: Shape = Object(&[("date", Text), ("dateTime", Text), ("timeZone", Text)]);
const PERSON: Shape = Object(&[("displayName", Text), ("email", Text), ("id", Text), ("self", Flag)]);
/// A list of reminders.
pub const REMINDERS: Shape = List(&Object(&[("method", OneOf(&["email", "popup", "sms"])), ("minutes", Number)]));
const SOLUTION_KEY: Shape = Object(&[("type", Text)]);
const LABEL: Shape = Object(&[("backgroundColor", Text), ("id", Text), ("name", Text)]);

/// The writable part of `Event`.
pub const EVENT: Shape = Object(&[
    ("anyoneCanAddSelf", Flag),
    (
        "attachments",
        List(&Object(&[("fileId", Text), ("fileUrl", Text), ("iconLink", Text), ("mimeType", Text), ("title", Text)])),
    ),
    (
        "attendees",
        List(&Object(&[
            ("additionalGuests", Number),
            ("comment", Text),
            ("displayName", Text),
            ("email", Text),
            ("id", Text),
            ("optional", Flag),
            ("resource", Flag),
            ("responseStatus", OneOf(&["needsAction", "declined", "tentative", "accepted"])),
        ])),
    ),
    ("attendeesOmitted", Flag),
    ("birthdayProperties", Object(&[("contact", Text), ("customTypeName", Text), ("type", Text)])),
    ("colorId", Text),
    (
        "conferenceData",
        Object(&[
            ("conferenceId", Text),
            ("conferenceSolution", Object(&[("iconUri", Text), ("key", SOLUTION_KEY), ("name", Text)])),
            (
                "createRequest",
                Object(&[
                    ("conferenceSolutionKey", SOLUTION_KEY),
                    ("requestId", Text),
                    ("status", Object(&[("statusCode", Text)])),
                ]),
            ),
            (
                "entryPoints",
                List(&Object(&[
                    ("accessCode", Text),
                    ("entryPointFeatures", List(&Text)),
                    ("entryPointType", Text),
                    ("label", Text),
                    ("meetingCode", Text),
                    ("passcode", Text),
                    ("password", Text),
                    ("pin", Text),
                    ("regionCode", Text),
                    ("uri", Text),
                ])),
            ),
            ("notes", Text),
            ("parameters", Object(&[("addOnParameters", Object(&[("parameters", Texts)]))])),
            ("signature", Text),
        ]),
    ),
    ("description", Text),
    ("end", MOMENT),
    ("endTimeUnspecified", Flag),
    ("eventLabelId", Text),
    ("eventType", OneOf(&["birthday", "default", "focusTime", "fromGmail", "outOfOffice", "workingLocation"])),
    ("extendedProperties", Object(&[("private", Texts), ("shared", Texts)])),
    ("focusTimeProperties", Object(&[("autoDeclineMode", Text), ("chatStatus", Text), ("declineMessage", Text)])),
    (
        "gadget",
        Object(&[
            ("display", Text),
            ("height", Number),
            ("iconLink", Text),
            ("link", Text),
            ("preferences", Texts),
            ("title", Text),
            ("type", Text),
            ("width", Number),
        ]),
    ),
    ("guestsCanInviteOthers", Flag),
    ("guestsCanModify", Flag),
    ("guestsCanSeeOtherGuests", Flag),
    ("iCalUID", Text),
    ("id", Text),
    ("location", Text),
    ("organizer", PERSON),
    ("originalStartTime", MOMENT),
    ("outOfOfficeProperties", Object(&[("autoDeclineMode", Text), ("declineMessage", Text)])),
    ("privateCopy", Flag),
    ("recurrence", List(&Text)),
    ("recurringEventId", Text),
    ("reminders", Object(&[("overrides", REMINDERS), ("useDefault", Flag)])),
    ("sequence", Number),
    ("source", Object(&[("title", Text), ("url", Text)])),
    ("start", MOMENT),
    ("status", OneOf(&["confirmed", "tentative", "cancelled"])),
    ("summary", Text),
    ("transparency", OneOf(&["opaque", "transparent"])),
    ("visibility", OneOf(&["default", "public", "private", "confidential"])),
    (
        "workingLocationProperties",
        Object(&[
            ("customLocation", Object(&[("label", Text)])),
            ("homeOffice", Any),
            (
                "officeLocation",
                Object(&[
                    ("buildingId", Text),
                    ("deskId", Text),
                    ("floorId", Text),
                    ("floorSectionId", Text),
                    ("label", Text),
                ]),
            ),
            ("type", OneOf(&["homeOffice", "officeLocation", "customLocation"])),
        ]),
    ),
]);

/// The writable part of `Calendar`.
pub const CALENDAR: Shape = Object(&[
    ("autoAcceptInvitations", Flag),
    ("conferenceProperties", Object(&[("allowedConferenceSolutionTypes", List(&Text))])),
    ("description", Text),
    ("labelProperties", Object(&[("eventLabels", List(&LABEL))])),
    ("location", Text),
    ("summary", Text),
    ("timeZone", Text),
    (
        "workingHours",
        Object(&[
            (
                "availableTimes",
                List(&Object(&[
                    (
                        "dayOfWeek",
                        OneOf(&["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]),
                    ),
                    ("periodEnd", Number),
                    ("periodStart", Number),
                ])),
            ),
            ("workingHoursEnabled", Flag),
        ]),
    ),
]);

/// The writable part of `CalendarListEntry`.
pub const CALENDAR_LIST_ENTRY: Shape = Object(&[
    ("backgroundColor", Text),
    ("colorId", Text),
    ("defaultReminders", REMINDERS),
    ("foregroundColor", Text),
    ("hidden", Flag),
    ("id", Text),
    (
        "notificationSettings",
        Object(&[(
            "notifications",
            List(&Object(&[
                ("method", OneOf(&["email"])),
                ("type", OneOf(&["eventCreation", "eventChange", "eventCancellation", "eventResponse", "agenda"])),
            ])),
        )]),
    ),
    ("selected", Flag),
    ("summaryOverride", Text),
]);

/// `AclRule`.
pub const ACL_RULE: Shape = Object(&[
    ("id", Text),
    ("role", OneOf(&["none", "freeBusyReader", "reader", "writerWithoutPrivateAccess", "writer", "owner"])),
    ("scope", Object(&[("type", OneOf(&["default", "user", "group", "domain"])), ("value", Text)])),
]);

/// `Channel`.
pub const CHANNEL: Shape = Object(&[
    ("address", Text),
    ("expiration", Number),
    ("id", Text),
    ("params", Texts),
    ("payload", Flag),
    ("resourceId", Text),
    ("token", Text),
    ("type", Text),
]);

/// `FreeBusyRequest`.
pub const FREE_BUSY_REQUEST: Shape = Object(&[
    ("calendarExpansionMax", Number),
    ("groupExpansionMax", Number),
    ("items", List(&Object(&[("id", Text)]))),
    ("timeMax", Text),
    ("timeMin", Text),
    ("timeZone", Text),
]);

/// The body reduced to what `shape` knows. `null` is kept: it clears a field.
pub fn read(body: &Value, shape: &Shape) -> Result<Map<String, Value>, ApiError> {
    match body {
        Value::Null => Ok(Map::new()),
        Value::Object(_) => match keep(body, shape, "")? {
            Value::Object(map) => Ok(map),
            _ => Ok(Map::new()),
        },
        _ => Err(errors::parse_error()),
    }
}

fn keep(value: &Value, shape: &Shape, path: &str) -> Result<Value, ApiError> {
    let wrong = || errors::invalid_field(path, value);
    Ok(match (shape, value) {
        (_, Value::Null) | (Any, _) | (Text, Value::String(_)) | (Flag, Value::Bool(_)) => value.clone(),
        (Flag, Value::String(text)) => Value::Bool(text.parse().map_err(|_| wrong())?),
        (Text, Value::Number(number)) => Value::String(number.to_string()),
        (OneOf(words), Value::String(text)) if words.contains(&text.as_str()) => value.clone(),
        (Number, Value::Number(number)) => {
            let whole = number.as_i64().or_else(|| number.as_f64().filter(|n| n.fract() == 0.0).map(|n| n as i64));
            Value::from(whole.ok_or_else(wrong)?)
        }
        (Number, Value::String(text)) => Value::from(text.parse::<i64>().map_err(|_| wrong())?),
        (Texts, Value::Object(map)) => {
            let mut kept = Map::new();
            for (key, value) in map {
                kept.insert(key.clone(), keep(value, &Text, &join(path, key))?);
            }
            Value::Object(kept)
        }
        (List(item), Value::Array(items)) => {
            Value::Array(items.iter().map(|value| keep(value, item, path)).collect::<Result<_, _>>()?)
        }
        (Object(fields), Value::Object(map)) => {
            let mut kept = Map::new();
            for (key, shape) in *fields {
                if let Some(value) = map.get(*key) {
                    kept.insert((*key).to_owned(), keep(value, shape, &join(path, key))?);
                }
            }
            Value::Object(kept)
        }
        _ => return Err(wrong()),
    })
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

/// Lays `patch` over `target`: objects merge, everything else is replaced whole, `null` clears.
pub fn merge(target: &mut Map<String, Value>, patch: Map<String, Value>) {
    for (key, value) in patch {
        match value {
            Value::Null => {
                target.remove(&key);
            }
            Value::Object(patch) => {
                let mut object = match target.remove(&key) {
                    Some(Value::Object(object)) => object,
                    _ => Map::new(),
                };
                merge(&mut object, patch);
                target.insert(key, Value::Object(object));
            }
            value => {
                target.insert(key, value);
            }
        }
    }
}

/// Removes every `null`, at any depth of objects, as a whole new resource has nothing to clear.
pub fn without_nulls(map: Map<String, Value>) -> Map<String, Value> {
    map.into_iter()
        .filter_map(|(key, value)| match value {
            Value::Null => None,
            Value::Object(map) => Some((key, Value::Object(without_nulls(map)))),
            value => Some((key, value)),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn unknown_fields_are_dropped_and_wrong_types_refused() {
        let body = json!({"summary": "a", "etag": "x", "start": {"date": "2026-01-01", "x": 1}, "location": null});
        let kept = read(&body, &EVENT).unwrap();
        assert_eq!(Value::Object(kept), json!({"summary": "a", "start": {"date": "2026-01-01"}, "location": null}));
        for bad in [
            json!({"summary": {}}),
            json!({"attendees": {}}),
            json!({"visibility": "secret"}),
            json!({"sequence": 1.5}),
            json!([]),
        ] {
            assert!(read(&bad, &EVENT).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_patch_merges_objects_and_replaces_lists() {
        let Value::Object(mut target) = json!({"a": {"x": 1, "y": 2}, "list": [1, 2], "gone": 1}) else { panic!() };
        let Value::Object(patch) = json!({"a": {"y": null, "z": 3}, "list": [3], "gone": null}) else { panic!() };
        merge(&mut target, patch);
        assert_eq!(Value::Object(target), json!({"a": {"x": 1, "z": 3}, "list": [3]}));
    }
}
