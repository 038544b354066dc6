//! What a person sees of links, and changes.

use std::{collections::HashSet, sync::Arc};

use portico_kernel::{LinkId, Timestamp};
use portico_store::{Connection, Link, TenantTx};

use crate::{
    App, Caller, Error, ReadCalendar,
    links::{self, LinkPatch},
    sync_calendar::{Ran, sync_own_calendar},
};

/// A link with the state of the connection that carries it.
#[derive(Clone, Debug)]
pub struct SeenLink {
    /// The link.
    pub link: Link,
    /// The connection's state, such as `authorized`.
    pub connection_state: String,
    /// Since when that is its state.
    pub connection_since: Option<Timestamp>,
    /// Whether it has open conflicts.
    pub in_conflict: bool,
}

impl SeenLink {
    fn new(link: Link, connection: &Connection, in_conflict: &HashSet<LinkId>) -> Self {
        Self {
            in_conflict: in_conflict.contains(&link.id),
            link,
            connection_state: connection.state.clone(),
            connection_since: connection.stands_since,
        }
    }
}

/// The caller's own connections.
async fn own_connections(tx: &mut TenantTx, by: &Caller<ReadCalendar>) -> Result<Vec<Connection>, Error> {
    Ok(tx.connections_of(&[by.employee()?]).await?)
}

/// A link that is carried by one of the caller's own connections. Any other is not known to exist.
async fn own_link(tx: &mut TenantTx, by: &Caller<ReadCalendar>, id: LinkId) -> Result<SeenLink, Error> {
    let link = tx.link(id).await?.ok_or(Error::NotFound)?;
    let connections = own_connections(tx, by).await?;
    let connection = connections.iter().find(|connection| connection.id == link.connection_id);
    Ok(SeenLink::new(link, connection.ok_or(Error::NotFound)?, &tx.links_in_conflict().await?))
}

impl App {
    /// The links that the caller's own connections carry.
    pub async fn links(&self, by: &Caller<ReadCalendar>) -> Result<Vec<SeenLink>, Error> {
        let mut tx = self.store.tenant_read(by.tenant).await?;
        let in_conflict = tx.links_in_conflict().await?;
        let mut seen = Vec::new();
        for connection in own_connections(&mut tx, by).await? {
            for link in tx.links_of_connection(connection.id).await? {
                seen.push(SeenLink::new(link, &connection, &in_conflict));
            }
        }
        tx.end().await?;
        Ok(seen)
    }

    /// Changes a link's settings.
    pub async fn change_link(
        &self,
        by: &Caller<crate::Calendar>,
        id: LinkId,
        patch: &LinkPatch,
    ) -> Result<SeenLink, Error> {
        let reader = by.permit::<ReadCalendar>()?;
        let mut tx = self.store.tenant(by.tenant).await?;
        let seen = own_link(&mut tx, &reader, id).await?;
        let link = links::update(self, &mut tx, seen.link.clone(), patch, by.actor()).await?;
        self.commit(tx).await?;
        Ok(SeenLink { link, ..seen })
    }

    /// Runs the sync of a link now and says what it did. Who asked may stop waiting: the run goes on to its end, since one
    /// that is cut off would hold its lease until that is over.
    pub async fn run_link(self: &Arc<Self>, by: &Caller<ReadCalendar>, id: LinkId) -> Result<Ran, Error> {
        let (app, tenant, owner) = (self.clone(), by.tenant, by.employee()?);
        let run = tokio::spawn(async move { sync_own_calendar(&app, tenant, id, owner).await });
        run.await.map_err(|error| Error::Internal(error.to_string()))?
    }

    /// The first instant of `day` in a link's zone.
    pub fn since(&self, day: jiff::civil::Date, link: &Link) -> Timestamp {
        let zone = jiff::tz::TimeZone::get(&link.time_zone).unwrap_or(jiff::tz::TimeZone::UTC);
        portico_calendar::day_start(day, &zone)
    }

    /// One of the caller's links.
    pub async fn link(&self, by: &Caller<ReadCalendar>, id: LinkId) -> Result<SeenLink, Error> {
        let mut tx = self.store.tenant_read(by.tenant).await?;
        let seen = own_link(&mut tx, by, id).await?;
        tx.end().await?;
        Ok(seen)
    }
}
