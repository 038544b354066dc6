use crate::{StoreError, engine::Tx};

/// A transaction over the instance tables: tenants, sign-in index, sessions, authorization states, push channels and the
/// job queue's routing rows. They hold ids and digests only.
pub struct InstanceTx {
    pub(crate) tx: Tx,
    pub(crate) read_only: bool,
}

impl InstanceTx {
    /// Commits.
    pub async fn commit(self) -> Result<(), StoreError> {
        if self.read_only { self.tx.end_reading().await } else { self.tx.commit().await }
    }
}
