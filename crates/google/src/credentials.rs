use std::{future::Future, pin::Pin};

use portico_world::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;

use crate::{Error, Kind, quota::QuotaAccount};

/// An access token on its way.
pub type TokenFuture<'a> = Pin<Box<dyn Future<Output = Result<SecretString, Error>> + Send + 'a>>;

/// Where access tokens come from. One value stands for one Google account and one set of scopes; the client asks it
/// before each try.
pub trait Credentials: Send + Sync {
    /// A token that is still good for a while.
    fn access_token(&self) -> TokenFuture<'_>;

    /// Google answered 401 to `refused`: a token other than that, or the reason why there is none.
    fn refresh<'a>(&'a self, refused: &'a SecretString) -> TokenFuture<'a>;

    /// For whom Google shall count the calls, when that is not the account of the token. It goes into addresses, so it
    /// must not be an address of a person.
    fn quota_user(&self) -> Option<&str> {
        None
    }

    /// Whose calls they are for a [`Quota`](crate::Quota), where the credentials alone know it. Asked after each
    /// [`Credentials::access_token`].
    fn quota_account(&self) -> Option<QuotaAccount> {
        None
    }
}

/// One access token and no way to get another: for scripts, and for tokens that a broker handed out.
#[derive(Clone, Debug)]
pub struct StaticToken(SecretString);

impl StaticToken {
    /// Credentials that are this token.
    pub fn new(token: impl Into<SecretString>) -> Self {
        Self(token.into())
    }
}

impl Credentials for StaticToken {
    fn access_token(&self) -> TokenFuture<'_> {
        Box::pin(std::future::ready(Ok(self.0.clone())))
    }

    fn refresh<'a>(&'a self, _refused: &'a SecretString) -> TokenFuture<'a> {
        let error =
            Error::custom(Kind::Unauthorized, "oauth2.token", "the access token is fixed and cannot be renewed");
        Box::pin(std::future::ready(Err(error.with_status(http::StatusCode::UNAUTHORIZED))))
    }
}

/// Compares two secrets in a time that does not depend on where they differ.
pub(crate) fn same(a: &SecretString, b: &SecretString) -> bool {
    a.expose_secret().as_bytes().ct_eq(b.expose_secret().as_bytes()).into()
}
