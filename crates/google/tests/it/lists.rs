//! Lists of all services with one item that says something unexpected.

use std::collections::BTreeMap;

use futures::{StreamExt, TryStreamExt};
use portico_google::{
    Client, Error, Items, Kind, Listed,
    calendar::{AclQuery, AclRule, Calendar, CalendarListQuery, EventPage, ListPage, SettingsQuery},
    directory::{Directory, GroupQuery, MemberQuery, UserQuery},
    drive::{ChangeQuery, Drive, FileQuery, PermissionQuery},
    gmail::{DraftQuery, Gmail, HistoryQuery, MessageQuery},
    meet::{ListQuery, Meet},
    people::{ConnectionsQuery, ContactGroupQuery, DirectoryQuery, OtherContactsQuery, People},
};
use serde_json::{Value, json};

use crate::fake::{Fake, Step, client, json as answer};

/// Each list by its path: the key of its items, what names one, and a field whose value will be of another type.
fn lists() -> BTreeMap<&'static str, (&'static str, &'static str, &'static str)> {
    BTreeMap::from([
        ("/calendar/v3/users/me/calendarList", ("items", "id", "summary")),
        ("/calendar/v3/calendars/c/acl", ("items", "id", "role")),
        ("/calendar/v3/users/me/settings", ("items", "id", "value")),
        ("/gmail/v1/users/me/messages", ("messages", "id", "labelIds")),
        ("/gmail/v1/users/me/threads", ("threads", "id", "snippet")),
        ("/gmail/v1/users/me/drafts", ("drafts", "id", "message")),
        ("/gmail/v1/users/me/history", ("history", "id", "messages")),
        ("/v1/people/me/connections", ("connections", "resourceName", "names")),
        ("/v1/otherContacts", ("otherContacts", "resourceName", "names")),
        ("/v1/people:listDirectoryPeople", ("people", "resourceName", "names")),
        ("/v1/contactGroups", ("contactGroups", "resourceName", "memberCount")),
        ("/drive/v3/files", ("files", "id", "name")),
        ("/drive/v3/changes", ("changes", "fileId", "removed")),
        ("/drive/v3/files/f/permissions", ("permissions", "id", "role")),
        ("/admin/directory/v1/users", ("users", "id", "name")),
        ("/admin/directory/v1/groups", ("groups", "id", "name")),
        ("/admin/directory/v1/groups/g/members", ("members", "id", "role")),
        ("/v2/conferenceRecords", ("conferenceRecords", "name", "space")),
        ("/v2/conferenceRecords/r/participants", ("participants", "name", "signedinUser")),
    ])
}

/// How Google names the n-th thing.
fn name(by: &str, n: u8) -> String {
    match by {
        "name" => format!("conferenceRecords/{n}"),
        "resourceName" => format!("people/c{n}"),
        _ => n.to_string(),
    }
}

/// Google with three things in every list, the second of them malformed.
fn google() -> std::sync::Arc<Fake> {
    Fake::by(|seen, _| -> Step {
        let place = seen.place();
        let path = &place[place.find(".com").unwrap() + 4..];
        let (key, by, field) = lists()[path];
        let mut items: Vec<Value> = (1..=3).map(|n| json!({by: name(by, n)})).collect();
        items[1][field] = json!(1.5);
        answer(200, &json!({key: items, "historyId": "9", "newStartPageToken": "9"}).to_string())
    })
}

/// Three things came of a list: two of them, and an error that names the third.
async fn two_and_an_error<T: Send>(list: Items<'_, T>) {
    let all: Vec<Result<T, Error>> = list.collect().await;
    let good = all.iter().filter(|item| item.is_ok()).count();
    let error = all.last().unwrap().as_ref().err().unwrap_or_else(|| panic!("{good} items and no error"));
    assert_eq!((all.len(), good, error.kind()), (3, 2, &Kind::Unreadable), "{error}");
    assert!(error.message().unwrap().ends_with('2') && !error.to_string().contains("1.5"), "{error}");
}

fn is_reported<T>(listed: &Listed<T>, id: &str) {
    let [unreadable] = &listed.unreadable[..] else { panic!("{} unreadable", listed.unreadable.len()) };
    assert_eq!((listed.len(), unreadable.id.as_str()), (2, id));
    assert!(unreadable.raw.contains("1.5") && unreadable.what == "a field of another type", "{unreadable}");
}

#[tokio::test]
async fn one_malformed_item_leaves_the_others_and_is_reported() {
    let fake = google();
    let client: Client = client(&fake).0;
    let calendar: Calendar = client.service();
    let page = calendar.calendar_list().list(&CalendarListQuery::default()).await.unwrap();
    is_reported(&page.items, "2");
    is_reported(&calendar.calendar_list().all().await.unwrap().0, "2");
    two_and_an_error(calendar.calendar_list().list_all(CalendarListQuery::default())).await;
    two_and_an_error(calendar.acl("c").list_all(AclQuery::default())).await;
    two_and_an_error(calendar.settings().list_all(SettingsQuery::default())).await;

    let gmail: Gmail = client.service();
    is_reported(&gmail.messages().list(&MessageQuery::default()).await.unwrap().messages, "2");
    is_reported(&gmail.history().list(&HistoryQuery::default()).await.unwrap().history, "2");
    two_and_an_error(gmail.messages().list_all(MessageQuery::default())).await;
    two_and_an_error(gmail.threads().list_all(MessageQuery::default())).await;
    two_and_an_error(gmail.drafts().list_all(DraftQuery::default())).await;
    two_and_an_error(gmail.history().list_all(HistoryQuery::default())).await;

    let people: People = client.service();
    let page = people.connections().list(&ConnectionsQuery::default()).await.unwrap();
    is_reported(&page.people, "people/c2");
    two_and_an_error(people.connections().list_all(ConnectionsQuery::default())).await;
    two_and_an_error(people.other_contacts().list_all(OtherContactsQuery::default())).await;
    two_and_an_error(people.directory().list_all(DirectoryQuery::default())).await;
    two_and_an_error(people.contact_groups().list_all(ContactGroupQuery::default())).await;

    let drive: Drive = client.service();
    is_reported(&drive.files().list(&FileQuery::default()).await.unwrap().files, "2");
    is_reported(&drive.changes().list(&ChangeQuery::since("1")).await.unwrap().changes, "2");
    two_and_an_error(drive.files().list_all(FileQuery::default())).await;
    two_and_an_error(drive.changes().list_all(ChangeQuery::since("1"))).await;
    two_and_an_error(drive.permissions("f").list_all(PermissionQuery::default())).await;

    let directory: Directory = client.service();
    is_reported(&directory.users().list(&UserQuery::default()).await.unwrap().users, "2");
    two_and_an_error(directory.users().list_all(UserQuery::default())).await;
    two_and_an_error(directory.groups().list_all(GroupQuery::default())).await;
    two_and_an_error(directory.members("g").list_all(MemberQuery::default())).await;

    let meet: Meet = client.service();
    let records = meet.conference_records();
    is_reported(&records.list(&ListQuery::default()).await.unwrap().items, "conferenceRecords/2");
    two_and_an_error(records.list_all(ListQuery::default())).await;
    two_and_an_error(meet.participants("conferenceRecords/r").list_all(ListQuery::default())).await;

    // Whoever stops at the first error does not take half a list for the whole.
    let all: Result<Vec<_>, _> = drive.files().list_all(FileQuery::default()).try_collect().await;
    assert_eq!(all.unwrap_err().kind(), &Kind::Unreadable);
}

#[tokio::test]
async fn a_rule_that_cannot_be_read_does_not_show_whose_it_is() {
    let rules = json!({"items": [{"id": "user:ann@example.com", "role": 7}, {"id": "domain:x.cz", "role": 7}, {"id": "default"}]});
    let fake = Fake::steps(vec![answer(200, &rules.to_string())]);
    let calendar: Calendar = client(&fake).0.service();
    let page = calendar.acl("c").list(&AclQuery::default()).await.unwrap();
    assert_eq!(page.items.unreadable[0].id, "user:ann@example.com");
    let shown = format!("{page:?} {}", page.items.unreadable[0]);
    let all: Vec<Result<AclRule, Error>> = calendar.acl("c").list_all(AclQuery::default()).collect().await;
    let said = format!("{shown} {all:?}");
    assert!(said.contains("a field of another type") && all.len() == 3, "{said}");
    for secret in ["ann", "example", "x.cz"] {
        assert!(!said.contains(secret), "{secret} is in {said}");
    }
}

#[test]
fn a_list_that_is_null_is_empty_and_what_stands_beside_it_is_kept() {
    let text = br#"{"kind":"calendar#events","etag":"\"p32\"","description":"d","items":null,"nextSyncToken":"t","new":{"x":null}}"#;
    let events = EventPage::parse(text).unwrap();
    assert!(events.items.is_empty());
    assert_eq!((events.etag.as_deref(), events.description.as_deref()), (Some("\"p32\""), Some("d")));
    let other = json!({"kind": "calendar#events", "new": {"x": null}});
    assert_eq!(Value::Object(events.other), other);
    let rules: ListPage<AclRule> = serde_json::from_slice(text).unwrap();
    assert!(rules.items.is_empty() && rules.items.unreadable.is_empty());
    assert_eq!((rules.etag.as_deref(), &rules.other["new"]), (Some("\"p32\""), &json!({"x": null})));
}
