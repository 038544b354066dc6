//! A portal with the sample companies, its sandbox, and people who use it.

use std::{sync::Arc, time::Duration};

use axum::{Router, body::Body};
use bytes::Bytes;
use http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::BodyExt;
use portico_app::{App, Live, OpenedKeys, Worker, samples};
use portico_google::{Endpoints, Quota, auth::OAuthClient, quota::MemoryQuotaStore};
use portico_parts::Database;
use portico_sandbox::{Sandbox, SandboxTransport};
use portico_store::Store;
use portico_transport::{Answer, Transport, TransportError};
use portico_vault::MasterKeys;
use portico_world::{Clock, SecretString, VirtualClock, World};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::contract::Contract;

/// Where the portal is, as its people see it.
pub const URL: &str = "http://127.0.0.1:8700";
pub const CLIENT_ID: &str = "portal.apps.googleusercontent.com";
pub const CLIENT_SECRET: &str = "GOCSPX-the-secret-of-the-client";
pub const CALLBACK: &str = "/api/v1/auth/google/callback";

pub const MASTER_KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

/// People of the sample companies.
pub const ANNA: &str = "anna.novakova@acme.example";
pub const DAVID: &str = "david.cerny@acme.example";
pub const WITHOUT_GOOGLE: &str = "lucie.prochazkova@acme.example";
pub const ADMINISTRATOR: &str = "eva.horakova@acme.example";
pub const OTHER_TENANT: &str = "shufen.huang@globex.example";
pub const OTHER_ADMINISTRATOR: &str = "hannah.miller@globex.example";
pub const IN_BOTH: &str = "robin.fischer@consulting.example";

/// Push messages are not waited for here.
struct Nowhere;

impl Transport for Nowhere {
    fn send(&self, _: Request<Bytes>) -> Answer<'_> {
        Box::pin(async { Err(TransportError::Connect { host: "nowhere".into() }) })
    }
}

/// The network of a process that does one thing at a time: nothing is sent while a transaction of it is open.
struct AtRest {
    network: SandboxTransport,
    store: Store,
}

impl Transport for AtRest {
    fn send(&self, request: Request<Bytes>) -> Answer<'_> {
        Box::pin(async move {
            // A connection goes back to its pool in a task of its own, and what it ends is ended on another thread.
            for _ in 0..50_000 {
                if self.store.is_at_rest() {
                    return self.network.send(request).await;
                }
                tokio::task::spawn_blocking(std::thread::yield_now).await.unwrap();
            }
            panic!("{} {} was asked while a transaction was open", request.method(), request.uri().path());
        })
    }
}

pub struct Portal {
    pub app: Arc<App>,
    pub clock: Arc<VirtualClock>,
    pub network: SandboxTransport,
    pub database: Database,
    router: Router,
    contract: Contract,
}

/// An answer, after it was held against the API's document.
#[derive(Debug)]
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
    pub json: Value,
}

impl Reply {
    /// The slug of a problem.
    pub fn slug(&self) -> &str {
        self.json["type"].as_str().and_then(|kind| kind.rsplit('/').next()).unwrap_or_default()
    }

    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        self
    }

    /// The cookie pair of a `Set-Cookie`.
    pub fn cookie(&self) -> Option<String> {
        let value = self.headers.get(header::SET_COOKIE)?.to_str().ok()?;
        value.split(';').next().map(str::to_owned)
    }
}

impl Portal {
    /// A portal on each engine that this machine has.
    pub async fn each() -> Vec<Self> {
        let mut all = Vec::new();
        for database in portico_parts::databases().await {
            all.push(Self::on(database).await);
        }
        all
    }

    async fn on(database: Database) -> Self {
        let now = "2026-11-24T08:00:00Z".parse().unwrap();
        let (world, clock) = World::seeded(now, 7);
        let sandbox = Sandbox::open(None, world.clone(), Arc::new(Nowhere)).unwrap();
        let network = SandboxTransport::new(sandbox);
        let app = app(&database, &world, &network).await;
        let accounts = samples::ensure(&app).await.unwrap();
        let portal = Self {
            router: portico_api::router(app.clone()),
            app,
            clock,
            network,
            database,
            contract: Contract::read(&portico_api::openapi_json()),
        };
        let redirect = format!("{URL}{CALLBACK}");
        for (path, body) in samples::sandbox_seed(&accounts, CLIENT_ID, CLIENT_SECRET, &redirect) {
            portal.google("POST", path, body).await;
        }
        portal
    }

    /// Another process on the same database.
    pub async fn second_process(&self) -> Arc<App> {
        app(&self.database, &self.app.world, &self.network).await
    }

    /// The same portal in a process that Google can reach, so that it pushes.
    pub async fn reached_by_google(&self) -> Arc<App> {
        let app = app(&self.database, &self.app.world, &self.network).await;
        let mut app = Arc::into_inner(app).expect("nobody else has it yet");
        app.callback_url = "https://portal.example".parse().unwrap();
        Arc::new(app)
    }

    /// The same portal in a process that Google can reach, on another network.
    pub async fn through(&self, transport: Arc<dyn Transport>) -> Arc<App> {
        let app = self.reached_by_google().await;
        let mut app = Arc::into_inner(app).expect("nobody else has it yet");
        app.transport = transport;
        Arc::new(app)
    }

    /// The same portal in a process that keeps to another quota.
    pub async fn with_quota(&self, quota: Quota) -> Arc<App> {
        let app = app(&self.database, &self.app.world, &self.network).await;
        let mut app = Arc::into_inner(app).expect("nobody else has it yet");
        app.google_quota = quota;
        Arc::new(app)
    }

    /// The same portal in a process that was started with these master keys, the newest first.
    pub async fn with_master_keys(&self, keys: &[SecretString]) -> Arc<App> {
        let app = app(&self.database, &self.app.world, &self.network).await;
        let mut app = Arc::into_inner(app).expect("nobody else has it yet");
        app.masters = MasterKeys::parse(keys).unwrap();
        Arc::new(app)
    }

    /// The portal itself from now on in a process that Google can reach, and whose calls to Google fail the test when one is
    /// made while a transaction is open.
    pub async fn watch_transactions(&mut self) {
        let app = self.reached_by_google().await;
        let mut app = Arc::into_inner(app).expect("nobody else has it yet");
        app.transport = Arc::new(AtRest { network: self.network.clone(), store: app.store.clone() });
        self.app = Arc::new(app);
        self.router = portico_api::router(self.app.clone());
    }

    /// The same portal in a process that reaches Google by another way.
    pub async fn with_network(&self, transport: Arc<dyn Transport>) -> Arc<App> {
        let app = app(&self.database, &self.app.world, &self.network).await;
        let mut app = Arc::into_inner(app).expect("nobody else has it yet");
        app.transport = transport;
        Arc::new(app)
    }

    /// The same portal in a process that waits by another clock.
    pub async fn by_clock(&self, clock: Arc<dyn Clock>) -> Arc<App> {
        let world = World { clock, ..self.app.world.clone() };
        app(&self.database, &world, &self.network).await
    }

    /// Asks the sandbox's control plane.
    pub async fn google(&self, verb: &str, path: &str, body: Value) -> Value {
        let body = if body.is_null() { Bytes::new() } else { Bytes::from(body.to_string()) };
        let request = Request::builder()
            .method(verb)
            .uri(format!("https://www.googleapis.com/_sandbox/{path}"))
            .header(header::CONTENT_TYPE, "application/json")
            .body(body)
            .unwrap();
        let answer = self.network.send(request).await.unwrap();
        assert!(answer.status().is_success(), "{path}: {}", String::from_utf8_lossy(answer.body()));
        serde_json::from_slice(answer.body()).unwrap_or(Value::Null)
    }

    /// What was asked of Google after the request of this number.
    pub async fn requests(&self, since: u64) -> Vec<Value> {
        let all = self.google("GET", &format!("requests?since={since}"), Value::Null).await;
        all["items"].as_array().unwrap().clone()
    }

    /// The number of the last request to Google.
    pub async fn last_request(&self) -> u64 {
        self.google("GET", "requests?since=0", Value::Null).await["last"].as_u64().unwrap()
    }

    /// The calls of one method, such as `calendar.events.list`, after the request of this number.
    pub async fn calls(&self, since: u64, method: &str) -> Vec<Value> {
        let mut all = self.requests(since).await;
        all.retain(|call| call["method"] == method);
        all
    }

    /// The tenant of somebody who is signed in.
    pub async fn tenant(&self, user: &User<'_>) -> portico_kernel::TenantId {
        user.get("/me").await.json["tenant"]["id"].as_str().unwrap().parse().unwrap()
    }

    /// How often the sandbox's token endpoint was asked.
    pub async fn token_calls(&self) -> usize {
        let all = self.google("GET", "requests?since=0", Value::Null).await;
        let items = all["items"].as_array().cloned().unwrap_or_default();
        items.iter().filter(|item| item["path"].as_str().is_some_and(|path| path.ends_with("/token"))).count()
    }

    pub fn advance(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    /// The next poll of every link, and what comes of it.
    pub async fn later(&self) {
        self.advance(901);
        self.work().await;
    }

    /// Runs what is due until nothing is.
    pub async fn work(&self) {
        work(&self.app).await;
    }

    /// Sends one request; `path` begins with `/`.
    pub async fn send(&self, request: Request<Body>) -> Reply {
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        let text = String::from_utf8_lossy(&body).into_owned();
        let json = serde_json::from_slice(&body).unwrap_or(Value::Null);
        let kind = parts.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        self.contract.check(&method, &path, parts.status, kind, &json);
        Reply { status: parts.status, headers: parts.headers, text, json }
    }

    /// Somebody who has not signed in.
    pub fn anonymous(&self) -> User<'_> {
        User { portal: self, cookie: None }
    }

    /// Somebody of a sample company, signed in, whose Google account is connected and read; and the connection's id.
    pub async fn connected(&self, email: &str) -> (User<'_>, String) {
        let user = self.user(email).await;
        let id = user.connect(email).await;
        self.work().await;
        (user, id)
    }

    /// Somebody of a sample company, signed in.
    pub async fn user(&self, email: &str) -> User<'_> {
        let body = json!({"email": email, "password": samples::PASSWORD});
        let reply = self.anonymous().post("/auth/login", body).await.expect(200);
        User { portal: self, cookie: reply.cookie() }
    }
}

/// Runs what is due in a process until nothing is.
pub async fn work(app: &Arc<App>) {
    let worker = Worker::new(app.clone(), 4);
    for _ in 0..50 {
        if worker.run_once().await.unwrap() == 0 {
            return;
        }
    }
    panic!("the queue does not come to rest");
}

async fn app(database: &Database, world: &World, network: &SandboxTransport) -> Arc<App> {
    Arc::new(App {
        store: database.open().await,
        world: world.clone(),
        transport: Arc::new(network.clone()),
        google: Endpoints::google(),
        google_quota: Quota::new(Arc::new(MemoryQuotaStore::new()), "test"),
        google_scopes: portico_google::ScopeSet::default(),
        google_client: Some(OAuthClient {
            client_id: CLIENT_ID.into(),
            client_secret: CLIENT_SECRET.to_owned().into(),
            redirect_uri: format!("{URL}{CALLBACK}"),
        }),
        masters: MasterKeys::parse(&[MASTER_KEY.to_owned().into()]).unwrap(),
        public_url: URL.parse().unwrap(),
        callback_url: URL.parse().unwrap(),
        live: Live::default(),
        opened_keys: OpenedKeys::default(),
    })
}

/// A browser.
#[derive(Clone)]
pub struct User<'a> {
    pub portal: &'a Portal,
    pub cookie: Option<String>,
}

impl User<'_> {
    /// Asks for a path below `/api/v1`.
    pub async fn ask(&self, method: Method, path: &str, body: Value) -> Reply {
        self.ask_with(method, path, body, &[]).await
    }

    /// The same with more headers.
    pub async fn ask_with(&self, method: Method, path: &str, body: Value, headers: &[(&str, &str)]) -> Reply {
        let full = if path.starts_with("/api/") { path.to_owned() } else { format!("/api/v1{path}") };
        let mut request = Request::builder().method(method).uri(full);
        if let Some(cookie) = &self.cookie {
            request = request.header(header::COOKIE, cookie);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = if body.is_null() {
            Body::empty()
        } else {
            request = request.header(header::CONTENT_TYPE, "application/json");
            Body::from(body.to_string())
        };
        self.portal.send(request.body(body).unwrap()).await
    }

    pub async fn get(&self, path: &str) -> Reply {
        self.ask(Method::GET, path, Value::Null).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Reply {
        self.ask(Method::POST, path, body).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Reply {
        self.ask(Method::PUT, path, body).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Reply {
        self.ask(Method::PATCH, path, body).await
    }

    pub async fn delete(&self, path: &str) -> Reply {
        self.ask(Method::DELETE, path, Value::Null).await
    }

    /// Begins connecting; Google's address.
    pub async fn authorize(&self, query: &str) -> String {
        let reply = self.get(&format!("/auth/google/authorize?{query}")).await.expect(200);
        reply.json["auth_url"].as_str().unwrap().to_owned()
    }

    /// Goes through Google's pages; the path and query of the callback.
    pub async fn consent(&self, auth_url: &str, answer: Value) -> String {
        let mut body = json!({"auth_url": auth_url});
        body.as_object_mut().unwrap().extend(answer.as_object().unwrap().clone());
        let location = self.portal.google("POST", "consent", body).await["location"].as_str().unwrap().to_owned();
        location.strip_prefix(URL).unwrap_or_else(|| panic!("{location} is not ours")).to_owned()
    }

    /// Connects the Google account; the connection's id.
    pub async fn connect(&self, google: &str) -> String {
        let auth_url = self.authorize("feature=calendar").await;
        let callback = self.consent(&auth_url, json!({"account": google})).await;
        let reply = self.get(&callback).await.expect(303);
        let location = reply.headers[header::LOCATION].to_str().unwrap();
        location.split_once("connected=").unwrap().1.to_owned()
    }
}
