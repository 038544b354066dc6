//! No edit and no deletion is lost, unless a conflict keeps it; and nothing is there twice.

use std::collections::{BTreeMap, BTreeSet};

use portico_calendar::{Event, Private, Status};
use portico_kernel::{CalendarId, EntryId, MeetingId};
use portico_store::{Conflict, ConflictField, ConflictsThat, Meeting, Shown};

use super::{Occurrence, declined};
use crate::{
    edits::{Edit, End, Ledger, Return, Side, fields, own_fields, own_of, tag_of, values, with_ours},
    google_side,
    portico_side::shown,
    stage::Stage,
};

pub(super) async fn nothing_is_lost(
    stage: &mut Stage,
    ledger: &Ledger,
    occurrences: &BTreeSet<Occurrence>,
    wrong: &mut Vec<String>,
) {
    let mut finals = Vec::new();
    // Guests' copies to which they have said no.
    let mut no = BTreeSet::new();
    for person in stage.places.clone() {
        let own = shown(stage, &person).await;
        let event =
            |shown: &Shown| Event { shared: shown.meeting.shared.clone(), private: shown.entry.private.clone() };
        no.extend(own.iter().filter(|shown| declined(&event(shown), &person.email)).map(|shown| shown.entry.id));
        finals.extend(own);
    }
    let conflicts = conflicts(stage).await;
    let refused = refused(stage, ledger).await;
    for edit in ledger.edits.iter().filter(|edit| !refused.contains(&edit.tag) && !ledger.hidden.contains(&edit.tag)) {
        if !stands(edit, &finals) && !is_replaced(edit, ledger) && !is_ended(edit, ledger) && !is_kept(edit, &conflicts)
        {
            wrong.push(format!("an edit is lost: {edit:?}"));
        }
    }
    for end in ledger.ends.iter().filter(|end| end.is_wanted && !is_unread(end.side, &end.place, ledger)) {
        if is_there(end, &finals, &no, occurrences) && !is_taken_back(end, ledger) && !is_in_conflict(end, &conflicts) {
            wrong.push(format!("a deletion is lost: {end:?}"));
        }
    }
    nothing_is_there_twice(ledger, &finals, wrong);
}

/// A conflict with the meeting that it is about, and what that meeting and its occurrences say, deleted or not.
struct Known {
    conflict: Conflict,
    meeting: Meeting,
    says: Vec<String>,
}

impl Known {
    /// Whether the person has chosen this side in that field.
    fn chose(&self, field: &str, side: &str) -> bool {
        self.conflict.resolution.as_ref().is_some_and(|chosen| chosen[field] == side)
    }
}

async fn conflicts(stage: &Stage) -> Vec<Known> {
    let mut tx = stage.store.tenant_read(stage.tenant).await.expect("a transaction");
    let calendars: Vec<_> = stage.places.iter().map(|person| person.calendar).collect();
    let mut all = tx.conflicts_of(&calendars, ConflictsThat::AreOpen, None, 1000).await.expect("open conflicts");
    all.extend(tx.conflicts_of(&calendars, ConflictsThat::AreResolved, None, 1000).await.expect("resolved conflicts"));
    let mut known = Vec::new();
    for conflict in all {
        let Some(meeting) = tx.meeting(conflict.meeting_id).await.expect("a meeting") else { continue };
        let mut says = values(&meeting.shared);
        for occurrence in tx.entries_of_series(conflict.entry_id).await.expect("occurrences") {
            says.extend(values(&occurrence.meeting.shared));
        }
        known.push(Known { conflict, meeting, says });
    }
    tx.end().await.expect("an end");
    known
}

/// Outsiders' events to which every guest has said no at Google: nobody here need see them.
async fn refused(stage: &mut Stage, ledger: &Ledger) -> BTreeSet<String> {
    let mut refused = ledger.outside.clone();
    for person in stage.people.clone() {
        let hands = stage.hands(person.email.as_str()).await;
        for (remote, _) in google_side::all(&hands, &stage.scene.tz(), person.email.as_str()).await {
            let cancelled = remote.cancelled;
            if let Some(event) = remote.event.filter(|event| !cancelled && !declined(event, &person.email)) {
                refused.remove(&tag_of(&event.shared));
            }
        }
    }
    refused
}

fn stands(edit: &Edit, finals: &[Shown]) -> bool {
    finals.iter().any(|shown| {
        tag_of(&shown.meeting.shared) == edit.tag
            && says(&Event { shared: shown.meeting.shared.clone(), private: shown.entry.private.clone() }, edit)
    })
}

/// Whether an event says what was written. Of whom a calendar is the ledger knows, and no value is written twice.
fn says(event: &Event, edit: &Edit) -> bool {
    let own = own_of(&edit.field).map(|owner| own_fields(&event.private, owner)).unwrap_or_default();
    let all = fields(&event.shared).into_iter().chain(own);
    all.into_iter().find(|(field, _)| *field == edit.field).map_or_else(String::new, |(_, value)| value) == edit.value
}

/// Whether something was done at Google in a calendar from which nothing came here for some time: what is written here goes
/// there over it, and what was deleted there stays here.
fn is_unread(side: Side, place: &str, ledger: &Ledger) -> bool {
    side == Side::Google && ledger.unread.contains(place)
}

/// Somebody saw it and wrote something else.
fn is_replaced(edit: &Edit, ledger: &Ledger) -> bool {
    let unread = is_unread(edit.side, &edit.place, ledger);
    let place = ledger.edits.iter().position(|other| std::ptr::eq(other, edit)).unwrap_or(0);
    ledger.edits.iter().enumerate().any(|(number, later)| {
        let same = later.tag == edit.tag && later.field == edit.field && later.value != edit.value;
        // An answer to all is one to each.
        let to_all = edit.field.starts_with("answer ") && later.instance.is_none() && number > place;
        same && (later.seen == edit.value || to_all || (unread && later.side == Side::Portico))
    })
}

/// What was edited was deleted by somebody who saw it, or went with the times of its series: so Google does it.
fn is_ended(edit: &Edit, ledger: &Ledger) -> bool {
    let own = own_of(&edit.field);
    let ended = ledger.ends.iter().any(|end| end.tag == edit.tag && (own.is_some() || end.seen.contains(&edit.value)));
    let left = own.is_some_and(|owner| ledger.left.contains(&(edit.tag.clone(), owner.to_owned())));
    // Where a series is cut, two rules take the place of one.
    let cut = edit.field == "recurrence" && ledger.cuts.contains(&edit.tag);
    let mut redrawn = ledger.redraws.iter().filter(|redraw| redraw.tag == edit.tag);
    ended || left || cut || (edit.instance.is_some() && redrawn.any(|redraw| edit.instance >= redraw.from))
}

/// A conflict has the value of the side that did not prevail. Over the deletion of an event that was edited here it has the
/// event itself, with all that was written.
fn is_kept(edit: &Edit, conflicts: &[Known]) -> bool {
    conflicts.iter().filter(|known| tag_of(&known.meeting.shared) == edit.tag).any(|known| {
        known.conflict.fields.iter().any(|field| {
            let written = is_written(edit, &known.meeting, field);
            let whole = field.field == "status" && field.google == "cancelled" && known.says.contains(&edit.value);
            (written || whole) && !known.chose(&field.field, "portico")
        })
    })
}

/// Whether Portico's side of a conflict is what was written.
fn is_written(edit: &Edit, meeting: &Meeting, field: &ConflictField) -> bool {
    let mut blank = Event { shared: meeting.shared.clone(), private: Private::default() };
    let shared = &mut blank.shared;
    (shared.title, shared.location, shared.description) = (String::new(), String::new(), String::new());
    (shared.recurrence, shared.attendees) = (Vec::new(), Vec::new());
    let name = edit.field.split(' ').next().unwrap_or_default();
    let is_it = match name {
        "guest" | "answer" => field.field == "attendees",
        name => field.field == name,
    };
    is_it && says(&with_ours(&blank, field), edit)
}

fn is_there(end: &End, finals: &[Shown], no: &BTreeSet<EntryId>, occurrences: &BTreeSet<Occurrence>) -> bool {
    if let Some(start) = end.instance {
        return occurrences.contains(&(end.tag.clone(), start));
    }
    finals.iter().any(|shown| {
        let meeting = &shown.meeting;
        let same = Some(meeting.id) == end.meeting || meeting.uid == end.uid;
        // Google tells a guest only that the copy went, whoever took it: where the organizer's calendar does not say that the
        // event is over, it stays here as declined.
        same && !no.contains(&shown.entry.id)
            && meeting.original_start.is_none()
            && meeting.shared.status != Status::Cancelled
    })
}

fn is_taken_back(end: &End, ledger: &Ledger) -> bool {
    let same = |back: &Return| Some(back.meeting) == end.meeting && back.instance == end.instance;
    ledger.returns.iter().any(|back| back.step >= end.step && same(back))
}

/// The other side had edited it: then the edit stands and the deletion is in a conflict. Or Google's deletion was in one, and
/// ours was chosen.
fn is_in_conflict(end: &End, conflicts: &[Known]) -> bool {
    conflicts.iter().filter(|known| is_about(known, end)).any(|known| {
        known.conflict.fields.iter().filter(|field| field.field == "status").any(|field| match end.side {
            Side::Portico => field.portico == "cancelled" && !known.chose("status", "portico"),
            Side::Google => field.google == "cancelled" && known.chose("status", "portico"),
        })
    })
}

fn is_about(known: &Known, end: &End) -> bool {
    Some(known.meeting.series_id.unwrap_or(known.meeting.id)) == end.meeting
}

fn nothing_is_there_twice(ledger: &Ledger, finals: &[Shown], wrong: &mut Vec<String>) {
    for tag in &ledger.made {
        let mut seen = BTreeSet::new();
        for shown in finals.iter().filter(|shown| tag_of(&shown.meeting.shared) == *tag) {
            if !seen.insert((shown.entry.calendar_id, shown.meeting.uid.clone(), shown.meeting.original_start)) {
                wrong.push(format!("{tag} is twice in one calendar"));
            }
        }
    }
    // Each cut makes two of one series.
    let mut events = BTreeMap::<(CalendarId, String), BTreeSet<MeetingId>>::new();
    for shown in finals.iter().filter(|shown| shown.meeting.original_start.is_none()) {
        let key = (shown.entry.calendar_id, ledger.tag(&shown.meeting));
        events.entry(key).or_default().insert(shown.meeting.id);
    }
    for ((_, tag), meetings) in events {
        let cuts = ledger.cuts.iter().filter(|cut| **cut == tag).count();
        let may = if ledger.made.contains(&tag) { 1 + cuts } else { 0 };
        if meetings.len() > may {
            wrong.push(format!("{tag} is {} events where it may be {may}", meetings.len()));
        }
    }
}
