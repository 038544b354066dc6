//! What must hold when everything is at rest.

mod equal;
mod lost;
mod mails;

use std::collections::BTreeSet;

use portico_calendar::{Answer, Event, OriginalStart};
use portico_kernel::EmailAddress;
use portico_store::{ChannelState, HoldState, PushChannel};

use crate::{
    edits::{Ledger, tag_of},
    history::Edition,
    portico_side::shown,
    sharing,
    stage::{Person, Stage},
};

pub async fn check(stage: &mut Stage, ledger: &mut Ledger) -> Vec<String> {
    let mut wrong = Vec::new();
    let people = stage.places.clone();
    let mut occurrences = BTreeSet::new();
    for person in &people {
        equal::both_sides_are_equal(stage, person, &mut occurrences, &mut wrong).await;
    }
    nothing_is_pending(stage, &people, &mut wrong).await;
    lost::nothing_is_lost(stage, ledger, &occurrences, &mut wrong).await;
    mails::nobody_is_mailed_twice(stage, ledger, &mut wrong).await;
    every_link_has_a_channel(stage, &people, &mut wrong).await;
    the_journal_has_no_gap(stage, &mut wrong).await;
    if stage.edition >= Edition::Fourth {
        sharing::nobody_sees_too_much_at_rest(stage, ledger).await;
    }
    wrong.append(&mut ledger.leaks);
    wrong
}

fn declined(event: &Event, own: &EmailAddress) -> bool {
    event.shared.attendees.iter().any(|line| line.email == *own && line.answer == Answer::Declined)
}

/// An occurrence that somebody here sees and has not declined: the tag and the original start.
type Occurrence = (String, OriginalStart);

async fn nothing_is_pending(stage: &Stage, people: &[Person], wrong: &mut Vec<String>) {
    for person in people {
        for shown in shown(stage, person).await {
            let leads = shown.meeting.lead_entry_id == Some(shown.entry.id);
            if shown.entry.is_pending() || shown.entry.push_problem.is_some() {
                wrong.push(format!(
                    "{}: {} {:?} is pending for ever: {:?} (leads {leads}, {} > {}, google {:?})",
                    person.google,
                    tag_of(&shown.meeting.shared),
                    shown.meeting.original_start,
                    shown.entry.push_problem,
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

/// Where Google can push, each link has one channel that lasts.
async fn every_link_has_a_channel(stage: &Stage, people: &[Person], wrong: &mut Vec<String>) {
    if stage.edition < Edition::Third {
        return;
    }
    let mut tx = stage.store.tenant_read(stage.tenant).await.expect("a transaction");
    for person in people {
        let link = tx.link_of_google_calendar(&person.google).await.expect("a row").expect("a link");
        let channels = tx.push_channels(link.id).await.expect("channels");
        let lasts = |channel: &&PushChannel| channel.state == ChannelState::Open && channel.expires_at > stage.now();
        let lasting = channels.iter().filter(lasts).count();
        if lasting != 1 && link.watchable {
            wrong.push(format!("{} has {lasting} channels: {channels:?}", person.google));
        }
    }
    tx.end().await.expect("an end");
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
