//! OAuth clients: the instance's, and a tenant's own.

use portico_google::auth::{OAuth, OAuthClient, StateKey};
use portico_kernel::{GoogleClientId, TenantId};
use portico_store::{GoogleClient, JournalRow, TenantTx};
use portico_world::{ExposeSecret, SecretString};
use url::Url;

use crate::{Administrator, App, Caller, Error, FieldError, IdempotencyKey, seal::place};

/// A new client, as an administrator types it in.
#[derive(Clone, Debug)]
pub struct NewGoogleClient {
    /// What it is called.
    pub name: String,
    /// Google's id of it.
    pub client_id: String,
    /// Its secret.
    pub client_secret: SecretString,
    /// The registered address, where it is another than the instance's.
    pub redirect_uri: Option<String>,
    /// What of it could not be understood, and is absent here: told with what else is not right.
    pub faults: Vec<FieldError>,
}

/// What changes of a client; absent fields stay.
#[derive(Clone, Debug, Default)]
pub struct GoogleClientChange {
    /// What it is called.
    pub name: Option<String>,
    /// A new secret.
    pub client_secret: Option<SecretString>,
    /// The registered address.
    pub redirect_uri: Option<String>,
    /// What of it could not be understood, and is absent here: told with what else is not right.
    pub faults: Vec<FieldError>,
}

fn check_redirect(uri: Option<&str>, faults: &mut Vec<FieldError>) {
    let Some(uri) = uri else { return };
    let sound = Url::parse(uri).is_ok_and(|url| {
        url.scheme() == "https"
            || (url.scheme() == "http" && matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]")))
    });
    if !sound {
        faults.push(FieldError::new("redirect_uri", "not_an_https_address"));
    }
}

fn check_text(field: &'static str, text: &str, faults: &mut Vec<FieldError>) {
    match text.trim().chars().count() {
        0 => faults.push(FieldError::new(field, "required")),
        1..=200 => {}
        _ => faults.push(FieldError::new(field, "too_long").with(200)),
    }
}

impl App {
    /// The tenant's clients.
    pub async fn google_clients(&self, by: &Caller<Administrator>) -> Result<Vec<GoogleClient>, Error> {
        let mut tx = self.store.tenant_read(by.tenant).await?;
        let clients = tx.google_clients().await?;
        tx.end().await?;
        Ok(clients)
    }

    /// Adds a client; its secret is sealed and never shown again.
    pub async fn add_google_client(
        &self,
        by: &Caller<Administrator>,
        new: &NewGoogleClient,
        key: Option<&IdempotencyKey>,
    ) -> Result<GoogleClient, Error> {
        let mut more = Vec::new();
        check_text("name", &new.name, &mut more);
        check_text("client_id", &new.client_id, &mut more);
        check_text("client_secret", new.client_secret.expose_secret(), &mut more);
        check_redirect(new.redirect_uri.as_deref(), &mut more);
        let mut faults = new.faults.clone();
        FieldError::gather(&mut faults, more);
        if !faults.is_empty() {
            return Err(Error::Invalid(faults));
        }
        let mut tx = self.store.tenant(by.tenant).await?;
        if let Some(key) = key
            && let Some(made) = key.made_before(self, &mut tx, by.account).await?
        {
            let client = tx.google_clients().await?.into_iter().find(|client| client.id.to_string() == made);
            tx.end().await?;
            return client.ok_or(Error::MadeBefore { made });
        }
        let keys = self.keys(&mut tx).await?;
        let id = GoogleClientId::new(&self.world);
        let secret_sealed =
            keys.seal(place("google_clients", "secret_sealed", id.0), &new.client_secret, self.world.rng.as_ref())?;
        let client = GoogleClient {
            id,
            name: new.name.trim().to_owned(),
            client_id: new.client_id.trim().to_owned(),
            secret_sealed,
            redirect_uri: new.redirect_uri.clone(),
            created_at: self.now(),
        };
        tx.put_google_client(&client, self.now()).await?;
        tx.journal(row(by, "google_client.added", &client));
        if let Some(key) = key {
            key.keep(&mut tx, by.account, &id.to_string()).await?;
        }
        self.commit(tx).await?;
        Ok(client)
    }

    /// Changes a client.
    pub async fn change_google_client(
        &self,
        by: &Caller<Administrator>,
        id: GoogleClientId,
        change: &GoogleClientChange,
    ) -> Result<GoogleClient, Error> {
        let mut more = Vec::new();
        if let Some(name) = &change.name {
            check_text("name", name, &mut more);
        }
        if let Some(secret) = &change.client_secret {
            check_text("client_secret", secret.expose_secret(), &mut more);
        }
        check_redirect(change.redirect_uri.as_deref(), &mut more);
        let mut faults = change.faults.clone();
        FieldError::gather(&mut faults, more);
        if !faults.is_empty() {
            return Err(Error::Invalid(faults));
        }
        let mut tx = self.store.tenant(by.tenant).await?;
        let mut client =
            tx.google_clients().await?.into_iter().find(|client| client.id == id).ok_or(Error::NotFound)?;
        if let Some(name) = &change.name {
            client.name = name.trim().to_owned();
        }
        if let Some(secret) = &change.client_secret {
            let keys = self.keys(&mut tx).await?;
            client.secret_sealed =
                keys.seal(place("google_clients", "secret_sealed", id.0), secret, self.world.rng.as_ref())?;
        }
        if let Some(uri) = &change.redirect_uri {
            client.redirect_uri = Some(uri.clone());
        }
        tx.put_google_client(&client, self.now()).await?;
        tx.journal(row(by, "google_client.changed", &client));
        self.commit(tx).await?;
        Ok(client)
    }

    /// Removes a client that no connection uses.
    pub async fn remove_google_client(&self, by: &Caller<Administrator>, id: GoogleClientId) -> Result<(), Error> {
        let mut tx = self.store.tenant(by.tenant).await?;
        let client = tx.google_clients().await?.into_iter().find(|client| client.id == id).ok_or(Error::NotFound)?;
        tx.remove_google_client(id).await?;
        tx.journal(row(by, "google_client.removed", &client));
        self.commit(tx).await
    }

    /// The client that new connections of a tenant use: its own first one, else the instance's.
    pub(crate) async fn oauth_for_new(&self, tenant: TenantId) -> Result<(Option<GoogleClientId>, OAuth), Error> {
        let (own, mut oauths) = self.oauths_for_new(tenant).await?;
        Ok((own, oauths.swap_remove(0)))
    }

    /// The same for each key under which a state may have been signed, the newest first.
    pub(crate) async fn oauths_for_new(&self, tenant: TenantId) -> Result<(Option<GoogleClientId>, Vec<OAuth>), Error> {
        let mut tx = self.store.tenant(tenant).await?;
        let own = tx.google_clients().await?.into_iter().next().map(|client| client.id);
        let client = self.oauth_client(&mut tx, own).await?;
        tx.commit(self.now()).await?;
        Ok((own, self.state_keys().map(|key| self.oauth_with(client.clone(), key)).collect()))
    }

    fn state_keys(&self) -> impl Iterator<Item = StateKey> {
        self.masters.derive("the state of authorizations").into_iter().map(StateKey::new)
    }

    fn oauth_with(&self, client: OAuthClient, state_key: StateKey) -> OAuth {
        OAuth::new(client, self.google.clone(), self.transport.clone(), self.world.clone(), state_key)
    }

    /// The authorization framework for a client of the tenant, or for the instance's.
    pub(crate) async fn oauth(&self, tx: &mut TenantTx, id: Option<GoogleClientId>) -> Result<OAuth, Error> {
        let client = self.oauth_client(tx, id).await?;
        let state_key = self.state_keys().next().ok_or_else(|| Error::Internal("there is no master key".into()))?;
        Ok(self.oauth_with(client, state_key))
    }

    async fn oauth_client(&self, tx: &mut TenantTx, id: Option<GoogleClientId>) -> Result<OAuthClient, Error> {
        Ok(match id {
            None => self.google_client.clone().ok_or(Error::Conflict { reason: "no_google_client" })?,
            Some(id) => {
                let clients = tx.google_clients().await?;
                let client = clients.into_iter().find(|client| client.id == id);
                let client = client.ok_or(Error::Conflict { reason: "no_google_client" })?;
                let keys = self.keys(tx).await?;
                let client_secret =
                    keys.open(place("google_clients", "secret_sealed", client.id.0), &client.secret_sealed)?;
                let redirect_uri = match (client.redirect_uri, self.public_url.join("/api/v1/auth/google/callback")) {
                    (Some(uri), _) => uri,
                    (None, Ok(uri)) => uri.into(),
                    (None, Err(_)) => return Err(Error::Internal("the portal's address takes no path".into())),
                };
                OAuthClient { client_id: client.client_id, client_secret, redirect_uri }
            }
        })
    }
}

fn row(by: &Caller<Administrator>, action: &'static str, client: &GoogleClient) -> JournalRow {
    JournalRow {
        actor: by.actor(),
        action,
        subject_kind: "google_client",
        subject: client.id.0,
        before: None,
        after: Some(serde_json::json!({"name": client.name, "client_id": client.client_id})),
        why: None,
    }
}
