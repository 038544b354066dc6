use base64::{Engine, engine::general_purpose::STANDARD};
use portico_kernel::TenantId;
use portico_world::{ExposeSecret, Rng, Secret, SecretString};
use sha2::{Digest, Sha256};
use zeroize::{Zeroize, Zeroizing};

use crate::{TenantKeys, VaultError, cipher, data_key::DataKey};

/// The master keys of an instance, the newest first. New data keys are sealed under the first; all of them open.
pub struct MasterKeys {
    keys: Vec<MasterKey>,
}

struct MasterKey {
    /// The first eight hexadecimal digits of the key's SHA-256: enough to find it, nothing to guess it by.
    id: String,
    bytes: Secret<[u8; 32]>,
}

/// A new master key as text: 32 random bytes in base64.
pub fn new_master_key(rng: &dyn Rng) -> SecretString {
    let mut bytes = [0; 32];
    rng.fill(&mut bytes);
    let text = STANDARD.encode(bytes);
    bytes.zeroize();
    text.into()
}

fn aad(tenant: TenantId, version: u32) -> Vec<u8> {
    format!("data key|{tenant}|{version}").into_bytes()
}

impl MasterKeys {
    /// Reads the configured keys, the newest first.
    pub fn parse(texts: &[SecretString]) -> Result<Self, VaultError> {
        let mut keys = Vec::new();
        for (index, text) in texts.iter().enumerate() {
            let malformed = || VaultError::MalformedMasterKey { position: index + 1 };
            let decoded = Zeroizing::new(STANDARD.decode(text.expose_secret().trim()).map_err(|_| malformed())?);
            let bytes = secret_key(&decoded).ok_or_else(malformed)?;
            let id = Sha256::digest(bytes.expose_secret()).iter().take(4).map(|b| format!("{b:02x}")).collect();
            keys.push(MasterKey { id, bytes });
        }
        if keys.is_empty() { Err(VaultError::NoMasterKey) } else { Ok(Self { keys }) }
    }

    /// The id of the key that seals now.
    pub fn current_id(&self) -> &str {
        &self.keys[0].id
    }

    /// Keys for one purpose of the whole instance, the newest first: one for each master key, so that what another process has
    /// made with an older one, or a newer, still holds while master keys rotate.
    pub fn derive(&self, purpose: &str) -> Vec<[u8; 32]> {
        let derive = |key: &MasterKey| {
            let mut digest = Sha256::new();
            digest.update(purpose.as_bytes());
            digest.update([0]);
            digest.update(key.bytes.expose_secret());
            digest.finalize().into()
        };
        self.keys.iter().map(derive).collect()
    }

    /// A new data key of a tenant, sealed for the database: `k1.<master id>.<version>.<base64>`.
    pub fn new_data_key(&self, tenant: TenantId, version: u32, rng: &dyn Rng) -> Result<String, VaultError> {
        let mut bytes = [0; 32];
        rng.fill(&mut bytes);
        let sealed = self.seal(tenant, version, &bytes, rng);
        bytes.zeroize();
        sealed
    }

    fn seal(&self, tenant: TenantId, version: u32, bytes: &[u8; 32], rng: &dyn Rng) -> Result<String, VaultError> {
        let master = &self.keys[0];
        let sealed = cipher::seal(master.bytes.expose_secret(), &aad(tenant, version), bytes, rng)?;
        Ok(format!("k1.{}.{version}.{sealed}", master.id))
    }

    fn open(&self, tenant: TenantId, sealed: &str) -> Result<DataKey, VaultError> {
        let (id, version, text) = parts(sealed)?;
        let master = self.keys.iter().find(|key| key.id == id);
        let master = master.ok_or_else(|| VaultError::UnknownMasterKey { id: id.to_owned() })?;
        let opened = Zeroizing::new(cipher::open(master.bytes.expose_secret(), &aad(tenant, version), text)?);
        let bytes = secret_key(&opened).ok_or(VaultError::Malformed)?;
        Ok(DataKey { version, bytes })
    }

    /// Opens a tenant's sealed data keys, in any order.
    pub fn open_data_keys<'a>(
        &self,
        tenant: TenantId,
        sealed: impl IntoIterator<Item = &'a str>,
    ) -> Result<TenantKeys, VaultError> {
        let mut keys = Vec::new();
        for text in sealed {
            keys.push(self.open(tenant, text)?);
        }
        keys.sort_by_key(|key| std::cmp::Reverse(key.version));
        TenantKeys::new(tenant, keys)
    }

    /// The same data key sealed under the newest master key; none when it is already.
    pub fn reseal(&self, tenant: TenantId, sealed: &str, rng: &dyn Rng) -> Result<Option<String>, VaultError> {
        let (id, ..) = parts(sealed)?;
        if id == self.current_id() {
            return Ok(None);
        }
        let key = self.open(tenant, sealed)?;
        self.seal(tenant, key.version, key.bytes.expose_secret(), rng).map(Some)
    }
}

/// A key in a place of its own, filled there so that no copy of it is left behind.
fn secret_key(bytes: &[u8]) -> Option<Secret<[u8; 32]>> {
    (bytes.len() == 32).then(|| Secret::init_with_mut(|key: &mut [u8; 32]| key.copy_from_slice(bytes)))
}

fn parts(sealed: &str) -> Result<(&str, u32, &str), VaultError> {
    let mut parts = sealed.split('.');
    match (parts.next(), parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some("k1"), Some(id), Some(version), Some(text), None) => {
            Ok((id, version.parse().map_err(|_| VaultError::Malformed)?, text))
        }
        _ => Err(VaultError::Malformed),
    }
}
