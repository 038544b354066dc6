//! Key files: those that are read, and what is said of all others.

use portico_google::{
    Error, Kind, Next,
    auth::{KeyProblem, P12_PASSWORD, ServiceAccountKey},
};
use serde_json::{Value, json};

pub const ROBOT: &str = "robot@project-1.iam.gserviceaccount.com";
pub const CLIENT_ID: &str = "112233445566778899001";
pub const PEM: &str = include_str!("keys/key.pem");
pub const OTHER_PEM: &str = include_str!("keys/other.pem");

macro_rules! p12 {
    ($name:literal) => {
        include_bytes!(concat!("keys/", $name, ".p12"))
    };
}

pub fn json_key(pem: &str, id: &str) -> Value {
    json!({
        "type": "service_account", "project_id": "project-1", "private_key_id": id, "private_key": pem,
        "client_email": ROBOT, "client_id": CLIENT_ID, "auth_uri": "https://evil.example/auth",
        "token_uri": "https://evil.example/token", "universe_domain": "googleapis.com"})
}

pub fn key(pem: &str, id: &str) -> ServiceAccountKey {
    ServiceAccountKey::from_json(&json_key(pem, id).to_string()).unwrap()
}

/// No part of a key, a password or an address is in what is said.
#[track_caller]
fn problem(answer: Result<ServiceAccountKey, Error>) -> KeyProblem {
    let error = answer.unwrap_err();
    let said = format!("{error} {error:?}");
    for secret in [&PEM[40..80], "Häslo", "hush", ROBOT, "ann@"] {
        assert!(!said.contains(secret), "{secret} is in {said}");
    }
    assert_eq!(error.next(), Next::FixSetup);
    assert!(error.message().is_some_and(|message| !message.is_empty()), "{said}");
    match error.kind() {
        Kind::Key(problem) => *problem,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_json_key_is_read_with_and_without_what_is_not_needed() {
    let whole = key(PEM, "k1");
    assert_eq!((whole.email(), whole.key_id(), whole.client_id()), (ROBOT, Some("k1"), Some(CLIENT_ID)));
    assert_eq!(whole.project_id(), Some("project-1"));
    assert!(!format!("{whole:?}").contains("BEGIN") && !format!("{whole:?}").contains("robot@"));
    let bare = json!({"type": "service_account", "private_key": PEM, "client_email": ROBOT}).to_string();
    let bare = ServiceAccountKey::from_json(&bare).unwrap();
    assert_eq!((bare.key_id(), bare.client_id(), bare.project_id()), (None, None, None));
    // As an editor on Windows saves it, and with line ends that were escaped twice.
    let text = format!("\u{feff}{}\r\n", json_key(&PEM.replace('\n', "\\n"), "k1"));
    ServiceAccountKey::from_json(&text).unwrap();
}

#[test]
fn a_p12_key_is_read_in_every_form() {
    for (file, password) in [
        (&p12!("legacy")[..], P12_PASSWORD),
        (p12!("modern"), P12_PASSWORD),
        (p12!("password"), "Häslo 1"),
        (p12!("empty-password"), ""),
        (p12!("chain"), P12_PASSWORD),
        (p12!("no-mac"), P12_PASSWORD),
    ] {
        let key = ServiceAccountKey::from_p12(file, password, ROBOT).unwrap();
        assert_eq!((key.email(), key.client_id(), key.project_id()), (ROBOT, Some(CLIENT_ID), Some("project-1")));
    }
}

#[test]
fn a_wrong_password_is_told_apart_from_a_broken_file() {
    for file in [&p12!("legacy")[..], p12!("modern"), p12!("password"), p12!("chain"), p12!("no-mac")] {
        for password in ["wrong", "", "Häslo 2"] {
            assert_eq!(problem(ServiceAccountKey::from_p12(file, password, ROBOT)), KeyProblem::WrongPassword);
        }
        for cut in [5, 100, file.len() / 2, file.len() - 1] {
            let answer = ServiceAccountKey::from_p12(&file[..cut], P12_PASSWORD, ROBOT);
            assert_eq!(problem(answer), KeyProblem::Truncated, "{cut}");
        }
    }
}

#[test]
fn one_changed_byte_is_a_damaged_file_and_no_wrong_password() {
    for (file, password) in [
        (&p12!("legacy")[..], P12_PASSWORD),
        (p12!("modern"), P12_PASSWORD),
        (p12!("password"), "Häslo 1"),
        (p12!("chain"), P12_PASSWORD),
    ] {
        // In the checksum at the end of the file, and in the middle of the key before it.
        for back in [20, 30, 600, 800] {
            let mut damaged = file.to_vec();
            let at = damaged.len() - back;
            damaged[at] ^= 0x55;
            assert_eq!(
                problem(ServiceAccountKey::from_p12(&damaged, password, ROBOT)),
                KeyProblem::Malformed,
                "{back}"
            );
            let wrong = ServiceAccountKey::from_p12(&damaged, "wrong", ROBOT);
            assert_eq!(problem(wrong), KeyProblem::WrongPassword, "{back}");
        }
    }
}

#[test]
fn p12_files_that_are_no_keys_say_what_they_are() {
    for (file, expected) in [
        (&p12!("certificate-only")[..], KeyProblem::NoPrivateKey),
        (p12!("ec"), KeyProblem::NotRsa),
        (p12!("rc4"), KeyProblem::UnsupportedEncryption),
        (b"", KeyProblem::Malformed),
        (b"hush", KeyProblem::Malformed),
        (b"{\"type\":\"service_account\"}", KeyProblem::OtherType),
        (PEM.as_bytes(), KeyProblem::OtherType),
        (&[0x30, 0x03, 0x02, 0x01, 0x03], KeyProblem::Malformed),
        (&vec![0x30; 400_000], KeyProblem::Malformed),
    ] {
        assert_eq!(problem(ServiceAccountKey::from_p12(file, P12_PASSWORD, ROBOT)), expected);
    }
    for email in ["", "ann@example.com", "robot", "robot@", "a b@x.gserviceaccount.com", "a@b@x.gserviceaccount.com"] {
        let answer = ServiceAccountKey::from_p12(p12!("modern"), P12_PASSWORD, email);
        assert_eq!(problem(answer), KeyProblem::Email, "{email}");
    }
}

#[test]
fn json_that_is_no_key_says_what_it_is() {
    let whole = json_key(PEM, "k1");
    let with = |field: &str, value: Value| {
        let mut changed = whole.clone();
        changed[field] = value;
        changed.to_string()
    };
    let without = |field: &str| {
        let mut changed = whole.clone();
        changed.as_object_mut().unwrap().remove(field);
        changed.to_string()
    };
    let text = whole.to_string();
    let half_key = &PEM[..PEM.len() / 2];
    let garbled = PEM.replacen(&PEM[60..70], "AAAAAAAAAA", 1);
    for (text, expected) in [
        (text[..text.len() / 2].to_owned(), KeyProblem::Truncated),
        (text[..text.len() - 1].to_owned(), KeyProblem::Truncated),
        (String::new(), KeyProblem::Malformed),
        ("hush".into(), KeyProblem::Malformed),
        ("[1, 2]".into(), KeyProblem::Malformed),
        (with("client_email", json!(7)), KeyProblem::Malformed),
        (PEM.to_owned(), KeyProblem::OtherType),
        (r#"{"web":{"client_id":"1","client_secret":"hush"}}"#.into(), KeyProblem::OtherType),
        (r#"{"installed":{"client_id":"1"}}"#.into(), KeyProblem::OtherType),
        (with("type", json!("authorized_user")), KeyProblem::OtherType),
        (with("type", json!("external_account")), KeyProblem::OtherType),
        (without("type"), KeyProblem::OtherType),
        (without("client_email"), KeyProblem::Incomplete),
        (without("private_key"), KeyProblem::Incomplete),
        (with("private_key", json!("")), KeyProblem::Incomplete),
        (with("client_email", json!("ann@example.com")), KeyProblem::Email),
        (with("private_key", json!(half_key)), KeyProblem::Truncated),
        (with("private_key", json!("hush")), KeyProblem::NotRsa),
        (with("private_key", json!(garbled)), KeyProblem::NotRsa),
    ] {
        assert_eq!(problem(ServiceAccountKey::from_json(&text)), expected, "{}", &text[..text.len().min(60)]);
    }
}
