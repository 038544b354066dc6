//! What it costs to read a page of 2,500 events, beside what `serde_json` needs for the same text.
//!
//! `cargo run --release -p portico-google --example page_cost`

use std::time::Duration;

use portico_google::calendar::EventPage;
use portico_world::{Clock, SystemClock};
use serde_json::{Value, json};

const EVENTS: usize = 2_500;
const ROUNDS: usize = 40;

fn page() -> String {
    let event = |number: usize| {
        json!({
            "kind": "calendar#event", "etag": format!("\"35687712583715{number:02}\""), "id": format!("8624g0jfi0njod4k2ll6{number:06}"),
            "status": "confirmed", "htmlLink": "https://www.google.com/calendar/event?eid=ODYyZmd0b2pmaTBuam9kNGsybGw2cnQ4b2M",
            "created": "2026-07-18T14:40:27.000Z", "updated": "2026-07-18T14:40:29.185Z", "summary": format!("Meeting {number}"),
            "description": "Agenda: the usual things, and some that are not.", "location": "Room 1",
            "creator": {"email": "ann@example.com", "self": true}, "organizer": {"email": "ann@example.com", "self": true},
            "start": {"dateTime": "2026-08-04T15:00:00+02:00", "timeZone": "Europe/Prague"},
            "end": {"dateTime": "2026-08-04T15:30:00+02:00", "timeZone": "Europe/Prague"},
            "iCalUID": format!("8624g0jfi0njod4k2ll6{number:06}@google.com"), "sequence": 0,
            "attendees": [
                {"email": "ann@example.com", "organizer": true, "self": true, "responseStatus": "accepted"},
                {"email": "bob@example.com", "responseStatus": "needsAction"},
            ],
            "reminders": {"useDefault": true}, "eventType": "default",
        })
    };
    let items: Vec<Value> = (0..EVENTS).map(event).collect();
    json!({"kind": "calendar#events", "summary": "Ann", "timeZone": "Europe/Prague", "items": items, "nextSyncToken": "t"}).to_string()
}

/// The shortest of many rounds.
fn best(clock: &dyn Clock, mut work: impl FnMut() -> usize) -> Duration {
    let round = |_| {
        let start = clock.now();
        let found = work();
        let spent = clock.now().duration_since(start).unsigned_abs();
        assert_eq!(found, EVENTS);
        spent
    };
    (0..ROUNDS).map(round).min().unwrap_or_default()
}

fn main() {
    let (text, clock) = (page(), SystemClock);
    let floor = best(&clock, || {
        serde_json::from_str::<Value>(&text).ok().and_then(|page| Some(page["items"].as_array()?.len())).unwrap_or(0)
    });
    let typed = best(&clock, || {
        EventPage::parse(text.as_bytes()).map_or(0, |page| page.items.iter().filter(|item| item.event.is_ok()).count())
    });
    println!("{EVENTS} events, {} kB", text.len() / 1024);
    println!("serde_json::Value  {:>8.2} ms", floor.as_secs_f64() * 1e3);
    println!(
        "EventPage::parse   {:>8.2} ms  {:.2} x",
        typed.as_secs_f64() * 1e3,
        typed.as_secs_f64() / floor.as_secs_f64()
    );
}
