//! Changing an event: this occurrence, this and the following, or all.

use portico_calendar::{Conference, Event, When};
use portico_kernel::CalendarId;
use portico_store::{Direction, Link, LinkReader, LinkState, Shown};

use super::{
    EditScope, EventInput, EventView, Target,
    answer::{answered, own_following, too_many},
    can,
    create::room_or_patience,
    edit::Edit,
    event_of,
    series::{moved_rule, moved_series},
    target, view_by_id, zone_of,
};
use crate::{
    App, Error, FieldError,
    access::{Calendar, Caller},
    calendars::{self, Access, SeenCalendar},
    carriers, links,
};

/// Changes an event. `if_match` is the etag that the person saw: another one now is [`Error::Stale`].
pub async fn change(
    app: &App,
    caller: &Caller<Calendar>,
    id: &str,
    input: &EventInput,
    scope: Option<EditScope>,
    if_match: Option<&str>,
) -> Result<EventView, Error> {
    let mut tx = app.store.tenant(caller.tenant).await?;
    let target = target(&mut tx, caller, id).await?;
    let scope = target.scope(scope);
    if target.is_withheld(scope) {
        return Err(Error::NotFound);
    }
    if let Some(expected) = if_match
        && view_by_id(&mut tx, caller, id).await?.etag != expected
    {
        return Err(Error::Stale);
    }
    let rights = can(&target.calendar, target.whole());
    if !target.calendar.is_writable() {
        return Err(Error::Conflict { reason: "read_only" });
    }
    if target.whole().entry.event_type.is_special() && (scope == EditScope::Following || !input.is_for_special()) {
        return Err(Error::Conflict { reason: "special_event" });
    }
    if input.touches_shared() && !rights.edit {
        return Err(Error::Conflict { reason: "only_organizer" });
    }
    if (input.answer.is_some() || input.comment.is_some()) && target.calendar.through_google {
        return Err(Error::Conflict { reason: "not_invited" });
    }
    let mut edit = Edit::new(app, caller, &mut tx, input.notify.unwrap_or(true));
    let changed = apply(&mut edit, &target, input, scope).await?;
    let mut shown = changed.unwrap_or_else(|| id.to_owned());
    if let Some(to) = input.calendar_id.filter(|to| *to != target.row.entry.calendar_id) {
        if !rights.move_away || (target.start.is_some() && scope != EditScope::All) {
            return Err(Error::Conflict { reason: "series_moves_whole" });
        }
        shown = move_to(&mut edit, &shown, to).await?;
    }
    let view = match view_by_id(&mut tx, caller, &shown).await {
        // The occurrence has gone with its rule: the series is what is left to show.
        Err(Error::NotFound) => view_by_id(&mut tx, caller, &target.whole().entry.id.to_string()).await?,
        other => other?,
    };
    app.commit(tx).await?;
    if input.use_google_meet == Some(true)
        && view.sync == "pending"
        && matches!(view.event.shared.conference, Some(Conference::Wanted { .. }))
    {
        return room_or_patience(app, caller, &view.id).await;
    }
    Ok(view)
}

/// Writes what the input says; the id under which the event is found afterwards, if that is another one.
async fn apply(
    edit: &mut Edit<'_>,
    target: &Target,
    input: &EventInput,
    scope: EditScope,
) -> Result<Option<String>, Error> {
    let zone = zone_of(edit.person);
    let request_id = edit.app.world.new_uuid().simple().to_string();
    let may_recur = scope != EditScope::This || target.start.is_none();
    let mut event = target.event.clone();
    let mut errors = input.apply(&mut event, &zone, &request_id, may_recur);
    let own_answer = input.own_answer(&mut errors);
    if let Some(to) = input.calendar_id.filter(|to| *to != target.row.entry.calendar_id) {
        match destination(edit, to).await {
            Err(Error::Invalid(more)) => errors.extend(more),
            Err(error) => return Err(error),
            Ok(_) => {}
        }
    }
    let mut faults = input.faults.clone();
    FieldError::gather(&mut faults, errors);
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    if own_answer.is_some() || input.comment.is_some() {
        answered(&mut event, &target.calendar, own_answer, input.comment.as_deref())?;
    }
    match scope {
        EditScope::This => {
            event.shared.recurrence = target.event.shared.recurrence.clone();
            edit.write_occurrence(target, &event).await?;
            Ok(None)
        }
        EditScope::Following => {
            let rule = input.recurrence.as_ref().map(|_| event.shared.recurrence.clone());
            let organizes = super::organizes(&target.calendar, target.whole());
            if !input.touches_shared() {
                let say = |event: &mut Event, calendar: &SeenCalendar| {
                    input.apply_private(event, &mut Vec::new());
                    if own_answer.is_none() && input.comment.is_none() {
                        return Ok(());
                    }
                    answered(event, calendar, own_answer, input.comment.as_deref())
                };
                if own_following(edit, target, say).await? {
                    return Ok(None);
                }
                if !organizes {
                    return Err(too_many());
                }
                // Too many to change one by one: the organizer's series is cut, which is no news for its guests.
                edit.notify = false;
            }
            let cut = if organizes {
                edit.split(target, &event, rule).await?
            } else {
                edit.split_at_organizers(target, &event, rule).await?
            };
            match cut {
                Some(new) => {
                    let start = new.meeting.shared.when.original_start();
                    let recurs = !new.meeting.shared.recurrence.is_empty();
                    let id = new.entry.id;
                    Ok(Some(if recurs { format!("{id}_{}", start.compact()) } else { id.to_string() }))
                }
                None => all(edit, target, input, &event).await,
            }
        }
        EditScope::All => all(edit, target, input, &event).await,
    }
}

/// Changes the whole series (or the single event) as the addressed occurrence was changed.
async fn all(edit: &mut Edit<'_>, target: &Target, input: &EventInput, event: &Event) -> Result<Option<String>, Error> {
    let master = target.whole();
    let mut whole = event_of(master);
    let zone = zone_of(edit.person);
    let request_id = edit.app.world.new_uuid().simple().to_string();
    let mut plain = input.clone();
    (plain.start_time, plain.end_time, plain.time_zone) = (None, None, None);
    (plain.start_date, plain.end_date, plain.recurrence) = (None, None, None);
    let errors = plain.apply(&mut whole, &zone, &request_id, true);
    if !errors.is_empty() {
        return Err(Error::Invalid(errors));
    }
    if input.answer.is_some() || input.comment.is_some() {
        let answer = input.own_answer(&mut Vec::new());
        answered(&mut whole, &target.calendar, answer, input.comment.as_deref())?;
    }
    let old = &target.event.shared.when;
    let before = whole.shared.when.clone();
    if event.shared.when != *old {
        whole.shared.when =
            moved_series(&whole.shared.when, old, &event.shared.when).ok_or(Error::field("start_time", "bad_time"))?;
    }
    match &input.recurrence {
        Some(_) => {
            whole.shared.recurrence = event.shared.recurrence.clone();
            // The rule was judged with the occurrence; it has to hold with the start of the series too.
            let lines = &whole.shared.recurrence;
            if !lines.is_empty()
                && let Err(error) = portico_calendar::Recurrence::parse(lines, &whole.shared.when)
            {
                let fault = FieldError::new("recurrence", "recurrence").with(error);
                return Err(Error::Invalid(vec![fault]));
            }
        }
        None => whole.shared.recurrence = moved_rule(&whole.shared.recurrence, &before, &whole.shared.when)?,
    }
    let was_series = !master.meeting.shared.recurrence.is_empty();
    if was_series {
        edit.write_series(master, &whole).await?;
    } else {
        edit.write(master, &whole).await?;
    }
    let Some(start) = target.start else { return Ok(None) };
    // The occurrence may be found under another start now.
    let id = master.entry.id;
    if whole.shared.recurrence.is_empty() {
        return Ok(Some(id.to_string()));
    }
    let now_at = match (&event.shared.when, target.is_exception()) {
        (_, true) => start,
        (when, false) => original_start_of(when),
    };
    Ok(Some(format!("{id}_{}", now_at.compact())))
}

fn original_start_of(when: &When) -> portico_calendar::OriginalStart {
    when.original_start()
}

/// The calendar that an event moves to.
async fn destination(edit: &mut Edit<'_>, to: CalendarId) -> Result<SeenCalendar, Error> {
    match calendars::seen_one(edit.tx, edit.person, to).await {
        Ok(calendar) if calendar.access == Access::Busy => Err(Error::field("calendar_id", "unknown")),
        Ok(calendar) if !calendar.is_writable() => Err(Error::field("calendar_id", "read_only")),
        Err(Error::NotFound) => Err(Error::field("calendar_id", "unknown")),
        other => other,
    }
}

/// Moves an event to another calendar. Between Google calendars of one owner it stays the same event and is moved at Google;
/// elsewhere it is deleted there and made anew here, without telling the guests of the deletion.
async fn move_to(edit: &mut Edit<'_>, id: &str, to: CalendarId) -> Result<String, Error> {
    let there = destination(edit, to).await?;
    let target = target(edit.tx, edit.person, id).await?;
    let old = target.whole().clone();
    let exceptions = edit.tx.entries_of_series(old.entry.id).await?;
    let closed = |row: &Shown| super::is_withheld(&target.calendar, &row.entry, &row.entry.private);
    if exceptions.iter().any(closed) {
        // What is not shown is not carried into a calendar that would show it.
        return Err(Error::Conflict { reason: "not_yours" });
    }
    if let Some(way) = way_at_google(edit, &target, &there).await? {
        return move_along(edit, &target, exceptions, &there, way, id).await;
    }
    let mut event = event_of(&old);
    if matches!(event.shared.conference, Some(Conference::Ready { .. } | Conference::Pending { .. })) {
        let request_id = edit.app.world.new_uuid().simple().to_string();
        event.shared.conference = Some(Conference::Wanted { request_id });
    }
    let notify = std::mem::replace(&mut edit.notify, false);
    for row in edit.tx.entries_of_meeting(old.meeting.id).await? {
        if row.entry.deleted_at.is_none() {
            edit.delete_entry(&row, row.entry.id == old.entry.id).await?;
        }
    }
    for exception in &exceptions {
        // They go with their series, and are made anew with it.
        for row in edit.tx.entries_of_meeting(exception.meeting.id).await? {
            if row.entry.deleted_at.is_none() {
                edit.delete_entry(&row, false).await?;
            }
        }
    }
    edit.notify = notify;
    let new = edit.new_rows(&there, &event);
    edit.insert(&there, &new).await?;
    // The invitation to the series is news enough.
    edit.notify = false;
    for exception in exceptions.iter().filter(|exception| exception.entry.deleted_at.is_none()) {
        if let Some(start) = exception.meeting.original_start {
            edit.new_exception(&new, start, &event_of(exception)).await?;
        }
    }
    edit.notify = notify;
    Ok(match target.start {
        Some(start) => format!("{}_{}", new.entry.id, start.compact()),
        None => new.entry.id.to_string(),
    })
}

/// From which Google calendar to which an event is moved.
struct Way {
    from: Link,
    to: Link,
}

/// How Google can move the event itself: between calendars of one owner that one account may write, and only for the
/// organizer.
async fn way_at_google(edit: &mut Edit<'_>, target: &Target, there: &SeenCalendar) -> Result<Option<Way>, Error> {
    let whole = target.whole();
    let owner = target.calendar.calendar.owner;
    let same_owner = owner.is_some() && owner == there.calendar.owner;
    let (Some(from), Some(to)) = (whole.entry.link_id, there.outgoing()) else { return Ok(None) };
    if !same_owner || !whole.entry.is_known_to_google || !super::organizes(&target.calendar, whole) {
        return Ok(None);
    }
    let Some(from) = edit.tx.link(from).await? else { return Ok(None) };
    let works = |link: &Link| {
        matches!(link.state, LinkState::On | LinkState::Paused) && link.direction != Direction::FromGoogle
    };
    let readers = edit.tx.link_readers(to.id).await?;
    let reaches =
        |reader: &LinkReader| reader.connection == from.connection_id && carriers::may_write(&reader.access_role);
    let passes = works(&from) && works(to) && readers.iter().any(reaches);
    Ok(passes.then(|| Way { from, to: to.clone() }))
}

/// Shows the event in the other calendar at once and lets the link that carries it move it at Google. Moved back before that,
/// nothing is left to do.
async fn move_along(
    edit: &mut Edit<'_>,
    target: &Target,
    exceptions: Vec<Shown>,
    there: &SeenCalendar,
    way: Way,
    id: &str,
) -> Result<String, Error> {
    let whole = target.whole().clone();
    let to = Some(way.to.id).filter(|to| *to != way.from.id);
    edit.tx.move_entry(whole.entry.id, there.calendar.id, to).await?;
    let known = [&way.from.google_calendar_id, &whole.meeting.organizer_email].map(String::clone);
    for shown in exceptions.iter().chain([&whole]) {
        let mut meeting = shown.meeting.clone();
        if known.contains(&meeting.organizer_email) {
            meeting.organizer_email.clone_from(&way.to.google_calendar_id);
            edit.tx.update_meeting(&mut meeting, edit.now).await?;
        }
    }
    edit.note_move(&whole, there.calendar.id);
    if way.from.state == LinkState::On {
        links::wake(edit.app, edit.tx, way.from.id).await?;
    }
    Ok(id.to_owned())
}
