use portico_google::{
    GoogleService, Kind, Next,
    calendar::{
        AccessRole, AclQuery, AclRule, AclScopeKind, Calendar, CalendarListEntry, CalendarListPatch, CalendarListQuery,
        CalendarPatch, CalendarResource, Event, EventPatch, EventTime, EventView, SearchQuery, SendUpdates,
        SettingsQuery, Write, scopes,
    },
    futures::TryStreamExt,
    jiff::civil::date,
};
use serde::de::IgnoredAny;

use crate::google::Google;

const ANN: &str = "ann@example.test";
const BOB: &str = "bob@example.test";

fn day(number: usize) -> Event {
    Event {
        summary: Some(format!("day {number}")),
        start: Some(EventTime::day(date(2026, 12, 1))),
        end: Some(EventTime::day(date(2026, 12, 2))),
        ..Event::default()
    }
}

async fn of(google: &Google, person: &str) -> Calendar {
    google.client(person, &[scopes::CALENDAR]).await.service()
}

#[tokio::test]
async fn a_hundred_events_in_batches_and_their_pages() {
    let google = Google::with(&[ANN]).await;
    let calendar = of(&google, ANN).await;
    let events = calendar.events("primary");
    let made = events.batch((0..120).map(|n| events.insert_request(&day(n), &Write::default())).collect()).await;
    let made: Vec<Event> = made.into_iter().map(|copy| copy.unwrap().event).collect();
    let names: Vec<_> = made.iter().map(|event| event.summary.clone().unwrap()).collect();
    assert_eq!(names, (0..120).map(|n| format!("day {n}")).collect::<Vec<_>>());

    let listed: Vec<_> = events.list_all(SearchQuery::new().max_results(7)).try_collect().await.unwrap();
    assert_eq!(listed.len(), 120);

    let first = made[0].id.as_deref().unwrap();
    let etag = made[0].etag.as_deref().unwrap();
    assert!(events.get_if_changed(first, etag).await.unwrap().is_none());
    let stale = Write { if_match: Some("\"1\""), ..Write::default() };
    let patch = EventPatch { summary: "new".to_owned().into(), ..EventPatch::default() };
    let mixed = events
        .batch(vec![
            events.patch_request(first, &patch, &stale),
            events.patch_request(first, &patch, &Write { if_match: Some(etag), ..Write::default() }),
            events.get_request("nosuchevent", &EventView::default()),
        ])
        .await;
    let kinds: Vec<_> =
        mixed.iter().map(|answer| answer.as_ref().map(drop).map_err(|error| error.kind().clone())).collect();
    assert_eq!(kinds, [Err(Kind::PreconditionFailed), Ok(()), Err(Kind::NotFound)]);
    assert_eq!(mixed[0].as_ref().unwrap_err().next(), Next::Refetch);
    assert!(events.get_if_changed(first, etag).await.unwrap().is_some());

    let ids: Vec<&str> = made.iter().map(|event| event.id.as_deref().unwrap()).collect();
    let gone = ids.iter().map(|id| events.delete_request(id, &Write::default())).collect();
    let gone = calendar.batch::<IgnoredAny>(gone).await;
    assert!(gone.iter().all(Result::is_ok));
    assert!(events.delete(first, &Write::default()).await.unwrap_err().is_absent());
}

#[tokio::test]
async fn what_has_not_changed_is_not_sent_again() {
    let google = Google::with(&[ANN]).await;
    let ann = of(&google, ANN).await;
    let (calendars, list) = (ann.calendars(), ann.calendar_list());
    let (acl, events) = (ann.acl("primary"), ann.events("primary"));
    let (calendar, entry) = (calendars.get("primary").await.unwrap(), list.get("primary").await.unwrap());
    let rule = acl.insert(&AclRule::new(AccessRole::Reader, AclScopeKind::User, BOB), false).await.unwrap();
    let (calendar_etag, entry_etag) = (calendar.etag.unwrap(), entry.etag.unwrap());
    let (rule_id, rule_etag) = (rule.id.unwrap(), rule.etag.unwrap());
    assert!(calendars.get_if_changed("primary", &calendar_etag).await.unwrap().is_none());
    assert!(list.get_if_changed("primary", &entry_etag).await.unwrap().is_none());
    assert!(acl.get_if_changed(&rule_id, &rule_etag).await.unwrap().is_none());

    let query = CalendarListQuery::default();
    let lists = list.list(&query).await.unwrap().etag.unwrap();
    let rules = acl.list(&AclQuery::default()).await.unwrap().etag.unwrap();
    let settings = ann.settings().list(&SettingsQuery::default()).await.unwrap().etag.unwrap();
    let page = events.list(SearchQuery::new()).await.unwrap().etag.unwrap();
    assert!(list.list_if_changed(&query, &lists).await.unwrap().is_none());
    assert!(acl.list_if_changed(&AclQuery::default(), &rules).await.unwrap().is_none());
    assert!(ann.settings().list_if_changed(&SettingsQuery::default(), &settings).await.unwrap().is_none());
    assert!(events.list_if_changed(SearchQuery::new(), &page).await.unwrap().is_none());

    // And what has changed is.
    let patch = CalendarPatch { location: "Brno".to_owned().into(), ..CalendarPatch::default() };
    calendars.patch("primary", &patch).await.unwrap();
    let own = CalendarListPatch { color_id: "3".to_owned().into(), ..CalendarListPatch::default() };
    list.patch("primary", &own).await.unwrap();
    acl.patch(&rule_id, &AccessRole::Writer, false).await.unwrap();
    events.insert(&day(1), &Write::default()).await.unwrap();
    let changed = calendars.get_if_changed("primary", &calendar_etag).await.unwrap().unwrap();
    assert_eq!(changed.location.as_deref(), Some("Brno"));
    assert!(list.get_if_changed("primary", &entry_etag).await.unwrap().is_some());
    assert!(acl.get_if_changed(&rule_id, &rule_etag).await.unwrap().is_some());
    assert!(list.list_if_changed(&query, &lists).await.unwrap().is_some());
    assert!(acl.list_if_changed(&AclQuery::default(), &rules).await.unwrap().is_some());
    assert_eq!(events.list_if_changed(SearchQuery::new(), &page).await.unwrap().unwrap().items.len(), 1);
}

#[tokio::test]
async fn calendars_are_made_shared_listed_and_deleted() {
    let google = Google::with(&[ANN, BOB]).await;
    let (ann, bob) = (of(&google, ANN).await, of(&google, BOB).await);
    let wish = CalendarResource { summary: Some("Team".into()), ..CalendarResource::default() };
    let team = ann.calendars().insert(&wish).await.unwrap();
    let id = team.id.as_deref().unwrap();
    let patch = CalendarPatch { location: "Brno".to_owned().into(), ..CalendarPatch::default() };
    assert_eq!(ann.calendars().patch(id, &patch).await.unwrap().location.as_deref(), Some("Brno"));
    let whole =
        ann.calendars().update(id, &CalendarResource { summary: Some("Crew".into()), ..team.clone() }).await.unwrap();
    assert_eq!((whole.summary.as_deref(), whole.location), (Some("Crew"), None));

    assert_eq!(bob.events(id).list(SearchQuery::new()).await.unwrap_err().kind(), &Kind::NotFound);
    let rule = AclRule::new(AccessRole::Reader, AclScopeKind::User, BOB);
    let rule = ann.acl(id).insert(&rule, false).await.unwrap();
    let rule_id = rule.id.as_deref().unwrap();
    assert_eq!(ann.acl(id).get(rule_id).await.unwrap(), rule);
    let entry = CalendarListEntry { id: Some(id.into()), ..CalendarListEntry::default() };
    assert_eq!(bob.calendar_list().insert(&entry).await.unwrap().access_role, Some(AccessRole::Reader));
    let patch = CalendarListPatch { hidden: true.into(), ..CalendarListPatch::default() };
    bob.calendar_list().patch(id, &patch).await.unwrap();
    let shown: Vec<_> = bob.calendar_list().list_all(CalendarListQuery::default()).try_collect().await.unwrap();
    let all = CalendarListQuery { show_hidden: true, ..CalendarListQuery::default() };
    let hidden: Vec<_> = bob.calendar_list().list_all(all).try_collect().await.unwrap();
    assert_eq!((shown.len(), hidden.len()), (1, 2));

    assert_eq!(bob.events(id).insert(&day(0), &Write::default()).await.unwrap_err().kind(), &Kind::Permission);
    ann.acl(id).patch(rule_id, &AccessRole::Writer, false).await.unwrap();
    let theirs = bob.events(id).insert(&day(0), &Write::default()).await.unwrap().event.id.unwrap();
    let moved = ann.events(id).move_to(&theirs, "primary", SendUpdates::None).await.unwrap();
    assert_eq!(moved.event.organizer.unwrap().email.as_deref(), Some(ANN));

    ann.acl(id).delete(rule_id).await.unwrap();
    let with_deleted = AclQuery { show_deleted: true, ..AclQuery::default() };
    let rules: Vec<AclRule> = ann.acl(id).list_all(with_deleted).try_collect().await.unwrap();
    assert!(rules.iter().any(|rule| rule.id.as_deref() == Some(rule_id) && rule.role == Some(AccessRole::None)));
    ann.calendars().delete(id).await.unwrap();
    assert!(ann.calendars().delete(id).await.unwrap_err().is_absent());
    assert_eq!(ann.calendars().delete("primary").await.unwrap_err().reason(), Some("cannotDeletePrimaryCalendar"));
}

#[tokio::test]
async fn a_sentence_an_import_and_the_settings() {
    let google = Google::with(&[ANN]).await;
    let calendar = of(&google, ANN).await;
    let events = calendar.events("primary");
    let lunch = events.quick_add("Lunch with Bob tomorrow 12:30-13:30", SendUpdates::None).await.unwrap().event;
    assert_eq!(lunch.start.unwrap().timestamp(), Some("2026-11-22T11:30:00Z".parse().unwrap()));
    let elsewhere = Event { i_cal_uid: Some("u1@elsewhere.test".into()), ..day(1) };
    let copy = events.import(&elsewhere, &Write::default()).await.unwrap().event;
    assert_eq!(copy.i_cal_uid.as_deref(), Some("u1@elsewhere.test"));
    let again = Event { summary: Some("again".into()), ..copy.clone() };
    let again = events.update(copy.id.as_deref().unwrap(), &again, &Write::default()).await.unwrap();
    assert_eq!(again.event.summary.as_deref(), Some("again"));
    assert_eq!(calendar.settings().get("timezone").await.unwrap().value.as_deref(), Some("Europe/Amsterdam"));
    let settings: Vec<_> = calendar.settings().list_all(SettingsQuery::default()).try_collect().await.unwrap();
    assert!(settings.len() > 5);
    calendar.calendars().clear("primary").await.unwrap();
    let left: Vec<_> = events.list_all(SearchQuery::new()).try_collect().await.unwrap();
    assert!(left.is_empty());
}
