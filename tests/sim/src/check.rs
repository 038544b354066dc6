//! What must hold when everything is at rest.

use std::collections::{BTreeMap, BTreeSet};

use jiff::tz::TimeZone;
use portico_app::google_event;
use portico_calendar::{Answer, Event, Exception, Status, When};
use portico_kernel::{EmailAddress, EntryId};
use portico_store::{HoldState, Shown};
use serde_json::Value;

use crate::{
    edits::{Ledger, fields, tag_of, time_value},
    google_side,
    portico_side::shown,
    stage::{OUTSIDER, Person, Stage, ZONE},
};

pub async fn check(stage: &mut Stage, ledger: &Ledger) -> Vec<String> {
    let mut wrong = Vec::new();
    let people = stage.people.clone();
    let conflicts = conflicts(stage).await;
    let mut finals = Vec::new();
    for person in &people {
        both_sides_are_equal(stage, person, &mut wrong).await;
        finals.extend(shown(stage, person).await);
    }
    nothing_is_pending(stage, &people, &mut wrong).await;
    let refused = refused(stage, ledger).await;
    no_edit_is_lost(ledger, &finals, &conflicts, &refused, &mut wrong);
    nobody_is_mailed_twice(stage, ledger, &mut wrong).await;
    the_journal_has_no_gap(stage, &mut wrong).await;
    wrong
}

/// One line of a calendar, the same for both sides.
fn line(event: &Event, own: &EmailAddress, organizer: bool) -> String {
    let time = match &event.shared.when {
        When::AllDay { start, end } => format!("{start}..{end}"),
        When::Timed { start, end } => format!("{}..{}", start.0.timestamp(), end.0.timestamp()),
    };
    let mut guests: Vec<String> =
        event.shared.attendees.iter().map(|line| format!("{}={:?}", line.email, line.answer)).collect();
    guests.sort();
    let mine = event.shared.attendees.iter().find(|line| line.email == *own).map(|line| line.answer);
    let guests = if organizer { guests.join(",") } else { format!("{mine:?}") };
    format!(
        "{} {time} {:?} {:?} [{guests}] {:?} {:?} {:?} {}",
        event.shared.description,
        event.shared.title,
        event.shared.location,
        event.private.visibility,
        event.private.color,
        event.private.reminders,
        event.private.transparent,
    )
}

fn declined(event: &Event, own: &EmailAddress) -> bool {
    event.shared.attendees.iter().any(|line| line.email == *own && line.answer == Answer::Declined)
}

async fn both_sides_are_equal(stage: &mut Stage, person: &Person, wrong: &mut Vec<String>) {
    let zone = TimeZone::get(ZONE).expect("a zone");
    let window = (stage.now().plus_seconds(-30 * 86_400), stage.now().plus_seconds(120 * 86_400));
    let hands = stage.hands(person.email.as_str()).await;
    let mut there = BTreeMap::<String, usize>::new();
    for event in google_side::instances(&hands, person.email.as_str(), window.0, window.1).await {
        let remote = google_event::read(&event, &zone).expect("readable");
        let organizer = remote.organizer.as_ref().is_none_or(|o| o.email == person.email.as_str());
        let content = remote.event.expect("content");
        if organizer || !declined(&content, &person.email) {
            *there.entry(line(&content, &person.email, organizer)).or_default() += 1;
        }
    }
    let all = shown(stage, person).await;
    let mut here = BTreeMap::<String, usize>::new();
    let event = |shown: &Shown| Event { shared: shown.meeting.shared.clone(), private: shown.entry.private.clone() };
    // An occurrence that was deleted here hides what the series would show.
    let mut tx = stage.store.tenant_read(stage.tenant).await.expect("a transaction");
    let masters: Vec<EntryId> =
        all.iter().filter(|shown| !shown.meeting.shared.recurrence.is_empty()).map(|shown| shown.entry.id).collect();
    let changed = tx.entries_of_all_series(&masters).await.expect("exceptions");
    tx.end().await.expect("an end");
    let exceptions_of = |series: EntryId| -> Vec<Exception<EntryId>> {
        changed
            .iter()
            .filter(|shown| shown.entry.series_entry_id == Some(series))
            .filter_map(|shown| {
                let original_start = shown.meeting.original_start?;
                let mut event = event(shown);
                if shown.entry.deleted_at.is_some() {
                    event.shared.status = Status::Cancelled;
                }
                Some(Exception { original_start, event, tag: shown.entry.id })
            })
            .collect()
    };
    for shown in &all {
        let organizer = shown.meeting.organizer_email == person.email.as_str();
        let mut put = |event: &Event| {
            if event.shared.status != Status::Cancelled && (organizer || !declined(event, &person.email)) {
                let (start, end) = event.shared.when.span(&zone);
                if start < window.1 && end > window.0 {
                    *here.entry(line(event, &person.email, organizer)).or_default() += 1;
                }
            }
        };
        if !shown.meeting.shared.recurrence.is_empty() {
            let instances =
                portico_calendar::instances(&event(shown), &exceptions_of(shown.entry.id), window.0..window.1, &zone);
            instances.iter().for_each(|instance| put(&instance.event));
        } else if shown.entry.series_entry_id.is_none() {
            put(&event(shown));
        }
    }
    for (line, count) in &there {
        let found = here.get(line).copied().unwrap_or(0);
        if found != *count {
            wrong.push(format!("{}: Google has {count}, Portico {found}: {line}", person.email.as_str()));
        }
    }
    for (line, count) in &here {
        if !there.contains_key(line) {
            wrong.push(format!("{}: Portico has {count}, Google none: {line}", person.email.as_str()));
        }
    }
}

async fn nothing_is_pending(stage: &Stage, people: &[Person], wrong: &mut Vec<String>) {
    for person in people {
        for shown in shown(stage, person).await {
            let leads = shown.meeting.lead_entry_id == Some(shown.entry.id);
            if shown.entry.is_pending() && shown.entry.push_problem.is_none() {
                wrong.push(format!(
                    "{}: {} {:?} is pending for ever (leads {leads}, {} > {}, google {:?})",
                    person.email.as_str(),
                    tag_of(&shown.meeting.shared),
                    shown.meeting.original_start,
                    shown.entry.local_version,
                    shown.entry.pushed_version,
                    shown.entry.google_id
                ));
            }
        }
    }
    let mut tx = stage.store.tenant_read(stage.tenant).await.expect("a transaction");
    let waiting = tx.holds(HoldState::Waiting).await.expect("holds");
    if !waiting.is_empty() {
        wrong.push(format!("{} holds wait although all were decided", waiting.len()));
    }
    tx.end().await.expect("an end");
}

/// The values that conflicts keep, by the tag of their event; a conflict over the status keeps everything.
async fn conflicts(stage: &Stage) -> BTreeMap<String, BTreeSet<String>> {
    let mut tx = stage.store.tenant_read(stage.tenant).await.expect("a transaction");
    let calendars: Vec<_> = stage.people.iter().map(|person| person.calendar).collect();
    let mut kept = BTreeMap::<String, BTreeSet<String>>::new();
    let mut all = tx.conflicts_of(&calendars, true, None, 1000).await.expect("open conflicts");
    all.extend(tx.conflicts_of(&calendars, false, None, 1000).await.expect("resolved conflicts"));
    for conflict in all {
        let Some(meeting) = tx.meeting(conflict.meeting_id).await.expect("a meeting") else { continue };
        let values = kept.entry(tag_of(&meeting.shared)).or_default();
        for field in conflict.fields {
            if field.field == "status" {
                values.insert("*".into());
            }
            for value in [&field.portico, &field.google] {
                if let Ok(when) = serde_json::from_value::<When>(value.clone()) {
                    values.insert(time_value(&when));
                }
                if let Value::String(text) = value {
                    values.insert(text.clone());
                }
            }
        }
    }
    tx.end().await.expect("an end");
    kept
}

/// Outsiders' events to which every guest has said no at Google: nobody here need see them.
async fn refused(stage: &mut Stage, ledger: &Ledger) -> BTreeSet<String> {
    let mut refused = ledger.outside.clone();
    for person in stage.people.clone() {
        let hands = stage.hands(person.email.as_str()).await;
        for (remote, _) in google_side::all(&hands, person.email.as_str()).await {
            let cancelled = remote.cancelled;
            if let Some(event) = remote.event.filter(|event| !cancelled && !declined(event, &person.email)) {
                refused.remove(&tag_of(&event.shared));
            }
        }
    }
    refused
}

fn no_edit_is_lost(
    ledger: &Ledger,
    finals: &[Shown],
    conflicts: &BTreeMap<String, BTreeSet<String>>,
    refused: &BTreeSet<String>,
    wrong: &mut Vec<String>,
) {
    for edit in &ledger.edits {
        let own = |shown: &&Shown| tag_of(&shown.meeting.shared) == edit.tag;
        let stands = finals.iter().filter(own).any(|shown| {
            fields(&shown.meeting.shared).iter().any(|(field, value)| *field == edit.field && *value == edit.value)
        });
        let replaced = ledger.edits.iter().any(|later| {
            later.tag == edit.tag && later.field == edit.field && later.seen == edit.value && later.value != edit.value
        });
        let kept = conflicts.get(&edit.tag).is_some_and(|values| values.contains(&edit.value) || values.contains("*"));
        let ended = ledger.ends.iter().any(|end| {
            end.tag == edit.tag
                && (end.seen.contains(&edit.value)
                    || (edit.instance.is_some() && (end.instance.is_none() || end.instance == edit.instance)))
        });
        if !stands && !replaced && !kept && !ended && !refused.contains(&edit.tag) {
            wrong.push(format!("an edit is lost: {edit:?}"));
        }
    }
    let organizer_shows = |shown: &Shown| {
        shown.meeting.lead_entry_id == Some(shown.entry.id)
            && !shown.meeting.shared.attendees.iter().any(|line| line.answer == Answer::Declined)
    };
    for end in ledger.ends.iter().filter(|end| end.instance.is_none() && end.seen != ["exceptions"]) {
        let alive = finals.iter().any(|shown| {
            // Somebody else's deletion of an outsider's meeting is a "no" of the guests.
            tag_of(&shown.meeting.shared) == end.tag
                && shown.meeting.organizer_email != OUTSIDER
                && organizer_shows(shown)
                && shown.meeting.original_start.is_none()
                && shown.meeting.shared.status != Status::Cancelled
        });
        let excused = ledger.splits.contains(&end.tag) || ledger.undone.contains(&end.tag);
        if alive && !excused && !conflicts.contains_key(&end.tag) {
            wrong.push(format!("a deletion is lost: {end:?}"));
        }
    }
    for tag in &ledger.made {
        let mut seen = BTreeSet::new();
        for shown in finals.iter().filter(|shown| tag_of(&shown.meeting.shared) == *tag) {
            if !seen.insert((shown.entry.calendar_id, shown.meeting.uid.clone(), shown.meeting.original_start)) {
                wrong.push(format!("{tag} is twice in one calendar"));
            }
        }
    }
}

async fn nobody_is_mailed_twice(stage: &Stage, ledger: &Ledger, wrong: &mut Vec<String>) {
    let mails = stage.control("GET", "mail", Value::Null).await;
    let mut counts = BTreeMap::<(String, String), usize>::new();
    let mut tags = BTreeMap::<String, String>::new();
    let mut tx = stage.store.tenant(stage.tenant).await.expect("a transaction");
    for mail in mails["items"].as_array().into_iter().flatten() {
        let uid = mail["ical_uid"].as_str().unwrap_or_default().to_owned();
        if !tags.contains_key(&uid) {
            let found = tx.sync_meetings_by_uid(std::slice::from_ref(&uid)).await.expect("meetings");
            let tag = found.first().map_or_else(String::new, |meeting| tag_of(&meeting.shared));
            tags.insert(uid.clone(), tag);
        }
        *counts.entry((tags[&uid].clone(), mail["to"].as_str().unwrap_or_default().to_owned())).or_default() += 1;
    }
    drop(tx);
    for ((tag, to), count) in counts {
        if tag.is_empty() {
            continue;
        }
        let acts = ledger.acts.get(&tag).copied().unwrap_or(0);
        if count > acts {
            wrong.push(format!("{to} got {count} mails about {tag} for {acts} acts"));
        }
    }
}

async fn the_journal_has_no_gap(stage: &Stage, wrong: &mut Vec<String>) {
    let mut tx = stage.store.tenant_read(stage.tenant).await.expect("a transaction");
    let head = tx.journal_head().await.expect("a head");
    let rows = tx.journal_after(0, 100_000).await.expect("a journal");
    tx.end().await.expect("an end");
    let numbers: Vec<i64> = rows.iter().map(|row| row.seq).collect();
    if numbers != (1..=head).collect::<Vec<_>>() {
        wrong.push(format!("the journal has a gap: {} rows, the last number is {head}", numbers.len()));
    }
}
