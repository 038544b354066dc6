//! Edits at Google, as its own interface makes them.

use jiff::tz::TimeZone;
use portico_app::google_event::{self, RemoteEvent};
use portico_calendar::{OriginalStart, Recurrence, When};
use portico_google::calendar::{Calendar, Cursor, Event, EventCopy, MirrorQuery, SearchQuery, SendUpdates, Write};
use portico_kernel::Timestamp;
use portico_world::Rng as _;
use serde_json::{Map, Value, json};

use crate::{
    edits::{End, Hand, Ledger, Redraw, Side, tag_of, values},
    history::Edition,
    portico_side::{other_guests, other_rule, rule, series_in_a_hundred, when},
    stage::{OUTSIDER, Stage},
};

/// Everything in a calendar: masters, single events, exceptions, and cancelled instances.
pub async fn all(calendar: &Calendar, zone: &TimeZone, email: &str) -> Vec<(RemoteEvent, Event)> {
    let mut found = Vec::new();
    let mut query = MirrorQuery::new();
    loop {
        let page = calendar.events(email).list(&query).await.expect("a list");
        for item in page.items {
            let event = item.event.expect("an event");
            found.push((google_event::read(&event, zone).expect("readable"), event));
        }
        match page.next {
            Cursor::More(token) => query = MirrorQuery::new().page(&token),
            Cursor::End(_) => break,
        }
    }
    found
}

/// All instances of a calendar in a window.
pub async fn instances(calendar: &Calendar, email: &str, from: Timestamp, to: Timestamp) -> Vec<Event> {
    let base =
        SearchQuery::new().single_events().ends_after(from.to_jiff()).starts_before(to.to_jiff()).max_results(2500);
    let mut found = Vec::new();
    let mut query = base.clone();
    loop {
        let page = calendar.events(email).list(&query).await.expect("a list");
        found.extend(page.items.into_iter().map(|item| item.event.expect("an event")));
        match page.next {
            Cursor::More(token) => query = base.clone().page(&token),
            Cursor::End(_) => return found,
        }
    }
}

fn times(when: &When) -> (Value, Value) {
    match when {
        When::AllDay { start, end } => (
            json!({"date": start.to_string(), "dateTime": null, "timeZone": null}),
            json!({"date": end.to_string(), "dateTime": null, "timeZone": null}),
        ),
        When::Timed { start, end } => (
            json!({"dateTime": start.0.timestamp().to_string(), "timeZone": start.0.time_zone().iana_name(), "date": null}),
            json!({"dateTime": end.0.timestamp().to_string(), "timeZone": start.0.time_zone().iana_name(), "date": null}),
        ),
    }
}

async fn patch(calendar: &Calendar, email: &str, id: &str, body: Value) -> Option<EventCopy> {
    let Value::Object(other) = body else { return None };
    let patch = portico_google::calendar::EventPatch { other, ..Default::default() };
    calendar.events(email).patch(id, &patch, &Write::default()).await.ok()
}

/// A calendar, and the hands of its owner.
async fn who(stage: &mut Stage) -> (String, Calendar) {
    let choice = stage.rng.below(if stage.edition >= Edition::Fourth { 7 } else { 5 });
    let place = match choice {
        0 | 1 => Some(stage.places[0].clone()),
        2 | 3 => Some(stage.places[1].clone()),
        4 => None,
        second => Some(stage.places[usize::try_from(second).unwrap_or(5) - 3].clone()),
    };
    let (email, google) = match place {
        Some(place) => (place.email.to_string(), place.google),
        None => (OUTSIDER.to_owned(), OUTSIDER.to_owned()),
    };
    let hands = stage.hands(&email).await;
    (google, hands)
}

fn is_own(email: &str, remote: &RemoteEvent) -> bool {
    remote.organizer.as_ref().is_none_or(|organizer| organizer.email == email)
}

fn hand<'a>(place: &'a str, owner: &'a str, tag: &'a str, instance: Option<OriginalStart>) -> Hand<'a> {
    Hand { side: Side::Google, place, owner, tag, instance }
}

pub async fn create(stage: &mut Stage, ledger: &mut Ledger, step: usize) {
    let (email, calendar) = who(stage).await;
    let tag = format!("#{step}");
    let time = when(stage, step, stage.chance(15));
    let (mut start, mut end) = times(&time);
    for side in [&mut start, &mut end] {
        if let Some(side) = side.as_object_mut() {
            side.retain(|_, value| !value.is_null());
        }
    }
    let mut body = json!({"summary": format!("t{step}"), "description": tag, "start": start, "end": end});
    if stage.chance(series_in_a_hundred(stage)) {
        body["recurrence"] = json!(rule(stage));
    }
    let mut guests: Vec<Value> = Vec::new();
    let owner = owner(stage, &email);
    for other in &stage.people {
        let invites = other.email.as_str() != owner && (email == OUTSIDER || stage.chance(50));
        if invites {
            guests.push(json!({"email": other.email.as_str()}));
        }
    }
    if !guests.is_empty() {
        if owner == email {
            guests.push(json!({"email": email, "responseStatus": "accepted"}));
        }
        body["attendees"] = json!(guests);
    }
    if stage.edition >= Edition::Fourth && stage.chance(20) {
        body["visibility"] = json!("private");
        ledger.hidden.insert(tag.clone());
    }
    let event: Event = serde_json::from_value(body).expect("an event");
    let made = calendar.events(&email).insert(&event, &Write::default()).await;
    let Ok(made) = made else { return };
    let zone = stage.scene.tz();
    let remote = google_event::read(&made.event, &zone).expect("readable");
    ledger.uids.insert(remote.uid.clone(), tag.clone());
    ledger.makes(hand(&email, &owner, &tag, None), &remote.event.expect("content"));
    if email == OUTSIDER {
        ledger.outside.insert(tag.clone());
    }
    ledger.log.push(format!("{step}: {email} makes {tag} at Google: {}", made.raw.get()));
    ledger.made.push(tag);
}

pub async fn edit(stage: &mut Stage, ledger: &mut Ledger, step: usize) {
    let (email, calendar) = who(stage).await;
    let everything = all(&calendar, &stage.scene.tz(), &email).await;
    let own: Vec<&(RemoteEvent, Event)> =
        everything.iter().filter(|(remote, _)| !remote.cancelled && is_own(&email, remote)).collect();
    let Some((remote, there)) = stage.pick(&own).copied() else { return };
    let mut there = there.clone();
    let event = remote.event.clone().expect("content");
    let tag = tag_of(&event.shared);
    let mut id = remote.id.clone();
    let mut instance = remote.original_start;
    let mut before = event.clone();
    if !event.shared.recurrence.is_empty() && stage.chance(60) {
        // One occurrence of it.
        let zone = stage.scene.tz();
        let rule = Recurrence::read(&event.shared.recurrence, &event.shared.when);
        let occurrences = rule.occurrences(Timestamp(0)..stage.now().plus_seconds(40 * 24 * 3600), &zone);
        let Some(occurrence) = stage.pick(&occurrences) else { return };
        id = google_event::instance_id(&remote.id, occurrence.original_start);
        instance = Some(occurrence.original_start);
        let Ok(copy) = calendar.events(&email).get(&id).await else { return };
        let current = google_event::read(&copy.event, &zone).expect("readable");
        if current.cancelled {
            return;
        }
        before = current.event.expect("content");
        there = copy.event;
    }
    let mut body = Map::new();
    let choices = match stage.edition {
        Edition::First | Edition::Second | Edition::Third => 5,
        Edition::Fourth => 6,
        Edition::Fifth => 11,
    };
    match stage.rng.below(choices) {
        6 => {
            body.insert("description".into(), format!("{tag} d{step}").into());
        }
        7 | 8 => {
            let lines = serde_json::to_value(&there.attendees).expect("lines");
            let known = |email: &String| lines.as_array().into_iter().flatten().find(|line| line["email"] == **email);
            let line = |email: String| known(&email).cloned().unwrap_or_else(|| json!({"email": email}));
            let guests: Vec<Value> = other_guests(stage, &before.shared, step).into_iter().map(line).collect();
            body.insert("attendees".into(), guests.into());
        }
        9 if instance.is_none() && !before.shared.recurrence.is_empty() => {
            body.insert("recurrence".into(), other_rule(step).into());
        }
        10 => {
            let own = json!({"useDefault": false, "overrides": [{"method": "popup", "minutes": 100 + step}]});
            body.insert("reminders".into(), own);
        }
        5 if instance.is_none() => {
            let to = if event.private.visibility.is_some() { "default" } else { "private" };
            ledger.hidden.insert(tag.clone());
            body.insert("visibility".into(), to.into());
        }
        0 => {
            body.insert("summary".into(), format!("t{step}").into());
        }
        1 => {
            body.insert("location".into(), format!("p{step}").into());
        }
        2 | 3 => {
            let all_day = before.shared.when.is_all_day();
            let (start, end) = times(&when(stage, step, all_day));
            body.insert("start".into(), start);
            body.insert("end".into(), end);
        }
        _ => {
            body.insert("colorId".into(), (1 + stage.rng.below(11)).to_string().into());
        }
    }
    let Some(copy) = patch(&calendar, &email, &id, Value::Object(body)).await else { return };
    let zone = stage.scene.tz();
    let after = google_event::read(&copy.event, &zone).expect("readable").event.expect("content");
    ledger.changes(hand(&email, &owner(stage, &email), &tag, instance), &before, &after);
    let (before, after) = (before.shared, after.shared);
    let is_other = before.when != after.when || before.recurrence != after.recurrence;
    if instance.is_none() && is_other && !after.recurrence.is_empty() {
        ledger.redraws.push(Redraw { tag: tag.clone(), from: None });
    }
    ledger.log.push(format!(
        "{step}: {email} edits {tag} {} at Google: {}",
        crate::portico_side::name(instance),
        copy.raw.get()
    ));
}

fn owner(stage: &Stage, calendar: &str) -> String {
    let place = stage.places.iter().find(|place| place.google == calendar);
    place.map_or_else(|| calendar.to_owned(), |place| place.email.to_string())
}

/// Moves an event to the other calendar of its owner.
pub async fn relocate(stage: &mut Stage, ledger: &mut Ledger, step: usize) {
    let (email, calendar) = who(stage).await;
    let owner = owner(stage, &email);
    let other = stage.places.iter().find(|place| place.email.as_str() == owner && place.google != email);
    let Some(to) = other.map(|place| place.google.clone()) else { return };
    let everything = all(&calendar, &stage.scene.tz(), &email).await;
    let own: Vec<&(RemoteEvent, Event)> = everything
        .iter()
        .filter(|(remote, _)| !remote.cancelled && is_own(&email, remote) && remote.original_start.is_none())
        .collect();
    let Some((remote, _)) = stage.pick(&own).copied() else { return };
    let tag = remote.event.as_ref().map(|event| tag_of(&event.shared)).unwrap_or_default();
    let moved = calendar.events(&email).move_to(&remote.id, &to, SendUpdates::None).await;
    let outcome = moved.map_or_else(|error| error.to_string(), |_| "done".into());
    ledger.log.push(format!("{step}: {email} moves {tag} to {to} at Google: {outcome}"));
}

pub async fn answer(stage: &mut Stage, ledger: &mut Ledger, step: usize) {
    let (email, calendar) = who(stage).await;
    let everything = all(&calendar, &stage.scene.tz(), &email).await;
    let invited: Vec<&(RemoteEvent, Event)> = everything
        .iter()
        .filter(|(remote, event)| !remote.cancelled && !is_own(&email, remote) && event.own_attendance().is_some())
        .collect();
    let Some((remote, _)) = stage.pick(&invited).copied() else { return };
    let answer = *stage.pick(&["accepted", "tentative", "declined"]).expect("an answer");
    let mut body = json!({"attendees": [{"email": email, "responseStatus": answer}]});
    if stage.edition >= Edition::Fifth {
        body["attendees"][0]["comment"] = format!("a{step}").into();
    }
    if let Some(copy) = patch(&calendar, &email, &remote.id, body).await {
        let after = google_event::read(&copy.event, &stage.scene.tz()).expect("readable").event;
        if let (Some(before), Some(after)) = (&remote.event, &after) {
            let tag = tag_of(&before.shared);
            ledger.changes(hand(&email, &owner(stage, &email), &tag, remote.original_start), before, after);
        }
        ledger.log.push(format!("{step}: {email} answers {} with {answer} at Google", remote.id));
    }
}

pub async fn delete(stage: &mut Stage, ledger: &mut Ledger, step: usize) {
    let (email, calendar) = who(stage).await;
    let everything = all(&calendar, &stage.scene.tz(), &email).await;
    let there: Vec<&(RemoteEvent, Event)> = everything.iter().filter(|(remote, _)| !remote.cancelled).collect();
    let Some((remote, _)) = stage.pick(&there).copied() else { return };
    let event = remote.event.clone().expect("content");
    let tag = tag_of(&event.shared);
    let own = is_own(&email, remote);
    let mut id = remote.id.clone();
    let mut instance = remote.original_start;
    let mut seen = values(&event.shared);
    let of_series = everything.iter().filter(|(other, _)| other.series_id.as_ref() == Some(&remote.id));
    seen.extend(of_series.filter_map(|(other, _)| other.event.as_ref()).flat_map(|event| values(&event.shared)));
    if own && !event.shared.recurrence.is_empty() && stage.chance(60) {
        let zone = stage.scene.tz();
        let rule = Recurrence::read(&event.shared.recurrence, &event.shared.when);
        let occurrences = rule.occurrences(Timestamp(0)..stage.now().plus_seconds(40 * 24 * 3600), &zone);
        let Some(occurrence) = stage.pick(&occurrences) else { return };
        id = google_event::instance_id(&remote.id, occurrence.original_start);
        instance = Some(occurrence.original_start);
        let Ok(copy) = calendar.events(&email).get(&id).await else { return };
        let Some(current) = google_event::read(&copy.event, &zone).expect("readable").event else { return };
        seen = values(&current.shared);
    }
    if calendar.events(&email).delete(&id, &Write::default()).await.is_err() {
        return;
    }
    if own {
        let uid = remote.uid.clone();
        let mut tx = stage.store.tenant(stage.tenant).await.expect("a transaction");
        let known = tx.sync_meetings_by_uid(std::slice::from_ref(&uid)).await.expect("meetings");
        drop(tx);
        let meeting = known.into_iter().find(|meeting| meeting.original_start.is_none()).map(|meeting| meeting.id);
        let (side, place) = (Side::Google, email.clone());
        ledger.ends.push(End { side, place, step, tag: tag.clone(), instance, meeting, uid, seen, is_wanted: true });
    } else {
        ledger.left.insert((tag.clone(), owner(stage, &email)));
    }
    ledger.log.push(format!("{step}: {email} deletes {tag} {} at Google", crate::portico_side::name(instance)));
}
