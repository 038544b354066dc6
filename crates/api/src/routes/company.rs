//! The company's record and its tree.

use std::sync::Arc;

use axum::extract::State;
use portico_app::{Administrator, App, Company, ConflictPolicy, FieldError, GuardLimits, SignedIn};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{Failure, Problem, Reader, Said, Signed};

pub(super) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(company, change_company)).routes(routes!(departments))
}

/// The company.
#[derive(Serialize, ToSchema)]
struct CompanyView {
    name: String,
    /// An IANA zone.
    time_zone: String,
    /// `zh-TW`, `en`, `ja`, `ko` or `cs`.
    locale: String,
    /// The first day of the week: 1 is Monday, 7 is Sunday.
    week_start: i64,
    guard: GuardView,
    /// What becomes of fields that both sides changed: `ask` (Google's stands until the person chooses), `portico` or `google`.
    conflicts: String,
}

/// From how many on the sync stops and asks before it deletes or mails.
#[derive(Serialize, ToSchema)]
struct GuardView {
    /// Deletions that never ask, unless they are everything.
    deletions: i64,
    /// Above that, the part of a calendar that may go without asking, in hundredths.
    percent: i64,
    /// People whom one run may mail without asking.
    mailed: i64,
}

/// What an administrator may change of the company; what is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CompanyChange {
    guard: Option<GuardChange>,
    /// `ask`, `portico` or `google`; it holds for conflicts that are found from then on, and people may choose otherwise.
    conflicts: Option<String>,
}

/// Limits of the guard; what is left out stays.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct GuardChange {
    /// 0 to 100000.
    deletions: Option<i64>,
    /// 0 to 100.
    percent: Option<i64>,
    /// 0 to 100000.
    mailed: Option<i64>,
}

impl CompanyView {
    fn of(company: Company, guard: GuardLimits, conflicts: ConflictPolicy) -> Self {
        Self {
            name: company.name,
            time_zone: company.time_zone,
            locale: company.locale.tag().to_owned(),
            week_start: company.week_start,
            guard: GuardView { deletions: guard.deletions, percent: guard.percent, mailed: guard.mailed },
            conflicts: conflicts.as_str().to_owned(),
        }
    }
}

/// Get the company
#[utoipa::path(get, path = "/company", operation_id = "get_company", tag = "company", responses(
    (status = 200, description = "The company's record", body = CompanyView),
    (status = 401, description = "Nobody is signed in", body = Problem),
))]
async fn company(
    State(app): State<Arc<App>>,
    Reader(locale): Reader,
    Signed(caller): Signed<SignedIn>,
) -> Result<axum::Json<CompanyView>, Failure> {
    let fail = |error| Failure::new(error, locale);
    let company = app.company(&caller).await.map_err(fail)?;
    let conflicts = app.conflict_policy(&caller).await.map_err(fail)?;
    Ok(axum::Json(CompanyView::of(company, app.guard_limits(&caller).await.map_err(fail)?, conflicts)))
}

/// Change the company
#[utoipa::path(patch, path = "/company", operation_id = "update_company", tag = "company", request_body = CompanyChange,
    responses(
    (status = 200, description = "The company's record as it is now", body = CompanyView),
    (status = 401, description = "Nobody is signed in", body = Problem),
    (status = 403, description = "No role grants administration", body = Problem),
    (status = 422, description = "Fields are not right", body = Problem),
))]
async fn change_company(
    State(app): State<Arc<App>>,
    Reader(locale): Reader,
    Signed(caller): Signed<Administrator>,
    Said { body, mut faults }: Said<CompanyChange>,
) -> Result<axum::Json<CompanyView>, Failure> {
    let fail = |error| Failure::new(error, locale);
    let conflicts = body.conflicts.as_deref().map(ConflictPolicy::parse);
    if conflicts == Some(None) {
        faults.push(FieldError::new("conflicts", "unknown_value"));
    }
    let change = body.guard.unwrap_or_default();
    let limits = [change.deletions, change.percent, change.mailed];
    let guard = app.set_guard_limits(&caller, limits, faults).await.map_err(fail)?;
    if let Some(policy) = conflicts.flatten() {
        app.set_conflict_policy(&caller, policy).await.map_err(fail)?;
    }
    let signed = caller.permit::<SignedIn>().map_err(fail)?;
    let conflicts = app.conflict_policy(&signed).await.map_err(fail)?;
    Ok(axum::Json(CompanyView::of(app.company(&signed).await.map_err(fail)?, guard, conflicts)))
}

/// A department.
#[derive(Serialize, ToSchema)]
struct DepartmentItem {
    id: String,
    /// The one above it; none at the top.
    #[serde(skip_serializing_if = "Option::is_none")]
    parent_id: Option<String>,
    name: String,
    /// The mail domain of its people, which its children inherit.
    #[serde(skip_serializing_if = "Option::is_none")]
    email_domain: Option<String>,
    /// The employee who leads it.
    #[serde(skip_serializing_if = "Option::is_none")]
    head_id: Option<String>,
}

/// The tree as a flat list.
#[derive(Serialize, ToSchema)]
struct DepartmentList {
    items: Vec<DepartmentItem>,
}

/// List departments
#[utoipa::path(get, path = "/departments", operation_id = "list_departments", tag = "company", responses(
    (status = 200, description = "The tree as a flat list, by name", body = DepartmentList),
    (status = 401, description = "Nobody is signed in", body = Problem),
))]
async fn departments(
    State(app): State<Arc<App>>,
    Reader(locale): Reader,
    Signed(caller): Signed<SignedIn>,
) -> Result<axum::Json<DepartmentList>, Failure> {
    let departments = app.departments(&caller).await.map_err(|error| Failure::new(error, locale))?;
    let items = departments
        .into_iter()
        .map(|department| DepartmentItem {
            id: department.id.to_string(),
            parent_id: department.parent_id.map(|id| id.to_string()),
            name: department.name,
            email_domain: department.email_domain,
            head_id: department.head_id.map(|id| id.to_string()),
        })
        .collect();
    Ok(axum::Json(DepartmentList { items }))
}
