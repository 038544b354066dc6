use portico_kernel::TenantId;
use portico_world::{ExposeSecret, Rng, Secret, SecretString};
use zeroize::Zeroize;

use crate::{VaultError, cipher};

pub(crate) struct DataKey {
    pub(crate) version: u32,
    pub(crate) bytes: Secret<[u8; 32]>,
}

/// Where a sealed text lives. It opens there and nowhere else.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The table's name.
    pub table: &'a str,
    /// The column's name.
    pub column: &'a str,
    /// The row's id.
    pub row: uuid::Uuid,
}

/// A tenant's data keys, the newest first. New secrets are sealed under the first; all of them open.
pub struct TenantKeys {
    tenant: TenantId,
    keys: Vec<DataKey>,
}

impl TenantKeys {
    pub(crate) fn new(tenant: TenantId, keys: Vec<DataKey>) -> Result<Self, VaultError> {
        if keys.is_empty() { Err(VaultError::UnknownVersion { version: 1 }) } else { Ok(Self { tenant, keys }) }
    }

    fn aad(&self, place: Place<'_>) -> Vec<u8> {
        format!("{}|{}|{}|{}", self.tenant, place.table, place.column, place.row).into_bytes()
    }

    /// Seals `secret` for `place`: `s1.<version>.<base64>`.
    pub fn seal(&self, place: Place<'_>, secret: &SecretString, rng: &dyn Rng) -> Result<String, VaultError> {
        let key = &self.keys[0];
        let text = secret.expose_secret().as_bytes();
        let sealed = cipher::seal(key.bytes.expose_secret(), &self.aad(place), text, rng)?;
        Ok(format!("s1.{}.{sealed}", key.version))
    }

    /// Opens what was sealed for `place`.
    pub fn open(&self, place: Place<'_>, sealed: &str) -> Result<SecretString, VaultError> {
        let mut parts = sealed.split('.');
        let (version, text) = match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some("s1"), Some(version), Some(text), None) => {
                (version.parse::<u32>().map_err(|_| VaultError::Malformed)?, text)
            }
            _ => return Err(VaultError::Malformed),
        };
        let key = self.keys.iter().find(|key| key.version == version).ok_or(VaultError::UnknownVersion { version })?;
        let opened = cipher::open(key.bytes.expose_secret(), &self.aad(place), text)?;
        String::from_utf8(opened).map(SecretString::from).map_err(|error| {
            error.into_bytes().zeroize();
            VaultError::Malformed
        })
    }

    /// The version that seals now.
    pub fn current_version(&self) -> u32 {
        self.keys[0].version
    }
}
