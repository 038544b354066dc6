//! The built web app, carried inside the binary.

use axum::{
    Router,
    body::Body,
    http::{HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "../../web/dist"]
#[allow_missing = true]
struct Files;

/// What the pages may load and whom they may speak to: this origin alone. Mantine and FullCalendar set styles inline.
const POLICY: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: https:; \
                      frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

/// `api` with the web app behind it: an address that the API does not know is a page of the app.
pub fn with_pages(api: Router) -> Router {
    api.fallback(|uri: Uri| async move { file(uri.path().trim_start_matches('/')) })
}

fn file(path: &str) -> Response {
    if path.starts_with("api/") {
        return StatusCode::NOT_FOUND.into_response();
    }
    let (name, found) = match Files::get(path) {
        Some(found) => (path, found),
        // A file that is asked for by name and is not there is not a page.
        None if path.rsplit('/').next().is_some_and(|last| last.contains('.')) => {
            return StatusCode::NOT_FOUND.into_response();
        }
        None => match Files::get("index.html") {
            Some(index) => ("index.html", index),
            None => return missing(),
        },
    };
    // Names of built files carry a digest of their content.
    let cache = if name.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    let kind = HeaderValue::from_str(found.metadata.mimetype()).unwrap_or(HeaderValue::from_static("text/plain"));
    let mut response = Response::new(Body::from(found.data));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, kind);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    response
}

fn missing() -> Response {
    let text =
        "This binary was built without the web app: run `cargo xtask demo`, or `npm run build` in web/ before cargo.";
    (StatusCode::SERVICE_UNAVAILABLE, text).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_file_is_not_a_page_and_neither_is_an_unknown_api_path() {
        for path in ["assets/gone.js", "api/v1/nothing", "favicon.gone"] {
            assert_eq!(file(path).status(), StatusCode::NOT_FOUND, "{path}");
        }
        assert_ne!(file("calendar").status(), StatusCode::NOT_FOUND);
    }
}
