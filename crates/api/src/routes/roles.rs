//! Roles and what can be granted.

use std::sync::Arc;

use axum::extract::{Path, State};
use portico_app::{Administrator, App, Error, FieldError, GrantInput, access::FUNCTIONS};
use portico_kernel::RoleId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::me::Grant;
use crate::{Failure, Problem, Reader, Said, Signed};

pub(super) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(functions)).routes(routes!(list)).routes(routes!(set_grants))
}

/// A thing that can be permitted.
#[derive(Serialize, ToSchema)]
struct SystemFunction {
    /// Its name.
    function: String,
    /// What can be done with it.
    actions: Vec<String>,
}

/// Everything that can be permitted.
#[derive(Serialize, ToSchema)]
struct SystemFunctionList {
    items: Vec<SystemFunction>,
}

/// List system functions
#[utoipa::path(get, path = "/system-functions", operation_id = "list_system_functions", tag = "access", responses(
    (status = 200, description = "The functions with their actions", body = SystemFunctionList),
    (status = 401, description = "Nobody is signed in", body = Problem),
    (status = 403, description = "No role grants administration", body = Problem),
))]
async fn functions(_caller: Signed<Administrator>) -> axum::Json<SystemFunctionList> {
    let items = FUNCTIONS
        .iter()
        .map(|(function, actions)| SystemFunction {
            function: (*function).to_owned(),
            actions: actions.iter().map(|action| (*action).to_owned()).collect(),
        })
        .collect();
    axum::Json(SystemFunctionList { items })
}

/// A role with what it grants.
#[derive(Serialize, ToSchema)]
struct RoleItem {
    id: String,
    /// `employee` and `administrator` come with each company.
    slug: String,
    name: String,
    grants: Vec<Grant>,
}

/// All roles.
#[derive(Serialize, ToSchema)]
struct RoleList {
    items: Vec<RoleItem>,
}

macro_rules! item {
    ($role:expr) => {{
        let role = $role;
        RoleItem {
            id: role.id.to_string(),
            slug: role.slug,
            name: role.name,
            grants: role
                .grants
                .into_iter()
                .map(|grant| Grant { function: grant.function, action: grant.action, scope: grant.scope })
                .collect(),
        }
    }};
}

/// List roles
#[utoipa::path(get, path = "/roles", operation_id = "list_roles", tag = "access", responses(
    (status = 200, description = "All roles with what they grant", body = RoleList),
    (status = 401, description = "Nobody is signed in", body = Problem),
    (status = 403, description = "No role grants administration", body = Problem),
))]
async fn list(
    State(app): State<Arc<App>>,
    Reader(locale): Reader,
    Signed(caller): Signed<Administrator>,
) -> Result<axum::Json<RoleList>, Failure> {
    let roles = app.roles(&caller).await.map_err(|error| Failure::new(error, locale))?;
    Ok(axum::Json(RoleList { items: roles.into_iter().map(|role| item!(role)).collect() }))
}

/// What a role shall grant.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct GrantChoice {
    /// These and no others.
    #[schema(required = true, value_type = Vec<Grant>)]
    grants: Option<Vec<GrantSaid>>,
}

/// One of them, as far as it is said.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GrantSaid {
    function: Option<String>,
    action: Option<String>,
    scope: Option<String>,
}

/// Set what a role grants
#[utoipa::path(put, path = "/roles/{id}/grants", operation_id = "set_role_grants", tag = "access",
    params(("id" = String, Path, description = "The role")), request_body = GrantChoice, responses(
    (status = 200, description = "The role with what it grants now", body = RoleItem),
    (status = 401, description = "Nobody is signed in", body = Problem),
    (status = 403, description = "No role grants administration", body = Problem),
    (status = 404, description = "There is no such role", body = Problem),
    (status = 409, description = "Nobody would be left who could undo it", body = Problem),
    (status = 422, description = "Fields are not right", body = Problem),
))]
async fn set_grants(
    State(app): State<Arc<App>>,
    Reader(locale): Reader,
    Signed(caller): Signed<Administrator>,
    Path(id): Path<String>,
    Said { body, mut faults }: Said<GrantChoice>,
) -> Result<axum::Json<RoleItem>, Failure> {
    let fail = |error| Failure::new(error, locale);
    let id: RoleId = id.parse().map_err(|_| fail(Error::NotFound))?;
    if body.grants.is_none() && !faults.iter().any(|fault| fault.field.starts_with("grants")) {
        faults.push(FieldError::new("grants", "required"));
    }
    let input = |said: GrantSaid| GrantInput { function: said.function, action: said.action, scope: said.scope };
    let grants = body.grants.unwrap_or_default().into_iter().map(input).collect();
    let role = app.set_grants(&caller, id, grants, faults).await.map_err(fail)?;
    Ok(axum::Json(item!(role)))
}
