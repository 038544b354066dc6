//! What a pull cannot do without: reading the pages and writing the rows.

use std::time::Duration;

use anyhow::{Context, Result};
use bytes::Bytes;
use portico_google::calendar::EventPage;
use portico_kernel::{CalendarId, LinkId, MeetingId, TenantId, Timestamp};
use portico_store::{Actor, Calendar, EntriesBy, JournalRow, Store, SyncEntry, SyncMeeting};
use portico_world::World;

use crate::http_door::Watch;

/// The rows that a first pull left.
pub(crate) struct Rows {
    entries: Vec<SyncEntry>,
    meetings: Vec<SyncMeeting>,
    calendar: Calendar,
}

impl Rows {
    /// How many entries there are.
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Reads what the link brought.
    pub(crate) async fn read(store: &Store, tenant: &str, link: LinkId) -> Result<Self> {
        let mut instance = store.instance_read().await?;
        let tenant = instance.tenant_by_slug(tenant).await?.context("the tenant is there")?.id;
        instance.commit().await?;
        let mut tx = store.tenant(tenant).await?;
        let ids = tx.stale_entries(link, i64::MAX).await?;
        let entries = tx.sync_entries(EntriesBy::Ids(&ids)).await?;
        let meetings: Vec<MeetingId> = entries.iter().map(|entry| entry.meeting_id).collect();
        let meetings = tx.sync_meetings(&meetings).await?;
        let calendar = entries.first().context("the pull brought something")?.calendar_id;
        let calendar = tx.calendar(calendar).await?.context("the calendar is there")?;
        tx.end().await?;
        Ok(Self { entries, meetings, calendar })
    }

    /// Writes the same rows into an empty database, in one transaction and nothing else, and reads the pages before.
    pub(crate) async fn write_anew(mut self, store: &Store, pages: &[Bytes], world: &World) -> Result<Floor> {
        let tenant = TenantId::new(world);
        let now: Timestamp = world.now().into();
        self.calendar.owner = None;
        self.calendar.is_main = false;
        self.calendar.id = CalendarId::new(world);
        let mut tx = store.tenant(tenant).await?;
        tx.put_calendar(&self.calendar).await?;
        tx.commit(now).await?;
        for entry in &mut self.entries {
            entry.calendar_id = self.calendar.id;
        }
        let mut entries: Vec<&SyncEntry> = self.entries.iter().collect();
        entries.sort_by_key(|entry| entry.series_entry_id.is_some());
        let mut meetings: Vec<&SyncMeeting> = self.meetings.iter().collect();
        meetings.sort_by_key(|meeting| meeting.series_id.is_some());

        let watch = Watch::start();
        let mut read = 0;
        for page in pages {
            read += EventPage::parse(page)?.items.len();
        }
        let parsing = watch.read();
        let watch = Watch::start();
        let mut tx = store.tenant(tenant).await?;
        tx.put_sync_meetings(&meetings, now).await?;
        tx.put_sync_entries(&entries).await?;
        for _ in pages {
            tx.journal(JournalRow {
                actor: Actor::System,
                action: "link.imported",
                subject_kind: "link",
                subject: self.calendar.id.0,
                before: None,
                after: None,
                why: None,
            });
        }
        tx.commit(now).await?;
        Ok(Floor { read, parsing, writing: watch.read() })
    }
}

/// How long the floor of a pull took.
pub(crate) struct Floor {
    /// Events on the pages.
    pub(crate) read: usize,
    pub(crate) parsing: Duration,
    pub(crate) writing: Duration,
}
