//! A sandbox with people in it, and clients of the library that act for them.

use std::sync::Arc;

use bytes::Bytes;
use portico_google::{Client, Endpoints, StaticToken};
use portico_sandbox::{Sandbox, SandboxTransport};
use portico_transport::{Answer, Transport, TransportError};
use portico_world::World;
use serde_json::{Value, json};

/// Push messages go nowhere here.
struct Nowhere;

impl Transport for Nowhere {
    fn send(&self, _: http::Request<Bytes>) -> Answer<'_> {
        Box::pin(async { Err(TransportError::Connect { host: "nowhere".into() }) })
    }
}

pub struct Google {
    world: World,
    transport: SandboxTransport,
}

impl Google {
    /// On 21 November 2026, 09:00 UTC, with these people.
    pub async fn with(people: &[&str]) -> Self {
        let (world, _) = World::seeded("2026-11-21T09:00:00Z".parse().unwrap(), 7);
        portico_watch::install();
        let sandbox = Sandbox::open(None, world.clone(), Arc::new(Nowhere)).unwrap();
        let google = Self { world, transport: SandboxTransport::new(sandbox) };
        for email in people {
            let name = email.split('@').next().unwrap();
            google.control("users", json!({"email": email, "name": name, "time_zone": "Europe/Amsterdam"})).await;
        }
        google
    }

    /// A POST to the control plane.
    pub async fn control(&self, path: &str, body: Value) -> Value {
        self.controlled("POST", path, body).await
    }

    /// A PUT to the control plane.
    pub async fn put(&self, path: &str, body: Value) -> Value {
        self.controlled("PUT", path, body).await
    }

    async fn controlled(&self, verb: &str, path: &str, body: Value) -> Value {
        let request = http::Request::builder().method(verb).uri(format!("http://sandbox.test/_sandbox/{path}"));
        let answer = self.transport.send(request.body(body.to_string().into()).unwrap()).await.unwrap();
        assert_eq!(answer.status(), 200, "{path}: {}", String::from_utf8_lossy(answer.body()));
        serde_json::from_slice(answer.body()).unwrap()
    }

    /// An access token of that person with these scopes.
    pub async fn token(&self, email: &str, scopes: &[&str]) -> String {
        let tokens = self.control("tokens", json!({"account": email, "scopes": scopes})).await;
        tokens["access_token"].as_str().unwrap().to_owned()
    }

    /// A call without the library: the status and what was answered, to the letter.
    pub async fn ask(&self, token: &str, verb: &str, address: &str, body: Value) -> (u16, Value) {
        self.ask_with(token, verb, address, &[], body).await
    }

    /// Such a call with further headers.
    pub async fn ask_with(
        &self,
        token: &str,
        verb: &str,
        address: &str,
        headers: &[(&str, &str)],
        body: Value,
    ) -> (u16, Value) {
        let request = http::Request::builder().method(verb).uri(format!("https://{address}"));
        let mut request = request.header("authorization", format!("Bearer {token}"));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = if body.is_null() { Bytes::new() } else { body.to_string().into() };
        let answer = self.transport.send(request.body(body).unwrap()).await.unwrap();
        let read = serde_json::from_slice(answer.body()).unwrap_or(Value::Null);
        (answer.status().as_u16(), read)
    }

    /// A client that acts for that person with these scopes.
    pub async fn client(&self, email: &str, scopes: &[&str]) -> Client {
        let token = StaticToken::new(self.token(email, scopes).await);
        Client::new(Arc::new(self.transport.clone()), self.world.clone(), Endpoints::google(), Arc::new(token))
    }
}
