use serde_json::{Value, json};

use crate::support::{Google, answer_of, each, text, timed, weekly};

const DAY: &str = "2026-12-01";

fn with_guests(mut body: Value, guests: &[&str]) -> Value {
    body["attendees"] = guests.iter().map(|email| json!({"email": email})).collect();
    body
}

fn path(event: &Value) -> String {
    format!("calendars/primary/events/{}", text(event, "id"))
}

#[tokio::test]
async fn guests_who_are_users_get_a_copy() {
    let google = Google::new().await;
    let (ann, bob) = (google.person("ann@example.com").await, google.person("bob@example.com").await);
    let mut body =
        with_guests(timed("a", DAY, "09:00", "10:00"), &["ann@example.com", "bob@example.com", "c@else.example"]);
    body["extendedProperties"] = json!({"private": {"p": "1"}, "shared": {"s": "1"}});
    body["reminders"] = json!({"useDefault": false, "overrides": [{"method": "popup", "minutes": 1}]});
    let event = ann.post("calendars/primary/events?sendUpdates=all", body).await.ok();
    let id = text(&event, "id");
    assert_eq!(
        event["attendees"][0],
        json!({"email": "ann@example.com", "responseStatus": "needsAction", "self": true, "organizer": true})
    );
    let copy = bob.event(&id).await;
    assert_eq!(copy["iCalUID"], event["iCalUID"]);
    assert_eq!(copy["organizer"], json!({"email": "ann@example.com"}));
    assert_eq!(copy["extendedProperties"], json!({"shared": {"s": "1"}}));
    assert_eq!(copy["reminders"], json!({"useDefault": true}));
    assert_eq!(
        copy["attendees"][1],
        json!({"email": "bob@example.com", "responseStatus": "needsAction", "self": true})
    );
    let mails = google.mails().await;
    assert_eq!(
        mails,
        [("bob@example.com".into(), "invitation".into()), ("c@else.example".into(), "invitation".into())]
    );
}

#[tokio::test]
async fn who_is_mailed_is_the_callers_choice() {
    let google = Google::new().await;
    let ann = google.person("ann@example.com").await;
    google.person("bob@example.com").await;
    let body = with_guests(timed("a", DAY, "09:00", "10:00"), &["bob@example.com", "c@else.example"]);
    for (parameter, mails) in [
        ("", 0),
        ("?sendUpdates=none", 0),
        ("?sendUpdates=externalOnly", 1),
        ("?sendUpdates=all", 2),
        ("?sendNotifications=true", 2),
    ] {
        google.control("DELETE", "mail", Value::Null).await;
        ann.post(&format!("calendars/primary/events{parameter}"), body.clone()).await.ok();
        assert_eq!(google.mails().await.len(), mails, "{parameter}");
    }
    google.control("DELETE", "mail", Value::Null).await;
    let event = ann.insert(body).await;
    let updates = format!("{}?sendUpdates=all", path(&event));
    ann.patch(&updates, json!({"colorId": "3"})).await.ok();
    assert!(google.mails().await.is_empty(), "what only the own copy has is nobody's news");
    ann.patch(&updates, json!({"attendees": [{"email": "bob@example.com"}, {"email": "d@else.example"}]})).await.ok();
    let mut mails = google.mails().await;
    mails.sort();
    let mail = |to: &str, kind: &str| (to.to_owned(), kind.to_owned());
    assert_eq!(
        mails,
        [
            mail("bob@example.com", "update"),
            mail("c@else.example", "cancellation"),
            mail("d@else.example", "invitation")
        ]
    );
    ann.post("calendars/primary/events?sendUpdates=perhaps", json!({})).await.refused(400, "invalidParameter");
}

#[tokio::test]
async fn a_guests_answer_reaches_everybody() {
    let google = Google::new().await;
    let (ann, bob, eve) = (
        google.person("ann@example.com").await,
        google.person("bob@example.com").await,
        google.person("eve@example.com").await,
    );
    let event =
        ann.insert(with_guests(timed("a", DAY, "09:00", "10:00"), &["bob@example.com", "eve@example.com"])).await;
    let id = text(&event, "id");
    // A guest who sends one entry changes only that.
    let own = json!({"attendees": [{"email": "bob@example.com", "responseStatus": "accepted", "comment": "yes"}]});
    let copy = bob.patch(&format!("{}?sendUpdates=all", path(&event)), own).await.ok();
    assert_eq!(copy["attendees"].as_array().unwrap().len(), 2);
    for person in [&ann, &bob, &eve] {
        let seen = person.event(&id).await;
        assert_eq!(answer_of(&seen, "bob@example.com"), "accepted");
        assert_eq!(answer_of(&seen, "eve@example.com"), "needsAction");
    }
    assert_ne!(ann.event(&id).await["etag"], event["etag"]);
    assert_eq!(google.mails().await, [("ann@example.com".to_owned(), "response".to_owned())]);
    // The organizer's list is the whole list, and nobody answers for another user.
    let one = json!({"attendees": [{"email": "bob@example.com", "responseStatus": "declined"}]});
    let dropped = ann.patch(&path(&event), one).await.ok();
    assert_eq!(dropped["attendees"].as_array().unwrap().len(), 1);
    assert_eq!(answer_of(&dropped, "bob@example.com"), "accepted");
    assert_eq!(eve.event(&id).await["status"], "cancelled");
    let delta = eve.list("showDeleted=true").await;
    assert_eq!(each(&delta, "status"), ["cancelled"]);
}

#[tokio::test]
async fn shared_fields_are_the_organizers() {
    let google = Google::new().await;
    let (ann, bob) = (google.person("ann@example.com").await, google.person("bob@example.com").await);
    let event = ann.insert(with_guests(timed("a", DAY, "09:00", "10:00"), &["bob@example.com"])).await;
    let copy = bob.event(&text(&event, "id")).await;
    // Sent back whole with an answer: fine. With another title: not.
    let mut whole = copy.clone();
    whole["attendees"][0]["responseStatus"] = json!("tentative");
    assert_eq!(answer_of(&bob.put(&path(&event), whole.clone()).await.ok(), "bob@example.com"), "tentative");
    assert_eq!(answer_of(&ann.event(&text(&event, "id")).await, "bob@example.com"), "tentative");
    whole["summary"] = json!("mine");
    bob.put(&path(&event), whole).await.refused(403, "forbiddenForNonOrganizer");
    // Private fields are the guest's own.
    let private = json!({"colorId": "5", "transparency": "transparent", "extendedProperties": {"private": {"x": "1"}}});
    bob.patch(&path(&event), private).await.ok();
    assert!(ann.event(&text(&event, "id")).await.get("colorId").is_none());
    ann.patch(&path(&event), json!({"summary": "b", "location": "l"})).await.ok();
    let copy = bob.event(&text(&event, "id")).await;
    assert_eq!((copy["summary"].as_str(), copy["colorId"].as_str()), (Some("b"), Some("5")));
    assert_eq!((copy["transparency"].as_str(), copy["location"].as_str()), (Some("transparent"), Some("l")));
    assert_eq!(copy["extendedProperties"]["private"]["x"], "1");
    // A patch of shared fields stays in the guest's copy.
    let local = bob.patch(&path(&event), json!({"summary": "mine"})).await.ok();
    assert_eq!((local["summary"].as_str(), local["privateCopy"].as_bool()), (Some("mine"), Some(true)));
    assert_eq!(ann.event(&text(&event, "id")).await["summary"], "b");
    let accept = json!({"attendees": [{"email": "bob@example.com", "responseStatus": "accepted"}]});
    bob.patch(&path(&event), accept).await.ok();
    assert_eq!(answer_of(&ann.event(&text(&event, "id")).await, "bob@example.com"), "accepted");
}

#[tokio::test]
async fn guests_may_modify_when_the_event_says_so() {
    let google = Google::new().await;
    let (ann, bob, eve) = (
        google.person("ann@example.com").await,
        google.person("bob@example.com").await,
        google.person("eve@example.com").await,
    );
    let mut body = with_guests(timed("a", DAY, "09:00", "10:00"), &["bob@example.com", "eve@example.com"]);
    body["guestsCanModify"] = json!(true);
    body["reminders"] = json!({"useDefault": false, "overrides": [{"method": "popup", "minutes": 1}]});
    let event = ann.insert(body).await;
    bob.patch(&path(&event), json!({"summary": "ours", "colorId": "4"})).await.ok();
    for person in [&ann, &bob, &eve] {
        assert_eq!(person.event(&text(&event, "id")).await["summary"], "ours", "{}", person.email);
    }
    let mine = ann.event(&text(&event, "id")).await;
    assert_eq!(mine["reminders"]["overrides"][0]["minutes"], 1);
    assert!(mine.get("colorId").is_none());
    assert_eq!(bob.event(&text(&event, "id")).await["colorId"], "4");
}

#[tokio::test]
async fn guests_may_invite_others_unless_told_not_to() {
    let google = Google::new().await;
    let (ann, bob) = (google.person("ann@example.com").await, google.person("bob@example.com").await);
    let eve = google.person("eve@example.com").await;
    let both = json!({"attendees": [{"email": "bob@example.com"}, {"email": "eve@example.com"}]});
    let event = ann.insert(with_guests(timed("a", DAY, "09:00", "10:00"), &["bob@example.com"])).await;
    bob.patch(&path(&event), both.clone()).await.ok();
    assert_eq!(ann.event(&text(&event, "id")).await["attendees"].as_array().unwrap().len(), 2);
    assert_eq!(eve.event(&text(&event, "id")).await["summary"], "a");
    let mut body = with_guests(timed("b", DAY, "09:00", "10:00"), &["bob@example.com"]);
    body["guestsCanInviteOthers"] = json!(false);
    body["guestsCanSeeOtherGuests"] = json!(false);
    let event = ann.insert(body).await;
    bob.patch(&path(&event), both).await.ok();
    assert_eq!(ann.event(&text(&event, "id")).await["attendees"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn guests_may_be_hidden_from_each_other() {
    let google = Google::new().await;
    let (ann, bob) = (google.person("ann@example.com").await, google.person("bob@example.com").await);
    let mut body = with_guests(timed("a", DAY, "09:00", "10:00"), &["bob@example.com", "c@else.example"]);
    body["guestsCanSeeOtherGuests"] = json!(false);
    let event = ann.insert(body).await;
    let copy = bob.event(&text(&event, "id")).await;
    assert_eq!(copy["attendees"].as_array().unwrap().len(), 1);
    assert_eq!(copy["attendeesOmitted"], true);
    assert_eq!(ann.event(&text(&event, "id")).await["attendees"].as_array().unwrap().len(), 2);
    // An incomplete list takes nobody away.
    let omitted = json!({
        "attendeesOmitted": true, "attendees": [{"email": "bob@example.com", "responseStatus": "accepted"}],
    });
    bob.patch(&path(&event), omitted).await.ok();
    let mine = ann.event(&text(&event, "id")).await;
    assert_eq!(mine["attendees"].as_array().unwrap().len(), 2);
    assert_eq!(answer_of(&mine, "bob@example.com"), "accepted");
    assert_eq!(ann.get(&format!("{}?maxAttendees=1", path(&event))).await.ok()["attendeesOmitted"], true);
}

#[tokio::test]
async fn deleting_is_cancelling_or_declining() {
    let google = Google::new().await;
    let (ann, bob) = (google.person("ann@example.com").await, google.person("bob@example.com").await);
    let event =
        ann.insert(with_guests(timed("a", DAY, "09:00", "10:00"), &["bob@example.com", "c@else.example"])).await;
    let id = text(&event, "id");
    assert_eq!(bob.delete(&format!("{}?sendUpdates=all", path(&event))).await.status, 204);
    assert_eq!(bob.event(&id).await["status"], "cancelled");
    let mine = ann.event(&id).await;
    assert_eq!(
        (mine["status"].as_str(), answer_of(&mine, "bob@example.com").as_str()),
        (Some("confirmed"), "declined")
    );
    assert_eq!(google.mails().await, [("ann@example.com".to_owned(), "response".to_owned())]);
    // A later change does not bring it back to somebody who deleted it.
    ann.patch(&path(&event), json!({"summary": "b"})).await.ok();
    assert_eq!(bob.event(&id).await["status"], "cancelled");

    let event =
        ann.insert(with_guests(timed("b", DAY, "09:00", "10:00"), &["bob@example.com", "c@else.example"])).await;
    google.control("DELETE", "mail", Value::Null).await;
    assert_eq!(ann.delete(&format!("{}?sendUpdates=all", path(&event))).await.status, 204);
    assert_eq!(bob.event(&text(&event, "id")).await["status"], "cancelled");
    assert_eq!(google.mails().await.len(), 2);
    assert!(google.mails().await.iter().all(|(_, kind)| kind == "cancellation"));
}

#[tokio::test]
async fn a_series_and_its_exceptions_are_shared_too() {
    let google = Google::new().await;
    let (ann, bob, eve) = (
        google.person("ann@example.com").await,
        google.person("bob@example.com").await,
        google.person("eve@example.com").await,
    );
    let master = ann.insert(with_guests(weekly(3), &["bob@example.com"])).await;
    let id = text(&master, "id");
    let instance = |start: &str| format!("calendars/primary/events/{id}_{start}");
    ann.patch(&instance("20261130T080000Z"), json!({"summary": "special"})).await.ok();
    assert_eq!(ann.delete(&instance("20261207T080000Z")).await.status, 204);
    let seen = bob.list("singleEvents=true&orderBy=startTime").await;
    assert_eq!(each(&seen, "summary"), ["standup", "special"]);
    // An answer to one instance, and one to the series.
    let answer = |answer: &str| json!({"attendees": [{"email": "bob@example.com", "responseStatus": answer}]});
    bob.patch(&instance("20261123T080000Z"), answer("declined")).await.ok();
    let first = ann.get(&instance("20261123T080000Z")).await.ok();
    assert_eq!(answer_of(&first, "bob@example.com"), "declined");
    assert_eq!(answer_of(&ann.event(&id).await, "bob@example.com"), "needsAction");
    bob.patch(&format!("calendars/primary/events/{id}"), answer("accepted")).await.ok();
    assert_eq!(answer_of(&ann.event(&id).await, "bob@example.com"), "accepted");
    assert_eq!(answer_of(&ann.get(&instance("20261130T080000Z")).await.ok(), "bob@example.com"), "accepted");
    assert_eq!(answer_of(&ann.get(&instance("20261123T080000Z")).await.ok(), "bob@example.com"), "declined");
    // Invited to one instance only.
    let both = json!({"attendees": [{"email": "bob@example.com"}, {"email": "eve@example.com"}]});
    ann.patch(&instance("20261130T080000Z"), both.clone()).await.ok();
    assert_eq!(each(&eve.list("").await, "summary"), ["special"]);
    assert_eq!(text(&eve.list("").await["items"][0], "recurringEventId"), id);
    // Invited to the series, with the exceptions that it has.
    ann.patch(&format!("calendars/primary/events/{id}"), both).await.ok();
    let seen = eve.list("singleEvents=true&orderBy=startTime").await;
    assert_eq!(each(&seen, "summary"), ["standup", "special"]);
    let declined = ann.get(&instance("20261123T080000Z")).await.ok();
    assert_eq!(declined["attendees"].as_array().unwrap().len(), 2, "added to the exceptions too");
    assert_eq!(ann.delete(&format!("calendars/primary/events/{id}")).await.status, 204);
    for person in [&ann, &bob, &eve] {
        assert!(each(&person.list("singleEvents=true").await, "id").is_empty(), "{}", person.email);
    }
}

#[tokio::test]
async fn roles_see_what_they_may() {
    let google = Google::new().await;
    let (ann, bob) = (google.person("ann@example.com").await, google.person("bob@example.com").await);
    let mut secret = timed("secret", DAY, "09:00", "10:00");
    secret["visibility"] = json!("private");
    secret["description"] = json!("d");
    let secret = text(&ann.insert(secret).await, "id");
    let mut free = timed("free", DAY, "12:00", "13:00");
    free["transparency"] = json!("transparent");
    ann.insert(free).await;
    ann.insert(timed("open", DAY, "11:00", "12:00")).await;
    let calendar = "calendars/ann@example.com/events";
    bob.get(calendar).await.refused(404, "notFound");
    let share = async |role: &str| {
        let rule = json!({"role": role, "scope": {"type": "user", "value": "bob@example.com"}});
        ann.post("calendars/primary/acl", rule).await.ok();
        bob.get(calendar).await.ok()
    };
    let summaries = |list: &Value| {
        let mut all = each(list, "summary");
        all.sort();
        all
    };
    for role in ["reader", "writerWithoutPrivateAccess"] {
        let list = share(role).await;
        assert_eq!(summaries(&list), ["", "free", "open"], "{role}");
        let hidden = bob.get(&format!("{calendar}/{secret}")).await.ok();
        assert!(hidden.get("summary").is_none() && hidden.get("description").is_none());
        assert_eq!((hidden["visibility"].as_str(), hidden["status"].as_str()), (Some("private"), Some("confirmed")));
        assert!(hidden["start"].is_object());
        assert!(each(&bob.get(&format!("{calendar}?q=secret")).await.ok(), "id").is_empty());
    }
    assert_eq!(summaries(&share("writer").await), ["free", "open", "secret"]);
    let busy = share("freeBusyReader").await;
    assert_eq!(summaries(&busy), ["", ""], "only what is busy, without details");
    bob.post(calendar, timed("x", DAY, "09:00", "10:00")).await.refused(403, "requiredAccessLevel");
    share("reader").await;
    bob.post(calendar, timed("x", DAY, "09:00", "10:00")).await.refused(403, "requiredAccessLevel");
    share("writer").await;
    let theirs = bob.post(calendar, timed("x", DAY, "09:00", "10:00")).await.ok();
    assert_eq!(theirs["creator"], json!({"email": "bob@example.com"}));
    assert_eq!(theirs["organizer"], json!({"email": "ann@example.com", "self": true}));
}

#[tokio::test]
async fn with_many_guests_answers_stay_between_guest_and_organizer() {
    let google = Google::new().await;
    let (ann, bob, eve) = (
        google.person("ann@example.com").await,
        google.person("bob@example.com").await,
        google.person("eve@example.com").await,
    );
    let mut guests: Vec<String> = (0..200).map(|n| format!("g{n}@else.example")).collect();
    guests.extend(["bob@example.com".to_owned(), "eve@example.com".to_owned()]);
    let guests: Vec<&str> = guests.iter().map(String::as_str).collect();
    let event = ann.insert(with_guests(timed("a", DAY, "09:00", "10:00"), &guests)).await;
    let id = text(&event, "id");
    let accept = json!({"attendees": [{"email": "bob@example.com", "responseStatus": "accepted"}]});
    bob.patch(&path(&event), accept).await.ok();
    assert_eq!(answer_of(&ann.event(&id).await, "bob@example.com"), "accepted");
    assert_eq!(answer_of(&bob.event(&id).await, "bob@example.com"), "accepted");
    assert_eq!(answer_of(&eve.event(&id).await, "bob@example.com"), "needsAction");
}

#[tokio::test]
async fn answers_to_a_secondary_calendar_go_to_its_owner() {
    let google = Google::new().await;
    let (ann, bob) = (google.person("ann@example.com").await, google.person("bob@example.com").await);
    let team = text(&ann.post("calendars", json!({"summary": "Team"})).await.ok(), "id");
    let body = with_guests(timed("a", DAY, "09:00", "10:00"), &["bob@example.com", "ann@example.com"]);
    let event = ann.post(&format!("calendars/{team}/events"), body).await.ok();
    let copy = bob.event(&text(&event, "id")).await;
    assert_eq!(copy["organizer"], json!({"email": team, "displayName": "Team"}));
    assert_eq!(ann.event(&text(&event, "id")).await["attendees"][1]["self"], true);
    let accept = json!({"attendees": [{"email": "bob@example.com", "responseStatus": "accepted"}]});
    bob.patch(&format!("{}?sendUpdates=all", path(&event)), accept).await.ok();
    assert_eq!(answer_of(&ann.event(&text(&event, "id")).await, "bob@example.com"), "accepted");
    assert_eq!(google.mails().await, [("ann@example.com".to_owned(), "response".to_owned())]);
}
