use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use portico_world::{ExposeSecret, Rng, Secret};
use sha2::Sha256;
use subtle::ConstantTimeEq;

/// The key that signs the `state` parameter. All processes that may receive a callback need the same one.
///
/// A state is `id.expiry.binding.signature`: the signature shows that it is ours, the binding tag that it belongs to this
/// browser session, the id finds the pending record. So an invented, an old and a foreign state are told apart before
/// anything is looked up, and cannot use up the attempt of the person whom it belongs to.
pub struct StateKey(Secret<[u8; 32]>);

/// Why a state is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BadState {
    NotOurs,
    Expired,
    Foreign,
}

impl StateKey {
    /// A key made elsewhere, such as one derived from the service's master key.
    pub fn new(key: [u8; 32]) -> Self {
        Self(Secret::new(Box::new(key)))
    }

    /// A key for one process: pending authorizations do not survive its end.
    pub fn random(rng: &dyn Rng) -> Self {
        let mut key = [0; 32];
        rng.fill(&mut key);
        Self::new(key)
    }

    /// The state for the attempt `id`.
    pub(crate) fn sign(&self, id: &str, expires_at: Timestamp, binding: &str) -> String {
        let unsigned = format!("{id}.{}.{}", expires_at.as_second(), self.tag(&["binding", id, binding]));
        let signature = self.tag(&["state", &unsigned]);
        format!("{unsigned}.{signature}")
    }

    /// The id of the attempt that `state` stands for.
    pub(crate) fn check<'a>(&self, state: &'a str, binding: &str, now: Timestamp) -> Result<&'a str, BadState> {
        let (unsigned, signature) = state.rsplit_once('.').ok_or(BadState::NotOurs)?;
        if !equal(signature, &self.tag(&["state", unsigned])) {
            return Err(BadState::NotOurs);
        }
        let mut parts = unsigned.split('.');
        let (Some(id), Some(expiry), Some(tag), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
            return Err(BadState::NotOurs);
        };
        if !equal(tag, &self.tag(&["binding", id, binding])) {
            return Err(BadState::Foreign);
        }
        if expiry.parse::<i64>().map_or(true, |expiry| now.as_second() >= expiry) {
            return Err(BadState::Expired);
        }
        Ok(id)
    }

    fn tag(&self, parts: &[&str]) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.0.expose_secret()).expect("HMAC takes keys of any length");
        for part in parts {
            mac.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            mac.update(part.as_bytes());
        }
        BASE64_URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
    }
}

fn equal(a: &str, b: &str) -> bool {
    a.as_bytes().ct_eq(b.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_is_good_for_its_session_and_its_time_only() {
        let (key, now) = (StateKey::new([7; 32]), Timestamp::from_second(1_000).unwrap());
        let state = key.sign("abc", Timestamp::from_second(1_600).unwrap(), "session 1");
        assert_eq!(key.check(&state, "session 1", now), Ok("abc"));
        assert_eq!(key.check(&state, "session 2", now), Err(BadState::Foreign));
        assert_eq!(key.check(&state, "session 1", Timestamp::from_second(1_600).unwrap()), Err(BadState::Expired));
        assert_eq!(StateKey::new([8; 32]).check(&state, "session 1", now), Err(BadState::NotOurs));
    }

    #[test]
    fn every_altered_character_is_noticed() {
        let (key, now) = (StateKey::new([7; 32]), Timestamp::UNIX_EPOCH);
        let state = key.sign("abc", Timestamp::from_second(600).unwrap(), "s");
        for index in 0..state.len() {
            let mut altered = state.clone().into_bytes();
            altered[index] = if altered[index] == b'A' { b'B' } else { b'A' };
            let altered = String::from_utf8(altered).unwrap();
            assert!(key.check(&altered, "s", now).is_err(), "{altered}");
        }
        for garbage in ["", ".", "....", "abc", "abc.600.x.y", &state[1..], &format!("{state}.x")] {
            assert_eq!(key.check(garbage, "s", now), Err(BadState::NotOurs), "{garbage}");
        }
    }
}
