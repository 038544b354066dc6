use std::{collections::BTreeMap, fmt};

use jiff::{Timestamp, civil::Date};
use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::{Map, Value};

use crate::{
    Patch,
    calendar::{
        Attachment, Attendee, ConferenceData, EventStatus, EventTime, Reminders, Source, Transparency, Visibility,
    },
};

/// A change of some fields of an event; the rest stays. Arrays are replaced whole: to change one guest send all of them
/// (an organizer who sends one guest drops the others).
/// <https://developers.google.com/workspace/calendar/api/v3/reference/events/patch>
///
/// ```
/// use portico_google::{Patch, calendar::EventPatch};
/// let patch = EventPatch { summary: "Review".to_owned().into(), location: Patch::Clear, ..EventPatch::default() };
/// assert_eq!(serde_json::to_string(&patch).unwrap(), r#"{"summary":"Review","location":null}"#);
/// ```
#[derive(Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EventPatch {
    /// The title.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub summary: Patch<String>,
    /// The description.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub description: Patch<String>,
    /// The place.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub location: Patch<String>,
    /// The colour.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub color_id: Patch<String>,
    /// Confirmed, tentative, or cancelled: a deleted event becomes alive again by `confirmed`.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub status: Patch<EventStatus>,
    /// The start. Send it together with the end when the form changes between day and moment.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub start: Patch<EventTimePatch>,
    /// The end, exclusive.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub end: Patch<EventTimePatch>,
    /// The recurrence lines of a master. Cleared, a series becomes a single event.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub recurrence: Patch<Vec<String>>,
    /// Busy or free.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub transparency: Patch<Transparency>,
    /// Who may see it.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub visibility: Patch<Visibility>,
    /// All guests. A guest's own patch may send its own entry alone.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub attendees: Patch<Vec<Attendee>>,
    /// The account's reminders.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub reminders: Patch<Reminders>,
    /// The conference: a wish for one, or cleared to remove it.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub conference_data: Patch<ConferenceData>,
    /// A program's own keys.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub extended_properties: Patch<ExtendedPropertiesPatch>,
    /// Whether guests may invite others.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub guests_can_invite_others: Patch<bool>,
    /// Whether guests may change it.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub guests_can_modify: Patch<bool>,
    /// Whether guests may see each other.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub guests_can_see_other_guests: Patch<bool>,
    /// Where it came from.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub source: Patch<Source>,
    /// Files, all of them.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub attachments: Patch<Vec<Attachment>>,
    /// Any other field by Google's name; `null` clears.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

impl EventPatch {
    /// Whether nothing would be changed.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// A patch that moves an event.
    pub fn times(start: EventTime, end: EventTime) -> Self {
        Self { start: Patch::Set(start.into()), end: Patch::Set(end.into()), ..Self::default() }
    }

    pub(crate) fn writes_conference(&self) -> bool {
        !self.conference_data.is_keep() || self.other.contains_key("conferenceData")
    }
}

/// Shows the names of the fields that change and not their content.
impl fmt::Debug for EventPatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fields = serde_json::to_value(self).ok();
        let names = fields.as_ref().and_then(Value::as_object).into_iter().flat_map(Map::keys);
        f.write_str("EventPatch ")?;
        f.debug_set().entries(names).finish()
    }
}

/// A patch of ready-made JSON, by Google's names.
impl From<Map<String, Value>> for EventPatch {
    fn from(other: Map<String, Value>) -> Self {
        Self { other, ..Self::default() }
    }
}

/// A new start or end. It clears the keys of the other form, so that a timed event can become an all-day one and back.
#[derive(Clone, Debug, PartialEq)]
pub struct EventTimePatch(EventTime);

impl EventTimePatch {
    /// A day.
    pub fn day(date: Date) -> Self {
        Self(EventTime::day(date))
    }

    /// A moment in a zone, as [`EventTime::moment`].
    pub fn moment(instant: Timestamp, time_zone: &str) -> Self {
        Self(EventTime::moment(instant, time_zone))
    }
}

impl From<EventTime> for EventTimePatch {
    fn from(time: EventTime) -> Self {
        Self(time)
    }
}

impl Serialize for EventTimePatch {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("date", &self.0.date)?;
        map.serialize_entry("dateTime", &self.0.date_time)?;
        map.serialize_entry("timeZone", &self.0.time_zone)?;
        map.end()
    }
}

/// Changes of a program's own keys: the others stay, `None` removes one.
#[derive(Clone, Default, PartialEq, Eq, Serialize)]
pub struct ExtendedPropertiesPatch {
    /// In this calendar's copy only.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub private: BTreeMap<String, Option<String>>,
    /// In all guests' copies.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub shared: BTreeMap<String, Option<String>>,
}

/// Shows the keys and not the values.
impl fmt::Debug for ExtendedPropertiesPatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (private, shared) = (self.private.keys(), self.shared.keys());
        f.debug_struct("ExtendedPropertiesPatch").field("private", &private).field("shared", &shared).finish()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn json(patch: &EventPatch) -> Value {
        serde_json::to_value(patch).unwrap()
    }

    #[test]
    fn an_empty_patch_is_an_empty_object() {
        assert!(EventPatch::default().is_empty());
        assert_eq!(json(&EventPatch::default()), json!({}));
    }

    #[test]
    fn every_field_can_be_cleared() {
        let clear = EventPatch {
            summary: Patch::Clear,
            description: Patch::Clear,
            location: Patch::Clear,
            color_id: Patch::Clear,
            status: Patch::Clear,
            start: Patch::Clear,
            end: Patch::Clear,
            recurrence: Patch::Clear,
            transparency: Patch::Clear,
            visibility: Patch::Clear,
            attendees: Patch::Clear,
            reminders: Patch::Clear,
            conference_data: Patch::Clear,
            extended_properties: Patch::Clear,
            guests_can_invite_others: Patch::Clear,
            guests_can_modify: Patch::Clear,
            guests_can_see_other_guests: Patch::Clear,
            source: Patch::Clear,
            attachments: Patch::Clear,
            other: Map::from_iter([("colour".to_owned(), Value::Null)]),
        };
        let value = json(&clear);
        let fields = value.as_object().unwrap();
        assert_eq!(fields.len(), 20);
        assert!(fields.values().all(Value::is_null));
        assert!(fields.contains_key("guestsCanSeeOtherGuests") && fields.contains_key("conferenceData"));
    }

    #[test]
    fn a_timed_event_becomes_all_day_and_back() {
        let day = EventTimePatch::day("2026-08-04".parse().unwrap());
        let moment = EventTimePatch::moment("2026-08-04T13:00:00Z".parse().unwrap(), "Europe/Prague");
        let patch = EventPatch { start: day.into(), end: moment.into(), ..EventPatch::default() };
        assert_eq!(
            json(&patch),
            json!({
                "start": {"date": "2026-08-04", "dateTime": null, "timeZone": null},
                "end": {"date": null, "dateTime": "2026-08-04T15:00:00+02:00", "timeZone": "Europe/Prague"},
            })
        );
    }

    #[test]
    fn one_key_of_ours_is_removed_and_another_set() {
        let shared = [("a".to_owned(), None), ("b".to_owned(), Some("1".to_owned()))].into();
        let properties = ExtendedPropertiesPatch { shared, ..Default::default() };
        let patch = EventPatch { extended_properties: properties.into(), ..EventPatch::default() };
        assert_eq!(json(&patch), json!({"extendedProperties": {"shared": {"a": null, "b": "1"}}}));
    }
}
