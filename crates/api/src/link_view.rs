//! A link on the wire, and how it stands in one word.

use portico_app::{Link as LinkRow, SeenLink, links::sync_state};
use portico_kernel::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// How a linked calendar stands.
#[derive(Serialize, ToSchema)]
pub(crate) struct SyncState {
    /// `in_step`, `syncing`, `late`, `reconnect_needed`, `permission_missing`, `stopped`, `paused`, `held`, `conflict` or `off`.
    pub(crate) state: String,
    /// Why, as a stable word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<String>,
    /// Since when it stands so (RFC 3339); none while a run is on its way.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub(crate) since: Option<String>,
    /// When a run last ended well (RFC 3339).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub(crate) last_success_at: Option<String>,
    /// How much the last run with changes changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) last_change_count: Option<i64>,
}

/// The colleague whose connection carries a link.
#[derive(Serialize, ToSchema)]
pub(crate) struct LinkCarrier {
    pub(crate) employee_id: String,
    pub(crate) name: String,
    /// The address at work.
    pub(crate) email: String,
}

/// A Google calendar tied to a Portico calendar.
#[derive(Serialize, ToSchema)]
pub(crate) struct Link {
    pub(crate) id: String,
    /// The reader's connection that sees the calendar.
    pub(crate) connection_id: String,
    /// The colleague through whose connection it is kept in step, where it is not the reader's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) carried_by: Option<LinkCarrier>,
    /// Whether the reader may change its settings.
    pub(crate) can_change: bool,
    /// Whether the reader may switch it on: so may everybody who sees a calendar that waits to be chosen.
    pub(crate) can_choose: bool,
    /// The Portico calendar; none before the link was first switched on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) calendar_id: Option<String>,
    /// Google's id of the calendar.
    pub(crate) google_calendar_id: String,
    /// Google's name of the calendar.
    pub(crate) name: String,
    /// `both`, `to_google` or `from_google`.
    pub(crate) direction: String,
    /// `main` or `monitored`.
    pub(crate) role: String,
    /// `on`, `off`, `pending_import`, `paused` or `retired`.
    pub(crate) state: String,
    /// What the reader's connection may do with the calendar, in Google's word.
    pub(crate) access_role: String,
    /// What private events become: `skip`, `busy` or `full`. Birthdays, which Google makes private, come in full or not at all.
    pub(crate) private_rule: String,
    /// The kinds of Google's events that it brings, in Google's words: `default`, `fromGmail`, `outOfOffice`, `focusTime`,
    /// `workingLocation` and `birthday`.
    pub(crate) event_types: Vec<&'static str>,
    /// Whether guests go out.
    pub(crate) sync_attendees: bool,
    /// Meetings that end after this day go out.
    #[schema(format = Date)]
    pub(crate) since: String,
    /// How it stands.
    pub(crate) sync: SyncState,
}

/// The connection that carries a link: its state, and since when.
#[derive(Clone, Copy)]
pub(crate) struct Carrier<'a> {
    pub(crate) state: &'a str,
    pub(crate) since: Option<Timestamp>,
    /// Whether changes of both sides wait to be chosen from.
    pub(crate) in_conflict: bool,
}

impl SyncState {
    /// How `link` stands at `now`, through this connection.
    pub(crate) fn of(link: &LinkRow, connection: Option<Carrier<'_>>, now: Timestamp) -> Self {
        let carried_since = connection.and_then(|connection| connection.since);
        let (state, since) = match (sync_state(link, now), connection.map(|connection| connection.state)) {
            ("off", _) => ("off", link.stands_since),
            (_, Some("expired" | "disconnected")) => ("reconnect_needed", carried_since),
            (_, Some("paused")) => ("paused", carried_since),
            ("in_step" | "syncing" | "late", _) if connection.is_some_and(|connection| connection.in_conflict) => {
                ("conflict", None)
            }
            ("syncing", _) if link.reason.is_none() && link.cursor.is_some() => ("syncing", None),
            ("late", _) if link.reason.is_none() => ("late", link.last_success_at),
            (state, _) => (state, link.stands_since),
        };
        Self {
            state: state.to_owned(),
            reason: link.reason.clone(),
            since: since.map(|at| at.to_string()),
            last_success_at: link.last_success_at.map(|at| at.to_string()),
            last_change_count: link.last_change_at.map(|_| link.last_change_count),
        }
    }
}

impl Link {
    /// A link at `now` as a person sees it.
    pub(crate) fn of(seen: &SeenLink, now: Timestamp) -> Self {
        let carrier =
            Carrier { state: &seen.connection_state, since: seen.connection_since, in_conflict: seen.in_conflict };
        Self {
            connection_id: seen.connection_id.to_string(),
            access_role: seen.access_role.clone(),
            carried_by: seen.colleague.as_ref().map(|colleague| LinkCarrier {
                employee_id: colleague.id.to_string(),
                name: colleague.name.clone(),
                email: colleague.email.to_string(),
            }),
            can_change: seen.can_change,
            can_choose: seen.can_choose,
            ..Self::carried(&seen.link, carrier, false, now)
        }
    }

    /// `link` at `now`, through the connection that carries it, which is the reader's own or not.
    pub(crate) fn carried(link: &LinkRow, carrier: Carrier<'_>, is_own: bool, now: Timestamp) -> Self {
        let zone = jiff::tz::TimeZone::get(&link.time_zone).unwrap_or(jiff::tz::TimeZone::UTC);
        Self {
            id: link.id.to_string(),
            connection_id: link.connection_id.to_string(),
            carried_by: None,
            can_change: is_own,
            can_choose: is_own,
            calendar_id: link.calendar_id.map(|id| id.to_string()),
            google_calendar_id: link.google_calendar_id.clone(),
            name: link.name.clone(),
            direction: link.direction.as_str().to_owned(),
            role: link.role.as_str().to_owned(),
            state: link.state.as_str().to_owned(),
            access_role: link.access_role.clone(),
            private_rule: link.private_rule.as_str().to_owned(),
            event_types: link.event_types.iter().map(|kind| kind.as_str()).collect(),
            sync_attendees: link.sync_attendees,
            since: link.since.to_jiff().to_zoned(zone).date().to_string(),
            sync: SyncState::of(link, Some(carrier), now),
        }
    }
}
