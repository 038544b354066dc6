//! Discovery: which calendars a connection sees at Google, and the link of each.

use std::{sync::Arc, time::Duration};

use portico_google::{
    Kind,
    auth::ExpiredReason,
    calendar::{AccessRole, Calendar, CalendarListEntry, CalendarListQuery, ConferenceKind},
};
use portico_kernel::{CalendarId, ConnectionId, EmployeeId, LinkId, TenantId, Timestamp};
use portico_store::{
    Actor, Calendar as PorticoCalendar, CalendarKind, Connection, Direction, EventType, JournalRow, Link, LinkRole,
    LinkState, PrivateRule, Sharing, TenantTx,
};
use serde_json::json;

use crate::{
    App, Error, Next,
    carriers::{self, Carrier, rank},
    links::{give_up, wake},
    push_channels, sync_calendar,
};

/// The queue's name of the work that lists a connection's calendars; the key is the connection's id.
pub const DISCOVER: &str = "discover_calendars";

/// How often a connection's list of calendars is read, in seconds.
const DISCOVER_AGAIN: i64 = 6 * 3600;

/// Lists a connection's calendars at Google and links them: the primary one at once, the others when they are chosen.
/// It writes nothing at Google. An empty or failed list retires nothing.
pub async fn discover(app: &Arc<App>, tenant: TenantId, id: ConnectionId) -> Result<Next, Error> {
    let mut tx = app.store.tenant_read(tenant).await?;
    let connection = tx.connection(id).await?;
    tx.end().await?;
    let Some(connection) = connection.filter(|connection| connection.state == "authorized") else {
        return Ok(Next::Done);
    };
    let client = app.google_client(tenant, id);
    // What a person hides in Google's own interface is not gone.
    let query = CalendarListQuery { show_hidden: true, ..CalendarListQuery::default() };
    let entries = match Calendar::new(client).calendar_list().all_of(query).await {
        Ok((entries, _)) => entries,
        Err(error) => {
            tracing::warn!(connection = %id, error = %error, "the list of calendars could not be read");
            if *error.kind() == Kind::Unauthorized {
                let mut tx = app.store.tenant(tenant).await?;
                if tx.connection(id).await?.is_some_and(|connection| connection.state == "authorized") {
                    app.expire_connection(&mut tx, id, ExpiredReason::Revoked).await?;
                }
                app.commit(tx).await?;
                return Ok(Next::Done);
            }
            let (reason, wait) = listing_trouble(&error);
            let mut tx = app.store.tenant(tenant).await?;
            tx.set_listing_trouble(id, Some(reason)).await?;
            app.commit(tx).await?;
            let wait = wait.and_then(|wait| i64::try_from(wait.as_secs()).ok()).unwrap_or(0);
            return Ok(Next::At(app.now().plus_seconds(wait.clamp(300, DISCOVER_AGAIN))));
        }
    };
    for problem in &entries.unreadable {
        tracing::warn!(connection = %id, problem = %problem, "a calendar of the list could not be read");
    }
    let mut tx = app.store.tenant(tenant).await?;
    // The connection may have ended while Google was asked.
    let still = tx.connection(id).await?.is_some_and(|connection| connection.state == "authorized");
    if !still {
        return Ok(Next::Done);
    }
    let mut seen = Vec::new();
    for entry in entries.iter().filter(|entry| entry.deleted != Some(true)) {
        if let Some(link) = link_calendar(app, &mut tx, &connection, entry).await? {
            seen.push(link);
        }
    }
    // One that could not be read is not gone.
    if !seen.is_empty() && entries.unreadable.is_empty() {
        retire_missing(app, &mut tx, &connection, &seen).await?;
        tx.drop_link_readers(id, &seen).await?;
    }
    tx.set_listing_trouble(id, None).await?;
    // Syncs that were given up after too many faults of ours go back to the schedule: late, and seen to be.
    for link in tx.links_of_connection(id).await? {
        if link.state == LinkState::On {
            tx.revive_job(sync_calendar::KIND, &link.id.to_string(), app.now()).await?;
        }
    }
    app.commit(tx).await?;
    Ok(Next::At(app.now().plus_seconds(DISCOVER_AGAIN)))
}

/// What it means for a connection that its calendars cannot be listed, and how long Google asks to wait.
fn listing_trouble(error: &portico_google::Error) -> (&'static str, Option<Duration>) {
    match sync_calendar::trouble(error) {
        // Whoever may not list calendars at all has none: Google Calendar is switched off for the account.
        ("not_shared" | "calendar_missing", wait) => ("no_calendar_service", wait),
        other => other,
    }
}

/// A calendar that is off the list is retired here only if nobody else sees it; a primary one never.
async fn retire_missing(app: &App, tx: &mut TenantTx, connection: &Connection, seen: &[LinkId]) -> Result<(), Error> {
    for mut link in tx.links_of_connection(connection.id).await? {
        if seen.contains(&link.id) || link.google_calendar_id == connection.email {
            continue;
        }
        match carriers::other_reader(tx, &link).await? {
            Some(heir) => carriers::carry(app, tx, &mut link, &heir).await?,
            None if link.state == LinkState::Retired => continue,
            None => {
                link.state = LinkState::Retired;
                give_up(&mut link);
                tx.break_lease(link.id).await?;
                push_channels::close_all(tx, link.id).await?;
            }
        }
        link.updated_at = app.now();
        tx.put_link(&link, app.now()).await?;
        wake(app, tx, link.id).await?;
    }
    Ok(())
}

async fn link_calendar(
    app: &App,
    tx: &mut TenantTx,
    connection: &Connection,
    entry: &CalendarListEntry,
) -> Result<Option<LinkId>, Error> {
    let Some(google_calendar) = entry.id.as_deref().map(str::to_lowercase) else { return Ok(None) };
    let primary = entry.primary == Some(true);
    let role = entry.access_role.as_ref().map_or("reader", AccessRole::as_str).to_owned();
    let name = entry.summary_override.clone().or_else(|| entry.summary.clone()).unwrap_or_default();
    let zone = entry.time_zone.clone().unwrap_or_else(|| "UTC".into());
    let now = app.now();
    let known = tx.link_of_google_calendar(&google_calendar).await?;
    let is_new = known.is_none();
    if is_new && entry.hidden == Some(true) {
        return Ok(None);
    }
    let mut link = known.unwrap_or_else(|| Link {
        id: LinkId::new(&app.world),
        calendar_id: None,
        connection_id: connection.id,
        google_calendar_id: google_calendar.clone(),
        name: name.clone(),
        direction: Direction::Both,
        direction_chosen: false,
        role: LinkRole::Monitored,
        state: LinkState::PendingImport,
        access_role: role.clone(),
        private_rule: PrivateRule::Busy,
        event_types: EventType::AT_FIRST.to_vec(),
        sync_attendees: true,
        time_zone: zone.clone(),
        since: day_start(now, &zone),
        cursor: None,
        page_token: None,
        generation: 0,
        pulling_generation: None,
        fence: 0,
        lease_until: Timestamp(0),
        reason: None,
        failures: 0,
        last_success_at: None,
        last_change_at: None,
        last_change_count: 0,
        next_try_at: None,
        history: "[]".into(),
        watchable: true,
        meets: true,
        created_at: now,
        updated_at: now,
        stands_since: None,
    });
    let before = link.clone();
    let is_carrier = link.connection_id == connection.id;
    let carrier = if is_carrier { None } else { tx.connection(link.connection_id).await? };
    let own = primary && connection.employee_id.is_some() && !is_colleagues(carrier.as_ref(), connection);
    let idle =
        matches!(link.state, LinkState::Off | LinkState::Retired) && link.reason.as_deref() != Some("switched_off");
    let never_chosen = link.state == LinkState::PendingImport || idle;
    let is_better = rank(&role) > rank(&link.access_role) || !carrier.as_ref().is_some_and(Connection::is_used);
    let may_know = link.calendar_id.is_none() || carriers::sees_details(&role);
    let takes_over = own || ((is_better || idle) && may_know && !carriers::is_personal(tx, &link).await?);
    let is_watched = carrier.is_some_and(|carrier| carrier.employee_id != connection.employee_id)
        && link.role == LinkRole::Monitored;
    if own && is_watched && !never_chosen {
        carriers::leave_colleague(app, tx, &mut link).await?;
        link.state = LinkState::On;
    }
    if is_carrier || takes_over {
        let carrier = Carrier { connection: connection.id, employee: connection.employee_id, role: role.clone() };
        carriers::carry(app, tx, &mut link, &carrier).await?;
        rename(app, tx, &mut link, &name).await?;
        let kinds = entry.conference_properties.as_ref();
        let kinds = kinds.and_then(|known| known.allowed_conference_solution_types.as_ref());
        link.meets = kinds.is_none_or(|kinds| kinds.contains(&ConferenceKind::HangoutsMeet));
    }
    if own && never_chosen {
        link.state = LinkState::On;
        link.role = LinkRole::Main;
        link.reason = None;
        if link.calendar_id.is_none() {
            link.since = day_start(now, &zone);
        }
    } else if idle
        && link.calendar_id.is_some()
        && link.connection_id == connection.id
        && connection.employee_id.is_some()
    {
        // It worked before its connection ended.
        link.state = LinkState::On;
        link.reason = None;
    } else if link.state == LinkState::Retired && link.connection_id == connection.id {
        // It is back on the list, and as it was: waiting to be chosen, or switched off by somebody.
        let switched_off = link.reason.as_deref() == Some("switched_off");
        link.state = if switched_off { LinkState::Off } else { LinkState::PendingImport };
    }
    if link.state == LinkState::On && link.calendar_id.is_none() {
        link.calendar_id = Some(calendar_for(app, tx, connection.employee_id, &link, entry).await?);
    }
    if link != before || is_new {
        link.updated_at = now;
        tx.put_link(&link, app.now()).await?;
    }
    tx.put_link_reader(link.id, connection.id, &role).await?;
    if is_new {
        tx.journal(JournalRow {
            actor: Actor::System,
            action: "link.created",
            subject_kind: "link",
            subject: link.id.0,
            before: None,
            after: Some(json!({"state": link.state.as_str(), "role": link.role.as_str()})),
            why: None,
        });
    }
    if link.state == LinkState::On
        && (is_new
            || before.state != LinkState::On
            || before.connection_id != link.connection_id
            || (before.cursor.is_some() && link.cursor.is_none()))
    {
        wake(app, tx, link.id).await?;
    }
    Ok(Some(link.id))
}

/// Whether a colleague has connected the same Google account, and that connection carries the link and works. Then its
/// calendar is not taken from there.
fn is_colleagues(carrier: Option<&Connection>, connection: &Connection) -> bool {
    carrier.is_some_and(|carrier| {
        carrier.is_used()
            && carrier.subject == connection.subject
            && carrier.employee_id.is_some_and(|owner| connection.employee_id != Some(owner))
    })
}

/// A rename at Google renames here, unless somebody has given the calendar another name here.
async fn rename(app: &App, tx: &mut TenantTx, link: &mut Link, name: &str) -> Result<(), Error> {
    if link.name == name {
        return Ok(());
    }
    if let Some(id) = link.calendar_id
        && let Some(mut calendar) = tx.calendar(id).await?
        && calendar.name == link.name
    {
        calendar.name = name.to_owned();
        calendar.version += 1;
        calendar.updated_at = app.now();
        tx.put_calendar(&calendar).await?;
    }
    link.name = name.to_owned();
    Ok(())
}

/// The Portico calendar of a link: the owner's main one for the primary calendar, a new one otherwise.
pub(crate) async fn calendar_for(
    app: &App,
    tx: &mut TenantTx,
    owner: Option<EmployeeId>,
    link: &Link,
    entry: &CalendarListEntry,
) -> Result<CalendarId, Error> {
    if link.role == LinkRole::Main
        && let Some(owner) = owner
    {
        for calendar in tx.calendars_of(owner).await? {
            if calendar.is_main && tx.links_of_calendar(calendar.id).await?.is_empty() {
                return Ok(calendar.id);
            }
        }
    }
    let has_main = match owner {
        Some(owner) => tx.calendars_of(owner).await?.iter().any(|calendar| calendar.is_main),
        None => true,
    };
    let now = app.now();
    let calendar = PorticoCalendar {
        id: CalendarId::new(&app.world),
        owner,
        kind: CalendarKind::Personal,
        name: link.name.clone(),
        color: entry.background_color.clone().unwrap_or_else(|| "#3b6ea5".into()),
        time_zone: link.time_zone.clone(),
        sharing: Sharing::Busy,
        is_main: link.role == LinkRole::Main && !has_main,
        deleted_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    tx.put_calendar(&calendar).await?;
    Ok(calendar.id)
}

/// The beginning of today where the calendar is.
fn day_start(now: Timestamp, zone: &str) -> Timestamp {
    let zone = jiff::tz::TimeZone::get(zone).unwrap_or(jiff::tz::TimeZone::UTC);
    portico_calendar::day_start(now.to_jiff().to_zoned(zone.clone()).date(), &zone)
}
