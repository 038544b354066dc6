use std::collections::BTreeMap;

use base64::{Engine as _, engine::general_purpose::URL_SAFE};
use portico_google::gmail::{Label, Message, scopes};
use serde_json::{Value, json};

use super::{captures, differences, read};
use crate::google::Google;

#[test]
fn captured_mail_goes_out_as_it_came() {
    let Some(folder) = captures() else { return };
    let (_, value) = read(&folder, "mail/message_full.json");
    let message: Message = serde_json::from_value(value.clone()).unwrap();
    assert_eq!(serde_json::to_value(&message).unwrap(), value);
    assert!(message.other.is_empty());
    assert_eq!(message.header("MESSAGE-ID"), Some("<message-1@mail.gmail.test>"));
    let (_, value) = read(&folder, "mail/labels.json");
    let labels: Vec<Label> = serde_json::from_value(value["labels"].clone()).unwrap();
    assert_eq!(serde_json::to_value(&labels).unwrap(), value["labels"]);
    assert!(labels.iter().all(|label| label.other.is_empty()));
}

#[tokio::test]
async fn captured_mail_made_anew_has_the_same_keys_and_types() {
    let Some(folder) = captures() else { return };
    let (_, captured) = read(&folder, "mail/message_full.json");
    let header = |message: &Value, name: &str| {
        let headers = message["payload"]["headers"].as_array().unwrap();
        let found = headers.iter().find(|header| header["name"].as_str().unwrap().eq_ignore_ascii_case(name)).unwrap();
        found["value"].as_str().unwrap().to_owned()
    };
    let to = header(&captured, "To");
    let google = Google::with(&[&to]).await;
    let token = google.token(&to, &[scopes::MAIL]).await;
    let ask = async |verb: &str, path: &str, body: Value| {
        let (status, answer) =
            google.ask(&token, verb, &format!("gmail.googleapis.com/gmail/v1/users/me/{path}"), body).await;
        assert_eq!(status, 200, "{path}: {answer}");
        answer
    };
    let text = URL_SAFE.decode(captured["payload"]["body"]["data"].as_str().unwrap()).unwrap();
    let mut raw = String::new();
    for name in ["To", "Subject", "MIME-Version", "Content-Type"] {
        raw.push_str(&format!("{name}: {}\r\n", header(&captured, name)));
    }
    raw.push_str("\r\n");
    raw.push_str(std::str::from_utf8(&text).unwrap());
    let sent = ask("POST", "messages/send", json!({"raw": URL_SAFE.encode(raw)})).await;
    let anew = ask("GET", &format!("messages/{}?format=full", sent["id"].as_str().unwrap()), Value::Null).await;
    assert_eq!(differences(&captured, &anew), [""; 0]);
    assert_eq!((&anew["payload"]["body"], &anew["snippet"]), (&captured["payload"]["body"], &captured["snippet"]));
    assert_eq!(anew["id"], anew["threadId"]);
    let names = |message: &Value| -> Vec<String> {
        let headers = message["payload"]["headers"].as_array().unwrap();
        let mut names: Vec<_> = headers.iter().map(|header| header["name"].as_str().unwrap().to_lowercase()).collect();
        names.sort_unstable();
        names.dedup();
        names
    };
    assert_eq!(names(&anew), names(&captured));
    let labels = |message: &Value| {
        let mut labels: Vec<_> = message["labelIds"].as_array().unwrap().iter().map(Value::to_string).collect();
        labels.sort_unstable();
        labels
    };
    assert_eq!(labels(&anew), labels(&captured));

    let (_, captured) = read(&folder, "mail/labels.json");
    ask("POST", "labels", json!({"name": "Fixture Label"})).await;
    let anew = ask("GET", "labels", Value::Null).await;
    let by_name = |labels: &Value| -> BTreeMap<String, Value> {
        let labels = labels["labels"].as_array().unwrap().iter().cloned();
        let steady = labels.map(|mut label| {
            let name = label["name"].as_str().unwrap().to_owned();
            if label["type"] == "user" {
                label["id"] = json!("Label_1");
            }
            (name, label)
        });
        steady.collect()
    };
    assert_eq!(by_name(&captured), by_name(&anew));
}
