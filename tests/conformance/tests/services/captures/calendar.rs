use std::collections::BTreeSet;

use portico_google::calendar::{
    AccessRole, AclRule, AclScopeKind, Calendar, CalendarListEntry, CalendarListPage, CalendarResource, ConferenceData,
    Cursor, DateTime, Event, EventPage, Write, scopes,
};
use serde_json::{Value, json};

use super::{captures, read, shape_of};
use crate::google::Google;

#[test]
fn captured_answers_go_out_as_they_came() {
    let Some(folder) = captures() else { return };
    let (text, value) = read(&folder, "calendar/calendars.json");
    let page: CalendarListPage = serde_json::from_slice(&text).unwrap();
    assert_eq!(serde_json::to_value(&*page.items).unwrap(), value["items"]);
    assert!(page.items.unreadable.is_empty());
    assert_eq!(page.etag.as_deref(), value["etag"].as_str());
    assert_eq!(Value::Object(page.other), json!({"kind": value["kind"]}), "nothing else stands beside the calendars");
    assert!(page.items.len() > 1 && page.items[0].notification_settings.is_some());
    let (text, value) = read(&folder, "calendar/events_list.json");
    let page = EventPage::parse(&text).unwrap();
    let said = |key: &str| value[key].as_str();
    assert_eq!((page.etag.as_deref(), page.summary.as_deref()), (said("etag"), said("summary")));
    assert_eq!((page.description.as_deref(), page.time_zone.as_deref()), (said("description"), said("timeZone")));
    assert_eq!(page.updated.as_ref().map(DateTime::as_str), said("updated"));
    assert_eq!(page.access_role.as_ref().map(AccessRole::as_str), said("accessRole"));
    assert_eq!(serde_json::to_value(&page.default_reminders).unwrap(), value["defaultReminders"]);
    assert_eq!(page.next, Cursor::End(said("nextSyncToken").map(str::to_owned)));
    assert_eq!(Value::Object(page.other), json!({"kind": value["kind"]}), "nothing else stands beside the events");
    let events: Vec<Event> = page.items.into_iter().map(|item| item.event.unwrap()).collect();
    assert_eq!(serde_json::to_value(&events).unwrap(), value["items"]);
    for name in ["event_single", "event_recurring_master", "event_meet"] {
        let (text, value) = read(&folder, &format!("calendar/{name}.json"));
        let event: Event = serde_json::from_slice(&text).unwrap();
        assert_eq!(serde_json::to_value(&event).unwrap(), value, "{name}");
        assert!(event.other.keys().all(|key| key == "kind"), "{name}: {:?}", event.other.keys());
    }
}

/// What makes that event anew, without what Google adds.
fn wish_for(captured: &Value) -> Event {
    let original: Event = serde_json::from_value(captured.clone()).unwrap();
    Event {
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
    }
}

/// The keys and types of an answer to the letter.
async fn shape_at(google: &Google, token: &str, path: &str) -> BTreeSet<String> {
    let (status, answer) =
        google.ask(token, "GET", &format!("www.googleapis.com/calendar/v3/{path}"), Value::Null).await;
    assert_eq!(status, 200, "{path}: {answer}");
    shape_of(&answer)
}

#[tokio::test]
async fn a_captured_list_made_anew_has_the_same_envelope() {
    let Some(folder) = captures() else { return };
    let (_, list) = read(&folder, "calendar/events_list.json");
    let owner = list["summary"].as_str().unwrap().to_owned();
    let google = Google::with(&[&owner]).await;
    let service = google.client(&owner, &[scopes::CALENDAR]).await.service::<Calendar>();
    for value in list["items"].as_array().unwrap() {
        service.events("primary").insert(&wish_for(value), &Write::default()).await.unwrap();
    }
    let token = google.token(&owner, &[scopes::CALENDAR]).await;
    let anew = shape_at(&google, &token, "calendars/primary/events").await;
    let real = shape_of(&list);
    assert_eq!(real.symmetric_difference(&anew).collect::<Vec<_>>(), [""; 0]);
}

#[tokio::test]
async fn a_captured_list_of_calendars_made_anew_has_the_same_keys_and_types() {
    const BOB: &str = "bob@example.test";
    let Some(folder) = captures() else { return };
    let (_, list) = read(&folder, "calendar/calendars.json");
    let (main, holidays) = (&list["items"][0], &list["items"][1]);
    let owner = main["id"].as_str().unwrap().to_owned();
    let google = Google::with(&[&owner, BOB]).await;
    // Somebody gives everybody a calendar to read, and the owner puts it into the list.
    let bob = google.client(BOB, &[scopes::CALENDAR]).await.service::<Calendar>();
    let text = |key: &str| holidays[key].as_str().map(str::to_owned);
    let wish = CalendarResource {
        summary: text("summary"),
        description: text("description"),
        time_zone: text("timeZone"),
        ..CalendarResource::default()
    };
    let id = bob.calendars().insert(&wish).await.unwrap().id.unwrap();
    bob.acl(&id).insert(&AclRule::new(AccessRole::Reader, AclScopeKind::Default, ""), false).await.unwrap();
    let ann = google.client(&owner, &[scopes::CALENDAR]).await.service::<Calendar>();
    let entry = CalendarListEntry { id: Some(id), color_id: text("colorId"), ..CalendarListEntry::default() };
    ann.calendar_list().insert(&entry).await.unwrap();

    let token = google.token(&owner, &[scopes::CALENDAR]).await;
    let mut anew = shape_at(&google, &token, "users/me/calendarList").await;
    // The holidays are nobody's; what a person made is that person's.
    assert!(anew.remove(".items[].dataOwner: text"));
    let real = shape_of(&list);
    assert_eq!(real.symmetric_difference(&anew).collect::<Vec<_>>(), [""; 0]);
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
        let was_asked_for = value["conferenceData"]["createRequest"].is_object();
        let made = service.events("primary").insert(&wish_for(value), &Write::default()).await.unwrap();
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
