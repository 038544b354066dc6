//! What Gmail remembers.

use std::collections::{BTreeMap, BTreeSet};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::state::{Table, TableLog};

/// A mailbox.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct MailboxRow {
    /// The history id of the last change.
    pub history: u64,
    /// The oldest history id from which the history can still be asked for.
    pub remembered: u64,
    /// The id of the last message, as a number.
    #[serde(default)]
    pub last_id: u64,
    /// The number of the last label that the person made.
    pub labels: u64,
    /// The settings of addresses to send as; the account's own is there once it was changed.
    pub send_as: BTreeMap<String, Map<String, Value>>,
    /// The answer while away, once it was set.
    pub vacation: Option<Map<String, Value>>,
    /// Who is told of changes, by OAuth project.
    pub watches: BTreeMap<String, WatchRow>,
}

/// A watch.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct WatchRow {
    /// The Pub/Sub topic.
    pub topic: String,
    /// The labels that it is about; empty: all.
    pub labels: BTreeSet<String>,
    /// Whether it is about all other labels instead.
    pub exclude: bool,
    /// When it ends.
    pub expires: Timestamp,
}

/// A message in one mailbox.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MessageRow {
    /// Its id there.
    pub id: String,
    /// Its conversation: the id of the first message in it.
    pub thread: String,
    /// Its labels.
    pub labels: BTreeSet<String>,
    /// Milliseconds.
    pub date: i64,
    /// The history id of the last change.
    pub history: u64,
    /// As it came over the wire, base64.
    raw: String,
}

impl MessageRow {
    /// A message that has just come.
    pub fn new(id: String, thread: String, labels: BTreeSet<String>, date: i64, raw: &[u8]) -> Self {
        Self { id, thread, labels, date, history: 0, raw: STANDARD.encode(raw) }
    }

    /// As it came over the wire.
    pub fn raw(&self) -> Vec<u8> {
        STANDARD.decode(&self.raw).unwrap_or_default()
    }

    /// Whether it has this label.
    pub fn has(&self, label: &str) -> bool {
        self.labels.contains(label)
    }

    /// Whether it lies where lists do not look by themselves.
    pub fn is_put_away(&self) -> bool {
        self.has("TRASH") || self.has("SPAM")
    }
}

/// A draft.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DraftRow {
    /// Its id.
    pub id: String,
    /// The message in it.
    pub message: String,
}

/// What happened to a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Happened {
    /// It came, was sent or was written.
    MessagesAdded,
    /// It was deleted for ever.
    MessagesDeleted,
    /// Labels were put on.
    LabelsAdded,
    /// Labels were taken off.
    LabelsRemoved,
}

/// A change in a mailbox.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct HistoryRow {
    /// Its history id.
    pub id: u64,
    /// What happened.
    pub what: Happened,
    /// The message.
    pub message: String,
    /// Its conversation.
    pub thread: String,
    /// Its labels after it.
    pub labels: BTreeSet<String>,
    /// The labels that were put on or taken off.
    pub changed: BTreeSet<String>,
}

/// What was published to Pub/Sub.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PublishedRow {
    /// The topic.
    pub topic: String,
    /// Whose mailbox.
    pub account: String,
    /// Where its history stood.
    pub history: u64,
    /// When.
    pub at: Timestamp,
}

/// The tables of Gmail.
#[derive(Default)]
pub struct GmailTables {
    /// Mailboxes by account.
    pub mailboxes: Table<MailboxRow>,
    /// Messages by account and id.
    pub messages: Table<MessageRow>,
    /// Drafts by account and id.
    pub drafts: Table<DraftRow>,
    /// The labels that people made, by account and id.
    pub labels: Table<Map<String, Value>>,
    /// Changes by account and history id.
    pub history: Table<HistoryRow>,
    /// What was published, in order.
    pub published: Table<PublishedRow>,
}

impl GmailTables {
    /// Every table with its name in the log.
    pub fn tables(&mut self) -> Vec<(&'static str, &mut dyn TableLog)> {
        vec![
            ("gmail_mailboxes", &mut self.mailboxes),
            ("gmail_messages", &mut self.messages),
            ("gmail_drafts", &mut self.drafts),
            ("gmail_labels", &mut self.labels),
            ("gmail_history", &mut self.history),
            ("gmail_published", &mut self.published),
        ]
    }

    /// The message of that id.
    pub fn message(&self, account: &str, id: &str) -> Option<&MessageRow> {
        self.messages.get(&key(account, id))
    }

    /// The messages of a mailbox, in the order of their ids.
    pub fn messages_of<'a>(&'a self, account: &str) -> impl Iterator<Item = &'a MessageRow> + use<'a> {
        let prefix = key(account, "");
        self.messages
            .range_from(prefix.clone())
            .take_while(move |(key, _)| key.starts_with(&prefix))
            .map(|(_, row)| row)
    }

    /// The messages of a conversation, the oldest first.
    pub fn thread(&self, account: &str, thread: &str) -> Vec<&MessageRow> {
        let mut rows: Vec<&MessageRow> = self.messages_of(account).filter(|row| row.thread == thread).collect();
        rows.sort_by(|a, b| (a.date, &a.id).cmp(&(b.date, &b.id)));
        rows
    }

    /// The mailbox; it begins with history id 1.
    pub fn mailbox(&mut self, account: &str) -> MailboxRow {
        if !self.mailboxes.contains(account) {
            self.mailboxes.put(account, MailboxRow { history: 1, ..MailboxRow::default() });
        }
        self.mailboxes.get(account).cloned().unwrap_or_default()
    }
}

/// The key of what lies in a mailbox.
pub fn key(account: &str, id: &str) -> String {
    format!("{account}\u{1f}{id}")
}
