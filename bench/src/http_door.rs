//! Requests with JSON over one kept connection, and the watch beside them.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use bytes::Bytes;
use http::{Method, Request, Response, header};
use portico_transport::{HttpClient, Transport};
use serde_json::Value;

/// A stretch of real time.
pub(crate) struct Watch(Instant);

impl Watch {
    #[expect(clippy::disallowed_methods, reason = "a comparison measures real time")]
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    pub(crate) fn read(&self) -> Duration {
        self.0.elapsed()
    }
}

/// Waits in real time, between two looks at another process.
#[expect(clippy::disallowed_methods, reason = "another process is waited for")]
pub(crate) async fn pause(milliseconds: u64) {
    tokio::time::sleep(Duration::from_millis(milliseconds)).await;
}

/// One server, asked with one header that says who asks.
pub(crate) struct Door {
    client: HttpClient,
    address: String,
    who: Option<(header::HeaderName, String)>,
}

impl Door {
    pub(crate) fn new(address: &str) -> Result<Self> {
        let client = HttpClient::new(Duration::from_secs(300))?;
        Ok(Self { client, address: address.to_owned(), who: None })
    }

    /// Every request carries this header from now on.
    pub(crate) fn sign(&mut self, name: header::HeaderName, value: String) {
        self.who = Some((name, value));
    }

    /// Asks, whatever the answer's status.
    pub(crate) async fn try_ask(&self, method: Method, path: &str, body: &Value) -> Result<Response<Bytes>> {
        let address = if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.address) };
        let mut request = Request::builder().method(method).uri(address);
        if let Some((name, value)) = &self.who {
            request = request.header(name, value);
        }
        let body = if body.is_null() {
            Bytes::new()
        } else {
            request = request.header(header::CONTENT_TYPE, "application/json");
            Bytes::from(body.to_string())
        };
        Ok(self.client.send(request.body(body)?).await?)
    }

    /// Asks; an answer of 400 or above is an error.
    pub(crate) async fn ask(&self, method: Method, path: &str, body: &Value) -> Result<Response<Bytes>> {
        let answer = self.try_ask(method.clone(), path, body).await?;
        if answer.status().as_u16() >= 400 {
            let short = path.split('?').next().unwrap_or(path);
            bail!("{method} {short}: {} {}", answer.status(), String::from_utf8_lossy(answer.body()));
        }
        Ok(answer)
    }

    /// Asks and reads the answer as JSON.
    pub(crate) async fn json(&self, method: Method, path: &str, body: &Value) -> Result<Value> {
        let answer = self.ask(method, path, body).await?;
        serde_json::from_slice(answer.body()).context("an answer is not JSON")
    }
}
