//! What the sandbox was told, it knows after it was killed.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Stdio},
};

use portico_sandbox::Sandbox;
use portico_world::World;
use serde_json::{Value, json};

use crate::support::{ANN, nowhere};

struct Process {
    child: Child,
    address: String,
}

impl Process {
    fn start(folder: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_portico-sandbox"))
            .args(["--port", "0", "--defaults", "--data"])
            .arg(folder)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let ready: Value = serde_json::from_str(&line).unwrap();
        let address = ready["sandbox"].as_str().unwrap().strip_prefix("http://").unwrap().to_owned();
        Self { child, address }
    }

    /// Sends a request and reads until the connection ends.
    fn raw(&self, verb: &str, path: &str, headers: &str, body: &str) -> Vec<u8> {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let head = format!("{verb} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n{headers}", self.address);
        write!(stream, "{head}Content-Length: {}\r\n\r\n{body}", body.len()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).ok();
        answer
    }

    fn json(&self, verb: &str, path: &str, token: &str, body: &Value) -> Value {
        let headers = format!("Authorization: Bearer {token}\r\nContent-Type: application/json\r\n");
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let answer = String::from_utf8(self.raw(verb, path, &headers, &body)).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 200"), "{answer}");
        let start = body.find(['{', '[']).unwrap();
        let end = body.rfind(['}', ']']).unwrap();
        serde_json::from_str(&body[start..=end]).unwrap()
    }

    /// As a power cut would.
    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

const EVENTS: &str = "/calendar/v3/calendars/primary/events";

fn event(n: usize) -> Value {
    json!({"summary": format!("{n}"), "start": {"date": "2026-12-01"}, "end": {"date": "2026-12-02"}})
}

#[test]
fn a_killed_sandbox_forgets_nothing_that_it_answered() {
    let folder = tempfile::tempdir().unwrap();
    let process = Process::start(folder.path());
    let body = json!({"account": ANN, "scopes": ["https://www.googleapis.com/auth/calendar", "openid"]});
    let token = process.json("POST", "/_sandbox/tokens", "", &body)["access_token"].as_str().unwrap().to_owned();
    let mut etags = Vec::new();
    for n in 0..20 {
        etags.push(process.json("POST", EVENTS, &token, &event(n))["etag"].clone());
    }
    let cursor = process.json("GET", EVENTS, &token, &json!(null))["nextSyncToken"].as_str().unwrap().to_owned();
    let keys = process.json("GET", "/oauth2/v3/certs", "", &json!(null));
    process.kill();

    let process = Process::start(folder.path());
    let list = process.json("GET", EVENTS, &token, &json!(null));
    let after: Vec<Value> = list["items"].as_array().unwrap().iter().map(|event| event["etag"].clone()).collect();
    assert!(after.len() == 20 && etags.iter().all(|etag| after.contains(etag)));
    assert_eq!(process.json("GET", "/oauth2/v3/certs", "", &json!(null)), keys);
    process.json("POST", EVENTS, &token, &event(20));
    let delta = process.json("GET", &format!("{EVENTS}?syncToken={cursor}"), &token, &json!(null));
    assert_eq!(delta["items"].as_array().unwrap().len(), 1);
    process.kill();
}

#[test]
fn on_a_socket_answers_are_zipped_lost_and_cut() {
    let folder = tempfile::tempdir().unwrap();
    let process = Process::start(folder.path());
    for _ in 0..30 {
        process.json("GET", "/oauth2/v3/certs", "", &json!(null));
    }
    let is_zipped = |path: &str| {
        let answer = process.raw("GET", path, "Accept-Encoding: gzip\r\n", "");
        String::from_utf8_lossy(&answer).to_lowercase().contains("content-encoding: gzip")
    };
    assert!(is_zipped("/_sandbox/requests"), "a large answer");
    assert!(!is_zipped("/_sandbox/clock"), "a small one");

    process.json("POST", "/_sandbox/faults", "", &json!({"path": "/v3/certs", "lose_answer": true}));
    assert_eq!(process.raw("GET", "/oauth2/v3/certs", "", ""), b"", "not a byte");
    process.json("POST", "/_sandbox/faults", "", &json!({"path": "/v3/certs", "cut": true}));
    let cut = process.raw("GET", "/oauth2/v3/certs", "", "");
    let whole = process.raw("GET", "/oauth2/v3/certs", "", "");
    assert!(cut.starts_with(b"HTTP/1.1 200") && !cut.is_empty() && cut.len() < whole.len());
    process.kill();
}

#[test]
fn a_line_that_was_being_written_is_dropped_and_a_second_process_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let open = || Sandbox::open(Some(folder.path()), World::real(), nowhere());
    let sandbox = open().unwrap();
    sandbox.seed_defaults().unwrap();
    let refusal = open().err().unwrap().to_string();
    assert!(refusal.contains("another sandbox is using"), "{refusal}");
    drop(sandbox);

    let log = folder.path().join("sandbox.log");
    let whole = std::fs::read(&log).unwrap();
    let mut torn = whole.clone();
    torn.extend_from_slice(br#"[["users","new@example.com",{"email":"new@exa"#);
    std::fs::write(&log, torn).unwrap();
    drop(open().unwrap());
    assert_eq!(std::fs::read(&log).unwrap(), whole);

    let mut broken = b"nonsense\n".to_vec();
    broken.extend_from_slice(&whole);
    std::fs::write(&log, broken).unwrap();
    let refusal = open().err().unwrap().to_string();
    assert!(refusal.contains("line 1"), "{refusal}");
}

#[test]
fn a_log_that_says_much_of_little_is_written_anew() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("sandbox.log");
    let line = |n: usize| format!("[[\"counters\",\"visits\",{n}]]\n");
    std::fs::write(&log, (0..20_000).map(line).collect::<String>()).unwrap();
    drop(Sandbox::open(Some(folder.path()), World::real(), nowhere()).unwrap());
    assert_eq!(std::fs::read_to_string(&log).unwrap(), line(19_999));
}
