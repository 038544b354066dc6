//! What the control plane does with mail: a message that comes from outside.

use std::{collections::BTreeSet, fmt::Write as _};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::{Timestamp, tz::TimeZone};
use portico_world::Rng;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{deliver, labels, view};
use crate::{oauth::tokens, state::State};

/// `POST mailbox`: a message whole (`raw`), or what it is to say.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Wanted {
    account: String,
    raw: Option<String>,
    from: Option<String>,
    to: Option<String>,
    subject: Option<String>,
    text: Option<String>,
    html: Option<String>,
    message_id: Option<String>,
    in_reply_to: Option<String>,
    labels: Option<BTreeSet<String>>,
    date: Option<Timestamp>,
}

/// Puts a message into a mailbox as if it had come in. A refusal is a sentence.
pub fn put(state: &mut State, rng: &dyn Rng, now: Timestamp, wanted: &Wanted) -> Result<Value, String> {
    let account = state.user(&wanted.account).filter(|user| user.is_person()).map(|user| user.email.clone());
    let account = account.ok_or_else(|| format!("there is no mailbox {:?}: make the account first", wanted.account))?;
    let raw = match &wanted.raw {
        Some(raw) => raw.replace("\r\n", "\n").replace('\n', "\r\n"),
        None => composed(&account, rng, now, wanted),
    };
    let names = wanted.labels.clone().unwrap_or_else(|| ["INBOX", "UNREAD"].map(str::to_owned).into());
    let found: Option<BTreeSet<String>> = names.iter().map(|name| labels::named(state, &account, name)).collect();
    let found = found.ok_or_else(|| "there is no such label: make it with labels.create first".to_owned())?;
    let thread = deliver::thread_of(state, &account, raw.as_bytes());
    let date = wanted.date.unwrap_or(now).as_millisecond();
    let id = deliver::store(state, rng, &account, raw.as_bytes(), found, thread, date, now);
    Ok(state.gmail.message(&account, &id).map(view::labelled).unwrap_or_default())
}

fn composed(account: &str, rng: &dyn Rng, now: Timestamp, wanted: &Wanted) -> String {
    let line = |text: &str| text.replace(['\r', '\n'], " ");
    let mut raw = String::new();
    let mut field = |name: &str, value: &str| {
        let _ = write!(raw, "{name}: {}\r\n", line(value));
    };
    field("From", wanted.from.as_deref().unwrap_or("Somebody <somebody@elsewhere.example>"));
    field("To", wanted.to.as_deref().unwrap_or(account));
    let subject = wanted.subject.as_deref().unwrap_or("Hello");
    let words: Vec<String> = subject
        .chars()
        .collect::<Vec<_>>()
        .chunks(10)
        .map(|some| format!("=?UTF-8?B?{}?=", STANDARD.encode(some.iter().collect::<String>())))
        .collect();
    field("Subject", &if subject.is_ascii() { subject.to_owned() } else { words.join(" ") });
    let date = wanted.date.unwrap_or(now).to_zoned(TimeZone::UTC);
    field("Date", &date.strftime("%a, %d %b %Y %H:%M:%S +0000").to_string());
    let own = format!("<{}@elsewhere.example>", tokens::random(rng, 12));
    field("Message-ID", wanted.message_id.as_deref().unwrap_or(&own));
    if let Some(id) = &wanted.in_reply_to {
        field("In-Reply-To", id);
        field("References", id);
    }
    field("MIME-Version", "1.0");
    let part = |kind: &str, text: &str| {
        format!(
            "Content-Type: text/{kind}; charset=\"UTF-8\"\r\nContent-Transfer-Encoding: base64\r\n\r\n{}\r\n",
            STANDARD.encode(text)
        )
    };
    let text = wanted.text.as_deref().unwrap_or_default();
    match &wanted.html {
        None => raw + &part("plain", text),
        Some(html) => {
            let edge = tokens::random(rng, 18);
            raw + &format!(
                "Content-Type: multipart/alternative; boundary=\"{edge}\"\r\n\r\n--{edge}\r\n{}--{edge}\r\n{}--{edge}--\r\n",
                part("plain", text),
                part("html", html)
            )
        }
    }
}

/// `GET mailbox?account=`: what lies in a mailbox, the newest first.
pub fn list(state: &State, account: &str) -> Value {
    let account = state.user(account).map(|user| user.email.clone()).unwrap_or_default();
    let mut rows: Vec<_> = state.gmail.messages_of(&account).collect();
    rows.sort_by(|a, b| (b.date, &b.id).cmp(&(a.date, &a.id)));
    let items: Vec<Value> = rows
        .into_iter()
        .map(|row| {
            let mut shown = view::labelled(row);
            shown["raw"] = json!(String::from_utf8_lossy(&row.raw()));
            shown
        })
        .collect();
    json!({"items": items})
}
