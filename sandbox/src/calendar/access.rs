//! Who may do what in a calendar.

use serde::{Deserialize, Serialize};

use super::{
    errors,
    tables::{CalendarRow, key, prefix},
};
use crate::{
    http::{ApiError, Call},
    state::State,
};

/// A role in an access control list, from the weakest to the strongest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Role {
    /// No access.
    #[default]
    None,
    /// Free or busy.
    FreeBusyReader,
    /// Everything but the details of private events.
    Reader,
    /// Reads as a reader, and writes.
    WriterWithoutPrivateAccess,
    /// Reads and writes everything.
    Writer,
    /// Also manages the calendar.
    Owner,
}

impl Role {
    /// Google's word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::FreeBusyReader => "freeBusyReader",
            Self::Reader => "reader",
            Self::WriterWithoutPrivateAccess => "writerWithoutPrivateAccess",
            Self::Writer => "writer",
            Self::Owner => "owner",
        }
    }

    /// The role of that name.
    pub fn read(word: &str) -> Option<Self> {
        [Self::None, Self::FreeBusyReader, Self::Reader, Self::WriterWithoutPrivateAccess, Self::Writer, Self::Owner]
            .into_iter()
            .find(|role| role.word() == word)
    }

    /// Whether private events are shown with their details.
    pub fn sees_private(self) -> bool {
        self >= Self::Writer
    }
}

/// A calendar that the caller may use.
pub struct Access {
    /// Its id, never `primary`.
    pub calendar: String,
    /// What the caller may do there with this token.
    pub role: Role,
    /// Its zone.
    pub zone: String,
}

const SCOPE: &str = "https://www.googleapis.com/auth/";

fn has(call: &Call, scopes: &[&str]) -> bool {
    call.scopes.iter().any(|granted| granted.strip_prefix(SCOPE).is_some_and(|granted| scopes.contains(&granted)))
}

/// What an account may do in a calendar, whatever its token.
pub fn role_of(state: &State, account: &str, id: &str, calendar: &CalendarRow) -> Role {
    if calendar.owner.eq_ignore_ascii_case(account) {
        return Role::Owner;
    }
    let domain = account.rsplit_once('@').map_or("", |(_, domain)| domain);
    let prefix = prefix(id);
    state
        .calendar
        .rules
        .prefixed(&prefix)
        .filter(|(_, rule)| match rule.scope.as_str() {
            "default" => true,
            "user" => rule.value.eq_ignore_ascii_case(account),
            "domain" => rule.value.eq_ignore_ascii_case(domain),
            "group" => state.is_member(&rule.value, account),
            _ => false,
        })
        .map(|(_, rule)| rule.role)
        .max()
        .unwrap_or_default()
}

/// The id behind `primary`, a differently written address, or an id as it is.
pub fn resolve(call: &Call, id: &str) -> String {
    if id == "primary" {
        call.account.to_ascii_lowercase()
    } else if id.contains('@') && !id.contains('#') {
        id.to_ascii_lowercase()
    } else {
        id.to_owned()
    }
}

/// Opens the calendar that the path names, for a method about events.
pub fn open_events(state: &mut State, call: &Call, least: Role) -> Result<Access, ApiError> {
    let wide = ["calendar", "calendar.readonly", "calendar.events", "calendar.events.readonly"];
    super::begin(state, call);
    open(state, call, call.path("calendarId"), least, has(call, &wide))
}

/// Opens the calendar that the path names, for a method about the calendar itself.
pub fn open_calendar(state: &mut State, call: &Call, least: Role) -> Result<Access, ApiError> {
    open_named(state, call, call.path("calendarId"), least)
}

/// Opens a calendar by id, for a method about calendars.
pub fn open_named(state: &mut State, call: &Call, id: &str, least: Role) -> Result<Access, ApiError> {
    super::begin(state, call);
    let narrow = format!("{SCOPE}calendar.app.created");
    let wide = call.scopes.iter().any(|scope| scope.starts_with(SCOPE) && *scope != narrow);
    open(state, call, id, least, wide)
}

/// Opens a second calendar, for a method about events.
pub fn open_events_of(state: &State, call: &Call, id: &str, least: Role) -> Result<Access, ApiError> {
    let wide = ["calendar", "calendar.readonly", "calendar.events", "calendar.events.readonly"];
    open(state, call, id, least, has(call, &wide))
}

fn open(state: &State, call: &Call, id: &str, least: Role, wide: bool) -> Result<Access, ApiError> {
    let id = resolve(call, id);
    let calendar =
        state.calendar.calendars.get(&id).filter(|calendar| !calendar.deleted).ok_or_else(errors::not_found)?;
    let mut role = role_of(state, &call.account, &id, calendar);
    if role == Role::None {
        return Err(errors::not_found());
    }
    if !wide {
        role = narrowed(state, call, &id, calendar, role);
        if role == Role::None {
            return Err(errors::insufficient_scope(call.method));
        }
    }
    if role < least {
        return Err(errors::access_level(least));
    }
    Ok(Access { role, zone: calendar.zone_name().to_owned(), calendar: id })
}

/// What is left of a role under scopes that open only some calendars.
fn narrowed(state: &State, call: &Call, id: &str, calendar: &CalendarRow, role: Role) -> Role {
    let owned = has(call, &["calendar.events.owned", "calendar.events.owned.readonly"]) && role == Role::Owner;
    let created = has(call, &["calendar.app.created"]) && calendar.client == call.client_id;
    if owned || created {
        return role;
    }
    let public = state.calendar.rules.get(&key(id, "default")).map_or(Role::None, |rule| rule.role);
    if has(call, &["calendar.events.public.readonly"]) && public >= Role::Reader {
        return Role::Reader;
    }
    if has(call, &["calendar.events.freebusy"]) { Role::FreeBusyReader } else { Role::None }
}
