//! How much of colleagues' calendars a role shows: nothing but busy, a team's, everything below, everybody's.

use serde_json::{Value, json};

use crate::portal::{ADMINISTRATOR, ANNA, DAVID, Portal, User};

/// Works in a department below the one that David heads.
const XIAOMING: &str = "xiaoming.wang@acme.example";
/// Heads the department above David's.
const TOMAS: &str = "tomas.kucera@acme.example";

const WINDOW: &str = "from=2026-12-07T00:00:00Z&to=2026-12-14T00:00:00Z";

/// An event of somebody's: its id and its calendar.
async fn make(user: &User<'_>, title: &str) -> (String, String) {
    let body = json!({
        "title": title, "use_google_meet": false,
        "start_time": "2026-12-08T10:00:00+01:00", "end_time": "2026-12-08T11:00:00+01:00",
    });
    let made = user.post("/calendar/events", body).await.expect(201).json;
    (made["id"].as_str().unwrap().to_owned(), made["calendar_id"].as_str().unwrap().to_owned())
}

/// Whether a person sees details of an event, in every way in which it can be asked for; all ways must agree.
async fn sees(user: &User<'_>, (id, calendar): &(String, String), title: &str) -> bool {
    let listed = user.get(&format!("/calendar/events?{WINDOW}&calendar={calendar}")).await.expect(200).json;
    let details = listed["items"].as_array().unwrap().iter().any(|item| item["title"] == title);
    let by_id = user.get(&format!("/calendar/events/{id}")).await;
    assert_eq!(by_id.status.as_u16(), if details { 200 } else { 404 }, "{}", by_id.text);
    let calendars = user.get("/calendar/calendars").await.expect(200).json;
    let shown = calendars["items"].as_array().unwrap().iter().any(|one| one["id"] == json!(calendar));
    assert_eq!(shown, details, "the list of calendars agrees with what is seen");
    details
}

/// Gives everybody who is an employee the calendar with this reach.
async fn grant(portal: &Portal, read: &str, write: &str) {
    let administrator = portal.user(ADMINISTRATOR).await;
    let roles = administrator.get("/roles").await.json["items"].as_array().unwrap().clone();
    let role = roles.iter().find(|role| role["name"] == "Employee").unwrap()["id"].as_str().unwrap();
    let grants = json!({"grants": [
        {"function": "calendar", "action": "read", "scope": read},
        {"function": "calendar", "action": "write", "scope": write},
    ]});
    administrator.put(&format!("/roles/{role}/grants"), grants).await.expect(200);
}

#[tokio::test]
async fn a_role_shows_as_much_of_colleagues_as_its_scope_says() {
    for portal in Portal::each().await {
        let (anna, xiaoming) = (portal.user(ANNA).await, portal.user(XIAOMING).await);
        let (of_anna, of_xiaoming) = (make(&anna, "Anna's").await, make(&xiaoming, "Xiaoming's").await);
        for (scope, david, tomas, equal) in [
            ("self", [false, false], [false, false], false),
            ("team", [true, false], [false, false], false),
            ("subtree", [true, true], [true, true], false),
            ("company", [true, true], [true, true], true),
        ] {
            grant(&portal, scope, "self").await;
            for (email, expect) in [(DAVID, david), (TOMAS, tomas)] {
                let head = portal.user(email).await;
                let seen = [sees(&head, &of_anna, "Anna's").await, sees(&head, &of_xiaoming, "Xiaoming's").await];
                assert_eq!(seen, expect, "{email} with {scope}");
                // Busy is for everybody, and is never more than busy.
                let body =
                    json!({"emails": [ANNA, XIAOMING], "from": "2026-12-08T00:00:00Z", "to": "2026-12-09T00:00:00Z"});
                let busy = head.post("/calendar/free-busy", body).await.expect(200);
                for person in busy.json["items"].as_array().unwrap() {
                    assert_eq!(person["busy"].as_array().unwrap().len(), 1, "{busy:?}");
                }
                assert!(!busy.text.contains("Anna's"));
            }
            // Who heads nothing reaches nobody but by "company".
            assert_eq!(sees(&portal.user(ANNA).await, &of_xiaoming, "Xiaoming's").await, equal, "{scope}");
        }
    }
}

#[tokio::test]
async fn writing_reaches_as_far_as_its_own_scope() {
    for portal in Portal::each().await {
        let (anna, xiaoming) = (portal.user(ANNA).await, portal.user(XIAOMING).await);
        let (of_anna, of_xiaoming) = (make(&anna, "Anna's").await, make(&xiaoming, "Xiaoming's").await);
        grant(&portal, "subtree", "team").await;
        let david = portal.user(DAVID).await;
        let path = |id: &str| format!("/calendar/events/{id}");
        david.patch(&path(&of_anna.0), json!({"location": "Vltava"})).await.expect(200);
        let refused = david.patch(&path(&of_xiaoming.0), json!({"location": "Vltava"})).await.expect(409).json;
        assert_eq!(refused["reason"], "read_only");
        assert_eq!(anna.get(&path(&of_anna.0)).await.expect(200).json["location"], "Vltava");
        // Changes are told to those who may see them.
        let page = david.get("/changes?cursor=0&limit=500").await.expect(200).json;
        let told = |id: &str| page["items"].as_array().unwrap().iter().any(|item| item["event_id"] == json!(id));
        assert!(told(&of_anna.0) && told(&of_xiaoming.0));
        let lucies: Value =
            portal.user(crate::portal::WITHOUT_GOOGLE).await.get("/changes?cursor=0&limit=500").await.json;
        assert!(!lucies.to_string().contains(&of_anna.0));
    }
}

/// Changing and deleting reach no further than seeing: what is private is its owner's, however far a role writes.
#[tokio::test]
async fn a_private_event_is_nobodys_to_change_or_delete_but_its_owners() {
    for portal in Portal::each().await {
        grant(&portal, "company", "company").await;
        let (anna, david) = (portal.user(ANNA).await, portal.user(DAVID).await);
        let own = make(&david, "David's").await.1;
        let (secret, _) = make(&anna, "Doktor").await;
        let path = format!("/calendar/events/{secret}");
        anna.patch(&path, json!({"visibility": "private", "location": "Ordinace"})).await.expect(200);
        let before = anna.get(&path).await.expect(200).json;
        assert_eq!(david.get(&path).await.expect(200).json["busy_only"], true);
        for body in [
            json!({"calendar_id": own}),
            json!({"title": "x"}),
            json!({"color": "3"}),
            json!({"visibility": "default"}),
        ] {
            let refused = david.patch(&path, body).await.expect(404);
            assert!(!refused.text.contains("Doktor"), "{}", refused.text);
        }
        let stale = david.ask_with(http::Method::DELETE, &path, Value::Null, &[("if-match", "\"x\"")]).await;
        stale.expect(404);
        david.delete(&path).await.expect(404);
        assert_eq!(anna.get(&path).await.expect(200).json, before);
        anna.delete(&path).await.expect(200);
        david.post(&format!("{path}/undo"), Value::Null).await.expect(404);
        assert_eq!(anna.post(&format!("{path}/undo"), Value::Null).await.expect(200).json["title"], "Doktor");

        // Of a series that is open with one private occurrence, that one is closed, and stays where it is.
        let series = json!({
            "title": "Porada", "use_google_meet": false, "recurrence": ["RRULE:FREQ=DAILY;COUNT=3"],
            "start_time": "2026-12-08T14:00:00+01:00", "end_time": "2026-12-08T15:00:00+01:00",
            "time_zone": "Europe/Prague",
        });
        let id = anna.post("/calendar/events", series).await.expect(201).json["id"].as_str().unwrap().to_owned();
        let day = |day: u8| format!("/calendar/events/{id}_202612{day:02}T130000Z");
        anna.patch(&day(9), json!({"title": "Pohovor", "visibility": "private"})).await.expect(200);
        david.patch(&day(9), json!({"title": "x"})).await.expect(404);
        david.delete(&day(9)).await.expect(404);
        david.patch(&day(8), json!({"location": "Vltava"})).await.expect(200);
        let whole = format!("/calendar/events/{id}?scope=all");
        assert_eq!(david.patch(&whole, json!({"calendar_id": own})).await.expect(409).json["reason"], "not_yours");
        let of_david = david.get(&format!("/calendar/events?{WINDOW}&calendar={own}")).await.expect(200);
        assert!(!of_david.text.contains("Pohovor") && !of_david.text.contains("Porada"), "{}", of_david.text);
        // The whole series private: none of it is open.
        anna.patch(&whole, json!({"visibility": "private"})).await.expect(200);
        for path in [day(8), day(10), format!("/calendar/events/{id}")] {
            david.patch(&path, json!({"title": "x"})).await.expect(404);
            david.delete(&format!("{path}?scope=all")).await.expect(404);
        }
    }
}

/// Whoever administers the company reads the journal, and through it no calendar that is closed to them.
#[tokio::test]
async fn the_journal_shows_no_more_of_a_meeting_than_its_calendar_does() {
    for portal in Portal::each().await {
        let anna = portal.user(ANNA).await;
        let (id, calendar) = make(&anna, "Odchod").await;
        let path = format!("/calendar/events/{id}");
        anna.patch(&path, json!({"title": "Odchod Tomáše", "attendees": ["advokat@elsewhere.example"]}))
            .await
            .expect(200);
        let told = async || {
            let administrator = portal.user(ADMINISTRATOR).await;
            let all = administrator.get("/audit?limit=500").await.expect(200);
            let items = all.json["items"].as_array().unwrap();
            let changed =
                items.iter().find(|item| item["action"] == "meeting.updated" && item["after"]["entry"] == json!(id));
            let changed = changed.unwrap().clone();
            assert_eq!(changed["after"]["changed"], json!(["title", "attendees"]), "that it was changed is told");
            let says = ["Tomáše", "advokat"].map(|word| all.text.contains(word));
            assert_eq!(says, [says[0]; 2], "{changed}");
            assert_eq!((changed.get("before").is_some(), changed["after"].get("fields").is_some()), (says[0], says[0]));
            says[0]
        };
        assert!(!told().await, "to the own calendar alone");
        grant(&portal, "company", "self").await;
        assert!(told().await, "to everybody's calendar");
        grant(&portal, "self", "self").await;
        assert!(!told().await);
        let calendar = format!("/calendar/calendars/{calendar}");
        anna.patch(&calendar, json!({"sharing": "details"})).await.expect(200);
        assert!(told().await, "to a calendar that is shared");
        // Whoever may see no calendars at all sees none here.
        let administrator = portal.user(ADMINISTRATOR).await;
        let roles = administrator.get("/roles").await.json["items"].as_array().unwrap().clone();
        for role in roles.iter().filter(|role| role["name"] != "Administrator") {
            let path = format!("/roles/{}/grants", role["id"].as_str().unwrap());
            administrator.put(&path, json!({"grants": []})).await.expect(200);
        }
        let administration = roles.iter().find(|role| role["name"] == "Administrator").unwrap();
        let only = json!({"grants": [{"function": "administration", "action": "manage", "scope": "company"}]});
        let path = format!("/roles/{}/grants", administration["id"].as_str().unwrap());
        administrator.put(&path, only).await.expect(200);
        assert!(!told().await);
    }
}
