use aes_gcm::{
    Aes256Gcm, KeyInit,
    aead::{Aead, Payload},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use portico_world::Rng;

use crate::VaultError;

const NONCE: usize = 12;

/// Nonce and ciphertext in base64.
pub(crate) fn seal(key: &[u8; 32], aad: &[u8], text: &[u8], rng: &dyn Rng) -> Result<String, VaultError> {
    let mut nonce = [0; NONCE];
    rng.fill(&mut nonce);
    let sealed = Aes256Gcm::new(key.into())
        .encrypt(&nonce.into(), Payload { msg: text, aad })
        .map_err(|_| VaultError::TooLong)?;
    let mut whole = nonce.to_vec();
    whole.extend_from_slice(&sealed);
    Ok(URL_SAFE_NO_PAD.encode(whole))
}

pub(crate) fn open(key: &[u8; 32], aad: &[u8], sealed: &str) -> Result<Vec<u8>, VaultError> {
    let whole = URL_SAFE_NO_PAD.decode(sealed).map_err(|_| VaultError::Malformed)?;
    let (nonce, text) = whole.split_first_chunk::<NONCE>().ok_or(VaultError::Malformed)?;
    Aes256Gcm::new(key.into()).decrypt(nonce.into(), Payload { msg: text, aad }).map_err(|_| VaultError::Refused)
}
