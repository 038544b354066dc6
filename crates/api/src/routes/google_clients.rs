//! The tenant's own OAuth clients at Google. A secret goes in and never comes out.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    http::StatusCode,
};
use portico_app::{Administrator, App, Error, GoogleClient as Client, GoogleClientChange, NewGoogleClient};
use portico_kernel::GoogleClientId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{Failure, Once, Problem, Reader, Said, Signed};

pub(super) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(update, remove))
}

/// An OAuth client of the tenant.
#[derive(Serialize, ToSchema)]
struct GoogleClient {
    id: String,
    /// What administrators call it.
    name: String,
    /// Google's id of it.
    client_id: String,
    /// The address registered at Google, where it is another than the instance's.
    #[serde(skip_serializing_if = "Option::is_none")]
    redirect_uri: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
}

impl From<Client> for GoogleClient {
    fn from(client: Client) -> Self {
        Self {
            id: client.id.to_string(),
            name: client.name,
            client_id: client.client_id,
            redirect_uri: client.redirect_uri,
            created_at: client.created_at.to_string(),
        }
    }
}

/// The tenant's OAuth clients.
#[derive(Serialize, ToSchema)]
struct GoogleClientList {
    items: Vec<GoogleClient>,
}

/// A new OAuth client.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
struct GoogleClientCreate {
    /// What administrators call it.
    #[schema(required = true)]
    name: String,
    /// Google's id of it.
    #[schema(required = true)]
    client_id: String,
    /// Its secret; it is sealed and not shown again.
    #[schema(required = true, value_type = String, format = Password, write_only)]
    client_secret: String,
    /// The address registered at Google, where it is another than the instance's.
    redirect_uri: Option<String>,
}

/// What changes of an OAuth client.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct GoogleClientPatch {
    name: Option<String>,
    #[schema(value_type = Option<String>, format = Password, write_only)]
    client_secret: Option<String>,
    redirect_uri: Option<String>,
}

/// List Google clients
#[utoipa::path(get, path = "/google/clients", operation_id = "list_google_clients", tag = "google", responses(
    (status = 200, description = "The tenant's clients; new connections use the first one", body = GoogleClientList),
    (status = 401, description = "Nobody is signed in", body = Problem),
    (status = 403, description = "No role grants administration", body = Problem),
))]
async fn list(
    State(app): State<Arc<App>>,
    Reader(locale): Reader,
    Signed(caller): Signed<Administrator>,
) -> Result<axum::Json<GoogleClientList>, Failure> {
    let clients = app.google_clients(&caller).await.map_err(|error| Failure::new(error, locale))?;
    Ok(axum::Json(GoogleClientList { items: clients.into_iter().map(GoogleClient::from).collect() }))
}

/// Add a Google client
#[utoipa::path(post, path = "/google/clients", operation_id = "create_google_client", tag = "google",
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key and body within a day make one client")),
    request_body = GoogleClientCreate, responses(
    (status = 201, description = "Added", body = GoogleClient),
    (status = 401, description = "Nobody is signed in", body = Problem),
    (status = 403, description = "No role grants administration", body = Problem),
    (status = 409, description = "There is a client with this id already, or what the key made is gone", body = Problem),
    (status = 422, description = "Fields are not right, or the key was used for another request", body = Problem),
))]
async fn create(
    State(app): State<Arc<App>>,
    Reader(locale): Reader,
    Signed(caller): Signed<Administrator>,
    Once { body, faults, key }: Once<GoogleClientCreate>,
) -> Result<(StatusCode, axum::Json<GoogleClient>), Failure> {
    let new = NewGoogleClient {
        name: body.name,
        client_id: body.client_id,
        client_secret: body.client_secret.into(),
        redirect_uri: body.redirect_uri,
        faults,
    };
    let client = app.add_google_client(&caller, &new, key.as_ref()).await;
    let client = client.map_err(|error| Failure::new(error, locale))?;
    Ok((StatusCode::CREATED, axum::Json(client.into())))
}

/// Change a Google client
#[utoipa::path(patch, path = "/google/clients/{id}", operation_id = "update_google_client", tag = "google",
    params(("id" = String, Path, description = "The client")), request_body = GoogleClientPatch, responses(
    (status = 200, description = "Changed", body = GoogleClient),
    (status = 401, description = "Nobody is signed in", body = Problem),
    (status = 403, description = "No role grants administration", body = Problem),
    (status = 404, description = "There is no such client", body = Problem),
    (status = 422, description = "Fields are not right", body = Problem),
))]
async fn update(
    State(app): State<Arc<App>>,
    Reader(locale): Reader,
    Signed(caller): Signed<Administrator>,
    Path(id): Path<String>,
    Said { body, faults }: Said<GoogleClientPatch>,
) -> Result<axum::Json<GoogleClient>, Failure> {
    let fail = |error| Failure::new(error, locale);
    let id: GoogleClientId = id.parse().map_err(|_| fail(Error::NotFound))?;
    let change = GoogleClientChange {
        name: body.name,
        client_secret: body.client_secret.map(Into::into),
        redirect_uri: body.redirect_uri,
        faults,
    };
    let client = app.change_google_client(&caller, id, &change).await.map_err(fail)?;
    Ok(axum::Json(client.into()))
}

/// Remove a Google client
#[utoipa::path(delete, path = "/google/clients/{id}", operation_id = "remove_google_client", tag = "google",
    params(("id" = String, Path, description = "The client")), responses(
    (status = 204, description = "Removed"),
    (status = 401, description = "Nobody is signed in", body = Problem),
    (status = 403, description = "No role grants administration", body = Problem),
    (status = 404, description = "There is no such client", body = Problem),
    (status = 409, description = "A connection uses it", body = Problem),
))]
async fn remove(
    State(app): State<Arc<App>>,
    Reader(locale): Reader,
    Signed(caller): Signed<Administrator>,
    Path(id): Path<String>,
) -> Result<StatusCode, Failure> {
    let fail = |error| Failure::new(error, locale);
    let id: GoogleClientId = id.parse().map_err(|_| fail(Error::NotFound))?;
    app.remove_google_client(&caller, id).await.map_err(fail)?;
    Ok(StatusCode::NO_CONTENT)
}
