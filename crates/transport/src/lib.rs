//! The one door for outbound HTTP: a one-method trait, the real client behind it, and backoff.

mod backoff;
mod error;
mod http_client;

pub use backoff::Backoff;
pub use error::TransportError;
pub use http_client::HttpClient;

use std::{future::Future, pin::Pin};

use bytes::Bytes;

/// A request in flight.
pub type Answer<'a> = Pin<Box<dyn Future<Output = Result<http::Response<Bytes>, TransportError>> + Send + 'a>>;

/// Sends one request and reads the whole answer. A status of 400 or above is an answer, not an error.
pub trait Transport: Send + Sync {
    /// Sends `request`; its address must be absolute. Redirects are not followed.
    fn send(&self, request: http::Request<Bytes>) -> Answer<'_>;
}
