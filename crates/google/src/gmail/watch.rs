use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    Error, GoogleService, Int64,
    gmail::{Gmail, message::decode},
    resource::resource,
};

resource! {
    /// A mailbox. <https://developers.google.com/workspace/gmail/api/reference/rest/v1/users/getProfile>
    pub struct Profile {
        /// The account's address.
        email_address: String = "emailAddress" personal,
        /// How many messages lie in it.
        messages_total: i64 = "messagesTotal",
        /// How many conversations.
        threads_total: i64 = "threadsTotal",
        /// Where its history stands. See [`History`](crate::gmail::History).
        history_id: Int64 = "historyId",
    }
}

impl Profile {
    /// Where the mailbox's history stands.
    pub fn history(&self) -> Option<i64> {
        self.history_id.map(|number| number.0)
    }
}

/// A wish to be told of changes through Pub/Sub.
/// <https://developers.google.com/workspace/gmail/api/guides/push>
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Watch {
    /// The topic, as `projects/<project>/topics/<name>`: in the project of the OAuth client, and Gmail must be allowed to
    /// publish to it.
    pub topic_name: String,
    /// The labels that count; all when empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub label_ids: Vec<String>,
    /// Whether those labels are the ones that count or the ones that do not.
    #[serde(rename = "labelFilterBehavior", skip_serializing_if = "Option::is_none")]
    pub label_filter: Option<LabelFilter>,
}

/// What a list of labels in a [`Watch`] means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum LabelFilter {
    /// Only these count.
    Include,
    /// All but these count.
    Exclude,
}

/// A watch that Google has begun. It ends after at most seven days: renew it every day.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(from = "Begun")]
pub struct Watching {
    /// Where the history stands.
    pub history_id: Option<i64>,
    /// When it ends.
    pub expiration: Option<Timestamp>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Begun {
    history_id: Option<Int64>,
    expiration: Option<Int64>,
}

impl From<Begun> for Watching {
    fn from(begun: Begun) -> Self {
        let expiration = begun.expiration.and_then(|at| Timestamp::from_millisecond(at.0).ok());
        Self { history_id: begun.history_id.map(|number| number.0), expiration }
    }
}

impl Gmail {
    /// Begins to publish changes, or renews: there is one watch for a mailbox and a client.
    pub async fn watch(&self, watch: &Watch) -> Result<Watching, Error> {
        let request = self.post("gmail.users.watch", "/watch", &[]);
        self.client().json(request.json(watch).repeatable()).await
    }

    /// Ends it.
    pub async fn stop(&self) -> Result<(), Error> {
        self.client().no_content(self.post("gmail.users.stop", "/stop", &[]).repeatable()).await
    }
}

/// What Gmail publishes: that a mailbox has changed, and nothing of what.
#[derive(Clone, PartialEq, Eq)]
pub struct Notification {
    /// Whose mailbox.
    pub email_address: String,
    /// Where its history stands now. It may be older than what is known: messages overtake each other.
    pub history_id: i64,
}

/// Does not show whose mailbox it is.
impl std::fmt::Debug for Notification {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Notification").field("history_id", &self.history_id).finish_non_exhaustive()
    }
}

impl Notification {
    /// Reads the body that Pub/Sub posts to a push subscription, or `data` of a pulled message put into the same form.
    /// `None` when it is something else.
    pub fn from_push(body: &[u8]) -> Option<Self> {
        #[derive(Deserialize)]
        struct Push {
            message: PubSubMessage,
        }
        #[derive(Deserialize)]
        struct PubSubMessage {
            data: String,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Data {
            email_address: String,
            history_id: Int64,
        }
        let push: Push = serde_json::from_slice(body).ok()?;
        let data: Data = serde_json::from_slice(&decode(&push.message.data).ok()?).ok()?;
        Some(Self { email_address: data.email_address, history_id: data.history_id.0 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_push_is_read_with_a_number_as_text_or_as_a_number() {
        for data in [r#"{"emailAddress":"a@b.c","historyId":"9"}"#, r#"{"emailAddress":"a@b.c","historyId":9}"#] {
            let body = serde_json::json!({"message": {"data": crate::gmail::message::encode(data.as_bytes()), "messageId": "1"},
                "subscription": "projects/p/subscriptions/s"});
            let read = Notification::from_push(body.to_string().as_bytes()).unwrap();
            assert_eq!((read.email_address.as_str(), read.history_id), ("a@b.c", 9));
            assert!(!format!("{read:?}").contains("a@b.c"));
        }
        for other in ["", "{}", r#"{"message":{"data":"e30"}}"#, r#"{"message":{"data":"?"}}"#] {
            assert_eq!(Notification::from_push(other.as_bytes()), None);
        }
    }
}
