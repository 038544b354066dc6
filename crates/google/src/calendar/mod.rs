//! Google Calendar, version 3. <https://developers.google.com/workspace/calendar/api/v3/reference>
//!
//! [`Calendar`] hands out one small value per collection, named as Google names it: `calendar.events("primary").list(…)`.

mod acl;
mod calendar_list;
mod calendars;
mod channels;
mod colors;
mod conference;
mod date_time;
mod event;
mod event_page;
mod event_patch;
mod event_query;
mod events;
mod free_busy;
mod list_page;
pub mod scopes;
mod settings;
mod special;

pub use acl::{Acl, AclQuery, AclRule, AclScope, AclScopeKind};
pub use calendar_list::{
    CalendarList, CalendarListEntry, CalendarListPage, CalendarListPatch, CalendarListQuery, CalendarNotification,
    NotificationSettings,
};
pub use calendars::{AccessRole, CalendarPatch, CalendarResource, Calendars, ConferenceProperties};
pub use channels::{Channel, Channels, NewChannel};
pub use colors::{ColorPair, Colors};
pub use conference::{
    ConferenceData, ConferenceKind, ConferenceSolution, ConferenceSolutionKey, ConferenceStatus, CreateConference,
    CreateConferenceStatus, EntryPoint, EntryPointKind,
};
pub use date_time::{DateTime, NotADateTime};
pub use event::{
    Attachment, Attendee, Event, EventKind, EventStatus, EventTime, ExtendedProperties, Person, Properties, Reminder,
    ReminderMethod, Reminders, ResponseStatus, Source, Transparency, Visibility,
};
pub use event_page::{Cursor, EventCopy, EventPage, MalformedEvent, RawEvent};
pub use event_patch::{EventPatch, EventTimePatch, ExtendedPropertiesPatch};
pub use event_query::{EventQuery, InstancesQuery, MirrorQuery, OrderBy, SearchQuery};
pub use events::{EventView, Events, SendUpdates, Write};
pub use free_busy::{Busy, FreeBusyAnswer, FreeBusyCalendar, FreeBusyGroup, FreeBusyProblem, FreeBusyQuery};
pub use list_page::ListPage;
pub use settings::{Setting, Settings, SettingsQuery};
pub use special::{
    AutoDecline, BirthdayProperties, ChatStatus, CustomLocation, FocusTime, OfficeLocation, OutOfOffice,
    WorkingLocation, WorkplaceKind,
};

use crate::{Client, GoogleService};

/// The Calendar API for one account.
#[derive(Clone)]
pub struct Calendar {
    client: Client,
}

impl GoogleService for Calendar {
    const ROOT: &'static str = "https://www.googleapis.com";
    const PATH: &'static str = "/calendar/v3";
    const BATCH: &'static str = "/batch/calendar/v3";

    fn with(client: Client) -> Self {
        Self { client }
    }

    fn client(&self) -> &Client {
        &self.client
    }
}

impl Calendar {
    /// The Calendar API on this client.
    pub fn new(client: Client) -> Self {
        Self { client }
    }

    /// The calendars in the account's list.
    pub fn calendar_list(&self) -> CalendarList<'_> {
        CalendarList { service: self, etag: None }
    }

    /// Calendars themselves.
    pub fn calendars(&self) -> Calendars<'_> {
        Calendars { service: self, etag: None }
    }

    /// The events of one calendar: its id, or `primary` for the account's own.
    pub fn events<'a>(&'a self, calendar_id: &'a str) -> Events<'a> {
        Events { service: self, calendar_id }
    }

    /// Whom one calendar is shared with.
    pub fn acl<'a>(&'a self, calendar_id: &'a str) -> Acl<'a> {
        Acl { service: self, calendar_id, etag: None }
    }

    /// What the account has set.
    pub fn settings(&self) -> Settings<'_> {
        Settings { service: self }
    }

    /// Push channels.
    pub fn channels(&self) -> Channels<'_> {
        Channels { service: self }
    }
}
