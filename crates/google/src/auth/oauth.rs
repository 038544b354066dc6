use std::sync::Arc;

use bytes::Bytes;
use http::Method;
use jiff::Timestamp;
use portico_transport::Transport;
use portico_world::{Clock, ExposeSecret, SecretString, World};

use crate::{
    Endpoints, Error, Kind, Request, RetryPolicy, ScopeSet, StaticToken,
    auth::{
        AuthorizationRequest, Callback, CallbackParams, Granted, IdClaims, IdTokenProblem, OAuthClient, PendingStore,
        Started, StateKey, Tokens, authorization, callback, failure,
        id_token::{self, Keys},
        tokens::TokenAnswer,
    },
    client::{Explain, Wire},
    envelope, scopes,
};

/// The authorization framework for one OAuth client. Cheap to clone; the copies share Google's signing keys.
#[derive(Clone)]
pub struct OAuth {
    client: Arc<OAuthClient>,
    endpoints: Arc<Endpoints>,
    wire: Wire,
    state_key: Arc<StateKey>,
    keys: Arc<Keys>,
}

/// A consent that went through.
#[derive(Clone, Debug)]
pub struct Authorization {
    /// The tokens.
    pub tokens: Tokens,
    /// What was granted, as Google returned it.
    pub granted: ScopeSet,
    /// What was asked for and not granted: boxes that the person left unticked.
    pub missing: ScopeSet,
    /// Whose account it is, when `openid` was asked for.
    pub account: Option<IdClaims>,
    /// The context given at the start.
    pub context: String,
}

/// What revoking did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Revoked {
    /// The grant is gone now, for all scopes and all clients of the project.
    Now,
    /// There was nothing left to revoke.
    Before,
}

/// Who an access token belongs to, as Google's userinfo endpoint says.
/// <https://developers.google.com/identity/openid-connect/openid-connect#obtaininguserprofileinformation>
pub type UserInfo = IdClaims;

impl OAuth {
    /// The framework for `client`. `state_key` must be the same in all processes that may receive the callback.
    pub fn new(
        client: OAuthClient,
        endpoints: Endpoints,
        transport: Arc<dyn Transport>,
        world: World,
        state_key: StateKey,
    ) -> Self {
        Self {
            client: Arc::new(client),
            endpoints: Arc::new(endpoints),
            wire: Wire { transport, world, retry: RetryPolicy::default(), quota: None },
            state_key: Arc::new(state_key),
            keys: Arc::default(),
        }
    }

    /// The same framework with other patience.
    pub fn with_retry(mut self, retry: RetryPolicy) -> Self {
        self.wire.retry = retry;
        self
    }

    /// The OAuth client.
    pub fn client(&self) -> &OAuthClient {
        &self.client
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.wire.world.now()
    }

    pub(crate) fn clock(&self) -> &dyn Clock {
        &*self.wire.world.clock
    }

    /// Makes the consent address, without storing anything: store [`Started::pending`] before the browser leaves.
    /// `binding` names the session that may bring the answer, such as the digest of its cookie.
    pub fn prepare(&self, request: AuthorizationRequest, binding: &str) -> Result<Started, Error> {
        authorization::prepare(&self.client, &self.endpoints, &self.wire.world, &self.state_key, request, binding)
    }

    /// Makes the consent address and stores the attempt in `store`.
    pub async fn begin(
        &self,
        store: &dyn PendingStore,
        request: AuthorizationRequest,
        binding: &str,
    ) -> Result<String, Error> {
        let Started { url, pending } = self.prepare(request, binding)?;
        store.put(pending).await?;
        Ok(url)
    }

    /// From the request that Google sent the browser back with to what it means. `state` and `iss` are checked, and the
    /// attempt is used up, before anybody sees the code. Only the store can fail here; nothing is asked of Google.
    pub async fn callback(
        &self,
        store: &dyn PendingStore,
        params: CallbackParams,
        binding: &str,
    ) -> Result<Callback, Error> {
        callback::check(params, &self.state_key, &self.endpoints, store, binding, self.now()).await
    }

    /// Exchanges the code and says who consented to what. With `openid` the account comes from the ID token, whose
    /// signature, audience, time and nonce are checked.
    pub async fn complete(&self, granted: Granted) -> Result<Authorization, Error> {
        let Granted { code, scopes, pending } = granted;
        let tokens = self.exchange(&code, &pending.verifier).await?;
        let granted = tokens.scopes.clone().or(scopes).unwrap_or_else(|| pending.scopes.clone());
        let account = match &tokens.id_token {
            Some(token) => Some(self.verify_id_token(token, pending.nonce.as_deref()).await?),
            None if pending.nonce.is_some() && granted.contains(scopes::OPENID) => {
                return Err(Error::new(Kind::IdToken(IdTokenProblem::Missing), "oauth2.idToken"));
            }
            None => None,
        };
        let missing = pending.scopes.missing_from(&granted);
        Ok(Authorization { tokens, granted, missing, account, context: pending.context })
    }

    /// Exchanges an authorization code. It is sent once only: a code that Google sees twice ends the grant.
    pub async fn exchange(&self, code: &SecretString, verifier: &SecretString) -> Result<Tokens, Error> {
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code.expose_secret()),
            ("code_verifier", verifier.expose_secret()),
            ("redirect_uri", &self.client.redirect_uri),
            ("client_id", &self.client.client_id),
            ("client_secret", self.client.client_secret.expose_secret()),
        ];
        let request = Request::new("oauth2.token", Method::POST, "", "", &[]).form(&form);
        self.token(&request, failure::of_exchange).await
    }

    /// Gets a new access token. [`Tokens::refresh_token`] is the old one unless Google gave another.
    ///
    /// [`Kind::Grant`] ends the connection or calls for an administrator; [`Kind::Transient`] changes nothing.
    pub async fn refresh(&self, refresh_token: &SecretString) -> Result<Tokens, Error> {
        let form = [
            ("grant_type", "refresh_token"),
            ("refresh_token", refresh_token.expose_secret()),
            ("client_id", &self.client.client_id),
            ("client_secret", self.client.client_secret.expose_secret()),
        ];
        let request = Request::new("oauth2.token", Method::POST, "", "", &[]).form(&form).repeatable();
        let mut tokens = self.token(&request, failure::of_refresh).await?;
        tokens.refresh_token.get_or_insert_with(|| refresh_token.clone());
        Ok(tokens)
    }

    async fn token(&self, request: &Request, explain: Explain) -> Result<Tokens, Error> {
        let read = |body: &Bytes| serde_json::from_slice::<TokenAnswer>(body);
        let answer = self.wire.run(request, &self.endpoints.token, None, explain, read).await?;
        Ok(answer.at(self.now()))
    }

    /// Gives the grant back: the refresh or access token and all others of the same grant stop working, perhaps a little
    /// later. <https://developers.google.com/identity/protocols/oauth2/web-server#tokenrevoke>
    pub async fn revoke(&self, token: &SecretString) -> Result<Revoked, Error> {
        let form = [("token", token.expose_secret())];
        let request = Request::new("oauth2.revoke", Method::POST, "", "", &[]).form(&form).repeatable();
        match self.wire.run(&request, &self.endpoints.revoke, None, failure::of_refresh, |_| Ok(())).await {
            Ok(()) => Ok(Revoked::Now),
            Err(error) if error.reason() == Some("invalid_token") => Ok(Revoked::Before),
            Err(error) => Err(error),
        }
    }

    /// Asks Google whose `access_token` this is. It needs one of the scopes `openid`, `email` and `profile`.
    pub async fn userinfo(&self, access_token: &SecretString) -> Result<UserInfo, Error> {
        let request = Request::new("oauth2.userinfo", Method::GET, "", "", &[]);
        let credentials = StaticToken::new(access_token.clone());
        let read = |body: &Bytes| serde_json::from_slice(body);
        self.wire.run(&request, &self.endpoints.userinfo, Some(&credentials), envelope::explain, read).await
    }

    /// Checks an ID token: RS256 by one of Google's keys, issued by Google for this client, in its time (60 s of skew), and
    /// with `nonce` when there is one. Fetches Google's keys when they are not at hand.
    pub async fn verify_id_token(&self, token: &SecretString, nonce: Option<&str>) -> Result<IdClaims, Error> {
        id_token::verify(&self.wire, &self.endpoints, &self.keys, &self.client.client_id, token, nonce).await
    }
}
