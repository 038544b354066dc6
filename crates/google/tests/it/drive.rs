//! Drive: what is asked, and what is made of answers.

use std::sync::Arc;

use portico_google::{
    Kind,
    calendar::NewChannel,
    drive::{
        ChangeQuery, Drive, File, FilePage, FilePatch, FileQuery, FileSearch, Permission, PermissionQuery,
        PermissionRole, Share,
    },
    futures::TryStreamExt,
};
use serde_json::json;

use crate::fake::{Fake, Step, client, cut, json as answer, refusal};

fn drive(fake: &Arc<Fake>) -> Drive {
    Drive::new(client(fake).0)
}

fn piece(status: u16, range: &str, body: &str) -> Step {
    answer(status, body).header("content-range", range)
}

#[test]
fn a_file_goes_back_as_it_came_and_shows_nothing_personal() {
    let value = json!({
        "kind": "drive#file", "id": "f", "name": "Výplaty", "mimeType": "text/plain", "size": "9007199254740993",
        "owners": [{"displayName": "Ann", "emailAddress": "ann@example.com", "me": true, "newField": null}],
        "permissions": [{"id": "p", "type": "robot", "role": "emperor", "view": "published"}],
        "capabilities": {"canEdit": true}, "labelInfo": {"labels": []}, "description": null
    });
    let file: File = serde_json::from_value(value.clone()).unwrap();
    assert_eq!(serde_json::to_value(&file).unwrap(), value);
    let shown = format!("{file:?}");
    assert!(!shown.contains("Výplaty") && !shown.contains("ann@example.com"), "{shown}");
    let query = FileQuery::searching(FileSearch::new().name_contains("Výplaty"));
    let patch = FilePatch { name: "Výplaty".to_owned().into(), ..FilePatch::default() };
    for shown in [format!("{query:?}"), format!("{patch:?}")] {
        assert!(!shown.contains("Výplaty"), "{shown}");
    }
}

#[tokio::test]
async fn a_list_is_asked_for_page_by_page() {
    let fake = Fake::steps(vec![
        answer(200, r#"{"files":[{"id":"a"},{"id":"b"}],"nextPageToken":"n"}"#),
        answer(200, r#"{"files":[{"id":"c"}],"incompleteSearch":true}"#),
    ]);
    let service = drive(&fake);
    let query =
        FileQuery { page_size: Some(5000), all_drives: true, ..FileQuery::searching(FileSearch::new().trashed(false)) };
    let files: Vec<File> = service.files().fields("id").list_all(query).try_collect().await.unwrap();
    assert_eq!(files.iter().map(|file| file.id.as_deref().unwrap()).collect::<Vec<_>>(), ["a", "b", "c"]);
    let (first, second) = (fake.seen()[0].query(), fake.seen()[1].query());
    for (name, value) in [
        ("q", "trashed = false"),
        ("pageSize", "1000"),
        ("corpora", "allDrives"),
        ("includeItemsFromAllDrives", "true"),
        ("supportsAllDrives", "true"),
        ("fields", "kind,nextPageToken,incompleteSearch,files(id)"),
    ] {
        assert!(first.contains(&(name.into(), value.into())), "{name} in {first:?}");
    }
    assert!(second.contains(&("pageToken".into(), "n".into())));
    assert_eq!(serde_json::from_str::<FilePage>("{}").unwrap(), FilePage::default());
}

#[tokio::test]
async fn a_download_goes_on_after_a_cut_and_notices_another_content() {
    let fake = Fake::steps(vec![piece(206, "bytes 0-3/6", "0123"), cut(), piece(206, "bytes 4-5/6", "45")]);
    let service = drive(&fake);
    let mut download = service.files().download("f").with_chunk(4);
    assert_eq!(download.next().await.unwrap().unwrap(), "0123");
    assert_eq!(download.next().await.unwrap().unwrap(), "45");
    assert_eq!((download.next().await.unwrap(), download.offset(), download.total()), (None, 6, Some(6)));
    let ranges: Vec<String> = fake.seen().iter().map(|seen| seen.headers["range"].clone()).collect();
    assert_eq!(ranges, ["bytes=0-3", "bytes=4-7", "bytes=4-7"]);
    assert!(fake.seen()[0].query().contains(&("alt".into(), "media".into())));
    assert_eq!(fake.seen()[0].headers["accept"], "*/*");

    let fake = Fake::steps(vec![piece(206, "bytes 0-3/6", "0123"), piece(206, "bytes 4-6/7", "456")]);
    let service = drive(&fake);
    let mut download = service.files().download("f").with_chunk(4);
    download.next().await.unwrap();
    assert_eq!(download.next().await.unwrap_err().kind(), &Kind::PreconditionFailed);

    for (step, kind) in [
        (piece(206, "bytes 1-4/6", "1234"), Kind::Unreadable),
        (piece(206, "bytes 0-3/6", "01"), Kind::Unreadable),
        (refusal(403, "fileNotDownloadable"), Kind::Permission),
        (refusal(404, "notFound"), Kind::NotFound),
    ] {
        let service = drive(&Fake::steps(vec![step]));
        assert_eq!(service.files().download("f").next().await.unwrap_err().kind(), &kind);
    }
}

#[tokio::test]
async fn an_empty_file_and_somebody_who_knows_no_ranges() {
    let service = drive(&Fake::steps(vec![piece(416, "bytes */0", r#"{"error":{"code":416}}"#)]));
    assert_eq!(service.files().download("f").rest(10).await.unwrap(), "");
    let service = drive(&Fake::steps(vec![answer(200, "0123456789")]));
    assert_eq!(service.files().download("f").from(4).with_chunk(2).rest(10).await.unwrap(), "456789");
    let service = drive(&Fake::steps(vec![answer(200, "0123456789")]));
    assert_eq!(service.files().download("f").rest(9).await.unwrap_err().kind(), &Kind::Unreadable);
}

#[tokio::test]
async fn what_may_be_sent_twice_is_and_what_may_not_is_not() {
    let lost = || Fake::steps(vec![cut(), answer(200, "{}")]);
    let fake = lost();
    assert_eq!(drive(&fake).files().create(&File::named("x")).await.unwrap_err().kind(), &Kind::Transient);
    assert_eq!(fake.count(), 1);
    let fake = lost();
    drive(&fake).files().create(&File { id: Some("1".into()), ..File::named("x") }).await.unwrap();
    assert_eq!(fake.count(), 2);
    let permission = Permission::user("bob@example.com", PermissionRole::Reader);
    let fake = lost();
    drive(&fake).permissions("f").create(&permission, &Share::default()).await.unwrap();
    assert!(fake.seen()[1].query().contains(&("sendNotificationEmail".into(), "false".into())));
    let fake = lost();
    let share = Share { notify: true, ..Share::default() };
    assert!(drive(&fake).permissions("f").create(&permission, &share).await.unwrap_err().may_have_taken_effect());
    assert_eq!(fake.count(), 1);
}

#[tokio::test]
async fn changes_end_with_the_token_for_the_next_time() {
    use portico_google::calendar::Cursor;
    let fake = Fake::steps(vec![answer(
        200,
        r#"{"changes":[{"fileId":"a","removed":true},{"fileId":"b","file":{"id":"b"}}],"newStartPageToken":"9"}"#,
    )]);
    let page = drive(&fake).changes().list(&ChangeQuery::since("3")).await.unwrap();
    assert_eq!((page.changes.len(), page.next), (2, Cursor::End(Some("9".into()))));
    assert!(fake.seen()[0].query().contains(&("pageToken".into(), "3".into())));
}

#[tokio::test]
async fn shared_drives_are_asked_for_wherever_google_wants_to_be_told() {
    let channel = || NewChannel {
        id: "c1".into(),
        address: "https://portal.example/hook".into(),
        token: "hush".into(),
        lifetime: None,
    };
    let fake = Fake::by(|seen, _| match seen.place() {
        place if place.ends_with("startPageToken") => answer(200, r#"{"startPageToken":"3"}"#),
        place if place.ends_with("watch") => answer(200, r#"{"id":"c1","resourceId":"r"}"#),
        _ => answer(200, "{}"),
    });
    let (drive, of_one) = (drive(&fake), ChangeQuery { drive_id: Some("d1".into()), ..ChangeQuery::since("3") });
    assert_eq!(drive.changes().start_page_token_of("d1").await.unwrap(), "3");
    drive.changes().list(&of_one).await.unwrap();
    drive.changes().watch_some(&of_one, &channel()).await.unwrap();
    assert!(drive.changes().list_all(of_one).try_next().await.unwrap().is_none());
    let query = FileQuery { drive_id: Some("d1".into()), ..FileQuery::default() };
    drive.files().list(&query).await.unwrap();
    drive.files().list(&FileQuery { all_drives: true, ..FileQuery::default() }).await.unwrap();
    drive.files().get("f").await.unwrap();
    drive.permissions("f").list(&PermissionQuery::default()).await.unwrap();
    let said = |number: usize| {
        let mut pairs = fake.seen()[number].query();
        pairs.retain(|(name, _)| name.contains("rive") || name == "corpora");
        pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" ")
    };
    let one = "driveId=d1 includeItemsFromAllDrives=true supportsAllDrives=true";
    assert_eq!(said(0), "supportsAllDrives=true driveId=d1");
    assert_eq!((said(1).as_str(), said(2).as_str(), said(3).as_str()), (one, one, one));
    assert_eq!(said(4), format!("corpora=drive {one}"));
    assert_eq!(said(5), "corpora=allDrives includeItemsFromAllDrives=true supportsAllDrives=true");
    assert_eq!((said(6).as_str(), said(7).as_str()), ("supportsAllDrives=true", "supportsAllDrives=true"));
}
