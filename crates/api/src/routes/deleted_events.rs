//! What was deleted and can still be taken back.

use std::sync::Arc;

use axum::extract::State;
use portico_app::{
    App, Calendar, Error,
    events::{self, RemovedCursor, RemovedEvent},
};
use portico_kernel::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{Failure, Problem, Reader, Signed, event_view::Event, paging::Page};

pub(super) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(list))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Window {
    /// How many at most.
    #[param(minimum = 1, maximum = 500)]
    #[expect(dead_code, reason = "read by Page; named here for the document")]
    limit: Option<i64>,
    /// Where the page before ended.
    #[expect(dead_code, reason = "read by Page; named here for the document")]
    cursor: Option<String>,
}

/// A deleted event, a series, or one occurrence of one.
#[derive(Serialize, ToSchema)]
struct DeletedItem {
    /// As it was. Its id is the one under which it is taken back.
    event: Event,
    /// When it was deleted (RFC 3339).
    #[schema(format = DateTime)]
    deleted_at: String,
    /// Until when it can be taken back (RFC 3339).
    #[schema(format = DateTime)]
    undo_until: String,
    /// Whether taking it back tells the guests, as the deletion did.
    tells_guests: bool,
}

impl From<RemovedEvent> for DeletedItem {
    fn from(removed: RemovedEvent) -> Self {
        Self {
            event: removed.view.into(),
            deleted_at: removed.at.to_string(),
            undo_until: removed.undo_until.to_string(),
            tells_guests: removed.tells,
        }
    }
}

/// A page of deleted events.
#[derive(Serialize, ToSchema)]
struct DeletedList {
    items: Vec<DeletedItem>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

fn read_cursor(text: &str) -> Result<RemovedCursor, Error> {
    let cursor = text.split_once('.').and_then(|(at, id)| Some((Timestamp(at.parse().ok()?), id.parse().ok()?)));
    cursor.ok_or(Error::field("cursor", "unknown"))
}

/// List deleted events
#[utoipa::path(get, path = "/calendar/deleted", operation_id = "list_deleted_events", tag = "calendar",
    params(Window), responses(
    (status = 200, description = "What was deleted here in the last 30 days and can be taken back, the latest first", body = DeletedList),
    (status = 401, description = "Nobody is signed in", body = Problem),
    (status = 403, description = "No role grants the calendar", body = Problem),
    (status = 409, description = "The account belongs to no employee", body = Problem),
    (status = 422, description = "Parameters are not right", body = Problem),
))]
async fn list(
    State(app): State<Arc<App>>,
    Reader(locale): Reader,
    Signed(caller): Signed<Calendar>,
    page: Page,
) -> Result<axum::Json<DeletedList>, Failure> {
    let fail = |error| Failure::new(error, locale);
    let before = page.cursor.as_deref().map(read_cursor).transpose().map_err(fail)?;
    let (found, next) = events::removed(&app, &caller, before, page.limit).await.map_err(fail)?;
    Ok(axum::Json(DeletedList {
        items: found.into_iter().map(DeletedItem::from).collect(),
        next_cursor: next.map(|(at, id)| format!("{}.{id}", at.0)),
    }))
}
