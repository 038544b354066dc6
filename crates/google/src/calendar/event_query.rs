use std::fmt;

use jiff::Timestamp;

use crate::{Request, calendar::EventKind};

/// The parameters of an `events.list`, made from a [`MirrorQuery`] or a [`SearchQuery`].
///
/// Google refuses a sync token beside most filters, and does so only at run time. Here the two kinds of reading are two
/// types, and the combinations that Google refuses cannot be written.
/// <https://developers.google.com/workspace/calendar/api/guides/sync>
#[derive(Clone, Default, PartialEq, Eq)]
pub struct EventQuery {
    parameters: Vec<(&'static str, String)>,
}

/// Shows the names of the parameters and not what is looked for.
impl fmt::Debug for EventQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.parameters.iter().map(|(name, _)| name)).finish()
    }
}

impl EventQuery {
    fn set(&mut self, name: &'static str, value: impl Into<String>) {
        self.parameters.retain(|(known, _)| *known != name);
        self.parameters.push((name, value.into()));
    }

    fn add(&mut self, name: &'static str, value: impl Into<String>) {
        self.parameters.push((name, value.into()));
    }

    /// The page with this token, if there is one; else the page that it asked for before.
    pub(crate) fn at(mut self, page_token: Option<String>) -> Self {
        if let Some(token) = page_token {
            self.set("pageToken", token);
        }
        self
    }

    pub(crate) fn apply(&self, request: Request) -> Request {
        self.parameters.iter().fold(request, |request, (name, value)| request.query(name, value))
    }
}

/// The order of a search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderBy {
    /// By start; the search then lists single instances.
    StartTime,
    /// By last change.
    Updated,
}

/// Reads a calendar in order to keep a copy of it: once whole, and then what has changed. Deletions are always shown.
///
/// All queries for one cursor must be the same but for [`MirrorQuery::since`] and [`MirrorQuery::page`], and those that
/// continue by page token repeat [`MirrorQuery::since`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MirrorQuery(EventQuery);

impl MirrorQuery {
    /// The whole calendar: masters and exceptions, 2500 a page.
    pub fn new() -> Self {
        let mut query = EventQuery::default();
        query.set("showDeleted", "true");
        query.set("maxResults", "2500");
        Self(query)
    }

    /// Only what has changed since the list that ended with this sync token.
    pub fn since(mut self, sync_token: &str) -> Self {
        self.0.set("syncToken", sync_token);
        self
    }

    /// The page with this token, [`Cursor::More`](crate::calendar::Cursor::More).
    pub fn page(mut self, page_token: &str) -> Self {
        self.0.set("pageToken", page_token);
        self
    }

    /// Invitations too that are hidden from the person, as unknown senders' are.
    pub fn with_hidden_invitations(mut self) -> Self {
        self.0.set("showHiddenInvitations", "true");
        self
    }

    /// Instances instead of masters.
    pub fn single_events(mut self) -> Self {
        self.0.set("singleEvents", "true");
        self
    }

    /// Only these kinds.
    pub fn event_types(mut self, kinds: &[EventKind]) -> Self {
        self.0.parameters.retain(|(name, _)| *name != "eventTypes");
        kinds.iter().for_each(|kind| self.0.add("eventTypes", kind.as_str()));
        self
    }

    /// Events a page at most, 1 to 2500. A page may be shorter.
    pub fn max_results(mut self, count: u32) -> Self {
        self.0.set("maxResults", count.clamp(1, 2500).to_string());
        self
    }

    /// Guests an event at most; of a larger one only the account's own entry comes.
    pub fn max_attendees(mut self, count: u32) -> Self {
        self.0.set("maxAttendees", count.max(1).to_string());
        self
    }

    /// The IANA zone in which times are written.
    pub fn time_zone(mut self, zone: &str) -> Self {
        self.0.set("timeZone", zone);
        self
    }
}

impl Default for MirrorQuery {
    fn default() -> Self {
        Self::new()
    }
}

impl From<&MirrorQuery> for EventQuery {
    fn from(query: &MirrorQuery) -> Self {
        query.0.clone()
    }
}

impl From<MirrorQuery> for EventQuery {
    fn from(query: MirrorQuery) -> Self {
        query.0
    }
}

/// Looks for events once: by time, text, property. What it finds cannot be continued by a sync token.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SearchQuery(EventQuery);

impl SearchQuery {
    /// All events that are not deleted, masters instead of instances, 250 a page.
    pub fn new() -> Self {
        Self::default()
    }

    /// Events that end after this instant.
    pub fn ends_after(mut self, instant: Timestamp) -> Self {
        self.0.set("timeMin", instant.to_string());
        self
    }

    /// Events that start before this instant.
    pub fn starts_before(mut self, instant: Timestamp) -> Self {
        self.0.set("timeMax", instant.to_string());
        self
    }

    /// Events changed since this instant, deletions included. Too long ago is
    /// [`Kind::FullSyncRequired`](crate::Kind::FullSyncRequired).
    pub fn updated_since(mut self, instant: Timestamp) -> Self {
        self.0.set("updatedMin", instant.to_string());
        self
    }

    /// Free text in title, description, place and people.
    pub fn text(mut self, text: &str) -> Self {
        self.0.set("q", text);
        self
    }

    /// The events with this iCalUID.
    pub fn i_cal_uid(mut self, uid: &str) -> Self {
        self.0.set("iCalUID", uid);
        self
    }

    /// Events with this private extended property. Several must all hold.
    pub fn private_property(mut self, key: &str, value: &str) -> Self {
        self.0.add("privateExtendedProperty", format!("{key}={value}"));
        self
    }

    /// Events with this shared extended property. Several must all hold.
    pub fn shared_property(mut self, key: &str, value: &str) -> Self {
        self.0.add("sharedExtendedProperty", format!("{key}={value}"));
        self
    }

    /// Instances instead of masters.
    pub fn single_events(mut self) -> Self {
        self.0.set("singleEvents", "true");
        self
    }

    /// In this order; by start there are instances only, which is set as well.
    pub fn order_by(mut self, order: OrderBy) -> Self {
        match order {
            OrderBy::StartTime => {
                self.0.set("orderBy", "startTime");
                self.single_events()
            }
            OrderBy::Updated => {
                self.0.set("orderBy", "updated");
                self
            }
        }
    }

    /// Deleted ones too, with the status `cancelled`.
    pub fn with_deleted(mut self) -> Self {
        self.0.set("showDeleted", "true");
        self
    }

    /// Invitations too that are hidden from the person, as unknown senders' are.
    pub fn with_hidden_invitations(mut self) -> Self {
        self.0.set("showHiddenInvitations", "true");
        self
    }

    /// Guests an event at most; of a larger one only the account's own entry comes.
    pub fn max_attendees(mut self, count: u32) -> Self {
        self.0.set("maxAttendees", count.max(1).to_string());
        self
    }

    /// Only this kind; may be said several times.
    pub fn event_type(mut self, kind: &EventKind) -> Self {
        self.0.add("eventTypes", kind.as_str());
        self
    }

    /// Events a page at most, 1 to 2500.
    pub fn max_results(mut self, count: u32) -> Self {
        self.0.set("maxResults", count.clamp(1, 2500).to_string());
        self
    }

    /// The IANA zone in which times are written.
    pub fn time_zone(mut self, zone: &str) -> Self {
        self.0.set("timeZone", zone);
        self
    }

    /// The page with this token.
    pub fn page(mut self, page_token: &str) -> Self {
        self.0.set("pageToken", page_token);
        self
    }
}

impl From<&SearchQuery> for EventQuery {
    fn from(query: &SearchQuery) -> Self {
        query.0.clone()
    }
}

impl From<SearchQuery> for EventQuery {
    fn from(query: SearchQuery) -> Self {
        query.0
    }
}

/// Lists the instances of one series.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InstancesQuery(EventQuery);

impl InstancesQuery {
    /// All instances that are not cancelled.
    pub fn new() -> Self {
        Self::default()
    }

    /// Instances that end at this instant or later.
    pub fn ends_after(mut self, instant: Timestamp) -> Self {
        self.0.set("timeMin", instant.to_string());
        self
    }

    /// Instances that start before this instant.
    pub fn starts_before(mut self, instant: Timestamp) -> Self {
        self.0.set("timeMax", instant.to_string());
        self
    }

    /// The instance with this original start, as its `originalStartTime` has it.
    pub fn original_start(mut self, start: &str) -> Self {
        self.0.set("originalStart", start);
        self
    }

    /// Cancelled ones too.
    pub fn with_deleted(mut self) -> Self {
        self.0.set("showDeleted", "true");
        self
    }

    /// Guests an event at most; of a larger one only the account's own entry comes.
    pub fn max_attendees(mut self, count: u32) -> Self {
        self.0.set("maxAttendees", count.max(1).to_string());
        self
    }

    /// The IANA zone in which times are written.
    pub fn time_zone(mut self, zone: &str) -> Self {
        self.0.set("timeZone", zone);
        self
    }

    /// Instances a page at most, 1 to 2500.
    pub fn max_results(mut self, count: u32) -> Self {
        self.0.set("maxResults", count.clamp(1, 2500).to_string());
        self
    }

    /// The page with this token.
    pub fn page(mut self, page_token: &str) -> Self {
        self.0.set("pageToken", page_token);
        self
    }
}

impl From<&InstancesQuery> for EventQuery {
    fn from(query: &InstancesQuery) -> Self {
        query.0.clone()
    }
}

impl From<InstancesQuery> for EventQuery {
    fn from(query: InstancesQuery) -> Self {
        query.0
    }
}
