//! Who is signed in: what the pages begin with.

use std::sync::Arc;

use axum::extract::State;
use portico_app::{App, Me, Preferences, SignedIn};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{Failure, Problem, Reader, Said, Signed};

pub(super) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(get, patch))
}

/// The person.
#[derive(Serialize, ToSchema)]
pub(super) struct User {
    /// The account.
    id: String,
    email: String,
    name: String,
    /// The employee behind the account.
    #[serde(skip_serializing_if = "Option::is_none")]
    employee_id: Option<String>,
    /// `zh-TW`, `en`, `ja`, `ko` or `cs`: the person's choice, else the company's.
    locale: String,
    /// An IANA zone: the person's choice, else the company's.
    time_zone: String,
    /// The slugs of the person's roles.
    role_names: Vec<String>,
}

impl User {
    pub(super) fn of(me: &Me) -> Self {
        let person = &me.caller;
        Self {
            id: person.account.to_string(),
            email: person.email.to_string(),
            name: person.name.clone(),
            employee_id: person.employee.map(|id| id.to_string()),
            locale: person.locale.tag().to_owned(),
            time_zone: person.time_zone.clone(),
            role_names: person.roles.clone(),
        }
    }
}

/// The company that the person belongs to.
#[derive(Serialize, ToSchema)]
pub(super) struct Tenant {
    id: String,
    /// Its name in addresses.
    slug: String,
    name: String,
    /// An IANA zone.
    time_zone: String,
    /// `zh-TW`, `en`, `ja`, `ko` or `cs`.
    locale: String,
    /// The first day of the week: 1 is Monday, 7 is Sunday.
    week_start: i64,
}

impl Tenant {
    pub(super) fn of(me: &Me) -> Self {
        Self {
            id: me.tenant.id.to_string(),
            slug: me.tenant.slug.clone(),
            name: me.company.name.clone(),
            time_zone: me.company.time_zone.clone(),
            locale: me.company.locale.tag().to_owned(),
            week_start: me.company.week_start,
        }
    }
}

/// What a role grants.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Grant {
    /// The system function.
    pub(super) function: String,
    /// The action.
    pub(super) action: String,
    /// `self`, `team`, `subtree` or `company`.
    pub(super) scope: String,
}

/// How the person stands with Google.
#[derive(Serialize, ToSchema)]
struct GoogleStanding {
    /// `without_authorization`, `authorization_pending`, `authorized` or `authorization_expired`.
    phase: String,
    /// Whether a role grants connecting.
    can_connect: bool,
}

/// Things that wait for the person.
#[derive(Serialize, ToSchema)]
struct CountsView {
    /// Open conflicts.
    conflicts: usize,
    /// Runs that wait for approval.
    holds: usize,
    /// Invitations of the next thirty days without an answer.
    invitations: usize,
    /// Google accounts of the person's that stand still until somebody does something.
    connections: usize,
    /// The same of everybody else in the company; for administrators.
    company_connections: usize,
}

/// What the pages begin with.
#[derive(Serialize, ToSchema)]
struct MeView {
    user: User,
    tenant: Tenant,
    /// What the person's roles grant.
    grants: Vec<Grant>,
    google: GoogleStanding,
    counts: CountsView,
}

impl MeView {
    fn of(me: &Me) -> Self {
        Self {
            user: User::of(me),
            tenant: Tenant::of(me),
            grants: me
                .caller
                .grants
                .iter()
                .map(|grant| Grant {
                    function: grant.function.clone(),
                    action: grant.action.clone(),
                    scope: grant.scope.clone(),
                })
                .collect(),
            google: GoogleStanding { phase: word(&me.phase), can_connect: me.can_connect },
            counts: CountsView {
                conflicts: me.counts.conflicts,
                holds: me.counts.holds,
                invitations: me.counts.invitations,
                connections: me.counts.connections,
                company_connections: me.counts.company_connections,
            },
        }
    }
}

/// A value that is one word in JSON, as that word.
pub(super) fn word(value: &impl Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

/// Who am I
#[utoipa::path(get, path = "/me", operation_id = "get_me", tag = "me", responses(
    (status = 200, description = "The person, the company, what is granted and what waits", body = MeView),
    (status = 401, description = "Nobody is signed in", body = Problem),
))]
async fn get(
    State(app): State<Arc<App>>,
    Reader(locale): Reader,
    Signed(caller): Signed<SignedIn>,
) -> Result<axum::Json<MeView>, Failure> {
    let me = app.me(&caller).await.map_err(|error| Failure::new(error, locale))?;
    Ok(axum::Json(MeView::of(&me)))
}

/// What a person may change of the own account.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MeChange {
    /// `zh-TW`, `en`, `ja`, `ko` or `cs`.
    locale: Option<String>,
    /// An IANA zone.
    time_zone: Option<String>,
}

/// Change my language and zone
#[utoipa::path(patch, path = "/me", operation_id = "update_me", tag = "me", request_body = MeChange, responses(
    (status = 200, description = "As it is now", body = MeView),
    (status = 401, description = "Nobody is signed in", body = Problem),
    (status = 422, description = "Fields are not right", body = Problem),
))]
async fn patch(
    State(app): State<Arc<App>>,
    Reader(locale): Reader,
    Signed(caller): Signed<SignedIn>,
    Said { body, faults }: Said<MeChange>,
) -> Result<axum::Json<MeView>, Failure> {
    let MeChange { locale: language, time_zone } = body;
    let me = app.change_me(&caller, &Preferences { locale: language, time_zone, faults }).await;
    Ok(axum::Json(MeView::of(&me.map_err(|error| Failure::new(error, locale))?)))
}
