//! How an event looks to the person who asks.

use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use jiff::tz::TimeZone;
use serde_json::{Map, Value, json};

use super::event::{ACCOUNT, Event, account_of, email_of};
use crate::calendar::{access::Role, time};

/// Who looks at a calendar, and how.
pub struct View<'a> {
    /// The account that asks.
    pub account: &'a str,
    /// What that account may do in the calendar.
    pub role: Role,
    /// The calendar's own zone.
    pub calendar_zone: &'a str,
    /// The zone whose offset is shown.
    pub shown_in: TimeZone,
    /// With more guests than this only the participant is shown.
    pub max_attendees: Option<usize>,
}

/// What a role sees of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    /// Everything.
    Full,
    /// That and when it is, no more.
    Outline,
}

/// Fields that stay when details are hidden.
const OUTLINE: [&str; 9] = [
    "start",
    "end",
    "status",
    "visibility",
    "transparency",
    "recurrence",
    "iCalUID",
    "eventType",
    "endTimeUnspecified",
];

impl View<'_> {
    /// What this person sees of `event`.
    pub fn sight(&self, event: &Event) -> Sight {
        if self.role <= Role::FreeBusyReader {
            return Sight::Outline;
        }
        let private = matches!(event.text("visibility"), Some("private" | "confidential"));
        let invited = event.attendee(self.account).is_some() || event.organizer().eq_ignore_ascii_case(self.account);
        if private && !self.role.sees_private() && !invited { Sight::Outline } else { Sight::Full }
    }

    /// The resource.
    pub fn event(&self, event: &Event) -> Value {
        if event.is_cancelled() && event.master.is_some() {
            return self.tombstone(event);
        }
        let full = self.sight(event) == Sight::Full;
        let mut shown = event.fields.clone();
        if !full {
            shown.retain(|key, _| OUTLINE.contains(&key.as_str()));
        }
        for (key, value) in self.head(event) {
            shown.entry(key).or_insert(value);
        }
        shown.entry("status").or_insert_with(|| json!("confirmed"));
        shown.entry("eventType").or_insert_with(|| json!("default"));
        shown.insert("updated".to_owned(), json!(time::write_millis(event.updated)));
        for (key, moment) in [("start", event.start()), ("end", event.end())] {
            if let Some(moment) = moment {
                shown.insert(key.to_owned(), moment.write(&self.shown_in, self.calendar_zone));
            }
        }
        if !full {
            shown.entry("visibility").or_insert_with(|| json!("private"));
            return Value::Object(shown);
        }
        shown.insert("created".to_owned(), json!(time::write_created(event.created)));
        shown.insert("sequence".to_owned(), json!(event.sequence));
        shown.insert("htmlLink".to_owned(), json!(html_link(event)));
        shown.entry("reminders").or_insert_with(|| json!({ "useDefault": true }));
        self.people(event, &mut shown);
        Value::Object(shown)
    }

    /// What is left of a deleted event in a list of changes, and of a cancelled instance everywhere.
    pub fn tombstone(&self, event: &Event) -> Value {
        let mut shown = self.head(event);
        shown.insert("status".to_owned(), json!("cancelled"));
        Value::Object(shown)
    }

    fn head(&self, event: &Event) -> Map<String, Value> {
        let mut shown = Map::new();
        shown.insert("kind".to_owned(), json!("calendar#event"));
        shown.insert("etag".to_owned(), json!(etag(event)));
        shown.insert("id".to_owned(), json!(event.id));
        if let (Some(master), Some(original)) = (&event.master, &event.original) {
            shown.insert("recurringEventId".to_owned(), json!(master));
            shown.insert("originalStartTime".to_owned(), original.write(&self.shown_in, self.calendar_zone));
        }
        shown
    }

    /// Marks who is who from the point of view of this calendar, and leaves out what this person may not see.
    fn people(&self, event: &Event, shown: &mut Map<String, Value>) {
        let is_here = |email: &str| email.eq_ignore_ascii_case(&event.calendar);
        for key in ["creator", "organizer"] {
            if let Some(person) = shown.get_mut(key).and_then(Value::as_object_mut)
                && is_here(email_of(person))
            {
                person.insert("self".to_owned(), json!(true));
            }
        }
        let creator = event.fields.get("creator").and_then(|c| c.get("email")).and_then(Value::as_str);
        if !creator.is_some_and(|creator| creator.eq_ignore_ascii_case(self.account)) {
            shown.remove("source");
        }
        let organizes = is_here(event.organizer());
        let Some(Value::Array(guests)) = shown.get_mut("attendees") else {
            return;
        };
        for guest in guests.iter_mut().filter_map(Value::as_object_mut) {
            guest.entry("responseStatus").or_insert_with(|| json!("needsAction"));
            guest.retain(|key, value| match key.as_str() {
                "optional" | "resource" => *value == json!(true),
                "additionalGuests" => *value != json!(0),
                _ => true,
            });
            let email = email_of(guest).to_owned();
            let account = account_of(guest).to_owned();
            guest.remove(ACCOUNT);
            if is_here(&account) {
                guest.insert("self".to_owned(), json!(true));
            }
            if email.eq_ignore_ascii_case(event.organizer()) {
                guest.insert("organizer".to_owned(), json!(true));
            }
        }
        let too_many = self.max_attendees.is_some_and(|most| guests.len() > most);
        let hidden =
            !organizes && !event.flag("guestsCanSeeOtherGuests", true) && !event.flag("guestsCanModify", false);
        if too_many || hidden {
            guests.retain(|guest| guest.get("self") == Some(&json!(true)));
            shown.insert("attendeesOmitted".to_owned(), json!(true));
        }
        if shown.get("attendees").and_then(Value::as_array).is_some_and(Vec::is_empty) {
            shown.remove("attendees");
        }
    }
}

/// Twice the version, in quotes.
pub fn etag(event: &Event) -> String {
    format!("\"{}\"", event.version * 2)
}

/// The address of the event in Google's own pages.
pub fn html_link(event: &Event) -> String {
    let eid = STANDARD_NO_PAD.encode(format!("{} {}", event.id, event.calendar));
    format!("https://www.google.com/calendar/event?eid={eid}")
}
