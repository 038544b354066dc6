//! One file a noun; each gives its routes.

mod audit;
mod auth;
mod calendar_events;
mod calendars;
mod changes;
mod company;
mod conflicts;
mod deleted_events;
mod employees;
mod free_busy;
mod google_auth;
mod google_clients;
mod google_connections;
mod google_hooks;
mod health;
mod holds;
mod links;
mod live;
mod me;
mod roles;

use std::sync::Arc;

use axum::Router;
use portico_app::App;
use utoipa_axum::router::OpenApiRouter;

/// What lies under `/api/v1`.
pub(crate) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .merge(auth::router())
        .merge(me::router())
        .merge(employees::router())
        .merge(company::router())
        .merge(live::router())
        .merge(changes::router())
        .merge(free_busy::router())
        .merge(conflicts::router())
        .merge(calendars::router())
        .merge(calendar_events::router())
        .merge(deleted_events::router())
        .merge(roles::router())
        .merge(audit::router())
        .merge(google_auth::router())
        .merge(google_clients::router())
        .merge(google_connections::router())
        .merge(links::router())
        .merge(holds::router())
}

/// What lies outside of it.
pub(crate) fn outside() -> Router<Arc<App>> {
    health::router().merge(google_hooks::router())
}
