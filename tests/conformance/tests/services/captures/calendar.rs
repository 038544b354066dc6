use portico_google::calendar::{Calendar, CalendarListPage, ConferenceData, Event, EventPage, Write, scopes};
use serde_json::Value;

use super::{captures, read, shape_of};
use crate::google::Google;

#[test]
fn captured_answers_go_out_as_they_came() {
    let Some(folder) = captures() else { return };
    let (text, value) = read(&folder, "calendar/calendars.json");
    let page: CalendarListPage = serde_json::from_slice(&text).unwrap();
    assert_eq!(serde_json::to_value(&page.items).unwrap(), value["items"]);
    assert!(page.items.len() > 1 && page.items[0].notification_settings.is_some());
    let (text, value) = read(&folder, "calendar/events_list.json");
    let page = EventPage::parse(&text).unwrap();
    let events: Vec<Event> = page.items.into_iter().map(|item| item.event.unwrap()).collect();
    assert_eq!(serde_json::to_value(&events).unwrap(), value["items"]);
    for name in ["event_single", "event_recurring_master", "event_meet"] {
        let (text, value) = read(&folder, &format!("calendar/{name}.json"));
        let event: Event = serde_json::from_slice(&text).unwrap();
        assert_eq!(serde_json::to_value(&event).unwrap(), value, "{name}");
        assert!(event.other.keys().all(|key| key == "kind"), "{name}: {:?}", event.other.keys());
    }
}

#[tokio::test]
async fn captured_events_made_anew_have_the_same_keys_and_types() {
    let Some(folder) = captures() else { return };
    let (_, list) = read(&folder, "calendar/events_list.json");
    let singles = ["event_single", "event_recurring_master", "event_meet"];
    let mut captured: Vec<Value> =
        singles.iter().map(|name| read(&folder, &format!("calendar/{name}.json")).1).collect();
    captured.extend(list["items"].as_array().unwrap().iter().cloned());
    let owner = captured[0]["organizer"]["email"].as_str().unwrap().to_owned();
    let google = Google::with(&[&owner]).await;
    let service = google.client(&owner, &[scopes::CALENDAR]).await.service::<Calendar>();
    for (number, value) in captured.iter().enumerate() {
        let original: Event = serde_json::from_value(value.clone()).unwrap();
        let was_asked_for = value["conferenceData"]["createRequest"].is_object();
        let wish = Event {
            summary: original.summary,
            description: original.description,
            location: original.location,
            start: original.start,
            end: original.end,
            recurrence: original.recurrence,
            attendees: original.attendees,
            reminders: original.reminders,
            transparency: original.transparency,
            visibility: original.visibility,
            conference_data: original.conference_data.map(|_| ConferenceData::create_meet("r1")),
            ..Event::default()
        };
        let made = service.events("primary").insert(&wish, &Write::default()).await.unwrap();
        let copy = service.events("primary").get(made.event.id.as_deref().unwrap()).await.unwrap();
        let mut seen = shape_of(&serde_json::from_str(copy.raw.get()).unwrap());
        if !was_asked_for {
            // The captured Meet was made in Google's own pages, and a program can only ask for one.
            seen.retain(|place| !place.starts_with(".conferenceData.createRequest"));
        }
        let real = shape_of(value);
        let differences: Vec<_> = real.symmetric_difference(&seen).collect();
        assert!(differences.is_empty(), "event {number}: {differences:?}");
    }
}
