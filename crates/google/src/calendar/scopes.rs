//! The scopes of the Calendar API, and which methods they open.
//! <https://developers.google.com/workspace/calendar/api/auth>

/// Everything with calendars: see, edit, share, delete.
pub const CALENDAR: &str = "https://www.googleapis.com/auth/calendar";
/// See all calendars.
pub const CALENDAR_READONLY: &str = "https://www.googleapis.com/auth/calendar.readonly";
/// See and edit events. It does **not** open `freeBusy.query`.
pub const EVENTS: &str = "https://www.googleapis.com/auth/calendar.events";
/// See events.
pub const EVENTS_READONLY: &str = "https://www.googleapis.com/auth/calendar.events.readonly";
/// See and edit events of calendars that the person owns.
pub const EVENTS_OWNED: &str = "https://www.googleapis.com/auth/calendar.events.owned";
/// See when people are busy.
pub const FREE_BUSY: &str = "https://www.googleapis.com/auth/calendar.freebusy";
/// See when people are busy, from their events.
pub const EVENTS_FREE_BUSY: &str = "https://www.googleapis.com/auth/calendar.events.freebusy";
/// See the list of calendars.
pub const CALENDAR_LIST_READONLY: &str = "https://www.googleapis.com/auth/calendar.calendarlist.readonly";
/// See and edit the list of calendars.
pub const CALENDAR_LIST: &str = "https://www.googleapis.com/auth/calendar.calendarlist";
/// See events of calendars that the person owns.
pub const EVENTS_OWNED_READONLY: &str = "https://www.googleapis.com/auth/calendar.events.owned.readonly";
/// See events of public calendars.
pub const EVENTS_PUBLIC_READONLY: &str = "https://www.googleapis.com/auth/calendar.events.public.readonly";
/// See and edit the properties of calendars, and make secondary ones.
pub const CALENDARS: &str = "https://www.googleapis.com/auth/calendar.calendars";
/// See the properties of calendars.
pub const CALENDARS_READONLY: &str = "https://www.googleapis.com/auth/calendar.calendars.readonly";
/// Make secondary calendars, and do everything with those.
pub const APP_CREATED: &str = "https://www.googleapis.com/auth/calendar.app.created";
/// See and edit whom the person's own calendars are shared with.
pub const ACLS: &str = "https://www.googleapis.com/auth/calendar.acls";
/// See whom the person's own calendars are shared with.
pub const ACLS_READONLY: &str = "https://www.googleapis.com/auth/calendar.acls.readonly";
/// See and edit the settings.
pub const SETTINGS: &str = "https://www.googleapis.com/auth/calendar.settings";
/// See the settings.
pub const SETTINGS_READONLY: &str = "https://www.googleapis.com/auth/calendar.settings.readonly";

/// One of these is needed to write events.
pub const TO_WRITE_EVENTS: [&str; 3] = [CALENDAR, EVENTS, EVENTS_OWNED];
/// One of these is needed to ask when people are busy.
pub const TO_ASK_FREE_BUSY: [&str; 4] = [CALENDAR, CALENDAR_READONLY, FREE_BUSY, EVENTS_FREE_BUSY];
/// One of these is needed to read the list of calendars.
pub const TO_LIST_CALENDARS: [&str; 4] = [CALENDAR, CALENDAR_READONLY, CALENDAR_LIST, CALENDAR_LIST_READONLY];
