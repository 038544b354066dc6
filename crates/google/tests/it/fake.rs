//! A transport that answers what a test says, and notes what it was asked.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use bytes::Bytes;
use http::{Request, Response};
use jiff::Timestamp;
use portico_google::{
    Client, Endpoints, StaticToken,
    auth::{OAuth, OAuthClient, StateKey},
    calendar::Calendar,
};
use portico_transport::{Answer, Transport, TransportError};
use portico_world::{VirtualClock, World};

/// What one sending comes to.
#[derive(Clone, Debug)]
pub struct Step(Result<Whole, TransportError>);

/// Status, headers, body.
type Whole = (u16, Vec<(&'static str, String)>, Bytes);

pub fn json(status: u16, body: &str) -> Step {
    Step::of(status, "application/json", body)
}

pub fn refusal(status: u16, reason: &str) -> Step {
    json(status, &format!(r#"{{"error":{{"code":{status},"message":"m","errors":[{{"reason":"{reason}"}}]}}}}"#))
}

pub fn cut() -> Step {
    Step(Err(TransportError::Cut { host: "h".into() }))
}

pub fn silent() -> Step {
    Step(Err(TransportError::Timeout { host: "h".into() }))
}

pub fn unreachable() -> Step {
    Step(Err(TransportError::Connect { host: "h".into() }))
}

pub fn untrusted() -> Step {
    Step(Err(TransportError::Tls { host: "h".into() }))
}

impl Step {
    pub fn of(status: u16, content_type: &str, body: &str) -> Self {
        Self(Ok((status, vec![("content-type", content_type.into())], Bytes::copy_from_slice(body.as_bytes()))))
    }

    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        if let Ok((_, headers, _)) = &mut self.0 {
            headers.push((name, value.to_owned()));
        }
        self
    }
}

/// A request as it went out.
#[derive(Clone, Debug)]
pub struct Seen {
    pub method: String,
    pub address: String,
    pub headers: BTreeMap<String, String>,
    pub body: String,
}

impl Seen {
    /// The address without its query.
    pub fn place(&self) -> &str {
        self.address.split('?').next().unwrap()
    }

    pub fn query(&self) -> Vec<(String, String)> {
        let query = self.address.split_once('?').map_or("", |(_, query)| query);
        url::form_urlencoded::parse(query.as_bytes()).into_owned().collect()
    }

    pub fn form(&self) -> BTreeMap<String, String> {
        url::form_urlencoded::parse(self.body.as_bytes()).into_owned().collect()
    }
}

type Script = Box<dyn Fn(&Seen, usize) -> Step + Send + Sync>;

pub struct Fake {
    script: Script,
    seen: Mutex<Vec<Seen>>,
}

impl Fake {
    /// Answers by the request and its number, counted from 0.
    pub fn by(script: impl Fn(&Seen, usize) -> Step + Send + Sync + 'static) -> Arc<Self> {
        portico_watch::install();
        Arc::new(Self { script: Box::new(script), seen: Mutex::default() })
    }

    /// Answers one step after the other, and the last one for ever.
    pub fn steps(steps: Vec<Step>) -> Arc<Self> {
        Self::by(move |_, number| steps[number.min(steps.len() - 1)].clone())
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    pub fn count(&self) -> usize {
        self.seen.lock().unwrap().len()
    }
}

impl Transport for Fake {
    fn send(&self, request: Request<Bytes>) -> Answer<'_> {
        let headers = request.headers().iter();
        let seen = Seen {
            method: request.method().to_string(),
            address: request.uri().to_string(),
            headers: headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect(),
            body: String::from_utf8(request.body().to_vec()).unwrap(),
        };
        let number = {
            let mut all = self.seen.lock().unwrap();
            all.push(seen.clone());
            all.len() - 1
        };
        let step = (self.script)(&seen, number);
        Box::pin(async move {
            // Others get their turn, as they would while a real answer is awaited.
            tokio::task::yield_now().await;
            let (status, headers, body) = step.0?;
            let mut answer = Response::builder().status(status);
            for (name, value) in headers {
                answer = answer.header(name, value);
            }
            Ok(answer.body(body).unwrap())
        })
    }
}

pub fn start() -> Timestamp {
    "2026-07-18T12:00:00Z".parse().unwrap()
}

pub fn world() -> (World, Arc<VirtualClock>) {
    World::seeded(start(), 1)
}

pub fn client(fake: &Arc<Fake>) -> (Client, Arc<VirtualClock>) {
    let (world, clock) = world();
    let credentials = Arc::new(StaticToken::new("ya29.static"));
    (Client::new(fake.clone(), world, Endpoints::google(), credentials), clock)
}

pub fn calendar(fake: &Arc<Fake>) -> Calendar {
    Calendar::new(client(fake).0)
}

pub const CLIENT_ID: &str = "77.apps.googleusercontent.com";

pub fn oauth(fake: &Arc<Fake>) -> (OAuth, Arc<VirtualClock>) {
    let (world, clock) = world();
    let client = OAuthClient {
        client_id: CLIENT_ID.into(),
        client_secret: "GOCSPX-secret".into(),
        redirect_uri: "https://portal.example/cb".into(),
    };
    (OAuth::new(client, Endpoints::google(), fake.clone(), world, StateKey::new([5; 32])), clock)
}
