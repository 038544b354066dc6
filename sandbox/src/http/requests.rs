use std::collections::VecDeque;

use bytes::Bytes;
use jiff::Timestamp;
use serde::{Serialize, Serializer};
use serde_json::Value;

/// What was asked of Google, for `GET /_sandbox/requests`. Tokens are not in it.
#[derive(Clone, Debug, Serialize)]
pub struct Logged {
    /// Counts up from 1.
    pub number: u64,
    /// When, by the sandbox's clock.
    pub at: Timestamp,
    /// The HTTP method.
    pub verb: String,
    /// The host that was asked.
    pub host: String,
    /// The path.
    pub path: String,
    /// The parameters of the query but for tokens.
    pub query: Vec<(String, String)>,
    /// As in `calendar.events.insert`; `null` outside the APIs.
    pub method: Option<&'static str>,
    /// Who asked.
    #[serde(flatten)]
    pub who: Who,
    /// Whether it came in a batch.
    pub in_batch: bool,
    /// The `If-Match` header.
    pub if_match: Option<String>,
    /// The JSON body of a call of an API, unless it is large; as it came, since hardly any is ever looked at.
    #[serde(serialize_with = "read")]
    pub body: Bytes,
    /// The status of the answer.
    pub status: u16,
}

/// Whose token came with a request.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Who {
    /// The account whose data was asked for.
    pub account: Option<String>,
    /// The client that asked.
    pub client_id: Option<String>,
}

fn read<S: Serializer>(body: &Bytes, serializer: S) -> Result<S::Ok, S::Error> {
    serde_json::from_slice::<Value>(body).ok().serialize(serializer)
}

/// The last requests, in memory.
#[derive(Default)]
pub struct Requests {
    last: VecDeque<Logged>,
    number: u64,
    /// How large the bodies in it were together, in bytes.
    size: usize,
}

impl Requests {
    const KEPT: usize = 10_000;
    /// Of their bodies those of the last so many bytes are kept.
    const BODIES: usize = 16 * 1024 * 1024;

    /// Notes a request, and numbers it.
    pub fn note(&mut self, mut logged: Logged) {
        self.number += 1;
        logged.number = self.number;
        logged.query.retain(|(name, _)| !name.contains("token") || name.ends_with("Token"));
        self.size += logged.body.len();
        self.last.push_back(logged);
        while self.last.len() > Self::KEPT || self.size > Self::BODIES {
            let Some(old) = self.last.pop_front() else { break };
            self.size -= old.body.len();
        }
    }

    /// The requests after that number.
    pub fn since(&self, number: u64) -> Vec<&Logged> {
        self.last.iter().filter(|logged| logged.number > number).collect()
    }

    /// The number of the last request.
    pub fn last_number(&self) -> u64 {
        self.number
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_many_requests_nor_large_ones_fill_the_memory() {
        let mut requests = Requests::default();
        let logged = |size: usize| Logged {
            number: 0,
            at: Timestamp::UNIX_EPOCH,
            verb: "GET".into(),
            host: String::new(),
            path: String::new(),
            query: vec![],
            method: None,
            who: Who::default(),
            in_batch: false,
            if_match: None,
            body: vec![b'1'; size].into(),
            status: 200,
        };
        (0..Requests::KEPT + 5).for_each(|_| requests.note(logged(0)));
        assert_eq!((requests.since(0).len(), requests.last_number()), (10_000, 10_005));
        (0..2000).for_each(|_| requests.note(logged(16 * 1024)));
        assert_eq!((requests.since(0).len(), requests.size), (1024, Requests::BODIES));
    }
}
