//! Where Google tells us that a calendar has changed.

use std::sync::Arc;

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use portico_app::{
    App,
    push_channels::{Received, receive_headers},
};

pub(super) fn router() -> Router<Arc<App>> {
    Router::new().route("/hooks/google/calendar", post(calendar))
}

/// A message of a push channel. It has no body; who it is from is in its headers. What is not ours is refused without a
/// word, so that nobody learns which channels there are.
async fn calendar(State(app): State<Arc<App>>, headers: HeaderMap) -> StatusCode {
    match receive_headers(&app, &headers).await {
        Ok(Received::Woken | Received::Nothing) => StatusCode::NO_CONTENT,
        Ok(Received::Refused) => StatusCode::NOT_FOUND,
        // Google sends it again later; the poll comes in any case.
        Err(error) => {
            tracing::warn!(%error, "a push message could not be taken");
            StatusCode::SERVICE_UNAVAILABLE
        }
    }
}
