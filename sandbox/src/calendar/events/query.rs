//! What a list of events is asked for.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::{
    event::Event,
    event_type,
    expand::Window,
    view::{Sight, View},
};
use crate::{
    calendar::{access::Role, errors, pages, params, tables::EventRow},
    http::{ApiError, Call},
};

/// Older than this, `updatedMin` is refused.
const OLDEST_UPDATED_MIN: SignedDuration = SignedDuration::from_hours(28 * 24);

/// The order of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// By id, a master before its exceptions.
    Id,
    /// By start.
    StartTime,
    /// By last change of the main data.
    Updated,
}

/// The parameters of `events.list`, read and checked.
pub struct Query {
    /// Instances instead of masters.
    pub single_events: bool,
    /// Whether `showDeleted=true` was said.
    pub show_deleted: bool,
    /// In which order.
    pub order: Order,
    /// Between `timeMin` and `timeMax`.
    pub window: Window,
    /// Only what changed since.
    pub updated_min: Option<Timestamp>,
    /// Only this meeting.
    pub ical_uid: Option<String>,
    event_types: Vec<&'static str>,
    terms: Vec<String>,
    private: Vec<(String, String)>,
    shared: Vec<(String, String)>,
}

const TYPES: [&str; 6] = ["birthday", "default", "focusTime", "fromGmail", "outOfOffice", "workingLocation"];

fn properties(call: &Call, name: &str) -> Result<Vec<(String, String)>, ApiError> {
    params::texts(call, name)
        .into_iter()
        .map(|text| match text.split_once('=') {
            Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
            _ => Err(errors::invalid_parameter(name, "Must be of the form propertyName=value.")),
        })
        .collect()
}

impl Query {
    /// Reads the parameters.
    pub fn read(call: &Call) -> Result<Self, ApiError> {
        let single_events = params::flag(call, "singleEvents")?.unwrap_or(false);
        params::flag(call, "showHiddenInvitations")?;
        params::flag(call, "alwaysIncludeEmail")?;
        let order = match params::one_of(call, "orderBy", &["startTime", "updated"])? {
            Some("startTime") if !single_events => {
                let message = "The requested ordering is not available for the particular query.";
                return Err(errors::invalid(message).for_parameter("orderBy"));
            }
            Some("startTime") => Order::StartTime,
            Some(_) => Order::Updated,
            None => Order::Id,
        };
        let window = window(call)?;
        let updated_min = params::instant(call, "updatedMin")?;
        if updated_min.is_some_and(|min| call.now.duration_since(min) > OLDEST_UPDATED_MIN) {
            let message = "The requested minimum modification time lies too far in the past.";
            return Err(errors::calendar(410, "updatedMinTooLongAgo", message).for_parameter("updatedMin"));
        }
        let show_deleted = params::flag(call, "showDeleted")?;
        pages::refuse_with_sync_token(
            call,
            &[
                "iCalUID",
                "orderBy",
                "privateExtendedProperty",
                "q",
                "sharedExtendedProperty",
                "timeMin",
                "timeMax",
                "updatedMin",
            ],
        )?;
        if show_deleted == Some(false) && params::text(call, "syncToken").is_some() {
            return Err(errors::bad_request_because("showDeleted cannot be false with syncToken.", "showDeleted"));
        }
        Ok(Self {
            single_events,
            show_deleted: show_deleted.unwrap_or(false),
            order,
            window,
            updated_min,
            ical_uid: params::text(call, "iCalUID").map(str::to_owned),
            event_types: params::each_of(call, "eventTypes", &TYPES)?,
            terms: terms(params::text(call, "q").unwrap_or_default()),
            private: properties(call, "privateExtendedProperty")?,
            shared: properties(call, "sharedExtendedProperty")?,
        })
    }

    /// Whether a row may be on the list as far as that can be told without looking inside.
    pub fn may_hold(&self, row: &EventRow) -> bool {
        !row.dropped && self.window.meets(row.start, row.end) && self.updated_min.is_none_or(|min| row.updated >= min)
    }

    /// Whether cancelled events are listed.
    pub fn with_deleted(&self) -> bool {
        self.show_deleted || self.updated_min.is_some()
    }

    /// Whether a sync token can continue this list: not one with a filter that a sync token cannot be used with.
    pub fn can_be_continued(&self) -> bool {
        self.order == Order::Id
            && self.ical_uid.is_none()
            && self.updated_min.is_none()
            && self.terms.is_empty()
            && self.private.is_empty()
            && self.shared.is_empty()
    }

    /// Whether an event is of a type that was asked for.
    pub fn is_of_type(&self, event: &Event) -> bool {
        self.event_types.is_empty() || self.event_types.contains(&event_type::of(&event.fields))
    }

    /// Whether the event is what was searched for, as far as this person may know.
    pub fn matches(&self, event: &Event, view: &View) -> bool {
        if view.role == Role::FreeBusyReader
            && (event.is_cancelled() || event.text("transparency") == Some("transparent"))
        {
            return false;
        }
        if !self.is_of_type(event) {
            return false;
        }
        let searched = !(self.terms.is_empty() && self.private.is_empty() && self.shared.is_empty());
        if !searched {
            return true;
        }
        if view.sight(event) != Sight::Full {
            return false;
        }
        let property = |kind: &str, (key, value): &(String, String)| {
            let found =
                event.fields.get("extendedProperties").and_then(|all| all.get(kind)).and_then(|all| all.get(key));
            found.and_then(Value::as_str) == Some(value)
        };
        self.private.iter().all(|wanted| property("private", wanted))
            && self.shared.iter().all(|wanted| property("shared", wanted))
            && self.contains_terms(event)
    }

    fn contains_terms(&self, event: &Event) -> bool {
        if self.terms.is_empty() {
            return true;
        }
        let mut text = String::new();
        let mut add = |value: Option<&Value>| {
            if let Some(value) = value.and_then(Value::as_str) {
                text.push_str(&value.to_lowercase());
                text.push('\n');
            }
        };
        for key in ["summary", "description", "location"] {
            add(event.fields.get(key));
        }
        for key in ["displayName", "email"] {
            add(event.fields.get("organizer").and_then(|organizer| organizer.get(key)));
            event.attendees().into_iter().for_each(|guest| add(guest.get(key)));
        }
        if let Some(place) = event.fields.get("workingLocationProperties") {
            let office = place.get("officeLocation");
            for key in ["buildingId", "deskId", "label"] {
                add(office.and_then(|office| office.get(key)));
            }
            add(place.get("customLocation").and_then(|custom| custom.get("label")));
        }
        self.terms.iter().all(|term| text.contains(term))
    }
}

/// The window of `timeMin` and `timeMax`.
pub fn window(call: &Call) -> Result<Window, ApiError> {
    let min = params::instant(call, "timeMin")?.map(Timestamp::as_microsecond);
    let max = params::instant(call, "timeMax")?.map(Timestamp::as_microsecond);
    if let (Some(min), Some(max)) = (min, max)
        && max <= min
    {
        return Err(errors::time_range_empty());
    }
    Ok(Window { min, max })
}

/// Words, and phrases in quotes, in lower case.
fn terms(text: &str) -> Vec<String> {
    let mut terms = Vec::new();
    for (number, part) in text.split('"').enumerate() {
        if number % 2 == 1 {
            terms.push(part.trim().to_lowercase());
        } else {
            terms.extend(part.split_whitespace().map(str::to_lowercase));
        }
    }
    terms.retain(|term| !term.is_empty());
    terms
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_search_is_words_and_phrases() {
        assert_eq!(super::terms(r#"Team "big Room" x"#), ["team", "big room", "x"]);
        assert!(super::terms(" \"\" ").is_empty());
    }
}
