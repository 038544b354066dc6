use base64::{Engine, prelude::BASE64_STANDARD};
use portico_world::{ExposeSecret, SecretString};
use sha2::{Digest, Sha512};

/// What Google calls a refresh token by when it tells of its revocation, in either of its two ways. Store both beside
/// the sealed token to find it again. <https://developers.google.com/identity/protocols/risc>
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fingerprint {
    /// The first 16 characters (`prefix`). They open nothing, but are better kept out of logs.
    pub prefix: String,
    /// Base64 of the SHA-512 of the SHA-512 (`hash_base64_sha512_sha512`).
    pub hash: String,
}

impl Fingerprint {
    /// The fingerprint of `refresh_token`.
    pub fn of(refresh_token: &SecretString) -> Self {
        let token = refresh_token.expose_secret();
        let hash = BASE64_STANDARD.encode(Sha512::digest(Sha512::digest(token.as_bytes())));
        Self { prefix: token.chars().take(16).collect(), hash }
    }

    /// Whether an event's `token_identifier_alg` and `token` name this token.
    pub fn matches(&self, algorithm: &str, identifier: &str) -> bool {
        match algorithm {
            "prefix" => self.prefix == identifier,
            "hash_base64_sha512_sha512" => self.hash == identifier,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The expected hash is that of `printf %s 1//0g-refresh-token | sha512sum` applied twice, in base64.
    #[test]
    fn both_forms() {
        let print = Fingerprint::of(&"1//0g-refresh-token".into());
        assert_eq!(print.prefix, "1//0g-refresh-to");
        assert!(print.matches("prefix", "1//0g-refresh-to"));
        assert!(print.matches(
            "hash_base64_sha512_sha512",
            "/wRlKoUH9iWDfrrs6/duAmPQ4F6OGUDqge5t1OQZaVDUC+wcwnXbsH7jf1VJHusF1FU67bFgC7bDLp0jiwBeMQ=="
        ));
        assert!(!print.matches("hash_base64_sha512_sha512", &print.prefix) && !print.matches("md5", &print.prefix));
    }
}
