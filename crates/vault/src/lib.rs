//! Envelope encryption: a secret is sealed under its tenant's data key, which is sealed under a master key.
//!
//! AES-256-GCM with a random 96-bit nonce. What is sealed is bound to its tenant, table, column and row: copied to another
//! place it does not open. Master keys rotate by sealing the data keys anew (`portico rekey`); a tenant's data key rotates
//! by a new version for new seals, while older versions stay readable.

mod cipher;
mod data_key;
mod master_key;

pub use data_key::{Place, TenantKeys};
pub use master_key::{MasterKeys, new_master_key};

/// Why something could not be sealed or opened. None of it tells anything about the secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// No master key was given.
    #[error("no master key is configured")]
    NoMasterKey,
    /// A master key is not 32 bytes in base64.
    #[error("master key number {position} is not 32 bytes in base64")]
    MalformedMasterKey {
        /// Which of the configured keys, counted from 1.
        position: usize,
    },
    /// The data key was sealed under a master key that is not configured.
    #[error("the master key {id} is not configured: add it to the master keys, behind the newest")]
    UnknownMasterKey {
        /// The id of the key that is missing.
        id: String,
    },
    /// The secret was sealed under a version of the tenant's key that is not there.
    #[error("version {version} of the tenant's key is not there")]
    UnknownVersion {
        /// The version that is missing.
        version: u32,
    },
    /// The text is not something that this crate has sealed.
    #[error("the sealed text is damaged")]
    Malformed,
    /// The text was changed, belongs to another place, or was sealed under another key.
    #[error("the sealed text does not open here: it was changed or belongs to another place")]
    Refused,
    /// The cipher failed to seal; there is more text than it takes.
    #[error("the text is too long to be sealed")]
    TooLong,
}
