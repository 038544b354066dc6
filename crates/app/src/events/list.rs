//! The events of a window, series expanded.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::Arc,
};

use portico_calendar::{Event, OriginalStart, Status, When, by_the_rule};
use portico_kernel::{CalendarId, ConflictId, EmployeeId, EntryId, Timestamp};
use portico_store::{Shown, TenantTx};

use super::{EventView, Showing, colleagues, event_of, view};
use crate::{
    App, Error, FieldError,
    access::{Caller, Person, ReadCalendar},
    calendars::{self, SeenCalendar},
};

/// The longest window, in seconds: a leap year.
const LONGEST: i64 = 366 * 86_400;

/// Which events are asked for.
#[derive(Clone, Debug, Default)]
pub struct EventQuery {
    /// The start of the window; now when absent.
    pub from: Option<Timestamp>,
    /// The end of the window; 30 days after its start when absent.
    pub to: Option<Timestamp>,
    /// These calendars.
    pub calendars: Vec<CalendarId>,
    /// The calendars of these colleagues.
    pub employees: Vec<EmployeeId>,
    /// Where the page before ended.
    pub cursor: Option<EventCursor>,
    /// How many events at most.
    pub limit: usize,
}

/// Where a page ends: start and id of its last event.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct EventCursor {
    /// The start.
    pub start: Timestamp,
    /// The id.
    pub id: String,
}

/// A page of events, by start.
#[derive(Clone, Debug)]
pub struct EventPage {
    /// The events.
    pub items: Vec<EventView>,
    /// Where the next page goes on; none at the end.
    pub next: Option<EventCursor>,
}

/// An event or an occurrence in a window, before it is turned into what a person sees.
pub(crate) struct Found {
    pub start: Timestamp,
    pub end: Timestamp,
    /// The row that holds it: of an occurrence that nobody changed the series'.
    pub row: Arc<Shown>,
    pub series: Option<EntryId>,
    pub original_start: Option<OriginalStart>,
    /// When it happens, where that is not what the row says.
    when: Option<When>,
}

impl Found {
    /// What it says.
    fn event(&self) -> Event {
        let mut event = event_of(&self.row);
        if let Some(when) = &self.when {
            event.shared.when = when.clone();
            event.shared.recurrence.clear();
        }
        event
    }
}

/// What a calendar shows in a window, in no particular order.
pub(crate) async fn found_in(
    tx: &mut TenantTx,
    calendar: &SeenCalendar,
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<Found>, Error> {
    let rows = tx.entries_in_window(calendar.calendar.id, from, to).await?;
    let (masters, singles): (Vec<Shown>, Vec<Shown>) =
        rows.into_iter().partition(|row| !row.meeting.shared.recurrence.is_empty());
    let mut changed: HashMap<EntryId, HashSet<OriginalStart>> =
        masters.iter().map(|master| (master.entry.id, HashSet::new())).collect();
    if !masters.is_empty() {
        for (series, start) in tx.changed_in_window(calendar.calendar.id, from, to).await? {
            changed.entry(series).or_default().insert(start);
        }
    }
    let gone: HashSet<EntryId> = masters
        .iter()
        .filter(|master| master.meeting.shared.status == Status::Cancelled)
        .map(|master| master.entry.id)
        .collect();
    // Who is asked to single occurrences of a series sees each as an event of its own.
    let elsewhere: BTreeSet<EntryId> =
        singles.iter().filter_map(|row| row.entry.series_entry_id).filter(|id| !changed.contains_key(id)).collect();
    let elsewhere: Vec<EntryId> = elsewhere.into_iter().collect();
    let deleted: HashSet<EntryId> = tx
        .entries_by_ids(&elsewhere)
        .await?
        .into_iter()
        .filter(|series| series.entry.deleted_at.is_some())
        .map(|series| series.entry.id)
        .collect();
    let mut found = Vec::new();
    for row in singles {
        let series = row.entry.series_entry_id.filter(|series| !deleted.contains(series));
        let in_series = series.is_some_and(|series| changed.contains_key(&series));
        let original_start = row.meeting.original_start;
        let is_gone = row.meeting.shared.status == Status::Cancelled
            || series.is_some_and(|series| gone.contains(&series))
            || (in_series && original_start.is_none());
        if is_gone {
            continue;
        }
        found.push(Found {
            start: row.entry.span_start,
            end: row.entry.span_end,
            series: series.filter(|_| original_start.is_some()),
            original_start,
            when: None,
            row: Arc::new(row),
        });
    }
    for master in masters {
        let changed = changed.remove(&master.entry.id).unwrap_or_default();
        let master = Arc::new(master);
        for occurrence in by_the_rule(&master.meeting.shared, &changed, from..to, &calendar.zone) {
            let (start, end) = occurrence.when.span(&calendar.zone);
            found.push(Found {
                start,
                end,
                series: Some(master.entry.id),
                original_start: Some(occurrence.original_start),
                when: Some(occurrence.when),
                row: Arc::clone(&master),
            });
        }
    }
    Ok(found)
}

/// The calendars that a query means: those it names, those of the colleagues it names, else those that the person has in view.
async fn asked_for(tx: &mut TenantTx, person: &Person, query: &EventQuery) -> Result<Vec<SeenCalendar>, Error> {
    let mut wanted = tx.calendars_by_ids(&query.calendars).await?;
    let of_colleagues = tx.calendars_of_all(&query.employees).await?;
    wanted.extend(of_colleagues.into_values().flatten());
    if query.calendars.is_empty() && query.employees.is_empty() {
        wanted.extend(calendars::in_view(tx, person).await?);
    }
    wanted.retain(|calendar| calendar.deleted_at.is_none());
    let mut known = HashSet::new();
    wanted.retain(|calendar| known.insert(calendar.id));
    if wanted.is_empty() && !(query.calendars.is_empty() && query.employees.is_empty()) {
        return Err(Error::NotFound);
    }
    calendars::seen(tx, person, wanted).await
}

/// The events of a window.
pub async fn list(app: &App, caller: &Caller<ReadCalendar>, query: &EventQuery) -> Result<EventPage, Error> {
    let from = query.from.unwrap_or_else(|| app.now());
    let to = query.to.unwrap_or_else(|| from.plus_seconds(30 * 86_400));
    if to <= from {
        return Err(Error::field("to", "before_start"));
    }
    if to > from.plus_seconds(LONGEST) {
        return Err(Error::Invalid(vec![FieldError::new("to", "out_of_range").with("366 d")]));
    }
    let mut tx = app.store.tenant_read(caller.tenant).await?;
    let calendars = asked_for(&mut tx, caller, query).await?;
    let ids: Vec<CalendarId> = calendars.iter().map(|calendar| calendar.calendar.id).collect();
    let conflicts: HashMap<EntryId, ConflictId> = tx.entries_in_conflict(&ids).await?.into_iter().collect();
    let mut all: Vec<(EventCursor, &SeenCalendar, Found)> = Vec::new();
    for calendar in &calendars {
        for found in found_in(&mut tx, calendar, from, to).await? {
            let id = match (found.series, found.original_start) {
                (Some(series), Some(start)) => format!("{series}_{}", start.compact()),
                _ => found.row.entry.id.to_string(),
            };
            let cursor = EventCursor { start: found.start, id };
            if query.cursor.as_ref().is_none_or(|after| cursor > *after) {
                all.push((cursor, calendar, found));
            }
        }
    }
    all.sort_by(|a, b| a.0.cmp(&b.0));
    let more = all.len() > query.limit;
    all.truncate(query.limit);
    let next = more.then(|| all.last().map(|(cursor, ..)| cursor.clone())).flatten();
    let employees = colleagues(&mut tx, all.iter().map(|(_, _, found)| &found.row.meeting.shared)).await?;
    tx.end().await?;
    let items = all
        .into_iter()
        .filter_map(|(_, calendar, found)| {
            let conflict = conflicts.get(&found.row.entry.id).copied();
            let showing = Showing {
                calendar,
                row: &found.row,
                series: found.series,
                start: found.original_start,
                event: found.event(),
                conflict,
            };
            view(showing, employees.clone())
        })
        .collect();
    Ok(EventPage { items, next })
}
