//! A sandbox in this process with two people, a stranger and an OAuth client.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use bytes::Bytes;
use jiff::Timestamp;
use portico_sandbox::{Sandbox, SandboxTransport};
use portico_transport::{Answer, Transport, TransportError};
use portico_world::{VirtualClock, World};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

pub const CLIENT: &str = "web.apps.googleusercontent.com";
pub const SECRET: &str = "GOCSPX-test";
pub const REDIRECT: &str = "http://localhost:9/cb";
pub const ANN: &str = "ann@example.com";
pub const BOB: &str = "bob@example.com";

pub const CALENDAR: &str = "https://www.googleapis.com/auth/calendar";
pub const READONLY: &str = "https://www.googleapis.com/auth/calendar.readonly";
pub const CONTACTS: &str = "https://www.googleapis.com/auth/contacts";
pub const EMAIL: &str = "https://www.googleapis.com/auth/userinfo.email";

/// A verifier of 43 characters.
pub const VERIFIER: &str = "abcdefghijklmnopqrstuvwxyz0123456789-._~ABC";

pub struct Google {
    pub clock: Arc<VirtualClock>,
    pub transport: SandboxTransport,
}

/// An answer.
#[derive(Debug)]
pub struct Got {
    pub status: u16,
    pub headers: http::HeaderMap,
    pub text: String,
}

impl Got {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("not JSON: {}", self.text))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The body of a success.
    #[track_caller]
    pub fn ok(&self) -> Value {
        assert_eq!(self.status, 200, "{}", self.text);
        self.json()
    }

    /// Asserts a refusal of an OAuth endpoint.
    #[track_caller]
    pub fn refused(&self, status: u16, error: &str, description: &str) {
        let body = self.json();
        assert_eq!(
            (self.status, &body["error"], &body["error_description"]),
            (status, &json!(error), &json!(description))
        );
    }

    /// Asserts a refusal of an API.
    #[track_caller]
    pub fn reason(&self, status: u16, reason: &str) {
        assert_eq!(
            (self.status, self.json()["error"]["errors"][0]["reason"].as_str()),
            (status, Some(reason)),
            "{}",
            self.text
        );
    }
}

/// Push messages go nowhere here.
struct Nowhere;

impl Transport for Nowhere {
    fn send(&self, _: http::Request<Bytes>) -> Answer<'_> {
        Box::pin(async { Err(TransportError::Connect { host: "nowhere".into() }) })
    }
}

pub fn nowhere() -> Arc<dyn Transport> {
    Arc::new(Nowhere)
}

impl Google {
    /// On 21 November 2026, 09:00 UTC, with the defaults.
    pub async fn new() -> Self {
        let (world, clock) = World::seeded("2026-11-21T09:00:00Z".parse::<Timestamp>().unwrap(), 7);
        portico_watch::install();
        let sandbox = Sandbox::open(None, world, nowhere()).unwrap();
        sandbox.seed_defaults().unwrap();
        Self { clock, transport: SandboxTransport::new(sandbox) }
    }

    pub fn later(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    pub async fn try_send(&self, request: http::Request<Bytes>) -> Result<Got, TransportError> {
        let (parts, body) = self.transport.send(request).await?.into_parts();
        let text = String::from_utf8(body.to_vec()).unwrap();
        Ok(Got { status: parts.status.as_u16(), headers: parts.headers, text })
    }

    pub async fn send(&self, verb: &str, url: &str, headers: &[(&str, &str)], body: &str) -> Got {
        let mut request = http::Request::builder().method(verb).uri(url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.try_send(request.body(Bytes::from(body.to_owned())).unwrap()).await.unwrap()
    }

    pub async fn get(&self, url: &str) -> Got {
        self.send("GET", url, &[], "").await
    }

    /// A call with a token.
    pub async fn call(&self, token: &str, verb: &str, path: &str, body: Option<Value>) -> Got {
        let bearer = format!("Bearer {token}");
        let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
        let body = body.map(|body| body.to_string()).unwrap_or_default();
        self.send(verb, &format!("https://www.googleapis.com{path}"), &headers, &body).await
    }

    pub async fn form(&self, url: &str, headers: &[(&str, &str)], fields: &[(&str, &str)]) -> Got {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let mut all = vec![("content-type", "application/x-www-form-urlencoded;charset=UTF-8")];
        all.extend(headers);
        self.send("POST", url, &all, &body).await
    }

    pub async fn control(&self, verb: &str, path: &str, body: Value) -> Value {
        let got = self.send(verb, &format!("http://sandbox.test/_sandbox/{path}"), &[], &body.to_string()).await;
        got.ok()
    }

    /// An authorization address; `extra` overrides.
    pub fn auth_url(&self, extra: &[(&str, &str)]) -> String {
        let mut fields = BTreeMap::from([
            ("client_id", CLIENT),
            ("redirect_uri", REDIRECT),
            ("response_type", "code"),
            ("scope", "openid email https://www.googleapis.com/auth/calendar"),
            ("access_type", "offline"),
            ("state", "s t/1"),
        ]);
        fields.extend(extra.iter().copied());
        let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        format!("https://accounts.google.com/o/oauth2/v2/auth?{query}")
    }

    /// What the callback says after ann consents.
    pub async fn callback(&self, extra: &[(&str, &str)]) -> BTreeMap<String, String> {
        let body = json!({"auth_url": self.auth_url(extra), "account": ANN});
        let answer = self.control("POST", "consent", body).await;
        pairs(answer["location"].as_str().unwrap())
    }

    /// Exchanges a code in the form that Google's Node client uses; `extra` overrides.
    pub async fn exchange(&self, code: &str, extra: &[(&str, &str)]) -> Got {
        let mut fields = BTreeMap::from([
            ("grant_type", "authorization_code"),
            ("code", code),
            ("client_id", CLIENT),
            ("client_secret", SECRET),
            ("redirect_uri", REDIRECT),
        ]);
        fields.extend(extra.iter().copied());
        let fields: Vec<(&str, &str)> = fields.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        self.form("https://oauth2.googleapis.com/token", &[], &fields).await
    }

    /// The tokens of a whole consent.
    pub async fn tokens(&self, extra: &[(&str, &str)]) -> Value {
        let back = self.callback(extra).await;
        self.exchange(&back["code"], &[]).await.ok()
    }

    pub async fn refresh(&self, refresh_token: &str) -> Got {
        let fields = [
            ("grant_type", "refresh_token"),
            ("refresh_token", refresh_token),
            ("client_id", CLIENT),
            ("client_secret", SECRET),
        ];
        self.form("https://oauth2.googleapis.com/token", &[], &fields).await
    }

    /// A token of ann without the pages.
    pub async fn token(&self, scopes: &[&str]) -> String {
        let body = json!({"account": ANN, "client": CLIENT, "scopes": scopes});
        self.control("POST", "tokens", body).await["access_token"].as_str().unwrap().to_owned()
    }
}

/// The parameters of an address.
pub fn pairs(address: &str) -> BTreeMap<String, String> {
    url::Url::parse(address).unwrap().query_pairs().into_owned().collect()
}

/// The words of a list of scopes.
pub fn set(scopes: &str) -> std::collections::BTreeSet<&str> {
    scopes.split(' ').collect()
}

pub fn s256(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier))
}

#[track_caller]
pub fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_else(|| panic!("no {key} in {value}"))
}
