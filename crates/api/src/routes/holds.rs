//! Holds: what the guard stopped, waiting for a person.

use std::sync::Arc;

use axum::extract::{Path, State};
use portico_app::{App, Calendar, Error, Hold};
use portico_kernel::HoldId;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{Failure, Problem, Reader, Signed};

pub(super) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(approve)).routes(routes!(drop_hold))
}

/// One thing that is held back.
#[derive(Serialize, ToSchema)]
struct HoldItemView {
    title: String,
    /// When it is: RFC 3339, or a date.
    when: String,
    /// How many guests it has; 0 also where they are hidden from the person.
    guests: usize,
}

/// What a run would have done.
#[derive(Serialize, ToSchema)]
struct HoldView {
    id: String,
    link_id: String,
    /// `delete` or `mail`.
    kind: String,
    /// `portico` or `google`: where it would have been deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<String>,
    /// How many meetings.
    count: i64,
    /// How many people would be mailed.
    people: i64,
    /// The meetings, the first five hundred.
    items: Vec<HoldItemView>,
    #[schema(format = DateTime)]
    created_at: String,
    /// `waiting`, `approved` or `dropped`.
    state: String,
}

impl From<Hold> for HoldView {
    fn from(hold: Hold) -> Self {
        let (kind, place) = match hold.kind.as_str() {
            "delete_here" => ("delete", Some("portico")),
            "delete_there" => ("delete", Some("google")),
            other => (other, None),
        };
        Self {
            id: hold.id.to_string(),
            link_id: hold.link_id.to_string(),
            kind: kind.to_owned(),
            place: place.map(str::to_owned),
            count: hold.count,
            people: hold.people,
            items: hold
                .items
                .into_iter()
                .map(|item| HoldItemView { title: item.title, when: item.when, guests: item.guests })
                .collect(),
            created_at: hold.created_at.to_string(),
            state: hold.state.as_str().to_owned(),
        }
    }
}

/// What waits.
#[derive(Serialize, ToSchema)]
struct HoldList {
    items: Vec<HoldView>,
}

/// List holds
#[utoipa::path(get, path = "/calendar/holds", operation_id = "list_holds", tag = "calendar", responses(
    (status = 200, description = "What the guard stopped and nobody has decided", body = HoldList),
    (status = 401, description = "Nobody is signed in", body = Problem),
    (status = 403, description = "No role grants the calendar", body = Problem),
))]
async fn list(
    State(app): State<Arc<App>>,
    Reader(locale): Reader,
    Signed(caller): Signed<Calendar>,
) -> Result<axum::Json<HoldList>, Failure> {
    let holds = app.holds(&caller).await.map_err(|error| Failure::new(error, locale))?;
    Ok(axum::Json(HoldList { items: holds.into_iter().map(HoldView::from).collect() }))
}

/// Approve what was held
#[utoipa::path(post, path = "/calendar/holds/{id}/approve", operation_id = "approve_hold", tag = "calendar",
    params(("id" = String, Path, description = "The hold")), responses(
    (status = 200, description = "It goes on with the next run", body = HoldView),
    (status = 401, description = "Nobody is signed in", body = Problem),
    (status = 403, description = "No role grants the calendar", body = Problem),
    (status = 404, description = "There is no such hold for this person", body = Problem),
    (status = 409, description = "It was decided otherwise already", body = Problem),
))]
async fn approve(
    State(app): State<Arc<App>>,
    Reader(locale): Reader,
    Signed(caller): Signed<Calendar>,
    Path(id): Path<String>,
) -> Result<axum::Json<HoldView>, Failure> {
    let fail = |error| Failure::new(error, locale);
    let id: HoldId = id.parse().map_err(|_| fail(Error::NotFound))?;
    Ok(axum::Json(app.decide_hold(&caller, id, true).await.map_err(fail)?.into()))
}

/// Drop what was held
#[utoipa::path(post, path = "/calendar/holds/{id}/drop", operation_id = "drop_hold", tag = "calendar",
    params(("id" = String, Path, description = "The hold")), responses(
    (status = 200, description = "It is not done", body = HoldView),
    (status = 401, description = "Nobody is signed in", body = Problem),
    (status = 403, description = "No role grants the calendar", body = Problem),
    (status = 404, description = "There is no such hold for this person", body = Problem),
    (status = 409, description = "It was decided otherwise already", body = Problem),
))]
async fn drop_hold(
    State(app): State<Arc<App>>,
    Reader(locale): Reader,
    Signed(caller): Signed<Calendar>,
    Path(id): Path<String>,
) -> Result<axum::Json<HoldView>, Failure> {
    let fail = |error| Failure::new(error, locale);
    let id: HoldId = id.parse().map_err(|_| fail(Error::NotFound))?;
    Ok(axum::Json(app.decide_hold(&caller, id, false).await.map_err(fail)?.into()))
}
