use std::fmt;

use sha2::{Digest, Sha256};

use crate::{Error, Kind};

/// The person in whose name a service account acts: the primary address of a user, not of a group.
///
/// It has a type of its own and no default, so that acting as a person and acting as the service account itself cannot
/// be taken for each other.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Subject(String);

impl Subject {
    /// The user with this address.
    pub fn new(email: &str) -> Result<Self, Error> {
        let email = email.trim();
        let whole = email.split_once('@').is_some_and(|(local, host)| !local.is_empty() && host.contains('.'));
        if !whole || email.contains(char::is_whitespace) || email.matches('@').count() != 1 {
            let message = "a subject is the whole e-mail address of a user of the domain";
            return Err(Error::custom(Kind::Unsendable, "serviceAccount.subject", message));
        }
        Ok(Self(email.to_owned()))
    }

    /// The address.
    pub fn email(&self) -> &str {
        &self.0
    }

    /// A name for Google's `quotaUser` (at most 40 characters) that does not tell who it is.
    pub(crate) fn quota_user(&self) -> String {
        let digest = Sha256::digest(self.0.to_lowercase().as_bytes());
        digest[..16].iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// Does not show who it is.
impl fmt::Debug for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Subject(…)")
    }
}
