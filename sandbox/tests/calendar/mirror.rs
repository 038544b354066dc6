//! Whoever follows the deltas has what a whole list has, whatever organizer and guests do.

use std::collections::BTreeMap;

use portico_world::{Rng, SeededRng};
use serde_json::{Value, json};

use crate::support::{Google, Person, text};

const PEOPLE: [&str; 3] = ["ann@example.com", "bob@example.com", "eve@example.com"];

/// What somebody knows of the own calendar by following its changes.
struct Mirror {
    parameters: &'static str,
    token: Option<String>,
    known: BTreeMap<String, Value>,
}

impl Mirror {
    fn new(parameters: &'static str) -> Self {
        Self { parameters, token: None, known: BTreeMap::new() }
    }

    async fn follow(&mut self, person: &Person) {
        let token = self.token.as_ref().map(|token| format!("&syncToken={token}")).unwrap_or_default();
        let list = person.list(&format!("{}&maxResults=3{token}", self.parameters)).await;
        self.token = Some(text(&list, "nextSyncToken"));
        for item in list["items"].as_array().unwrap() {
            let id = text(item, "id");
            if item["status"] != "cancelled" {
                self.known.insert(id, item.clone());
            } else {
                let exceptions = format!("{id}_");
                self.known.retain(|known, _| *known != id && !known.starts_with(&exceptions));
            }
        }
    }

    async fn check(&self, person: &Person, seed: u64) {
        let list = person.list(self.parameters).await;
        let mut whole = BTreeMap::new();
        for item in list["items"].as_array().unwrap().iter().filter(|item| item["status"] != "cancelled") {
            whole.insert(text(item, "id"), item.clone());
        }
        let (known, listed): (Vec<_>, Vec<_>) = (self.known.keys().collect(), whole.keys().collect());
        assert_eq!(known, listed, "seed {seed}, {} {}", person.email, self.parameters);
        for (id, item) in &whole {
            assert_eq!(&self.known[id], item, "seed {seed}, {} {}", person.email, self.parameters);
        }
    }
}

fn body(rng: &SeededRng) -> Value {
    let day = 1 + rng.below(20);
    let guests: Vec<Value> = PEOPLE.iter().filter(|_| rng.below(2) == 0).map(|email| json!({"email": email})).collect();
    let mut body = json!({
        "summary": format!("s{}", rng.below(100)),
        "start": {"dateTime": format!("2026-12-{day:02}T09:00:00"), "timeZone": "Europe/Prague"},
        "end": {"dateTime": format!("2026-12-{day:02}T10:00:00"), "timeZone": "Europe/Prague"},
        "attendees": guests,
    });
    if rng.below(2) == 0 {
        body["recurrence"] = json!([format!("RRULE:FREQ=DAILY;COUNT={}", 1 + rng.below(4))]);
    }
    if rng.below(4) == 0 {
        body["guestsCanModify"] = json!(true);
    }
    body
}

/// One act of somebody on something that they see.
async fn act(rng: &SeededRng, people: &[Person]) {
    let person = &people[usize::try_from(rng.below(3)).unwrap()];
    if rng.below(4) == 0 {
        person.insert(body(rng)).await;
        return;
    }
    let shown = if rng.below(2) == 0 { "singleEvents=true" } else { "singleEvents=false&showDeleted=true" };
    let list = person.list(shown).await;
    let items = list["items"].as_array().unwrap();
    if items.is_empty() {
        return;
    }
    let event = &items[usize::try_from(rng.below(items.len() as u64)).unwrap()];
    let path = format!("calendars/primary/events/{}", text(event, "id"));
    let new = body(rng);
    let own = |answer: &str| json!({"attendees": [{"email": person.email, "responseStatus": answer}]});
    let got = match rng.below(9) {
        0 => person.delete(&path).await,
        1 => person.patch(&path, own("accepted")).await,
        2 => person.patch(&path, own("declined")).await,
        3 => person.patch(&path, json!({"start": new["start"], "end": new["end"]})).await,
        4 => person.patch(&path, json!({"attendees": new["attendees"]})).await,
        5 if event.get("recurringEventId").is_none() => {
            person.patch(&path, json!({"recurrence": new["recurrence"]})).await
        }
        6 => person.patch(&path, json!({"status": "confirmed", "colorId": "2"})).await,
        7 => person.put(&path, new).await,
        _ => person.patch(&path, json!({"summary": new["summary"], "location": new["summary"]})).await,
    };
    // What is cancelled, or somebody else's, is refused; nothing fails otherwise.
    assert!([200, 204, 400, 403, 410].contains(&got.status), "{} {}", got.status, got.body);
}

/// The copies of a meeting show what the organizer's shows.
async fn copies_agree(people: &[Person], seed: u64) {
    let mut organizers = BTreeMap::new();
    for person in people {
        for item in person.list("singleEvents=false").await["items"].as_array().unwrap() {
            if item["organizer"]["self"] == true {
                organizers.insert(text(item, "id"), item.clone());
            }
        }
    }
    for person in people {
        for copy in person.list("singleEvents=false").await["items"].as_array().unwrap() {
            let apart =
                copy["status"] == "cancelled" || copy["privateCopy"] == true || copy["organizer"]["self"] == true;
            let (id, inherited) = (text(copy, "id"), copy.get("recurringEventId").is_some());
            if apart {
                continue;
            }
            let Some(original) = organizers.get(&id) else {
                assert!(inherited, "seed {seed}: {} has {copy}, its organizer does not", person.email);
                continue;
            };
            for key in ["summary", "location", "start", "end", "recurrence", "sequence", "iCalUID"] {
                assert_eq!(copy.get(key), original.get(key), "seed {seed}, {} {key} of {copy}", person.email);
            }
            let answers = |event: &Value| -> Vec<(String, String)> {
                let guests = event["attendees"].as_array().unwrap();
                guests.iter().map(|guest| (text(guest, "email"), text(guest, "responseStatus"))).collect()
            };
            assert_eq!(answers(copy), answers(original), "seed {seed}, {} {copy} {original}", person.email);
        }
    }
}

#[tokio::test]
async fn deltas_add_up_to_the_whole() {
    for seed in 0..8 {
        let google = Google::new().await;
        google.control("PUT", "quota", json!({"calendar_per_minute_per_user": 100_000})).await;
        let rng = SeededRng::new(seed);
        let mut people = Vec::new();
        for email in PEOPLE {
            people.push(google.person(email).await);
        }
        let mut mirrors: Vec<(usize, Mirror)> = Vec::new();
        for person in 0..people.len() {
            mirrors.push((person, Mirror::new("singleEvents=false")));
            mirrors.push((person, Mirror::new("singleEvents=true")));
        }
        for _ in 0..25 {
            for _ in 0..=rng.below(3) {
                act(&rng, &people).await;
            }
            for (person, mirror) in &mut mirrors {
                mirror.follow(&people[*person]).await;
                mirror.check(&people[*person], seed).await;
            }
        }
        copies_agree(&people, seed).await;
    }
}
