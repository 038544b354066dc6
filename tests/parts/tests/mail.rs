//! The sandbox's tokens at a real Dovecot and a real Postfix.

use std::{
    io::{BufRead, BufReader, Write},
    net::{SocketAddr, TcpStream},
    sync::Arc,
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use portico_parts::MailServers;
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

/// A conversation by lines.
struct Lines(BufReader<TcpStream>);

impl Lines {
    fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        let mut lines = Self(BufReader::new(stream));
        lines.read();
        lines
    }

    fn read(&mut self) -> String {
        let mut line = String::new();
        self.0.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    fn say(&mut self, line: &str) {
        self.0.get_mut().write_all(format!("{line}\r\n").as_bytes()).unwrap();
    }

    /// The lines up to the one that `ends` accepts, which is the last.
    fn until(&mut self, ends: impl Fn(&str) -> bool) -> Vec<String> {
        let mut all = Vec::new();
        loop {
            all.push(self.read());
            if ends(&all[all.len() - 1]) {
                return all;
            }
        }
    }

    /// The answer of an SMTP server.
    fn smtp(&mut self, line: &str) -> String {
        self.say(line);
        self.until(|line| line.as_bytes().get(3) != Some(&b'-')).pop().unwrap()
    }

    /// The answer of an IMAP server, with the lines before it.
    fn imap(&mut self, command: &str) -> Vec<String> {
        self.say(&format!("t {command}"));
        self.until(|line| line.starts_with("t "))
    }
}

fn xoauth2(user: &str, token: &str) -> String {
    STANDARD.encode(format!("user={user}\u{1}auth=Bearer {token}\u{1}\u{1}"))
}

fn bearer(user: &str, token: &str) -> String {
    STANDARD.encode(format!("n,a={user},\u{1}auth=Bearer {token}\u{1}\u{1}"))
}

/// Signs in; the refusal when there is one, after its challenge was answered.
fn sign_in(address: SocketAddr, mechanism: &str, response: &str) -> Result<Lines, String> {
    let mut imap = Lines::connect(address);
    imap.say(&format!("t AUTHENTICATE {mechanism} {response}"));
    loop {
        let line = imap.read();
        if line.starts_with("+ ") {
            imap.say(if mechanism == "XOAUTH2" { "" } else { "AQ==" });
        } else if line.starts_with("t OK") {
            return Ok(imap);
        } else if line.starts_with("t ") {
            return Err(line);
        }
    }
}

/// Sends a mail with a token; the refusal when there is one.
fn send(address: SocketAddr, user: &str, token: &str, to: &str, subject: &str) -> Result<(), String> {
    let mut smtp = Lines::connect(address);
    assert!(smtp.smtp("EHLO test.example").starts_with("250"));
    let mut answer = smtp.smtp(&format!("AUTH XOAUTH2 {}", xoauth2(user, token)));
    if answer.starts_with("334") {
        answer = smtp.smtp("");
    }
    if !answer.starts_with("235") {
        return Err(answer);
    }
    for (line, expected) in [
        (format!("MAIL FROM:<{user}>"), "250"),
        (format!("RCPT TO:<{to}>"), "250"),
        ("DATA".to_owned(), "354"),
        (format!("From: {user}\r\nTo: {to}\r\nSubject: {subject}\r\n\r\nhello\r\n."), "250"),
    ] {
        let answer = smtp.smtp(&line);
        assert!(answer.starts_with(expected), "{line}: {answer}");
    }
    Ok(())
}

fn has_mail(address: SocketAddr, user: &str, token: &str, subject: &str) -> bool {
    let mut imap = sign_in(address, "XOAUTH2", &xoauth2(user, token)).unwrap();
    imap.imap("SELECT INBOX");
    let found = imap.imap(&format!("SEARCH SUBJECT {subject}"));
    found.iter().any(|line| line.strip_prefix("* SEARCH ").is_some_and(|ids| !ids.trim().is_empty()))
}

async fn control(transport: &SandboxTransport, path: &str, body: Value) -> Value {
    let request = http::Request::builder().method("POST").uri(format!("http://sandbox.test/_sandbox/{path}"));
    let answer = transport.send(request.body(Bytes::from(body.to_string())).unwrap()).await.unwrap();
    assert_eq!(answer.status(), 200, "{}", String::from_utf8_lossy(answer.body()));
    serde_json::from_slice(answer.body()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_real_dovecot_and_a_real_postfix_accept_the_sandboxs_tokens() {
    const ANN: &str = "ann@example.com";
    const BOB: &str = "bob@example.com";
    let sandbox = Sandbox::open(None, World::real(), Arc::new(Nowhere)).unwrap();
    sandbox.seed_defaults().unwrap();
    let transport = SandboxTransport::new(sandbox.clone());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let check = format!("http://{}/_sandbox/mail-token", listener.local_addr().unwrap());
    tokio::spawn(portico_sandbox::serve(sandbox, listener, None));
    let Some(servers) = tokio::task::spawn_blocking(move || MailServers::start(&check)).await.unwrap() else { return };
    let (imap, smtp) = (servers.imap, servers.smtp);

    let mut tokens = Vec::new();
    for (account, scope) in [
        (ANN, "https://mail.google.com/"),
        (BOB, "https://mail.google.com/"),
        (ANN, "https://www.googleapis.com/auth/gmail.modify"),
    ] {
        let given = control(&transport, "tokens", json!({"account": account, "scopes": [scope]})).await;
        tokens.push(given["access_token"].as_str().unwrap().to_owned());
    }
    let [ann, bob, api_only] = tokens.try_into().unwrap_or_default();
    let revoked = ann.clone();
    tokio::task::spawn_blocking(move || {
        assert!(sign_in(imap, "XOAUTH2", &xoauth2(ANN, &ann)).is_ok());
        assert!(sign_in(imap, "OAUTHBEARER", &bearer(ANN, &ann)).is_ok());
        for (user, token, why) in [
            (ANN, "ya29.bogus", "an unknown token"),
            (ANN, bob.as_str(), "another person's token"),
            (ANN, api_only.as_str(), "a token without the scope for mail servers"),
        ] {
            let refusal = sign_in(imap, "XOAUTH2", &xoauth2(user, token)).err().expect(why);
            assert!(refusal.contains("AUTHENTICATIONFAILED"), "{why}: {refusal}");
            let refusal = send(smtp, user, token, BOB, "no").expect_err(why);
            assert!(refusal.starts_with("535"), "{why}: {refusal}");
        }
        send(smtp, ANN, &ann, BOB, "greetings").unwrap();
        let arrived = (0..100).any(|_| {
            let there = has_mail(imap, BOB, &bob, "greetings");
            if !there {
                std::thread::sleep(Duration::from_millis(200));
            }
            there
        });
        assert!(arrived, "the mail is not in the inbox");
    })
    .await
    .unwrap();

    control(&transport, "tokens/revoke", json!({"token": revoked})).await;
    tokio::task::spawn_blocking(move || {
        let refusal = sign_in(imap, "XOAUTH2", &xoauth2(ANN, &revoked)).err().expect("a revoked token");
        assert!(refusal.contains("AUTHENTICATIONFAILED"), "{refusal}");
    })
    .await
    .unwrap();
    drop(servers);
}
