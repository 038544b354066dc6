//! Signing in and out, and the person's sessions.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::IntoResponse,
};
use portico_app::{App, SignIn, SignedIn};
use portico_kernel::SessionId;
use portico_world::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::me::{Tenant, User};
use crate::{
    Failure, Json, Problem, Reader, Signed,
    caller::{session_cookie, set_cookie},
};

pub(super) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(login)).routes(routes!(logout)).routes(routes!(list)).routes(routes!(end))
}

/// What a person types in to sign in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Login {
    /// The address.
    email: String,
    /// The password.
    #[schema(value_type = String, format = Password)]
    password: String,
    /// The company's slug, when the address exists in several.
    tenant: Option<String>,
}

/// Who has signed in.
#[derive(Serialize, ToSchema)]
struct LoggedIn {
    user: User,
    tenant: Tenant,
}

/// Sign in
#[utoipa::path(post, path = "/auth/login", operation_id = "login", tag = "auth", request_body = Login, responses(
    (status = 200, description = "Signed in; the session is in the cookie", body = LoggedIn),
    (status = 401, description = "The address or the password is not right", body = Problem),
    (status = 409, description = "The address exists in several companies: choose one", body = Problem),
    (status = 422, description = "Fields are not right", body = Problem),
    (status = 429, description = "Too many tries", body = Problem),
))]
async fn login(
    State(app): State<Arc<App>>,
    Reader(locale): Reader,
    Json(body): Json<Login>,
) -> Result<impl IntoResponse, Failure> {
    let fail = |error| Failure::new(error, locale);
    let request = SignIn { email: body.email, password: SecretString::from(body.password), tenant: body.tenant };
    let signed = app.sign_in(&request).await.map_err(fail)?;
    let me = app.me(&signed.caller).await.map_err(fail)?;
    let cookie = set_cookie(&app, Some(&signed.cookie));
    Ok(([(header::SET_COOKIE, cookie)], axum::Json(LoggedIn { user: User::of(&me), tenant: Tenant::of(&me) })))
}

/// Sign out
#[utoipa::path(post, path = "/auth/logout", operation_id = "logout", tag = "auth", responses(
    (status = 204, description = "Signed out; also when nobody was signed in"),
))]
async fn logout(
    State(app): State<Arc<App>>,
    Reader(locale): Reader,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Failure> {
    let fail = |error| Failure::new(error, locale);
    if let Some(cookie) = session_cookie(&headers, &app)
        && let Some(caller) = app.session(&cookie).await.map_err(fail)?
    {
        app.sign_out(&caller).await.map_err(fail)?;
    }
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, set_cookie(&app, None))]))
}

/// A session of the person.
#[derive(Serialize, ToSchema)]
struct SessionItem {
    id: String,
    /// When it began (RFC 3339).
    created_at: String,
    /// When it was last used, to the minute (RFC 3339).
    last_seen_at: String,
    /// Whether it is the one that asks.
    current: bool,
}

/// The person's sessions.
#[derive(Serialize, ToSchema)]
struct SessionList {
    items: Vec<SessionItem>,
}

/// List my sessions
#[utoipa::path(get, path = "/auth/sessions", operation_id = "list_sessions", tag = "auth", responses(
    (status = 200, description = "The living sessions, the last used first", body = SessionList),
    (status = 401, description = "Nobody is signed in", body = Problem),
))]
async fn list(
    State(app): State<Arc<App>>,
    Reader(locale): Reader,
    Signed(caller): Signed<SignedIn>,
) -> Result<axum::Json<SessionList>, Failure> {
    let sessions = app.sessions(&caller).await.map_err(|error| Failure::new(error, locale))?;
    let items = sessions
        .into_iter()
        .map(|session| SessionItem {
            id: session.id.to_string(),
            created_at: session.created_at.to_string(),
            last_seen_at: session.last_seen.to_string(),
            current: caller.session == Some(session.id),
        })
        .collect();
    Ok(axum::Json(SessionList { items }))
}

/// End one of my sessions
#[utoipa::path(delete, path = "/auth/sessions/{id}", operation_id = "end_session", tag = "auth",
    params(("id" = String, Path, description = "The session")), responses(
    (status = 204, description = "Ended"),
    (status = 401, description = "Nobody is signed in", body = Problem),
    (status = 404, description = "There is no such session of this person", body = Problem),
))]
async fn end(
    State(app): State<Arc<App>>,
    Reader(locale): Reader,
    Signed(caller): Signed<SignedIn>,
    Path(id): Path<String>,
) -> Result<StatusCode, Failure> {
    let fail = |error| Failure::new(error, locale);
    let id: SessionId = id.parse().map_err(|_| fail(portico_app::Error::NotFound))?;
    app.end_session(&caller, id).await.map_err(fail)?;
    Ok(StatusCode::NO_CONTENT)
}
