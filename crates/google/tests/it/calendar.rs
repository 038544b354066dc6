use std::time::Duration;

use portico_google::{
    GoogleService, Kind, Patch,
    calendar::{
        AccessRole, Attendee, AutoDecline, Calendar, CalendarListQuery, ChatStatus, ConferenceData, ConferenceStatus,
        Cursor, Event, EventKind, EventPage, EventPatch, EventQuery, EventTime, FocusTime, FreeBusyQuery,
        InstancesQuery, MirrorQuery, NewChannel, OrderBy, ResponseStatus, SearchQuery, SendUpdates, WorkingLocation,
        Write,
    },
};
use serde_json::{Value, json};

use crate::fake::{Fake, Seen, Step, calendar, cut, json as answer, refusal};

const EVENTS: &str = "https://www.googleapis.com/calendar/v3/calendars/primary/events";

fn event() -> Value {
    json!({
        "kind": "calendar#event", "id": "e1", "etag": "\"3568771258371518\"", "status": "confirmed",
        "summary": "Čaj 🍵", "description": "<b>x</b>\r\n ", "created": "2026-07-18T14:40:27.000Z", "updated": "2026-07-18T14:40:29.185Z",
        "creator": {"email": "ann@example.com", "self": true}, "organizer": {"email": "ann@example.com", "self": true},
        "start": {"dateTime": "2026-08-04T15:00:00+02:00", "timeZone": "Europe/Prague"},
        "end": {"dateTime": "2026-08-04T15:30:00+02:00", "timeZone": "Europe/Prague"},
        "iCalUID": "e1@google.com", "sequence": 0, "hangoutLink": "https://meet.google.com/aaa-bbbb-ccc",
        "attendees": [
            {"email": "ann@example.com", "organizer": true, "self": true, "responseStatus": "accepted"},
            {"email": "bob@example.com", "responseStatus": "maybeLater", "newField": {"a": [1, null]}}
        ],
        "conferenceData": {"createRequest": {"requestId": "r", "conferenceSolutionKey": {"type": "hangoutsMeet"},
                "status": {"statusCode": "success"}}, "conferenceId": "aaa-bbbb-ccc",
            "entryPoints": [{"entryPointType": "video", "uri": "https://meet.google.com/aaa-bbbb-ccc", "pin": "123"}]},
        "reminders": {"useDefault": false, "overrides": [{"method": "popup", "minutes": 10}, {"method": "carrierPigeon", "minutes": 5}]},
        "extendedProperties": {"private": {"k": "v"}, "other": {"x": "y"}}, "eventType": "somethingNew",
        "workingLocationProperties": {"type": "homeOffice", "homeOffice": {}}, "location": null, "visibility": "private"
    })
}

#[test]
fn an_event_goes_back_as_it_came() {
    let value = event();
    let event: Event = serde_json::from_value(value.clone()).unwrap();
    assert_eq!(serde_json::to_value(&event).unwrap(), value);
    assert_eq!(event.own_attendance().unwrap().response_status, Some(ResponseStatus::Accepted));
    assert_eq!(event.attendees()[1].response_status, Some(ResponseStatus::Other("maybeLater".into())));
    assert_eq!(event.start.as_ref().unwrap().timestamp(), Some("2026-08-04T13:00:00Z".parse().unwrap()));
    let conference = event.conference_data.unwrap();
    assert_eq!(conference.status(), Some(&ConferenceStatus::Success));
    assert_eq!(conference.video_uri(), Some("https://meet.google.com/aaa-bbbb-ccc"));
    assert!(!Event::default().is_cancelled());
}

#[test]
fn times_of_every_form() {
    let read = |value: Value| serde_json::from_value::<EventTime>(value).unwrap();
    assert_eq!(read(json!({"date": "2026-08-04"})).timestamp(), None);
    assert_eq!(read(json!({"date": "2026-08-04"})), EventTime::day("2026-08-04".parse().unwrap()));
    let local = read(json!({"dateTime": "2027-03-28T10:00:00", "timeZone": "Europe/Prague"}));
    assert_eq!(local.timestamp(), Some("2027-03-28T08:00:00Z".parse().unwrap()));
    assert_eq!(read(json!({"dateTime": "2027-03-28T10:00:00", "timeZone": "Mars/Base"})).timestamp(), None);
    let moment = EventTime::moment("2027-03-28T08:00:00Z".parse().unwrap(), "Mars/Base");
    assert_eq!(
        serde_json::to_value(moment).unwrap(),
        json!({"dateTime": "2027-03-28T08:00:00Z", "timeZone": "Mars/Base"})
    );
}

#[test]
fn one_malformed_event_does_not_spoil_the_page() {
    let mut bad = event();
    bad["id"] = json!("bad");
    bad["start"] = json!({"dateTime": "yesterday"});
    let page = json!({"kind": "calendar#events", "summary": "Ann", "timeZone": "Europe/Prague", "accessRole": "owner",
        "updated": "2026-07-18T14:40:29.185Z", "defaultReminders": [{"method": "popup", "minutes": 30}],
        "items": [event(), bad, {"id": "gone", "status": "cancelled", "etag": "\"1\"", "kind": "calendar#event"}, 7, null, {"id": 5}],
        "nextSyncToken": "t"});
    let page = EventPage::parse(page.to_string().as_bytes()).unwrap();
    let ids: Vec<(&str, bool)> = page.items.iter().map(|item| (item.id.as_str(), item.event.is_ok())).collect();
    assert_eq!(ids, [("e1", true), ("bad", false), ("gone", true), ("", false), ("", false), ("", false)]);
    assert_eq!(page.items[0].raw.get(), event().to_string());
    assert!(page.items[2].event.as_ref().unwrap().is_cancelled());
    let problem = page.items[1].event.as_ref().unwrap_err().to_string();
    assert!(problem.contains("line 1") && !problem.contains("yesterday"), "{problem}");
    assert_eq!((page.time_zone.as_deref(), page.access_role), (Some("Europe/Prague"), Some(AccessRole::Owner)));
    assert_eq!((page.default_reminders.len(), page.next), (1, Cursor::End(Some("t".into()))));
}

#[test]
fn pages_follow_each_other() {
    let next = |text: &str| EventPage::parse(text.as_bytes()).unwrap().next;
    assert_eq!(next(r#"{"items":[],"nextPageToken":"p"}"#), Cursor::More("p".into()));
    assert_eq!(next(r#"{"nextSyncToken":"s"}"#), Cursor::End(Some("s".into())));
    assert_eq!(next(r#"{"items":[]}"#), Cursor::End(None));
    assert!(EventPage::parse(br#"{"items":[{"id":"a"}"#).is_err());
    assert!(EventPage::parse(br#"{"items":{}}"#).is_err());
}

async fn sent(query: impl Into<EventQuery>) -> Vec<(String, String)> {
    let fake = Fake::steps(vec![answer(200, "{}")]);
    calendar(&fake).events("primary").list(query).await.unwrap();
    let mut query = fake.seen()[0].query();
    query.retain(|(name, _)| name != "prettyPrint");
    query.sort();
    query
}

#[tokio::test]
async fn a_mirror_never_sends_what_google_forbids_beside_a_cursor() {
    let forbidden = [
        "iCalUID",
        "orderBy",
        "privateExtendedProperty",
        "q",
        "sharedExtendedProperty",
        "timeMin",
        "timeMax",
        "updatedMin",
    ];
    let query = MirrorQuery::new()
        .single_events()
        .event_types(&[EventKind::Default, EventKind::FocusTime])
        .max_results(9000)
        .max_attendees(0)
        .time_zone("UTC")
        .since("old")
        .since("cursor")
        .page("p");
    let pairs = sent(query).await;
    assert!(pairs.iter().all(|(name, _)| !forbidden.contains(&name.as_str())));
    let expected = [
        ("eventTypes", "default"),
        ("eventTypes", "focusTime"),
        ("maxAttendees", "1"),
        ("maxResults", "2500"),
        ("pageToken", "p"),
        ("showDeleted", "true"),
        ("singleEvents", "true"),
        ("syncToken", "cursor"),
        ("timeZone", "UTC"),
    ];
    assert_eq!(pairs, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    let plain = sent(MirrorQuery::new()).await;
    assert_eq!(plain, [("maxResults", "2500"), ("showDeleted", "true")].map(|(a, b)| (a.to_owned(), b.to_owned())));
}

#[tokio::test]
async fn a_search_says_everything_but_a_cursor() {
    let instant = "2026-07-18T12:00:00.123Z".parse().unwrap();
    let query = SearchQuery::new()
        .ends_after(instant)
        .starts_before("2026-08-01T00:00:00Z".parse().unwrap())
        .text("tea & cake")
        .i_cal_uid("u@x")
        .private_property("a", "1")
        .private_property("b", "2")
        .shared_property("c", "3")
        .order_by(OrderBy::StartTime)
        .with_deleted();
    let pairs = sent(&query).await;
    for (name, value) in [
        ("timeMin", "2026-07-18T12:00:00.123Z"),
        ("timeMax", "2026-08-01T00:00:00Z"),
        ("q", "tea & cake"),
        ("iCalUID", "u@x"),
        ("privateExtendedProperty", "a=1"),
        ("privateExtendedProperty", "b=2"),
        ("sharedExtendedProperty", "c=3"),
        ("orderBy", "startTime"),
        ("singleEvents", "true"),
        ("showDeleted", "true"),
    ] {
        assert!(pairs.contains(&(name.to_owned(), value.to_owned())), "{name}");
    }
    let updated =
        sent(SearchQuery::new().order_by(OrderBy::Updated).updated_since(instant).event_type(&EventKind::Default))
            .await;
    assert!(!updated.iter().any(|(name, _)| name == "singleEvents"));
}

/// Sends one write against an answer and shows what went out.
async fn write<F, T>(call: impl FnOnce(Calendar) -> F) -> Seen
where
    F: Future<Output = T>,
{
    let fake = Fake::steps(vec![answer(200, r#"{"id":"e1"}"#)]);
    call(calendar(&fake)).await;
    fake.seen()[0].clone()
}

fn pairs(seen: &Seen) -> String {
    let query: Vec<String> = seen.query().iter().map(|(name, value)| format!("{name}={value}")).collect();
    query.join("&").replace("&prettyPrint=false", "")
}

#[tokio::test]
async fn an_insert() {
    let event = Event {
        id: Some("abc".into()),
        summary: Some("Tea".into()),
        attendees: Some(vec![Attendee::invite("bob@example.com")]),
        conference_data: Some(ConferenceData::create_meet("r-1")),
        ..Event::default()
    };
    let all = Write { send_updates: SendUpdates::All, ..Write::default() };
    let seen = write(async |calendar| calendar.events("primary").insert(&event, &all).await.unwrap()).await;
    assert_eq!((seen.method.as_str(), seen.place()), ("POST", EVENTS));
    assert_eq!(pairs(&seen), "sendUpdates=all&conferenceDataVersion=1");
    let body: Value = serde_json::from_str(&seen.body).unwrap();
    assert_eq!(
        body,
        json!({"id": "abc", "summary": "Tea", "attendees": [{"email": "bob@example.com"}],
        "conferenceData": {"createRequest": {"requestId": "r-1", "conferenceSolutionKey": {"type": "hangoutsMeet"}}}})
    );
    let plain = Event { conference_data: None, ..event };
    let seen =
        write(async |calendar| calendar.events("primary").insert(&plain, &Write::default()).await.unwrap()).await;
    assert_eq!(pairs(&seen), "sendUpdates=none");
}

#[tokio::test]
async fn events_of_special_kinds() {
    let focus = FocusTime {
        auto_decline_mode: Some(AutoDecline::New),
        chat_status: Some(ChatStatus::DoNotDisturb),
        ..FocusTime::default()
    };
    for (event, expected) in [
        (
            Event { event_type: Some(EventKind::FocusTime), focus_time: Some(focus.into()), ..Event::default() },
            json!({"eventType": "focusTime", "focusTimeProperties": {
                "autoDeclineMode": "declineOnlyNewConflictingInvitations", "chatStatus": "doNotDisturb"}}),
        ),
        (
            Event { working_location: Some(WorkingLocation::home().into()), ..Event::default() },
            json!({"workingLocationProperties": {"type": "homeOffice", "homeOffice": {}}}),
        ),
        (
            Event { working_location: Some(WorkingLocation::office("Praha 7").into()), ..Event::default() },
            json!({"workingLocationProperties": {"type": "officeLocation", "officeLocation": {"label": "Praha 7"}}}),
        ),
        (
            Event { working_location: Some(WorkingLocation::elsewhere("Brno").into()), ..Event::default() },
            json!({"workingLocationProperties": {"type": "customLocation", "customLocation": {"label": "Brno"}}}),
        ),
    ] {
        let seen = write(async |calendar| calendar.events("primary").insert(&event, &Write::default()).await).await;
        assert_eq!(serde_json::from_str::<Value>(&seen.body).unwrap(), expected);
        assert_eq!(serde_json::from_value::<Event>(expected).unwrap(), event);
    }
}

#[tokio::test]
async fn a_patch() {
    let guarded = Write { if_match: Some("\"7\""), send_updates: SendUpdates::ExternalOnly, ..Write::default() };
    let patch = EventPatch { conference_data: Patch::Clear, description: Patch::Clear, ..EventPatch::default() };
    let seen =
        write(async |calendar| calendar.events("a#b@x").patch("e1_20260804", &patch, &guarded).await.unwrap()).await;
    assert_eq!(seen.place(), "https://www.googleapis.com/calendar/v3/calendars/a%23b%40x/events/e1_20260804");
    assert_eq!((seen.method.as_str(), seen.headers["if-match"].as_str()), ("PATCH", "\"7\""));
    assert_eq!(pairs(&seen), "sendUpdates=externalOnly&conferenceDataVersion=1");
    assert_eq!(seen.body, r#"{"description":null,"conferenceData":null}"#);

    let raw = serde_json::Map::from_iter([("conferenceData".to_owned(), Value::Null)]);
    let write_raw = Write { supports_attachments: true, ..Write::default() };
    let seen =
        write(async |calendar| calendar.events("primary").patch("e1", &raw.into(), &write_raw).await.unwrap()).await;
    assert_eq!(pairs(&seen), "sendUpdates=none&conferenceDataVersion=1&supportsAttachments=true");
    assert!(!seen.headers.contains_key("if-match"));
}

/// How often each kind of write is sent when the first answer is lost.
#[tokio::test]
async fn no_lost_answer_makes_a_second_event_or_a_second_mail() {
    let all = Write { send_updates: SendUpdates::All, ..Write::default() };
    let guarded = Write { if_match: Some("\"1\""), ..all };
    let named = Event { id: Some("abc".into()), ..Event::default() };
    let patch = EventPatch::default();
    macro_rules! sendings {
        ($calendar:ident => $call:expr) => {{
            let fake = Fake::steps(vec![cut(), answer(200, r#"{"id":"e1","resourceId":"r"}"#)]);
            let $calendar = calendar(&fake);
            let failed = $call.await.is_err();
            (fake.count(), failed)
        }};
    }
    let quiet = Write::default();
    assert_eq!(sendings!(c => c.events("p").insert(&named, &all)), (2, false), "the id is taken the second time");
    assert_eq!(sendings!(c => c.events("p").insert(&Event::default(), &quiet)), (1, true));
    assert_eq!(
        sendings!(c => c.events("p").patch("e", &patch, &guarded)),
        (2, false),
        "the etag is stale the second time"
    );
    assert_eq!(sendings!(c => c.events("p").patch("e", &patch, &quiet)), (2, false), "nobody is mailed");
    assert_eq!(sendings!(c => c.events("p").patch("e", &patch, &all)), (1, true));
    assert_eq!(sendings!(c => c.events("p").delete("e", &all)), (2, false), "it is gone the second time");
    assert_eq!(sendings!(c => c.events("p").get("e")), (2, false));
    assert_eq!(sendings!(c => c.channels().stop("c", "r")), (2, false));
    let channel = NewChannel { id: "c".into(), address: "https://a".into(), token: "t".into(), lifetime: None };
    assert_eq!(sendings!(c => c.events("p").watch(&channel)), (1, true));

    let fake = Fake::steps(vec![answer(200, "{}")]);
    let error = calendar(&fake).events("p").insert(&named, &guarded).await.unwrap_err();
    assert_eq!((error.kind(), fake.count()), (&Kind::Unsendable, 0));
}

#[tokio::test]
async fn deleting_what_is_gone_can_be_told() {
    for (step, absent) in [
        (refusal(404, "notFound"), true),
        (refusal(410, "deleted"), true),
        (refusal(412, "conditionNotMet"), false),
        (refusal(403, "forbidden"), false),
        (answer(404, "<html>"), false),
    ] {
        let fake = Fake::steps(vec![step]);
        let error = calendar(&fake).events("primary").delete("e1", &Write::default()).await.unwrap_err();
        assert_eq!(error.is_absent(), absent, "{error}");
    }
    let seen = write(async |calendar| {
        calendar.events("primary").delete("e1", &Write { if_match: Some("\"1\""), ..Write::default() }).await
    })
    .await;
    assert_eq!(
        (seen.method.as_str(), pairs(&seen).as_str(), seen.headers["if-match"].as_str()),
        ("DELETE", "sendUpdates=none", "\"1\"")
    );
}

#[tokio::test]
async fn a_single_event_comes_with_googles_own_text() {
    let text = serde_json::to_string_pretty(&event()).unwrap();
    let fake = Fake::steps(vec![answer(200, &format!("\n{text}\n")), answer(200, r#"{"id":5}"#)]);
    let events = calendar(&fake);
    let copy = events.events("primary").get("e1").await.unwrap();
    assert_eq!((copy.raw.get(), copy.event.id.as_deref()), (text.as_str(), Some("e1")));
    assert_eq!(events.events("primary").get("e1").await.unwrap_err().kind(), &Kind::Unreadable);
}

#[tokio::test]
async fn the_instances_of_a_series() {
    let query = InstancesQuery::new()
        .original_start("2026-08-03T09:00:00+02:00")
        .with_deleted()
        .max_results(1)
        .page("p")
        .ends_after("2026-08-01T00:00:00Z".parse().unwrap())
        .starts_before("2026-09-01T00:00:00Z".parse().unwrap());
    let seen = write(async |calendar| calendar.events("primary").instances("m", &query).await.unwrap()).await;
    assert_eq!(seen.place(), format!("{EVENTS}/m/instances"));
    assert_eq!(
        pairs(&seen),
        "originalStart=2026-08-03T09:00:00+02:00&showDeleted=true&maxResults=1&pageToken=p&timeMin=2026-08-01T00:00:00Z&timeMax=2026-09-01T00:00:00Z"
    );
}

#[tokio::test]
async fn the_list_of_calendars() {
    let pages = |number: usize| -> Step {
        match number {
            0 => {
                answer(200, r#"{"items":[{"id":"a","primary":true,"accessRole":"owner","new":1}],"nextPageToken":"p"}"#)
            }
            _ => answer(200, r#"{"items":[{"id":"b","accessRole":"reader","deleted":true}],"nextSyncToken":"s"}"#),
        }
    };
    let fake = Fake::by(move |_, number| pages(number));
    let (entries, cursor) = calendar(&fake).calendar_list().all().await.unwrap();
    assert_eq!((entries.len(), cursor.as_deref()), (2, Some("s")));
    assert!(
        entries[0].access_role.as_ref().unwrap().can_write() && !entries[1].access_role.as_ref().unwrap().can_write()
    );
    assert_eq!(pairs(&fake.seen()[1]), "maxResults=250&pageToken=p");
    // An empty token is none, and a list that comes back to a page that it had before ends.
    let fake = Fake::steps(vec![answer(200, r#"{"items":[],"nextPageToken":"","nextSyncToken":"s"}"#)]);
    assert_eq!(calendar(&fake).calendar_list().all().await.unwrap().1.as_deref(), Some("s"));
    let fake = Fake::by(|_, number| answer(200, &format!(r#"{{"nextPageToken":"{}"}}"#, number % 2)));
    assert_eq!(calendar(&fake).calendar_list().all().await.unwrap_err().kind(), &Kind::Unreadable);
    assert_eq!(fake.count(), 3);
    let query = CalendarListQuery {
        sync_token: Some("s".into()),
        show_hidden: true,
        max_results: Some(999),
        ..Default::default()
    };
    let seen = write(async |calendar| calendar.calendar_list().list(&query).await.unwrap()).await;
    assert_eq!(pairs(&seen), "maxResults=250&syncToken=s&showHidden=true");
    assert_eq!(seen.place(), "https://www.googleapis.com/calendar/v3/users/me/calendarList");
}

#[tokio::test]
async fn a_calendar_and_the_colours() {
    let holiday = "nl.dutch#holiday@group.v.calendar.google.com";
    let seen = write(async |calendar| calendar.calendars().get(holiday).await.unwrap()).await;
    assert!(seen.place().ends_with("/calendars/nl.dutch%23holiday%40group.v.calendar.google.com"));
    let fake = Fake::steps(vec![answer(
        200,
        r##"{"event":{"1":{"background":"#a4bdfc","foreground":"#1d1d1d"}},"kind":"calendar#colors"}"##,
    )]);
    let colors = calendar(&fake).colors().await.unwrap();
    assert_eq!(colors.event.unwrap()["1"].background.as_deref(), Some("#a4bdfc"));
}

#[tokio::test]
async fn busy_times_and_calendars_that_give_none() {
    let body = r#"{"timeMin":"x","groups":{"g":{"calendars":null,"errors":null}},"calendars":{
        "a":{"busy":[{"start":"2026-08-04T13:00:00Z","end":"2026-08-04T15:30:00+02:00"}]},
        "b":{"errors":[{"domain":"global","reason":"notFound"}],"busy":null},
        "c":{"busy":null,"errors":null},"d":{"errors":[{"reason":"new","since":"today"}],"note":7}}}"#;
    let fake = Fake::steps(vec![cut(), answer(200, body)]);
    let query = FreeBusyQuery {
        from: "2026-08-04T00:00:00Z".parse().unwrap(),
        to: "2026-08-05T00:00:00Z".parse().unwrap(),
        ids: vec!["a".into(), "b".into()],
        ..FreeBusyQuery::default()
    };
    let found = calendar(&fake).free_busy(&query).await.unwrap();
    let (_, end) = found.busy("a").unwrap()[0].span().unwrap();
    assert_eq!(end.to_string(), "2026-08-04T13:30:00Z");
    assert_eq!(found.problem("b").unwrap().reason.as_deref(), Some("notFound"));
    assert!(found.busy("b").is_none() && found.busy("nobody").is_none(), "no answer is not free");
    assert_eq!((found.busy("c"), found.problem("c")), (Some(&[][..]), None));
    assert_eq!(
        serde_json::to_value(&found).unwrap(),
        serde_json::from_str::<Value>(body).unwrap(),
        "nothing is lost of what is new or null"
    );
    let body: Value = serde_json::from_str(&fake.seen()[1].body).unwrap();
    assert_eq!(
        body,
        json!({"timeMin": "2026-08-04T00:00:00Z", "timeMax": "2026-08-05T00:00:00Z", "items": [{"id": "a"}, {"id": "b"}]})
    );
}

#[tokio::test]
async fn a_push_channel() {
    let body = r#"{"kind":"api#channel","id":"c1","resourceId":"res","resourceUri":"https://x","token":"hush","expiration":"1785326400000"}"#;
    let fake = Fake::steps(vec![answer(200, body), answer(200, r#"{"id":"c2","resourceId":"res"}"#), answer(204, "")]);
    let service = calendar(&fake);
    let wish = NewChannel {
        id: "c1".into(),
        address: "https://portal.example/hooks/google/calendar".into(),
        token: "hush".into(),
        lifetime: Some(Duration::from_secs(3600)),
    };
    let channel = service.events("primary").watch(&wish).await.unwrap();
    assert_eq!((channel.resource_id.as_str(), channel.expiration.unwrap().as_second()), ("res", 1_785_326_400));
    assert_eq!(service.events("primary").watch(&wish).await.unwrap().expiration, None);
    service.channels().stop("c1", "res").await.unwrap();
    let seen = fake.seen();
    assert_eq!(seen[0].place(), format!("{EVENTS}/watch"));
    let sent: Value = serde_json::from_str(&seen[0].body).unwrap();
    assert_eq!(
        sent,
        json!({"id": "c1", "type": "web_hook", "address": "https://portal.example/hooks/google/calendar", "token": "hush", "params": {"ttl": "3600"}})
    );
    assert_eq!(
        (seen[2].place(), seen[2].body.as_str()),
        ("https://www.googleapis.com/calendar/v3/channels/stop", r#"{"id":"c1","resourceId":"res"}"#)
    );
    assert!(!format!("{wish:?}").contains("hush"));
}

#[tokio::test]
async fn a_cursor_that_is_of_no_more_use() {
    let malformed = r#"{"error":{"code":400,"message":"Invalid sync token value.","errors":[{"domain":"global","reason":"invalid","message":"Invalid sync token value."}]}}"#;
    for (step, kind) in
        [(answer(400, malformed), Kind::BadCursor), (refusal(410, "fullSyncRequired"), Kind::FullSyncRequired)]
    {
        let fake = Fake::steps(vec![step]);
        let service = portico_google::Client::service::<Calendar>(calendar(&fake).client());
        let error = service.events("primary").list(MirrorQuery::new().since("x")).await.unwrap_err();
        assert_eq!((error.kind(), error.next()), (&kind, portico_google::Next::FullSync));
    }
}
