//! Answering an invitation.

use portico_calendar::{Answer, Attendee, Event, OriginalStart, Private, Status, instances};
use portico_kernel::Timestamp;
use portico_store::Shown;

use super::{Target, edit::Edit, event_of, own_line};
use crate::{Error, FieldError, calendars::SeenCalendar};

/// Writes the answer into the own line of the guest list.
pub(super) fn answered(
    event: &mut Event,
    calendar: &SeenCalendar,
    answer: Option<Answer>,
    comment: Option<&str>,
) -> Result<(), Error> {
    let line = event
        .shared
        .attendees
        .iter_mut()
        .find(|line| calendar.addresses.contains(&line.email))
        .ok_or(Error::Conflict { reason: "not_invited" })?;
    if let Some(answer) = answer {
        line.answer = answer;
    }
    if let Some(comment) = comment {
        line.comment = Some(comment.to_owned()).filter(|comment| !comment.is_empty());
    }
    Ok(())
}

/// The most occurrences that are changed one by one.
const MOST: usize = 366;

/// That an act would change more occurrences one by one than it may.
pub(super) fn too_many() -> Error {
    Error::Invalid(vec![FieldError::new("scope", "too_many").with(MOST)])
}

/// What is a calendar's own, the answer and the private fields, in an occurrence and all after it. That is no reason to cut a
/// series: it is written to the occurrences of the shorter side, and to the series for the other one, and the guests are told
/// of nothing. Whether it was done: more than [`MOST`] are not changed one by one.
pub(super) async fn own_following(
    edit: &mut Edit<'_>,
    target: &Target,
    say: impl Fn(&mut Event, &SeenCalendar) -> Result<(), Error>,
) -> Result<bool, Error> {
    let (Some(series), Some(start)) = (&target.series, target.start) else { return Err(Error::NotFound) };
    let whole = event_of(series);
    let zone = &target.calendar.zone;
    let begin = series.meeting.span_start;
    let ends = series.meeting.span_end < Timestamp(i64::MAX);
    let at = match start {
        OriginalStart::At(at) => at,
        OriginalStart::On(day) => portico_calendar::day_start(day, zone),
    };
    let to = if ends { series.meeting.span_end.plus_seconds(1) } else { at.plus_seconds(1) };
    let starts = instances::<()>(&whole, &[], begin..to, zone).into_iter().map(|instance| instance.original_start);
    let (after, before): (Vec<OriginalStart>, Vec<OriginalStart>) = starts.partition(|other| *other >= start);
    if ends && after.len() <= before.len() && after.len() <= MOST {
        for start in after {
            set_own(edit, series, start, &say).await?;
        }
        return Ok(true);
    }
    if before.len() > MOST {
        return Ok(false);
    }
    let own = |event: &Event| (own_line(&event.shared, &target.calendar.addresses).cloned(), event.private.clone());
    let exceptions = edit.tx.entries_of_series(series.entry.id).await?;
    let said = |start: OriginalStart| {
        let row = exceptions.iter().find(|row| row.meeting.original_start == Some(start));
        own(&row.map_or_else(|| whole.clone(), event_of))
    };
    let kept: Vec<(OriginalStart, (Option<Attendee>, Private))> =
        before.into_iter().map(|start| (start, said(start))).collect();
    let mut all = whole.clone();
    say(&mut all, &target.calendar)?;
    edit.write_series(series, &all).await?;
    let series = edit.tx.entry(series.entry.id).await?.ok_or(Error::NotFound)?;
    for (start, (line, private)) in kept {
        set_own(edit, &series, start, |event, calendar| {
            event.private = private.clone();
            let Some(line) = &line else { return Ok(()) };
            answered(event, calendar, Some(line.answer), Some(line.comment.as_deref().unwrap_or_default()))
        })
        .await?;
    }
    let later = exceptions.iter().filter_map(|row| row.meeting.original_start).filter(|other| *other >= start);
    for start in later {
        set_own(edit, &series, start, &say).await?;
    }
    Ok(true)
}

/// Writes what is a calendar's own to one occurrence, in its own row or in a new one; one that was cancelled or hidden stays
/// as it is.
async fn set_own(
    edit: &mut Edit<'_>,
    series: &Shown,
    start: OriginalStart,
    say: impl Fn(&mut Event, &SeenCalendar) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut calendar = edit.calendar(series.entry.calendar_id).await?;
    calendar.addresses.extend(series.entry.own_address.clone());
    let rows = edit.tx.entries_of_series(series.entry.id).await?;
    let row = rows.into_iter().find(|row| row.meeting.original_start == Some(start));
    let mut event = match &row {
        Some(row) if row.entry.deleted_at.is_some() || row.meeting.shared.status == Status::Cancelled => return Ok(()),
        Some(row) => event_of(row),
        None => portico_calendar::instance(&event_of(series), start, &calendar.zone).ok_or(Error::NotFound)?,
    };
    let before = event.clone();
    say(&mut event, &calendar)?;
    match row {
        _ if event == before => Ok(()),
        Some(row) => edit.write(&row, &event).await,
        None => edit.new_exception(series, start, &event).await,
    }
}
