//! Conflicts: both versions, and the choice.

use std::{collections::BTreeMap, sync::Arc};

use axum::extract::{Path, State};
use portico_app::{
    App, Calendar, ConflictsThat, Error, FieldError, ReadCalendar,
    conflicts::{self, Choice, ConflictView, Side},
    events::calendar::When as Time,
};
use portico_kernel::{ConflictId, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{Failure, Problem, Query, Reader, Said, Signed, event_view::When, paging::Page};

pub(super) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(get))
        .routes(routes!(resolve))
        .routes(routes!(resolve_all))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Search {
    /// `open` (unless told), `resolved`, or `decided`: those of the resolved that the company's rule decided, and nobody since.
    state: Option<String>,
    /// How many at most.
    #[param(minimum = 1, maximum = 500)]
    #[expect(dead_code, reason = "read by Page; named here for the document")]
    limit: Option<i64>,
    /// Where the page before ended.
    #[expect(dead_code, reason = "read by Page; named here for the document")]
    cursor: Option<String>,
}

/// One field of which both sides have their own version.
#[derive(Serialize, ToSchema)]
struct ConflictFieldItem {
    /// Such as `title`, `when`, `attendees`.
    field: String,
    /// What both sides had.
    base: Value,
    /// What was written here.
    portico: Value,
    /// What was written at Google, which stands.
    google: Value,
}

/// Who wrote a version, and when.
#[derive(Serialize, ToSchema)]
struct Version {
    /// When (RFC 3339).
    #[schema(format = DateTime)]
    at: String,
    /// The person's name, where known.
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<String>,
}

/// Fields that both sides changed.
#[derive(Serialize, ToSchema)]
struct ConflictItem {
    id: String,
    event_id: String,
    calendar_id: String,
    /// The title that stands.
    title: String,
    when: When,
    fields: Vec<ConflictFieldItem>,
    portico: Version,
    google: Version,
    /// When it was found (RFC 3339).
    #[schema(format = DateTime)]
    created_at: String,
    /// When somebody chose, or the company's rule decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    resolved_at: Option<String>,
    /// What was chosen: `portico` or `google` for each field.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    resolution: Option<Value>,
    /// Who chose: `person`, or `company` for the company's rule; then a person may still choose otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    resolved_by: Option<&'static str>,
}

/// A page of conflicts.
#[derive(Serialize, ToSchema)]
struct ConflictList {
    items: Vec<ConflictItem>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// A time is shown as an event's is.
fn shown(field: &str, value: &Value) -> Value {
    if field == "when"
        && let Ok(when) = serde_json::from_value::<Time>(value.clone())
    {
        return serde_json::to_value(When::from(&when)).unwrap_or(Value::Null);
    }
    value.clone()
}

impl From<&ConflictView> for ConflictItem {
    fn from(view: &ConflictView) -> Self {
        let conflict = &view.conflict;
        Self {
            id: conflict.id.to_string(),
            event_id: view.event_id(),
            calendar_id: conflict.calendar_id.to_string(),
            title: view.shown.meeting.shared.title.clone(),
            when: When::from(&view.shown.meeting.shared.when),
            fields: conflict
                .fields
                .iter()
                .map(|field| ConflictFieldItem {
                    field: field.field.clone(),
                    base: shown(&field.field, &field.base),
                    portico: shown(&field.field, &field.portico),
                    google: shown(&field.field, &field.google),
                })
                .collect(),
            portico: Version { at: conflict.portico_at.to_string(), by: view.portico_by.clone() },
            google: Version { at: conflict.google_at.to_string(), by: None },
            created_at: conflict.created_at.to_string(),
            resolved_at: conflict.resolved_at.map(|at| at.to_string()),
            resolution: conflict.resolution.clone(),
            resolved_by: conflict
                .resolved_at
                .map(|_| if conflict.resolved_by.is_some() { "person" } else { "company" }),
        }
    }
}

/// List conflicts
#[utoipa::path(get, path = "/calendar/conflicts", operation_id = "list_conflicts", tag = "calendar", params(Search), responses(
    (status = 200, description = "The conflicts in the reader's calendars, the newest first", body = ConflictList),
    (status = 401, description = "Nobody is signed in", body = Problem),
    (status = 403, description = "No role grants the calendar", body = Problem),
    (status = 409, description = "The account belongs to no employee", body = Problem),
    (status = 422, description = "Parameters are not right", body = Problem),
))]
async fn list(
    State(app): State<Arc<App>>,
    Reader(locale): Reader,
    Signed(caller): Signed<ReadCalendar>,
    Query(search): Query<Search>,
    page: Page,
) -> Result<axum::Json<ConflictList>, Failure> {
    let fail = |error| Failure::new(error, locale);
    let which = match search.state.as_deref() {
        None | Some("open") => ConflictsThat::AreOpen,
        Some("resolved") => ConflictsThat::AreResolved,
        Some("decided") => ConflictsThat::RuleDecided,
        Some(_) => return Err(fail(Error::field("state", "unknown_value"))),
    };
    let before = page.cursor.as_deref().map(|text| {
        let (at, id) = text.split_once('.')?;
        Some((Timestamp(at.parse().ok()?), id.parse::<ConflictId>().ok()?))
    });
    let before = match before {
        Some(None) => return Err(fail(Error::field("cursor", "unknown"))),
        Some(before) => before,
        None => None,
    };
    let found = conflicts::list(&app, &caller, which, before, page.limit).await.map_err(fail)?;
    let full = i64::try_from(found.len()).is_ok_and(|count| count == page.limit);
    let next_cursor =
        found.last().filter(|_| full).map(|last| format!("{}.{}", last.conflict.created_at.0, last.conflict.id));
    Ok(axum::Json(ConflictList { items: found.iter().map(ConflictItem::from).collect(), next_cursor }))
}

/// Get a conflict
#[utoipa::path(get, path = "/calendar/conflicts/{id}", operation_id = "get_conflict", tag = "calendar",
    params(("id" = String, Path, description = "The conflict")), responses(
    (status = 200, description = "The conflict, open or resolved", body = ConflictItem),
    (status = 401, description = "Nobody is signed in", body = Problem),
    (status = 403, description = "No role grants the calendar", body = Problem),
    (status = 404, description = "There is no such conflict in the reader's calendars", body = Problem),
    (status = 409, description = "The account belongs to no employee", body = Problem),
))]
async fn get(
    State(app): State<Arc<App>>,
    Reader(locale): Reader,
    Signed(caller): Signed<ReadCalendar>,
    Path(id): Path<String>,
) -> Result<axum::Json<ConflictItem>, Failure> {
    let fail = |error| Failure::new(error, locale);
    let id = id.parse().map_err(|_| fail(Error::NotFound))?;
    let view = conflicts::get(&app, &caller, id).await.map_err(fail)?;
    Ok(axum::Json(ConflictItem::from(&view)))
}

/// A choice: one side for all fields, or one for each.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ChoiceBody {
    /// `portico` or `google`.
    keep: Option<String>,
    /// `portico` or `google` by field; Google's where none is named.
    fields: Option<BTreeMap<String, String>>,
}

impl ChoiceBody {
    /// What it says, as far as that can be understood; what cannot goes to `faults`, which are those of its form.
    fn choice(self, faults: &mut Vec<FieldError>) -> Option<Choice> {
        match (&self.keep, &self.fields) {
            (Some(_), Some(_)) => faults.push(FieldError::new("fields", "keep_or_fields")),
            (None, None) if faults.iter().any(|fault| fault.field == "keep" || fault.field.starts_with("fields")) => {}
            (None, None) => faults.push(FieldError::new("keep", "required")),
            _ => {}
        }
        let keep = self.keep.and_then(|text| side("keep", &text, faults));
        let Some(fields) = self.fields else { return keep.map(Choice::Keep) };
        let sides = fields.into_iter().filter_map(|(name, text)| {
            let side = side(&format!("fields.{name}"), &text, faults)?;
            Some((name, side))
        });
        Some(Choice::Fields(sides.collect()))
    }
}

fn side(field: &str, text: &str, faults: &mut Vec<FieldError>) -> Option<Side> {
    let side = Side::parse(text);
    if side.is_none() {
        faults.push(FieldError::new(field, "unknown_value"));
    }
    side
}

/// Resolve a conflict
#[utoipa::path(post, path = "/calendar/conflicts/{id}/resolve", operation_id = "resolve_conflict", tag = "calendar",
    params(("id" = String, Path, description = "The conflict")), request_body = ChoiceBody, responses(
    (status = 200, description = "The conflict as it was resolved", body = ConflictItem),
    (status = 401, description = "Nobody is signed in", body = Problem),
    (status = 403, description = "No role grants the calendar", body = Problem),
    (status = 404, description = "There is no such conflict", body = Problem),
    (status = 409, description = "Somebody has resolved it already", body = Problem),
    (status = 412, description = "The event was changed meanwhile", body = Problem),
    (status = 422, description = "Fields are not right", body = Problem),
))]
async fn resolve(
    State(app): State<Arc<App>>,
    Reader(locale): Reader,
    Signed(caller): Signed<Calendar>,
    Path(id): Path<String>,
    Said { body, mut faults }: Said<ChoiceBody>,
) -> Result<axum::Json<ConflictItem>, Failure> {
    let fail = |error| Failure::new(error, locale);
    let id = id.parse().map_err(|_| fail(Error::NotFound))?;
    let choice = body.choice(&mut faults);
    let view = conflicts::resolve(&app, &caller, id, choice.as_ref(), faults).await.map_err(fail)?;
    Ok(axum::Json(ConflictItem::from(&view)))
}

/// One side for all open conflicts.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ChoiceForAll {
    /// `portico` or `google`.
    #[schema(required = true, value_type = String)]
    keep: Option<String>,
    /// This calendar only.
    calendar_id: Option<String>,
}

/// How many conflicts were resolved.
#[derive(Serialize, ToSchema)]
struct Resolved {
    resolved: usize,
}

/// Resolve all conflicts
#[utoipa::path(post, path = "/calendar/conflicts/resolve-all", operation_id = "resolve_all_conflicts", tag = "calendar",
    request_body = ChoiceForAll, responses(
    (status = 200, description = "All open conflicts of the reader's calendars are resolved", body = Resolved),
    (status = 401, description = "Nobody is signed in", body = Problem),
    (status = 403, description = "No role grants the calendar", body = Problem),
    (status = 404, description = "There is no such calendar", body = Problem),
    (status = 409, description = "The account belongs to no employee", body = Problem),
    (status = 412, description = "An event was changed meanwhile", body = Problem),
    (status = 422, description = "Fields are not right", body = Problem),
))]
async fn resolve_all(
    State(app): State<Arc<App>>,
    Reader(locale): Reader,
    Signed(caller): Signed<Calendar>,
    Said { body, mut faults }: Said<ChoiceForAll>,
) -> Result<axum::Json<Resolved>, Failure> {
    let fail = |error| Failure::new(error, locale);
    if body.keep.is_none() {
        FieldError::gather(&mut faults, vec![FieldError::new("keep", "required")]);
    }
    let keep = body.keep.and_then(|text| side("keep", &text, &mut faults));
    let calendar = body.calendar_id.map(|id| id.parse());
    if let Some(Err(_)) = calendar {
        faults.push(FieldError::new("calendar_id", "unknown"));
    }
    let (Some(keep), true) = (keep, faults.is_empty()) else { return Err(fail(Error::Invalid(faults))) };
    let resolved = conflicts::resolve_all(&app, &caller, calendar.and_then(Result::ok), keep).await.map_err(fail)?;
    Ok(axum::Json(Resolved { resolved }))
}
