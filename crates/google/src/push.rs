//! Push messages: what Google tells a web hook when something that is watched has changed.
//! <https://developers.google.com/workspace/calendar/api/guides/push#receiving-notifications>

use std::fmt;

use http::HeaderMap;
use jiff::Timestamp;
use portico_world::SecretString;

use crate::{credentials::same, retry::http_date};

/// One message. Its body is empty: it says that something has changed, and never what.
#[derive(Clone)]
pub struct Notification {
    /// The caller's id of the channel. Anybody may send one: find the channel by it, then compare the token.
    pub channel_id: String,
    /// Rises with each message of the channel, not by one. The `sync` message has 1.
    pub message_number: u64,
    /// Google's name of what is watched.
    pub resource_id: String,
    /// What happened to it.
    pub state: ResourceState,
    /// The address of what is watched.
    pub resource_uri: Option<String>,
    /// When the channel ends.
    pub expiration: Option<Timestamp>,
    token: Option<SecretString>,
}

/// Shows neither the token nor the address, which names a calendar, often by a person's.
impl fmt::Debug for Notification {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Notification");
        shown.field("channel_id", &self.channel_id).field("message_number", &self.message_number);
        shown.field("resource_id", &self.resource_id).field("state", &self.state).finish_non_exhaustive()
    }
}

/// What a message says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ResourceState {
    /// The channel has begun. Nothing has changed; it may come before the answer to the watch call.
    Sync,
    /// Something has changed.
    Exists,
    /// What was watched is gone.
    NotExists,
    /// A state that this library does not know: treat it as a change.
    Other(String),
}

/// Headers that are no push message. Answer 400.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a push message of Google's: the header {header} is missing or malformed")]
pub struct NotANotification {
    /// The header that is missing or malformed.
    pub header: &'static str,
}

impl Notification {
    /// Reads the `X-Goog-…` headers of a request to the web hook.
    pub fn parse(headers: &HeaderMap) -> Result<Self, NotANotification> {
        let text = |name: &'static str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let needed =
            |header: &'static str| text(header).filter(|text| !text.is_empty()).ok_or(NotANotification { header });
        let number = needed("x-goog-message-number")?;
        Ok(Self {
            channel_id: needed("x-goog-channel-id")?,
            message_number: number.parse().map_err(|_| NotANotification { header: "x-goog-message-number" })?,
            resource_id: needed("x-goog-resource-id")?,
            state: match needed("x-goog-resource-state")?.as_str() {
                "sync" => ResourceState::Sync,
                "exists" => ResourceState::Exists,
                "not_exists" => ResourceState::NotExists,
                other => ResourceState::Other(other.to_owned()),
            },
            resource_uri: text("x-goog-resource-uri"),
            expiration: text("x-goog-channel-expiration").as_deref().and_then(http_date),
            token: text("x-goog-channel-token").map(Into::into),
        })
    }

    /// Whether the message carries the token that the channel was begun with; compared in constant time.
    pub fn token_matches(&self, expected: &SecretString) -> bool {
        self.token.as_ref().is_some_and(|token| same(token, expected))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(changes: &[(&'static str, Option<&'static str>)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        let all = [
            ("x-goog-channel-id", Some("c1")),
            ("x-goog-message-number", Some("10")),
            ("x-goog-resource-id", Some("ret08u3rv24htgh289g")),
            ("x-goog-resource-state", Some("exists")),
            ("x-goog-resource-uri", Some("https://www.googleapis.com/calendar/v3/calendars/a/events?alt=json")),
            ("x-goog-channel-expiration", Some("Tue, 19 Nov 2030 01:13:52 GMT")),
            ("x-goog-channel-token", Some("hush")),
        ];
        for (name, value) in all.iter().chain(changes) {
            match value {
                Some(value) => headers.insert(*name, value.parse().unwrap()),
                None => headers.remove(*name),
            };
        }
        headers
    }

    #[test]
    fn a_message_is_read_and_its_token_compared() {
        let message = Notification::parse(&headers(&[])).unwrap();
        assert_eq!((message.channel_id.as_str(), message.message_number), ("c1", 10));
        assert_eq!(message.state, ResourceState::Exists);
        assert_eq!(message.expiration, Some("2030-11-19T01:13:52Z".parse().unwrap()));
        assert!(message.token_matches(&"hush".into()));
        assert!(!message.token_matches(&"hus".into()) && !message.token_matches(&"".into()));
        assert!(!format!("{message:?}").contains("hush"));
    }

    #[test]
    fn every_state_and_a_message_without_the_optional_parts() {
        for (text, state) in [
            ("sync", ResourceState::Sync),
            ("not_exists", ResourceState::NotExists),
            ("renamed", ResourceState::Other("renamed".into())),
        ] {
            let headers = headers(&[
                ("x-goog-resource-state", Some(text)),
                ("x-goog-channel-token", None),
                ("x-goog-channel-expiration", None),
                ("x-goog-resource-uri", None),
            ]);
            let message = Notification::parse(&headers).unwrap();
            assert_eq!(message.state, state);
            assert!(!message.token_matches(&"".into()), "no token matches nothing");
        }
    }

    #[test]
    fn what_is_missing_is_named() {
        for header in ["x-goog-channel-id", "x-goog-message-number", "x-goog-resource-id", "x-goog-resource-state"] {
            assert_eq!(Notification::parse(&headers(&[(header, None)])).unwrap_err(), NotANotification { header });
        }
        let number = Notification::parse(&headers(&[("x-goog-message-number", Some("-1"))]));
        assert_eq!(number.unwrap_err().header, "x-goog-message-number");
    }
}
