use serde::Deserialize;

use crate::{
    Listed, Page,
    gmail::{Draft, HistoryPage, HistoryRecord, Message, Thread},
};

/// One page of a list of messages, each with its id and its conversation's alone.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct MessagePage {
    /// The newest first. A page may be empty although others follow.
    pub messages: Listed<Message>,
    /// The next page, if there is one.
    pub next_page_token: Option<String>,
    /// How many there are, roughly.
    pub result_size_estimate: Option<u64>,
}

/// One page of a list of conversations, each with its id and how it begins alone.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ThreadPage {
    /// The newest first.
    pub threads: Listed<Thread>,
    /// The next page, if there is one.
    pub next_page_token: Option<String>,
    /// How many there are, roughly.
    pub result_size_estimate: Option<u64>,
}

/// One page of a list of drafts, each with its ids alone.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DraftPage {
    /// The newest first.
    pub drafts: Listed<Draft>,
    /// The next page, if there is one.
    pub next_page_token: Option<String>,
    /// How many there are, roughly.
    pub result_size_estimate: Option<u64>,
}

impl From<MessagePage> for Page<Message> {
    fn from(page: MessagePage) -> Self {
        Self { items: page.messages, next: page.next_page_token }
    }
}

impl From<ThreadPage> for Page<Thread> {
    fn from(page: ThreadPage) -> Self {
        Self { items: page.threads, next: page.next_page_token }
    }
}

impl From<DraftPage> for Page<Draft> {
    fn from(page: DraftPage) -> Self {
        Self { items: page.drafts, next: page.next_page_token }
    }
}

impl From<HistoryPage> for Page<HistoryRecord> {
    fn from(page: HistoryPage) -> Self {
        Self { items: page.history, next: page.next_page_token }
    }
}
