use std::{
    sync::atomic::{AtomicU64, Ordering::SeqCst},
    time::Duration,
};

use jiff::Timestamp;
use portico_world::{Clock, SecretString};
use tokio::sync::Mutex;

use crate::{Error, auth::Tokens, credentials::same};

/// A token is renewed this long before its end, so that it does not end on the way.
const MARGIN: Duration = Duration::from_secs(60);

/// One access token for all who need it, renewed with one request however many wait.
#[derive(Default)]
pub(crate) struct TokenCache {
    held: Mutex<Held>,
    /// How many refreshes have ended: who finds another number after waiting knows that one has.
    tries: AtomicU64,
}

#[derive(Default)]
struct Held {
    access: Option<(SecretString, Timestamp)>,
    /// How the last refresh failed. Those who waited for it get the same answer.
    failure: Option<Error>,
}

impl TokenCache {
    /// A cache that holds a token already.
    pub(crate) fn holding(token: SecretString, expires_at: Timestamp) -> Self {
        let held = Held { access: Some((token, expires_at)), failure: None };
        Self { held: Mutex::new(held), tries: AtomicU64::new(0) }
    }

    /// A token that is good for a while and is not `refused`; `fetch` gets a new one. A failure that `is_final` stays.
    pub(crate) async fn token(
        &self,
        clock: &dyn Clock,
        refused: Option<&SecretString>,
        is_final: fn(&Error) -> bool,
        fetch: impl Future<Output = Result<Tokens, Error>>,
    ) -> Result<SecretString, Error> {
        let seen = self.tries.load(SeqCst);
        let mut held = self.held.lock().await;
        let waited = self.tries.load(SeqCst) != seen;
        if let Some((token, expires_at)) = &held.access {
            // One that was renewed while this caller waited is taken however short its life is.
            let margin = if held.failure.is_none() && waited { Duration::ZERO } else { MARGIN };
            let fresh = clock.now().checked_add(margin).is_ok_and(|soon| soon < *expires_at);
            if fresh && refused.is_none_or(|refused| !same(refused, token)) {
                return Ok(token.clone());
            }
        }
        if let Some(failure) = &held.failure
            && (waited || is_final(failure))
        {
            return Err(failure.clone());
        }
        let answer = fetch.await;
        self.tries.fetch_add(1, SeqCst);
        match answer {
            Ok(tokens) => {
                held.access = Some((tokens.access_token.clone(), tokens.expires_at));
                held.failure = None;
                Ok(tokens.access_token)
            }
            Err(error) => {
                held.failure = Some(error.clone());
                Err(error)
            }
        }
    }
}
