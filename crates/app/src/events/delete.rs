//! Deleting an event, and taking that back for 30 days.

use std::{
    collections::{HashMap, HashSet},
    str::FromStr,
};

use portico_calendar::{Answer, OriginalStart, Status, by_the_rule};
use portico_kernel::{CalendarId, EntryId, Timestamp};
use portico_store::{Removal, Shown, TenantTx};

use super::{
    EditScope, EventView, Showing, Target, answer::answered, colleagues, edit::Edit, event_of, is_withheld, organizes,
    own_line, target, view, view_by_id,
};
use crate::{
    App, Error,
    access::{Calendar, Caller},
    calendars::{self, SeenCalendar},
};

/// How long a deletion can be taken back, in seconds.
const UNDO_FOR: i64 = 30 * 86_400;

/// A deletion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deleted {
    /// The id under which it can be taken back.
    pub id: String,
    /// Until when.
    pub undo_until: Timestamp,
}

/// Deletes an event: this occurrence, this and the following, or all. A guest's deletion is a "no".
pub async fn delete(
    app: &App,
    caller: &Caller<Calendar>,
    id: &str,
    scope: Option<EditScope>,
    notify: bool,
    if_match: Option<&str>,
) -> Result<Deleted, Error> {
    let mut tx = app.store.tenant(caller.tenant).await?;
    let target = target(&mut tx, caller, id).await?;
    if target.is_withheld(target.scope(scope)) {
        return Err(Error::NotFound);
    }
    if let Some(expected) = if_match
        && view_by_id(&mut tx, caller, id).await?.etag != expected
    {
        return Err(Error::Stale);
    }
    if !target.calendar.is_writable() {
        return Err(Error::Conflict { reason: "read_only" });
    }
    if target.whole().entry.event_type.is_special() && target.scope(scope) == EditScope::Following {
        // It would cut the series, which Google alone may.
        return Err(Error::Conflict { reason: "special_event" });
    }
    let leads = organizes(&target.calendar, target.whole());
    let mut edit = Edit::new(app, caller, &mut tx, notify);
    let undo_id = match target.scope(scope) {
        EditScope::This if leads && is_last(&mut edit, &target).await? => {
            // A series of which nothing is left has ended; it is what is taken back.
            delete_all(&mut edit, target.whole(), leads).await?;
            target.whole().entry.id.to_string()
        }
        EditScope::This => {
            delete_one(&mut edit, &target, leads).await?;
            match (&target.series, target.start) {
                (Some(series), Some(start)) => format!("{}_{}", series.entry.id, start.compact()),
                _ => target.row.entry.id.to_string(),
            }
        }
        EditScope::Following if !leads => return Err(Error::field("scope", "not_for_guests")),
        EditScope::Following => match edit.split(&target, &target.event, None).await? {
            // What follows becomes a series of its own that is deleted before it goes out; it can be taken back.
            Some(tail) => {
                delete_all(&mut edit, &tail, true).await?;
                tail.entry.id.to_string()
            }
            None => {
                delete_all(&mut edit, target.whole(), leads).await?;
                target.whole().entry.id.to_string()
            }
        },
        EditScope::All => {
            delete_all(&mut edit, target.whole(), leads).await?;
            target.whole().entry.id.to_string()
        }
    };
    let now = app.now();
    let removed = addressed(&mut tx, &undo_id).await?;
    tx.note_removal(removed.entry.id, Some(Removal { at: now, told: notify })).await?;
    app.commit(tx).await?;
    Ok(Deleted { id: undo_id, undo_until: now.plus_seconds(UNDO_FOR) })
}

/// The row that the id of a deletion means, a deleted one too.
async fn addressed(tx: &mut TenantTx, id: &str) -> Result<Shown, Error> {
    let (base, start) = portico_calendar::parse_occurrence_id(id);
    let entry = EntryId::from_str(base).map_err(|_| Error::NotFound)?;
    let row = tx.entry(entry).await?.ok_or(Error::NotFound)?;
    let Some(start) = start else { return Ok(row) };
    let rows = tx.entries_of_series(entry).await?;
    rows.into_iter().find(|row| row.meeting.original_start == Some(start)).ok_or(Error::NotFound)
}

/// What a person removed, and how it is taken back.
#[derive(Clone, Debug)]
pub struct RemovedEvent {
    /// The event as it was; its id is the one under which it is taken back.
    pub view: EventView,
    /// When it was removed.
    pub at: Timestamp,
    /// Until when it can be taken back.
    pub undo_until: Timestamp,
    /// Whether taking it back tells the guests, as the deletion did.
    pub tells: bool,
    /// The row, for the cursor.
    pub entry: EntryId,
}

/// Where a page of removed events ends.
pub type RemovedCursor = (Timestamp, EntryId);

/// A page of removed events, and where it ends.
pub type RemovedPage = (Vec<RemovedEvent>, Option<RemovedCursor>);

/// What was removed from the calendars that the caller may write, as long as it can be taken back, the latest first.
pub async fn removed(
    app: &App,
    caller: &Caller<Calendar>,
    before: Option<RemovedCursor>,
    limit: i64,
) -> Result<RemovedPage, Error> {
    let now = app.now();
    let mut tx = app.store.tenant_read(caller.tenant).await?;
    let readable = calendars::readable(&mut tx, caller).await?;
    let seen: HashMap<CalendarId, SeenCalendar> = calendars::seen(&mut tx, caller, readable)
        .await?
        .into_iter()
        .filter(SeenCalendar::is_writable)
        .map(|calendar| (calendar.calendar.id, calendar))
        .collect();
    let ids: Vec<CalendarId> = seen.keys().copied().collect();
    let removals = tx.removals(&ids, now.plus_seconds(-UNDO_FOR), before, limit).await?;
    let full = i64::try_from(removals.len()).is_ok_and(|count| count == limit);
    let next = removals.last().filter(|_| full).map(|(id, removal)| (removal.at, *id));
    let entries: Vec<EntryId> = removals.iter().map(|(id, _)| *id).collect();
    let mut rows: HashMap<EntryId, Shown> =
        tx.entries_by_ids(&entries).await?.into_iter().map(|row| (row.entry.id, row)).collect();
    let employees = colleagues(&mut tx, rows.values().map(|row| &row.meeting.shared)).await?;
    tx.end().await?;
    let found = removals.into_iter().filter_map(|(id, removal)| {
        let row = rows.remove(&id)?;
        // Google may have brought it back meanwhile.
        let is_gone = row.entry.deleted_at.is_some() || row.meeting.shared.status == Status::Cancelled;
        let calendar = seen.get(&row.entry.calendar_id).filter(|_| is_gone)?;
        let showing = Showing {
            calendar,
            row: &row,
            series: row.entry.series_entry_id,
            start: row.meeting.original_start,
            event: event_of(&row),
            conflict: None,
        };
        let view = view(showing, employees.clone()).filter(|view| calendar.mine || !view.busy_only)?;
        let undo_until = removal.at.plus_seconds(UNDO_FOR);
        Some(RemovedEvent { view, at: removal.at, undo_until, tells: removal.told, entry: id })
    });
    Ok((found.collect(), next))
}

/// One occurrence: cancelled by its organizer, declined and hidden by a guest.
async fn delete_one(edit: &mut Edit<'_>, target: &Target, leads: bool) -> Result<(), Error> {
    let mut event = target.event.clone();
    if leads {
        event.shared.status = Status::Cancelled;
        return edit.write_occurrence(target, &event).await;
    }
    if !target.calendar.through_google && own_line(&event.shared, &target.calendar.addresses).is_some() {
        answered(&mut event, &target.calendar, Some(Answer::Declined), None)?;
    }
    edit.write_occurrence(target, &event).await?;
    let (Some(series), Some(start)) = (&target.series, target.start) else { return Ok(()) };
    let rows = edit.tx.entries_of_series(series.entry.id).await?;
    match rows.into_iter().find(|row| row.meeting.original_start == Some(start)) {
        Some(row) => edit.delete_entry(&row, true).await,
        None => {
            // Not a guest either: the occurrence is only hidden here.
            edit.new_exception(series, start, &event).await?;
            let rows = edit.tx.entries_of_series(series.entry.id).await?;
            match rows.into_iter().find(|row| row.meeting.original_start == Some(start)) {
                Some(row) => edit.delete_entry(&row, true).await,
                None => Ok(()),
            }
        }
    }
}

/// Whether the occurrence is the only one that its series still has.
async fn is_last(edit: &mut Edit<'_>, target: &Target) -> Result<bool, Error> {
    let (Some(series), Some(start)) = (&target.series, target.start) else { return Ok(false) };
    let (begins, ends) = (series.meeting.span_start, series.meeting.span_end);
    if ends == Timestamp(i64::MAX) {
        return Ok(false);
    }
    let changed = edit.tx.entries_of_series(series.entry.id).await?;
    let takes_place = |row: &&Shown| row.entry.deleted_at.is_none() && row.meeting.shared.status != Status::Cancelled;
    if changed.iter().filter(takes_place).any(|row| row.meeting.original_start != Some(start)) {
        return Ok(false);
    }
    let changed: HashSet<OriginalStart> =
        changed.iter().filter_map(|row| row.meeting.original_start).chain([start]).collect();
    let window = begins..ends.plus_seconds(1);
    Ok(by_the_rule(&series.meeting.shared, &changed, window, &target.calendar.zone).is_empty())
}

/// The whole event. The organizer's deletion takes it out of colleagues' calendars too.
pub(crate) async fn delete_all(edit: &mut Edit<'_>, whole: &Shown, leads: bool) -> Result<(), Error> {
    let whole = edit.tx.entry(whole.entry.id).await?.ok_or(Error::NotFound)?;
    let exceptions = edit.tx.entries_of_series(whole.entry.id).await?;
    if leads {
        for row in edit.tx.entries_of_meeting(whole.meeting.id).await? {
            if row.entry.deleted_at.is_none() {
                edit.delete_entry(&row, row.entry.id == whole.entry.id).await?;
            }
        }
        for exception in exceptions {
            for row in edit.tx.entries_of_meeting(exception.meeting.id).await? {
                if row.entry.deleted_at.is_none() {
                    edit.delete_entry(&row, false).await?;
                }
            }
        }
        return Ok(());
    }
    let mut calendar = edit.calendar(whole.entry.calendar_id).await?;
    calendar.addresses.extend(whole.entry.own_address.clone());
    if !calendar.through_google && own_line(&whole.meeting.shared, &calendar.addresses).is_some() {
        let mut event = event_of(&whole);
        answered(&mut event, &calendar, Some(Answer::Declined), None)?;
        edit.write_series(&whole, &event).await?;
    }
    let whole = edit.tx.entry(whole.entry.id).await?.ok_or(Error::NotFound)?;
    edit.delete_entry(&whole, true).await?;
    for exception in exceptions.iter().filter(|exception| exception.entry.deleted_at.is_none()) {
        edit.delete_entry(exception, false).await?;
    }
    Ok(())
}

/// Takes a deletion back. The guests hear of it if they heard of the deletion.
pub async fn undo(app: &App, caller: &Caller<Calendar>, id: &str) -> Result<EventView, Error> {
    let mut tx = app.store.tenant(caller.tenant).await?;
    let row = addressed(&mut tx, id).await?;
    let calendar = calendars::seen_one(&mut tx, caller, row.entry.calendar_id).await?;
    if is_withheld(&calendar, &row.entry, &row.entry.private) {
        return Err(Error::NotFound);
    }
    if !calendar.is_writable() {
        return Err(Error::Conflict { reason: "read_only" });
    }
    let cancelled = row.meeting.shared.status == Status::Cancelled;
    let at = match (row.entry.deleted_at, cancelled) {
        (Some(at), _) => at,
        (None, true) => row.meeting.updated_at,
        (None, false) => return Err(Error::Conflict { reason: "not_deleted" }),
    };
    if app.now() > at.plus_seconds(UNDO_FOR) {
        return Err(Error::Conflict { reason: "too_late" });
    }
    let told = tx.removal(row.entry.id).await?.is_none_or(|removal| removal.told);
    let mut edit = Edit::new(app, caller, &mut tx, told);
    if cancelled && organizes(&calendar, &row) {
        let mut event = event_of(&row);
        event.shared.status = Status::Confirmed;
        edit.write(&row, &event).await?;
    }
    if row.entry.deleted_at.is_some() {
        restore(&mut edit, &row, at).await?;
    }
    tx.note_removal(row.entry.id, None).await?;
    let view = view_by_id(&mut tx, caller, id).await?;
    app.commit(tx).await?;
    Ok(view)
}

/// Everything that the same deletion hid is shown again.
pub(crate) async fn restore(edit: &mut Edit<'_>, row: &Shown, at: Timestamp) -> Result<(), Error> {
    let by = row.entry.deleted_by;
    let same = |other: &Shown| other.entry.deleted_at == Some(at) && other.entry.deleted_by == by;
    let fresh = edit.tx.entry(row.entry.id).await?.ok_or(Error::NotFound)?;
    edit.restore_entry(&fresh, true).await?;
    let leads = row.meeting.lead_entry_id == Some(row.entry.id);
    let exceptions = edit.tx.entries_of_series(row.entry.id).await?;
    if leads {
        for other in edit.tx.entries_of_meeting(row.meeting.id).await? {
            if same(&other) {
                edit.restore_entry(&other, false).await?;
            }
        }
    }
    // The series is news enough.
    let notify = std::mem::replace(&mut edit.notify, false);
    for exception in exceptions {
        let rows = edit.tx.entries_of_meeting(exception.meeting.id).await?;
        for other in rows.iter().filter(|other| same(other)) {
            let own = other.entry.id == exception.entry.id;
            if leads || own {
                // What went with its series is made anew with it.
                edit.restore_entry(other, leads && own && !other.entry.is_known_to_google).await?;
            }
        }
    }
    edit.notify = notify;
    edit.invite(row.meeting.id).await
}
