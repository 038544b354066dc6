//! One scenario, played twice: by our library against a sandbox in this process, and by Google's Python client against a
//! sandbox on a socket. What both were answered must be the same, but for what chance and the clock give.

use std::{
    io::{Seek as _, Write as _},
    path::{Path, PathBuf},
    process::Command,
    sync::{Arc, Mutex},
};

use bytes::Bytes;
use portico_google::{Client, Endpoints, Error, StaticToken};
use portico_sandbox::{Sandbox, SandboxTransport};
use portico_transport::{Answer, Transport, TransportError};
use portico_world::World;
use serde::Serialize;
use serde_json::{Value, json};

pub const ANN: &str = "ann@example.com";
pub const BOB: &str = "bob@example.com";

/// Push messages go nowhere here.
struct Nowhere;

impl Transport for Nowhere {
    fn send(&self, _: http::Request<Bytes>) -> Answer<'_> {
        Box::pin(async { Err(TransportError::Connect { host: "nowhere".into() }) })
    }
}

/// A sandbox that remembers what it answered, for the judge of answers.
struct Noting {
    sandbox: SandboxTransport,
    seen: Mutex<Vec<Value>>,
}

impl Transport for Noting {
    fn send(&self, request: http::Request<Bytes>) -> Answer<'_> {
        let (verb, url) = (request.method().to_string(), request.uri().to_string());
        Box::pin(async move {
            let answer = self.sandbox.send(request).await?;
            let text = std::str::from_utf8(answer.body()).ok();
            let media = answer.headers().get("content-type").and_then(|media| media.to_str().ok());
            self.seen.lock().unwrap().push(json!({
                "verb": verb, "url": url, "status": answer.status().as_u16(), "type": media, "body": text,
            }));
            Ok(answer)
        })
    }
}

/// A sandbox in this process, on virtual time.
pub struct Google {
    world: World,
    transport: Arc<Noting>,
}

impl Google {
    pub fn new() -> Self {
        let (world, _) = World::seeded("2026-11-21T09:00:00Z".parse().unwrap(), 7);
        portico_watch::install();
        let sandbox = Sandbox::open(None, world.clone(), Arc::new(Nowhere)).unwrap();
        sandbox.seed_defaults().unwrap();
        let transport = Noting { sandbox: SandboxTransport::new(sandbox), seen: Mutex::default() };
        Self { world, transport: Arc::new(transport) }
    }

    pub async fn control(&self, verb: &str, path: &str, body: Value) -> Value {
        let address = format!("http://sandbox.test/_sandbox/{path}");
        let request = http::Request::builder().method(verb).uri(address).body(Bytes::from(body.to_string())).unwrap();
        let answer = self.transport.sandbox.send(request).await.unwrap();
        assert_eq!(answer.status(), 200, "{}", String::from_utf8_lossy(answer.body()));
        serde_json::from_slice(answer.body()).unwrap()
    }

    /// Our library as that account, with these scopes.
    pub async fn client(&self, account: &str, scopes: &[&str]) -> Client {
        let body = json!({"account": account, "client": "web.apps.googleusercontent.com", "scopes": scopes});
        let tokens = self.control("POST", "tokens", body).await;
        let token = StaticToken::new(tokens["access_token"].as_str().unwrap().to_owned());
        Client::new(self.transport.clone(), self.world.clone(), Endpoints::google(), Arc::new(token))
    }
}

/// What a scenario was answered, by the names of its steps.
#[derive(Clone, Default)]
pub struct Transcript(pub Vec<(String, Value)>);

impl Transcript {
    pub fn say(&mut self, step: &str, answer: impl Serialize) {
        self.0.push((step.to_owned(), serde_json::to_value(answer).unwrap()));
    }

    /// A refusal, as both sides can tell it.
    pub fn refused<T>(&mut self, step: &str, result: Result<T, Error>) {
        let error = result.err().unwrap_or_else(|| panic!("{step} was not refused"));
        self.say(step, json!({"status": error.status(), "reason": error.reason()}));
    }
}

/// What chance and the clock give: of these only the type is compared.
const VOLATILE: &[&str] = &[
    "resourceName",
    "requestedResourceName",
    "contactGroupId",
    "contactGroupResourceName",
    "memberResourceNames",
    "updateTime",
    "url",
    "id",
    "etag",
    "fileId",
    "parents",
    "permissionId",
    "permissionIds",
    "headRevisionId",
    "photoLink",
    "thumbnailPhotoUrl",
    "webViewLink",
    "webContentLink",
    "exportLinks",
    "createdTime",
    "modifiedTime",
    "trashedTime",
    "time",
    "creationTime",
    "deletionTime",
    "expirationTime",
    "version",
    "userKey",
    "orgUnitId",
    "parentOrgUnitId",
    "clientId",
    "targetId",
    "driveId",
    "updated",
    "created",
    "iCalUID",
    "htmlLink",
    "hangoutLink",
    "conferenceId",
    "uri",
    "label",
    "recurringEventId",
    "meetingUri",
    "meetingCode",
    "user",
    "file",
    "document",
    "exportUri",
];

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

fn steady(value: Value) -> Value {
    match value {
        Value::Object(object) => object
            .into_iter()
            .map(|(key, value)| {
                let value = if VOLATILE.contains(&key.as_str()) { json!(kind_of(&value)) } else { steady(value) };
                (key, value)
            })
            .collect::<serde_json::Map<_, _>>()
            .into(),
        Value::Array(items) => items.into_iter().map(steady).collect(),
        // The names of things in Meet.
        Value::String(text) if text.starts_with("spaces/") || text.starts_with("conferenceRecords/") => {
            json!(text.split('/').step_by(2).collect::<Vec<_>>())
        }
        other => other,
    }
}

fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The interpreter with Google's clients in it, as `cargo xtask test` prepares it.
#[expect(clippy::disallowed_methods, reason = "the test command says where the interpreter is")]
fn python() -> Option<PathBuf> {
    let named = std::env::var_os("TEST_PYTHON").map(PathBuf::from);
    named.or_else(|| Some(here().join("../../target/python/bin/python"))).filter(|path| path.exists())
}

/// Plays `python/<name>.py` and `node/<name>.mjs`, each against a sandbox of its own, and holds their answers against
/// `ours`. Every answer to each of the three is validated against the discovery document: the Python script does that by
/// itself.
pub async fn same_as_google(name: &str, document: &str, google: &Google, ours: Transcript) {
    let (python, node) = (format!("python/{name}.py"), format!("node/{name}.mjs"));
    let ((), nodes) = tokio::join!(async { drop(same_as(&python, ours.clone()).await) }, same_as(&node, ours.clone()));
    let lines = |seen: &[Value]| seen.iter().map(Value::to_string).collect::<Vec<_>>();
    let ours = lines(&google.transport.seen.lock().unwrap());
    for seen in [Some(ours), nodes].into_iter().flatten() {
        validate(document, &seen.join("\n"));
    }
}

/// Holds answers against a discovery document.
fn validate(document: &str, lines: &str) {
    // Without it, it has been said already that the script was not played.
    let Some(python) = python() else { return };
    let mut input = tempfile::tempfile().unwrap();
    input.write_all(lines.as_bytes()).unwrap();
    input.rewind().unwrap();
    let mut command = Command::new(python);
    let output = command.arg(here().join("python/validate.py")).arg(document).stdin(input).output().unwrap();
    assert!(
        output.status.success(),
        "{}\n{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

/// Plays a script with the one of Google's clients that it is written for, Python's or Node's. Gives what Node's was
/// answered, one a line; nothing when the client is not there.
async fn same_as(script: &str, ours: Transcript) -> Option<Vec<String>> {
    let modules = here().join("node/node_modules/googleapis");
    let program = if script.ends_with(".mjs") { modules.exists().then(|| PathBuf::from("node")) } else { python() };
    let Some(program) = program else {
        let what = format!("{script}: Google's client is not prepared on this machine; `cargo xtask test` prepares it");
        portico_skipping::skipped("TEST_REQUIRE_CLIENTS", &what);
        return None;
    };
    let sandbox = Sandbox::open(None, World::real(), Arc::new(Nowhere)).unwrap();
    sandbox.seed_defaults().unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let serving = tokio::spawn(portico_sandbox::serve(sandbox, listener, None));
    let mut command = Command::new(program);
    command.arg(here().join(script)).arg(&address);
    command.env_remove("HTTP_PROXY").env_remove("HTTPS_PROXY").env_remove("http_proxy").env_remove("https_proxy");
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    serving.abort();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let failed: Vec<&str> = said.lines().filter(|line| line.starts_with("FAIL ")).collect();
    assert!(output.status.success() && failed.is_empty(), "{failed:#?}\n{}", String::from_utf8_lossy(&output.stderr));
    let answers = said.lines().filter_map(|line| line.strip_prefix("ANSWER ")).map(|line| {
        let (step, answer) = line.split_once(' ').unwrap();
        (step.to_owned(), steady(serde_json::from_str(answer).unwrap()))
    });
    let theirs: Vec<(String, Value)> = answers.collect();
    assert_eq!(
        ours.0.iter().map(|(step, _)| step).collect::<Vec<_>>(),
        theirs.iter().map(|(step, _)| step).collect::<Vec<_>>(),
        "the steps of both"
    );
    for ((step, ours), (_, theirs)) in ours.0.into_iter().zip(theirs) {
        assert_eq!(steady(ours), theirs, "step {step}: ours on the left, that of Google's client on the right");
    }
    let seen: Vec<String> = said.lines().filter_map(|line| line.strip_prefix("SEEN ")).map(str::to_owned).collect();
    (!seen.is_empty()).then_some(seen)
}
