//! Links: Google calendars tied to Portico calendars.

use std::sync::Arc;

use axum::extract::{Path, State};
use portico_app::{
    App, Calendar, Direction, Error, EventType, FieldError, LinkRole, LinkState, PrivateRule, ReadCalendar,
    links::LinkPatch,
};
use portico_kernel::LinkId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{Failure, Problem, Reader, Said, Signed, link_view::Link};

pub(super) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(update)).routes(routes!(sync))
}

/// The person's links.
#[derive(Serialize, ToSchema)]
struct LinkList {
    items: Vec<Link>,
}

/// List links
#[utoipa::path(get, path = "/calendar/links", operation_id = "list_links", tag = "calendar", responses(
    (status = 200, description = "The Google calendars that my connections see, also where a colleague's connection carries the link", body = LinkList),
    (status = 401, description = "Nobody is signed in", body = Problem),
    (status = 403, description = "No role grants the calendar", body = Problem),
))]
async fn list(
    State(app): State<Arc<App>>,
    Reader(locale): Reader,
    Signed(caller): Signed<ReadCalendar>,
) -> Result<axum::Json<LinkList>, Failure> {
    let links = app.links(&caller).await.map_err(|error| Failure::new(error, locale))?;
    let now = app.now();
    let items = links.iter().map(|seen| Link::of(seen, now)).collect();
    Ok(axum::Json(LinkList { items }))
}

/// What a person may change of a link; what is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct LinkChange {
    /// `on` or `off`.
    state: Option<String>,
    /// `both`, `to_google` or `from_google`.
    direction: Option<String>,
    /// `main` or `monitored`.
    role: Option<String>,
    /// What private events become: `skip`, `busy` or `full`. Birthdays, which Google makes private, come in full or not at all.
    private_rule: Option<String>,
    /// The kinds of Google's events that it brings, in Google's words: `default`, which cannot be left out, `fromGmail`,
    /// `outOfOffice`, `focusTime`, `workingLocation` and `birthday`.
    event_types: Option<Vec<String>>,
    /// Whether guests go out.
    sync_attendees: Option<bool>,
    /// Meetings that end after this day go out.
    #[schema(format = Date)]
    since: Option<String>,
}

/// Reads one word of an enumeration; another word is a fault of the field.
fn word<T>(field: &str, text: Option<&str>, parse: fn(&str) -> Option<T>, faults: &mut Vec<FieldError>) -> Option<T> {
    let read = parse(text?);
    if read.is_none() {
        faults.push(FieldError::new(field, "unknown"));
    }
    read
}

/// Reads words of an enumeration; the field is faulty once if it has another word.
fn words<T>(
    field: &str,
    texts: Option<&[String]>,
    parse: fn(&str) -> Option<T>,
    faults: &mut Vec<FieldError>,
) -> Option<Vec<T>> {
    let read: Option<Vec<T>> = texts?.iter().map(|text| parse(text)).collect();
    if read.is_none() {
        faults.push(FieldError::new(field, "unknown"));
    }
    read
}

/// Change a link
#[utoipa::path(patch, path = "/calendar/links/{id}", operation_id = "update_link", tag = "calendar",
    params(("id" = String, Path, description = "The link")), request_body = LinkChange, responses(
    (status = 200, description = "The link as it is now", body = Link),
    (status = 401, description = "Nobody is signed in", body = Problem),
    (status = 403, description = "No role grants the calendar, or I may see the link and not change this of it", body = Problem),
    (status = 404, description = "I see no such link", body = Problem),
    (status = 409, description = "It cannot be switched on: the connection that would carry it has ended", body = Problem),
    (status = 422, description = "Fields are not right", body = Problem),
))]
async fn update(
    State(app): State<Arc<App>>,
    Reader(locale): Reader,
    Signed(caller): Signed<Calendar>,
    Path(id): Path<String>,
    Said { body, mut faults }: Said<LinkChange>,
) -> Result<axum::Json<Link>, Failure> {
    let fail = |error| Failure::new(error, locale);
    let id: LinkId = id.parse().map_err(|_| fail(Error::NotFound))?;
    let mut patch = LinkPatch {
        state: word("state", body.state.as_deref(), LinkState::parse, &mut faults),
        direction: word("direction", body.direction.as_deref(), Direction::parse, &mut faults),
        role: word("role", body.role.as_deref(), LinkRole::parse, &mut faults),
        private_rule: word("private_rule", body.private_rule.as_deref(), PrivateRule::parse, &mut faults),
        event_types: words("event_types", body.event_types.as_deref(), EventType::parse, &mut faults),
        sync_attendees: body.sync_attendees,
        since: None,
    };
    let since = body.since.as_deref().map(str::parse);
    if let Some(Err(_)) = since {
        faults.push(FieldError::new("since", "bad_date"));
    }
    if !faults.is_empty() {
        return Err(fail(Error::Invalid(faults)));
    }
    if let Some(Ok(day)) = since {
        let reader = caller.permit::<ReadCalendar>().map_err(fail)?;
        let seen = app.link(&reader, id).await.map_err(fail)?;
        patch.since = Some(app.since(day, &seen.link));
    }
    let seen = app.change_link(&caller, id, &patch).await.map_err(fail)?;
    Ok(axum::Json(Link::of(&seen, app.now())))
}

/// What a run did.
#[derive(Serialize, ToSchema)]
struct RunView {
    /// Events that Google brought and that were new or other here.
    pulled: usize,
    /// Edits that Google took.
    pushed: usize,
    /// Events in which both sides' changes were put together.
    merged: usize,
    /// Events with fields that both sides had changed.
    conflicts: usize,
    /// Events that wait for a person's word.
    held: usize,
    /// Whether another run was at work, or the link is not on.
    idle: bool,
}

/// Run a sync now
#[utoipa::path(post, path = "/calendar/links/{id}/sync", operation_id = "sync_link", tag = "calendar",
    params(("id" = String, Path, description = "The link")), responses(
    (status = 200, description = "What the run did", body = RunView),
    (status = 401, description = "Nobody is signed in", body = Problem),
    (status = 403, description = "No role grants the calendar", body = Problem),
    (status = 404, description = "I see no such link", body = Problem),
    (status = 502, description = "Google did not answer", body = Problem),
))]
async fn sync(
    State(app): State<Arc<App>>,
    Reader(locale): Reader,
    Signed(caller): Signed<ReadCalendar>,
    Path(id): Path<String>,
) -> Result<axum::Json<RunView>, Failure> {
    let fail = |error| Failure::new(error, locale);
    let id: LinkId = id.parse().map_err(|_| fail(Error::NotFound))?;
    let ran = app.run_link(&caller, id).await.map_err(fail)?;
    Ok(axum::Json(RunView {
        pulled: ran.pulled,
        pushed: ran.pushed,
        merged: ran.merged,
        conflicts: ran.conflicts,
        held: ran.held,
        idle: ran.idle,
    }))
}
