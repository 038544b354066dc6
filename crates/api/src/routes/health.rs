//! For load balancers and for other systems behind the same cookie.

use std::sync::Arc;

use axum::{
    Router,
    extract::State,
    http::StatusCode,
    response::IntoResponse,
    routing::{any, get},
};
use portico_app::{App, SignedIn};

use crate::{Failure, Reader, Signed};

pub(super) fn router() -> Router<Arc<App>> {
    Router::new()
        .route("/healthz", get(alive))
        .route("/readyz", get(ready))
        .route("/auth/verify", get(verify))
        .route("/api/{*path}", any(unknown))
}

/// An address that the API does not have.
async fn unknown(Reader(locale): Reader) -> Failure {
    Failure::new(portico_app::Error::NotFound, locale)
}

/// The process runs.
async fn alive() -> &'static str {
    "ok"
}

/// The process can serve: the database answers.
async fn ready(State(app): State<Arc<App>>) -> StatusCode {
    if app.store.ping().await.is_ok() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }
}

/// Forward-auth for other systems: 200 with who it is, or 401. A disabled account stops passing at once.
async fn verify(caller: Result<Signed<SignedIn>, Failure>) -> impl IntoResponse {
    match caller {
        Ok(Signed(caller)) => (
            StatusCode::OK,
            [("x-portico-tenant", caller.tenant.to_string()), ("x-portico-email", caller.email.to_string())],
        )
            .into_response(),
        Err(_) => StatusCode::UNAUTHORIZED.into_response(),
    }
}
