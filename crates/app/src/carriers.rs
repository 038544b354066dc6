//! Carriers: through which of the connections that see its calendar a link works. The best of them carries it, and whoever
//! carries it has its Portico calendar; the others see that calendar as far as Google lets them.

use portico_google::calendar::AccessRole;
use portico_kernel::{CalendarId, ConnectionId, EmployeeId};
use portico_store::{
    Actor, Connection, Direction, JournalRow, Link, LinkReader, LinkRole, LinkState, Sharing, TenantTx,
};
use serde_json::json;

use crate::{
    App, Error,
    links::give_up,
    private_events::{Withheld, withhold},
    push_channels, sync_calendar,
};

/// A connection that is to carry a link.
#[derive(Clone, Debug)]
pub(crate) struct Carrier {
    pub connection: ConnectionId,
    pub employee: Option<EmployeeId>,
    /// What it may do with the calendar, in Google's word.
    pub role: String,
}

impl From<LinkReader> for Carrier {
    fn from(reader: LinkReader) -> Self {
        Self { connection: reader.connection, employee: reader.employee, role: reader.access_role }
    }
}

pub(crate) fn rank(role: &str) -> u8 {
    match role {
        "owner" => 5,
        "writer" => 4,
        "writerWithoutPrivateAccess" => 3,
        "reader" => 2,
        "freeBusyReader" => 1,
        _ => 0,
    }
}

pub(crate) fn may_write(role: &str) -> bool {
    AccessRole::from(role).can_write()
}

/// Whether a right lets somebody set how the calendar is kept in step.
pub(crate) fn may_change(role: &str) -> bool {
    rank(role) >= rank("writer")
}

/// Whether a right shows what events say.
pub(crate) fn sees_details(role: &str) -> bool {
    rank(role) >= rank("reader")
}

/// How much Google shows of events to whoever has this right: nothing but time, all but what is private, all.
fn sight(role: &str) -> u8 {
    u8::from(sees_details(role)) + u8::from(may_change(role))
}

/// Whether a reader's connection works.
fn works(reader: &LinkReader) -> bool {
    reader.state == "authorized" && reader.employee.is_some()
}

/// The reader with the best right; of equals the one whose connection is the oldest.
fn best_of(readers: impl IntoIterator<Item = LinkReader>) -> Option<LinkReader> {
    let place = |reader: &LinkReader| (rank(&reader.access_role), std::cmp::Reverse(reader.connection));
    readers.into_iter().max_by_key(place)
}

/// Whether a link is somebody's main one, or that of an account's own calendar: its person's alone to carry and to set.
pub(crate) async fn is_personal(tx: &mut TenantTx, link: &Link) -> Result<bool, Error> {
    if link.role == LinkRole::Main {
        return Ok(true);
    }
    let carrier = tx.connection(link.connection_id).await?;
    if carrier.is_some_and(|carrier| is_own_calendar(link, &carrier)) {
        return Ok(true);
    }
    let Some(id) = link.calendar_id else { return Ok(false) };
    Ok(tx.calendar(id).await?.is_some_and(|calendar| calendar.is_main))
}

/// Whether a link's calendar is that of the account itself which carries it.
pub(crate) fn is_own_calendar(link: &Link, carrier: &Connection) -> bool {
    link.google_calendar_id == carrier.email
}

/// Through which other connection a link that is in use, or waits to be, goes on when its own ends.
pub(crate) async fn heir_of(tx: &mut TenantTx, link: &Link) -> Result<Option<Carrier>, Error> {
    match link.state {
        LinkState::On | LinkState::Paused | LinkState::PendingImport => other_reader(tx, link).await,
        LinkState::Off | LinkState::Retired => Ok(None),
    }
}

/// Whether somebody else may go on with a link, now or when a connection that is paused or expired works again.
pub(crate) async fn may_go_on(tx: &mut TenantTx, link: &Link) -> Result<bool, Error> {
    let in_use = matches!(link.state, LinkState::On | LinkState::Paused);
    let mut readers = tx.link_readers(link.id).await?;
    readers.retain(|reader| reader.connection != link.connection_id);
    Ok(in_use && !readers.is_empty() && !is_personal(tx, link).await?)
}

/// The best other connection that sees a link's calendar, if it may know what is here already.
pub(crate) async fn other_reader(tx: &mut TenantTx, link: &Link) -> Result<Option<Carrier>, Error> {
    if is_personal(tx, link).await? {
        return Ok(None);
    }
    let readers = tx.link_readers(link.id).await?.into_iter().filter(|reader| reader.connection != link.connection_id);
    let best = best_of(readers.filter(works));
    Ok(best.filter(|best| link.calendar_id.is_none() || sees_details(&best.access_role)).map(Carrier::from))
}

/// Through which connection a link works that `chooser` switches on: the best one; of equals the one that carries it if
/// somebody chose it before, else the chooser's. Both of these may be paused: that takes nothing from anybody.
pub(crate) async fn for_choice(tx: &mut TenantTx, link: &Link, chooser: EmployeeId) -> Result<Option<Carrier>, Error> {
    if is_personal(tx, link).await? {
        return Ok(None);
    }
    let mut readers = tx.link_readers(link.id).await?;
    readers.retain(|reader| {
        let has_chosen = link.connection_id == reader.connection && link.calendar_id.is_some();
        let waits = reader.state == "paused" && (has_chosen || reader.employee == Some(chooser));
        works(reader) || waits
    });
    let Some(best) = best_of(readers.clone()) else { return Ok(None) };
    let best_rank = rank(&best.access_role);
    let equals = || readers.iter().filter(|reader| rank(&reader.access_role) == best_rank);
    let carries = equals().find(|reader| reader.connection == link.connection_id);
    let chose = equals().find(|reader| reader.employee == Some(chooser));
    let first = if link.calendar_id.is_some() { carries.or(chose) } else { chose.or(carries) };
    let carrier = Carrier::from(first.cloned().unwrap_or(best));
    Ok(Some(carrier).filter(|carrier| link.calendar_id.is_none() || sees_details(&carrier.role)))
}

/// From now on a link works through this connection, as far as Google lets that one go: a link that only reads because its
/// carrier could not write goes both ways through one that can, unless somebody chose otherwise. What the carrier may see
/// more than the one before is read anew, what it may see less is shown no more.
pub(crate) async fn carry(app: &App, tx: &mut TenantTx, link: &mut Link, carrier: &Carrier) -> Result<(), Error> {
    let moved = link.connection_id != carrier.connection;
    let (saw, sees) = (sight(&link.access_role), sight(&carrier.role));
    let (wrote, writes) = (may_write(&link.access_role), may_write(&carrier.role));
    link.access_role.clone_from(&carrier.role);
    if !writes && link.direction != Direction::FromGoogle {
        link.direction = Direction::FromGoogle;
        link.reason = link.reason.take().or_else(|| Some(sync_calendar::READ_ONLY.to_owned()));
    }
    if writes && (moved || !wrote) && link.direction == Direction::FromGoogle && !link.direction_chosen {
        link.direction = Direction::Both;
        link.reason = link.reason.take().filter(|reason| reason != sync_calendar::READ_ONLY);
    }
    if sees < saw {
        let details = sees_details(&carrier.role);
        withhold(tx, link, if details { Withheld::Private } else { Withheld::Everything }).await?;
        if let Some(calendar) = link.calendar_id {
            tx.withhold_leftovers(calendar, details).await?;
            tx.drop_withheld_conflicts(calendar).await?;
        }
    }
    if sees != saw && link.calendar_id.is_some() {
        tx.break_lease(link.id).await?;
        give_up(link);
    }
    if moved {
        tx.break_lease(link.id).await?;
        push_channels::close_all(tx, link.id).await?;
        tx.journal(JournalRow {
            actor: Actor::System,
            action: "link.carried",
            subject_kind: "link",
            subject: link.id.0,
            before: Some(json!({"connection": link.connection_id})),
            after: Some(json!({"connection": carrier.connection})),
            why: None,
        });
        link.connection_id = carrier.connection;
        link.watchable = true;
        link.failures = 0;
        if matches!(link.state, LinkState::On | LinkState::Paused) {
            // What troubled or paused the other connection does not concern this one.
            link.state = LinkState::On;
            link.reason = link.reason.take().filter(|reason| reason == sync_calendar::READ_ONLY);
        }
        if let Some((calendar, employee)) = link.calendar_id.zip(carrier.employee) {
            give_calendar(app, tx, calendar, employee).await?;
        }
    }
    Ok(())
}

/// The Portico calendar of a link goes to whoever carries it now. What colleagues see of it is the new owner's to say.
async fn give_calendar(app: &App, tx: &mut TenantTx, id: CalendarId, to: EmployeeId) -> Result<(), Error> {
    let Some(mut calendar) = tx.calendar(id).await? else { return Ok(()) };
    if calendar.is_main || calendar.owner == Some(to) {
        return Ok(());
    }
    calendar.owner = Some(to);
    calendar.sharing = Sharing::Busy;
    calendar.version += 1;
    calendar.updated_at = app.now();
    Ok(tx.put_calendar(&calendar).await?)
}

/// Somebody's own main calendar was chosen by a colleague before its owner connected it: it leaves the colleague's calendar,
/// which goes where nothing else is in it, and is read anew into the owner's.
pub(crate) async fn leave_colleague(app: &App, tx: &mut TenantTx, link: &mut Link) -> Result<(), Error> {
    give_up(link);
    link.role = LinkRole::Main;
    let Some(id) = link.calendar_id.take() else { return Ok(()) };
    tx.break_lease(link.id).await?;
    tx.remove_linked_entries(link.id, app.now()).await?;
    if let Some(mut calendar) = tx.calendar(id).await?
        && !calendar.is_main
        && !tx.has_entries(id).await?
    {
        calendar.deleted_at = Some(app.now());
        calendar.version += 1;
        calendar.updated_at = app.now();
        tx.put_calendar(&calendar).await?;
    }
    Ok(())
}
