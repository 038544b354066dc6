//! The methods of Calendar beyond events in plain use: where each call goes, and what it says.

use futures::{StreamExt, TryStreamExt};
use portico_google::{
    GoogleService, Kind, Next, Patch,
    calendar::{
        AccessRole, AclQuery, AclRule, AclScopeKind, Calendar, CalendarListEntry, CalendarListPatch, CalendarListQuery,
        CalendarPatch, CalendarResource, Event, EventPatch, EventView, InstancesQuery, NewChannel, SearchQuery,
        SendUpdates, SettingsQuery, Write,
    },
    futures,
};
use serde_json::{Value, json};

use crate::fake::{Fake, Seen, Step, calendar, json as answer, refusal};

const BASE: &str = "https://www.googleapis.com/calendar/v3";

/// What one call sent: `VERB /path?query body`, without what every call says.
async fn said<F: Future>(call: impl FnOnce(Calendar) -> F) -> String {
    let fake = Fake::steps(vec![answer(200, r#"{"id": "x", "resourceId": "r"}"#)]);
    call(calendar(&fake)).await;
    assert_eq!(fake.count(), 1);
    line(&fake.seen()[0])
}

fn line(seen: &Seen) -> String {
    let query = seen.query().into_iter().filter(|(name, _)| name != "prettyPrint");
    let query: Vec<String> = query.map(|(name, value)| format!("{name}={value}")).collect();
    let path = seen.place().strip_prefix(BASE).unwrap();
    format!("{} {path}?{} {}", seen.method, query.join("&"), seen.body)
}

fn channel() -> NewChannel {
    NewChannel { id: "c".into(), address: "https://a/".into(), token: "t".into(), lifetime: None }
}

const CHANNEL: &str = r#"{"address":"https://a/","id":"c","token":"t","type":"web_hook"}"#;

macro_rules! says {
    ($said:literal, $service:ident => $call:expr) => {
        assert_eq!(
            said(async |$service: Calendar| {
                $call.await.unwrap();
            })
            .await,
            $said
        )
    };
}

#[tokio::test]
async fn access_rules() {
    let rule = AclRule::new(AccessRole::Reader, AclScopeKind::User, "bob@example.com");
    let everybody = AclRule::new(AccessRole::FreeBusyReader, AclScopeKind::Default, "");
    let query = AclQuery { sync_token: Some("s".into()), show_deleted: true, ..AclQuery::default() };
    says!("GET /calendars/p/acl?maxResults=250&syncToken=s&showDeleted=true ", c => c.acl("p").list(&query));
    says!("GET /calendars/p/acl/user%3Abob%40example.com? ", c => c.acl("p").get("user:bob@example.com"));
    says!(
        r#"POST /calendars/p/acl?sendNotifications=false {"role":"reader","scope":{"type":"user","value":"bob@example.com"}}"#,
        c => c.acl("p").insert(&rule, false)
    );
    says!(
        r#"PUT /calendars/p/acl/default?sendNotifications=true {"role":"freeBusyReader","scope":{"type":"default"}}"#,
        c => c.acl("p").update("default", &everybody, true)
    );
    says!(
        r#"PATCH /calendars/p/acl/default?sendNotifications=false {"role":"none"}"#,
        c => c.acl("p").patch("default", &AccessRole::None, false)
    );
    says!("DELETE /calendars/p/acl/default? ", c => c.acl("p").delete("default"));
    assert_eq!(
        said(async |c: Calendar| {
            c.acl("p").watch(&channel()).await.unwrap();
        })
        .await,
        format!("POST /calendars/p/acl/watch? {CHANNEL}")
    );
}

#[tokio::test]
async fn the_list_of_calendars() {
    let query = CalendarListQuery {
        min_access_role: Some(AccessRole::Writer),
        show_own_organization_only: true,
        show_deleted: true,
        max_results: Some(999),
        ..CalendarListQuery::default()
    };
    says!(
        "GET /users/me/calendarList?maxResults=250&showDeleted=true&minAccessRole=writer&showOwnOrganizationOnly=true ",
        c => c.calendar_list().list(&query)
    );
    says!("GET /users/me/calendarList/primary? ", c => c.calendar_list().get("primary"));
    let entry = CalendarListEntry {
        id: Some("team".into()),
        background_color: Some("#112233".into()),
        ..CalendarListEntry::default()
    };
    let body = r##"{"id":"team","backgroundColor":"#112233"}"##;
    for (said_, wanted) in [
        (
            said(async |c: Calendar| {
                c.calendar_list().insert(&entry).await.unwrap();
            })
            .await,
            format!("POST /users/me/calendarList?colorRgbFormat=true {body}"),
        ),
        (
            said(async |c: Calendar| {
                c.calendar_list().update("team", &entry).await.unwrap();
            })
            .await,
            format!("PUT /users/me/calendarList/team?colorRgbFormat=true {body}"),
        ),
        (
            said(async |c: Calendar| {
                c.calendar_list().watch(&channel()).await.unwrap();
            })
            .await,
            format!("POST /users/me/calendarList/watch? {CHANNEL}"),
        ),
    ] {
        assert_eq!(said_, wanted);
    }
    let patch =
        CalendarListPatch { hidden: true.into(), summary_override: Patch::Clear, ..CalendarListPatch::default() };
    says!(
        r#"PATCH /users/me/calendarList/team? {"summaryOverride":null,"hidden":true}"#,
        c => c.calendar_list().patch("team", &patch)
    );
    says!("DELETE /users/me/calendarList/team? ", c => c.calendar_list().delete("team"));
}

#[tokio::test]
async fn calendars_and_settings() {
    let team = CalendarResource { summary: Some("Team".into()), ..CalendarResource::default() };
    says!(r#"POST /calendars? {"summary":"Team"}"#, c => c.calendars().insert(&team));
    says!(r#"PUT /calendars/t? {"summary":"Team"}"#, c => c.calendars().update("t", &team));
    let patch =
        CalendarPatch { location: Patch::Clear, time_zone: "Europe/Prague".to_owned().into(), ..Default::default() };
    says!(
        r#"PATCH /calendars/t? {"location":null,"timeZone":"Europe/Prague"}"#,
        c => c.calendars().patch("t", &patch)
    );
    says!("DELETE /calendars/t? ", c => c.calendars().delete("t"));
    says!("POST /calendars/primary/clear? ", c => c.calendars().clear("primary"));
    says!(
        "POST /calendars/t/transferOwnership?newDataOwner=eve@example.com&useAdminAccess=true ",
        c => c.calendars().transfer_ownership("t", "eve@example.com")
    );
    says!("GET /users/me/settings/timezone? ", c => c.settings().get("timezone"));
    says!("GET /users/me/settings?maxResults=250 ", c => c.settings().list(&SettingsQuery::default()));
    assert_eq!(
        said(async |c: Calendar| {
            c.settings().watch(&channel()).await.unwrap();
        })
        .await,
        format!("POST /users/me/settings/watch? {CHANNEL}")
    );
}

#[tokio::test]
async fn what_has_a_version_is_changed_only_while_it_is_the_same() {
    let fake = Fake::steps(vec![answer(412, r#"{"error":{"code":412,"errors":[{"reason":"conditionNotMet"}]}}"#)]);
    let calendar = crate::fake::calendar(&fake);
    let (acl, list, calendars) = (calendar.acl("primary"), calendar.calendar_list(), calendar.calendars());
    let (rule, entry, whole) = (AclRule::default(), CalendarListEntry::default(), CalendarResource::default());
    for error in [
        acl.if_match("\"1\"").patch("r", &AccessRole::Reader, false).await.map(drop).unwrap_err(),
        acl.if_match("\"1\"").update("r", &rule, false).await.map(drop).unwrap_err(),
        acl.if_match("\"1\"").delete("r").await.unwrap_err(),
        list.if_match("\"1\"").patch("c", &CalendarListPatch::default()).await.map(drop).unwrap_err(),
        list.if_match("\"1\"").update("c", &entry).await.map(drop).unwrap_err(),
        list.if_match("\"1\"").delete("c").await.unwrap_err(),
        calendars.if_match("\"1\"").patch("c", &CalendarPatch::default()).await.map(drop).unwrap_err(),
        calendars.if_match("\"1\"").update("c", &whole).await.map(drop).unwrap_err(),
        calendars.if_match("\"1\"").delete("c").await.unwrap_err(),
    ] {
        assert_eq!((error.kind(), error.next()), (&Kind::PreconditionFailed, Next::Refetch), "{error}");
    }
    assert_eq!(fake.count(), 9);
    assert!(fake.seen().iter().all(|seen| seen.headers["if-match"] == "\"1\""));
}

#[tokio::test]
async fn events_moved_imported_replaced_and_said_in_a_sentence() {
    let event = Event { i_cal_uid: Some("u@x".into()), ..Event::default() };
    let write = Write { event_label_version: Some(1), max_attendees: Some(0), ..Write::default() };
    says!(r#"POST /calendars/p/events/import?eventLabelVersion=1 {"iCalUID":"u@x"}"#, c => c.events("p").import(&event, &write));
    says!(
        r#"PUT /calendars/p/events/e?sendUpdates=none&maxAttendees=1&eventLabelVersion=1 {"iCalUID":"u@x"}"#,
        c => c.events("p").update("e", &event, &write)
    );
    says!(
        "POST /calendars/p/events/quickAdd?text=Lunch at noon&sendUpdates=all ",
        c => c.events("p").quick_add("Lunch at noon", SendUpdates::All)
    );
    says!(
        "POST /calendars/p/events/e/move?destination=team&sendUpdates=none ",
        c => c.events("p").move_to("e", "team", SendUpdates::None)
    );
    let view = EventView { max_attendees: Some(3), time_zone: Some("Europe/Prague") };
    says!("GET /calendars/p/events/e?maxAttendees=3&timeZone=Europe/Prague ", c => c.events("p").get_as("e", &view));
    let query = SearchQuery::new().with_hidden_invitations().max_attendees(2);
    assert_eq!(
        said(async |c: Calendar| {
            c.events("p").watch_some(&query, &channel()).await.unwrap();
        })
        .await,
        format!("POST /calendars/p/events/watch?showHiddenInvitations=true&maxAttendees=2 {CHANNEL}")
    );
}

#[tokio::test]
async fn an_event_that_has_not_changed_is_not_sent_again() {
    let fake = Fake::by(|seen, _| match seen.headers.get("if-none-match").map(String::as_str) {
        Some("\"1\"") => answer(304, "").header("etag", "\"1\""),
        _ => answer(200, r#"{"id": "e", "etag": "\"1\""}"#),
    });
    let service = calendar(&fake);
    assert!(service.events("p").get_if_changed("e", "\"1\"").await.unwrap().is_none());
    let changed = service.events("p").get_if_changed("e", "\"0\"").await.unwrap().unwrap();
    assert_eq!(changed.event.etag.as_deref(), Some("\"1\""));
    let stubborn = Fake::steps(vec![answer(304, "")]);
    let error = calendar(&stubborn).events("p").get("e").await.unwrap_err();
    assert_eq!(error.kind(), &Kind::Unreadable, "nobody asked whether it has changed");
}

/// Three pages of one item each.
fn three_pages() -> std::sync::Arc<Fake> {
    Fake::by(|seen, _| {
        let page = seen.query().into_iter().find(|(name, _)| name == "pageToken").map(|(_, token)| token);
        let (number, next) = match page.as_deref() {
            None => (0, r#", "nextPageToken": "p1""#),
            Some("p1") => (1, r#", "nextPageToken": "p2""#),
            _ => (2, r#", "nextSyncToken": "s""#),
        };
        answer(200, &format!(r#"{{"items": [{{"id": "{number}"}}]{next}}}"#))
    })
}

#[tokio::test]
async fn lists_as_streams() {
    let fake = three_pages();
    let service = calendar(&fake);
    let events: Vec<_> = service.events("p").list_all(SearchQuery::new().text("x")).try_collect().await.unwrap();
    assert_eq!(events.iter().map(|event| event.id.as_str()).collect::<Vec<_>>(), ["0", "1", "2"]);
    let queries: Vec<String> = fake.seen().iter().map(line).collect();
    assert_eq!(
        queries[1..],
        ["GET /calendars/p/events?q=x&pageToken=p1 ", "GET /calendars/p/events?q=x&pageToken=p2 "]
    );
    let events = service.events("p");
    assert_eq!(events.instances_all("e", &InstancesQuery::new()).count().await, 3);
    assert_eq!(service.acl("p").list_all(AclQuery::default()).count().await, 3);
    assert_eq!(service.calendar_list().list_all(CalendarListQuery::default()).count().await, 3);
    assert_eq!(service.settings().list_all(SettingsQuery::default()).count().await, 3);
    let second = SettingsQuery { page_token: Some("p1".into()), ..SettingsQuery::default() };
    assert_eq!(service.settings().list_all(second).count().await, 2);

    let fake = Fake::steps(vec![refusal(404, "notFound")]);
    let items: Vec<_> = calendar(&fake).acl("p").list_all(AclQuery::default()).collect().await;
    assert_eq!(items.len(), 1);
    assert_eq!(items[0].as_ref().unwrap_err().kind(), &Kind::NotFound);
}

fn parts(bodies: &[(u16, Value)]) -> Step {
    let part = |(number, (status, body)): (usize, &(u16, Value))| {
        let text = if body.is_null() { String::new() } else { body.to_string() };
        format!(
            "--b\r\nContent-ID: <response-item-{number}>\r\n\r\nHTTP/1.1 {status} S\r\nContent-Length: {}\r\n\r\n{text}\r\n",
            text.len()
        )
    };
    let body = bodies.iter().enumerate().map(part).collect::<String>() + "--b--";
    Step::of(200, "multipart/mixed; boundary=b", &body)
}

#[tokio::test]
async fn events_in_a_batch() {
    let fake =
        Fake::steps(vec![parts(&[(200, json!({"id": "a"})), (200, json!({"id": "b"})), (200, json!({"id": "c"}))])]);
    let service = calendar(&fake);
    let events = service.events("p");
    let guarded = Write { if_match: Some("\"1\""), ..Write::default() };
    let patch = EventPatch { summary: "x".to_owned().into(), ..EventPatch::default() };
    let calls = vec![
        events.insert_request(&Event::default(), &Write::default()),
        events.patch_request("b", &patch, &guarded),
        events.get_request("c", &EventView::default()),
    ];
    let copies: Vec<_> = events.batch(calls).await.into_iter().map(|copy| copy.unwrap().event.id.unwrap()).collect();
    assert_eq!(copies, ["a", "b", "c"]);
    let body = &fake.seen()[0].body;
    assert!(
        body.contains("if-match: \"1\"\r\n") && body.contains("PATCH /calendar/v3/calendars/p/events/b?"),
        "{body}"
    );

    let fake =
        Fake::steps(vec![parts(&[(204, Value::Null), (410, json!({"error": {"errors": [{"reason": "deleted"}]}}))])]);
    let service = calendar(&fake);
    let calls = ["a", "b"].map(|id| service.events("p").delete_request(id, &Write::default()));
    let answers = service.batch::<serde::de::IgnoredAny>(calls.to_vec()).await;
    assert!(answers[0].is_ok() && answers[1].as_ref().unwrap_err().is_absent());
}
