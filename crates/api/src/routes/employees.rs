//! People: the directory that everybody may search, and the list that administrators see.

use std::sync::Arc;

use axum::extract::{Path, State};
use portico_app::{Administrator, App, Colleague, EmployeeView, Error, FieldError, SignedIn};
use portico_kernel::{EmployeeId, RoleId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{Failure, Problem, Query, Reader, Said, Signed, paging::Page};

pub(super) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(directory))
        .routes(routes!(list))
        .routes(routes!(get))
        .routes(routes!(set_roles))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Search {
    /// The beginnings of words of the name or of the address.
    query: Option<String>,
    /// How many at most.
    #[param(minimum = 1, maximum = 500)]
    #[expect(dead_code, reason = "read by Page; named here for the document")]
    limit: Option<i64>,
    /// Where the page before ended.
    #[expect(dead_code, reason = "read by Page; named here for the document")]
    cursor: Option<String>,
}

/// A colleague, as everybody sees one.
#[derive(Serialize, ToSchema)]
struct DirectoryItem {
    employee_id: String,
    name: String,
    email: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    department: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    job_title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    picture: Option<String>,
    /// Whether the person's Google Calendar is connected.
    google_calendar_connected: bool,
}

impl From<&Colleague> for DirectoryItem {
    fn from(colleague: &Colleague) -> Self {
        let employee = &colleague.employee;
        Self {
            employee_id: employee.id.to_string(),
            name: employee.name.clone(),
            email: employee.email.to_string(),
            department: employee.department.clone(),
            job_title: employee.job_title.clone(),
            picture: employee.picture.clone(),
            google_calendar_connected: colleague.google_calendar_connected,
        }
    }
}

/// A page of the directory.
#[derive(Serialize, ToSchema)]
struct Directory {
    items: Vec<DirectoryItem>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// A role that an employee has.
#[derive(Serialize, ToSchema)]
struct EmployeeRole {
    id: String,
    slug: String,
    name: String,
}

/// An employee, as administrators see one.
#[derive(Serialize, ToSchema)]
struct EmployeeItem {
    id: String,
    name: String,
    email: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    department: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    job_title: Option<String>,
    /// Where the person is in the lifecycle.
    state: String,
    /// Whether the person's Google Calendar is connected.
    google_calendar_connected: bool,
    /// When one of the person's calendars was last in step (RFC 3339).
    #[serde(skip_serializing_if = "Option::is_none")]
    last_google_sync: Option<String>,
    roles: Vec<EmployeeRole>,
}

impl From<&EmployeeView> for EmployeeItem {
    fn from(view: &EmployeeView) -> Self {
        let employee = &view.colleague.employee;
        Self {
            id: employee.id.to_string(),
            name: employee.name.clone(),
            email: employee.email.to_string(),
            department: employee.department.clone(),
            job_title: employee.job_title.clone(),
            state: employee.state.clone(),
            google_calendar_connected: view.colleague.google_calendar_connected,
            last_google_sync: view.colleague.last_google_sync.map(|at| at.to_string()),
            roles: view
                .roles
                .iter()
                .map(|role| EmployeeRole { id: role.id.to_string(), slug: role.slug.clone(), name: role.name.clone() })
                .collect(),
        }
    }
}

/// A page of employees.
#[derive(Serialize, ToSchema)]
struct EmployeeList {
    items: Vec<EmployeeItem>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// Search colleagues
#[utoipa::path(get, path = "/directory", operation_id = "search_directory", tag = "people", params(Search), responses(
    (status = 200, description = "Active colleagues, by name", body = Directory),
    (status = 401, description = "Nobody is signed in", body = Problem),
    (status = 422, description = "Parameters are not right", body = Problem),
))]
async fn directory(
    State(app): State<Arc<App>>,
    Reader(locale): Reader,
    Signed(caller): Signed<SignedIn>,
    Query(search): Query<Search>,
    page: Page,
) -> Result<axum::Json<Directory>, Failure> {
    let fail = |error| Failure::new(error, locale);
    let after = page.cursor.as_deref().map(portico_app::employee_cursor).transpose().map_err(fail)?;
    let query = search.query.unwrap_or_default();
    let found = app.directory(&caller, &query, after.as_ref(), page.limit).await.map_err(fail)?;
    let full = i64::try_from(found.len()).is_ok_and(|count| count == page.limit);
    let next_cursor = found.last().filter(|_| full).map(|last| portico_app::employee_cursor_text(&last.employee));
    Ok(axum::Json(Directory { items: found.iter().map(DirectoryItem::from).collect(), next_cursor }))
}

/// List employees
#[utoipa::path(get, path = "/employees", operation_id = "list_employees", tag = "people", params(Search), responses(
    (status = 200, description = "Employees with their roles, by name", body = EmployeeList),
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
) -> Result<axum::Json<EmployeeList>, Failure> {
    let fail = |error| Failure::new(error, locale);
    let after = page.cursor.as_deref().map(portico_app::employee_cursor).transpose().map_err(fail)?;
    let query = search.query.unwrap_or_default();
    let found = app.employees(&caller, &query, after.as_ref(), page.limit).await.map_err(fail)?;
    let full = i64::try_from(found.len()).is_ok_and(|count| count == page.limit);
    let next_cursor =
        found.last().filter(|_| full).map(|last| portico_app::employee_cursor_text(&last.colleague.employee));
    Ok(axum::Json(EmployeeList { items: found.iter().map(EmployeeItem::from).collect(), next_cursor }))
}

/// Get an employee
#[utoipa::path(get, path = "/employees/{id}", operation_id = "get_employee", tag = "people",
    params(("id" = String, Path, description = "The employee")), responses(
    (status = 200, description = "The employee with the roles", body = EmployeeItem),
    (status = 401, description = "Nobody is signed in", body = Problem),
    (status = 403, description = "No role grants administration", body = Problem),
    (status = 404, description = "There is no such employee", body = Problem),
))]
async fn get(
    State(app): State<Arc<App>>,
    Reader(locale): Reader,
    Signed(caller): Signed<Administrator>,
    Path(id): Path<String>,
) -> Result<axum::Json<EmployeeItem>, Failure> {
    let fail = |error| Failure::new(error, locale);
    let id: EmployeeId = id.parse().map_err(|_| fail(Error::NotFound))?;
    Ok(axum::Json(EmployeeItem::from(&app.employee(&caller, id).await.map_err(fail)?)))
}

/// The roles that an employee shall have.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RoleChoice {
    /// These and no others.
    #[schema(required = true, value_type = Vec<String>)]
    role_ids: Option<Vec<String>>,
}

/// Set an employee's roles
#[utoipa::path(put, path = "/employees/{id}/roles", operation_id = "set_employee_roles", tag = "people",
    params(("id" = String, Path, description = "The employee")), request_body = RoleChoice, responses(
    (status = 200, description = "The employee with the roles", body = EmployeeItem),
    (status = 401, description = "Nobody is signed in", body = Problem),
    (status = 403, description = "No role grants administration", body = Problem),
    (status = 404, description = "There is no such employee", body = Problem),
    (status = 409, description = "Nobody would be left who could undo it", body = Problem),
    (status = 422, description = "Fields are not right", body = Problem),
))]
async fn set_roles(
    State(app): State<Arc<App>>,
    Reader(locale): Reader,
    Signed(caller): Signed<Administrator>,
    Path(id): Path<String>,
    Said { body, mut faults }: Said<RoleChoice>,
) -> Result<axum::Json<EmployeeItem>, Failure> {
    let fail = |error| Failure::new(error, locale);
    let id: EmployeeId = id.parse().map_err(|_| fail(Error::NotFound))?;
    if body.role_ids.is_none() && !faults.iter().any(|fault| fault.field.starts_with("role_ids")) {
        faults.push(FieldError::new("role_ids", "required"));
    }
    let roles: Vec<Option<RoleId>> = body.role_ids.iter().flatten().map(|id| id.parse().ok()).collect();
    Ok(axum::Json(EmployeeItem::from(&app.set_roles(&caller, id, &roles, faults).await.map_err(fail)?)))
}
