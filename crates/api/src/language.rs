//! The reader's language.

use axum::http::{HeaderMap, header};
use portico_kernel::Locale;

/// The language of a request by its `Accept-Language`; the pages send the one that the person chose.
pub fn of(headers: &HeaderMap) -> Locale {
    headers
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok())
        .map_or(Locale::En, Locale::from_accept_language)
}
