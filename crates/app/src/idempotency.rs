//! A create that is asked for twice with one key is carried out once.

use portico_kernel::AccountId;
use portico_store::{Seen, TenantTx};
use sha2::{Digest, Sha256};

use crate::{App, Error};

/// A key under which the same request is carried out once, with the digest of what it asks for.
#[derive(Clone, Debug)]
pub struct IdempotencyKey {
    key: String,
    digest: String,
}

impl IdempotencyKey {
    /// A key as the request names it: 1 to 255 visible characters. Another address or another body is another request.
    pub fn new(key: &str, path: &str, body: &[u8]) -> Result<Self, Error> {
        if key.is_empty() || key.len() > 255 || !key.chars().all(|c| c.is_ascii_graphic()) {
            return Err(Error::field("idempotency-key", "wrong_type"));
        }
        let digest = Sha256::new().chain_update(path).chain_update([0]).chain_update(body).finalize();
        Ok(Self { key: key.to_owned(), digest: hex::encode(digest) })
    }

    /// What the same request made before, if it did.
    pub(crate) async fn made_before(
        &self,
        app: &App,
        tx: &mut TenantTx,
        account: AccountId,
    ) -> Result<Option<String>, Error> {
        match tx.take_idempotency_key(account, &self.key, &self.digest, app.now()).await? {
            Seen::New => Ok(None),
            Seen::Answered { response, .. } => Ok(Some(response)),
            Seen::Mismatch { response } => Err(Error::IdempotencyMismatch { made: response }),
        }
    }

    /// Keeps what this request made.
    pub(crate) async fn keep(&self, tx: &mut TenantTx, account: AccountId, made: &str) -> Result<(), Error> {
        Ok(tx.answer_idempotency_key(account, &self.key, 201, made).await?)
    }
}
