//! What changed since a number.

use std::sync::Arc;

use axum::extract::State;
use portico_app::{
    App, Error, SignedIn,
    changes::{self, Change},
};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{Failure, Problem, Reader, Signed, paging::Page};

pub(super) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(list))
}

#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "read by Page; named here for the document")]
struct Search {
    /// How many at most.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<i64>,
    /// The number that the page before gave; the beginning when absent.
    cursor: Option<String>,
}

/// A change, without what changed: ask for the thing itself.
#[derive(Serialize, ToSchema)]
pub(super) struct ChangeItem {
    /// Its number in the company's journal.
    pub(super) seq: i64,
    /// When (RFC 3339).
    #[schema(format = DateTime)]
    at: String,
    /// What, such as `meeting.updated`.
    action: String,
    /// The kind of thing that changed.
    subject_kind: String,
    /// The thing that changed.
    subject: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    calendar_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    event_id: Option<String>,
}

impl From<Change> for ChangeItem {
    fn from(change: Change) -> Self {
        Self {
            seq: change.seq,
            at: change.at.to_string(),
            action: change.action,
            subject_kind: change.subject_kind,
            subject: change.subject.to_string(),
            calendar_id: change.calendar.map(|id| id.to_string()),
            event_id: change.entry.map(|id| id.to_string()),
        }
    }
}

/// A page of changes.
#[derive(Serialize, ToSchema)]
struct ChangeList {
    items: Vec<ChangeItem>,
    /// Always there: with it the feed goes on, now or later.
    next_cursor: String,
    /// Whether there is more already.
    more: bool,
}

/// Follow changes
#[utoipa::path(get, path = "/changes", operation_id = "list_changes", tag = "journal", params(Search), responses(
    (status = 200, description = "What changed after the cursor, as far as the reader may know, the oldest first", body = ChangeList),
    (status = 401, description = "Nobody is signed in", body = Problem),
    (status = 422, description = "Parameters are not right", body = Problem),
))]
async fn list(
    State(app): State<Arc<App>>,
    Reader(locale): Reader,
    Signed(caller): Signed<SignedIn>,
    page: Page,
) -> Result<axum::Json<ChangeList>, Failure> {
    let fail = |error| Failure::new(error, locale);
    let number = |text: &str| {
        text.parse::<i64>().ok().filter(|seq| *seq >= 0).ok_or_else(|| fail(Error::field("cursor", "unknown")))
    };
    let after = page.cursor.as_deref().map(number).transpose()?.unwrap_or(0);
    let page = changes::list(&app, &caller, after, page.limit).await.map_err(fail)?;
    Ok(axum::Json(ChangeList {
        items: page.items.into_iter().map(ChangeItem::from).collect(),
        next_cursor: page.next.to_string(),
        more: page.more,
    }))
}
