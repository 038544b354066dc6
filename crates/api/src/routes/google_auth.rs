//! Google consent: where to send the browser, and what it brings back.

use std::sync::Arc;

use axum::{
    extract::{Path, RawQuery, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use portico_app::{
    App, Caller, ConnectGoogle, Error,
    authorization::{ConnectRequest, HOME_OF_CONNECTIONS, Refusal, Refused},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{Failure, Problem, Query, Reader, Signed, caller::session_cookie, consent_page, language};

pub(super) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(authorize)).routes(routes!(callback)).routes(routes!(tenant_callback))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Authorize {
    /// `calendar`, `meet`, `contacts`, `mail_api`, `mail_imap` or `drive`; `calendar` unless told.
    feature: Option<String>,
    /// The page of the portal to return to; `/google` unless told.
    return_to: Option<String>,
    /// The connection that is to be authorized anew; without it a new account may be chosen.
    connection: Option<String>,
}

/// Where to send the browser.
#[derive(Serialize, ToSchema)]
struct AuthUrl {
    /// Google's consent page for this attempt; it is good for ten minutes and in this session only.
    auth_url: String,
}

/// Begin connecting a Google account
#[utoipa::path(get, path = "/auth/google/authorize", operation_id = "authorize_google", tag = "google",
    params(Authorize), responses(
    (status = 200, description = "The address to open in the browser", body = AuthUrl),
    (status = 401, description = "Nobody is signed in", body = Problem),
    (status = 403, description = "No role grants connecting Google", body = Problem),
    (status = 404, description = "There is no such connection of this person", body = Problem),
    (status = 409, description = "No Google client is set up", body = Problem),
    (status = 422, description = "Parameters are not right", body = Problem),
))]
async fn authorize(
    State(app): State<Arc<App>>,
    Reader(locale): Reader,
    Signed(caller): Signed<ConnectGoogle>,
    Query(query): Query<Authorize>,
) -> Result<axum::Json<AuthUrl>, Failure> {
    let fail = |error| Failure::new(error, locale);
    let connection = match query.connection.as_deref().filter(|id| !id.is_empty()) {
        None => None,
        Some(id) => Some(id.parse().map_err(|_| fail(Error::NotFound))?),
    };
    let request = ConnectRequest {
        feature: query.feature.unwrap_or_else(|| "calendar".to_owned()),
        return_to: query.return_to.filter(|page| !page.is_empty()),
        connection,
    };
    let auth_url = app.begin_authorization(&caller, &request).await.map_err(fail)?;
    Ok(axum::Json(AuthUrl { auth_url }))
}

/// Where Google sends the browser back to
#[utoipa::path(get, path = "/auth/google/callback", operation_id = "google_callback", tag = "google", responses(
    (status = 303, description = "Connected: back to where it began, with `?connected=<id>`"),
    (status = 400, description = "A page that says what happened and what to do", content_type = "text/html"),
    (status = 403, description = "A page: not agreed, not permitted, or another session", content_type = "text/html"),
    (status = 409, description = "A page: used before, or another account", content_type = "text/html"),
    (status = 410, description = "A page: the ten minutes are over", content_type = "text/html"),
    (status = 502, description = "A page: Google does not answer", content_type = "text/html"),
))]
async fn callback(State(app): State<Arc<App>>, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    finish(&app, &headers, query.as_deref().unwrap_or_default(), None).await
}

/// The same at an address of the tenant's own Google client
#[utoipa::path(get, path = "/{tenant}/google/callback", operation_id = "google_callback_of_tenant", tag = "google",
    params(("tenant" = String, Path, description = "The company's slug")), responses(
    (status = 303, description = "Connected: back to where it began, with `?connected=<id>`"),
    (status = 400, description = "A page that says what happened and what to do", content_type = "text/html"),
    (status = 403, description = "A page: not agreed, not permitted, or another session", content_type = "text/html"),
    (status = 409, description = "A page: used before, or another account", content_type = "text/html"),
    (status = 410, description = "A page: the ten minutes are over", content_type = "text/html"),
    (status = 502, description = "A page: Google does not answer", content_type = "text/html"),
))]
async fn tenant_callback(
    State(app): State<Arc<App>>,
    Path(company): Path<String>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    finish(&app, &headers, query.as_deref().unwrap_or_default(), Some(&company)).await
}

/// Ends a consent. At an address that names a company, only one that a person of that company began.
async fn finish(app: &App, headers: &HeaderMap, query: &str, company: Option<&str>) -> Response {
    let outcome = async {
        let caller: Option<Caller> = match session_cookie(headers, app) {
            Some(cookie) => app.session(&cookie).await?,
            None => None,
        };
        let locale = caller.as_ref().and_then(|caller| caller.chosen_locale).unwrap_or_else(|| language::of(headers));
        if let (Some(caller), Some(company)) = (&caller, company)
            && app.company_slug(caller.tenant).await?.as_deref() != Some(company)
        {
            let return_to = HOME_OF_CONNECTIONS.to_owned();
            return Ok((Err(Refused { refusal: Refusal::UnknownState, return_to }), locale));
        }
        Ok::<_, Error>((app.finish_authorization(caller.as_ref(), query).await?, locale))
    };
    match outcome.await {
        Ok((Ok(connected), _)) => back_to(&connected.return_to, &connected.connection.to_string()),
        Ok((Err(refused), locale)) => consent_page::page(&refused, locale),
        Err(error) => {
            tracing::error!(%error, "a consent could not be finished");
            let refused = Refused { refusal: Refusal::Unavailable, return_to: HOME_OF_CONNECTIONS.to_owned() };
            consent_page::page(&refused, language::of(headers))
        }
    }
}

fn back_to(page: &str, connection: &str) -> Response {
    let (path, fragment) = page.split_once('#').map_or((page, None), |(path, fragment)| (path, Some(fragment)));
    let separator = if path.contains('?') { '&' } else { '?' };
    let fragment = fragment.map(|fragment| format!("#{fragment}")).unwrap_or_default();
    let address = format!("{path}{separator}connected={connection}{fragment}");
    let home = HeaderValue::from_static(HOME_OF_CONNECTIONS);
    let address = HeaderValue::from_str(&address).unwrap_or(home);
    (
        StatusCode::SEE_OTHER,
        [(header::LOCATION, address), (header::CACHE_CONTROL, HeaderValue::from_static("no-store"))],
    )
        .into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_person_comes_back_to_where_it_began() {
        for (page, expected) in [
            ("/google", "/google?connected=7"),
            ("/calendar?view=week", "/calendar?view=week&connected=7"),
            ("/google#links", "/google?connected=7#links"),
        ] {
            assert_eq!(back_to(page, "7").headers()[header::LOCATION], expected);
        }
    }
}
