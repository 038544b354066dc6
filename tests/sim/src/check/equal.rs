//! Both sides show the same.

use std::collections::{BTreeMap, BTreeSet};

use portico_app::google_event;
use portico_calendar::{Event, Exception, OriginalStart, Status, When};
use portico_kernel::EntryId;
use portico_store::Shown;

use super::{Occurrence, declined};
use crate::{
    edits::tag_of,
    google_side,
    history::Edition,
    portico_side::shown,
    stage::{Person, Stage},
};

/// What a calendar shows by event and occurrence: what it says, and whether its owner has said no to it.
#[derive(Default)]
struct Page(BTreeMap<Key, Lines>);

/// The iCalUID, and which occurrence.
type Key = (String, Option<OriginalStart>);

type Lines = Vec<(String, bool)>;

impl Page {
    fn put(&mut self, key: Key, event: &Event, is_busy_time: bool, declined: bool) {
        let lines = self.0.entry(key).or_default();
        lines.push((if is_busy_time { outline(event) } else { line(event) }, declined));
        lines.sort();
    }
}

/// One line of a calendar, the same for both sides.
fn line(event: &Event) -> String {
    let mut guests: Vec<String> = event
        .shared
        .attendees
        .iter()
        .map(|line| format!("{}={:?}{}", line.email, line.answer, line.comment.as_deref().unwrap_or_default()))
        .collect();
    guests.sort();
    format!(
        "{} {:?} {:?} [{}] {}",
        event.shared.description,
        event.shared.title,
        event.shared.location,
        guests.join(","),
        outline(event),
    )
}

/// What is left of it where its words are withheld.
fn outline(event: &Event) -> String {
    let time = match &event.shared.when {
        When::AllDay { start, end } => format!("{start}..{end}"),
        When::Timed { start, end } => format!("{}..{}", start.0.timestamp(), end.0.timestamp()),
    };
    format!(
        "{time} {:?} {:?} {:?} {}",
        event.private.visibility, event.private.color, event.private.reminders, event.private.transparent,
    )
}

pub(super) async fn both_sides_are_equal(
    stage: &mut Stage,
    person: &Person,
    occurrences: &mut BTreeSet<Occurrence>,
    wrong: &mut Vec<String>,
) {
    let zone = stage.scene.tz();
    let window = (stage.now().plus_seconds(-30 * 86_400), stage.now().plus_seconds(120 * 86_400));
    let hands = stage.hands(person.email.as_str()).await;
    let all = shown(stage, person).await;
    let mut here: Vec<(Key, Event, bool)> = Vec::new();
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
        let organizer = shown.meeting.organizer_email == person.google;
        let mut put = |event: &Event, start: Option<OriginalStart>| {
            let (begin, end) = event.shared.when.span(&zone);
            if event.shared.status != Status::Cancelled && begin < window.1 && end > window.0 {
                let no = !organizer && declined(event, &person.email);
                here.push(((shown.meeting.uid.clone(), start), event.clone(), no));
            }
        };
        if !shown.meeting.shared.recurrence.is_empty() {
            let instances =
                portico_calendar::instances(&event(shown), &exceptions_of(shown.entry.id), window.0..window.1, &zone);
            for instance in &instances {
                put(&instance.event, Some(instance.original_start));
                if organizer || !declined(&instance.event, &person.email) {
                    occurrences.insert((tag_of(&instance.event.shared), instance.original_start));
                }
            }
        } else if shown.entry.series_entry_id.is_none() {
            put(&event(shown), shown.meeting.original_start);
        }
    }
    // What is private at Google may be busy time here: every other event has a description.
    let busy: BTreeSet<Key> = here
        .iter()
        .filter(|(_, event, _)| stage.edition >= Edition::Fourth && event.shared.description.is_empty())
        .map(|(key, ..)| key.clone())
        .collect();
    let mut in_portico = Page::default();
    for (key, event, no) in here {
        let is_busy_time = busy.contains(&key);
        in_portico.put(key, &event, is_busy_time, no);
    }
    let here = in_portico;
    let mut there = Page::default();
    for event in google_side::instances(&hands, &person.google, window.0, window.1).await {
        let remote = google_event::read(&event, &zone).expect("readable");
        let organizer = remote.organizer.as_ref().is_none_or(|o| o.email == person.google);
        let content = remote.event.expect("content");
        let key = (remote.uid, remote.original_start);
        let is_busy_time = busy.contains(&key);
        there.put(key, &content, is_busy_time, !organizer && declined(&content, &person.email));
    }
    let keys: BTreeSet<_> = there.0.keys().chain(here.0.keys()).collect();
    for key in keys {
        let (at_google, in_portico) = (there.0.get(key), here.0.get(key));
        // A "no" may hide the event: Google keeps what was declined here, and Portico what was removed there.
        let hidden = |one: Option<&Lines>, other: Option<&Lines>| {
            one.is_none() && other.is_some_and(|lines| lines.iter().all(|(_, declined)| *declined))
        };
        if at_google != in_portico && !hidden(at_google, in_portico) && !hidden(in_portico, at_google) {
            wrong.push(format!("{}: of {key:?} Google has {at_google:?}, Portico {in_portico:?}", person.google));
        }
    }
}
