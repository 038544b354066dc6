use serde_json::{Value, json};

use crate::support::{CALENDAR, Google, each, text, timed};

#[tokio::test]
async fn everybody_has_a_primary_calendar() {
    let google = Google::new().await;
    let ann = google.person("ann@example.com").await;
    let primary = ann.get("calendars/primary").await.ok();
    assert_eq!(
        (primary["id"].as_str(), primary["timeZone"].as_str()),
        (Some("ann@example.com"), Some("Europe/Prague"))
    );
    let list = ann.get("users/me/calendarList").await.ok();
    let entry = &list["items"][0];
    assert_eq!((entry["primary"].as_bool(), entry["accessRole"].as_str()), (Some(true), Some("owner")));
    assert_eq!(entry["conferenceProperties"]["allowedConferenceSolutionTypes"], json!(["hangoutsMeet"]));
    ann.delete("calendars/primary").await.refused(403, "cannotDeletePrimaryCalendar");
    ann.delete("users/me/calendarList/primary").await.refused(403, "cannotChangeOwnPrimarySubscription");
    ann.insert(timed("a", "2026-12-01", "09:00", "10:00")).await;
    assert_eq!(ann.post("calendars/primary/clear", Value::Null).await.status, 204);
    assert!(each(&ann.list("").await, "id").is_empty());
}

#[tokio::test]
async fn a_secondary_calendar_comes_and_goes() {
    let google = Google::new().await;
    let ann = google.person("ann@example.com").await;
    ann.post("calendars", json!({"description": "x"})).await.refused(400, "required");
    ann.post("calendars", json!({"summary": "x", "timeZone": "Nowhere"})).await.refused(400, "invalid");
    let calendar = ann.post("calendars", json!({"summary": "Team", "timeZone": "Asia/Taipei"})).await.ok();
    let id = text(&calendar, "id");
    assert!(id.starts_with("c_") && id.ends_with("@group.calendar.google.com"));
    assert_eq!(calendar["dataOwner"], "ann@example.com");
    let entry = ann.get(&format!("users/me/calendarList/{id}")).await.ok();
    assert_eq!((entry["summary"].as_str(), entry["accessRole"].as_str()), (Some("Team"), Some("owner")));
    let event = ann.post(&format!("calendars/{id}/events"), timed("a", "2026-12-01", "09:00", "10:00")).await.ok();
    assert_eq!(event["start"]["dateTime"], "2026-12-01T17:00:00+08:00");
    let patched = ann.patch(&format!("calendars/{id}"), json!({"description": "d"})).await.ok();
    assert_eq!((patched["summary"].as_str(), patched["description"].as_str()), (Some("Team"), Some("d")));
    let replaced = ann.put(&format!("calendars/{id}"), json!({"summary": "Crew"})).await.ok();
    assert!(replaced.get("description").is_none());
    ann.post(&format!("calendars/{id}/clear"), Value::Null).await.refused(400, "invalid");
    ann.delete(&format!("users/me/calendarList/{id}")).await.refused(403, "cannotUnsubscribeFromOwnedCalendar");
    let token = text(&ann.get("users/me/calendarList").await.ok(), "nextSyncToken");
    assert_eq!(ann.delete(&format!("calendars/{id}")).await.status, 204);
    ann.get(&format!("calendars/{id}")).await.refused(404, "notFound");
    ann.get(&format!("calendars/{id}/events")).await.refused(404, "notFound");
    let delta = ann.get(&format!("users/me/calendarList?syncToken={token}")).await.ok();
    assert_eq!((each(&delta, "id"), &delta["items"][0]["deleted"]), (vec![id], &json!(true)));
}

#[tokio::test]
async fn the_calendar_list_is_ones_own() {
    let google = Google::new().await;
    let (ann, bob) = (google.person("ann@example.com").await, google.person("bob@example.com").await);
    bob.post("users/me/calendarList", json!({"id": "ann@example.com"})).await.refused(404, "notFound");
    let rule = json!({"role": "reader", "scope": {"type": "domain", "value": "example.com"}});
    ann.get("calendars/primary").await.ok();
    ann.post("calendars/primary/acl", rule).await.ok();
    // Sharing alone puts nothing into somebody's list.
    assert_eq!(each(&bob.get("users/me/calendarList").await.ok(), "id"), ["bob@example.com"]);
    bob.post("users/me/calendarList", json!({"id": "ann@example.com", "colorId": "7"})).await.ok();
    let path = "users/me/calendarList/ann@example.com";
    let entry = bob.patch(path, json!({"summaryOverride": "Boss", "hidden": true})).await.ok();
    assert_eq!((entry["summaryOverride"].as_str(), entry["backgroundColor"].as_str()), (Some("Boss"), Some("#42d692")));
    let rgb = json!({"backgroundColor": "#123456", "foregroundColor": "#ffffff"});
    assert_eq!(bob.patch(path, rgb.clone()).await.ok()["backgroundColor"], "#42d692");
    assert_eq!(bob.patch(&format!("{path}?colorRgbFormat=true"), rgb).await.ok()["backgroundColor"], "#123456");
    bob.patch(path, json!({"colorId": "99"})).await.refused(400, "invalid");
    assert_eq!(each(&bob.get("users/me/calendarList").await.ok(), "id").len(), 1);
    let all = bob.get("users/me/calendarList?showHidden=true&maxResults=1").await.ok();
    let token = text(&all, "nextPageToken");
    let rest = bob.get(&format!("users/me/calendarList?showHidden=true&maxResults=1&pageToken={token}")).await.ok();
    assert_eq!((each(&all, "id").len(), each(&rest, "id").len()), (1, 1));
    assert!(all.get("nextSyncToken").is_none());
    assert_eq!(each(&bob.get("users/me/calendarList?showHidden=true&minAccessRole=writer").await.ok(), "id").len(), 1);
    let token = text(&rest, "nextSyncToken");
    for refused in ["minAccessRole=reader", "showOwnOrganizationOnly=true"] {
        assert_eq!(bob.get(&format!("users/me/calendarList?syncToken={token}&{refused}")).await.status, 400);
    }
    bob.get("users/me/calendarList?syncToken=bogus").await.refused(400, "invalid");
    ann.patch("calendars/primary", json!({"description": "read-only for bob"})).await.ok();
    assert!(each(&bob.get(&format!("users/me/calendarList?syncToken={token}")).await.ok(), "id").is_empty());
    ann.delete("calendars/primary/acl/domain:example.com").await;
    let delta = bob.get(&format!("users/me/calendarList?syncToken={token}")).await.ok();
    assert_eq!(delta["items"][0]["deleted"], true);
}

#[tokio::test]
async fn access_rules() {
    let google = Google::new().await;
    let (ann, bob) = (google.person("ann@example.com").await, google.person("bob@example.com").await);
    let list = ann.get("calendars/primary/acl").await.ok();
    assert_eq!(each(&list, "id"), ["user:ann@example.com"]);
    let token = text(&list, "nextSyncToken");
    for bad in [
        json!({"scope": {"type": "user", "value": "bob@example.com"}}),
        json!({"role": "king", "scope": {"type": "user", "value": "bob@example.com"}}),
        json!({"role": "reader", "scope": {"type": "user"}}),
        json!({"role": "owner", "scope": {"type": "default"}}),
    ] {
        assert_eq!(ann.post("calendars/primary/acl", bad.clone()).await.status, 400, "{bad}");
    }
    let rule = json!({"role": "reader", "scope": {"type": "user", "value": "bob@example.com"}});
    let made = ann.post("calendars/primary/acl", rule).await.ok();
    assert_eq!((made["id"].as_str(), made["role"].as_str()), (Some("user:bob@example.com"), Some("reader")));
    let path = "calendars/primary/acl/user:bob@example.com";
    assert_eq!(ann.patch(path, json!({"role": "writer"})).await.ok()["role"], "writer");
    bob.get("calendars/ann@example.com/acl").await.refused(403, "requiredAccessLevel");
    ann.patch("calendars/primary/acl/user:ann@example.com", json!({"role": "reader"}))
        .await
        .refused(403, "cannotChangeOwnerAcl");
    assert_eq!(ann.delete(path).await.status, 204);
    assert_eq!(ann.get(path).await.ok()["role"], "none");
    assert_eq!(each(&ann.get("calendars/primary/acl").await.ok(), "id").len(), 1);
    assert_eq!(each(&ann.get("calendars/primary/acl?showDeleted=true").await.ok(), "role").len(), 2);
    let delta = ann.get(&format!("calendars/primary/acl?syncToken={token}")).await.ok();
    assert_eq!(each(&delta, "role"), ["none"]);
}

#[tokio::test]
async fn whoever_may_do_more_is_told_by_mail() {
    let google = Google::new().await;
    let ann = google.person("ann@example.com").await;
    let rule = |role: &str, kind: &str, value: &str| json!({"role": role, "scope": {"type": kind, "value": value}});
    let mailed = async || {
        let mails = google.mails().await;
        google.control("DELETE", "mail", Value::Null).await;
        mails.into_iter().map(|(to, kind)| format!("{kind} {to}")).collect::<Vec<_>>()
    };
    let bobs = |role: &str| rule(role, "user", "bob@example.com");
    ann.post("calendars/primary/acl", bobs("reader")).await.ok();
    assert_eq!(mailed().await, ["acl bob@example.com"]);
    let path = "calendars/primary/acl/user:bob@example.com";
    ann.patch(path, json!({"role": "writer"})).await.ok();
    assert_eq!(mailed().await, ["acl bob@example.com"]);
    ann.patch(path, json!({"role": "writer"})).await.ok();
    ann.put(path, bobs("reader")).await.ok();
    ann.post("calendars/primary/acl?sendNotifications=false", bobs("writer")).await.ok();
    ann.delete(path).await;
    ann.post("calendars/primary/acl", rule("reader", "domain", "example.com")).await.ok();
    ann.post("calendars/primary/acl", rule("freeBusyReader", "default", "")).await.ok();
    assert_eq!(mailed().await, [""; 0], "nothing more, less, silently, or to nobody in particular");
    ann.post("calendars/primary/acl", rule("reader", "group", "team@example.com")).await.ok();
    assert_eq!(mailed().await, ["acl team@example.com"]);
}

#[tokio::test]
async fn groups_and_the_public_open_calendars_too() {
    let google = Google::new().await;
    let (ann, bob) = (google.person("ann@example.com").await, google.person("bob@example.com").await);
    google
        .control("POST", "users", json!({"email": "team@example.com", "kind": "group", "members": ["bob@example.com"]}))
        .await;
    ann.get("calendars/primary").await.ok();
    let rule = json!({"role": "reader", "scope": {"type": "group", "value": "team@example.com"}});
    ann.post("calendars/primary/acl", rule).await.ok();
    bob.get("calendars/ann@example.com/events").await.ok();
    let eve = google.person("eve@elsewhere.example").await;
    eve.get("calendars/ann@example.com/events").await.refused(404, "notFound");
    ann.post("calendars/primary/acl", json!({"role": "freeBusyReader", "scope": {"type": "default"}})).await.ok();
    assert_eq!(eve.get("calendars/ann@example.com/events").await.ok()["accessRole"], "freeBusyReader");
}

#[tokio::test]
async fn narrow_scopes_open_narrow_doors() {
    let google = Google::new().await;
    let (ann, bob) = (google.person("ann@example.com").await, google.person("bob@example.com").await);
    ann.insert(timed("a", "2026-12-01", "09:00", "10:00")).await;
    let rule = json!({"role": "writer", "scope": {"type": "user", "value": "bob@example.com"}});
    ann.post("calendars/primary/acl", rule).await.ok();
    bob.get("calendars/primary").await.ok();
    let scope = |name: &str| format!("{CALENDAR}.{name}");
    let owned = google.token("bob@example.com", &[&scope("events.owned")]).await;
    owned.get("calendars/primary/events").await.ok();
    owned.get("calendars/ann@example.com/events").await.refused(403, "insufficientPermissions");
    let busy = google.token("bob@example.com", &[&scope("events.freebusy")]).await;
    let list = busy.get("calendars/ann@example.com/events").await.ok();
    assert_eq!((list["accessRole"].as_str(), each(&list, "summary")), (Some("freeBusyReader"), vec![String::new()]));
    let app = google.token("bob@example.com", &[&scope("app.created")]).await;
    app.get("calendars/primary/events").await.refused(403, "insufficientPermissions");
    let own = text(&app.post("calendars", json!({"summary": "app"})).await.ok(), "id");
    app.post(&format!("calendars/{own}/events"), timed("b", "2026-12-01", "09:00", "10:00")).await.ok();
    let events = google.token("bob@example.com", &[&scope("events")]).await;
    let ask =
        json!({"timeMin": "2026-12-01T00:00:00Z", "timeMax": "2026-12-02T00:00:00Z", "items": [{"id": "primary"}]});
    events.post("freeBusy", ask).await.refused(403, "insufficientPermissions");
    let read = google.token("bob@example.com", &[&scope("events.readonly")]).await;
    read.post("calendars/primary/events", timed("b", "2026-12-01", "09:00", "10:00"))
        .await
        .refused(403, "insufficientPermissions");
}

#[tokio::test]
async fn free_busy_merges_and_answers_in_the_zone_asked_for() {
    let google = Google::new().await;
    let (ann, bob) = (google.person("ann@example.com").await, google.person("bob@example.com").await);
    ann.insert(timed("a", "2026-12-01", "09:00", "10:00")).await;
    ann.insert(timed("b", "2026-12-01", "09:30", "11:00")).await;
    ann.insert(timed("c", "2026-12-01", "11:00", "11:30")).await;
    let mut free = timed("free", "2026-12-01", "13:00", "14:00");
    free["transparency"] = json!("transparent");
    ann.insert(free).await;
    let mut declined = timed("declined", "2026-12-01", "15:00", "16:00");
    declined["attendees"] = json!([{"email": "ann@example.com", "responseStatus": "declined"}]);
    ann.insert(declined).await;
    let mut daily = timed("daily", "2026-11-30", "23:00", "23:30");
    daily["start"]["timeZone"] = json!("UTC");
    daily["recurrence"] = json!(["RRULE:FREQ=DAILY"]);
    ann.insert(daily).await;
    let ask = json!({
        "timeMin": "2026-12-01T09:15:00Z", "timeMax": "2026-12-02T00:00:00Z", "timeZone": "Europe/Prague",
        "items": [{"id": "ann@example.com"}, {"id": "primary"}, {"id": "nobody@example.com"}],
    });
    let answer = ann.post("freeBusy", ask.clone()).await.ok();
    let busy = json!([
        {"start": "2026-12-01T10:15:00+01:00", "end": "2026-12-01T12:30:00+01:00"},
        {"start": "2026-12-02T00:00:00+01:00", "end": "2026-12-02T00:30:00+01:00"},
    ]);
    assert_eq!(answer["calendars"]["ann@example.com"]["busy"], busy);
    assert_eq!(answer["calendars"]["primary"]["busy"], busy);
    assert_eq!(answer["calendars"]["nobody@example.com"]["errors"][0]["reason"], "notFound");
    assert_eq!(bob.post("freeBusy", ask).await.ok()["calendars"]["ann@example.com"]["errors"][0]["reason"], "notFound");
    let empty = json!({"timeMin": "2026-12-01T00:00:00Z", "timeMax": "2026-12-01T00:00:00Z", "items": []});
    ann.post("freeBusy", empty).await.refused(400, "timeRangeEmpty");
}

#[tokio::test]
async fn settings_and_colours_are_there() {
    let google = Google::new().await;
    let ann = google.person("ann@example.com").await;
    assert_eq!(ann.get("users/me/settings/timezone").await.ok()["value"], "Europe/Prague");
    ann.get("users/me/settings/nothing").await.refused(404, "notFound");
    let list = ann.get("users/me/settings").await.ok();
    assert!(each(&list, "id").contains(&"locale".to_owned()));
    let token = text(&list, "nextSyncToken");
    assert!(each(&ann.get(&format!("users/me/settings?syncToken={token}")).await.ok(), "id").is_empty());
    let colors = ann.get("colors").await.ok();
    assert_eq!((colors["event"].as_object().unwrap().len(), colors["calendar"].as_object().unwrap().len()), (11, 24));
}

#[tokio::test]
async fn an_administrator_transfers_a_calendar() {
    let google = Google::new().await;
    let (ann, bob) = (google.person("ann@example.com").await, google.person("bob@example.com").await);
    let id = text(&ann.post("calendars", json!({"summary": "Team"})).await.ok(), "id");
    let path = format!("calendars/{id}/transferOwnership?newDataOwner=bob@example.com&useAdminAccess=true");
    ann.post(&path, Value::Null).await.refused(403, "forbidden");
    google.control("POST", "users", json!({"email": "ann@example.com", "admin": true})).await;
    assert_eq!(ann.post(&path, Value::Null).await.status, 204);
    assert_eq!(bob.get(&format!("calendars/{id}")).await.ok()["dataOwner"], "bob@example.com");
}
