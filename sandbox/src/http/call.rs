use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, header};
use jiff::Timestamp;
use portico_world::Rng;
use serde_json::{Map, Value};

use super::ApiError;

/// A call of an API that has passed authorization, quota and faults.
#[derive(Clone)]
pub struct Call {
    /// Scheme and host that it was sent to.
    pub base: String,
    /// The path that it was sent to, as it came.
    pub place: String,
    /// The sandbox's time.
    pub now: Timestamp,
    /// Where chance comes from.
    pub rng: Arc<dyn Rng>,
    /// The address of the account whose data it opens, in lower case.
    pub account: String,
    /// The number of that account.
    pub sub: String,
    /// The OAuth client; of a service account its numeric id.
    pub client_id: String,
    /// The project of the client.
    pub project: String,
    /// The service account that calls, for itself or for a person.
    pub service_account: Option<String>,
    /// The scopes of the token.
    pub scopes: BTreeSet<String>,
    /// As in `calendar.events.insert`.
    pub method: &'static str,
    /// Whether it came as a part of a batch.
    pub in_batch: bool,
    /// The parameters of the path, decoded.
    pub path_params: BTreeMap<String, String>,
    /// The parameters of the query, decoded, in order.
    pub query: Vec<(String, String)>,
    /// The headers.
    pub headers: HeaderMap,
    /// The JSON body; `null` when there is none.
    pub body: Value,
    /// The body as it came, for uploads.
    pub raw: Bytes,
    /// What a resumable upload has brought, when the call is carried out at its end.
    pub uploaded: Option<Uploaded>,
}

/// Content that was uploaded.
#[derive(Clone, Debug)]
pub struct Uploaded {
    /// Its media type.
    pub kind: String,
    /// It.
    pub content: Bytes,
}

impl Call {
    /// A parameter of the path; empty when the path has none of that name.
    pub fn path(&self, name: &str) -> &str {
        self.path_params.get(name).map_or("", String::as_str)
    }

    /// The first value of a parameter of the query.
    pub fn param(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// All values of a parameter of the query.
    pub fn params(&self, name: &str) -> Vec<&str> {
        self.query.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str()).collect()
    }

    /// A header as text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The body as an object; an empty one when there is no body.
    pub fn object(&self) -> Result<Map<String, Value>, ApiError> {
        match &self.body {
            Value::Object(object) => Ok(object.clone()),
            Value::Null => Ok(Map::new()),
            _ => Err(ApiError::parse_error()),
        }
    }

    /// Whether a bare service account calls: one that acts for nobody.
    pub fn is_bare_service_account(&self) -> bool {
        self.service_account.as_ref().is_some_and(|email| *email == self.account)
    }
}

/// What a method answers when it succeeds.
#[derive(Debug)]
pub struct Reply {
    /// 200, 204, 304 …
    pub status: u16,
    /// The body; `fields` and `prettyPrint` are applied to it later.
    pub json: Option<Value>,
    /// A body that is not JSON, with its type.
    pub media: Option<(String, Bytes)>,
    /// Headers besides those that every answer has.
    pub headers: Vec<(HeaderName, HeaderValue)>,
}

impl Reply {
    /// 200 with a body.
    pub fn json(body: impl Into<Value>) -> Self {
        Self { status: 200, json: Some(body.into()), media: None, headers: vec![] }
    }

    /// 204 without a body.
    pub fn empty() -> Self {
        Self { status: 204, json: None, media: None, headers: vec![] }
    }

    /// 200 with a body that is not JSON.
    pub fn media(kind: &str, content: Bytes) -> Self {
        Self { status: 200, json: None, media: Some((kind.to_owned(), content)), headers: vec![] }
    }

    /// 304 with the etag that still holds.
    pub fn not_modified(etag: &str) -> Self {
        Self { status: 304, ..Self::empty() }.with_etag(etag)
    }

    /// With a header. One that HTTP does not allow is left out.
    #[must_use]
    pub fn with(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.push((name, value));
        }
        self
    }

    /// With an `ETag` header.
    #[must_use]
    pub fn with_etag(self, etag: &str) -> Self {
        self.with(header::ETAG, etag)
    }
}
