//! The methods of Calendar v3 with their paths and scopes, as the discovery document (revision 20261030) lists them.
//! [Reference](https://developers.google.com/workspace/calendar/api/v3/reference)

use http::Method as Verb;

use super::{acl, calendar_list, calendars, channels, colors, events, free_busy, settings};
use crate::http::{
    Method,
    method::{Handler, Scopes, method, scopes},
};

// Each list is named after the first method, by name, that it belongs to.
const ACL_DELETE: Scopes = scopes!["calendar", "calendar.acls"];
const ACL_GET: Scopes = scopes!["calendar", "calendar.acls", "calendar.acls.readonly", "calendar.readonly"];
const ACL_LIST: Scopes = scopes!["calendar", "calendar.acls", "calendar.acls.readonly"];
const CALENDAR_LIST_DELETE: Scopes = scopes!["calendar", "calendar.app.created", "calendar.calendarlist"];
const CALENDAR_LIST_GET: Scopes = scopes![
    "calendar",
    "calendar.app.created",
    "calendar.calendarlist",
    "calendar.calendarlist.readonly",
    "calendar.readonly"
];
const CALENDAR_LIST_INSERT: Scopes = scopes!["calendar", "calendar.calendarlist"];
const CALENDAR_LIST_LIST: &[&str] =
    scopes!["calendar", "calendar.calendarlist", "calendar.calendarlist.readonly", "calendar.readonly"];
const CALENDARS_CLEAR: Scopes = scopes!["calendar", "calendar.calendars"];
const CALENDARS_DELETE: Scopes = scopes!["calendar", "calendar.app.created", "calendar.calendars"];
const CALENDARS_GET: Scopes = scopes![
    "calendar",
    "calendar.app.created",
    "calendar.calendars",
    "calendar.calendars.readonly",
    "calendar.readonly"
];
const CHANNELS_STOP: Scopes = scopes![
    "calendar",
    "calendar.acls",
    "calendar.acls.readonly",
    "calendar.app.created",
    "calendar.calendarlist",
    "calendar.calendarlist.readonly",
    "calendar.events",
    "calendar.events.freebusy",
    "calendar.events.owned",
    "calendar.events.owned.readonly",
    "calendar.events.public.readonly",
    "calendar.events.readonly",
    "calendar.readonly",
    "calendar.settings",
    "calendar.settings.readonly"
];
const COLORS_GET: Scopes = scopes![
    "calendar",
    "calendar.app.created",
    "calendar.calendarlist",
    "calendar.calendarlist.readonly",
    "calendar.events.freebusy",
    "calendar.events.owned",
    "calendar.events.owned.readonly",
    "calendar.events.public.readonly",
    "calendar.readonly"
];
const EVENTS_DELETE: Scopes = scopes!["calendar", "calendar.app.created", "calendar.events", "calendar.events.owned"];
const EVENTS_GET: Scopes = scopes![
    "calendar",
    "calendar.app.created",
    "calendar.events",
    "calendar.events.freebusy",
    "calendar.events.owned",
    "calendar.events.owned.readonly",
    "calendar.events.public.readonly",
    "calendar.events.readonly",
    "calendar.readonly"
];
const EVENTS_MOVE: Scopes = scopes!["calendar", "calendar.events", "calendar.events.owned"];
const FREEBUSY_QUERY: &[&str] =
    scopes!["calendar", "calendar.events.freebusy", "calendar.freebusy", "calendar.readonly"];
const SETTINGS_GET: &[&str] =
    scopes!["calendar", "calendar.readonly", "calendar.settings", "calendar.settings.readonly"];

const fn patch(id: &'static str, verb: Verb, path: &'static str, scopes: Scopes, handler: Handler) -> Method {
    Method { id, verb, path, scopes, cost: 3, handler }
}

/// The 38 methods. A patch costs three units of quota.
pub fn all() -> &'static [Method] {
    &METHODS
}

static METHODS: [Method; 38] = [
    method(
        "calendar.acl.delete",
        Verb::DELETE,
        "/calendar/v3/calendars/{calendarId}/acl/{ruleId}",
        ACL_DELETE,
        acl::delete,
    ),
    method("calendar.acl.get", Verb::GET, "/calendar/v3/calendars/{calendarId}/acl/{ruleId}", ACL_GET, acl::get),
    method("calendar.acl.insert", Verb::POST, "/calendar/v3/calendars/{calendarId}/acl", ACL_DELETE, acl::insert),
    method("calendar.acl.list", Verb::GET, "/calendar/v3/calendars/{calendarId}/acl", ACL_LIST, acl::list),
    patch(
        "calendar.acl.patch",
        Verb::PATCH,
        "/calendar/v3/calendars/{calendarId}/acl/{ruleId}",
        ACL_DELETE,
        acl::patch,
    ),
    method(
        "calendar.acl.update",
        Verb::PUT,
        "/calendar/v3/calendars/{calendarId}/acl/{ruleId}",
        ACL_DELETE,
        acl::update,
    ),
    method(
        "calendar.acl.watch",
        Verb::POST,
        "/calendar/v3/calendars/{calendarId}/acl/watch",
        ACL_LIST,
        channels::watch_acl,
    ),
    method(
        "calendar.calendarList.delete",
        Verb::DELETE,
        "/calendar/v3/users/me/calendarList/{calendarId}",
        CALENDAR_LIST_DELETE,
        calendar_list::delete,
    ),
    method(
        "calendar.calendarList.get",
        Verb::GET,
        "/calendar/v3/users/me/calendarList/{calendarId}",
        CALENDAR_LIST_GET,
        calendar_list::get,
    ),
    method(
        "calendar.calendarList.insert",
        Verb::POST,
        "/calendar/v3/users/me/calendarList",
        CALENDAR_LIST_INSERT,
        calendar_list::insert,
    ),
    method(
        "calendar.calendarList.list",
        Verb::GET,
        "/calendar/v3/users/me/calendarList",
        CALENDAR_LIST_LIST,
        calendar_list::list,
    ),
    patch(
        "calendar.calendarList.patch",
        Verb::PATCH,
        "/calendar/v3/users/me/calendarList/{calendarId}",
        CALENDAR_LIST_DELETE,
        calendar_list::patch,
    ),
    method(
        "calendar.calendarList.update",
        Verb::PUT,
        "/calendar/v3/users/me/calendarList/{calendarId}",
        CALENDAR_LIST_DELETE,
        calendar_list::update,
    ),
    method(
        "calendar.calendarList.watch",
        Verb::POST,
        "/calendar/v3/users/me/calendarList/watch",
        CALENDAR_LIST_LIST,
        channels::watch_calendar_list,
    ),
    method(
        "calendar.calendars.clear",
        Verb::POST,
        "/calendar/v3/calendars/{calendarId}/clear",
        CALENDARS_CLEAR,
        calendars::clear,
    ),
    method(
        "calendar.calendars.delete",
        Verb::DELETE,
        "/calendar/v3/calendars/{calendarId}",
        CALENDARS_DELETE,
        calendars::delete,
    ),
    method("calendar.calendars.get", Verb::GET, "/calendar/v3/calendars/{calendarId}", CALENDARS_GET, calendars::get),
    method("calendar.calendars.insert", Verb::POST, "/calendar/v3/calendars", CALENDARS_DELETE, calendars::insert),
    patch(
        "calendar.calendars.patch",
        Verb::PATCH,
        "/calendar/v3/calendars/{calendarId}",
        CALENDARS_DELETE,
        calendars::patch,
    ),
    method(
        "calendar.calendars.transferOwnership",
        Verb::POST,
        "/calendar/v3/calendars/{calendarId}/transferOwnership",
        CALENDARS_CLEAR,
        calendars::transfer_ownership,
    ),
    method(
        "calendar.calendars.update",
        Verb::PUT,
        "/calendar/v3/calendars/{calendarId}",
        CALENDARS_DELETE,
        calendars::update,
    ),
    method("calendar.channels.stop", Verb::POST, "/calendar/v3/channels/stop", CHANNELS_STOP, channels::stop),
    method("calendar.colors.get", Verb::GET, "/calendar/v3/colors", COLORS_GET, colors::get),
    method(
        "calendar.events.delete",
        Verb::DELETE,
        "/calendar/v3/calendars/{calendarId}/events/{eventId}",
        EVENTS_DELETE,
        events::delete,
    ),
    method(
        "calendar.events.get",
        Verb::GET,
        "/calendar/v3/calendars/{calendarId}/events/{eventId}",
        EVENTS_GET,
        events::get::get,
    ),
    method(
        "calendar.events.import",
        Verb::POST,
        "/calendar/v3/calendars/{calendarId}/events/import",
        EVENTS_DELETE,
        events::import::import,
    ),
    method(
        "calendar.events.insert",
        Verb::POST,
        "/calendar/v3/calendars/{calendarId}/events",
        EVENTS_DELETE,
        events::insert::insert,
    ),
    method(
        "calendar.events.instances",
        Verb::GET,
        "/calendar/v3/calendars/{calendarId}/events/{eventId}/instances",
        EVENTS_GET,
        events::list::instances,
    ),
    method(
        "calendar.events.list",
        Verb::GET,
        "/calendar/v3/calendars/{calendarId}/events",
        EVENTS_GET,
        events::list::list,
    ),
    method(
        "calendar.events.move",
        Verb::POST,
        "/calendar/v3/calendars/{calendarId}/events/{eventId}/move",
        EVENTS_MOVE,
        events::move_event::move_event,
    ),
    patch(
        "calendar.events.patch",
        Verb::PATCH,
        "/calendar/v3/calendars/{calendarId}/events/{eventId}",
        EVENTS_DELETE,
        events::patch,
    ),
    method(
        "calendar.events.quickAdd",
        Verb::POST,
        "/calendar/v3/calendars/{calendarId}/events/quickAdd",
        EVENTS_DELETE,
        events::quick_add::quick_add,
    ),
    method(
        "calendar.events.update",
        Verb::PUT,
        "/calendar/v3/calendars/{calendarId}/events/{eventId}",
        EVENTS_DELETE,
        events::update,
    ),
    method(
        "calendar.events.watch",
        Verb::POST,
        "/calendar/v3/calendars/{calendarId}/events/watch",
        EVENTS_GET,
        channels::watch_events,
    ),
    method("calendar.freebusy.query", Verb::POST, "/calendar/v3/freeBusy", FREEBUSY_QUERY, free_busy::query),
    method("calendar.settings.get", Verb::GET, "/calendar/v3/users/me/settings/{setting}", SETTINGS_GET, settings::get),
    method("calendar.settings.list", Verb::GET, "/calendar/v3/users/me/settings", SETTINGS_GET, settings::list),
    method(
        "calendar.settings.watch",
        Verb::POST,
        "/calendar/v3/users/me/settings/watch",
        SETTINGS_GET,
        channels::watch_settings,
    ),
];
