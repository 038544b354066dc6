use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures::StreamExt;

use crate::{Answer, Transport, TransportError};

/// The real HTTP client. It follows no redirect (a token must never travel to another host), uses no proxy (the
/// environment is not consulted), and reads at most [`HttpClient::LIMIT`], counted after decompression.
///
/// Certificates are judged by the machine's own store, so a company's authority that is installed there is accepted.
#[derive(Clone)]
pub struct HttpClient {
    inner: reqwest::Client,
}

impl HttpClient {
    /// The largest answer that is read, in bytes.
    pub const LIMIT: usize = 64 * 1024 * 1024;

    /// A client that gives up on a connection after 10 s, on a silent one after `timeout` and on the whole after 10 × that.
    pub fn new(timeout: Duration) -> Result<Self, TransportError> {
        #[expect(clippy::disallowed_methods, reason = "the one place that builds the HTTP client")]
        let builder = reqwest::Client::builder();
        let inner = builder
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .connect_timeout(Duration::from_secs(10).min(timeout))
            .read_timeout(timeout)
            .timeout(timeout.saturating_mul(10))
            .user_agent(concat!("portico/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| TransportError::Unsendable { reason: error.to_string() })?;
        Ok(Self { inner })
    }
}

fn classify(error: &reqwest::Error, host: String) -> TransportError {
    // Not the error itself: its words hold the address, in which anybody may have written "certificate".
    let mut source = std::error::Error::source(error);
    let mut certificate = false;
    while let Some(cause) = source {
        let text = cause.to_string();
        certificate |= text.contains("certificate") || text.contains("invalid peer");
        source = cause.source();
    }
    if certificate {
        TransportError::Tls { host }
    } else if error.is_connect() {
        TransportError::Connect { host }
    } else if error.is_timeout() {
        TransportError::Timeout { host }
    } else if error.is_builder() {
        TransportError::Unsendable { reason: "the address or a header is malformed".into() }
    } else {
        TransportError::Cut { host }
    }
}

impl Transport for HttpClient {
    fn send(&self, request: http::Request<Bytes>) -> Answer<'_> {
        Box::pin(async move {
            let host = request.uri().host().unwrap_or("").to_owned();
            if host.is_empty() {
                return Err(TransportError::Unsendable { reason: "the address is not absolute".into() });
            }
            let request = reqwest::Request::try_from(request).map_err(|e| classify(&e, host.clone()))?;
            let answer = self.inner.execute(request).await.map_err(|e| classify(&e, host.clone()))?;
            let mut whole = http::Response::builder().status(answer.status());
            if let Some(headers) = whole.headers_mut() {
                *headers = answer.headers().clone();
            }
            let mut body = BytesMut::new();
            let mut chunks = answer.bytes_stream();
            while let Some(chunk) = chunks.next().await {
                let chunk = chunk.map_err(|e| classify(&e, host.clone()))?;
                if body.len() + chunk.len() > Self::LIMIT {
                    return Err(TransportError::TooLarge { host });
                }
                body.extend_from_slice(&chunk);
            }
            whole.body(body.freeze()).map_err(|e| TransportError::Unsendable { reason: e.to_string() })
        })
    }
}
