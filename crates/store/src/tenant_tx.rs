use portico_kernel::{TenantId, Timestamp};

use crate::{JournalRow, StoreError, engine::Tx, journal};

/// The only way to reach tenant data: a transaction bound to one tenant. Dropped without [`TenantTx::commit`] it undoes
/// everything.
pub struct TenantTx {
    pub(crate) tx: Tx,
    pub(crate) tenant: TenantId,
    read_only: bool,
    journal: Vec<JournalRow>,
}

/// What a commit tells those who follow the journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Committed {
    /// The tenant whose journal grew.
    pub tenant: TenantId,
    /// The last number it has now; none when nothing was journalled.
    pub seq: Option<i64>,
}

impl TenantTx {
    pub(crate) fn new(tx: Tx, tenant: TenantId, read_only: bool) -> Self {
        Self { tx, tenant, read_only, journal: Vec::new() }
    }

    /// The tenant that this transaction is bound to.
    pub fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// Journals a change. The rows are numbered and written by [`TenantTx::commit`], as its last statements, so that no
    /// reader with a cursor can miss a row that commits late.
    pub fn journal(&mut self, row: JournalRow) {
        self.journal.push(row);
    }

    /// The rows that wait for the commit, whose bodies are to be sealed before.
    pub fn journalled(&mut self) -> &mut [JournalRow] {
        &mut self.journal
    }

    /// Writes the journal and commits. `now` is the time of the journal's rows.
    pub async fn commit(mut self, now: Timestamp) -> Result<Committed, StoreError> {
        let rows = std::mem::take(&mut self.journal);
        let seq =
            if rows.is_empty() { None } else { Some(journal::write(&mut self.tx, self.tenant, &rows, now).await?) };
        self.tx.commit().await?;
        Ok(Committed { tenant: self.tenant, seq })
    }

    /// Ends a transaction that only read.
    pub async fn end(self) -> Result<(), StoreError> {
        if self.read_only { self.tx.end_reading().await } else { self.tx.commit().await }
    }
}
