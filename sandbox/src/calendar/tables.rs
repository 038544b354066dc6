//! What Google Calendar remembers: calendars, who sees them, events, and the channels that watch them.
//!
//! Every write gets a *version*: microseconds of the clock, made strictly increasing. It is the etag, the position in
//! every list of changes and what a sync token remembers.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::time::OriginalStart;
use crate::state::{Table, TableLog};

/// A position in the history of all changes, in microseconds.
pub type Version = i64;

/// A calendar.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct CalendarRow {
    /// The writable fields of the resource.
    pub fields: Map<String, Value>,
    /// Its data owner's address.
    pub owner: String,
    /// Whether it is its owner's primary calendar.
    pub primary: bool,
    /// The OAuth client that created it; empty for a primary calendar.
    #[serde(default)]
    pub client: String,
    /// Whether it was deleted. Its id is not given again.
    #[serde(default)]
    pub deleted: bool,
    /// Of the last change of the calendar itself.
    pub version: Version,
}

impl CalendarRow {
    /// The name of its time zone.
    pub fn zone_name(&self) -> &str {
        self.fields.get("timeZone").and_then(Value::as_str).unwrap_or("UTC")
    }

    /// Its title.
    pub fn summary(&self) -> &str {
        self.fields.get("summary").and_then(Value::as_str).unwrap_or_default()
    }
}

/// A calendar in one person's list.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct EntryRow {
    /// The person's own fields of the entry.
    pub fields: Map<String, Value>,
    /// Whether the person removed it.
    #[serde(default)]
    pub deleted: bool,
    /// Of the last change.
    pub version: Version,
}

/// A rule of a calendar's access control list.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RuleRow {
    /// `none`, `freeBusyReader`, … `owner`.
    pub role: super::access::Role,
    /// `default`, `user`, `group` or `domain`.
    pub scope: String,
    /// The address or domain; empty for `default`.
    pub value: String,
    /// Of the last change.
    pub version: Version,
}

/// One event in one calendar: a single event, the master of a series, or an exception.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct EventRow {
    /// The calendar that holds it.
    pub calendar: String,
    /// Its id there.
    pub id: String,
    /// The fields as written, times in UTC. Of an exception only what differs from its master; `null` is "cleared".
    pub fields: Map<String, Value>,
    /// The series that it is an exception of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub master: Option<String>,
    /// An exception whose series no longer has that start.
    #[serde(default, skip_serializing_if = "is_false")]
    pub dropped: bool,
    /// When it was made.
    pub created: Timestamp,
    /// When its main data last changed. Reminders do not move it.
    pub updated: Timestamp,
    /// Of the last write of any kind.
    pub version: Version,
    /// As in iCalendar.
    #[serde(default)]
    pub sequence: i64,
    /// Microseconds of the (first) start, all-day in the calendar's zone.
    pub start: i64,
    /// Microseconds of the (last) end; `i64::MAX` when there is none.
    pub end: i64,
    /// When the pending Meet request is worked off, in microseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meet_due: Option<i64>,
    /// Rules that a series had before, or that it was none, so that a delta of instances can take back what they gave.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub former: Vec<FormerRule>,
}

/// What a series was until some version.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FormerRule {
    /// The recurrence lines; empty when it was a single event.
    pub recurrence: Vec<String>,
    /// The stored start.
    pub start: Value,
    /// The version that ended it.
    pub until: Version,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde asks for")]
fn is_false(flag: &bool) -> bool {
    !flag
}

impl EventRow {
    /// A text field.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.fields.get(key).and_then(Value::as_str)
    }

    /// Whether it is cancelled.
    pub fn is_cancelled(&self) -> bool {
        self.text("status") == Some("cancelled")
    }

    /// Whether it is the master of a series.
    pub fn is_series(&self) -> bool {
        self.fields.get("recurrence").and_then(Value::as_array).is_some_and(|lines| !lines.is_empty())
    }

    /// The recurrence lines of a master.
    pub fn recurrence(&self) -> Vec<String> {
        let lines = self.fields.get("recurrence").and_then(Value::as_array);
        lines.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    }

    /// The original start of an exception.
    pub fn original_start(&self) -> Option<OriginalStart> {
        self.master.as_ref()?;
        OriginalStart::split_id(&self.id).map(|(_, start)| start)
    }
}

/// A push channel.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ChannelRow {
    /// The id that the client chose, unique in its project.
    pub id: String,
    /// The project of the client that opened it.
    pub project: String,
    /// The OAuth client that opened it.
    pub client: String,
    /// The person who opened it.
    pub account: String,
    /// The opaque id of what is watched.
    pub resource_id: String,
    /// The address of what is watched, as Google spells it.
    pub resource_uri: String,
    /// Where messages go.
    pub address: String,
    /// What is sent along so that the receiver knows the sender.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// When it ends, in milliseconds.
    pub expiration: i64,
    /// The number of the last message.
    pub number: u64,
    /// The message that waits to be sent, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting: Option<super::channels::Waiting>,
}

/// Every table of the Calendar service.
#[derive(Default)]
pub struct CalendarTables {
    /// By calendar id.
    pub calendars: Table<CalendarRow>,
    /// By person and calendar id.
    pub entries: Table<EntryRow>,
    /// By calendar id and rule id.
    pub rules: Table<RuleRow>,
    /// By calendar id and event id. Written through [`CalendarTables::put_event`] only.
    pub events: Table<EventRow>,
    /// By what is watched and channel id.
    pub channels: Table<ChannelRow>,
    /// Counters and switches by name.
    pub settings: Table<i64>,
    index: Option<Index>,
    /// What the current call put, so that the index can be mended when the call is undone.
    put: Vec<Place>,
}

/// What is found from events without walking them; made again from the rows after a start.
#[derive(Default)]
struct Index {
    changes: BTreeMap<(String, Version), String>,
    uids: BTreeMap<(String, String), BTreeSet<String>>,
    meets: BTreeSet<(i64, String)>,
}

/// Where an event stands in the index.
struct Place {
    calendar: String,
    id: String,
    version: Version,
    uid: Option<String>,
    meet_due: Option<i64>,
}

impl Place {
    fn of(row: &EventRow) -> Self {
        Self {
            calendar: row.calendar.clone(),
            id: row.id.clone(),
            version: row.version,
            uid: row.text("iCalUID").map(str::to_owned),
            meet_due: row.meet_due,
        }
    }
}

impl Index {
    fn add(&mut self, at: &Place) {
        self.changes.insert((at.calendar.clone(), at.version), at.id.clone());
        if let Some(uid) = &at.uid {
            self.uids.entry((at.calendar.clone(), uid.clone())).or_default().insert(at.id.clone());
        }
        if let Some(due) = at.meet_due {
            self.meets.insert((due, key(&at.calendar, &at.id)));
        }
    }

    fn take(&mut self, at: &Place) {
        self.changes.remove(&(at.calendar.clone(), at.version));
        if let Some(ids) = at.uid.as_ref().and_then(|uid| self.uids.get_mut(&(at.calendar.clone(), uid.clone()))) {
            ids.remove(&at.id);
        }
        if let Some(due) = at.meet_due {
            self.meets.remove(&(due, key(&at.calendar, &at.id)));
        }
    }
}

/// The key of a row that belongs to two things.
pub fn key(owner: &str, id: &str) -> String {
    format!("{owner}\u{1f}{id}")
}

/// The prefix of the keys of everything that belongs to `owner`.
pub fn prefix(owner: &str) -> String {
    format!("{owner}\u{1f}")
}

const VERSION: &str = "version";

impl CalendarTables {
    /// The tables by name, for the log.
    pub fn tables(&mut self) -> Vec<(&'static str, &mut dyn TableLog)> {
        vec![
            ("calendars", &mut self.calendars),
            ("calendar_entries", &mut self.entries),
            ("calendar_rules", &mut self.rules),
            ("calendar_events", &mut self.events),
            ("calendar_channels", &mut self.channels),
            ("calendar_settings", &mut self.settings),
        ]
    }

    /// The next version: the clock, unless that was given already.
    pub fn next_version(&mut self, now: Timestamp) -> Version {
        let version = now.as_microsecond().max(self.last_version() + 1);
        self.settings.put(VERSION, version);
        version
    }

    /// The last version that was given.
    pub fn last_version(&self) -> Version {
        self.settings.get(VERSION).copied().unwrap_or(0)
    }

    /// The event of that id in that calendar, cancelled ones too.
    pub fn event(&self, calendar: &str, id: &str) -> Option<&EventRow> {
        self.events.get(&key(calendar, id))
    }

    /// Stores an event, and tells whoever watches its calendar.
    pub fn put_event(&mut self, row: EventRow) {
        let at = key(&row.calendar, &row.id);
        self.index();
        let old = self.events.get(&at).map(Place::of);
        let place = Place::of(&row);
        let index = self.index();
        if let Some(old) = &old {
            index.take(old);
        }
        index.add(&place);
        self.put.push(place);
        let resource = super::channels::events_resource(&row.calendar);
        self.events.put(at, row);
        super::channels::changed(self, &resource);
    }

    /// The events of a calendar by id, after `after`.
    pub fn events_of<'a>(&'a self, calendar: &str, after: Option<&str>) -> impl Iterator<Item = &'a EventRow> {
        let prefix = prefix(calendar);
        let from = match after {
            Some(id) => format!("{prefix}{id}\0"),
            None => prefix.clone(),
        };
        self.events.range_from(from).take_while(move |(key, _)| key.starts_with(&prefix)).map(|(_, row)| row)
    }

    /// The exceptions of a series, dropped and cancelled ones too.
    pub fn exceptions_of<'a>(&'a self, calendar: &str, master: &'a str) -> impl Iterator<Item = &'a EventRow> {
        let prefix = format!("{}_", key(calendar, master));
        self.events
            .range_from(prefix.clone())
            .take_while(move |(key, _)| key.starts_with(&prefix))
            .map(|(_, row)| row)
            .filter(move |row| row.master.as_deref() == Some(master))
    }

    /// The ids of the first `most` events changed after `since` and up to `until`, in the order of their last change.
    pub fn changes(&mut self, calendar: &str, since: Version, until: Version, most: usize) -> Vec<(Version, String)> {
        if until <= since {
            return vec![];
        }
        let range = (calendar.to_owned(), since + 1)..=(calendar.to_owned(), until);
        self.index().changes.range(range).take(most).map(|((_, version), id)| (*version, id.clone())).collect()
    }

    /// The version of the last change of an event of that calendar; 0 when there was none.
    pub fn last_change(&mut self, calendar: &str) -> Version {
        let range = (calendar.to_owned(), Version::MIN)..=(calendar.to_owned(), Version::MAX);
        self.index().changes.range(range).next_back().map_or(0, |((_, version), _)| *version)
    }

    /// The ids of the events of a calendar that share an iCalUID.
    pub fn with_uid(&mut self, calendar: &str, uid: &str) -> Vec<String> {
        let ids = self.index().uids.get(&(calendar.to_owned(), uid.to_owned()));
        ids.into_iter().flatten().cloned().collect()
    }

    /// The events whose Meet request is due.
    pub fn meets_due(&mut self, now: Timestamp) -> Vec<EventRow> {
        let now = now.as_microsecond();
        let due: Vec<String> =
            self.index().meets.iter().take_while(|(due, _)| *due <= now).map(|(_, key)| key.clone()).collect();
        due.iter().filter_map(|key| self.events.get(key).cloned()).collect()
    }

    /// When the next Meet request is due, in microseconds.
    pub fn next_meet(&mut self) -> Option<i64> {
        self.index().meets.first().map(|(due, _)| *due)
    }

    /// A new call begins: what came before is not undone any more.
    pub fn begin(&mut self) {
        self.put.clear();
    }

    /// The rows were taken back to what they were before the current call, or emptied.
    pub fn undone(&mut self) {
        if self.events.is_empty() {
            self.index = None;
        }
        let put = std::mem::take(&mut self.put);
        let Some(index) = &mut self.index else {
            return;
        };
        put.iter().for_each(|at| index.take(at));
        for row in put.iter().filter_map(|at| self.events.get(&key(&at.calendar, &at.id))) {
            index.add(&Place::of(row));
        }
    }

    fn index(&mut self) -> &mut Index {
        if self.index.is_none() {
            let mut index = Index::default();
            self.events.values().for_each(|row| index.add(&Place::of(row)));
            self.index = Some(index);
        }
        self.index.get_or_insert_default()
    }
}
