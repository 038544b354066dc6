use std::sync::Arc;

use portico_world::SecretString;

use crate::{
    Credentials, Error, Kind,
    auth::{OAuth, Tokens, token_cache::TokenCache},
    credentials::TokenFuture,
};

/// Credentials from a refresh token. Access tokens are renewed before they end, with one request however many callers
/// wait for it. Cheap to clone; the copies share the token.
#[derive(Clone)]
pub struct OAuthCredentials {
    oauth: OAuth,
    refresh_token: SecretString,
    cache: Arc<TokenCache>,
}

impl OAuthCredentials {
    /// Credentials that begin with a refresh.
    pub fn new(oauth: OAuth, refresh_token: SecretString) -> Self {
        Self { oauth, refresh_token, cache: Arc::default() }
    }

    /// Credentials that begin with what an exchange gave; `None` when there is no refresh token in it.
    pub fn from_tokens(oauth: OAuth, tokens: &Tokens) -> Option<Self> {
        let refresh_token = tokens.refresh_token.clone()?;
        let cache = Arc::new(TokenCache::holding(tokens.access_token.clone(), tokens.expires_at));
        Some(Self { oauth, refresh_token, cache })
    }

    async fn token(&self, refused: Option<&SecretString>) -> Result<SecretString, Error> {
        let fetch = self.oauth.refresh(&self.refresh_token);
        self.cache.token(self.oauth.clock(), refused, ends_for_good, fetch).await
    }
}

/// Whether asking again with the same refresh token is pointless for ever. A wrong client secret can be corrected.
fn ends_for_good(failure: &Error) -> bool {
    matches!(failure.kind(), Kind::Grant(failure) if failure.expired_reason().is_some())
}

impl Credentials for OAuthCredentials {
    fn access_token(&self) -> TokenFuture<'_> {
        Box::pin(self.token(None))
    }

    fn refresh<'a>(&'a self, refused: &'a SecretString) -> TokenFuture<'a> {
        Box::pin(self.token(Some(refused)))
    }
}
