//! Signing in and out, and the sessions between.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use portico_kernel::{EmailAddress, SessionId, Timestamp};
use portico_store::{JournalRow, Session, SignInTry};
use portico_world::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use crate::{App, Caller, Error, FieldError, passwords};

/// How long an unused session lasts, in seconds.
pub const SLIDING: i64 = 8 * 3600;
/// How long any session lasts, in seconds.
pub const ABSOLUTE: i64 = 7 * 24 * 3600;
/// `last_seen` is not written more often than this, in seconds.
const TOUCH_EVERY: i64 = 60;
/// So many tries in a row that do not go well are let pass without a wait.
const FREE_FAILURES: i64 = 5;
/// The longest wait after many wrong passwords, in seconds.
const LONGEST_WAIT: i64 = 900;
/// Failures are forgotten after this, in seconds.
const REMEMBER_FAILURES: i64 = 24 * 3600;

/// What a person types in to sign in.
#[derive(Clone, Debug)]
pub struct SignIn {
    /// The address.
    pub email: String,
    /// The password.
    pub password: SecretString,
    /// The company's slug; needed only when the address and the password fit in several.
    pub tenant: Option<String>,
}

/// Somebody has signed in.
pub struct SignedInNow {
    /// The cookie's value: 256 random bits, of which the database keeps a digest only.
    pub cookie: SecretString,
    /// Who.
    pub caller: Caller,
}

/// The digest by which an address is found before its tenant is known.
pub fn email_digest(email: &str) -> [u8; 32] {
    Sha256::digest(email.trim().to_lowercase().as_bytes()).into()
}

fn cookie_digest(cookie: &SecretString) -> [u8; 32] {
    Sha256::digest(cookie.expose_secret().as_bytes()).into()
}

/// How long to wait after so many tries in a row: nothing, then 1, 2, 4 … seconds up to a quarter of an hour.
fn wait_after(failures: i64) -> i64 {
    match failures - FREE_FAILURES {
        ..0 => 0,
        more => {
            1_i64.checked_shl(u32::try_from(more).unwrap_or(u32::MAX)).unwrap_or(LONGEST_WAIT).clamp(1, LONGEST_WAIT)
        }
    }
}

impl App {
    /// Signs in with address and password. An unknown address and a wrong password are answered alike, in the same time;
    /// after some failures with one address further tries have to wait. Each try counts as a failure until it has gone well:
    /// many at once gain nothing.
    pub async fn sign_in(&self, request: &SignIn) -> Result<SignedInNow, Error> {
        if request.password.expose_secret().len() > passwords::LONGEST {
            return Err(Error::WrongCredentials);
        }
        let digest = email_digest(&request.email);
        let turn = self.live.passwords.turn().await?;
        self.count_try(&digest).await?;
        let mut tx = self.store.instance_read().await?;
        let places = tx.sign_in_places(&digest).await?;
        tx.commit().await?;
        let mut fitting = Vec::new();
        let mut looked = false;
        for place in places {
            if request.tenant.as_ref().is_some_and(|slug| *slug != place.slug) {
                continue;
            }
            let mut tx = self.store.tenant_read(place.tenant).await?;
            let account = tx.account(place.account).await?.filter(|account| account.active);
            tx.end().await?;
            let hash = account.and_then(|account| account.password_hash);
            looked = true;
            if self.live.passwords.check(&turn, &request.password, hash, self.world.rng.as_ref()).await? {
                fitting.push(place);
            }
        }
        if !looked {
            self.live.passwords.check(&turn, &request.password, None, self.world.rng.as_ref()).await?;
        }
        match fitting.as_slice() {
            [] => Err(Error::WrongCredentials),
            [place] => {
                let cookie = self.start_session(&digest, place.tenant, place.account).await?;
                let caller = self.session(&cookie).await?.ok_or(Error::WrongCredentials)?;
                Ok(SignedInNow { cookie, caller })
            }
            several => {
                let mut tx = self.store.instance().await?;
                tx.forget_sign_in_failures(&digest).await?;
                tx.commit().await?;
                let tenants = several.iter().map(|place| (place.slug.clone(), place.name.clone())).collect();
                Err(Error::ChooseTenant { tenants })
            }
        }
    }

    async fn count_try(&self, digest: &[u8; 32]) -> Result<(), Error> {
        let now = self.now();
        let mut tx = self.store.instance().await?;
        match tx.begin_sign_in(digest, now, now.plus_seconds(-REMEMBER_FAILURES)).await? {
            SignInTry::Number(number) => {
                tx.wait_to_sign_in(digest, now.plus_seconds(wait_after(number))).await?;
                tx.commit().await?;
                Ok(())
            }
            SignInTry::Wait { until } => {
                let seconds = (until.0 - now.0) / 1_000_000 + 1;
                Err(Error::TooMany { retry_after: u32::try_from(seconds).unwrap_or(u32::MAX) })
            }
        }
    }

    async fn start_session(
        &self,
        digest: &[u8; 32],
        tenant: portico_kernel::TenantId,
        account: portico_kernel::AccountId,
    ) -> Result<SecretString, Error> {
        let mut bytes = [0; 32];
        self.world.rng.fill(&mut bytes);
        let cookie = SecretString::from(BASE64_URL_SAFE_NO_PAD.encode(bytes));
        let now = self.now();
        let session = Session {
            id: SessionId::new(&self.world),
            tenant,
            account,
            created_at: now,
            last_seen: now,
            ends_at: now.plus_seconds(ABSOLUTE),
        };
        let mut tx = self.store.instance().await?;
        tx.forget_sign_in_failures(digest).await?;
        tx.add_session(&cookie_digest(&cookie), &session).await?;
        tx.commit().await?;
        let mut tx = self.store.tenant(tenant).await?;
        tx.journal(JournalRow {
            actor: portico_store::Actor::Person(account),
            action: "account.signed_in",
            subject_kind: "account",
            subject: account.0,
            before: None,
            after: None,
            why: None,
        });
        self.commit(tx).await?;
        Ok(cookie)
    }

    /// Whom a cookie stands for; none when the session is over. Using it keeps it alive.
    pub async fn session(&self, cookie: &SecretString) -> Result<Option<Caller>, Error> {
        let now = self.now();
        let Some((session, account)) = self.store.signed_in(&cookie_digest(cookie)).await? else { return Ok(None) };
        if !alive(&session, now) {
            return Ok(None);
        }
        if session.last_seen.plus_seconds(TOUCH_EVERY) <= now {
            let mut tx = self.store.instance().await?;
            tx.touch_session(session.id, now).await?;
            tx.commit().await?;
        }
        Ok(Caller::of(session.tenant, account, Some(session.id)))
    }

    /// The same person as the session and the roles stand now; none when the session is over. It does not count as use.
    pub async fn renew<F>(&self, by: &Caller<F>) -> Result<Option<Caller>, Error> {
        if let Some(session) = by.session {
            let mut tx = self.store.instance_read().await?;
            let sessions = tx.sessions_of(by.tenant, by.account).await?;
            tx.commit().await?;
            let now = self.now();
            if !sessions.iter().any(|known| known.id == session && alive(known, now)) {
                return Ok(None);
            }
        }
        self.caller(by.tenant, by.account, by.session).await
    }

    /// Ends the caller's own session.
    pub async fn sign_out(&self, caller: &Caller) -> Result<(), Error> {
        let Some(session) = caller.session else { return Ok(()) };
        let mut tx = self.store.instance().await?;
        tx.end_session(caller.tenant, caller.account, session).await?;
        tx.commit().await?;
        Ok(())
    }

    /// The caller's living sessions, the last used first.
    pub async fn sessions(&self, caller: &Caller) -> Result<Vec<Session>, Error> {
        let now = self.now();
        let mut tx = self.store.instance_read().await?;
        let mut sessions = tx.sessions_of(caller.tenant, caller.account).await?;
        tx.commit().await?;
        sessions.retain(|session| alive(session, now));
        Ok(sessions)
    }

    /// Ends one of the caller's sessions.
    pub async fn end_session(&self, caller: &Caller, id: SessionId) -> Result<(), Error> {
        let mut tx = self.store.instance().await?;
        let ended = tx.end_session(caller.tenant, caller.account, id).await?;
        tx.commit().await?;
        if ended { Ok(()) } else { Err(Error::NotFound) }
    }

    /// Gives an account a new password, found by its company and address. Who signed in with the old one is signed out.
    pub async fn set_password(&self, tenant: &str, email: &EmailAddress, password: &SecretString) -> Result<(), Error> {
        let length = password.expose_secret().len();
        if !(passwords::SHORTEST..=passwords::LONGEST).contains(&length) {
            let fault = FieldError::new("password", "length").with(passwords::lengths());
            return Err(Error::Invalid(vec![fault]));
        }
        let hash = passwords::hash(password, self.world.rng.as_ref())?;
        let mut tx = self.store.instance_read().await?;
        let tenant = tx.tenant_by_slug(tenant).await?.ok_or(Error::NotFound)?;
        tx.commit().await?;
        let mut tx = self.store.tenant(tenant.id).await?;
        let account = tx.account_by_email(email).await?.ok_or(Error::NotFound)?;
        tx.set_password_hash(account.id, &hash, self.now()).await?;
        tx.end_sessions(account.id).await?;
        tx.journal(JournalRow {
            actor: portico_store::Actor::System,
            action: "account.password_set",
            subject_kind: "account",
            subject: account.id.0,
            before: None,
            after: None,
            why: None,
        });
        self.commit(tx).await
    }
}

fn alive(session: &Session, now: Timestamp) -> bool {
    now < session.ends_at && now < session.last_seen.plus_seconds(SLIDING)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_are_bounded() {
        let waits: Vec<i64> = (1..=9).map(wait_after).collect();
        assert_eq!(waits, [0, 0, 0, 0, 1, 2, 4, 8, 16]);
        assert_eq!(wait_after(15), LONGEST_WAIT);
        assert_eq!(wait_after(i64::MAX), LONGEST_WAIT);
    }

    #[test]
    fn an_address_has_one_digest_however_it_is_typed() {
        assert_eq!(email_digest(" Ann@Acme.test "), email_digest("ann@acme.test"));
        assert_ne!(email_digest("ann@acme.test"), email_digest("bob@acme.test"));
    }

    #[test]
    fn a_session_slides_and_ends() {
        let start = Timestamp(0);
        let session = |last_seen: i64| Session {
            id: SessionId(uuid::Uuid::nil()),
            tenant: uuid::Uuid::nil().into(),
            account: uuid::Uuid::nil().into(),
            created_at: start,
            last_seen: start.plus_seconds(last_seen),
            ends_at: start.plus_seconds(ABSOLUTE),
        };
        assert!(alive(&session(0), start.plus_seconds(SLIDING - 1)));
        assert!(!alive(&session(0), start.plus_seconds(SLIDING)));
        assert!(alive(&session(ABSOLUTE - 10), start.plus_seconds(ABSOLUTE - 1)));
        assert!(!alive(&session(ABSOLUTE - 10), start.plus_seconds(ABSOLUTE)));
    }
}
