//! Access tokens of connections: opened from the database, refreshed before they end, once for all callers of all processes.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use portico_google::{
    Client, Credentials, Kind, TokenFuture,
    auth::{ConnectionEvent, ExpiredReason, GrantFailure},
    quota::QuotaAccount,
};
use portico_kernel::{ConnectionId, TenantId, Timestamp};
use portico_store::{Actor, Connection, JournalRow, StoreError, TenantTx};
use portico_world::{ExposeSecret, SecretString};

use crate::{App, Error, connections, push_channels, seal::place};

/// A token that ends sooner than this is refreshed, in seconds.
const MARGIN: i64 = 300;
/// How long a refresh may take before another caller tries, in seconds.
const LEASE: i64 = 60;

/// Who of this process is refreshing which connection, so that the others wait without asking the database.
#[derive(Default)]
pub(crate) struct Refreshes {
    running: Mutex<HashMap<ConnectionId, Arc<tokio::sync::Mutex<()>>>>,
}

impl Refreshes {
    fn of(&self, id: ConnectionId) -> Arc<tokio::sync::Mutex<()>> {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        // Nobody but the map holds it: it is not in use.
        running.retain(|other, lock| *other == id || Arc::strong_count(lock) > 1);
        running.entry(id).or_default().clone()
    }
}

/// The credentials of one connection, for [`portico_google::Client`].
struct ConnectionCredentials {
    app: Arc<App>,
    tenant: TenantId,
    id: ConnectionId,
    held: Mutex<Option<Access>>,
}

/// An access token.
#[derive(Clone)]
pub(crate) struct Access {
    token: SecretString,
    ends: Timestamp,
    /// Whose calls they are that are made with it.
    account: QuotaAccount,
}

impl Access {
    fn of(tenant: TenantId, connection: &Connection, token: SecretString, ends: Timestamp) -> Self {
        // Two connections of one account share what Google lets the account do; a tenant's own client has a quota of its own.
        let account = QuotaAccount {
            project: connection.google_client_id.map(|id| id.to_string().into()),
            group: tenant.to_string().into(),
            user: connection.subject.as_str().into(),
        };
        Self { token, ends, account }
    }
}

impl ConnectionCredentials {
    async fn token(&self, refused: Option<&SecretString>) -> Result<SecretString, portico_google::Error> {
        if refused.is_none() {
            let held = self.held.lock().unwrap_or_else(PoisonError::into_inner).clone();
            if let Some(access) = held.filter(|access| self.app.now().plus_seconds(MARGIN) < access.ends) {
                return Ok(access.token);
            }
        }
        let access = self.app.access_token(self.tenant, self.id, refused).await?;
        *self.held.lock().unwrap_or_else(PoisonError::into_inner) = Some(access.clone());
        Ok(access.token)
    }
}

impl Credentials for ConnectionCredentials {
    fn access_token(&self) -> TokenFuture<'_> {
        Box::pin(self.token(None))
    }

    fn refresh<'a>(&'a self, refused: &'a SecretString) -> TokenFuture<'a> {
        Box::pin(self.token(Some(refused)))
    }

    fn quota_account(&self) -> Option<QuotaAccount> {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.as_ref().map(|access| access.account.clone())
    }
}

enum Step {
    /// A token that is good.
    Have(Access),
    /// It is ours to refresh.
    Refresh(Box<Connection>, i64),
    /// Somebody else is at it.
    Wait,
}

fn fault(error: &Error) -> portico_google::Error {
    let kind = match error {
        Error::Upstream { .. } => Kind::Transient,
        Error::Internal(_) => Kind::Unsendable,
        // The grants stay good: an administrator has taken the client away, and may name it again.
        Error::Conflict { reason: "no_google_client" } => Kind::Grant(GrantFailure::Misconfigured),
        _ => Kind::Unauthorized,
    };
    portico_google::Error::custom(kind, "oauth2.token", error.to_string())
}

impl App {
    /// A client that speaks as the account of a connection. The state of the connection is looked at on every new token, and
    /// calls wait for their turn where Google's quota is short: tenants share it evenly, and so do the people of one.
    pub fn google_client(self: &Arc<Self>, tenant: TenantId, connection: ConnectionId) -> Client {
        self.google_client_with(tenant, connection, None)
    }

    /// The same, with a token that was just looked up by [`Self::access_at_hand`].
    pub(crate) fn google_client_with(
        self: &Arc<Self>,
        tenant: TenantId,
        connection: ConnectionId,
        held: Option<Access>,
    ) -> Client {
        let credentials = ConnectionCredentials { app: self.clone(), tenant, id: connection, held: Mutex::new(held) };
        Client::new(self.transport.clone(), self.world.clone(), self.google.clone(), Arc::new(credentials))
            .with_quota(self.google_quota.clone(), connection.to_string().as_str())
    }

    /// The connection's access token, where one is good for a while, opened with the tenant's sealed keys. None where it has
    /// to be refreshed or the connection does not work: whoever asks for a token finds that out.
    pub(crate) fn access_at_hand(
        &self,
        tenant: TenantId,
        connection: &Connection,
        sealed_keys: &[String],
    ) -> Result<Option<Access>, Error> {
        if connection.state != "authorized" {
            return Ok(None);
        }
        let keys = self.masters.open_data_keys(tenant, sealed_keys.iter().map(String::as_str))?;
        Ok(match self.usable(tenant, &keys, connection, None)? {
            Some(Step::Have(access)) => Some(access),
            _ => None,
        })
    }

    /// A good access token; not `refused`, which Google did not take.
    pub(crate) async fn access_token(
        &self,
        tenant: TenantId,
        id: ConnectionId,
        refused: Option<&SecretString>,
    ) -> Result<Access, portico_google::Error> {
        let lock = self.live.refreshes.of(id);
        let _turn = lock.lock().await;
        loop {
            let step = self.next_step(tenant, id, refused).await.map_err(|error| fault(&error))?;
            match step {
                Step::Have(access) => return Ok(access),
                Step::Wait => self.world.clock.sleep(Duration::from_millis(200)).await,
                Step::Refresh(connection, fence) => {
                    if let Some(fresh) = self.refresh(tenant, &connection, fence).await? {
                        return Ok(fresh);
                    }
                }
            }
        }
    }

    async fn next_step(
        &self,
        tenant: TenantId,
        id: ConnectionId,
        refused: Option<&SecretString>,
    ) -> Result<Step, Error> {
        let now = self.now();
        let mut tx = self.store.tenant_read(tenant).await?;
        let (connection, sealed_keys) = tx.connection_with_keys(id).await?.ok_or(Error::NotFound)?;
        tx.end().await?;
        let keys = self.masters.open_data_keys(tenant, sealed_keys.iter().map(String::as_str))?;
        if let Some(found) = self.usable(tenant, &keys, &connection, refused)? {
            return Ok(found);
        }
        let mut tx = self.store.tenant(tenant).await?;
        let Some(fence) = tx.lease_connection(id, now, now.plus_seconds(LEASE)).await? else { return Ok(Step::Wait) };
        // Somebody may have refreshed it between the look and the lease.
        let connection = tx.connection(id).await?.ok_or(Error::NotFound)?;
        if let Some(found) = self.usable(tenant, &keys, &connection, refused)? {
            return Ok(found);
        }
        tx.commit(now).await?;
        Ok(Step::Refresh(Box::new(connection), fence))
    }

    fn usable(
        &self,
        tenant: TenantId,
        keys: &portico_vault::TenantKeys,
        connection: &Connection,
        refused: Option<&SecretString>,
    ) -> Result<Option<Step>, Error> {
        // A reset deletes at Google with what is left of the connection.
        if !matches!(connection.state.as_str(), "authorized" | "resetting") {
            return Err(Error::Conflict { reason: "connection_not_authorized" });
        }
        let (Some(sealed), Some(ends)) = (&connection.tokens.access, connection.tokens.access_expires_at) else {
            return Ok(None);
        };
        if self.now().plus_seconds(MARGIN) >= ends {
            return Ok(None);
        }
        let token = keys.open(place("connections", "access_sealed", connection.id.0), sealed)?;
        if refused.is_some_and(|refused| refused.expose_secret() == token.expose_secret()) {
            return Ok(None);
        }
        Ok(Some(Step::Have(Access::of(tenant, connection, token, ends))))
    }

    /// Refreshes with the lease `fence`; none when the connection was changed meanwhile.
    async fn refresh(
        &self,
        tenant: TenantId,
        connection: &Connection,
        fence: i64,
    ) -> Result<Option<Access>, portico_google::Error> {
        let id = connection.id;
        let internal = |error: Error| fault(&error);
        let (oauth, refresh_token) = self.refresh_parts(tenant, connection).await.map_err(internal)?;
        match oauth.refresh(&refresh_token).await {
            Ok(tokens) => {
                let stored = async {
                    let mut tx = self.store.tenant(tenant).await?;
                    let keys = self.keys(&mut tx).await?;
                    let sealed = self.seal_tokens(&keys, id, &tokens, Some(&connection.tokens))?;
                    let scopes = tokens.scopes.as_ref().map(ToString::to_string);
                    match tx.put_refreshed_tokens(id, fence, &sealed, scopes.as_deref(), self.now()).await {
                        Err(StoreError::Stale) => Ok(false),
                        Err(error) => Err(error.into()),
                        Ok(()) => self.commit(tx).await.map(|()| true),
                    }
                };
                let kept = stored.await.map_err(internal)?;
                let (token, ends) = (tokens.access_token, tokens.expires_at.into());
                Ok(kept.then(|| Access::of(tenant, connection, token, ends)))
            }
            Err(error) => {
                let ended = match error.kind() {
                    Kind::Grant(failure) => failure.expired_reason(),
                    _ => None,
                };
                match ended {
                    Some(reason) => self.end_by_refresh(tenant, id, fence, reason).await.map_err(internal)?,
                    None => self.give_lease_back(tenant, id, fence).await.map_err(internal)?,
                }
                Err(error)
            }
        }
    }

    async fn refresh_parts(
        &self,
        tenant: TenantId,
        connection: &Connection,
    ) -> Result<(portico_google::auth::OAuth, SecretString), Error> {
        let mut tx = self.store.tenant(tenant).await?;
        let oauth = self.oauth(&mut tx, connection.google_client_id).await?;
        let keys = self.keys(&mut tx).await?;
        tx.commit(self.now()).await?;
        let sealed =
            connection.tokens.refresh.as_ref().ok_or(Error::Conflict { reason: "connection_not_authorized" })?;
        Ok((oauth, keys.open(place("connections", "refresh_sealed", connection.id.0), sealed)?))
    }

    async fn give_lease_back(&self, tenant: TenantId, id: ConnectionId, fence: i64) -> Result<(), Error> {
        let mut tx = self.store.tenant(tenant).await?;
        tx.release_connection(id, fence).await?;
        self.commit(tx).await
    }

    async fn end_by_refresh(
        &self,
        tenant: TenantId,
        id: ConnectionId,
        fence: i64,
        reason: ExpiredReason,
    ) -> Result<(), Error> {
        let mut tx = self.store.tenant(tenant).await?;
        let current = tx.connection(id).await?.filter(|connection| connection.fence == fence);
        // Whoever changed it meanwhile, by a new consent above all, knows better.
        if let Some(connection) = current {
            self.expire(&mut tx, connection, reason).await?;
        }
        self.commit(tx).await
    }

    /// Marks a connection as expired because of what a call to Google said; one that is not authorized stays as it is.
    pub async fn expire_connection(
        &self,
        tx: &mut TenantTx,
        id: ConnectionId,
        reason: ExpiredReason,
    ) -> Result<(), Error> {
        match tx.connection(id).await? {
            Some(connection) => self.expire(tx, connection, reason).await,
            None => Ok(()),
        }
    }

    async fn expire(&self, tx: &mut TenantTx, mut connection: Connection, reason: ExpiredReason) -> Result<(), Error> {
        if !matches!(connection.state.as_str(), "authorized" | "paused") {
            return Ok(());
        }
        let before = serde_json::json!({"state": connection.state});
        connections::happened(&mut connection, ConnectionEvent::Failed(reason));
        // With the grant its channels end at Google: a later consent must not take them for open ones.
        for link in tx.links_of_connection(connection.id).await? {
            push_channels::close_all(tx, link.id).await?;
        }
        connection.tokens.access = None;
        connection.tokens.access_expires_at = None;
        tx.put_connection(&connection, self.now()).await?;
        tx.journal(JournalRow {
            actor: Actor::System,
            action: "connection.expired",
            subject_kind: "connection",
            subject: connection.id.0,
            before: Some(before),
            after: Some(serde_json::json!({"state": connection.state, "reason": connection.reason})),
            why: connection.reason.clone(),
        });
        Ok(())
    }
}
