//! Page tokens and sync tokens: opaque to clients, checked strictly here.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};

use super::{access::Role, errors, tables::Version};
use crate::{http::ApiError, state::State};

/// The counter that, when it moves, makes every sync token given before it too old.
pub const GENERATION: &str = "sync_generation";

/// How long a sync token is good.
pub const LONGEST: SignedDuration = SignedDuration::from_hours(30 * 24);

/// What a sync token remembers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncToken {
    /// The list it belongs to, as in `events:ann@example.com`.
    pub list: String,
    /// Whose token it is.
    pub account: String,
    /// Everything up to here is known.
    pub since: Version,
    /// When it was given, in microseconds.
    pub given: i64,
    /// The generation in which it was given.
    pub generation: u64,
    /// What the person may see in that calendar.
    pub role: Role,
    /// The lower edge of the window of the first list, in microseconds.
    pub time_min: Option<i64>,
    /// The upper edge of that window.
    pub time_max: Option<i64>,
}

/// What a page token remembers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageToken {
    /// A digest of the query that it continues.
    pub query: String,
    /// Everything up to here was there when the first page was asked for.
    pub snapshot: Version,
    /// When the first page was asked for, in microseconds.
    pub asked: i64,
    /// Of an incremental list: where it started.
    pub since: Option<Version>,
    /// Where the next page starts.
    pub after: Place,
}

/// A place in a list.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place(pub i64, pub String);

/// A token of any content: opaque, and sealed so that a changed one is noticed.
pub fn write<T: Serialize>(value: &T) -> String {
    let text = serde_json::to_vec(value).unwrap_or_default();
    let mut seal = Sha256::digest(&text)[..6].to_vec();
    seal.extend(text);
    URL_SAFE_NO_PAD.encode(seal)
}

/// What a token remembers; `None` when it is not one, or one of another kind.
pub fn read<T: DeserializeOwned>(text: &str) -> Option<T> {
    let bytes = URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok()?;
    let (seal, text) = bytes.split_at_checked(6)?;
    (Sha256::digest(text)[..6] == *seal).then(|| serde_json::from_slice(text).ok()).flatten()
}

impl SyncToken {
    /// The token as text.
    pub fn write(&self) -> String {
        write(self)
    }

    /// Reads a token and checks that it still holds for this list, account and role.
    pub fn read(
        state: &State,
        text: &str,
        list: &str,
        account: &str,
        role: Role,
        now: Timestamp,
    ) -> Result<Self, ApiError> {
        let token: Self = read(text).ok_or_else(errors::invalid_sync_token)?;
        if token.list != list || token.account != account {
            return Err(errors::invalid_sync_token());
        }
        let age = now.as_microsecond().saturating_sub(token.given);
        let too_old = i128::from(age) > LONGEST.as_micros();
        if token.generation != generation(state) || token.role != role || too_old {
            return Err(errors::full_sync_required());
        }
        Ok(token)
    }
}

/// The present generation of sync tokens.
pub fn generation(state: &State) -> u64 {
    state.counters.get(GENERATION).copied().unwrap_or(0)
}

impl PageToken {
    /// The token as text.
    pub fn write(&self) -> String {
        write(self)
    }

    /// Reads a token and checks that it continues this query.
    pub fn read(text: &str, query: &str) -> Result<Self, ApiError> {
        let token: Self = read(text).ok_or_else(errors::invalid_page_token)?;
        if token.query == query { Ok(token) } else { Err(errors::invalid_page_token()) }
    }
}

/// A digest of what a list was asked for; the page token and the size of the page do not belong to it.
pub fn query_digest(list: &str, account: &str, query: &[(String, String)]) -> String {
    const LEFT_OUT: [&str; 8] =
        ["pageToken", "maxResults", "fields", "prettyPrint", "alt", "quotaUser", "key", "access_token"];
    let mut parts: Vec<String> = query
        .iter()
        .filter(|(key, _)| !LEFT_OUT.contains(&key.as_str()))
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    parts.sort();
    hex::encode(&Sha256::digest(format!("{list}\n{account}\n{}", parts.join("\n")))[..8])
}

/// The etag of a collection: opaque, and different when anything in it is.
pub fn collection_etag(parts: &[&str]) -> String {
    let digest = Sha256::digest(parts.join("\n"));
    format!("\"p32{}\"", &super::events::insert::base32hex(&digest)[..14])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_survives_and_a_changed_one_does_not() {
        let page = PageToken { query: "q".into(), snapshot: 1, asked: 2, since: None, after: Place(3, "abc".into()) };
        let text = page.write();
        assert_eq!(PageToken::read(&text, "q").unwrap(), page);
        assert!(PageToken::read(&text, "other").is_err());
        assert!(PageToken::read(&format!("A{}", &text[1..]), "q").is_err());
        assert!(PageToken::read("bogus", "q").is_err());
    }
}
