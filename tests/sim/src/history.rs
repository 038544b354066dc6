//! One history from its seed: steps, faults, deaths, and the rest at the end.

use std::time::Duration;

use portico_parts::Database;
use portico_store::{HoldState, LinkState};
use portico_world::Rng as _;
use serde_json::{Value, json};

use crate::{
    check, connection, dump,
    edits::Ledger,
    google_side, portico_side, post, sharing,
    stage::Stage,
    transport::{Call, Trouble},
};

/// What came of a history.
pub struct Outcome {
    /// What is wrong at its end; empty when all is well.
    pub wrong: Vec<String>,
    /// What happened, step by step.
    pub log: Vec<String>,
}

/// How histories are drawn. An older edition stays as it was, so that a seed that is named in a test stays that history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Edition {
    /// Edits on both sides, faults, pauses; the process dies at calls to Google.
    First = 1,
    /// Besides, conflicts are resolved, holds are decided, and the process dies between any two steps of its own.
    Second,
    /// Besides, Google pushes (messages are lost, doubled and late), connections end and begin anew, and days pass.
    Third,
    /// Besides, people have second calendars between which events move, some events are private, calendars are shared and
    /// not, and links change what private events become and which way events go. Whoever looks on sees no more than may be.
    Fourth,
    /// Besides, the clocks change on the way, and people edit descriptions, guest lists, rules and reminders, and answer with
    /// a word; links change the way in which events go, and connections end with their data removed, here or at Google.
    Fifth,
}

/// Plays the history of a seed on SQLite.
pub async fn play(edition: Edition, seed: u64) -> Outcome {
    play_on(edition, seed, portico_parts::sqlite().await).await
}

/// Plays the history of a seed on a fresh database.
pub async fn play_on(edition: Edition, seed: u64, database: Database) -> Outcome {
    let mut stage = Stage::new(edition, seed, database).await;
    let mut ledger = Ledger::new(edition);
    // The connections find their calendars before anything happens.
    stage.work().await;
    if edition >= Edition::Fourth {
        stage.second_calendars().await;
    }
    let steps = 6 + usize::try_from(stage.rng.below(16)).unwrap_or(0);
    for step in 1..=steps {
        one_step(&mut stage, &mut ledger, step).await;
    }
    let mut wrong = rest(&mut stage, &mut ledger).await;
    wrong.extend(check::check(&mut stage, &mut ledger).await);
    if !wrong.is_empty() {
        ledger.log.extend(dump::both_sides(&mut stage).await);
    }
    Outcome { wrong, log: ledger.log }
}

async fn one_step(stage: &mut Stage, ledger: &mut Ledger, step: usize) {
    let person = stage.pick(&stage.places).expect("a calendar").clone();
    let (second, third) = (stage.edition >= Edition::Second, stage.edition >= Edition::Third);
    if stage.edition >= Edition::Fourth && stage.chance(20) {
        match stage.rng.below(8) {
            0 | 1 => portico_side::relocate(stage, ledger, &person, step).await,
            2 | 3 => google_side::relocate(stage, ledger, step).await,
            4 => sharing::toggle(stage, ledger, &person, step).await,
            5 => sharing::private_rule(stage, ledger, &person, step).await,
            _ => portico_side::hide(stage, ledger, &person, step).await,
        }
        return after(stage, ledger, step).await;
    }
    if stage.edition >= Edition::Fifth && stage.chance(9) {
        match stage.rng.below(5) {
            0..=2 => connection::turn(stage, ledger, &person, step).await,
            _ => connection::end(stage, ledger, &person, step).await,
        }
        return after(stage, ledger, step).await;
    }
    match stage.rng.below(100) {
        0..=13 => portico_side::create(stage, ledger, &person, step).await,
        14..=31 => portico_side::edit(stage, ledger, &person, step).await,
        32..=36 => portico_side::edit_private(stage, ledger, &person, step).await,
        37..=41 => portico_side::answer(stage, ledger, &person, step).await,
        42..=44 => portico_side::delete(stage, ledger, &person, step).await,
        45 => portico_side::undo(stage, ledger, step).await,
        46..=55 => google_side::create(stage, ledger, step).await,
        56..=71 => google_side::edit(stage, ledger, step).await,
        72..=76 => google_side::answer(stage, ledger, step).await,
        77..=80 => google_side::delete(stage, ledger, step).await,
        81..=88 => fault(stage, ledger, step),
        89..=90 => {
            stage.control("POST", "sync-tokens", json!({"expire": true})).await;
            ledger.log.push(format!("{step}: Google forgets all cursors"));
        }
        91..=92 => pause(stage, ledger, &person, step).await,
        93 if second => portico_side::resolve(stage, ledger, &person, step).await,
        94 if second => portico_side::decide(stage, ledger, &person, step).await,
        95 | 96 if third => connection::toggle(stage, ledger, &person, step).await,
        97 if third => {
            let days = 1 + stage.rng.below(7);
            stage.clock.advance(Duration::from_secs(days * 86_400));
            ledger.log.push(format!("{step}: {days} days pass"));
        }
        _ => {
            let minutes = stage.rng.below(40);
            stage.clock.advance(Duration::from_secs(minutes * 60));
            ledger.log.push(format!("{step}: {minutes} minutes pass"));
        }
    }
    after(stage, ledger, step).await;
}

/// What follows each step: some time, messages, and perhaps work.
async fn after(stage: &mut Stage, ledger: &mut Ledger, step: usize) {
    let (third, fourth) = (stage.edition >= Edition::Third, stage.edition >= Edition::Fourth);
    stage.clock.advance(Duration::from_secs(1 + stage.rng.below(20)));
    if third {
        post::deliver(stage, ledger, step).await;
    }
    if stage.chance(55) {
        work(stage, ledger, step).await;
    }
    if fourth && stage.chance(25) {
        sharing::nobody_sees_too_much(stage, ledger, step).await;
    }
}

/// Jobs run; sometimes the process dies over them.
async fn work(stage: &mut Stage, ledger: &mut Ledger, step: usize) {
    if stage.chance(25) {
        let at = i64::try_from(stage.rng.below(24)).unwrap_or(0);
        let place = if stage.edition == Edition::First || stage.chance(50) {
            stage.wire.arm(at);
            "half call"
        } else {
            stage.mortal.arm(at * 2);
            "second look at the clock"
        };
        if stage.work().await {
            stage.wire.disarm();
            stage.mortal.disarm();
            return;
        }
        ledger.log.push(format!("{step}: the process dies at {place} {at}"));
        stage.restart().await;
        return;
    }
    stage.work().await;
}

fn fault(stage: &Stage, ledger: &mut Ledger, step: usize) {
    let calls = [Call::List, Call::Get, Call::Insert, Call::Patch, Call::Delete, Call::Watch];
    let calls = if stage.edition >= Edition::Third { &calls[..] } else { &calls[..5] };
    let times = 1 + stage.rng.below(4);
    let mut call = *stage.pick(calls).expect("a call");
    let trouble = match stage.rng.below(12) {
        0..=2 => Trouble::Lost,
        3 | 4 => Trouble::Half,
        5 => Trouble::Status(503, "backendError"),
        6 => Trouble::Status(500, "backendError"),
        7 => Trouble::Status(429, "rateLimitExceeded"),
        8 => Trouble::Status(403, "userRateLimitExceeded"),
        9 => Trouble::Html,
        10 => {
            call = Call::Patch;
            Trouble::Status(412, "conditionNotMet")
        }
        _ => {
            call = Call::List;
            Trouble::Status(410, "fullSyncRequired")
        }
    };
    stage.wire.trouble(call, trouble, times);
    ledger.log.push(format!("{step}: the next {times} {call:?} calls: {trouble:?}"));
}

/// A connection is paused, or goes on.
async fn pause(stage: &mut Stage, ledger: &mut Ledger, person: &crate::stage::Person, step: usize) {
    let mut tx = stage.store.tenant(stage.tenant).await.expect("a transaction");
    let link = tx.link_of_google_calendar(person.email.as_str()).await.expect("a link");
    let Some(link) = link else { return };
    let paused = link.state == LinkState::Paused;
    if paused {
        portico_app::links::start_connection(&stage.app, &mut tx, person.connection).await.expect("a start");
    } else {
        portico_app::links::pause_connection(&stage.app, &mut tx, person.connection).await.expect("a pause");
    }
    stage.app.commit(tx).await.expect("a commit");
    ledger.log.push(format!("{step}: {} {}", person.email.as_str(), if paused { "goes on" } else { "pauses" }));
}

/// No more faults; time passes until nothing moves.
async fn rest(stage: &mut Stage, ledger: &mut Ledger) -> Vec<String> {
    stage.wire.no_trouble();
    stage.restart().await;
    let people = stage.people.clone();
    for person in &people {
        connection::begin_anew(stage, ledger, person).await;
        let mut tx = stage.store.tenant(stage.tenant).await.expect("a transaction");
        portico_app::links::start_connection(&stage.app, &mut tx, person.connection).await.expect("a start");
        stage.app.commit(tx).await.expect("a commit");
    }
    for round in 0..14 {
        stage.clock.advance(Duration::from_secs(16 * 60));
        let before = writes(stage).await;
        post::deliver_all(stage).await;
        assert!(stage.work().await, "nobody dies at rest");
        decide(stage, ledger).await;
        let quiet = writes(stage).await == before;
        if round >= 4 && quiet {
            return Vec::new();
        }
    }
    let requests = stage.control("GET", "requests", Value::Null).await;
    let items = requests["items"].as_array().cloned().unwrap_or_default();
    ledger.log.extend(items.iter().rev().take(12).map(|item| format!("asked last: {item}")));
    vec!["it does not come to rest: every round writes to Google".into()]
}

/// How often Google was asked to change something.
async fn writes(stage: &Stage) -> usize {
    let requests = stage.control("GET", "requests", Value::Null).await;
    let items = requests["items"].as_array().cloned().unwrap_or_default();
    items
        .iter()
        .filter(|item| {
            let verb = item["verb"].as_str().or_else(|| item["method"].as_str()).unwrap_or("");
            let path = item["path"].as_str().unwrap_or("");
            matches!(verb, "POST" | "PATCH" | "PUT" | "DELETE") && path.contains("/events")
        })
        .count()
}

/// Somebody decides what the guard holds back.
async fn decide(stage: &mut Stage, ledger: &mut Ledger) {
    let mut tx = stage.store.tenant(stage.tenant).await.expect("a transaction");
    for mut hold in tx.holds(HoldState::Waiting).await.expect("holds") {
        hold.state = HoldState::Approved;
        hold.decided_at = Some(stage.now());
        tx.put_hold(&hold).await.expect("a hold");
        portico_app::links::wake(&stage.app, &mut tx, hold.link_id).await.expect("a wake");
        ledger.log.push(format!("rest: a hold of {} is approved", hold.count));
    }
    stage.app.commit(tx).await.expect("a commit");
}
