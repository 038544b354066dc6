//! Mail on its way: what Gmail makes of a message that is sent, who gets it, and which conversation it joins.

use std::collections::BTreeSet;

use jiff::{Timestamp, tz::TimeZone};
use portico_world::Rng;

use super::{
    errors,
    head::{self, Source},
    history,
    tables::{Happened, MessageRow, key},
};
use crate::{
    http::{ApiError, Call},
    oauth::tokens,
    state::{Mail, State, UserKind},
};

/// As the `Date` field has it.
fn written(now: Timestamp) -> String {
    now.to_zoned(TimeZone::UTC).strftime("%a, %d %b %Y %H:%M:%S +0000").to_string()
}

/// Milliseconds of the `Date` field.
pub fn date(raw: &[u8]) -> Option<i64> {
    let text = Source::new(raw).field("Date");
    let date = mail_parser::DateTime::parse_rfc822(&text)?;
    date.is_valid().then(|| date.to_timestamp().saturating_mul(1000))
}

/// The conversation that a message belongs to: that of a message which it names, if the subject is the same.
pub fn thread_of(state: &State, account: &str, raw: &[u8]) -> Option<String> {
    let source = Source::new(raw);
    let named = format!("{} {}", source.field("References"), source.field("In-Reply-To"));
    let (named, topic) = (head::ids(&named), head::topic(&source.field("Subject")));
    if named.is_empty() {
        return None;
    }
    let mut rows: Vec<&MessageRow> = state.gmail.messages_of(account).collect();
    rows.sort_by_key(|row| std::cmp::Reverse(row.date));
    let fits = |row: &&MessageRow| {
        let raw = row.raw();
        let other = Source::new(&raw);
        named.contains(&other.field("Message-ID").as_str()) && head::topic(&other.field("Subject")) == topic
    };
    rows.into_iter().find(fits).map(|row| row.thread.clone())
}

/// The conversation that was asked for, if there is one and the message fits into it; else none.
pub fn joined(state: &State, account: &str, raw: &[u8], thread: &str) -> Result<Option<String>, ApiError> {
    if state.gmail.thread(account, thread).is_empty() {
        return Err(errors::not_found());
    }
    Ok(thread_of(state, account, raw).filter(|own| own == thread))
}

/// Puts a message into a mailbox and gives its id. Without a conversation it begins one.
#[expect(clippy::too_many_arguments, reason = "a message has that many properties")]
pub fn store(
    state: &mut State,
    rng: &dyn Rng,
    account: &str,
    raw: &[u8],
    labels: BTreeSet<String>,
    thread: Option<String>,
    date: i64,
    now: Timestamp,
) -> String {
    // As Gmail's own: the time, then chance; a later message has a greater id.
    let number = (now.as_millisecond().unsigned_abs() << 20) | (rng.next_u64() & 0xffff);
    let last = state.gmail.mailbox(account).last_id;
    let number = if number > last { number } else { last + 1 + rng.below(64) };
    let id = format!("{number:016x}");
    state.gmail.mailboxes.update(account, |mailbox| mailbox.last_id = number);
    let row = MessageRow::new(id.clone(), thread.unwrap_or_else(|| id.clone()), labels, date, raw);
    state.gmail.messages.put(key(account, &id), row.clone());
    history::note(state, account, &row, Happened::MessagesAdded, BTreeSet::new(), now);
    id
}

/// A message with what Gmail adds to it: a `From` of the account's own, a `Date`, a `Message-Id`.
pub fn completed(state: &mut State, call: &Call, raw: &[u8]) -> Vec<u8> {
    let mut source = Source::new(raw);
    let mailbox = state.gmail.mailbox(&call.account);
    let user = state.user(&call.account).cloned();
    let is_own = |address: &String| {
        *address == call.account
            || user.as_ref().is_some_and(|user| user.aliases.contains(address))
            || mailbox
                .send_as
                .get(address)
                .is_some_and(|row| row.get("verificationStatus").is_none_or(|s| s == "accepted"))
    };
    if !source.addresses("From").first().is_some_and(is_own) {
        let name = user.map(|user| user.name).unwrap_or_default();
        let from = if name.is_ascii() && !name.is_empty() {
            format!("\"{}\" <{}>", name.replace(['"', '\\'], ""), call.account)
        } else {
            call.account.clone()
        };
        source.set("From", &from);
    }
    if source.field("Date").is_empty() {
        source.set("Date", &written(call.now));
    }
    source.set("Message-Id", &format!("<CA{}@mail.gmail.com>", tokens::random(&*call.rng, 30)));
    source.bytes()
}

/// Sends a message: into the mailboxes of those who have one here, into the outbox for everybody. Gives the id of the
/// sender's own copy.
pub fn send(state: &mut State, call: &Call, raw: &[u8], thread: Option<&str>) -> Result<String, ApiError> {
    let recipients: BTreeSet<String> = {
        let source = Source::new(raw);
        ["To", "Cc", "Bcc"].iter().flat_map(|field| source.addresses(field)).collect()
    };
    if recipients.is_empty() {
        return Err(errors::invalid("Recipient address required"));
    }
    if let Some(bad) = recipients.iter().find(|address| !address.contains('@')) {
        return Err(errors::invalid(format!("Invalid To header: {bad}")));
    }
    let thread = thread.map(|thread| joined(state, &call.account, raw, thread)).transpose()?.flatten();
    let completed = completed(state, call, raw);
    let mut source = Source::new(&completed);
    let received =
        format!("from {} named unknown by gmailapi.google.com with HTTPREST; {}", call.project, written(call.now));
    source.begin("Received", &received);
    let (kept, subject) = (source.bytes(), source.field("Subject"));
    source.remove("Bcc");
    let sent = source.bytes();

    let mut accounts = BTreeSet::new();
    for address in &recipients {
        people(state, address, &mut accounts, 8);
        state.send_mail(Mail {
            to: address.clone(),
            from: call.account.clone(),
            kind: "message".to_owned(),
            calendar_id: String::new(),
            event_id: String::new(),
            ical_uid: String::new(),
            summary: subject.clone(),
            at: call.now,
        });
    }
    let now = call.now.as_millisecond();
    let mut labels = BTreeSet::from(["SENT".to_owned()]);
    if accounts.remove(&call.account) {
        labels.extend(["INBOX".to_owned(), "UNREAD".to_owned()]);
    }
    let id = store(state, &*call.rng, &call.account, &kept, labels, thread, now, call.now);
    for account in accounts {
        let thread = thread_of(state, &account, &sent);
        let labels = BTreeSet::from(["INBOX".to_owned(), "UNREAD".to_owned()]);
        store(state, &*call.rng, &account, &sent, labels, thread, now, call.now);
    }
    Ok(id)
}

/// The accounts behind an address: one, or the members of a group.
fn people(state: &State, address: &str, found: &mut BTreeSet<String>, depth: u8) {
    match state.user(address) {
        Some(user) if user.kind == UserKind::Group => {
            for member in user.members.iter().filter(|_| depth > 0) {
                people(state, member, found, depth - 1);
            }
        }
        Some(user) => {
            found.insert(user.email.clone());
        }
        None => {}
    }
}
