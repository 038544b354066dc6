//! The library's examples do what they say, against a sandbox on a socket.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{Arc, OnceLock},
};

use bytes::Bytes;
use portico_sandbox::Sandbox;
use portico_transport::{Answer, HttpClient, Transport, TransportError};
use portico_world::World;
use serde_json::{Value, json};

const CLIENT: &str = "web.apps.googleusercontent.com";

/// Push messages go nowhere here.
struct Nowhere;

impl Transport for Nowhere {
    fn send(&self, _: http::Request<Bytes>) -> Answer<'_> {
        Box::pin(async { Err(TransportError::Connect { host: "nowhere".into() }) })
    }
}

/// The folder of the compiled examples.
fn examples() -> PathBuf {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    let build = || {
        let tests = std::env::current_exe().unwrap();
        let folder = tests.parent().unwrap().parent().unwrap().to_path_buf();
        let status = Command::new(env!("CARGO"))
            .args(["build", "--quiet", "--package", "portico-google", "--examples", "--target-dir"])
            .arg(folder.parent().unwrap())
            .status()
            .unwrap();
        assert!(status.success(), "the examples build");
        folder.join("examples")
    };
    BUILT.get_or_init(build).clone()
}

fn example(name: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(examples().join(name));
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.env_remove("HTTP_PROXY").env_remove("HTTPS_PROXY").env_remove("http_proxy").env_remove("https_proxy");
    command
}

/// What an example says.
async fn said(name: &str, arguments: &[&str]) -> String {
    let mut command = example(name, arguments);
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The address of a sandbox that is served for as long as the test runs.
async fn sandbox() -> String {
    let sandbox = Sandbox::open(None, World::real(), Arc::new(Nowhere)).unwrap();
    sandbox.seed_defaults().unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(portico_sandbox::serve(sandbox, listener, None));
    address
}

async fn control(base: &str, verb: &str, path: &str, body: Value) -> Value {
    let request = http::Request::builder().method(verb).uri(format!("{base}{path}"));
    let request = request.header("content-type", "application/json").body(Bytes::from(body.to_string())).unwrap();
    let http = HttpClient::new(std::time::Duration::from_secs(30)).unwrap();
    let answer = http.send(request).await.unwrap();
    assert!(answer.status().is_success(), "{path}: {}", String::from_utf8_lossy(answer.body()));
    serde_json::from_slice(answer.body()).unwrap()
}

async fn token(base: &str, scope: &str) -> String {
    let scope = format!("https://www.googleapis.com/auth/{scope}");
    let body = json!({"account": "ann@example.com", "client": CLIENT, "scopes": [scope]});
    let tokens = control(base, "POST", "/_sandbox/tokens", body).await;
    tokens["access_token"].as_str().unwrap().to_owned()
}

/// What stands in the README between ```` ```kind ```` and the end of that block; the first of them.
fn block<'a>(readme: &'a str, kind: &str) -> &'a str {
    let (_, rest) = readme.split_once(&format!("```{kind}\n")).unwrap();
    rest.split_once("```").unwrap().0
}

/// The first program of the README, in a folder of its own outside the checkout and with the dependencies that stand there.
/// The versions are those of the checkout, so that nothing is downloaded.
fn first_program(base: &str, token: &str) -> Command {
    let checkout = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap();
    let readme = std::fs::read_to_string(checkout.join("crates/google/README.md")).unwrap();
    let (needs, program) = (block(&readme, "toml"), block(&readme, "rust,no_run"));
    assert!(program.lines().count() <= 30, "a first program has to stay short: {} lines", program.lines().count());
    assert_eq!(program.matches("http://127.0.0.1:8790").count(), 1);
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("first");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(folder.join("src")).unwrap();
    let library = checkout.join("crates/google");
    let needs = needs.replace("../portico/crates/google", library.to_str().unwrap());
    // With the checkout's profile what is compiled for the examples is compiled once.
    let whole = std::fs::read_to_string(checkout.join("Cargo.toml")).unwrap();
    let (_, profile) = whole.split_once("\n[profile.dev]\n").unwrap();
    let profile = profile.split("\n\n").next().unwrap();
    let head = "[package]\nname = \"first\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[workspace]\n";
    let manifest = format!("{head}\n[profile.dev]\n{profile}\n\n{needs}");
    std::fs::write(folder.join("Cargo.toml"), manifest).unwrap();
    std::fs::write(folder.join("src/main.rs"), program.replace("http://127.0.0.1:8790", base)).unwrap();
    std::fs::copy(checkout.join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
    let mut command = Command::new(env!("CARGO"));
    command.args(["run", "--quiet", "--offline", "--manifest-path"]).arg(folder.join("Cargo.toml"));
    command.arg("--target-dir").arg(examples().parent().unwrap().parent().unwrap()).args(["--", token]);
    command.env_remove("HTTP_PROXY").env_remove("HTTPS_PROXY").env_remove("http_proxy").env_remove("https_proxy");
    command
}

#[tokio::test(flavor = "multi_thread")]
async fn the_readmes_first_program_runs_in_a_crate_of_its_own() {
    let base = sandbox().await;
    let mut command = first_program(&base, &token(&base, "calendar").await);
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    let listed = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(listed.contains(" The first one\n") && listed.starts_with("Some("), "{listed}");
}

#[test]
fn a_service_of_ones_own_takes_less_than_sixty_lines() {
    let tasks = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../crates/google/examples/tasks.rs");
    let lines = std::fs::read_to_string(tasks).unwrap().lines().count();
    assert!(lines < 60, "{lines} lines");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_meeting_is_booked_and_found_with_a_persons_consent() {
    let base = sandbox().await;
    let room = said("book_meet", &[&base, &token(&base, "calendar").await, "bob@example.com"]).await;
    assert!(room.starts_with("https://meet.google.com/"), "{room}");

    let mut child = example("list_events", &[&base, CLIENT, "GOCSPX-test", "http://localhost:9/cb"]).spawn().unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let (output, address) = tokio::task::spawn_blocking(move || {
        let mut address = String::new();
        output.read_line(&mut address).unwrap();
        (output, address.trim().to_owned())
    })
    .await
    .unwrap();
    let consent = json!({"auth_url": address, "account": "ann@example.com"});
    let back = control(&base, "POST", "/_sandbox/consent", consent).await;
    let line = format!("{}\n", back["location"].as_str().unwrap());
    child.stdin.take().unwrap().write_all(line.as_bytes()).unwrap();
    let (status, listed) = tokio::task::spawn_blocking(move || {
        let (mut output, mut listed) = (output, String::new());
        output.read_to_string(&mut listed).unwrap();
        (child.wait().unwrap(), listed)
    })
    .await
    .unwrap();
    assert!(status.success() && listed.trim_end().ends_with("Interview"), "{listed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_account_acts_for_a_person_with_either_kind_of_key() {
    const READ: &str = "https://www.googleapis.com/auth/calendar.readonly";
    let base = sandbox().await;
    said("book_meet", &[&base, &token(&base, "calendar").await, "bob@example.com"]).await;
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();

    let made = control(&base, "POST", "/_sandbox/service-accounts", json!({})).await;
    let (json_key, p12_key) = (path("key.json"), path("key.p12"));
    std::fs::write(&json_key, made["key"].to_string()).unwrap();
    let mut refused = example("delegation", &[&base, &json_key, "ann@example.com"]);
    let output = tokio::task::spawn_blocking(move || refused.output().unwrap()).await.unwrap();
    let advice = String::from_utf8(output.stdout).unwrap();
    assert!(!output.status.success() && advice.contains("enter_delegation https://admin.google.com/"), "{advice}");
    assert!(advice.contains(&format!("client_id: {}", made["client_id"].as_str().unwrap())), "{advice}");
    assert!(advice.contains(&format!("scopes: {READ}")), "{advice}");

    let email = made["email"].as_str().unwrap();
    let wish = json!({"email": email, "p12": true, "scopes": [READ], "domain": "example.com"});
    let also = control(&base, "POST", "/_sandbox/service-accounts", wish).await;
    let bytes = base64::Engine::decode(&base64::prelude::BASE64_STANDARD, also["p12"].as_str().unwrap()).unwrap();
    std::fs::write(&p12_key, bytes).unwrap();
    for listed in [
        said("delegation", &[&base, &json_key, "ann@example.com"]).await,
        said("delegation", &[&base, &p12_key, "ann@example.com", email]).await,
    ] {
        assert!(listed.trim_end().ends_with("Interview"), "{listed}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_is_sent_and_arrives() {
    let base = sandbox().await;
    let token = token(&base, "gmail.modify").await;
    let sent = said("send_mail", &[&base, &token, "bob@example.com"]).await;
    assert!(sent.starts_with("sent ") && sent.trim_end().ends_with('>'), "{sent}");
    let outbox = control(&base, "GET", "/_sandbox/mail", Value::Null).await.to_string();
    assert!(outbox.contains("bob@example.com"), "{outbox}");
}

#[tokio::test(flavor = "multi_thread")]
async fn people_are_pushed_under_a_label() {
    let base = sandbox().await;
    let token = token(&base, "contacts").await;
    assert_eq!(said("push_contacts", &[&base, &token]).await, "pushed Ada Lovelace\npushed 山田太郎\n");
    // The label is there the second time.
    assert_eq!(said("push_contacts", &[&base, &token]).await.lines().count(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_the_library_does_not_have_is_used() {
    // The sandbox has no Tasks: a few lines stand in for them.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let serving = std::thread::spawn(move || {
        let mut seen = Vec::new();
        for answer in [r#"{"id":"1"}"#, r#"{"items":[{"id":"1","title":"Read the letter"}]}"#] {
            let (mut stream, _) = listener.accept().unwrap();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let (mut first, mut length) = (String::new(), 0);
            reader.read_line(&mut first).unwrap();
            loop {
                let mut line = String::new();
                reader.read_line(&mut line).unwrap();
                if line.trim().is_empty() {
                    break;
                }
                if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                    length = value.trim().parse().unwrap();
                }
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n";
            write!(stream, "{head}content-length: {}\r\n\r\n{answer}", answer.len()).unwrap();
            seen.push((first, String::from_utf8(body).unwrap()));
        }
        seen
    });
    assert_eq!(said("tasks", &[&base, "ya29.token"]).await, "Read the letter\n");
    let seen = serving.join().unwrap();
    assert!(seen[0].0.starts_with("POST /tasks/v1/lists/%40default/tasks?"), "{seen:?}");
    assert_eq!(seen[0].1, r#"{"title":"Read the letter"}"#);
    assert!(seen[1].0.starts_with("GET /tasks/v1/lists/%40default/tasks?"), "{seen:?}");
}
