use serde::Deserialize;

use crate::{
    Error, GoogleService, Int64, Items, Kind, Listed,
    gmail::{Gmail, Message},
    items,
    resource::resource,
};

/// What has changed in the mailbox since a history id: how a mirror keeps up.
///
/// The first full read stores [`Profile::history_id`](crate::gmail::Profile) from **before** it began; each increment stores the
/// page's [`HistoryPage::history_id`]. Records are partial: read each message they name again.
/// <https://developers.google.com/workspace/gmail/api/guides/sync>
#[derive(Clone, Copy)]
pub struct History<'a> {
    pub(crate) service: &'a Gmail,
}

/// Which changes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HistoryQuery {
    /// Only what came after this history id.
    pub since: i64,
    /// Only these kinds; all when none is named.
    pub types: Vec<HistoryType>,
    /// Only of messages with this label.
    pub label_id: Option<String>,
    /// Records a page at most, 1 to 500.
    pub max_results: Option<u32>,
    /// The page with this token.
    pub page_token: Option<String>,
}

/// A kind of change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HistoryType {
    /// A message came, was sent or was written.
    MessageAdded,
    /// A message was deleted for ever.
    MessageDeleted,
    /// Labels were put on.
    LabelAdded,
    /// Labels were taken off.
    LabelRemoved,
}

impl HistoryType {
    fn as_str(self) -> &'static str {
        match self {
            Self::MessageAdded => "messageAdded",
            Self::MessageDeleted => "messageDeleted",
            Self::LabelAdded => "labelAdded",
            Self::LabelRemoved => "labelRemoved",
        }
    }
}

/// One page of changes, in order.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(from = "Envelope")]
pub struct HistoryPage {
    /// The changes; empty when nothing has changed.
    pub history: Listed<HistoryRecord>,
    /// The next page, if there is one.
    pub next_page_token: Option<String>,
    /// Where the mailbox stands: from here the next increment begins.
    pub history_id: Option<i64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Envelope {
    #[serde(default)]
    history: Listed<HistoryRecord>,
    next_page_token: Option<String>,
    history_id: Option<Int64>,
}

impl From<Envelope> for HistoryPage {
    fn from(page: Envelope) -> Self {
        let history_id = page.history_id.map(|number| number.0);
        Self { history: page.history, next_page_token: page.next_page_token, history_id }
    }
}

resource! {
    /// One change.
    pub struct HistoryRecord {
        /// Its history id.
        id: Int64 = "id",
        /// Every message that it touches.
        messages: Vec<Message> = "messages",
        /// Messages that came.
        messages_added: Vec<HistoryMessage> = "messagesAdded",
        /// Messages that were deleted for ever.
        messages_deleted: Vec<HistoryMessage> = "messagesDeleted",
        /// Labels that were put on.
        labels_added: Vec<HistoryLabels> = "labelsAdded",
        /// Labels that were taken off.
        labels_removed: Vec<HistoryLabels> = "labelsRemoved",
    }
}

resource! {
    /// A message that came or went.
    pub struct HistoryMessage {
        /// Its ids and labels.
        message: Message = "message",
    }
}

resource! {
    /// A message whose labels changed.
    pub struct HistoryLabels {
        /// Its ids, and its labels after the change.
        message: Message = "message",
        /// The labels that were put on or taken off.
        label_ids: Vec<String> = "labelIds",
    }
}

impl HistoryRecord {
    /// The ids of the messages that are to be read again, each once.
    pub fn touched(&self) -> Vec<&str> {
        let partial = self
            .messages_added
            .iter()
            .chain(&self.messages_deleted)
            .flatten()
            .map(|one| one.message.as_ref())
            .chain(self.labels_added.iter().chain(&self.labels_removed).flatten().map(|one| one.message.as_ref()))
            .flatten();
        let mut ids: Vec<&str> = Vec::new();
        for id in self.messages.iter().flatten().chain(partial).filter_map(|message| message.id.as_deref()) {
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        ids
    }
}

impl<'a> History<'a> {
    /// One page of changes. A history id that is too old (older than about a week) is [`Kind::FullSyncRequired`].
    pub async fn list(self, query: &HistoryQuery) -> Result<HistoryPage, Error> {
        let count = query.max_results.unwrap_or(500).clamp(1, 500).to_string();
        let request = self.service.get("gmail.users.history.list", "/history", &[]);
        let request = query.types.iter().fold(request, |request, kind| request.query("historyTypes", kind.as_str()));
        let request = request
            .query("startHistoryId", &query.since.to_string())
            .query("maxResults", &count)
            .query_opt("labelId", query.label_id.as_deref())
            .query_opt("pageToken", query.page_token.as_deref());
        // Google has no status of its own for it: what is not found here is the history.
        self.service.client().json(request).await.map_err(|error| match error.kind() {
            Kind::NotFound => error.of_kind(Kind::FullSyncRequired),
            _ => error,
        })
    }

    /// All changes, page by page. Who wants the history id at the end asks for the pages with [`History::list`].
    pub fn list_all(self, query: HistoryQuery) -> Items<'a, HistoryRecord> {
        items("gmail.users.history.list", query.page_token.clone(), move |page_token| {
            let query = HistoryQuery { page_token, ..query.clone() };
            async move { self.list(&query).await.map(Into::into) }
        })
    }
}
