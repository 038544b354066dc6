//! What a person sees of links, and changes.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use portico_kernel::{ConnectionId, EmailAddress, EmployeeId, LinkId, Timestamp};
use portico_store::{Connection, Link, LinkReader, LinkRole, LinkState, TenantTx};

use crate::{
    App, Caller, Error, ReadCalendar, carriers,
    links::{self, LinkPatch},
    sync_calendar::{self, Ran},
};

/// A link as one person sees it.
#[derive(Clone, Debug)]
pub struct SeenLink {
    /// The link.
    pub link: Link,
    /// The person's connection that sees the calendar; where it carries the link, that one.
    pub connection_id: ConnectionId,
    /// What that connection may do with the calendar, in Google's word.
    pub access_role: String,
    /// Whose connection carries the link, where that is a colleague.
    pub colleague: Option<LinkCarrier>,
    /// The carrying connection's state, such as `authorized`.
    pub connection_state: String,
    /// Since when that is its state.
    pub connection_since: Option<Timestamp>,
    /// Whether it has open conflicts that the person may choose in.
    pub in_conflict: bool,
    /// Whether the person may change its settings.
    pub can_change: bool,
    /// Whether the person may switch it on.
    pub can_choose: bool,
}

/// The colleague whose connection carries a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkCarrier {
    /// The employee.
    pub id: EmployeeId,
    /// The name.
    pub name: String,
    /// The address at work.
    pub email: EmailAddress,
}

/// What the links of a person are seen with: who else is about, in a few questions for all of them.
pub(crate) struct Eyes {
    employee: EmployeeId,
    readers: HashMap<LinkId, LinkReader>,
    connections: HashMap<ConnectionId, Connection>,
    colleagues: HashMap<EmployeeId, LinkCarrier>,
    in_conflict: HashSet<LinkId>,
}

impl Eyes {
    /// The eyes of `employee`, and all links that they see: those that the own connections carry, and those of calendars that
    /// these see at Google while a colleague's connection carries the link.
    pub(crate) async fn open(tx: &mut TenantTx, employee: EmployeeId) -> Result<(Self, Vec<Link>), Error> {
        let own = tx.connections_of(&[employee]).await?;
        let ids: Vec<ConnectionId> = own.iter().map(|connection| connection.id).collect();
        let mut readers: HashMap<LinkId, LinkReader> = HashMap::new();
        for reader in tx.link_readers_of(employee).await?.into_iter().filter(LinkReader::sees) {
            let known = readers.get(&reader.link).map_or(0, |known| carriers::rank(&known.access_role));
            if carriers::rank(&reader.access_role) > known {
                readers.insert(reader.link, reader);
            }
        }
        let mut links = tx.links_of_connections(&ids).await?;
        let carried: HashSet<LinkId> = links.iter().map(|link| link.id).collect();
        let read: Vec<LinkId> = readers.keys().copied().filter(|id| !carried.contains(id)).collect();
        links.extend(tx.links_by_ids(&read).await?);
        links.sort_by_key(|link| link.id);
        let eyes = Self::with(tx, employee, own, readers, &links).await?;
        Ok((eyes, links))
    }

    async fn with(
        tx: &mut TenantTx,
        employee: EmployeeId,
        own: Vec<Connection>,
        readers: HashMap<LinkId, LinkReader>,
        links: &[Link],
    ) -> Result<Self, Error> {
        let mut connections: HashMap<ConnectionId, Connection> =
            own.into_iter().map(|connection| (connection.id, connection)).collect();
        let others: HashSet<ConnectionId> =
            links.iter().map(|link| link.connection_id).filter(|id| !connections.contains_key(id)).collect();
        let others = tx.connections_by_ids(&others.into_iter().collect::<Vec<_>>()).await?;
        let colleagues: Vec<EmployeeId> = others.iter().filter_map(|connection| connection.employee_id).collect();
        let colleagues = tx.employees_by_ids(&colleagues).await?.into_iter();
        connections.extend(others.into_iter().map(|connection| (connection.id, connection)));
        Ok(Self {
            employee,
            readers,
            connections,
            colleagues: colleagues
                .map(|(id, employee)| (id, LinkCarrier { id, name: employee.name, email: employee.email }))
                .collect(),
            in_conflict: tx.links_in_conflict().await?,
        })
    }

    /// A link as the person sees it; none where nothing of the person's sees it.
    pub(crate) fn see(&self, link: Link) -> Option<SeenLink> {
        let carrier = self.connections.get(&link.connection_id)?;
        let is_own = carrier.employee_id == Some(self.employee);
        let reader = self.readers.get(&link.id);
        // What Google has no more is nobody's to see but whose connection carried it.
        let reader = reader.filter(|_| is_own || link.state != LinkState::Retired);
        if !is_own && reader.is_none() {
            return None;
        }
        let (connection_id, access_role) = match reader.filter(|_| !is_own) {
            Some(reader) => (reader.connection, reader.access_role.clone()),
            None => (link.connection_id, link.access_role.clone()),
        };
        let personal = link.role == LinkRole::Main || carriers::is_own_calendar(&link, carrier);
        let waits = link.state == LinkState::PendingImport || (link.state == LinkState::Off && !carrier.is_used());
        let can_change = is_own || (!personal && carriers::may_change(&access_role));
        let colleague = carrier.employee_id.filter(|_| !is_own);
        Some(SeenLink {
            connection_id,
            access_role,
            colleague: colleague.and_then(|id| self.colleagues.get(&id).cloned()),
            connection_state: carrier.state.clone(),
            connection_since: carrier.stands_since,
            in_conflict: is_own && self.in_conflict.contains(&link.id),
            can_change,
            can_choose: can_change || (waits && !personal),
            link,
        })
    }
}

/// A link that the caller sees. Any other is not known to exist.
async fn seen_link(tx: &mut TenantTx, by: &Caller<ReadCalendar>, id: LinkId) -> Result<SeenLink, Error> {
    let (eyes, links) = Eyes::open(tx, by.employee()?).await?;
    let link = links.into_iter().find(|link| link.id == id).ok_or(Error::NotFound)?;
    eyes.see(link).ok_or(Error::NotFound)
}

/// Whether a person may change so much of a link.
fn may(seen: &SeenLink, patch: &LinkPatch) -> bool {
    let only_chooses = *patch == LinkPatch { state: Some(LinkState::On), ..LinkPatch::default() };
    // Which of the calendars is the main one is for whoever has them.
    let of_carrier = patch.role.is_some() && seen.colleague.is_some();
    (seen.can_change && !of_carrier) || (seen.can_choose && only_chooses)
}

impl App {
    /// The links that the caller's connections carry, and those of calendars that they see through a colleague's.
    pub async fn links(&self, by: &Caller<ReadCalendar>) -> Result<Vec<SeenLink>, Error> {
        let mut tx = self.store.tenant_read(by.tenant).await?;
        let (eyes, links) = Eyes::open(&mut tx, by.employee()?).await?;
        tx.end().await?;
        Ok(links.into_iter().filter_map(|link| eyes.see(link)).collect())
    }

    /// Changes a link's settings. What waits to be chosen goes on through the best connection that sees it.
    pub async fn change_link(
        &self,
        by: &Caller<crate::Calendar>,
        id: LinkId,
        patch: &LinkPatch,
    ) -> Result<SeenLink, Error> {
        let reader = by.permit::<ReadCalendar>()?;
        let mut tx = self.store.tenant(by.tenant).await?;
        let seen = seen_link(&mut tx, &reader, id).await?;
        if !may(&seen, patch) {
            return Err(Error::NotYours);
        }
        let mut link = seen.link;
        if patch.state == Some(LinkState::On)
            && link.state != LinkState::On
            && let Some(carrier) = carriers::for_choice(&mut tx, &link, by.employee()?).await?
        {
            carriers::carry(self, &mut tx, &mut link, &carrier).await?;
        }
        links::update(self, &mut tx, link, patch, by.actor()).await?;
        let seen = seen_link(&mut tx, &reader, id).await?;
        self.commit(tx).await?;
        Ok(seen)
    }

    /// Runs the sync of a link now and says what it did. Who asked may stop waiting: the run goes on to its end, since one
    /// that is cut off would hold its lease until that is over.
    pub async fn run_link(self: &Arc<Self>, by: &Caller<ReadCalendar>, id: LinkId) -> Result<Ran, Error> {
        let (app, tenant, owner) = (self.clone(), by.tenant, by.employee()?);
        let own = tokio::spawn(async move { sync_calendar::sync_own_calendar(&app, tenant, id, owner).await });
        match own.await.map_err(|error| Error::Internal(error.to_string()))? {
            Err(Error::NotFound) => {}
            ran => return ran,
        }
        self.link(by, id).await?;
        let app = self.clone();
        let run = tokio::spawn(async move { sync_calendar::sync_calendar(&app, tenant, id).await });
        run.await.map_err(|error| Error::Internal(error.to_string()))?
    }

    /// The first instant of `day` in a link's zone.
    pub fn since(&self, day: jiff::civil::Date, link: &Link) -> Timestamp {
        let zone = jiff::tz::TimeZone::get(&link.time_zone).unwrap_or(jiff::tz::TimeZone::UTC);
        portico_calendar::day_start(day, &zone)
    }

    /// One of the links that the caller sees.
    pub async fn link(&self, by: &Caller<ReadCalendar>, id: LinkId) -> Result<SeenLink, Error> {
        let mut tx = self.store.tenant_read(by.tenant).await?;
        let seen = seen_link(&mut tx, by, id).await?;
        tx.end().await?;
        Ok(seen)
    }
}
