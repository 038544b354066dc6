//! The door: routes under `/api/v1`, their OpenAPI document, sessions and live updates.

mod caller;
mod consent_page;
mod consent_words;
mod event_view;
mod json;
mod language;
mod link_view;
mod metrics;
mod openapi;
mod paging;
mod problem;
mod query;
mod routes;
mod words;

pub use caller::{Reader, Signed};
pub use json::{Json, Once, Said};
pub use problem::{Failure, Problem, ProblemField, ProblemTenant};
pub use query::Query;

use std::sync::Arc;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware,
    response::{IntoResponse, Response},
};
use portico_app::{App, Error};
use tower_http::{CompressionLevel, catch_panic::CatchPanicLayer, compression::CompressionLayer};
use utoipa::{
    OpenApi,
    openapi::security::{ApiKey, ApiKeyValue, SecurityScheme},
};
use utoipa_axum::router::OpenApiRouter;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Portico",
        description = "An HR portal that keeps people and Google Workspace in step.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    components(schemas(Problem))
)]
struct Document;

fn described() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::with_openapi(Document::openapi()).nest("/api/v1", routes::router())
}

/// The API, the hooks, the health checks and the figures, served for `app`.
pub fn router(app: Arc<App>) -> Router {
    let (api, _) = described().split_for_parts();
    let document = openapi_json();
    let metrics = metrics::Metrics::new(app.clone());
    let figures = metrics.clone();
    api.route(
        "/api/openapi.json",
        axum::routing::get(move || async move { ([(axum::http::header::CONTENT_TYPE, "application/json")], document) }),
    )
    .route("/metrics", axum::routing::get(move || metrics::answer(figures.clone())))
    .merge(routes::outside())
    .method_not_allowed_fallback(other_method)
    .layer(middleware::from_fn_with_state(app.clone(), caller::own_origin_only))
    .layer(DefaultBodyLimit::max(json::LARGEST))
    // Pressing a month's answer as small as it gets takes longer than making it, and saves little more.
    .layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
    .layer(CatchPanicLayer::custom(panicked))
    .layer(middleware::from_fn_with_state(metrics, metrics::measure))
    .with_state(app)
}

async fn other_method(Reader(locale): Reader) -> Failure {
    Failure::new(Error::OtherMethod, locale)
}

/// A fault of ours is told like every other one. What the panic said is on standard error already.
fn panicked(_: Box<dyn std::any::Any + Send>) -> Response {
    let error = Error::Internal("a handler panicked".to_owned());
    Failure::new(error, portico_kernel::Locale::En).into_response()
}

/// The OpenAPI 3.1 document, as it is served and as `web/openapi.json` keeps it.
pub fn openapi_json() -> String {
    let (_, mut document) = described().split_for_parts();
    let components = document.components.get_or_insert_default();
    components
        .security_schemes
        .insert("session".into(), SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new("__Host-portico"))).into());
    openapi::complete(&mut document);
    let mut text = document.to_pretty_json().unwrap_or_default();
    text.push('\n');
    text
}
