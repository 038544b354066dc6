use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use portico_world::{ExposeSecret, Rng, SecretString};
use sha2::{Digest, Sha256};

/// The secret half of PKCE (RFC 7636): kept here while its hash goes out with the browser, shown when the code comes back.
#[derive(Clone, Debug)]
pub struct Verifier(SecretString);

impl Verifier {
    /// A new one: 256 bits in 43 characters.
    pub fn new(rng: &dyn Rng) -> Self {
        let mut bytes = [0; 32];
        rng.fill(&mut bytes);
        Self(BASE64_URL_SAFE_NO_PAD.encode(bytes).into())
    }

    /// One that was stored.
    pub fn from_secret(secret: SecretString) -> Self {
        Self(secret)
    }

    /// The secret, to be stored until the callback.
    pub fn secret(&self) -> &SecretString {
        &self.0
    }

    /// The `code_challenge` for the method S256.
    pub fn challenge(&self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(self.0.expose_secret().as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use portico_world::SeededRng;

    use super::*;

    /// RFC 7636, appendix B.
    #[test]
    fn the_vector_of_the_rfc() {
        let verifier = Verifier::from_secret("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".into());
        assert_eq!(verifier.challenge(), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }

    #[test]
    fn a_new_one_has_the_right_length_and_alphabet_and_is_not_shown() {
        let verifier = Verifier::new(&SeededRng::new(3));
        let text = verifier.secret().expose_secret();
        assert_eq!(text.len(), 43);
        assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)));
        assert!(!format!("{verifier:?}").contains(text));
    }
}
