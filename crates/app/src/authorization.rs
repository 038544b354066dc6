//! Consent: from "Connect Google" to a connection that works, and every way in which that can end otherwise.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use portico_google::{
    Kind, ScopeSet,
    auth::{
        Authorization, AuthorizationRequest, Callback, CallbackParams, Denial, Fingerprint, GrantFailure, IdClaims,
        Pending, PendingFuture, PendingStore, Prompt, Tokens,
    },
    scopes,
};
use portico_kernel::{AttemptId, ConnectionId, EmployeeId, GoogleClientId, SessionId, TenantId, Timestamp};
use portico_store::{AuthorizationAttempt, Connection, JournalRow, SealedTokens, TenantTx};
use portico_vault::TenantKeys;
use portico_world::SecretString;
use serde::{Deserialize, Serialize};

use crate::{
    App, Caller, ConnectGoogle, Error, Feature, FieldError,
    features::{features_text, parse_features},
    links,
    seal::place,
};

/// What a person wants to connect.
#[derive(Clone, Debug)]
pub struct ConnectRequest {
    /// For what.
    pub feature: String,
    /// The page of the portal to return to.
    pub return_to: Option<String>,
    /// The connection that is to be authorized anew; none for a new one.
    pub connection: Option<ConnectionId>,
}

/// A consent that led to a working connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connected {
    /// The connection.
    pub connection: ConnectionId,
    /// The page to return to.
    pub return_to: String,
}

/// Why a callback did not lead to a working connection. Each has its own page; what existed before is as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Nobody is signed in here.
    NotSignedIn,
    /// No role grants connecting any more.
    NotPermitted,
    /// The state is none of ours.
    UnknownState,
    /// The state was used before.
    ReplayedState,
    /// The ten minutes are over.
    Expired,
    /// The state belongs to another session.
    ForeignSession,
    /// Another server than Google answered.
    WrongIssuer,
    /// Google sent neither a code nor a reason.
    Incomplete,
    /// The person pressed Cancel.
    Denied,
    /// The Google administrator forbids it.
    AdminBlocked,
    /// Google refused for another reason.
    Refused,
    /// The box of the feature was left unticked.
    ScopeMissing,
    /// Another Google account than the connection's was chosen.
    WrongAccount,
    /// A colleague has connected the account, and that connection works.
    Colleagues,
    /// The account's connection is being reset: its events are being deleted at Google.
    Resetting,
    /// The code was used before, or is too old.
    CodeUsed,
    /// The code belongs to another attempt.
    WrongVerifier,
    /// The OAuth client is not set up rightly.
    ClientMisconfigured,
    /// Google gave no lasting permission.
    NoRefreshToken,
    /// What Google said about the account cannot be believed.
    NotBelievable,
    /// Google did not answer.
    Unavailable,
}

/// What the page of a failed consent needs to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Why.
    pub refusal: Refusal,
    /// The page to return to.
    pub return_to: String,
}

/// Where a person goes back to when nothing else is known.
pub const HOME_OF_CONNECTIONS: &str = "/google";

/// What comes back with the callback beside the [`Pending`] record.
#[derive(Serialize, Deserialize)]
struct Context {
    connection: Option<ConnectionId>,
    client: Option<GoogleClientId>,
    employee: EmployeeId,
    feature: String,
    return_to: String,
}

impl App {
    /// Sends somebody to Google's consent page: the address to open.
    pub async fn begin_authorization(
        &self,
        by: &Caller<ConnectGoogle>,
        request: &ConnectRequest,
    ) -> Result<String, Error> {
        let mut faults = Vec::new();
        let feature = Feature::parse(&request.feature);
        if feature.is_none() {
            faults.push(FieldError::new("feature", "unknown"));
        }
        let return_to = request.return_to.as_deref().unwrap_or(HOME_OF_CONNECTIONS);
        if !own_page(return_to) {
            faults.push(FieldError::new("return_to", "not_a_page_of_the_portal"));
        }
        let (Some(feature), true) = (feature, faults.is_empty()) else { return Err(Error::Invalid(faults)) };
        let employee = by.employee()?;
        let session = by.session.ok_or(Error::SignInAgain)?;
        let old = match request.connection {
            None => None,
            Some(id) => Some(self.own_connection(by.tenant, employee, id).await?),
        };
        if old.as_ref().is_some_and(|old| old.state == "resetting") {
            return Err(Error::Conflict { reason: "resetting" });
        }
        let (client, oauth) = self.oauth_for_new(by.tenant).await?;
        // A working connection keeps what it has: only what is missing is asked for. Another one needs everything again, and
        // so does one of another OAuth client: to this one Google has granted nothing yet.
        let granted = old
            .as_ref()
            .filter(|old| old.state == "authorized" && old.google_client_id == client)
            .map(|old| ScopeSet::parse(&old.scopes));
        let mut wanted = old.as_ref().map(|old| parse_features(&old.wanted)).unwrap_or_default();
        wanted.push(feature);
        let needed = wanted.iter().fold(ScopeSet::default(), |set, feature| set.union(&feature.scopes()));
        let missing = granted.map_or_else(|| needed.clone(), |granted| needed.missing_from(&granted));
        // Only a consent that is given anew brings a refresh token.
        let prompt = match &old {
            None => vec![Prompt::SelectAccount, Prompt::Consent],
            Some(old) if missing.is_empty() && old.google_client_id == client => Vec::new(),
            Some(_) => vec![Prompt::Consent],
        };
        let asked = if missing.is_empty() { feature.scopes() } else { missing };
        let identity: ScopeSet = [scopes::OPENID, scopes::EMAIL, scopes::PROFILE].into_iter().collect();
        let identity = identity.union(&self.google_scopes);
        let context = Context {
            connection: request.connection,
            client,
            employee,
            feature: feature.as_str().to_owned(),
            return_to: return_to.to_owned(),
        };
        let authorization = AuthorizationRequest {
            login_hint: old.as_ref().map(|old| old.email.clone()),
            prompt,
            extra: vec![("hl".into(), by.locale.tag().into())],
            context: serde_json::to_string(&context).map_err(|error| Error::Internal(error.to_string()))?,
            ..AuthorizationRequest::new(asked.union(&identity))
        };
        let attempts = Attempts { app: self, tenant: by.tenant, session, account: Some(by.account) };
        oauth.begin(&attempts, authorization, &binding(by.tenant, session)).await.map_err(upstream)
    }

    /// Ends what [`App::begin_authorization`] began, with the query string that the browser brings back from Google.
    pub async fn finish_authorization(
        &self,
        by: Option<&Caller>,
        query: &str,
    ) -> Result<Result<Connected, Refused>, Error> {
        let refuse = |refusal, return_to: &str| Ok(Err(Refused { refusal, return_to: return_to.to_owned() }));
        let Some((by, session)) = by.and_then(|by| Some((by, by.session?))) else {
            return refuse(Refusal::NotSignedIn, HOME_OF_CONNECTIONS);
        };
        if by.permit::<ConnectGoogle>().is_err() {
            return refuse(Refusal::NotPermitted, HOME_OF_CONNECTIONS);
        }
        let (_, oauths) = match self.oauths_for_new(by.tenant).await {
            Err(Error::Conflict { .. }) => return refuse(Refusal::ClientMisconfigured, HOME_OF_CONNECTIONS),
            other => other?,
        };
        let attempts = Attempts { app: self, tenant: by.tenant, session, account: None };
        let mut callback = Callback::Unknown;
        for oauth in oauths {
            let params = CallbackParams::parse(query);
            callback = oauth.callback(&attempts, params, &binding(by.tenant, session)).await.map_err(upstream)?;
            // A state that this key has not signed may be of a process with another newest master key.
            if !matches!(callback, Callback::Unknown) {
                break;
            }
        }
        let (refusal, pending) = match callback {
            Callback::Granted(granted) => return self.complete_authorization(by, granted).await,
            Callback::Unknown => (Refusal::UnknownState, None),
            Callback::Replayed(_) => (Refusal::ReplayedState, None),
            Callback::Expired => (Refusal::Expired, None),
            Callback::ForeignSession => (Refusal::ForeignSession, None),
            Callback::WrongIssuer => (Refusal::WrongIssuer, None),
            Callback::Incomplete(pending) => (Refusal::Incomplete, Some(pending)),
            Callback::Denied(denial, pending) => (of_denial(&denial), Some(pending)),
        };
        let context = pending.and_then(|pending| serde_json::from_str::<Context>(&pending.context).ok());
        refuse(refusal, context.as_ref().map_or(HOME_OF_CONNECTIONS, |context| &context.return_to))
    }

    async fn complete_authorization(
        &self,
        by: &Caller,
        granted: portico_google::auth::Granted,
    ) -> Result<Result<Connected, Refused>, Error> {
        let context: Context =
            serde_json::from_str(&granted.pending.context).map_err(|error| Error::Internal(error.to_string()))?;
        let refuse = |refusal| Ok(Err(Refused { refusal, return_to: context.return_to.clone() }));
        let mut tx = self.store.tenant(by.tenant).await?;
        let oauth = self.oauth(&mut tx, context.client).await;
        tx.commit(self.now()).await?;
        let oauth = match oauth {
            Err(Error::Conflict { .. }) => return refuse(Refusal::ClientMisconfigured),
            other => other?,
        };
        let authorization = match oauth.complete(granted).await {
            Ok(authorization) => authorization,
            Err(error) => {
                tracing::info!(%error, "a consent could not be completed");
                return refuse(of_exchange(&error));
            }
        };
        let Some(account) = authorization.account.clone() else { return refuse(Refusal::NotBelievable) };
        let mut again = 0..5;
        let stored = loop {
            match self.store_authorization(by, &context, &authorization, &account).await {
                // Somebody has made the connection in between, or written it: the next look finds it so.
                Err(Error::Stale | Error::Conflict { reason: "exists_already" }) if again.next().is_some() => {}
                other => break other,
            }
        };
        match stored? {
            Ok(connection) => Ok(Ok(Connected { connection, return_to: context.return_to })),
            Err(refusal) => refuse(refusal),
        }
    }

    async fn store_authorization(
        &self,
        by: &Caller,
        context: &Context,
        authorization: &Authorization,
        account: &IdClaims,
    ) -> Result<Result<ConnectionId, Refusal>, Error> {
        let now = self.now();
        let mut tx = self.store.tenant(by.tenant).await?;
        let mine = tx.connections_of(&[context.employee]).await?;
        let old = match context.connection {
            Some(id) => {
                let old = mine.into_iter().find(|connection| connection.id == id).ok_or(Error::NotFound)?;
                if old.subject != account.sub {
                    return Ok(Err(Refusal::WrongAccount));
                }
                Some(old)
            }
            // The same account again is the same connection: its data and links stay.
            None => mine.into_iter().find(|connection| connection.subject == account.sub),
        };
        if old.as_ref().is_some_and(|old| old.state == "resetting") {
            return Ok(Err(Refusal::Resetting));
        }
        // Whoever picks a colleague's account by mistake would take that person's calendar along.
        let of_others = |other: &Connection| other.employee_id != Some(context.employee) && other.is_used();
        if tx.connections_by_subject(&account.sub).await?.iter().any(of_others) {
            return Ok(Err(Refusal::Colleagues));
        }
        let feature = Feature::parse(&context.feature).ok_or_else(|| Error::Internal("a feature is gone".into()))?;
        let ticked = feature.granted_by(&authorization.granted);
        if let (Some(_), false) = (&old, ticked) {
            return Ok(Err(Refusal::ScopeMissing));
        }
        let id = old.as_ref().map_or_else(|| ConnectionId::new(&self.world), |old| old.id);
        let kept = old.as_ref().filter(|old| old.google_client_id == context.client).map(|old| &old.tokens);
        let keys = self.keys(&mut tx).await?;
        let tokens = self.seal_tokens(&keys, id, &authorization.tokens, kept)?;
        if tokens.refresh.is_none() {
            return Ok(Err(Refusal::NoRefreshToken));
        }
        let mut wanted = old.as_ref().map(|old| parse_features(&old.wanted)).unwrap_or_default();
        wanted.push(feature);
        // The calendar's scope makes Meet rooms as well.
        if feature == Feature::Calendar {
            wanted.push(Feature::Meet);
        }
        wanted.sort_unstable();
        wanted.dedup();
        let paused = old.as_ref().is_some_and(|old| old.state == "paused");
        let (state, reason) = match (ticked, paused) {
            (false, _) => ("expired", Some("scope_missing".to_owned())),
            (true, true) => ("paused", None),
            (true, false) => ("authorized", None),
        };
        let before = old.as_ref().map(|old| serde_json::json!({"state": old.state, "reason": old.reason}));
        let connection = Connection {
            id,
            employee_id: Some(context.employee),
            google_client_id: context.client,
            subject: account.sub.clone(),
            email: account.email.clone().unwrap_or_default(),
            name: account.name.clone().or_else(|| account.email.clone()).unwrap_or_default(),
            picture: account.picture.clone(),
            state: state.to_owned(),
            reason: reason.clone(),
            scopes: authorization.granted.to_string(),
            wanted: features_text(&wanted),
            tokens,
            fence: old.as_ref().map_or(0, |old| old.fence),
            lease_until: Timestamp(0),
            created_at: old.as_ref().map_or(now, |old| old.created_at),
            stands_since: None,
        };
        tx.put_connection(&connection, now).await?;
        tx.journal(JournalRow {
            actor: by.actor(),
            action: if ticked { "connection.authorized" } else { "connection.expired" },
            subject_kind: "connection",
            subject: id.0,
            before,
            after: Some(serde_json::json!({"state": state, "features": connection.wanted})),
            why: reason,
        });
        if ticked && !paused && Feature::Calendar.granted_by(&authorization.granted) {
            links::start_connection(self, &mut tx, id).await?;
        }
        self.commit(tx).await?;
        Ok(if ticked { Ok(id) } else { Err(Refusal::ScopeMissing) })
    }

    /// Seals what the token endpoint gave. Where it gave no refresh token the old one stays.
    pub(crate) fn seal_tokens(
        &self,
        keys: &TenantKeys,
        id: ConnectionId,
        tokens: &Tokens,
        kept: Option<&SealedTokens>,
    ) -> Result<SealedTokens, Error> {
        let rng = self.world.rng.as_ref();
        let access = keys.seal(place("connections", "access_sealed", id.0), &tokens.access_token, rng)?;
        let mut sealed = SealedTokens {
            access: Some(access),
            access_expires_at: Some(tokens.expires_at.into()),
            ..kept.cloned().unwrap_or_default()
        };
        if let Some(refresh) = &tokens.refresh_token {
            let fingerprint = Fingerprint::of(refresh);
            sealed.refresh = Some(keys.seal(place("connections", "refresh_sealed", id.0), refresh, rng)?);
            sealed.prefix = Some(fingerprint.prefix);
            sealed.hash = Some(fingerprint.hash);
        }
        if let Some(at) = tokens.refresh_token_expires_at {
            sealed.refresh_expires_at = Some(at.into());
        }
        Ok(sealed)
    }

    /// A connection of this employee.
    pub(crate) async fn own_connection(
        &self,
        tenant: TenantId,
        employee: EmployeeId,
        id: ConnectionId,
    ) -> Result<Connection, Error> {
        let mut tx = self.store.tenant_read(tenant).await?;
        let connection = tx.connection(id).await?;
        tx.end().await?;
        connection.filter(|connection| connection.employee_id == Some(employee)).ok_or(Error::NotFound)
    }
}

/// What Google does wrong, for those who asked for something here.
pub(crate) fn upstream(error: portico_google::Error) -> Error {
    if error.is_temporary() {
        let retry_after = error.retry_after().map(|wait| u32::try_from(wait.as_secs()).unwrap_or(u32::MAX));
        return Error::Upstream { service: "google", retry_after };
    }
    Error::Internal(error.to_string())
}

/// A state is good in the session where it was made, and in no other.
fn binding(tenant: TenantId, session: SessionId) -> String {
    format!("{tenant} {session}")
}

/// A path of the portal itself: no other host, no backslash that a browser would read as a slash.
fn own_page(path: &str) -> bool {
    path.starts_with('/')
        && !path.starts_with("//")
        && path.len() <= 500
        && !path.contains(['\\', '\r', '\n', '\t'])
        && !path.chars().any(char::is_control)
}

fn of_denial(denial: &Denial) -> Refusal {
    match denial {
        Denial::AccessDenied => Refusal::Denied,
        Denial::AdminBlocked => Refusal::AdminBlocked,
        Denial::Temporary => Refusal::Unavailable,
        _ => Refusal::Refused,
    }
}

fn of_exchange(error: &portico_google::Error) -> Refusal {
    match error.kind() {
        Kind::Grant(GrantFailure::CodeRejected) => Refusal::CodeUsed,
        Kind::Grant(GrantFailure::VerifierRejected) => Refusal::WrongVerifier,
        Kind::Grant(GrantFailure::AdminBlocked) => Refusal::AdminBlocked,
        Kind::Grant(_) => Refusal::ClientMisconfigured,
        Kind::IdToken(_) => Refusal::NotBelievable,
        _ => Refusal::Unavailable,
    }
}

/// Attempts in the tenant's own table; the state alone leads nowhere without the session.
struct Attempts<'a> {
    app: &'a App,
    tenant: TenantId,
    session: SessionId,
    account: Option<portico_kernel::AccountId>,
}

/// The attempt's id on the wire is 16 random bytes in base64, in the database the same as a UUID.
fn attempt_id(id: &str) -> Option<AttemptId> {
    let bytes: [u8; 16] = BASE64_URL_SAFE_NO_PAD.decode(id).ok()?.try_into().ok()?;
    Some(AttemptId(uuid::Uuid::from_bytes(bytes)))
}

impl Attempts<'_> {
    async fn store(&self, pending: Pending) -> Result<(), Error> {
        let app = self.app;
        let damaged = || Error::Internal("an attempt's record is not one".into());
        let id = attempt_id(&pending.id).ok_or_else(damaged)?;
        let context: Context = serde_json::from_str(&pending.context).map_err(|_| damaged())?;
        let mut tx = app.store.tenant(self.tenant).await?;
        let keys = app.keys(&mut tx).await?;
        let at = place("authorization_attempts", "verifier_sealed", id.0);
        let attempt = AuthorizationAttempt {
            id,
            session_id: self.session,
            account_id: self.account.ok_or_else(damaged)?,
            employee_id: context.employee,
            connection_id: context.connection,
            google_client_id: context.client,
            feature: context.feature,
            scopes: pending.scopes.to_string(),
            nonce: pending.nonce,
            verifier_sealed: keys.seal(at, &pending.verifier, app.world.rng.as_ref())?,
            return_to: context.return_to,
            expires_at: pending.expires_at.into(),
        };
        tx.add_authorization_attempt(&attempt, app.now()).await?;
        app.commit(tx).await
    }

    async fn find(&self, wire_id: &str) -> Result<Option<Pending>, Error> {
        let app = self.app;
        let Some(id) = attempt_id(wire_id) else { return Ok(None) };
        let mut tx: TenantTx = app.store.tenant(self.tenant).await?;
        let Some(attempt) = tx.take_authorization_attempt(id).await? else { return Ok(None) };
        let keys = app.keys(&mut tx).await?;
        let at = place("authorization_attempts", "verifier_sealed", id.0);
        let verifier: SecretString = keys.open(at, &attempt.verifier_sealed)?;
        app.commit(tx).await?;
        let context = Context {
            connection: attempt.connection_id,
            client: attempt.google_client_id,
            employee: attempt.employee_id,
            feature: attempt.feature,
            return_to: attempt.return_to,
        };
        Ok(Some(Pending {
            id: wire_id.to_owned(),
            verifier,
            nonce: attempt.nonce,
            binding: binding(self.tenant, attempt.session_id),
            scopes: ScopeSet::parse(&attempt.scopes),
            context: serde_json::to_string(&context).map_err(|error| Error::Internal(error.to_string()))?,
            expires_at: attempt.expires_at.to_jiff(),
        }))
    }
}

fn not_kept(error: &Error) -> portico_google::Error {
    portico_google::Error::custom(Kind::PendingStore, "oauth2.attempts", error.to_string())
}

impl PendingStore for Attempts<'_> {
    fn put(&self, pending: Pending) -> PendingFuture<'_, ()> {
        Box::pin(async move { self.store(pending).await.map_err(|error| not_kept(&error)) })
    }

    fn take<'a>(&'a self, id: &'a str) -> PendingFuture<'a, Option<Pending>> {
        Box::pin(async move { self.find(id).await.map_err(|error| not_kept(&error)) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_of_the_portal_are_returned_to() {
        for (path, own) in [
            ("/google", true),
            ("/calendar?week=2026-11-16#x", true),
            ("//evil.test/", false),
            ("https://evil.test/", false),
            ("/\\evil.test", false),
            ("", false),
            ("google", false),
            ("/a\r\nSet-Cookie: x", false),
        ] {
            assert_eq!(own_page(path), own, "{path:?}");
        }
    }
}
