//! Each refusal that Google is known for, with its status, reason and domain. What the token endpoint refuses is in the
//! sandbox's own tests.

use portico_google::{
    calendar::scopes as calendar,
    directory,
    drive::{self, Drive, File},
    gmail,
};
use serde_json::{Value, json};

use crate::google::Google;

const ANN: &str = "ann@example.test";
const BOB: &str = "bob@example.test";
const EVENTS: &str = "www.googleapis.com/calendar/v3/calendars/primary/events";
const CALENDARS: &str = "www.googleapis.com/calendar/v3/calendars";
const ENTRIES: &str = "www.googleapis.com/calendar/v3/users/me/calendarList";

/// A call, and what is answered to it: status, reason, domain, and what it is about.
type Row<'a> = (&'a str, String, Value, (u16, &'static str, &'static str, Option<&'static str>));

async fn hold(google: &Google, token: &str, rows: Vec<Row<'_>>) {
    let mut wrong = Vec::new();
    for (verb, address, body, expected) in rows {
        let (status, answer) = google.ask(token, verb, &address, body.clone()).await;
        let first = &answer["error"]["errors"][0];
        let text = |key: &str| first[key].as_str().unwrap_or_default();
        let seen = (status, text("reason"), text("domain"), first["location"].as_str());
        if seen != expected || answer["error"]["code"] != status || answer["error"]["message"].as_str().is_none() {
            wrong.push(format!("{verb} {address} {body}: {seen:?} instead of {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn days(first: &str, after: &str) -> Value {
    json!({"start": {"date": first}, "end": {"date": after}})
}

fn with(mut body: Value, more: Value) -> Value {
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

async fn made(google: &Google, token: &str, address: &str, body: Value) -> Value {
    let (status, answer) = google.ask(token, "POST", address, body).await;
    assert_eq!(status, 200, "{address}: {answer}");
    answer
}

#[tokio::test]
async fn calendar_refuses_as_google_does() {
    let google = Google::with(&[ANN, BOB, "off@example.test"]).await;
    google.control("users", json!({"email": "off@example.test", "without_calendar": true})).await;
    let (ann, bob) = (google.token(ANN, &[calendar::CALENDAR]).await, google.token(BOB, &[calendar::CALENDAR]).await);
    let day = || days("2026-12-01", "2026-12-02");
    let second = made(&google, &ann, CALENDARS, json!({"summary": "Second"})).await["id"].as_str().unwrap().to_owned();
    let rule = |role: &str| json!({"role": role, "scope": {"type": "user", "value": BOB}});
    made(&google, &ann, &format!("{CALENDARS}/{second}/acl"), rule("owner")).await;
    made(&google, &ann, &format!("{CALENDARS}/primary/acl"), rule("reader")).await;
    made(&google, &ann, EVENTS, with(day(), json!({"id": "gone0"}))).await;
    google.ask(&ann, "DELETE", &format!("{EVENTS}/gone0"), Value::Null).await;
    let zoned = |at: &str| json!({"dateTime": at, "timeZone": "Europe/Prague"});
    let series = json!({"id": "series0", "recurrence": ["RRULE:FREQ=DAILY;COUNT=3"],
        "start": zoned("2026-12-01T10:00:00"), "end": zoned("2026-12-01T11:00:00")});
    made(&google, &ann, EVENTS, series).await;
    made(&google, &bob, EVENTS, with(day(), json!({"id": "bobs0", "attendees": [{"email": ANN}]}))).await;
    google.ask(&ann, "POST", &format!("{EVENTS}/watch"), hook("taken", "https://portal.example/hook")).await;

    let ev = |rest: &str| format!("{EVENTS}{rest}");
    let about = |name| Some(name);
    hold(
        &google,
        &ann,
        vec![
            (
                "GET",
                ev("?timeMin=2026-12-02T00:00:00Z&timeMax=2026-12-01T00:00:00Z"),
                Value::Null,
                (400, "timeRangeEmpty", "calendar", about("timeMax")),
            ),
            ("POST", ev(""), days("2026-12-02", "2026-12-01"), (400, "timeRangeEmpty", "calendar", about("timeMax"))),
            ("GET", ev("?syncToken=bogus"), Value::Null, (400, "invalid", "global", about("syncToken"))),
            ("GET", ev("?orderBy=startTime"), Value::Null, (400, "invalid", "global", about("orderBy"))),
            ("POST", ev(""), json!({"start": {"date": "2026-12-01"}}), (400, "required", "global", None)),
            (
                "POST",
                ev(""),
                json!({"start": {"date": "2026-12-01"}, "end": {"dateTime": "2026-12-01T10:00:00Z"}}),
                (400, "invalid", "global", None),
            ),
            (
                "POST",
                ev(""),
                json!({"start": {"dateTime": "2026-12-01T10:00:00Z"}, "end": {"dateTime": "2026-12-01T11:00:00Z"},
                    "recurrence": ["RRULE:FREQ=DAILY"]}),
                (400, "required", "global", None),
            ),
            (
                "POST",
                ev(""),
                days("2026-12-01", "2226-12-01"),
                (400, "eventDurationExceedsLimit", "calendar", None),
            ),
            (
                "POST",
                ev(""),
                with(
                    days("2026-12-01", "2026-12-03"),
                    json!({"eventType": "workingLocation", "workingLocationProperties": {"type": "homeOffice", "homeOffice": {}}}),
                ),
                (400, "malformedWorkingLocationEvent", "calendar", None),
            ),
            (
                "POST",
                ev(""),
                with(day(), json!({"eventType": "focusTime", "focusTimeProperties": {}})),
                (400, "eventTypeRestriction", "calendar", None),
            ),
            (
                "POST",
                ev(&format!("/bobs0/move?destination={second}")),
                Value::Null,
                (400, "cannotChangeOrganizer", "calendar", None),
            ),
            (
                "POST",
                ev(&format!("/series0_20261202T090000Z/move?destination={second}")),
                Value::Null,
                (400, "cannotChangeOrganizerOfInstance", "calendar", None),
            ),
            (
                "POST",
                ev("/import"),
                with(day(), json!({"iCalUID": "x@y", "organizer": {"email": "z@elsewhere.test"}})),
                (400, "participantIsNeitherOrganizerNorAttendee", "calendar", None),
            ),
            (
                "POST",
                ev("/watch"),
                hook("a", "http://portal.example/hook"),
                (400, "push.webhookUrlNotHttps", "global", None),
            ),
            (
                "POST",
                ev("/watch"),
                with(hook("a", "https://portal.example/hook"), json!({"type": "pigeon"})),
                (400, "push.channelTypeNotSupported", "global", None),
            ),
            (
                "POST",
                ev("/watch"),
                hook("taken", "https://portal.example/hook"),
                (400, "channelIdNotUnique", "global", None),
            ),
            ("PUT", ev("/bobs0"), with(day(), json!({"summary": "Mine"})), (403, "forbiddenForNonOrganizer", "calendar", None)),
            ("DELETE", format!("{CALENDARS}/primary"), Value::Null, (403, "cannotDeletePrimaryCalendar", "calendar", None)),
            (
                "PATCH",
                format!("{CALENDARS}/primary/acl/user:{ANN}"),
                json!({"role": "reader"}),
                (403, "cannotChangeOwnerAcl", "calendar", None),
            ),
            (
                "PATCH",
                format!("{CALENDARS}/{second}/acl/user:{ANN}"),
                json!({"role": "reader"}),
                (403, "cannotModifyAclOfCalendarOwner", "calendar", None),
            ),
            (
                "DELETE",
                format!("{ENTRIES}/{second}"),
                Value::Null,
                (403, "cannotUnsubscribeFromOwnedCalendar", "calendar", None),
            ),
            (
                "DELETE",
                format!("{ENTRIES}/primary"),
                Value::Null,
                (403, "cannotChangeOwnPrimarySubscription", "calendar", None),
            ),
            ("GET", format!("{CALENDARS}/nobody@example.test/events"), Value::Null, (404, "notFound", "global", None)),
            ("GET", ev("/none0"), Value::Null, (404, "notFound", "global", None)),
            ("POST", ev(""), with(day(), json!({"id": "gone0"})), (409, "duplicate", "global", None)),
            (
                "GET",
                ev("?updatedMin=2025-01-01T00:00:00Z"),
                Value::Null,
                (410, "updatedMinTooLongAgo", "calendar", about("updatedMin")),
            ),
            ("DELETE", ev("/gone0"), Value::Null, (410, "deleted", "global", None)),
        ],
    )
    .await;
    let reader = format!("{CALENDARS}/{ANN}/events");
    hold(
        &google,
        &bob,
        vec![
            ("POST", reader, day(), (403, "requiredAccessLevel", "calendar", None)),
            (
                "DELETE",
                format!("{CALENDARS}/{second}/acl/user:{BOB}"),
                Value::Null,
                (403, "cannotChangeOwnAcl", "calendar", None),
            ),
        ],
    )
    .await;

    let guarded =
        google.ask_with(&ann, "PATCH", &ev("/series0"), &[("if-match", "\"1\"")], json!({"summary": "x"})).await;
    let first = &guarded.1["error"]["errors"][0];
    assert_eq!(
        (guarded.0, &first["reason"], &first["domain"], &first["locationType"], &first["location"]),
        (412, &json!("conditionNotMet"), &json!("global"), &json!("header"), &json!("If-Match"))
    );
    let (_, listed) = google.ask(&ann, "GET", EVENTS, Value::Null).await;
    google.control("sync-tokens", json!({"expire": true})).await;
    let stale = ev(&format!("?syncToken={}", listed["nextSyncToken"].as_str().unwrap()));
    hold(&google, &ann, vec![("GET", stale, Value::Null, (410, "fullSyncRequired", "calendar", about("syncToken")))])
        .await;

    let reading = google.token(ANN, &[calendar::CALENDAR_READONLY]).await;
    hold(&google, &reading, vec![("POST", ev(""), day(), (403, "insufficientPermissions", "global", None))]).await;
    let off = google.token("off@example.test", &[calendar::CALENDAR]).await;
    hold(&google, &off, vec![("GET", ENTRIES.to_owned(), Value::Null, (403, "notACalendarUser", "calendar", None))])
        .await;
    let bogus = (401, "authError", "global", about("Authorization"));
    hold(&google, "bogus", vec![("GET", ev(""), Value::Null, bogus)]).await;
}

fn hook(id: &str, address: &str) -> Value {
    json!({"id": id, "type": "web_hook", "address": address})
}

#[tokio::test]
async fn calendar_limits_what_one_person_does() {
    let google = Google::with(&[ANN]).await;
    let ann = google.token(ANN, &[calendar::CALENDAR]).await;
    let day = || days("2026-12-01", "2026-12-02");
    let quota = (403, "quotaExceeded", "usageLimits", None);
    let limits = [("calendar_new_calendars", 1), ("calendar_new_events", 2), ("calendar_external_mails", 3)];
    for (name, limit) in limits {
        google.put("quota", json!({name: limit})).await;
    }
    made(&google, &ann, CALENDARS, json!({"summary": "One"})).await;
    hold(&google, &ann, vec![("POST", CALENDARS.to_owned(), json!({"summary": "Two"}), quota)]).await;
    let strangers =
        |count: usize| (0..count).map(|n| json!({"email": format!("s{n}@elsewhere.test")})).collect::<Vec<_>>();
    let mailing = format!("{EVENTS}?sendUpdates=all");
    made(&google, &ann, &mailing, with(day(), json!({"attendees": strangers(2)}))).await;
    hold(&google, &ann, vec![("POST", mailing, with(day(), json!({"attendees": strangers(2)})), quota)]).await;
    // Without mails it is an event like any other, of which one is left.
    made(&google, &ann, EVENTS, with(day(), json!({"attendees": strangers(2)}))).await;
    hold(&google, &ann, vec![("POST", EVENTS.to_owned(), day(), quota)]).await;
    for (limit, reason) in [
        ("calendar_per_minute_per_user", "userRateLimitExceeded"),
        ("calendar_per_minute", "rateLimitExceeded"),
        ("calendar_per_day", "dailyLimitExceeded"),
    ] {
        google.put("quota", json!({limit: 0})).await;
        hold(&google, &ann, vec![("GET", EVENTS.to_owned(), Value::Null, (403, reason, "usageLimits", None))]).await;
        google.put("quota", json!({limit: 10_000})).await;
    }
}

#[tokio::test]
async fn some_hosts_take_no_push_messages() {
    let google = Google::with(&[ANN]).await;
    let client = json!({"client_id": "app.apps.googleusercontent.com", "foreign_hosts": ["elsewhere.example"]});
    google.control("clients", client).await;
    let wish = json!({"account": ANN, "client": "app.apps.googleusercontent.com", "scopes": [calendar::CALENDAR]});
    let token = google.control("tokens", wish).await["access_token"].as_str().unwrap().to_owned();
    let watch = format!("{EVENTS}/watch");
    let refused = (401, "push.webhookUrlUnauthorized", "global", None);
    hold(&google, &token, vec![("POST", watch.clone(), hook("a", "https://elsewhere.example/hook"), refused)]).await;
    made(&google, &token, &watch, hook("a", "https://portal.example/hook")).await;
}

#[tokio::test]
async fn a_free_busy_query_is_refused_in_parts() {
    let google = Google::with(&[ANN, BOB]).await;
    let ann = google.token(ANN, &[calendar::CALENDAR]).await;
    google.control("users", json!({"email": "team@example.test", "kind": "group", "members": [ANN, BOB]})).await;
    let ask = async |more: Value| {
        let query = with(json!({"timeMin": "2026-12-01T00:00:00Z", "timeMax": "2026-12-02T00:00:00Z"}), more);
        made(&google, &ann, "www.googleapis.com/calendar/v3/freeBusy", query).await
    };
    let group = ask(json!({"groupExpansionMax": 1, "items": [{"id": "team@example.test"}]})).await;
    let failed = |reason: &str| json!([{"domain": "global", "reason": reason}]);
    assert_eq!(group["groups"]["team@example.test"]["errors"], failed("groupTooBig"));
    let items = json!([{"id": ANN}, {"id": BOB}, {"id": "x@elsewhere.test"}]);
    let two = ask(json!({"calendarExpansionMax": 2, "items": items})).await;
    assert_eq!(two["calendars"]["x@elsewhere.test"]["errors"], failed("tooManyCalendarsRequested"));
    assert_eq!(two["calendars"][ANN]["busy"], json!([]));
    let three = ask(json!({"items": items})).await;
    assert_eq!(three["calendars"]["x@elsewhere.test"]["errors"], failed("notFound"));
}

#[tokio::test]
async fn mail_files_and_accounts_are_refused_as_google_does() {
    let google = Google::with(&[ANN, BOB]).await;
    google.control("users", json!({"email": ANN, "admin": true})).await;
    let all = [gmail::scopes::MAIL, drive::scopes::DRIVE, directory::scopes::USERS, directory::scopes::GROUPS];
    let (ann, bob) = (google.token(ANN, &all).await, google.token(BOB, &all).await);
    let mail = |rest: &str| format!("gmail.googleapis.com/gmail/v1/users/{rest}");
    let file = |rest: &str| format!("www.googleapis.com/drive/v3/files{rest}");
    let accounts = |rest: &str| format!("admin.googleapis.com/admin/directory/v1/{rest}");

    made(&google, &ann, &mail("me/labels"), json!({"name": "taken"})).await;
    let draft = |text: &str| {
        let raw = base64::Engine::encode(&base64::prelude::BASE64_URL_SAFE, text);
        json!({ "raw": raw })
    };
    let nobody = draft("Subject: x\r\n\r\nx");
    let library: Drive = google.client(ANN, &[drive::scopes::DRIVE]).await.service();
    let files = library.files();
    let named = |name: &str, kind: Option<&str>| File {
        name: Some(name.into()),
        mime_type: kind.map(str::to_owned),
        ..File::default()
    };
    let plain = files.create_with_content(&named("plain", None), "text/plain", b"x").await.unwrap().id.unwrap();
    let document = named("document", Some("application/vnd.google-apps.document"));
    let document = files.create_with_content(&document, "text/plain", b"x").await.unwrap().id.unwrap();
    let large = named("large", Some("application/vnd.google-apps.document"));
    let large = files.create_with_content(&large, "text/plain", &vec![b'x'; (10 << 20) + 1]).await.unwrap().id.unwrap();
    let reader = json!({"type": "user", "role": "reader", "emailAddress": BOB});
    made(&google, &ann, &file(&format!("/{plain}/permissions")), reader).await;
    let group = |name: &str| json!({"email": name, "name": "Team"});
    made(&google, &ann, &accounts("groups"), group("team@example.test")).await;
    made(&google, &ann, &accounts("groups/team@example.test/members"), json!({"email": BOB, "role": "MEMBER"})).await;

    hold(
        &google,
        &ann,
        vec![
            ("POST", mail("me/messages/send"), nobody, (400, "invalidArgument", "global", None)),
            ("POST", mail("me/labels"), json!({"name": "taken"}), (409, "duplicate", "global", None)),
            ("GET", mail("me/messages/0"), Value::Null, (404, "notFound", "global", None)),
            ("GET", mail(&format!("{BOB}/profile")), Value::Null, (403, "forbidden", "global", None)),
            ("GET", file("/nothing"), Value::Null, (404, "notFound", "global", Some("fileId"))),
            ("GET", file("?q=colour"), Value::Null, (400, "invalid", "global", Some("q"))),
            (
                "GET",
                file(&format!("/{plain}/export?mimeType=text/plain")),
                Value::Null,
                (403, "fileNotExportable", "global", Some("fileId")),
            ),
            (
                "GET",
                file(&format!("/{large}/export?mimeType=text/plain")),
                Value::Null,
                (403, "exportSizeLimitExceeded", "global", None),
            ),
            (
                "GET",
                file(&format!("/{document}?alt=media")),
                Value::Null,
                (403, "fileNotDownloadable", "global", Some("alt")),
            ),
            (
                "PATCH",
                file(&format!("/{plain}")),
                json!({"parents": ["root"]}),
                (403, "fieldNotWritable", "global", None),
            ),
            (
                "POST",
                accounts("users"),
                json!({"primaryEmail": BOB, "name": {"givenName": "B", "familyName": "B"}, "password": "a long one"}),
                (409, "duplicate", "global", None),
            ),
            ("POST", accounts("groups"), group("team@example.test"), (409, "duplicate", "global", None)),
            (
                "POST",
                accounts(&format!("users/{ANN}/aliases")),
                json!({"alias": BOB}),
                (409, "duplicate", "global", None),
            ),
            (
                "POST",
                accounts("groups/team@example.test/members"),
                json!({"email": BOB, "role": "MEMBER"}),
                (409, "duplicate", "global", None),
            ),
            ("GET", accounts("users/nobody@example.test"), Value::Null, (404, "notFound", "global", None)),
        ],
    )
    .await;
    let rename = json!({"name": "Mine"});
    hold(
        &google,
        &bob,
        vec![
            ("PATCH", file(&format!("/{plain}")), rename, (403, "insufficientFilePermissions", "global", None)),
            ("GET", file(&format!("/{document}")), Value::Null, (404, "notFound", "global", Some("fileId"))),
            ("GET", accounts("users?customer=my_customer"), Value::Null, (403, "forbidden", "global", None)),
        ],
    )
    .await;
}

#[tokio::test]
async fn any_error_can_be_asked_for_and_looks_like_googles() {
    let google = Google::with(&[ANN]).await;
    let ann = google.token(ANN, &[calendar::CALENDAR]).await;
    for (status, reason, domain) in [
        (403, "rateLimitExceeded", "usageLimits"),
        (403, "userRateLimitExceeded", "usageLimits"),
        (403, "quotaExceeded", "usageLimits"),
        (403, "forbidden", "global"),
        (409, "conflict", "global"),
        (429, "rateLimitExceeded", "usageLimits"),
        (500, "backendError", "global"),
        (503, "serviceUnavailable", "global"),
    ] {
        google.control("faults", json!({"answers": [[status, reason]]})).await;
        hold(&google, &ann, vec![("GET", EVENTS.to_owned(), Value::Null, (status, reason, domain, None))]).await;
    }
}
