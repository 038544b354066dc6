//! Passwords are kept as argon2id hashes and looked at one by one, a few at once.

use std::sync::{Arc, OnceLock};

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use portico_world::{ExposeSecret, Rng, SecretString};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::Error;

/// The shortest password that is accepted.
pub const SHORTEST: usize = 8;
/// The longest: a limit on the work that a stranger can ask for.
pub const LONGEST: usize = 512;

/// How long a password may be, for people.
pub fn lengths() -> String {
    format!("{SHORTEST}–{LONGEST}")
}

/// The gate to the hashing, which takes 19 MB and some tens of milliseconds each time.
pub(crate) struct Passwords {
    gate: Arc<Semaphore>,
    nobody: OnceLock<SecretString>,
}

/// The right to have passwords looked at. The work keeps it until it is done, whoever has gone away meanwhile.
pub(crate) struct Turn(Arc<OwnedSemaphorePermit>);

impl Default for Passwords {
    fn default() -> Self {
        Self { gate: Arc::new(Semaphore::new(4)), nobody: OnceLock::new() }
    }
}

/// The hash of a password as a PHC string (`$argon2id$v=19$m=19456,t=2,p=1$…`).
pub fn hash(password: &SecretString, rng: &dyn Rng) -> Result<SecretString, Error> {
    let mut salt = [0; 16];
    rng.fill(&mut salt);
    let hash: PasswordHash = Argon2::default()
        .hash_password_with_salt(password.expose_secret().as_bytes(), &salt)
        .map_err(|error| Error::Internal(format!("argon2: {error}")))?;
    Ok(hash.to_string().into())
}

fn matches(password: &SecretString, hash: &SecretString) -> bool {
    PasswordHash::new(hash.expose_secret())
        .is_ok_and(|hash| Argon2::default().verify_password(password.expose_secret().as_bytes(), &hash).is_ok())
}

impl Passwords {
    /// Waits for a turn.
    pub(crate) async fn turn(&self) -> Result<Turn, Error> {
        let permit = self.gate.clone().acquire_owned().await.map_err(|_| Error::Internal("the gate is shut".into()))?;
        Ok(Turn(Arc::new(permit)))
    }

    /// Whether `password` is the one behind `hash`. Without a hash, for an address that has no account, the same work is
    /// done for nothing, so that the time tells nobody which addresses exist.
    pub(crate) async fn check(
        &self,
        turn: &Turn,
        password: &SecretString,
        hash: Option<SecretString>,
        rng: &dyn Rng,
    ) -> Result<bool, Error> {
        let known = hash.is_some();
        let hash = match hash {
            Some(hash) => hash,
            None => self.nobody(rng)?,
        };
        let (turn, password) = (turn.0.clone(), password.clone());
        let right = tokio::task::spawn_blocking(move || {
            let right = matches(&password, &hash);
            drop(turn);
            right
        })
        .await
        .map_err(|_| Error::Internal("hashing ended badly".into()))?;
        Ok(right && known)
    }

    fn nobody(&self, rng: &dyn Rng) -> Result<SecretString, Error> {
        if let Some(hash) = self.nobody.get() {
            return Ok(hash.clone());
        }
        let made = hash(&"nobody has this password".into(), rng)?;
        Ok(self.nobody.get_or_init(|| made).clone())
    }
}

#[cfg(test)]
mod tests {
    use portico_world::SeededRng;

    use super::*;

    #[test]
    fn a_hash_knows_its_password_and_shows_nothing() {
        let hash = hash(&"correct horse".into(), &SeededRng::new(1)).unwrap();
        assert!(hash.expose_secret().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(matches(&"correct horse".into(), &hash));
        assert!(!matches(&"correct horsf".into(), &hash));
        assert!(!hash.expose_secret().contains("horse"));
        assert!(!matches(&"x".into(), &"not a hash".into()));
    }
}
