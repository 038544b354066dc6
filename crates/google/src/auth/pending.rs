use std::{collections::HashMap, future::Future, pin::Pin, sync::Mutex};

use jiff::Timestamp;
use portico_world::SecretString;

use crate::{Error, ScopeSet};

/// An authorization that has begun and not come back. It belongs to the attempt: the connection that it is for goes on
/// working meanwhile.
#[derive(Clone, Debug)]
pub struct Pending {
    /// The key of the record, 22 random characters.
    pub id: String,
    /// The secret half of PKCE. Store it sealed.
    pub verifier: SecretString,
    /// The `nonce` that the ID token must carry; `None` when `openid` was not asked for.
    pub nonce: Option<String>,
    /// Whom the attempt belongs to, such as the digest of a session id.
    pub binding: String,
    /// What was asked for.
    pub scopes: ScopeSet,
    /// The caller's own text: which tenant, which connection, where to go back to.
    pub context: String,
    /// From when on it is worth nothing.
    pub expires_at: Timestamp,
}

/// What a [`PendingStore`] answers.
pub type PendingFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send + 'a>>;

/// Where authorizations wait for their callback. Failures are [`Kind::PendingStore`](crate::Kind::PendingStore), made
/// with [`Error::custom`].
pub trait PendingStore: Send + Sync {
    /// Keeps `pending` until it is taken or expired.
    fn put(&self, pending: Pending) -> PendingFuture<'_, ()>;

    /// Removes and returns the record `id`. Of two that ask at the same time only one gets it.
    fn take<'a>(&'a self, id: &'a str) -> PendingFuture<'a, Option<Pending>>;
}

/// Pending authorizations in the memory of this process. When it is full, the half that expires first makes room.
#[derive(Default)]
pub struct MemoryPendingStore {
    waiting: Mutex<HashMap<String, Pending>>,
}

impl MemoryPendingStore {
    /// How many are kept at most.
    pub const LIMIT: usize = 10_000;

    /// An empty one.
    pub fn new() -> Self {
        Self::default()
    }

    fn waiting(&self) -> std::sync::MutexGuard<'_, HashMap<String, Pending>> {
        self.waiting.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl PendingStore for MemoryPendingStore {
    fn put(&self, pending: Pending) -> PendingFuture<'_, ()> {
        let mut waiting = self.waiting();
        if waiting.len() >= Self::LIMIT {
            let mut expiries: Vec<Timestamp> = waiting.values().map(|pending| pending.expires_at).collect();
            expiries.sort_unstable();
            let limit = expiries[expiries.len() / 2];
            waiting.retain(|_, pending| pending.expires_at > limit);
        }
        waiting.insert(pending.id.clone(), pending);
        Box::pin(std::future::ready(Ok(())))
    }

    fn take<'a>(&'a self, id: &'a str) -> PendingFuture<'a, Option<Pending>> {
        let taken = self.waiting().remove(id);
        Box::pin(std::future::ready(Ok(taken)))
    }
}

#[cfg(test)]
mod tests {
    use futures::executor::block_on;

    use super::*;

    fn pending(id: &str, expires_at: i64) -> Pending {
        Pending {
            id: id.into(),
            verifier: "v".into(),
            nonce: None,
            binding: "b".into(),
            scopes: ScopeSet::default(),
            context: String::new(),
            expires_at: Timestamp::from_second(expires_at).unwrap(),
        }
    }

    #[test]
    fn a_record_is_taken_once() {
        let store = MemoryPendingStore::new();
        block_on(store.put(pending("a", 1))).unwrap();
        assert_eq!(block_on(store.take("a")).unwrap().unwrap().id, "a");
        assert!(block_on(store.take("a")).unwrap().is_none());
    }

    #[test]
    fn abandoned_attempts_do_not_fill_the_memory_and_the_newest_stay() {
        let store = MemoryPendingStore::new();
        for number in 0..MemoryPendingStore::LIMIT as i64 + 10 {
            block_on(store.put(pending(&number.to_string(), number))).unwrap();
        }
        assert!(store.waiting().len() <= MemoryPendingStore::LIMIT);
        let newest = (MemoryPendingStore::LIMIT + 9).to_string();
        assert!(block_on(store.take(&newest)).unwrap().is_some());
    }
}
