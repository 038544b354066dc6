use std::sync::{
    Arc,
    atomic::{AtomicI64, AtomicUsize, Ordering::SeqCst},
};

use bytes::Bytes;
use http::Method;
use portico_transport::Transport;
use portico_world::{SecretString, World};
use serde::Serialize;

use crate::{
    Credentials, Endpoints, Error, Kind, Request, RetryPolicy, ScopeSet,
    auth::{
        GrantFailure, KeyProblem, ServiceAccountKey, Subject, Tokens, failure, token_cache::TokenCache,
        tokens::TokenAnswer,
    },
    client::Wire,
    credentials::TokenFuture,
};

/// What Google wants as the audience, whatever address the assertion is sent to.
const AUDIENCE: &str = "https://oauth2.googleapis.com/token";
const GRANT: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
/// Assertions are dated back by this much, for clocks that are a little ahead of Google's.
const BACKDATED: i64 = 30;
/// The longest life that Google accepts.
const LIFETIME: i64 = 3600;

/// A service account: signs assertions with its key and gets access tokens for them, for itself or in the name of
/// people. Cheap to clone. <https://developers.google.com/identity/protocols/oauth2/service-account>
#[derive(Clone)]
pub struct ServiceAccount {
    shared: Arc<Shared>,
    wire: Wire,
    endpoints: Arc<Endpoints>,
}

struct Shared {
    /// The newest first.
    keys: Vec<ServiceAccountKey>,
    /// Which of the keys Google accepted last.
    in_use: AtomicUsize,
    /// How many seconds Google's clock is ahead of this machine's, once Google has complained about it.
    ahead: AtomicI64,
}

/// Which of a service account's keys Google accepted last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KeyInUse {
    /// Google's id of it, if the file said it.
    pub key_id: Option<String>,
    /// Whether it is an older one, because Google does not know the newest (yet, or any more).
    pub is_older: bool,
}

/// What an administrator pastes into the admin console so that a service account may act for the people of the domain.
/// <https://support.google.com/a/answer/162106>
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DelegationEntry {
    /// The field "Client ID": the number and not the address. Absent when the key file does not say it; then it stands in
    /// the Google Cloud console as the service account's unique id.
    pub client_id: Option<String>,
    /// The field "OAuth scopes", comma-delimited.
    pub scopes: String,
    /// The page where both go.
    pub link: &'static str,
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    scope: &'a str,
    aud: &'static str,
    iat: i64,
    exp: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    sub: Option<&'a str>,
}

impl ServiceAccount {
    /// The page of the admin console where delegation is entered.
    pub const DELEGATION_PAGE: &'static str = "https://admin.google.com/ac/owl/domainwidedelegation";

    /// The account that `key` belongs to. Tokens are fetched from `endpoints`, never from an address in a key file.
    pub fn new(key: ServiceAccountKey, endpoints: Endpoints, transport: Arc<dyn Transport>, world: World) -> Self {
        let shared = Shared { keys: vec![key], in_use: AtomicUsize::new(0), ahead: AtomicI64::new(0) };
        let wire = Wire { transport, world, retry: RetryPolicy::default(), quota: None };
        Self { shared: Arc::new(shared), wire, endpoints: Arc::new(endpoints) }
    }

    /// The same account with one more key, older than those before it. While keys are changed both live: the older one is
    /// tried when Google refuses the newer one, which a fresh key is for some minutes.
    pub fn with_older_key(self, key: ServiceAccountKey) -> Result<Self, Error> {
        if !key.email().eq_ignore_ascii_case(self.email()) {
            let message = "give two keys of one account, or make a service account of each";
            return Err(Error::custom(Kind::Key(KeyProblem::OtherAccount), "serviceAccount.key", message));
        }
        let mut keys = self.shared.keys.clone();
        keys.push(key);
        let shared = Shared { keys, in_use: AtomicUsize::new(0), ahead: AtomicI64::new(0) };
        Ok(Self { shared: Arc::new(shared), ..self })
    }

    /// The same account with other patience.
    pub fn with_retry(mut self, retry: RetryPolicy) -> Self {
        self.wire.retry = retry;
        self
    }

    /// The account's e-mail address.
    pub fn email(&self) -> &str {
        self.shared.keys[0].email()
    }

    /// The account's number of 21 digits, if one of the key files says it.
    pub fn client_id(&self) -> Option<&str> {
        self.shared.keys.iter().find_map(ServiceAccountKey::client_id)
    }

    /// The account's Google Cloud project, if one of the key files says it.
    pub fn project_id(&self) -> Option<&str> {
        self.shared.keys.iter().find_map(ServiceAccountKey::project_id)
    }

    /// Which key Google accepted last; the newest before the first token.
    pub fn key_in_use(&self) -> KeyInUse {
        let index = self.shared.in_use.load(SeqCst);
        KeyInUse { key_id: self.shared.keys[index].key_id().map(str::to_owned), is_older: index > 0 }
    }

    /// What to paste into the admin console for `scopes`.
    pub fn delegation_entry(&self, scopes: &ScopeSet) -> DelegationEntry {
        let scopes = scopes.iter().collect::<Vec<_>>().join(",");
        DelegationEntry { client_id: self.client_id().map(str::to_owned), scopes, link: Self::DELEGATION_PAGE }
    }

    /// Credentials in the name of `subject`, by domain-wide delegation.
    pub fn delegated(&self, subject: Subject, scopes: ScopeSet) -> DelegatedCredentials {
        let quota_user = subject.quota_user();
        DelegatedCredentials { account: self.clone(), subject, quota_user, scopes, cache: Arc::default() }
    }

    /// Credentials of the service account itself, which sees what is its own or was shared with it, and nobody's mail.
    pub fn itself(&self, scopes: ScopeSet) -> ServiceAccountCredentials {
        ServiceAccountCredentials { account: self.clone(), scopes, cache: Arc::default() }
    }

    pub(crate) fn wire(&self) -> &Wire {
        &self.wire
    }

    pub(crate) fn endpoints(&self) -> &Endpoints {
        &self.endpoints
    }

    /// A new token. Each key has its try, the newest first; a clock that Google complains about is corrected once.
    pub(crate) async fn fetch(&self, subject: Option<&Subject>, scopes: &ScopeSet) -> Result<Tokens, Error> {
        let mut refused: Option<Error> = None;
        for (index, key) in self.shared.keys.iter().enumerate() {
            match self.fetch_with(key, subject, scopes).await {
                Ok(tokens) => {
                    if index > 0 {
                        let key_id = key.key_id().unwrap_or("without an id");
                        tracing::warn!(
                            key_id,
                            "Google does not know the newest key of a service account; an older one works"
                        );
                    }
                    self.shared.in_use.store(index, SeqCst);
                    return Ok(tokens);
                }
                Err(error) if *error.kind() == Kind::Grant(GrantFailure::KeyRejected) => {
                    // The newest key's refusal is the one to tell of.
                    refused.get_or_insert(error);
                }
                Err(error) => return Err(error),
            }
        }
        Err(refused.unwrap_or_else(|| Error::new(Kind::Grant(GrantFailure::KeyRejected), "oauth2.token")))
    }

    async fn fetch_with(
        &self,
        key: &ServiceAccountKey,
        subject: Option<&Subject>,
        scopes: &ScopeSet,
    ) -> Result<Tokens, Error> {
        let ahead = self.shared.ahead.load(SeqCst);
        let error = match self.ask(key, subject, scopes, ahead).await {
            Err(error) if *error.kind() == Kind::Grant(GrantFailure::ClockSkew) => error,
            answer => return answer,
        };
        let Some(theirs) = error.server_time() else { return Err(error) };
        let ahead = theirs.as_second() - self.wire.world.now().as_second();
        tracing::warn!(seconds = ahead, "this machine's clock differs from Google's; assertions are dated by Google's");
        self.shared.ahead.store(ahead, SeqCst);
        self.ask(key, subject, scopes, ahead).await
    }

    async fn ask(
        &self,
        key: &ServiceAccountKey,
        subject: Option<&Subject>,
        scopes: &ScopeSet,
        ahead: i64,
    ) -> Result<Tokens, Error> {
        let issued_at = self.wire.world.now().as_second() + ahead - BACKDATED;
        let assertion = key.sign(&Claims {
            iss: key.email(),
            scope: &scopes.to_string(),
            aud: AUDIENCE,
            iat: issued_at,
            exp: issued_at + LIFETIME,
            sub: subject.map(Subject::email),
        })?;
        let form = [("grant_type", GRANT), ("assertion", assertion.as_str())];
        let request = Request::new("oauth2.token", Method::POST, "", "", &[]).form(&form).repeatable();
        let read = |body: &Bytes| serde_json::from_slice::<TokenAnswer>(body);
        let answer = self.wire.run(&request, &self.endpoints.token, None, failure::of_assertion, read).await?;
        Ok(answer.at(self.wire.world.now()))
    }
}

/// A service account in the name of one person. The subject is part of it and stays: every token that it gets is that
/// person's. Cheap to clone; the copies share the token.
#[derive(Clone)]
pub struct DelegatedCredentials {
    account: ServiceAccount,
    subject: Subject,
    quota_user: String,
    scopes: ScopeSet,
    cache: Arc<TokenCache>,
}

impl DelegatedCredentials {
    /// In whose name.
    pub fn subject(&self) -> &Subject {
        &self.subject
    }

    async fn token(&self, refused: Option<&SecretString>) -> Result<SecretString, Error> {
        let fetch = self.account.fetch(Some(&self.subject), &self.scopes);
        self.cache.token(&*self.account.wire.world.clock, refused, never, fetch).await
    }
}

impl Credentials for DelegatedCredentials {
    fn access_token(&self) -> TokenFuture<'_> {
        Box::pin(self.token(None))
    }

    fn refresh<'a>(&'a self, refused: &'a SecretString) -> TokenFuture<'a> {
        Box::pin(self.token(Some(refused)))
    }

    /// Without it Google counts all people together as the service account.
    fn quota_user(&self) -> Option<&str> {
        Some(&self.quota_user)
    }
}

/// A service account acting for itself. Cheap to clone; the copies share the token.
#[derive(Clone)]
pub struct ServiceAccountCredentials {
    account: ServiceAccount,
    scopes: ScopeSet,
    cache: Arc<TokenCache>,
}

impl ServiceAccountCredentials {
    async fn token(&self, refused: Option<&SecretString>) -> Result<SecretString, Error> {
        let fetch = self.account.fetch(None, &self.scopes);
        self.cache.token(&*self.account.wire.world.clock, refused, never, fetch).await
    }
}

impl Credentials for ServiceAccountCredentials {
    fn access_token(&self) -> TokenFuture<'_> {
        Box::pin(self.token(None))
    }

    fn refresh<'a>(&'a self, refused: &'a SecretString) -> TokenFuture<'a> {
        Box::pin(self.token(Some(refused)))
    }
}

/// Nothing that Google says of a service account is for ever: delegation entries and keys come into force after minutes.
fn never(_: &Error) -> bool {
    false
}
