use std::{fmt, time::Duration};

use jiff::Timestamp;
use portico_world::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer, de};
use serde_json::{Value, json};

use crate::{Error, GoogleService, calendar::Calendar};

/// Push channels. <https://developers.google.com/workspace/calendar/api/guides/push>
#[derive(Clone, Copy)]
pub struct Channels<'a> {
    pub(crate) service: &'a Calendar,
}

impl Channels<'_> {
    /// Ends a channel, for the same account and client that began it. [`Error::is_absent`] means that it had ended.
    pub async fn stop(self, id: &str, resource_id: &str) -> Result<(), Error> {
        let request = self.service.post("calendar.channels.stop", "/channels/stop", &[]);
        let request = request.json(&json!({"id": id, "resourceId": resource_id})).repeatable();
        self.service.client().no_content(request).await
    }
}

/// A wish for a push channel. There is no renewal: before one ends, begin another with a new id, then stop the old one.
#[derive(Clone, Debug)]
pub struct NewChannel {
    /// The caller's id, at most 64 characters, never used before in the project.
    pub id: String,
    /// Where Google sends messages: an https address with a certificate of a public authority.
    pub address: String,
    /// A secret that comes back with each message, at most 256 characters. Compare it with
    /// [`Notification::token_matches`](crate::push::Notification::token_matches).
    pub token: SecretString,
    /// How long it shall live. Google's default is 7 days, and longer than 30 days is cut.
    pub lifetime: Option<Duration>,
}

impl NewChannel {
    pub(crate) fn body(&self) -> Value {
        let mut body = json!({
            "id": self.id,
            "type": "web_hook",
            "address": self.address,
            "token": self.token.expose_secret(),
        });
        if let Some(lifetime) = self.lifetime {
            body["params"] = json!({"ttl": lifetime.as_secs().to_string()});
        }
        body
    }
}

/// A push channel that Google has begun.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Channel {
    /// The caller's id.
    pub id: String,
    /// Google's name of what is watched: the same for the same calendar. Needed to stop the channel.
    pub resource_id: String,
    /// The address of what is watched.
    pub resource_uri: Option<String>,
    /// When it ends.
    #[serde(default, deserialize_with = "millis")]
    pub expiration: Option<Timestamp>,
}

/// Does not show the address: it names a calendar, often by a person's.
impl fmt::Debug for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Channel");
        shown.field("id", &self.id).field("resource_id", &self.resource_id).field("expiration", &self.expiration);
        shown.finish_non_exhaustive()
    }
}

/// Google writes 64-bit numbers as strings.
fn millis<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Number {
        Text(String),
        Number(i64),
    }
    let millis = match Option::<Number>::deserialize(deserializer)? {
        None => return Ok(None),
        Some(Number::Number(millis)) => millis,
        Some(Number::Text(text)) => text.parse().map_err(de::Error::custom)?,
    };
    Timestamp::from_millisecond(millis).map(Some).map_err(de::Error::custom)
}
