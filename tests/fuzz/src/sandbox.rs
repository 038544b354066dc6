//! What the sandbox reads: the bodies of batches and uploads, which it takes apart by itself.

use std::sync::Arc;

use bytes::Bytes;
use futures::executor::block_on;
use portico_google::{Answer, Transport, World, jiff::Timestamp};
use portico_sandbox::{Sandbox, SandboxTransport};
use portico_transport::TransportError;
use serde_json::{Value, json};

/// Push messages go nowhere here.
struct Nowhere;

impl Transport for Nowhere {
    fn send(&self, _: http::Request<Bytes>) -> Answer<'_> {
        Box::pin(async { Err(TransportError::Connect { host: "nowhere".into() }) })
    }
}

/// Sends a body to a sandbox with one person in it, who then asks for what `next` makes of the answer. Whatever it is, no
/// answer is that of a server in trouble.
fn ask(address: &str, content_type: &str, body: &[u8], next: impl Fn(&Value) -> String) {
    let (world, _) = World::seeded(Timestamp::UNIX_EPOCH, 1);
    let sandbox = Sandbox::open(None, world, Arc::new(Nowhere)).expect("a sandbox in memory opens");
    let google = SandboxTransport::new(sandbox);
    let control = |path: &str, body: &Value| {
        let request = http::Request::post(format!("http://sandbox.test/_sandbox/{path}"));
        let request = request.body(Bytes::from(body.to_string())).expect("a good request");
        block_on(google.send(request)).expect("the sandbox answers").into_body()
    };
    control("users", &json!({"email": "ann@example.com"}));
    let scopes = ["https://mail.google.com/", "https://www.googleapis.com/auth/drive"];
    let tokens = control("tokens", &json!({"account": "ann@example.com", "scopes": scopes}));
    let tokens: Value = serde_json::from_slice(&tokens).expect("tokens are JSON");
    let bearer = format!("Bearer {}", tokens["access_token"].as_str().expect("there is a token"));
    let post = http::Request::post(address).header("content-type", content_type);
    let answered = |request: http::request::Builder, body: &[u8]| {
        let request = request.header("authorization", &bearer).body(Bytes::copy_from_slice(body));
        let answer = block_on(google.send(request.expect("a good request"))).expect("the sandbox answers");
        assert!(answer.status().as_u16() < 500, "{}", String::from_utf8_lossy(answer.body()));
        serde_json::from_slice(answer.body()).unwrap_or(Value::Null)
    };
    let first = answered(post, body);
    answered(http::Request::get(next(&first)), b"");
}

pub const BATCH: &[&[u8]] = &[
    b"--x\r\nContent-Type: application/http\r\nContent-ID: <u + 1>\r\n\r\nGET /drive/v3/files?q=trashed HTTP/1.1\r\nHost: h\r\n\r\n\r\n--x\r\nContent-Type: application/http\r\n\r\nPOST /drive/v3/files?fields=id HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 12\r\n\r\n{\"name\":\"x\"}\r\n--x--\r\n",
    b"--x\nContent-Type: application/http\nContent-ID: <1>\n\nPATCH /drive/v3/files/root\nauthorization: Bearer no\n\n{}\n--x--",
];

pub fn batch(input: &[u8]) {
    let files = |_: &Value| "https://www.googleapis.com/drive/v3/files".to_owned();
    ask("https://www.googleapis.com/batch/drive/v3", "multipart/mixed; boundary=\"x\"", input, files);
}

pub const RELATED: &[&[u8]] = &[
    b"--x\r\nContent-Type: application/json; charset=UTF-8\r\n\r\n{\"name\":\"x\",\"mimeType\":\"text/plain\"}\r\n--x\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\naGk=\r\n--x--",
    b"--x\nContent-Type: application/json\n\n{}\n--x\n\n--x--",
];

pub fn related(input: &[u8]) {
    let upload = "https://www.googleapis.com/upload/drive/v3/files?uploadType=multipart";
    let files = |_: &Value| "https://www.googleapis.com/drive/v3/files?fields=*".to_owned();
    ask(upload, "multipart/related; boundary=x", input, files);
}

/// A message goes into the mailbox and is taken apart.
pub fn message(input: &[u8]) {
    let upload = "https://gmail.googleapis.com/upload/gmail/v1/users/me/messages?uploadType=media";
    ask(upload, "message/rfc822", input, |made| {
        let id = made["id"].as_str().unwrap_or("0");
        format!("https://gmail.googleapis.com/gmail/v1/users/me/messages/{id}?format=full")
    });
}
