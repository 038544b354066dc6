//! Links: which Google calendars are tied to which Portico calendars, and how.

use portico_google::calendar::CalendarListEntry;
use portico_kernel::{ConnectionId, JobId, LinkId, TenantId, Timestamp};
use portico_store::{Actor, Direction, EventType, JournalRow, Link, LinkRole, LinkState, PrivateRule, TenantTx};
use serde_json::json;

use crate::{
    App, Error,
    carriers::{self, Carrier},
    discovery,
    private_events::{Withheld, withhold},
    push_channels, sync_calendar,
};

/// A link whose last run that ended well is longer ago than this is late, in seconds: two polls.
const LATE_AFTER: i64 = 2 * sync_calendar::POLL;

/// What a person may change of a link.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LinkPatch {
    /// On or off.
    pub state: Option<LinkState>,
    /// Which way events go.
    pub direction: Option<Direction>,
    /// Main or monitored.
    pub role: Option<LinkRole>,
    /// What private events become.
    pub private_rule: Option<PrivateRule>,
    /// The kinds of Google's events that it brings. Usual ones cannot be left out: all that is made here is usual.
    pub event_types: Option<Vec<EventType>>,
    /// Whether guests go out.
    pub sync_attendees: Option<bool>,
    /// Meetings that end after this go out.
    pub since: Option<Timestamp>,
}

/// Asks for a run of a link, in the transaction that makes it necessary.
pub async fn wake(app: &App, tx: &mut TenantTx, link: LinkId) -> Result<(), Error> {
    wake_at(app, tx, link, app.now()).await
}

async fn wake_at(app: &App, tx: &mut TenantTx, link: LinkId, at: Timestamp) -> Result<(), Error> {
    Ok(tx.wake(JobId::new(&app.world), sync_calendar::KIND, &link.to_string(), at).await?)
}

/// A connection's calendars are listed anew, soon.
pub(crate) async fn list_again(app: &App, tx: &mut TenantTx, connection: ConnectionId) -> Result<(), Error> {
    Ok(tx.wake(JobId::new(&app.world), discovery::DISCOVER, &connection.to_string(), app.now()).await?)
}

/// A connection works (again): its calendars are listed, and what was linked before goes on where it stopped.
pub async fn start_connection(app: &App, tx: &mut TenantTx, connection: ConnectionId) -> Result<(), Error> {
    for mut link in tx.links_of_connection(connection).await? {
        let resumes = match link.state {
            LinkState::Paused => true,
            LinkState::Off => link.reason.as_deref() == Some("disconnected"),
            _ => false,
        };
        if resumes {
            link.state = LinkState::On;
        }
        // A new grant does not carry the channels of the one before, which may have ended unseen.
        push_channels::close_all(tx, link.id).await?;
        if link.state == LinkState::On {
            link.reason = link.reason.filter(|reason| reason == sync_calendar::READ_ONLY);
            link.failures = 0;
            link.updated_at = app.now();
            tx.put_link(&link, app.now()).await?;
            wake(app, tx, link.id).await?;
        }
    }
    list_again(app, tx, connection).await
}

/// A connection is paused: edits stay here, marked, and nothing is sent. [`start_connection`] resumes.
pub async fn pause_connection(app: &App, tx: &mut TenantTx, connection: ConnectionId) -> Result<(), Error> {
    for mut link in tx.links_of_connection(connection).await? {
        if link.state == LinkState::On {
            link.state = LinkState::Paused;
            link.updated_at = app.now();
            tx.put_link(&link, app.now()).await?;
            tx.break_lease(link.id).await?;
        }
    }
    Ok(())
}

/// A connection ends: cursors and channels are given up, runs under way write nothing any more, waiting ones are taken
/// back. A calendar that another connection sees goes on through that one. With `remove_data` what came through the links
/// is removed here; nothing is removed at Google.
pub async fn stop_connection(
    app: &App,
    tx: &mut TenantTx,
    connection: ConnectionId,
    remove_data: bool,
) -> Result<(), Error> {
    tx.forget_job(discovery::DISCOVER, &connection.to_string()).await?;
    tx.drop_link_readers(connection, &[]).await?;
    for mut link in tx.links_of_connection(connection).await? {
        tx.break_lease(link.id).await?;
        link.updated_at = app.now();
        if let Some(heir) = carriers::heir_of(tx, &link).await? {
            inherit(app, tx, link, &heir).await?;
            continue;
        }
        if matches!(link.state, LinkState::On | LinkState::Paused) {
            // It goes on with the next consent; what somebody switched off does not.
            link.state = LinkState::Off;
            link.reason = Some("disconnected".into());
        }
        give_up(&mut link);
        tx.put_link(&link, app.now()).await?;
        tx.forget_job(sync_calendar::KIND, &link.id.to_string()).await?;
        tx.forget_guard_counts(link.id).await?;
        push_channels::close_all(tx, link.id).await?;
        if remove_data {
            tx.remove_linked_entries(link.id, app.now()).await?;
        }
    }
    Ok(())
}

/// A link goes on through another connection, which opens channels of its own.
async fn inherit(app: &App, tx: &mut TenantTx, mut link: Link, heir: &Carrier) -> Result<(), Error> {
    carriers::carry(app, tx, &mut link, heir).await?;
    link.updated_at = app.now();
    tx.put_link(&link, app.now()).await?;
    if link.state == LinkState::On {
        wake(app, tx, link.id).await?;
    }
    Ok(())
}

/// The connection that carries a link sees its calendar no more: the link goes on through another that does. False where
/// there is none, or the run that found out is not the last one any more.
pub(crate) async fn hand_over(app: &App, tenant: TenantId, id: LinkId, fence: i64) -> Result<bool, Error> {
    let mut tx = app.store.tenant(tenant).await?;
    let Some(link) = tx.link(id).await?.filter(|link| link.fence == fence) else { return Ok(false) };
    let Some(heir) = carriers::heir_of(&mut tx, &link).await?.filter(|heir| carriers::sees_details(&heir.role)) else {
        return Ok(false);
    };
    tx.drop_link_reader(id, link.connection_id).await?;
    inherit(app, &mut tx, link, &heir).await?;
    app.commit(tx).await?;
    Ok(true)
}

/// Cursor and channels are given up; the next run reads everything anew and matches what is there by id.
pub(crate) fn give_up(link: &mut Link) {
    link.cursor = None;
    link.page_token = None;
    link.pulling_generation = None;
    link.next_try_at = None;
    link.failures = 0;
    link.watchable = true;
}

/// Troubles that pass by themselves, and words that are none: nobody has to do anything for the sync to go on.
pub(crate) const PASSING: [&str; 6] =
    ["google_unreachable", "quota", "internal", "no_cursor", "held", sync_calendar::READ_ONLY];

/// Whether a trouble passes by itself.
pub(crate) fn passes(reason: &str) -> bool {
    PASSING.contains(&reason)
}

/// Changes a link's settings. Switched on for the first time it gets its Portico calendar; while its connection is paused it
/// is paused like the others, and through one that has ended it cannot be switched on. Switched off it gives up its cursor
/// and channels, and reads everything anew when it is switched on again.
pub async fn update(
    app: &App,
    tx: &mut TenantTx,
    mut link: Link,
    patch: &LinkPatch,
    actor: Actor,
) -> Result<Link, Error> {
    let writes = carriers::may_write(&link.access_role);
    if patch.direction.is_some_and(|direction| direction != Direction::FromGoogle) && !writes {
        return Err(Error::field("direction", "read_only"));
    }
    if patch.state.is_some_and(|state| !matches!(state, LinkState::On | LinkState::Off)) {
        return Err(Error::field("state", "unknown_value"));
    }
    if patch.event_types.as_ref().is_some_and(|kinds| !kinds.contains(&EventType::Default)) {
        return Err(Error::field("event_types", "without_usual"));
    }
    let before = link.clone();
    link.direction = patch.direction.unwrap_or(link.direction);
    link.direction_chosen |= patch.direction.is_some();
    if patch.direction.is_some() && link.reason.as_deref() == Some(sync_calendar::READ_ONLY) {
        link.reason = None;
    }
    link.role = patch.role.unwrap_or(link.role);
    link.private_rule = patch.private_rule.unwrap_or(link.private_rule);
    if let Some(kinds) = &patch.event_types {
        link.event_types = EventType::in_order(kinds);
    }
    link.sync_attendees = patch.sync_attendees.unwrap_or(link.sync_attendees);
    link.since = patch.since.unwrap_or(link.since);
    match patch.state {
        Some(LinkState::On) if link.state != LinkState::On => {
            let carrier = tx.connection(link.connection_id).await?;
            link.state = match carrier.as_ref().map(|connection| connection.state.as_str()) {
                Some("authorized") => LinkState::On,
                // It is wanted, and goes on when the connection does.
                Some("paused") => LinkState::Paused,
                Some("resetting") => return Err(Error::Conflict { reason: "resetting" }),
                _ => return Err(Error::Conflict { reason: "connection_not_authorized" }),
            };
            link.reason = (!writes).then(|| sync_calendar::READ_ONLY.to_owned());
            if link.calendar_id.is_none() {
                let owner = carrier.and_then(|connection| connection.employee_id);
                let id = discovery::calendar_for(app, tx, owner, &link, &CalendarListEntry::default()).await?;
                link.calendar_id = Some(id);
            }
        }
        Some(LinkState::Off) if link.state != LinkState::Off => {
            link.state = LinkState::Off;
            link.reason = Some("switched_off".into());
            give_up(&mut link);
            tx.break_lease(link.id).await?;
            push_channels::close_all(tx, link.id).await?;
        }
        _ => {}
    }
    if link.private_rule != PrivateRule::Full && before.private_rule == PrivateRule::Full {
        withhold(tx, &link, Withheld::PrivateFromGoogle).await?;
    }
    if link.private_rule != before.private_rule
        || link.direction != before.direction
        || link.event_types != before.event_types
    {
        // What was left out has to be read.
        give_up(&mut link);
        tx.break_lease(link.id).await?;
    }
    if before.direction == Direction::ToGoogle && link.direction != Direction::ToGoogle {
        tx.look_again(link.id).await?;
    }
    link.updated_at = app.now();
    tx.put_link(&link, app.now()).await?;
    tx.journal(JournalRow {
        actor,
        action: "link.updated",
        subject_kind: "link",
        subject: link.id.0,
        before: Some(settings(&before)),
        after: Some(settings(&link)),
        why: None,
    });
    if link.state == LinkState::On || link.state != before.state {
        wake(app, tx, link.id).await?;
    }
    Ok(link)
}

fn settings(link: &Link) -> serde_json::Value {
    json!({
        "state": link.state.as_str(),
        "direction": link.direction.as_str(),
        "role": link.role.as_str(),
        "private_rule": link.private_rule.as_str(),
        "event_types": link.event_types.iter().map(|kind| kind.as_str()).collect::<Vec<_>>(),
        "sync_attendees": link.sync_attendees,
        "since": link.since.0,
    })
}

/// Whether a run that ended well then is longer ago than it should be.
fn is_long_ago(then: Timestamp, now: Timestamp) -> bool {
    then.plus_seconds(LATE_AFTER) < now
}

/// How a link stands, in one word of the API's.
pub fn sync_state(link: &Link, now: Timestamp) -> &'static str {
    match link.state {
        LinkState::Paused => return "paused",
        LinkState::Off | LinkState::PendingImport | LinkState::Retired => return "off",
        LinkState::On => {}
    }
    // What reads everything anew has no success of its own yet.
    let fresh = link.last_success_at.filter(|_| link.cursor.is_some()).or(link.stands_since).unwrap_or(link.created_at);
    let late = is_long_ago(fresh, now);
    match link.reason.as_deref() {
        Some("reconnect_needed") => "reconnect_needed",
        Some("scope_missing" | "permission_missing") => "permission_missing",
        Some("client_misconfigured" | "api_disabled" | "calendar_missing" | "not_shared") => "stopped",
        Some("held") => "held",
        // It is tried again until Google answers: what is shown may be old by then. Being read only delays nothing.
        Some(reason) if reason != sync_calendar::READ_ONLY => {
            if late {
                "late"
            } else {
                "syncing"
            }
        }
        _ if link.lease_until > now => "syncing",
        _ if late => "late",
        _ if link.cursor.is_none() => "syncing",
        _ => "in_step",
    }
}
