//! A company, its administrator, the process `portico serve`, and the sandbox as Google in this process.

use std::{
    io::{BufRead, BufReader, Write},
    net::TcpListener,
    process::{Child, Command, Stdio},
    sync::Arc,
    time::Duration,
};

use bytes::Bytes;
use http::{Request, Response, header};
use jiff::{SignedDuration, Timestamp};
use portico_parts::Database;
use portico_sandbox::{Sandbox, SandboxTransport};
use portico_store::{Store, StoreConfig};
use portico_transport::{HttpClient, Transport};
use portico_world::{ExposeSecret, World};
use serde_json::{Value, json};

const PERSON: &str = "eva@acme.test";
const PASSWORD: &str = "a long password";
const CLIENT_ID: &str = "portal.apps.googleusercontent.com";
const CLIENT_SECRET: &str = "GOCSPX-the-secret-of-the-client";

/// So long an answer is held back: far longer than anybody lives to wait for it.
const HELD: u64 = 3_600_000;

pub struct Stage {
    database: Database,
    folder: tempfile::TempDir,
    /// Where the portal is, before and after it was killed.
    portal: String,
    process: Option<Child>,
    client: HttpClient,
    cookie: String,
    /// Leads to the sandbox; the portal itself goes by its socket.
    google: SandboxTransport,
    now: Timestamp,
}

impl Stage {
    pub async fn set(database: Database) -> Self {
        let world = World::real();
        let pushes = HttpClient::new(Duration::from_secs(10)).unwrap();
        let sandbox = Sandbox::open(None, world.clone(), Arc::new(pushes)).unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let google = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(portico_sandbox::serve(sandbox.clone(), listener, None));

        let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let key = Command::new(env!("CARGO_BIN_EXE_portico")).args(["rekey", "--new"]).output().unwrap().stdout;
        let at = match &database.config {
            StoreConfig::Sqlite { path } => format!("sqlite:{}", path.display()),
            StoreConfig::Postgres { url, .. } => url.expose_secret().to_owned(),
        };
        let text = format!(
            "public_url = 'http://{free}'\nlisten = '{free}'\ndatabase = '{at}'\nmaster_keys = ['{}']\n\
             [google]\nendpoint = '{google}'\nclient_id = '{CLIENT_ID}'\nclient_secret = '{CLIENT_SECRET}'\n",
            String::from_utf8_lossy(&key).trim()
        );
        std::fs::write(folder.path().join("portico.toml"), text).unwrap();
        let mut stage = Self {
            database,
            folder,
            portal: format!("http://{free}"),
            process: None,
            client: HttpClient::new(Duration::from_secs(60)).unwrap(),
            cookie: String::new(),
            google: SandboxTransport::new(sandbox),
            now: world.now(),
        };
        let redirect = format!("{}/api/v1/auth/google/callback", stage.portal);
        let client = json!({"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "redirect_uris": [redirect]});
        stage.control("POST", "clients", client).await;
        stage.control("POST", "users", json!({"email": PERSON, "name": "Eva", "time_zone": "Europe/Prague"})).await;
        let limits = ["calendar_per_minute", "calendar_per_minute_per_user", "calendar_new_events"];
        let limits: serde_json::Map<_, _> =
            limits.map(|name| (name.to_owned(), json!(1_000_000))).into_iter().collect();
        stage.control("PUT", "quota", limits.into()).await;
        stage.make_company();
        stage.start().await;
        let body = json!({"email": PERSON, "password": PASSWORD});
        let answer = stage.ask("POST", "/api/v1/auth/login", body).await;
        let cookie = answer.headers()[header::SET_COOKIE].to_str().unwrap();
        cookie.split(';').next().unwrap().clone_into(&mut stage.cookie);
        stage
    }

    fn portico(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_portico"));
        command.current_dir(self.folder.path()).env_clear().args(words);
        command
    }

    fn make_company(&self) {
        let words = ["admin", "create", "--tenant", "acme", "--name", "Acme", "--email", PERSON, "--person", "Eva"];
        let mut child = self
            .portico(&words)
            .args(["--time-zone", "Europe/Prague"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(PASSWORD.as_bytes()).unwrap();
        assert!(child.wait().unwrap().success());
    }

    /// Starts `portico serve`, and waits until it says that it is ready.
    pub async fn start(&mut self) {
        assert!(self.process.is_none(), "one process at a time");
        self.leases_end().await;
        let mut child = self.portico(&["serve"]).stdin(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut said = String::new();
        loop {
            let line = log.next().unwrap_or_else(|| panic!("portico serve ended before it was ready: {said}")).unwrap();
            if line.contains("ready") {
                break;
            }
            said = format!("{said}\n{line}");
        }
        // Somebody reads on, or the process would stand still when the pipe is full.
        std::thread::spawn(move || log.for_each(drop));
        self.process = Some(child);
        // The connections of the client before led to the process before.
        self.client = HttpClient::new(Duration::from_secs(60)).unwrap();
    }

    /// `kill -9`, by the process's id.
    pub fn kill(&mut self) {
        let mut process = self.process.take().expect("it runs");
        process.kill().unwrap();
        process.wait().unwrap();
    }

    /// On PostgreSQL other processes may be at work, and what a killed one held is free when its leases end: here at once. On
    /// SQLite the next process sees to that itself.
    async fn leases_end(&self) {
        let store = self.database.open().await;
        if !store.is_alone() {
            self.break_leases(&store).await;
        }
        store.close().await;
    }

    async fn break_leases(&self, store: &Store) {
        let mut tx = store.instance().await.unwrap();
        let tenants = tx.tenants().await.unwrap();
        tx.break_claims().await.unwrap();
        tx.commit().await.unwrap();
        for tenant in tenants {
            let mut tx = store.tenant(tenant.id).await.unwrap();
            tx.break_leases().await.unwrap();
            tx.commit(self.now.into()).await.unwrap();
        }
    }

    /// Kills the process while it waits for the answer to this call, which Google has carried out, and starts the next one.
    pub async fn killed_and_back(&mut self, since: u64, method: &str) {
        self.until_held(since, |call| call["method"] == method).await;
        self.kill();
        self.start().await;
        self.come_to_rest().await;
    }

    /// A whole run of the calendar's sync, and another one that finds nothing left to do.
    pub async fn come_to_rest(&self) {
        let path = loop {
            let links = self.here("GET", "/calendar/links", Value::Null).await;
            let main = links["items"].as_array().unwrap().iter().find(|link| link["role"] == "main");
            if let Some(link) = main {
                break format!("/calendar/links/{}/sync", link["id"].as_str().unwrap());
            }
        };
        for _ in 0..100_000 {
            let ran = self.here("POST", &path, Value::Null).await;
            let work = ["pulled", "pushed", "merged", "conflicts", "held"].map(|word| ran[word].as_u64().unwrap());
            if ran["idle"] == false && work == [0; 5] {
                return;
            }
        }
        panic!("the sync does not come to rest");
    }

    /// Connects the person's account; the connection's id.
    pub async fn connect(&self) -> String {
        let begun = self.here("GET", "/auth/google/authorize?feature=calendar", Value::Null).await;
        let consent = json!({"auth_url": begun["auth_url"], "account": PERSON});
        let location = self.control("POST", "consent", consent).await["location"].as_str().unwrap().to_owned();
        let callback = location.strip_prefix(&self.portal).expect("it leads to the portal");
        let answer = self.ask("GET", callback, Value::Null).await;
        let location = answer.headers()[header::LOCATION].to_str().unwrap();
        location.split_once("connected=").unwrap().1.to_owned()
    }

    /// Asks the portal for something below `/api/v1`.
    pub async fn here(&self, verb: &str, path: &str, body: Value) -> Value {
        let answer = self.ask(verb, &format!("/api/v1{path}"), body).await;
        serde_json::from_slice(answer.body()).unwrap_or(Value::Null)
    }

    async fn ask(&self, verb: &str, path: &str, body: Value) -> Response<Bytes> {
        let mut request = Request::builder().method(verb).uri(format!("{}{path}", self.portal));
        if !self.cookie.is_empty() {
            request = request.header(header::COOKIE, &self.cookie);
        }
        succeeded(path, self.client.send(with_json(request, &body)).await.unwrap())
    }

    /// The titles of what the person's calendar shows, sorted.
    pub async fn titles(&self) -> Vec<String> {
        let (from, to) = (self.hours_from_now(0), self.hours_from_now(24 * 60));
        let shown = self.here("GET", &format!("/calendar/events?from={from}&to={to}&limit=2500"), Value::Null).await;
        sorted(&shown, "title")
    }

    /// The id of an occurrence of a series, counted from none.
    pub async fn occurrence(&self, series: &str, number: usize) -> String {
        let (from, to) = (self.hours_from_now(0), self.hours_from_now(24 * 60));
        let shown = self.here("GET", &format!("/calendar/events?from={from}&to={to}"), Value::Null).await;
        let ids = shown["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap());
        ids.filter(|id| id.starts_with(series)).nth(number).unwrap().to_owned()
    }

    pub fn hours_from_now(&self, hours: i64) -> String {
        let at = self.now.as_second() / 3600 * 3600;
        (Timestamp::from_second(at).unwrap() + SignedDuration::from_hours(hours)).to_string()
    }

    async fn control(&self, verb: &str, path: &str, body: Value) -> Value {
        let request = Request::builder().method(verb).uri(format!("http://sandbox.test/_sandbox/{path}"));
        let answer = succeeded(path, self.google.send(with_json(request, &body)).await.unwrap());
        serde_json::from_slice(answer.body()).unwrap_or(Value::Null)
    }

    /// Asks Google's Calendar about the person's own calendar, as the person.
    pub async fn at_google(&self, verb: &str, path: &str, body: Value) -> Value {
        let wanted =
            json!({"account": PERSON, "client": CLIENT_ID, "scopes": ["https://www.googleapis.com/auth/calendar"]});
        let token = self.control("POST", "tokens", wanted).await["access_token"].as_str().unwrap().to_owned();
        let request = Request::builder()
            .method(verb)
            .uri(format!("https://www.googleapis.com/calendar/v3/calendars/primary/{path}"))
            .header(header::AUTHORIZATION, format!("Bearer {token}"));
        let answer = succeeded(path, self.google.send(with_json(request, &body)).await.unwrap());
        serde_json::from_slice(answer.body()).unwrap_or(Value::Null)
    }

    /// Ids and etags of all events that Google has.
    pub async fn events_at_google(&self) -> Vec<(String, String)> {
        let list = self.at_google("GET", "events?maxResults=2500", Value::Null).await;
        let text = |item: &Value, key: &str| item[key].as_str().unwrap().to_owned();
        list["items"].as_array().unwrap().iter().map(|item| (text(item, "id"), text(item, "etag"))).collect()
    }

    /// The titles of what Google shows, each occurrence by itself, sorted.
    pub async fn titles_at_google(&self) -> Vec<String> {
        sorted(&self.at_google("GET", "events?singleEvents=true&maxResults=2500", Value::Null).await, "summary")
    }

    /// To whom Google has sent what kind of mail.
    pub async fn mails(&self) -> Vec<(String, String)> {
        let all = self.control("GET", "mail", Value::Null).await;
        let text = |mail: &Value, key: &str| mail[key].as_str().unwrap().to_owned();
        all["items"].as_array().unwrap().iter().map(|mail| (text(mail, "to"), text(mail, "kind"))).collect()
    }

    pub async fn tokens_expire(&self) {
        self.control("POST", "tokens/expire", json!({"account": PERSON})).await;
    }

    /// The answer to the next call of this method is held back after the call is carried out.
    pub async fn hold(&self, method: &str) {
        self.control("POST", "faults", json!({"method": method, "times": 1, "delay_ms": HELD})).await;
    }

    pub async fn hold_path(&self, path: &str) {
        self.control("POST", "faults", json!({"path": path, "times": 1, "delay_ms": HELD})).await;
    }

    /// The next call of this method is no other than usual: what is asked for later concerns the one after.
    pub async fn let_pass(&self, method: &str) {
        self.control("POST", "faults", json!({"method": method, "times": 1})).await;
    }

    pub async fn last_request(&self) -> u64 {
        self.control("GET", "requests?since=0", Value::Null).await["last"].as_u64().unwrap()
    }

    /// What was asked of Google after the request of this number.
    pub async fn requests(&self, since: u64) -> Vec<Value> {
        let all = self.control("GET", &format!("requests?since={since}"), Value::Null).await;
        all["items"].as_array().unwrap().clone()
    }

    /// The calls after that number which change events.
    pub async fn writes(&self, since: u64) -> Vec<String> {
        let calls = self.requests(since).await;
        let writes =
            ["insert", "patch", "update", "delete", "import", "move"].map(|verb| format!("calendar.events.{verb}"));
        let asked = calls.iter().filter_map(|call| call["method"].as_str().map(str::to_owned));
        asked.filter(|method| writes.contains(method)).collect()
    }

    /// Waits until Google has carried out a call like this after the request of that number, and holds its answer back.
    pub async fn until_held(&self, since: u64, wanted: impl Fn(&Value) -> bool) -> Value {
        for _ in 0..1_000_000 {
            if let Some(call) = self.requests(since).await.into_iter().find(&wanted) {
                return call;
            }
            tokio::task::spawn_blocking(std::thread::yield_now).await.unwrap();
        }
        panic!("the call was never made");
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill().ok();
            process.wait().ok();
        }
    }
}

fn sorted(list: &Value, key: &str) -> Vec<String> {
    let mut all: Vec<String> =
        list["items"].as_array().unwrap().iter().map(|item| item[key].as_str().unwrap().to_owned()).collect();
    all.sort();
    all
}

fn with_json(request: http::request::Builder, body: &Value) -> Request<Bytes> {
    if body.is_null() {
        return request.body(Bytes::new()).unwrap();
    }
    request.header(header::CONTENT_TYPE, "application/json").body(body.to_string().into()).unwrap()
}

#[track_caller]
fn succeeded(path: &str, answer: Response<Bytes>) -> Response<Bytes> {
    assert!(answer.status().as_u16() < 400, "{path}: {} {}", answer.status(), String::from_utf8_lossy(answer.body()));
    answer
}
