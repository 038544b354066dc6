//! The journal, as administrators read it.

use std::sync::Arc;

use axum::extract::State;
use portico_app::{Administrator, App, Error};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{Failure, Problem, Query, Reader, Signed, paging::Page};

pub(super) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(list))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Search {
    /// Only what was done to this thing.
    subject: Option<String>,
    /// How many at most.
    #[param(minimum = 1, maximum = 500)]
    #[expect(dead_code, reason = "read by Page; named here for the document")]
    limit: Option<i64>,
    /// Where the page before ended.
    #[expect(dead_code, reason = "read by Page; named here for the document")]
    cursor: Option<String>,
}

/// A change.
#[derive(Serialize, ToSchema)]
struct AuditItem {
    /// Its number within the company, without a gap.
    seq: i64,
    /// When (RFC 3339).
    at: String,
    /// `person`, `sync`, `job` or `system`.
    actor_kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    actor: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    actor_name: Option<String>,
    /// What, such as `meeting.updated`.
    action: String,
    subject_kind: String,
    subject: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject_name: Option<String>,
    /// What changed, as it was before.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    before: Option<serde_json::Value>,
    /// What changed, as it is since.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    after: Option<serde_json::Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
}

/// A page of the journal.
#[derive(Serialize, ToSchema)]
struct AuditList {
    items: Vec<AuditItem>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// Read the journal
#[utoipa::path(get, path = "/audit", operation_id = "list_audit", tag = "journal", params(Search), responses(
    (status = 200, description = "Changes, the newest first", body = AuditList),
    (status = 401, description = "Nobody is signed in", body = Problem),
    (status = 403, description = "No role grants administration", body = Problem),
    (status = 422, description = "Parameters are not right", body = Problem),
))]
async fn list(
    State(app): State<Arc<App>>,
    Reader(locale): Reader,
    Signed(caller): Signed<Administrator>,
    Query(search): Query<Search>,
    page: Page,
) -> Result<axum::Json<AuditList>, Failure> {
    let fail = |error| Failure::new(error, locale);
    let number = |text: &str| text.parse::<i64>().map_err(|_| fail(Error::field("cursor", "unknown")));
    let before = page.cursor.as_deref().map(number).transpose()?;
    let subject = search.subject.as_deref().map(str::parse::<Uuid>).transpose();
    let subject = subject.map_err(|_| fail(Error::field("subject", "wrong_type")))?;
    let found = app.audit(&caller, subject, before, page.limit).await.map_err(fail)?;
    let full = i64::try_from(found.len()).is_ok_and(|count| count == page.limit);
    let next_cursor = found.last().filter(|_| full).map(|last| last.entry.seq.to_string());
    let items = found
        .into_iter()
        .map(|found| AuditItem {
            seq: found.entry.seq,
            at: found.entry.at.to_string(),
            actor_kind: found.entry.actor_kind,
            actor: found.entry.actor.map(|id| id.to_string()),
            actor_name: found.actor_name,
            action: found.entry.action,
            subject_kind: found.entry.subject_kind,
            subject: found.entry.subject.to_string(),
            subject_name: found.subject_name,
            before: found.entry.before,
            after: found.entry.after,
            why: found.entry.why,
        })
        .collect();
    Ok(axum::Json(AuditList { items, next_cursor }))
}
