//! Calls of different kinds in one batch, at each service: made by the library, answered by the sandbox.

use portico_google::{
    Error, GoogleService, Kind,
    calendar::{
        self, AccessRole, AclRule, AclScopeKind, Calendar, CalendarListEntry, CalendarListPatch, CalendarPatch,
        CalendarResource, Event, EventTime, Write,
    },
    directory::{self, Directory, Group, Member, MemberRole, Projection, User, UserPatch, ViewKind},
    drive::{self, Drive, File, FilePatch, Permission, PermissionRole, Share},
    gmail::{self, Format, Gmail, LabelChange},
    jiff::civil::date,
    meet::{self, Meet, SpaceConfig},
    people::{self, Name, People, Person, PersonField},
};
use serde_json::Value;

use crate::google::Google;

const ANN: &str = "ann@example.test";
const BOB: &str = "bob@example.test";

/// What came of each call.
fn kinds(answers: &[Result<Value, Error>]) -> Vec<Result<(), Kind>> {
    answers.iter().map(|answer| answer.as_ref().map(drop).map_err(|error| error.kind().clone())).collect()
}

/// All of them, none of which may have failed.
fn all<const N: usize>(answers: Vec<Result<Value, Error>>) -> [Value; N] {
    let answers: Vec<Value> = answers.into_iter().map(Result::unwrap).collect();
    answers.try_into().unwrap()
}

fn text<'a>(answer: &'a Value, key: &str) -> &'a str {
    answer[key].as_str().unwrap_or_else(|| panic!("no {key} in {answer}"))
}

#[tokio::test]
async fn calendars_entries_rules_and_events() {
    let google = Google::with(&[ANN, BOB]).await;
    let ann: Calendar = google.client(ANN, &[calendar::scopes::CALENDAR]).await.service();
    let wish = CalendarResource { summary: Some("Team".into()), ..CalendarResource::default() };
    let event = Event {
        start: Some(EventTime::day(date(2026, 12, 1))),
        end: Some(EventTime::day(date(2026, 12, 2))),
        ..Event::default()
    };
    let made = ann
        .batch(vec![
            ann.calendars().insert_request(&wish),
            ann.acl("primary").insert_request(&AclRule::new(AccessRole::Reader, AclScopeKind::User, BOB), false),
            ann.events("primary").insert_request(&event, &Write::default()),
            ann.calendars().get_request("nobody@example.test"),
        ])
        .await;
    assert_eq!(kinds(&made), [Ok(()), Ok(()), Ok(()), Err(Kind::NotFound)]);
    let [team, rule, event] = [0, 1, 2].map(|number| made[number].as_ref().unwrap());
    let (team, rule_id) = (text(team, "id"), text(rule, "id"));

    let patch = CalendarPatch { location: "Brno".to_owned().into(), ..CalendarPatch::default() };
    let own = CalendarListPatch { summary_override: "Mine".to_owned().into(), ..CalendarListPatch::default() };
    let [changed, entry, rule, stale] = ann
        .batch::<Value>(vec![
            ann.calendars().patch_request(team, &patch),
            ann.calendar_list().patch_request(team, &own),
            ann.acl("primary").patch_request(rule_id, &AccessRole::Writer, false),
            ann.acl("primary").if_match("\"1\"").patch_request(rule_id, &AccessRole::Owner, false),
        ])
        .await
        .try_into()
        .unwrap();
    assert_eq!((&changed.unwrap()["location"], &entry.unwrap()["summaryOverride"]), (&"Brno".into(), &"Mine".into()));
    assert_eq!(rule.unwrap()["role"], "writer");
    assert_eq!(stale.unwrap_err().kind(), &Kind::PreconditionFailed);

    let bob: Calendar = google.client(BOB, &[calendar::scopes::CALENDAR]).await.service();
    let shared = CalendarListEntry { id: Some(ANN.into()), ..CalendarListEntry::default() };
    let [entry, calendar] =
        all(bob.batch(vec![bob.calendar_list().insert_request(&shared), bob.calendars().get_request(ANN)]).await);
    assert_eq!((text(&entry, "accessRole"), text(&calendar, "id")), ("writer", ANN));
    let [rule] = all(ann.batch(vec![ann.acl("primary").get_request(rule_id)]).await);
    assert_eq!(text(&rule, "role"), "writer");
    let [left] = all(bob.batch(vec![bob.calendar_list().delete_request(ANN)]).await);
    assert!(left.is_null());

    let gone: [Value; 3] = all(ann
        .batch(vec![
            ann.events("primary").delete_request(text(event, "id"), &Write::default()),
            ann.acl("primary").delete_request(rule_id),
            ann.calendars().delete_request(team),
        ])
        .await);
    assert!(gone.iter().all(Value::is_null));
    let after = vec![ann.calendars().get_request(team), ann.calendar_list().get_request(team)];
    assert_eq!(kinds(&ann.batch(after).await), [Err(Kind::NotFound), Err(Kind::NotFound)]);
}

#[tokio::test]
async fn messages_are_read_changed_and_deleted() {
    let google = Google::with(&[ANN]).await;
    let gmail: Gmail = google.client(ANN, &[gmail::scopes::MAIL]).await.service();
    let messages = gmail.messages();
    let mut ids = Vec::new();
    for number in 0..3 {
        let raw = format!("From: {ANN}\r\nTo: {ANN}\r\nSubject: {number}\r\n\r\nHi");
        ids.push(messages.send_raw(raw.as_bytes(), None).await.unwrap().id.unwrap());
    }
    let archive = LabelChange::default().adding("STARRED").removing("UNREAD");
    let answers = gmail
        .batch::<Value>(vec![
            messages.get_request(&ids[0], &Format::Metadata(vec!["Subject".into()])),
            messages.modify_request(&ids[1], &archive),
            messages.trash_request(&ids[2]),
            messages.get_request("00000000deadbeef", &Format::Minimal),
            messages.modify_request(&ids[1], &LabelChange::default().adding("no such label")),
        ])
        .await;
    assert_eq!(kinds(&answers), [Ok(()), Ok(()), Ok(()), Err(Kind::NotFound), Err(Kind::Invalid)]);
    let has = |number: usize, label: &str| {
        answers[number].as_ref().unwrap()["labelIds"].as_array().unwrap().contains(&label.into())
    };
    assert_eq!(answers[0].as_ref().unwrap()["payload"]["headers"][0]["value"], "0");
    assert!(has(1, "STARRED") && !has(1, "UNREAD") && has(2, "TRASH") && !has(2, "STARRED"));
    let gone: [Value; 3] = all(gmail.batch(ids.iter().map(|id| messages.delete_request(id)).collect()).await);
    assert!(gone.iter().all(Value::is_null));
    assert_eq!(messages.get(&ids[0], &Format::Minimal).await.unwrap_err().kind(), &Kind::NotFound);
}

#[tokio::test]
async fn files_and_who_may_see_them() {
    let google = Google::with(&[ANN, BOB]).await;
    let drive: Drive = google.client(ANN, &[drive::scopes::DRIVE]).await.service();
    let files = drive.files();
    let [folder, file] =
        all(drive.batch(vec![files.create_request(&File::folder("A")), files.create_request(&File::named("b"))]).await);
    let (folder, file) = (text(&folder, "id"), text(&file, "id"));
    let patch = FilePatch { name: "c".to_owned().into(), ..FilePatch::default() };
    let reader = Permission::user(BOB, PermissionRole::Reader);
    let answers = drive
        .batch::<Value>(vec![
            files.update_request(file, &patch),
            drive.permissions(folder).create_request(&reader, &Share::default()),
            files.get_request("nosuchfile"),
        ])
        .await;
    assert_eq!(kinds(&answers), [Ok(()), Ok(()), Err(Kind::NotFound)]);
    assert_eq!(text(answers[0].as_ref().unwrap(), "name"), "c");
    let permission = text(answers[1].as_ref().unwrap(), "id");
    let [raised, read] = all(drive
        .batch(vec![
            drive.permissions(folder).update_request(permission, PermissionRole::Writer, false),
            files.get_request(file),
        ])
        .await);
    assert_eq!((text(&raised, "role"), text(&read, "name")), ("writer", "c"));
    let gone: [Value; 2] =
        all(drive.batch(vec![drive.permissions(folder).delete_request(permission), files.delete_request(file)]).await);
    assert!(gone.iter().all(Value::is_null));
    assert_eq!(files.get(file).await.unwrap_err().kind(), &Kind::NotFound);
}

#[tokio::test]
async fn users_and_members() {
    let google = Google::with(&[ANN]).await;
    google.control("users", serde_json::json!({"email": ANN, "admin": true})).await;
    let scopes = [directory::scopes::USERS, directory::scopes::GROUPS];
    let directory: Directory = google.client(ANN, &scopes).await.service();
    let users = directory.users();
    let user = |name: &str| User::new(format!("{name}@example.test"), name, "Novák", "a long password");
    let answers = directory
        .batch::<Value>(vec![
            users.insert_request(&user("eva")),
            users.insert_request(&user("jan")),
            users.get_request("nobody@example.test", &Projection::Basic, ViewKind::AdminView),
        ])
        .await;
    assert_eq!(kinds(&answers), [Ok(()), Ok(()), Err(Kind::NotFound)]);
    let group = directory.groups().insert(&Group::new("team@example.test", "Team")).await.unwrap();
    let members = directory.members(group.id.as_deref().unwrap());
    let patch = UserPatch { suspended: true.into(), ..UserPatch::default() };
    let [eva, jan, changed] = all(directory
        .batch(vec![
            members.insert_request(&Member::new("eva@example.test", MemberRole::Member)),
            members.insert_request(&Member::new("jan@example.test", MemberRole::Member)),
            users.patch_request("jan@example.test", &patch, None),
        ])
        .await);
    assert_eq!((text(&eva, "role"), &changed["suspended"]), ("MEMBER", &true.into()));
    let answers = directory
        .batch::<Value>(vec![
            members.if_match(text(&eva, "etag")).patch_request("eva@example.test", MemberRole::Owner),
            members.get_request(text(&jan, "id")),
            members.if_match("\"old\"").patch_request("jan@example.test", MemberRole::Manager),
        ])
        .await;
    assert_eq!(kinds(&answers), [Ok(()), Ok(()), Err(Kind::PreconditionFailed)]);
    assert_eq!(text(answers[0].as_ref().unwrap(), "role"), "OWNER");
    let gone: [Value; 2] = all(directory
        .batch(vec![members.delete_request("jan@example.test"), users.delete_request("eva@example.test")])
        .await);
    assert!(gone.iter().all(Value::is_null));
}

#[tokio::test]
async fn people() {
    let google = Google::with(&[ANN]).await;
    let people: People = google.client(ANN, &[people::scopes::CONTACTS, people::scopes::PROFILE]).await.service();
    let name = Name { given_name: Some("Eva".into()), ..Name::default() };
    let person = Person { names: Some(vec![name]), ..Person::default() };
    let made = people.contacts().create(&person, &[PersonField::Names]).await.unwrap();
    let answers = people
        .batch::<Value>(vec![
            people.contacts().get_request("people/me", &[PersonField::Names]),
            people.contacts().get_request(made.resource_name.as_deref().unwrap(), &[PersonField::Names]),
            people.contacts().get_request("people/c1", &[PersonField::Names]),
        ])
        .await;
    assert_eq!(kinds(&answers), [Ok(()), Ok(()), Err(Kind::NotFound)]);
    assert_eq!(answers[1].as_ref().unwrap()["names"][0]["givenName"], "Eva");
}

#[tokio::test]
async fn spaces() {
    let google = Google::with(&[ANN]).await;
    let meet: Meet = google.client(ANN, &[meet::scopes::SPACE_CREATED]).await.service();
    let spaces = meet.spaces();
    let open = SpaceConfig { access_type: Some("OPEN".into()), ..SpaceConfig::default() };
    let [first, second] =
        all(meet.batch(vec![spaces.create_request(&open), spaces.create_request(&SpaceConfig::default())]).await);
    let answers = meet
        .batch::<Value>(vec![
            spaces.get_request(text(&first, "meetingCode")),
            spaces.patch_request(text(&second, "name"), &open, Some("config.accessType")),
            spaces.get_request("spaces/nosuchspace"),
        ])
        .await;
    let got = kinds(&answers);
    assert_eq!(got[..2], [Ok(()), Ok(())]);
    assert!(matches!(got[2], Err(Kind::NotFound | Kind::Permission)), "{got:?}");
    assert_eq!(answers[0].as_ref().unwrap()["name"], first["name"]);
    assert_eq!(answers[1].as_ref().unwrap()["config"]["accessType"], "OPEN");
}
