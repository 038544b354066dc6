use std::fmt;

use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value, value::RawValue};

use crate::{
    Page,
    calendar::{AccessRole, DateTime, Event, Reminder},
};

/// One page of a list of events.
pub struct EventPage {
    /// The version of the list.
    pub etag: Option<String>,
    /// The calendar's name.
    pub summary: Option<String>,
    /// The calendar's description.
    pub description: Option<String>,
    /// The calendar's IANA zone.
    pub time_zone: Option<String>,
    /// What the account may do with the calendar.
    pub access_role: Option<AccessRole>,
    /// The calendar's reminders, for events that use the default.
    pub default_reminders: Vec<Reminder>,
    /// When the calendar was last changed.
    pub updated: Option<DateTime>,
    /// The events in Google's order. A page may be empty although others follow.
    pub items: Vec<RawEvent>,
    /// What comes after this page.
    pub next: Cursor,
    /// What else Google sent beside the events.
    pub other: Map<String, Value>,
}

/// What comes after a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cursor {
    /// Another page of the same query, by this page token.
    More(String),
    /// Nothing. The sync token, for the next increment, comes with lists that can be continued; a mirror must not take a last
    /// page without one for a success.
    End(Option<String>),
}

impl Cursor {
    /// What the two tokens of a page say. An empty one is what some services write instead of none.
    pub(crate) fn of(page: Option<String>, sync: Option<String>) -> Self {
        let some = |token: Option<String>| token.filter(|token| !token.is_empty());
        match some(page) {
            Some(token) => Self::More(token),
            None => Self::End(some(sync)),
        }
    }

    /// The token of the next page, if there is one.
    pub fn page_token(self) -> Option<String> {
        match self {
            Self::More(token) => Some(token),
            Self::End(_) => None,
        }
    }
}

impl From<EventPage> for Page<RawEvent> {
    fn from(page: EventPage) -> Self {
        Self { items: page.items.into(), next: page.next.page_token() }
    }
}

/// An event of a page: understood or not, with Google's own text.
pub struct RawEvent {
    /// Its id; empty if it has none.
    pub id: String,
    /// What Google sent, to the letter.
    pub raw: Box<RawValue>,
    /// What it says. One malformed event does not spoil the page.
    pub event: Result<Event, MalformedEvent>,
}

/// An event that could not be read, and where. It holds no content.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the event could not be read ({what} at line {line}, column {column})")]
pub struct MalformedEvent {
    /// What kind of problem it is.
    pub what: &'static str,
    /// The line in the event's own text, from 1.
    pub line: usize,
    /// The column, from 1.
    pub column: usize,
}

/// One event with Google's own text, which holds what [`Event`] does not name.
#[derive(Clone)]
pub struct EventCopy {
    /// What it says.
    pub event: Event,
    /// What Google sent, to the letter.
    pub raw: Box<RawValue>,
}

/// Shows how many events there are and what comes next.
impl fmt::Debug for EventPage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("EventPage");
        shown.field("items", &self.items.len()).field("next", &self.next).finish_non_exhaustive()
    }
}

/// Shows what [`Event`] shows, and not Google's text.
impl fmt::Debug for RawEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawEvent").field("id", &self.id).field("event", &self.event).finish_non_exhaustive()
    }
}

/// Shows what [`Event`] shows, and not Google's text.
impl fmt::Debug for EventCopy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventCopy").field("event", &self.event).finish_non_exhaustive()
    }
}

impl RawEvent {
    fn read(raw: &RawValue) -> Self {
        let text = raw.get();
        let event = serde_json::from_str::<Event>(text).map_err(|error| MalformedEvent {
            what: if error.is_data() { "a field of another type" } else { "not JSON" },
            line: error.line(),
            column: error.column(),
        });
        let id = match &event {
            Ok(event) => event.id.clone().unwrap_or_default(),
            Err(_) => id_of(text),
        };
        Self { id, raw: raw.to_owned(), event }
    }
}

fn id_of(text: &str) -> String {
    #[derive(Deserialize)]
    struct OnlyId {
        id: String,
    }
    serde_json::from_str::<OnlyId>(text).map(|only| only.id).unwrap_or_default()
}

impl EventCopy {
    pub(crate) fn parse(body: &[u8]) -> Result<Self, serde_json::Error> {
        let raw: Box<RawValue> = serde_json::from_slice(body)?;
        let event = serde_json::from_str(raw.get())?;
        Ok(Self { event, raw })
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Envelope<'a> {
    etag: Option<String>,
    summary: Option<String>,
    description: Option<String>,
    time_zone: Option<String>,
    access_role: Option<AccessRole>,
    default_reminders: Option<Vec<Reminder>>,
    updated: Option<DateTime>,
    #[serde(borrow, default)]
    items: Items<'a>,
    next_page_token: Option<String>,
    next_sync_token: Option<String>,
    #[serde(flatten)]
    other: Map<String, Value>,
}

/// Reads each event as it passes, so that the page is walked once and only what is kept is copied.
#[derive(Default)]
struct Items<'a>(Vec<RawEvent>, std::marker::PhantomData<&'a ()>);

impl<'de: 'a, 'a> Deserialize<'de> for Items<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ItemsVisitor;
        impl<'de> serde::de::Visitor<'de> for ItemsVisitor {
            type Value = Vec<RawEvent>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of events")
            }
            fn visit_unit<E>(self) -> Result<Vec<RawEvent>, E> {
                Ok(Vec::new())
            }
            fn visit_none<E>(self) -> Result<Vec<RawEvent>, E> {
                Ok(Vec::new())
            }
            fn visit_some<D: Deserializer<'de>>(self, list: D) -> Result<Vec<RawEvent>, D::Error> {
                list.deserialize_seq(self)
            }
            fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut seq: A) -> Result<Vec<RawEvent>, A::Error> {
                let mut items = Vec::with_capacity(seq.size_hint().unwrap_or(256));
                while let Some(raw) = seq.next_element::<&'de RawValue>()? {
                    items.push(RawEvent::read(raw));
                }
                Ok(items)
            }
        }
        deserializer.deserialize_option(ItemsVisitor).map(|items| Self(items, std::marker::PhantomData))
    }
}

impl EventPage {
    /// Reads the body of an answer to `events.list` or `events.instances`.
    pub fn parse(body: &[u8]) -> Result<Self, serde_json::Error> {
        let page: Envelope<'_> = serde_json::from_slice(body)?;
        let next = Cursor::of(page.next_page_token, page.next_sync_token);
        Ok(Self {
            etag: page.etag,
            summary: page.summary,
            description: page.description,
            time_zone: page.time_zone,
            access_role: page.access_role,
            default_reminders: page.default_reminders.unwrap_or_default(),
            updated: page.updated,
            items: page.items.0,
            next,
            other: page.other,
        })
    }
}
