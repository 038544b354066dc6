//! Google connections: what a person sees of them, pausing, resuming and ending them.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
};

use portico_google::{
    Client, Kind, ScopeSet,
    auth::{ConnectionEvent, ConnectionState, ExpiredReason, Phase},
};
use portico_kernel::{ConnectionId, EmployeeId, GoogleClientId, JobId, LinkId, RevocationId, TenantId, Timestamp};
use portico_store::{Connection, JournalRow, Link, Revocation, TenantTx};

use crate::{
    Administrator, App, Caller, ConnectGoogle, Error, Feature, Next, SeenLink, SignedIn, authorization::upstream,
    features::parse_features, link_settings::Eyes, links, push_channels, resets, seal::place,
};

/// The queue's name of the work that gives a grant back to Google; the key is the revocation's id.
pub const REVOKE: &str = "revoke_grant";

/// A feature of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeatureState {
    /// The feature.
    pub feature: Feature,
    /// Whether Google granted its scopes.
    pub granted: bool,
    /// Whether it was asked for.
    pub wanted: bool,
}

/// A connection with all that its card shows.
#[derive(Clone, Debug)]
pub struct ConnectionView {
    /// The connection; its sealed tokens are left out.
    pub connection: Connection,
    /// The owner's name.
    pub owner: Option<(EmployeeId, String)>,
    /// What it is good for.
    pub features: Vec<FeatureState>,
    /// Whether it is the person's own who looks.
    pub mine: bool,
    /// The calendars that it carries.
    pub links: Vec<Link>,
    /// The calendars that its owner sees through it while a colleague's connection carries them.
    pub shared: Vec<SeenLink>,
    /// Those of them with open conflicts.
    pub in_conflict: HashSet<LinkId>,
    /// While it is being reset: how many events are still to be deleted at Google.
    pub reset_remaining: Option<i64>,
    /// When Google ends the grant by itself, as it does for projects in testing.
    pub access_ends_at: Option<Timestamp>,
}

/// How a connection does, for the company's overview.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Health {
    /// All of its calendars were in step lately.
    InStep,
    /// The last run is longer ago than it should be.
    Late,
    /// It needs somebody.
    Stopped,
}

impl ConnectionView {
    /// In the four words that integrators know.
    pub fn phase(&self) -> Phase {
        phase(&self.connection.state)
    }

    /// How it does at `now`.
    pub fn health(&self, now: Timestamp) -> Health {
        // What is paused or ending needs nobody.
        if matches!(self.connection.state.as_str(), "paused" | "resetting") {
            return Health::InStep;
        }
        if is_stopped(&self.connection, &self.links, now) {
            return Health::Stopped;
        }
        let late = states(&self.links, now).any(|state| state == "late");
        // Of a connection whose calendars were never listed nothing is known but that.
        let reads = self.features.iter().any(|state| state.feature == Feature::Calendar && state.granted);
        let unlisted = reads && self.links.is_empty();
        if late || unlisted { Health::Late } else { Health::InStep }
    }
}

/// How the calendars stand that are switched on.
fn states(links: &[Link], now: Timestamp) -> impl Iterator<Item = &'static str> {
    let on = links.iter().filter(|link| link.state == portico_store::LinkState::On);
    on.map(move |link| links::sync_state(link, now))
}

/// Whether a connection, or a calendar of it, stands still until somebody does something.
pub(crate) fn is_stopped(connection: &Connection, links: &[Link], now: Timestamp) -> bool {
    match connection.state.as_str() {
        "paused" | "resetting" => false,
        "authorized" => {
            let needs_somebody = |state| matches!(state, "reconnect_needed" | "permission_missing" | "stopped");
            states(links, now).any(needs_somebody)
                || connection.reason.as_deref().is_some_and(|reason| !links::passes(reason))
        }
        _ => true,
    }
}

fn phase(state: &str) -> Phase {
    standing(state, None).phase()
}

/// A connection's state in the library's words. While one is being reset nobody works with it but the reset.
fn standing(state: &str, reason: Option<&str>) -> ConnectionState {
    match state {
        "authorized" => ConnectionState::Authorized,
        "paused" => ConnectionState::Paused,
        "expired" => {
            let known = reason.and_then(|reason| serde_json::from_value(reason.into()).ok());
            ConnectionState::Expired(known.unwrap_or(ExpiredReason::Revoked))
        }
        _ => ConnectionState::Disconnected,
    }
}

/// Brings a connection into the state after `event`, and says whether that is another one.
pub(crate) fn happened(connection: &mut Connection, event: ConnectionEvent) -> bool {
    let before = standing(&connection.state, connection.reason.as_deref());
    let after = before.after(event);
    if after == before {
        return false;
    }
    let (state, reason) = match after {
        ConnectionState::Unauthorized | ConnectionState::Pending | ConnectionState::Disconnected => {
            ("disconnected", None)
        }
        ConnectionState::Authorized => ("authorized", None),
        ConnectionState::Paused => ("paused", None),
        ConnectionState::Expired(reason) => {
            let word = serde_json::to_value(reason).ok();
            ("expired", word.and_then(|word| word.as_str().map(str::to_owned)))
        }
    };
    connection.state = state.to_owned();
    connection.reason = reason;
    true
}

/// A client that speaks as the account of a connection, after its token was looked at: [`Error::Conflict`] when the
/// connection needs its owner, [`Error::Upstream`] when it may work later.
pub async fn google_client(app: &Arc<App>, tenant: TenantId, connection: ConnectionId) -> Result<Client, Error> {
    match app.access_token(tenant, connection, None).await {
        Ok(_) => Ok(app.google_client(tenant, connection)),
        Err(error) if error.is_temporary() => Err(upstream(error)),
        Err(error) => match error.kind() {
            Kind::Grant(_) | Kind::Unauthorized => Err(Error::Conflict { reason: "connection_not_authorized" }),
            _ => Err(upstream(error)),
        },
    }
}

/// These connections as `reader` sees them.
async fn views(
    tx: &mut TenantTx,
    connections: Vec<Connection>,
    reader: Option<EmployeeId>,
) -> Result<Vec<ConnectionView>, Error> {
    let owners: Vec<EmployeeId> = connections.iter().filter_map(|connection| connection.employee_id).collect();
    let people = tx.employees_by_ids(&owners).await?;
    let mut by_connection: HashMap<ConnectionId, Vec<Link>> = HashMap::new();
    let ids: Vec<ConnectionId> = connections.iter().map(|connection| connection.id).collect();
    for link in tx.links_of_connections(&ids).await? {
        by_connection.entry(link.connection_id).or_default().push(link);
    }
    let mut shared: HashMap<ConnectionId, Vec<SeenLink>> = HashMap::new();
    if let Some(reader) = reader.filter(|reader| owners.contains(reader)) {
        let (eyes, links) = Eyes::open(tx, reader).await?;
        for seen in links.into_iter().filter_map(|link| eyes.see(link)).filter(|seen| seen.colleague.is_some()) {
            shared.entry(seen.connection_id).or_default().push(seen);
        }
    }
    let resetting = tx.reset_counts().await?;
    let in_conflict = tx.links_in_conflict().await?;
    Ok(connections
        .into_iter()
        .map(|mut connection| {
            let tokens = std::mem::take(&mut connection.tokens);
            let granted = match connection.state.as_str() {
                "disconnected" => ScopeSet::default(),
                _ => ScopeSet::parse(&connection.scopes),
            };
            let wanted = parse_features(&connection.wanted);
            let links = by_connection.remove(&connection.id).unwrap_or_default();
            ConnectionView {
                owner: connection.employee_id.and_then(|id| Some((id, people.get(&id)?.name.clone()))),
                features: Feature::ALL
                    .into_iter()
                    .map(|feature| FeatureState {
                        feature,
                        granted: feature.granted_by(&granted),
                        wanted: wanted.contains(&feature),
                    })
                    .collect(),
                in_conflict: links.iter().map(|link| link.id).filter(|id| in_conflict.contains(id)).collect(),
                mine: connection.employee_id.is_some() && connection.employee_id == reader,
                shared: shared.remove(&connection.id).unwrap_or_default(),
                links,
                reset_remaining: (connection.state == "resetting")
                    .then(|| resetting.get(&connection.id).copied().unwrap_or(0)),
                access_ends_at: tokens.refresh_expires_at,
                connection,
            }
        })
        .collect())
}

impl App {
    /// The caller's own connections.
    pub async fn my_connections(&self, by: &Caller) -> Result<Vec<ConnectionView>, Error> {
        let Some(employee) = by.employee else { return Ok(Vec::new()) };
        let mut tx = self.store.tenant_read(by.tenant).await?;
        let connections = tx.connections_of(&[employee]).await?;
        let views = views(&mut tx, connections, by.employee).await?;
        tx.end().await?;
        Ok(views)
    }

    /// Up to `limit` connections of the company, after `after`.
    pub async fn company_connections(
        &self,
        by: &Caller<Administrator>,
        after: Option<ConnectionId>,
        limit: i64,
    ) -> Result<Vec<ConnectionView>, Error> {
        let mut tx = self.store.tenant_read(by.tenant).await?;
        let connections = tx.connections(None, after, limit).await?;
        let views = views(&mut tx, connections, by.employee).await?;
        tx.end().await?;
        Ok(views)
    }

    /// One connection, for its owner and for administrators.
    pub async fn connection(&self, by: &Caller, id: ConnectionId) -> Result<ConnectionView, Error> {
        let mut tx = self.store.tenant_read(by.tenant).await?;
        let connection = visible(&mut tx, by, id).await?;
        let view = views(&mut tx, vec![connection], by.employee).await?.pop().ok_or(Error::NotFound)?;
        tx.end().await?;
        Ok(view)
    }

    /// Pauses a connection: edits wait, nothing is asked of Google.
    pub async fn pause_connection(&self, by: &Caller, id: ConnectionId) -> Result<ConnectionView, Error> {
        let mut tx = self.store.tenant(by.tenant).await?;
        let mut connection = visible(&mut tx, by, id).await?;
        if happened(&mut connection, ConnectionEvent::PausedBy) {
            tx.put_connection(&connection, self.now()).await?;
            links::pause_connection(self, &mut tx, id).await?;
            tx.journal(row(by, "connection.paused", id));
        } else if connection.state != "paused" {
            return Err(Error::Conflict { reason: "connection_not_authorized" });
        }
        self.commit(tx).await?;
        self.connection(by, id).await
    }

    /// Lets a paused connection go on.
    pub async fn resume_connection(&self, by: &Caller, id: ConnectionId) -> Result<ConnectionView, Error> {
        let mut tx = self.store.tenant(by.tenant).await?;
        let mut connection = visible(&mut tx, by, id).await?;
        if connection.state == "paused" && connection.reason.as_deref() == Some(NOT_GRANTED) {
            return Err(Error::Conflict { reason: NOT_GRANTED });
        }
        if happened(&mut connection, ConnectionEvent::Resumed) {
            tx.put_connection(&connection, self.now()).await?;
            links::start_connection(self, &mut tx, id).await?;
            tx.journal(row(by, "connection.resumed", id));
        } else if connection.state != "authorized" {
            return Err(Error::Conflict { reason: "connection_not_authorized" });
        }
        self.commit(tx).await?;
        self.connection(by, id).await
    }

    /// Ends a connection: its secrets are destroyed, its channels stopped, and the grant is given back to Google by a job.
    /// What came from Google stays here, or is removed. Doing it again changes nothing. A reset under way is given up: what
    /// it has not deleted at Google stays there.
    pub async fn disconnect(&self, by: &Caller, id: ConnectionId, remove_data: bool) -> Result<(), Error> {
        let mut tx = self.store.tenant(by.tenant).await?;
        let mut connection = visible(&mut tx, by, id).await?;
        if connection.state == "disconnected" {
            return Ok(());
        }
        let left = tx.drop_reset(id).await?;
        tx.forget_job(resets::KIND, &id.to_string()).await?;
        end(self, &mut tx, &mut connection).await?;
        links::stop_connection(self, &mut tx, id, remove_data).await?;
        tx.journal(JournalRow {
            after: (left > 0).then(|| serde_json::json!({"left_at_google": left})),
            ..row(by, "connection.disconnected", id)
        });
        self.commit(tx).await
    }
}

/// Why a connection is paused: no role of its owner grants connecting any more.
const NOT_GRANTED: &str = "not_granted";

/// How many connections are looked at together.
const TOGETHER: i64 = 500;

/// Roles were changed: connections of people who may not connect any more are paused, with nothing lost, and go on when their
/// owners may again.
pub(crate) async fn follow_grants(app: &App, tx: &mut TenantTx, by: &Caller) -> Result<(), Error> {
    let granting = crate::roles::granting::<ConnectGoogle>(tx).await?;
    let employee_roles = tx.employee_roles().await?;
    let may: HashSet<EmployeeId> =
        employee_roles.into_iter().filter(|(_, role)| granting.contains(role)).map(|(employee, _)| employee).collect();
    let mut after = None;
    loop {
        let connections = tx.connections(None, after, TOGETHER).await?;
        let Some(last) = connections.last() else { return Ok(()) };
        after = Some(last.id);
        for mut connection in connections {
            let Some(owner) = connection.employee_id else { continue };
            let barred = connection.state == "paused" && connection.reason.as_deref() == Some(NOT_GRANTED);
            let id = connection.id;
            let action = if !may.contains(&owner) && happened(&mut connection, ConnectionEvent::PausedBy) {
                connection.reason = Some(NOT_GRANTED.to_owned());
                tx.put_connection(&connection, app.now()).await?;
                links::pause_connection(app, tx, id).await?;
                "connection.paused"
            } else if barred && may.contains(&owner) && happened(&mut connection, ConnectionEvent::Resumed) {
                tx.put_connection(&connection, app.now()).await?;
                links::start_connection(app, tx, id).await?;
                "connection.resumed"
            } else {
                continue;
            };
            tx.journal(JournalRow { why: Some(NOT_GRANTED.to_owned()), ..row(by, action, id) });
        }
    }
}

/// Destroys the secrets of a connection and lets a job give the grant back to Google.
pub(crate) async fn end(app: &App, tx: &mut TenantTx, connection: &mut Connection) -> Result<(), Error> {
    let id = connection.id;
    let tokens = std::mem::take(&mut connection.tokens);
    if let Some(sealed) = tokens.refresh {
        let keys = app.keys(tx).await?;
        let token = keys.open(place("connections", "refresh_sealed", id.0), &sealed)?;
        let revocation = RevocationId::new(&app.world);
        let at = place("revocations", "token_sealed", revocation.0);
        let token_sealed = keys.seal(at, &token, app.world.rng.as_ref())?;
        let google_client_id = connection.google_client_id;
        let revocation = Revocation { id: revocation, connection_id: id, google_client_id, token_sealed };
        tx.add_revocation(&revocation, app.now()).await?;
        tx.wake(JobId::new(&app.world), REVOKE, &revocation.id.to_string(), app.now()).await?;
    }
    if !happened(connection, ConnectionEvent::Disconnected) {
        // It was being reset.
        connection.state = "disconnected".to_owned();
        connection.reason = None;
    }
    Ok(tx.put_connection(connection, app.now()).await?)
}

/// The Google project of an OAuth client: the number with which Google's ids of clients begin.
fn project(client_id: &str) -> &str {
    let number = client_id.split('-').next().filter(|number| number.bytes().all(|byte| byte.is_ascii_digit()));
    number.unwrap_or(client_id)
}

/// Google's id of a connection's OAuth client, if the client is still there.
async fn client_id(app: &App, tx: &mut TenantTx, id: Option<GoogleClientId>) -> Result<Option<String>, Error> {
    let Some(id) = id else { return Ok(app.google_client.as_ref().map(|client| client.client_id.clone())) };
    let clients = tx.google_clients().await?;
    Ok(clients.into_iter().find(|client| client.id == id).map(|client| client.client_id))
}

/// Whether another company's connection of the account uses the same Google project, and so the same grant.
async fn is_used_elsewhere(app: &App, tenant: TenantId, ended: &Connection) -> Result<bool, Error> {
    let mut tx = app.store.tenant_read(tenant).await?;
    let own = client_id(app, &mut tx, ended.google_client_id).await?;
    tx.end().await?;
    let Some(own) = own else { return Ok(false) };
    let mut tx = app.store.instance_read().await?;
    let companies = tx.tenants().await?;
    tx.commit().await?;
    for company in companies.into_iter().filter(|company| company.id != tenant) {
        let mut tx = app.store.tenant_read(company.id).await?;
        let connections = tx.connections_by_subject(&ended.subject).await?;
        for connection in connections.iter().filter(|connection| connection.is_used()) {
            let theirs = client_id(app, &mut tx, connection.google_client_id).await?;
            if theirs.is_some_and(|theirs| project(&theirs) == project(&own)) {
                return Ok(true);
            }
        }
        tx.end().await?;
    }
    Ok(false)
}

/// Stops the push channels that were opened with a grant, and gives it back to Google; may run twice.
pub async fn revoke(app: &App, tenant: TenantId, id: RevocationId) -> Result<Next, Error> {
    let mut tx = app.store.tenant_read(tenant).await?;
    let Some(revocation) = tx.revocation(id).await? else { return Ok(Next::Done) };
    // Google ends all grants of account and project together: who has connected again meanwhile needs them, and so may
    // another company.
    let ended = tx.connection(revocation.connection_id).await?;
    let again = match &ended {
        Some(ended) => tx.connections_by_subject(&ended.subject).await?.iter().any(Connection::is_used),
        None => false,
    };
    tx.end().await?;
    let used = match &ended {
        Some(ended) => again || is_used_elsewhere(app, tenant, ended).await?,
        None => false,
    };
    let mut tx = app.store.tenant(tenant).await?;
    let oauth = app.oauth(&mut tx, revocation.google_client_id).await;
    let keys = app.keys(&mut tx).await?;
    app.commit(tx).await?;
    let token = keys.open(place("revocations", "token_sealed", id.0), &revocation.token_sealed)?;
    if let Ok(oauth) = &oauth {
        push_channels::stop_ended(app, tenant, revocation.connection_id, oauth, &token).await?;
    }
    match oauth {
        _ if used => {}
        Ok(oauth) => match oauth.revoke(&token).await {
            Ok(_) => {}
            Err(error) if error.is_temporary() => return Err(upstream(error)),
            Err(error) => tracing::warn!(%error, "a grant could not be given back and is given up"),
        },
        Err(Error::Conflict { .. }) => tracing::warn!("a grant could not be given back: its OAuth client is gone"),
        Err(error) => return Err(error),
    }
    let mut tx = app.store.tenant(tenant).await?;
    tx.remove_revocation(id).await?;
    app.commit(tx).await?;
    Ok(Next::Done)
}

/// How many connections of the whole instance there are in each state.
pub async fn figures(app: &App) -> Result<BTreeMap<String, i64>, Error> {
    let mut tx = app.store.instance_read().await?;
    let tenants = tx.tenants().await?;
    tx.commit().await?;
    let mut figures = BTreeMap::new();
    for tenant in tenants {
        let mut tx = app.store.tenant_read(tenant.id).await?;
        for (state, count) in tx.connection_figures().await? {
            *figures.entry(state).or_default() += count;
        }
        tx.end().await?;
    }
    Ok(figures)
}

pub(crate) async fn visible(tx: &mut TenantTx, by: &Caller<SignedIn>, id: ConnectionId) -> Result<Connection, Error> {
    let connection = tx.connection(id).await?.ok_or(Error::NotFound)?;
    let mine = connection.employee_id.is_some() && connection.employee_id == by.employee;
    if mine || by.permit::<Administrator>().is_ok() { Ok(connection) } else { Err(Error::NotFound) }
}

pub(crate) fn row(by: &Caller, action: &'static str, id: ConnectionId) -> JournalRow {
    JournalRow {
        actor: by.actor(),
        action,
        subject_kind: "connection",
        subject: id.0,
        before: None,
        after: None,
        why: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_of_one_project_begin_alike() {
        let ids = ["12345-abc.apps.googleusercontent.com", "12345-def.apps.googleusercontent.com"];
        assert_eq!(ids.map(project), ["12345"; 2]);
        assert_ne!(project("12346-abc.apps.googleusercontent.com"), "12345");
        assert_ne!(project("own-1.apps.googleusercontent.com"), project("own-2.apps.googleusercontent.com"));
    }

    #[test]
    fn paused_counts_as_authorized_and_disconnected_as_without() {
        for (state, expected) in [
            ("authorized", Phase::Authorized),
            ("paused", Phase::Authorized),
            ("expired", Phase::AuthorizationExpired),
            ("resetting", Phase::WithoutAuthorization),
            ("disconnected", Phase::WithoutAuthorization),
        ] {
            assert_eq!(phase(state), expected, "{state}");
        }
    }

    #[test]
    fn reasons_are_spelled_as_they_are_read() {
        for reason in ["revoked", "expired", "scope_missing", "client_changed", "api_disabled", "wrong_calendar"] {
            let ConnectionState::Expired(read) = standing("expired", Some(reason)) else { panic!("{reason}") };
            assert_eq!(serde_json::to_value(read).unwrap(), reason);
        }
    }
}
