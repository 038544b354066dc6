//! The store on both engines: every case runs on SQLite and on PostgreSQL under the service's own role.

mod entries;
mod jobs;
mod journal;
mod schema;
mod statements;
mod tenants;
mod window;

use portico_calendar::{Event, Moment, When};
use portico_kernel::{CalendarId, EntryId, MeetingId, TenantId, Timestamp};
use portico_store::{Calendar, CalendarKind, Entry, EventType, Meeting, Sharing, Store, TenantTx};
use portico_world::World;

/// Tuesday, 24 November 2026, 08:00 UTC.
const NOW: Timestamp = Timestamp(1_795_507_200_000_000);

fn world() -> World {
    World::seeded(NOW.to_jiff(), 1).0
}

/// A tenant's transaction.
async fn tx(store: &Store, tenant: TenantId) -> TenantTx {
    store.tenant(tenant).await.unwrap()
}

fn calendar(world: &World) -> Calendar {
    Calendar {
        id: CalendarId::new(world),
        owner: None,
        kind: CalendarKind::Team,
        name: "Team".into(),
        color: "#2952a3".into(),
        time_zone: "Europe/Prague".into(),
        sharing: Sharing::Busy,
        is_main: false,
        deleted_at: None,
        version: 1,
        created_at: NOW,
        updated_at: NOW,
    }
}

fn moment(at: Timestamp) -> Moment {
    Moment(at.to_jiff().to_zoned(jiff::tz::TimeZone::get("Europe/Prague").unwrap()))
}

/// A meeting of an hour, `hours` from now, with its entry.
fn meeting(world: &World, calendar: CalendarId, title: &str, hours: i64) -> (Meeting, Entry) {
    let start = NOW.plus_seconds(hours * 3600);
    let end = start.plus_seconds(3600);
    let event = Event::new(title, When::Timed { start: moment(start), end: moment(end) });
    let id = MeetingId::new(world);
    let entry = Entry {
        id: EntryId::new(world),
        calendar_id: calendar,
        meeting_id: id,
        series_entry_id: None,
        link_id: None,
        event_type: EventType::Default,
        private: event.private,
        span_start: start,
        span_end: end,
        wide: false,
        is_busy: true,
        google_id: None,
        incarnation: 0,
        local_version: 1,
        pushed_version: 0,
        push_problem: None,
        act: None,
        deleted_at: None,
        deleted_by: None,
        redacted: false,
        is_known_to_google: false,
        own_address: None,
    };
    let meeting = Meeting {
        id,
        uid: format!("{id}@portico.test"),
        original_start: None,
        organizer_email: String::new(),
        organizer_name: String::new(),
        series_id: None,
        lead_entry_id: Some(entry.id),
        shared: event.shared,
        span_start: start,
        span_end: end,
        version: 1,
        created_at: NOW,
        updated_at: NOW,
    };
    (meeting, entry)
}
