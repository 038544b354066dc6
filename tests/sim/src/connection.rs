//! Connections end and begin anew, with or without what they brought, and links change the way in which events go.

use portico_app::{
    links::{self, LinkPatch},
    resets::Reset,
};
use portico_store::{Actor, Direction};
use portico_world::Rng as _;

use crate::{
    edits::{End, Ledger, Side, tag_of, values},
    google_side,
    portico_side::shown,
    stage::{Person, Stage},
};

async fn state(stage: &Stage, person: &Person) -> String {
    let mut tx = stage.store.tenant_read(stage.tenant).await.expect("a transaction");
    let connection = tx.connection(person.connection).await.expect("a row").expect("a connection");
    tx.end().await.expect("an end");
    connection.state
}

/// A person disconnects Google, or connects the same account again. What came from Google stays here.
pub async fn toggle(stage: &Stage, ledger: &mut Ledger, person: &Person, step: usize) {
    if begins_anew(stage, ledger, person, step).await {
        return;
    }
    let caller = stage.app.caller(stage.tenant, person.account, None).await.expect("a caller").expect("an account");
    stage.app.disconnect(&caller, person.connection, false).await.expect("an end");
    ledger.log.push(format!("{step}: {} disconnects", person.email.as_str()));
}

/// Whether the connection had ended: then the person connects again, unless it is still being reset.
async fn begins_anew(stage: &Stage, ledger: &mut Ledger, person: &Person, step: usize) -> bool {
    match state(stage, person).await.as_str() {
        "authorized" => return false,
        "resetting" => {}
        _ => {
            stage.consent(person).await;
            ledger.log.push(format!("{step}: {} connects again", person.email.as_str()));
        }
    }
    true
}

/// A person disconnects Google and removes what came from there; or resets the connection, which deletes at Google what it
/// had from here, or all that the person organizes.
pub async fn end(stage: &mut Stage, ledger: &mut Ledger, person: &Person, step: usize) {
    if begins_anew(stage, ledger, person, step).await {
        return;
    }
    let delete_at_google = stage.chance(50);
    let reset = Reset {
        delete_at_google,
        born_at_google: delete_at_google && stage.chance(40),
        remove_local: !delete_at_google || stage.chance(50),
    };
    let own: Vec<Person> = stage.places.iter().filter(|place| place.email == person.email).cloned().collect();
    for place in &own {
        if delete_at_google {
            deletes(stage, ledger, place, step).await;
        }
        if reset.remove_local {
            gives_up(stage, ledger, place).await;
        }
    }
    let caller = stage.app.caller(stage.tenant, person.account, None).await.expect("a caller").expect("an account");
    stage.app.reset_connection(&caller, person.connection, reset).await.expect("a reset");
    ledger.log.push(format!("{step}: {} ends the connection: {reset:?}", person.email.as_str()));
}

/// What may be deleted at Google takes along what was edited there and not read here; and guests lose their copies.
async fn deletes(stage: &mut Stage, ledger: &mut Ledger, place: &Person, step: usize) {
    let hands = stage.hands(place.email.as_str()).await;
    let here = shown(stage, place).await;
    for (remote, _) in google_side::all(&hands, &stage.scene.tz(), &place.google).await {
        let Some(event) = remote.event.filter(|_| !remote.cancelled) else { continue };
        let tag = tag_of(&event.shared);
        let mut seen = values(&event.shared);
        let same = here.iter().filter(|shown| tag_of(&shown.meeting.shared) == tag);
        seen.extend(same.flat_map(|shown| values(&shown.meeting.shared)));
        ledger.ends.push(End {
            side: Side::Portico,
            place: place.google.clone(),
            step,
            tag,
            instance: remote.original_start,
            meeting: None,
            uid: remote.uid,
            seen,
            is_wanted: false,
        });
    }
}

/// What was deleted here and has not gone out comes back with the next connection.
async fn gives_up(stage: &Stage, ledger: &mut Ledger, place: &Person) {
    let mut tx = stage.store.tenant_read(stage.tenant).await.expect("a transaction");
    for end in ledger.ends.iter_mut().filter(|end| end.side == Side::Portico && end.place == place.google) {
        let Some(meeting) = end.meeting else { continue };
        let rows = tx.entries_of_meeting(meeting).await.expect("rows");
        let series = rows.iter().find(|row| row.entry.calendar_id == place.calendar).map(|row| row.entry.id);
        let Some(series) = series else { continue };
        let mut all = tx.entries_of_series(series).await.expect("occurrences");
        all.extend(rows.into_iter().filter(|row| row.entry.id == series));
        let is_it = |start| end.instance.is_none() || end.instance == start;
        if all.iter().any(|row| is_it(row.meeting.original_start) && row.entry.is_pending()) {
            end.is_wanted = false;
        }
    }
    tx.end().await.expect("an end");
}

/// Which way the events of a link go.
pub async fn turn(stage: &Stage, ledger: &mut Ledger, place: &Person, step: usize) {
    let ways = [Direction::Both, Direction::ToGoogle, Direction::FromGoogle];
    let way = ways[usize::try_from(stage.rng.below(3)).unwrap_or(0)];
    go(stage, ledger, place, way, &step.to_string()).await;
}

async fn go(stage: &Stage, ledger: &mut Ledger, place: &Person, way: Direction, step: &str) {
    let mut tx = stage.store.tenant(stage.tenant).await.expect("a transaction");
    let link = tx.link_of_google_calendar(&place.google).await.expect("a row").expect("a link");
    if link.direction == way {
        return;
    }
    let patch = LinkPatch { direction: Some(way), ..LinkPatch::default() };
    match links::update(&stage.app, &mut tx, link, &patch, Actor::System).await {
        Ok(_) => {
            stage.app.commit(tx).await.expect("a commit");
            if way == Direction::ToGoogle {
                ledger.unread.insert(place.google.clone());
            }
            ledger.log.push(format!("{step}: {} goes {}", place.google, way.as_str()));
        }
        Err(error) => ledger.log.push(format!("{step}: {} cannot go {}: {error}", place.google, way.as_str())),
    }
}

/// Whoever is not connected at the end connects again, and events go both ways.
pub async fn begin_anew(stage: &mut Stage, ledger: &mut Ledger, person: &Person) {
    for _ in 0..20 {
        if state(stage, person).await != "resetting" {
            break;
        }
        stage.clock.advance(std::time::Duration::from_secs(900));
        assert!(stage.work().await, "nobody dies at rest");
    }
    if state(stage, person).await != "authorized" {
        stage.consent(person).await;
        ledger.log.push(format!("rest: {} connects again", person.email.as_str()));
    }
    for place in stage.places.iter().filter(|place| place.email == person.email) {
        go(stage, ledger, place, Direction::Both, "rest").await;
    }
}
