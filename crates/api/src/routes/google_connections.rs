//! Google connections: how they stand, pausing and ending them.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    http::StatusCode,
};
use portico_app::{Administrator, App, ConnectionView, Error, Health, SignedIn, resets::Reset, sync_calendar::Hour};
use portico_kernel::{ConnectionId, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    Failure, Json, Problem, Query, Reader, Signed,
    link_view::{Carrier, Link},
    paging::Page,
};

pub(super) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(summary))
        .routes(routes!(get, disconnect))
        .routes(routes!(pause))
        .routes(routes!(resume))
        .routes(routes!(count_reset, reset, cancel_reset))
}

/// A feature of a connection.
#[derive(Serialize, ToSchema)]
struct Feature {
    /// `calendar`, `meet`, `contacts`, `mail_api`, `mail_imap` or `drive`.
    feature: String,
    /// Whether Google granted its scopes.
    granted: bool,
    /// Whether it was asked for.
    wanted: bool,
}

/// An employee by name.
#[derive(Serialize, ToSchema)]
struct PersonRef {
    employee_id: String,
    name: String,
}

/// One hour of the last day.
#[derive(Serialize, ToSchema)]
struct HistoryHour {
    /// Its beginning (RFC 3339).
    #[schema(format = DateTime)]
    hour: String,
    /// `ok`, `late`, `stopped` or `none`.
    state: String,
}

/// A connected Google account.
#[derive(Serialize, ToSchema)]
struct Connection {
    id: String,
    /// The account's address.
    email: String,
    /// The account's name.
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    picture: Option<String>,
    /// Whose it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    owner: Option<PersonRef>,
    /// `without_authorization`, `authorization_pending`, `authorized` or `authorization_expired`.
    phase: String,
    /// `authorized`, `expired`, `paused`, `resetting` or `disconnected`.
    state: String,
    /// Why it is expired: `revoked`, `expired`, `scope_missing`, `client_changed`, `admin_blocked`, `account_disabled` …. While
    /// it is authorized: why its calendars cannot be listed, `api_disabled`, `no_calendar_service`, `scope_missing`,
    /// `client_misconfigured`, `google_unreachable` or `quota`.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// Since when its state is what it is (RFC 3339).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    since: Option<String>,
    features: Vec<Feature>,
    /// The calendars that it carries, and those that its owner sees through it while a colleague's connection carries them.
    links: Vec<Link>,
    /// When a calendar of it was last in step (RFC 3339).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    last_sync_at: Option<String>,
    /// How much that changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_sync_changes: Option<i64>,
    /// When the next run is due (RFC 3339).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    next_try_at: Option<String>,
    /// While it is being reset: how many events are still to be deleted at Google.
    #[serde(skip_serializing_if = "Option::is_none")]
    reset_remaining: Option<i64>,
    /// When Google ends the access by itself, as it does after seven days for a project in testing (RFC 3339).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    access_ends_at: Option<String>,
    /// The last 24 hours, the oldest first.
    history: Vec<HistoryHour>,
    #[schema(format = DateTime)]
    created_at: String,
}

const HOUR: i64 = 3_600_000_000;

/// The worst state of all links in each of the last 24 hours.
fn history(view: &ConnectionView, now: Timestamp) -> Vec<HistoryHour> {
    let known: Vec<Vec<Hour>> =
        view.links.iter().map(|link| serde_json::from_str(&link.history).unwrap_or_default()).collect();
    let this = now.0.div_euclid(HOUR);
    (this - 23..=this)
        .map(|hour| {
            let has = |state: &str| known.iter().flatten().any(|known| known.hour == hour && known.state == state);
            let state = ["stopped", "late", "ok"].into_iter().find(|state| has(state)).unwrap_or("none");
            HistoryHour { hour: Timestamp(hour * HOUR).to_string(), state: state.to_owned() }
        })
        .collect()
}

impl Connection {
    fn of(view: &ConnectionView, now: Timestamp) -> Self {
        let connection = &view.connection;
        let carrier = |link: &portico_app::Link| Carrier {
            state: &connection.state,
            since: connection.stands_since,
            in_conflict: view.in_conflict.contains(&link.id),
        };
        let text = |at: Option<Timestamp>| at.map(|at| at.to_string());
        let on = || view.links.iter().filter(|link| link.state == portico_app::LinkState::On);
        let last = view.links.iter().max_by_key(|link| link.last_success_at);
        Self {
            id: connection.id.to_string(),
            email: connection.email.clone(),
            name: connection.name.clone(),
            picture: connection.picture.clone(),
            owner: view.owner.as_ref().map(|(id, name)| PersonRef { employee_id: id.to_string(), name: name.clone() }),
            phase: super::me::word(&view.phase()),
            state: connection.state.clone(),
            reason: connection.reason.clone(),
            since: text(connection.stands_since),
            features: view
                .features
                .iter()
                .map(|state| Feature {
                    feature: state.feature.as_str().to_owned(),
                    granted: state.granted,
                    wanted: state.wanted,
                })
                .collect(),
            links: view
                .links
                .iter()
                .map(|link| Link::carried(link, carrier(link), view.mine, now))
                .chain(view.shared.iter().map(|seen| Link::of(seen, now)))
                .collect(),
            last_sync_at: text(last.and_then(|link| link.last_success_at)),
            last_sync_changes: last.filter(|link| link.last_change_at.is_some()).map(|link| link.last_change_count),
            next_try_at: text(on().filter_map(|link| link.next_try_at).min()),
            reset_remaining: view.reset_remaining,
            access_ends_at: text(view.access_ends_at),
            history: history(view, now),
            created_at: connection.created_at.to_string(),
        }
    }
}

/// Connections.
#[derive(Serialize, ToSchema)]
struct ConnectionPage {
    items: Vec<Connection>,
    /// Where the next page begins; none on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// How the company's connections do.
#[derive(Serialize, ToSchema)]
struct ConnectionsSummary {
    in_step: usize,
    late: usize,
    stopped: usize,
    /// Those that are late or stopped.
    items: Vec<Connection>,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Whose {
    /// `mine`, unless told, or `company` for administrators.
    scope: Option<String>,
    /// How many at most.
    #[param(minimum = 1, maximum = 500)]
    #[expect(dead_code, reason = "read by Page; named here for the document")]
    limit: Option<i64>,
    /// Where the page before ended.
    #[expect(dead_code, reason = "read by Page; named here for the document")]
    cursor: Option<String>,
}

/// List Google connections
#[utoipa::path(get, path = "/google/connections", operation_id = "list_google_connections", tag = "google",
    params(Whose), responses(
    (status = 200, description = "The connections, the oldest first", body = ConnectionPage),
    (status = 401, description = "Nobody is signed in", body = Problem),
    (status = 403, description = "No role grants administration, which `company` needs", body = Problem),
    (status = 422, description = "Parameters are not right", body = Problem),
))]
async fn list(
    State(app): State<Arc<App>>,
    Reader(locale): Reader,
    Signed(caller): Signed<SignedIn>,
    page: Page,
    Query(query): Query<Whose>,
) -> Result<axum::Json<ConnectionPage>, Failure> {
    let fail = |error| Failure::new(error, locale);
    let now = app.now();
    match query.scope.as_deref() {
        None | Some("mine") => {
            let views = app.my_connections(&caller).await.map_err(fail)?;
            let items = views.iter().map(|view| Connection::of(view, now)).collect();
            Ok(axum::Json(ConnectionPage { items, next_cursor: None }))
        }
        Some("company") => {
            let by = caller.permit::<Administrator>().map_err(fail)?;
            let after = match &page.cursor {
                None => None,
                Some(cursor) => {
                    Some(cursor.parse::<ConnectionId>().map_err(|_| fail(Error::field("cursor", "unknown")))?)
                }
            };
            let views = app.company_connections(&by, after, page.limit).await.map_err(fail)?;
            let full = i64::try_from(views.len()).unwrap_or(i64::MAX) == page.limit;
            let next_cursor = views.last().filter(|_| full).map(|view| view.connection.id.to_string());
            let items = views.iter().map(|view| Connection::of(view, now)).collect();
            Ok(axum::Json(ConnectionPage { items, next_cursor }))
        }
        Some(_) => Err(fail(Error::field("scope", "unknown"))),
    }
}

/// Sum up the company's Google connections
#[utoipa::path(get, path = "/google/connections/summary", operation_id = "summarize_google_connections", tag = "google",
    responses(
    (status = 200, description = "Counts, and those that need somebody", body = ConnectionsSummary),
    (status = 401, description = "Nobody is signed in", body = Problem),
    (status = 403, description = "No role grants administration", body = Problem),
))]
async fn summary(
    State(app): State<Arc<App>>,
    Reader(locale): Reader,
    Signed(caller): Signed<Administrator>,
) -> Result<axum::Json<ConnectionsSummary>, Failure> {
    let now = app.now();
    let views = app.company_connections(&caller, None, 5000).await.map_err(|error| Failure::new(error, locale))?;
    let mut summary = ConnectionsSummary { in_step: 0, late: 0, stopped: 0, items: Vec::new() };
    for view in views.iter().filter(|view| view.connection.state != "disconnected") {
        match view.health(now) {
            Health::InStep => {
                summary.in_step += 1;
                continue;
            }
            Health::Late => summary.late += 1,
            Health::Stopped => summary.stopped += 1,
        }
        summary.items.push(Connection::of(view, now));
    }
    Ok(axum::Json(summary))
}

fn id(text: &str, locale: portico_kernel::Locale) -> Result<ConnectionId, Failure> {
    text.parse().map_err(|_| Failure::new(Error::NotFound, locale))
}

/// Get a Google connection
#[utoipa::path(get, path = "/google/connections/{id}", operation_id = "get_google_connection", tag = "google",
    params(("id" = String, Path, description = "The connection")), responses(
    (status = 200, description = "The connection", body = Connection),
    (status = 401, description = "Nobody is signed in", body = Problem),
    (status = 404, description = "There is no such connection for this person", body = Problem),
))]
async fn get(
    State(app): State<Arc<App>>,
    Reader(locale): Reader,
    Signed(caller): Signed<SignedIn>,
    Path(text): Path<String>,
) -> Result<axum::Json<Connection>, Failure> {
    let view = app.connection(&caller, id(&text, locale)?).await.map_err(|error| Failure::new(error, locale))?;
    Ok(axum::Json(Connection::of(&view, app.now())))
}

/// Pause a Google connection
#[utoipa::path(post, path = "/google/connections/{id}/pause", operation_id = "pause_google_connection", tag = "google",
    params(("id" = String, Path, description = "The connection")), responses(
    (status = 200, description = "Paused: edits wait, nothing is asked of Google", body = Connection),
    (status = 401, description = "Nobody is signed in", body = Problem),
    (status = 403, description = "The request comes from another site", body = Problem),
    (status = 404, description = "There is no such connection for this person", body = Problem),
    (status = 409, description = "It does not work now, so it cannot be paused", body = Problem),
))]
async fn pause(
    State(app): State<Arc<App>>,
    Reader(locale): Reader,
    Signed(caller): Signed<SignedIn>,
    Path(text): Path<String>,
) -> Result<axum::Json<Connection>, Failure> {
    let view = app.pause_connection(&caller, id(&text, locale)?).await.map_err(|error| Failure::new(error, locale))?;
    Ok(axum::Json(Connection::of(&view, app.now())))
}

/// Let a paused Google connection go on
#[utoipa::path(post, path = "/google/connections/{id}/resume", operation_id = "resume_google_connection", tag = "google",
    params(("id" = String, Path, description = "The connection")), responses(
    (status = 200, description = "It goes on", body = Connection),
    (status = 401, description = "Nobody is signed in", body = Problem),
    (status = 403, description = "The request comes from another site", body = Problem),
    (status = 404, description = "There is no such connection for this person", body = Problem),
    (status = 409, description = "It needs a new consent first", body = Problem),
))]
async fn resume(
    State(app): State<Arc<App>>,
    Reader(locale): Reader,
    Signed(caller): Signed<SignedIn>,
    Path(text): Path<String>,
) -> Result<axum::Json<Connection>, Failure> {
    let view = app.resume_connection(&caller, id(&text, locale)?).await.map_err(|error| Failure::new(error, locale))?;
    Ok(axum::Json(Connection::of(&view, app.now())))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct LocalData {
    /// What becomes of what came from Google: `keep`, unless told, or `remove`.
    local_data: Option<String>,
}

/// Disconnect a Google account
#[utoipa::path(delete, path = "/google/connections/{id}", operation_id = "disconnect_google", tag = "google",
    params(("id" = String, Path, description = "The connection"), LocalData), responses(
    (status = 204, description = "Ended: secrets destroyed, the grant is given back to Google. Also when it was ended before"),
    (status = 401, description = "Nobody is signed in", body = Problem),
    (status = 403, description = "The request comes from another site", body = Problem),
    (status = 404, description = "There is no such connection for this person", body = Problem),
    (status = 422, description = "Parameters are not right", body = Problem),
))]
async fn disconnect(
    State(app): State<Arc<App>>,
    Reader(locale): Reader,
    Signed(caller): Signed<SignedIn>,
    Path(text): Path<String>,
    Query(query): Query<LocalData>,
) -> Result<StatusCode, Failure> {
    let fail = |error| Failure::new(error, locale);
    let remove = match query.local_data.as_deref() {
        None | Some("keep") => false,
        Some("remove") => true,
        Some(_) => return Err(fail(Error::field("local_data", "unknown"))),
    };
    app.disconnect(&caller, id(&text, locale)?, remove).await.map_err(fail)?;
    Ok(StatusCode::NO_CONTENT)
}

/// How many single events and series a reset with `delete` would delete at Google.
#[derive(Serialize, ToSchema)]
struct ResetCount {
    /// Those that Portico put there.
    from_here: usize,
    /// Those that were born there, which go with `born_at_google` only.
    born_at_google: usize,
}

/// Count what a reset of a Google connection would delete
#[utoipa::path(get, path = "/google/connections/{id}/reset", operation_id = "count_google_reset", tag = "google",
    params(("id" = String, Path, description = "The connection")), responses(
    (status = 200, description = "What `delete` would delete at Google", body = ResetCount),
    (status = 401, description = "Nobody is signed in", body = Problem),
    (status = 404, description = "There is no such connection for this person", body = Problem),
))]
async fn count_reset(
    State(app): State<Arc<App>>,
    Reader(locale): Reader,
    Signed(caller): Signed<SignedIn>,
    Path(text): Path<String>,
) -> Result<axum::Json<ResetCount>, Failure> {
    let count = app.count_reset(&caller, id(&text, locale)?).await.map_err(|error| Failure::new(error, locale))?;
    Ok(axum::Json(ResetCount { from_here: count.from_here, born_at_google: count.born_at_google }))
}

/// What a reset does.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ResetWish {
    /// What becomes of Portico's events at Google: `keep` ends the connection at once; `delete` deletes them first, and the
    /// connection is `resetting` meanwhile.
    google: String,
    /// With `delete`: whether events that were born at Google, and that its calendars organize, are deleted as well.
    born_at_google: Option<bool>,
    /// What becomes of the events here: `keep`, unless told, or `remove`.
    local_data: Option<String>,
}

/// Reset a Google connection
#[utoipa::path(post, path = "/google/connections/{id}/reset", operation_id = "reset_google_connection", tag = "google",
    params(("id" = String, Path, description = "The connection")), request_body = ResetWish, responses(
    (status = 200, description = "The connection: `disconnected`, or `resetting` while events are deleted at Google. Nobody \
        is mailed. Meanwhile it cannot be connected anew", body = Connection),
    (status = 401, description = "Nobody is signed in", body = Problem),
    (status = 403, description = "The request comes from another site", body = Problem),
    (status = 404, description = "There is no such connection for this person", body = Problem),
    (status = 409, description = "It is not authorized, or being reset already", body = Problem),
    (status = 422, description = "Fields are not right", body = Problem),
))]
async fn reset(
    State(app): State<Arc<App>>,
    Reader(locale): Reader,
    Signed(caller): Signed<SignedIn>,
    Path(text): Path<String>,
    Json(body): Json<ResetWish>,
) -> Result<axum::Json<Connection>, Failure> {
    let fail = |error| Failure::new(error, locale);
    let delete_at_google = match body.google.as_str() {
        "keep" => false,
        "delete" => true,
        _ => return Err(fail(Error::field("google", "unknown"))),
    };
    let remove_local = match body.local_data.as_deref() {
        None | Some("keep") => false,
        Some("remove") => true,
        Some(_) => return Err(fail(Error::field("local_data", "unknown"))),
    };
    let reset = Reset { delete_at_google, born_at_google: body.born_at_google.unwrap_or(false), remove_local };
    let view = app.reset_connection(&caller, id(&text, locale)?, reset).await.map_err(fail)?;
    Ok(axum::Json(Connection::of(&view, app.now())))
}

/// Cancel a reset
#[utoipa::path(delete, path = "/google/connections/{id}/reset", operation_id = "cancel_google_reset", tag = "google",
    params(("id" = String, Path, description = "The connection")), responses(
    (status = 200, description = "The connection has ended; what was not deleted at Google yet stays there", body = Connection),
    (status = 401, description = "Nobody is signed in", body = Problem),
    (status = 403, description = "The request comes from another site", body = Problem),
    (status = 404, description = "There is no such connection for this person", body = Problem),
    (status = 409, description = "It is not being reset", body = Problem),
))]
async fn cancel_reset(
    State(app): State<Arc<App>>,
    Reader(locale): Reader,
    Signed(caller): Signed<SignedIn>,
    Path(text): Path<String>,
) -> Result<axum::Json<Connection>, Failure> {
    let view = app.cancel_reset(&caller, id(&text, locale)?).await.map_err(|error| Failure::new(error, locale))?;
    Ok(axum::Json(Connection::of(&view, app.now())))
}
