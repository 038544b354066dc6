//! How each service refuses when a limit is reached, and that the library knows it for what it is.

use portico_google::{
    Error, Kind,
    calendar::{self, Calendar, SearchQuery},
    directory::{self, Directory, UserQuery},
    drive::{self, Drive, FileQuery},
    gmail::{self, Gmail, MessageQuery},
    meet::{self, ListQuery, Meet},
    people::{self, ConnectionsQuery, People},
    quota,
};
use serde_json::{Value, json};

use crate::google::Google;

const ANN: &str = "ann@example.test";

/// Fills the meter of a service and asks once more: what the library makes of it, and what was answered to the letter.
async fn over(google: &Google, meter: &str, scope: &str, address: &str) -> (u16, Value) {
    google.put("quota", json!({format!("{meter}_per_minute_per_user"): 0})).await;
    let token = google.token(ANN, &[scope]).await;
    google.ask(&token, "GET", address, Value::Null).await
}

fn is_limit(error: &Error) -> bool {
    error.kind() == &Kind::RateLimited
}

#[tokio::test]
async fn each_service_words_its_limits_in_its_own_form() {
    let google = Google::with(&[ANN]).await;
    google.control("users", json!({"email": ANN, "admin": true})).await;
    // The older form: 403 with the domain `usageLimits`.
    let legacy = [
        ("calendar", calendar::scopes::CALENDAR, "www.googleapis.com/calendar/v3/colors", "userRateLimitExceeded"),
        ("drive", drive::scopes::DRIVE, "www.googleapis.com/drive/v3/files", "userRateLimitExceeded"),
        (
            "admin",
            directory::scopes::USERS,
            "admin.googleapis.com/admin/directory/v1/users?customer=my_customer",
            "userRateLimitExceeded",
        ),
        ("gmail", gmail::scopes::MAIL, "gmail.googleapis.com/gmail/v1/users/me/profile", "rateLimitExceeded"),
    ];
    for (meter, scope, address, reason) in legacy {
        let (status, answer) = over(&google, meter, scope, address).await;
        let error = &answer["error"]["errors"][0];
        assert_eq!(
            (status, &error["domain"], &error["reason"]),
            (403, &json!("usageLimits"), &json!(reason)),
            "{meter}"
        );
    }
    // That of google.rpc: 429.
    let rpc = [
        ("people", people::scopes::CONTACTS, "people.googleapis.com/v1/contactGroups"),
        ("meet", meet::scopes::SPACE_CREATED, "meet.googleapis.com/v2/conferenceRecords"),
    ];
    for (meter, scope, address) in rpc {
        let (status, answer) = over(&google, meter, scope, address).await;
        assert_eq!((status, &answer["error"]["status"]), (429, &json!("RESOURCE_EXHAUSTED")), "{meter}");
        assert_eq!(answer["error"]["details"][0]["reason"], "RATE_LIMIT_EXCEEDED", "{meter}");
        assert!(answer["error"]["errors"].is_null(), "{meter}");
    }
}

#[tokio::test]
async fn a_limit_of_anti_abuse_is_told_from_one_of_rate_and_a_bare_day_from_a_minute() {
    let google = Google::with(&[ANN]).await;
    let token = google.token(ANN, &[calendar::scopes::CALENDAR]).await;
    google.put("quota", json!({"calendar_per_day": 1})).await;
    let colors = "www.googleapis.com/calendar/v3/colors";
    assert_eq!(google.ask(&token, "GET", colors, Value::Null).await.0, 200);
    let (status, answer) = google.ask(&token, "GET", colors, Value::Null).await;
    assert_eq!((status, &answer["error"]["errors"][0]["reason"]), (403, &json!("dailyLimitExceeded")));
    google.put("quota", json!({"calendar_per_day": 1000, "calendar_guests_per_event": 1})).await;
    let event = json!({"start": {"date": "2026-12-01"}, "end": {"date": "2026-12-02"},
        "attendees": [{"email": "a@x.test"}, {"email": "b@x.test"}]});
    let (status, answer) =
        google.ask(&token, "POST", "www.googleapis.com/calendar/v3/calendars/primary/events", event).await;
    let error = &answer["error"]["errors"][0];
    assert_eq!((status, &error["reason"], &error["domain"]), (403, &json!("quotaExceeded"), &json!("usageLimits")));
}

#[test]
fn the_library_counts_what_a_method_costs_as_the_sandbox_does() {
    let mut checked = 0;
    // Meet's writes are counted apart by Google, and as more than one read by the library.
    for (method, cost) in portico_sandbox::costs().filter(|(method, _)| !method.starts_with("meet.")) {
        assert_eq!(quota::cost(method), cost, "{method}");
        checked += 1;
    }
    assert!(checked > 150, "{checked}");
    assert_eq!(quota::cost("calendar.events.patch"), 3);
}

#[tokio::test]
async fn the_library_waits_for_every_one_of_them() {
    let google = Google::with(&[ANN]).await;
    google.control("users", json!({"email": ANN, "admin": true})).await;
    let all = [
        calendar::scopes::CALENDAR,
        drive::scopes::DRIVE,
        directory::scopes::USERS,
        gmail::scopes::MAIL,
        people::scopes::CONTACTS,
        meet::scopes::SPACE_CREATED,
    ];
    let client = google.client(ANN, &all).await;
    for meter in ["calendar", "drive", "admin", "gmail", "people", "meet"] {
        google.put("quota", json!({format!("{meter}_per_minute_per_user"): 0})).await;
    }
    let refused = [
        client.service::<Calendar>().events("primary").list(SearchQuery::new()).await.map(drop),
        client.service::<Drive>().files().list(&FileQuery::default()).await.map(drop),
        client.service::<Directory>().users().list(&UserQuery::default()).await.map(drop),
        client.service::<Gmail>().messages().list(&MessageQuery::default()).await.map(drop),
        client.service::<People>().connections().list(&ConnectionsQuery::full_sync()).await.map(drop),
        client.service::<Meet>().conference_records().list(&ListQuery::default()).await.map(drop),
    ];
    for refused in refused {
        let error = refused.unwrap_err();
        assert!(is_limit(&error), "{error}");
    }
}
