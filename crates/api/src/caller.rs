//! Who asks: the session cookie becomes a caller whose type carries the permission.

use std::sync::Arc;

use axum::{
    extract::{FromRef, FromRequestParts, Request, State},
    http::{HeaderMap, HeaderValue, Method, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use axum_extra::extract::cookie::{Cookie, SameSite};
use portico_app::{App, Caller, Error, Function};
use portico_kernel::Locale;
use portico_world::{ExposeSecret, SecretString};

use crate::{Failure, language};

/// A signed-in person who may do `F`, taken from the request's session. Without the permission the handler is not reached.
pub struct Signed<F>(pub Caller<F>);

impl<F: Function, S: Send + Sync> FromRequestParts<S> for Signed<F>
where
    Arc<App>: FromRef<S>,
{
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let app = Arc::<App>::from_ref(state);
        let locale = language::of(&parts.headers);
        let fail = |error: Error| Failure::new(error, locale);
        let cookie = session_cookie(&parts.headers, &app).ok_or_else(|| fail(Error::SignInAgain))?;
        let caller = app.session(&cookie).await.map_err(fail)?.ok_or_else(|| fail(Error::SignInAgain))?;
        caller.permit::<F>().map(Self).map_err(fail)
    }
}

/// The reader's language: by the request's header, which the pages set to what the person chose.
pub struct Reader(pub Locale);

impl<S: Send + Sync> FromRequestParts<S> for Reader {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self(language::of(&parts.headers)))
    }
}

/// The cookie's name: with https the browser itself holds it to this host; plain http is for loopback only.
pub fn cookie_name(app: &App) -> &'static str {
    if app.public_url.scheme() == "https" { "__Host-portico" } else { "portico" }
}

/// The session cookie of a request.
pub fn session_cookie(headers: &HeaderMap, app: &App) -> Option<SecretString> {
    let name = cookie_name(app);
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, value)| *key == name && !value.is_empty() && value.len() < 200)
        .map(|(_, value)| SecretString::from(value.to_owned()))
}

/// The `Set-Cookie` of a new session; without a value it takes the cookie away.
pub fn set_cookie(app: &App, value: Option<&SecretString>) -> HeaderValue {
    let mut cookie = Cookie::new(cookie_name(app), value.map_or("", |value| value.expose_secret()).to_owned());
    cookie.set_path("/");
    cookie.set_http_only(true);
    cookie.set_same_site(SameSite::Lax);
    cookie.set_secure(app.public_url.scheme() == "https");
    if value.is_none() {
        cookie.make_removal();
    }
    HeaderValue::from_str(&cookie.to_string()).unwrap_or(HeaderValue::from_static(""))
}

/// Refuses what changes something when another site's page asks for it. `SameSite=Lax` keeps the cookie away from most of
/// those already; this is the second lock.
pub async fn own_origin_only(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let origin = request.headers().get(header::ORIGIN);
    let own = origin
        .is_none_or(|origin| origin.to_str().is_ok_and(|text| text == app.public_url.origin().ascii_serialization()));
    if safe || own {
        return next.run(request).await;
    }
    let locale = language::of(request.headers());
    Failure::new(Error::Forbidden { function: "cross_origin" }, locale).into_response()
}
