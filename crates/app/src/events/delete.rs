//! Deleting an event, and taking that back for 30 days.

use std::str::FromStr;

use portico_calendar::{Answer, Status};
use portico_kernel::{EntryId, Timestamp};
use portico_store::Shown;

use super::{
    EditScope, EventView, Target, answer::answered, edit::Edit, event_of, is_withheld, organizes, own_line, target,
    view_by_id,
};
use crate::{
    App, Error,
    access::{Calendar, Caller},
    calendars,
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
    let leads = organizes(&target.calendar, target.whole());
    let mut edit = Edit::new(app, caller, &mut tx, notify);
    let undo_id = match target.scope(scope) {
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
    app.commit(tx).await?;
    Ok(Deleted { id: undo_id, undo_until: app.now().plus_seconds(UNDO_FOR) })
}

/// One occurrence: cancelled by its organizer, declined and hidden by a guest.
async fn delete_one(edit: &mut Edit<'_>, target: &Target, leads: bool) -> Result<(), Error> {
    let mut event = target.event.clone();
    if leads {
        event.shared.status = Status::Cancelled;
        return edit.write_occurrence(target, &event).await;
    }
    if own_line(&event.shared, &target.calendar.addresses).is_some() {
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
    let calendar = edit.calendar(whole.entry.calendar_id).await?;
    if own_line(&whole.meeting.shared, &calendar.addresses).is_some() {
        let mut event = event_of(&whole);
        answered(&mut event, &calendar, Some(Answer::Declined), None)?;
        edit.write(&whole, &event).await?;
    }
    let whole = edit.tx.entry(whole.entry.id).await?.ok_or(Error::NotFound)?;
    edit.delete_entry(&whole, true).await?;
    for exception in exceptions.iter().filter(|exception| exception.entry.deleted_at.is_none()) {
        edit.delete_entry(exception, false).await?;
    }
    Ok(())
}

/// Takes a deletion back.
pub async fn undo(app: &App, caller: &Caller<Calendar>, id: &str) -> Result<EventView, Error> {
    let mut tx = app.store.tenant(caller.tenant).await?;
    let (base, start) = portico_calendar::parse_occurrence_id(id);
    let entry = EntryId::from_str(base).map_err(|_| Error::NotFound)?;
    let mut row = tx.entry(entry).await?.ok_or(Error::NotFound)?;
    if let Some(start) = start {
        let rows = tx.entries_of_series(entry).await?;
        row = rows.into_iter().find(|row| row.meeting.original_start == Some(start)).ok_or(Error::NotFound)?;
    }
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
    let mut edit = Edit::new(app, caller, &mut tx, true);
    if cancelled && organizes(&calendar, &row) {
        let mut event = event_of(&row);
        event.shared.status = Status::Confirmed;
        edit.write(&row, &event).await?;
    }
    if row.entry.deleted_at.is_some() {
        restore(&mut edit, &row, at).await?;
    }
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
    for exception in exceptions {
        let rows = edit.tx.entries_of_meeting(exception.meeting.id).await?;
        for other in rows.iter().filter(|other| same(other)) {
            if leads || other.entry.id == exception.entry.id {
                edit.restore_entry(other, false).await?;
            }
        }
    }
    edit.invite(row.meeting.id).await
}
