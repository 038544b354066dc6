//! Calendars.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    http::StatusCode,
};
use portico_app::{
    App, Calendar, Error, FieldError, ReadCalendar,
    calendars::{self, Access, CalendarInput, SeenCalendar},
};
use portico_kernel::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    Failure, Once, Problem, Reader, Said, Signed,
    link_view::{Carrier, SyncState},
};

pub(super) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(update))
}

/// Whose a calendar is.
#[derive(Serialize, ToSchema)]
struct CalendarOwner {
    employee_id: String,
    name: String,
}

/// A calendar as the reader sees it.
#[derive(Serialize, ToSchema)]
struct CalendarItem {
    id: String,
    name: String,
    /// `#rrggbb`.
    color: String,
    /// `personal`, `team`, `interviews` or `holidays`.
    kind: &'static str,
    /// The IANA zone in which its whole days begin.
    time_zone: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    owner: Option<CalendarOwner>,
    /// Whether it is the reader's own.
    mine: bool,
    /// Whether invitations to its owner appear in it.
    is_main: bool,
    /// `owner`, `writer`, `reader` or `busy`.
    access: &'static str,
    /// What colleagues see: `busy` or `details`.
    sharing: &'static str,
    /// Whether events can be written.
    writable: bool,
    /// Whether new events may have a Meet.
    has_meet: bool,
    /// What Google lets the reader do with a colleague's calendar that a Google account of the reader's sees too: `writer`,
    /// `reader` or `busy`.
    #[serde(skip_serializing_if = "Option::is_none")]
    at_google: Option<&'static str>,
    /// The link to Google.
    #[serde(skip_serializing_if = "Option::is_none")]
    link_id: Option<String>,
    /// How it stands with Google; only of the reader's own and of what Google shows the reader too.
    #[serde(skip_serializing_if = "Option::is_none")]
    sync: Option<SyncState>,
}

/// Calendars.
#[derive(Serialize, ToSchema)]
struct CalendarList {
    items: Vec<CalendarItem>,
}

impl CalendarItem {
    fn of(seen: &SeenCalendar, now: Timestamp) -> Self {
        let calendar = &seen.calendar;
        let link = seen.main_link().filter(|_| seen.mine || seen.at_google.is_some());
        Self {
            id: calendar.id.to_string(),
            name: calendar.name.clone(),
            color: calendar.color.clone(),
            kind: calendar.kind.as_str(),
            time_zone: calendar.time_zone.clone(),
            owner: calendar
                .owner
                .zip(seen.owner_name.clone())
                .map(|(id, name)| CalendarOwner { employee_id: id.to_string(), name }),
            mine: seen.mine,
            is_main: calendar.is_main,
            access: seen.access.as_str(),
            sharing: calendar.sharing.as_str(),
            writable: seen.is_writable(),
            has_meet: seen.has_meet(),
            at_google: seen.at_google.map(Access::as_str),
            link_id: link.map(|link| link.id.to_string()),
            sync: link.map(|link| {
                let carrier = seen.carrier.as_ref().map(|carried| Carrier {
                    state: &carried.state,
                    since: carried.since,
                    in_conflict: carried.in_conflict,
                });
                SyncState::of(link, carrier, now)
            }),
        }
    }
}

/// What is said about a calendar.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
struct CalendarBody {
    name: Option<String>,
    /// `#rrggbb`.
    color: Option<String>,
    /// An IANA zone.
    time_zone: Option<String>,
    /// `busy` or `details`.
    sharing: Option<String>,
}

impl CalendarBody {
    fn input(self, faults: Vec<FieldError>) -> CalendarInput {
        let Self { name, color, time_zone, sharing } = self;
        CalendarInput { name, color, time_zone, sharing, faults }
    }
}

/// List calendars
#[utoipa::path(get, path = "/calendar/calendars", operation_id = "list_calendars", tag = "calendar", responses(
    (status = 200, description = "The calendars that the reader can open, the own ones first", body = CalendarList),
    (status = 401, description = "Nobody is signed in", body = Problem),
    (status = 403, description = "No role grants the calendar", body = Problem),
    (status = 409, description = "The account belongs to no employee", body = Problem),
))]
async fn list(
    State(app): State<Arc<App>>,
    Reader(locale): Reader,
    Signed(caller): Signed<ReadCalendar>,
) -> Result<axum::Json<CalendarList>, Failure> {
    let found = calendars::list(&app, &caller).await.map_err(|error| Failure::new(error, locale))?;
    let now = app.now();
    Ok(axum::Json(CalendarList { items: found.iter().map(|seen| CalendarItem::of(seen, now)).collect() }))
}

/// Make a calendar
#[utoipa::path(post, path = "/calendar/calendars", operation_id = "create_calendar", tag = "calendar",
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key and body within a day make one calendar")),
    request_body = CalendarBody, responses(
    (status = 201, description = "The calendar", body = CalendarItem),
    (status = 401, description = "Nobody is signed in", body = Problem),
    (status = 403, description = "No role grants the calendar", body = Problem),
    (status = 409, description = "The account belongs to no employee, or what the key made is gone", body = Problem),
    (status = 422, description = "Fields are not right, or the key was used for another request", body = Problem),
))]
async fn create(
    State(app): State<Arc<App>>,
    Reader(locale): Reader,
    Signed(caller): Signed<Calendar>,
    Once { body, faults, key }: Once<CalendarBody>,
) -> Result<(StatusCode, axum::Json<CalendarItem>), Failure> {
    let made = calendars::create(&app, &caller, &body.input(faults), key.as_ref()).await;
    let made = made.map_err(|error| Failure::new(error, locale))?;
    Ok((StatusCode::CREATED, axum::Json(CalendarItem::of(&made, app.now()))))
}

/// Change a calendar
#[utoipa::path(patch, path = "/calendar/calendars/{id}", operation_id = "change_calendar", tag = "calendar",
    params(("id" = String, Path, description = "A calendar of the reader's own")),
    request_body = CalendarBody, responses(
    (status = 200, description = "The calendar as it is now", body = CalendarItem),
    (status = 401, description = "Nobody is signed in", body = Problem),
    (status = 403, description = "No role grants the calendar", body = Problem),
    (status = 404, description = "There is no such calendar", body = Problem),
    (status = 409, description = "It is somebody else's", body = Problem),
    (status = 422, description = "Fields are not right", body = Problem),
))]
async fn update(
    State(app): State<Arc<App>>,
    Reader(locale): Reader,
    Signed(caller): Signed<Calendar>,
    Path(id): Path<String>,
    Said { body, faults }: Said<CalendarBody>,
) -> Result<axum::Json<CalendarItem>, Failure> {
    let fail = |error| Failure::new(error, locale);
    let id = id.parse().map_err(|_| fail(Error::NotFound))?;
    let seen = calendars::update(&app, &caller, id, &body.input(faults)).await.map_err(fail)?;
    Ok(axum::Json(CalendarItem::of(&seen, app.now())))
}
