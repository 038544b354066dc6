//! Drive: our library and Google's Python and Node clients play the same scenario against the sandbox.

use crate::frame::{ANN, BOB, Google, Transcript, same_as_google};
use bytes::Bytes;
use portico_google::{
    Kind,
    drive::{
        ChangeQuery, Drive, File, FilePatch, FileQuery, FileSearch, Permission, PermissionQuery, PermissionRole, Share,
        scopes,
    },
    futures::TryStreamExt,
    upload::CHUNK_UNIT,
};
use serde_json::{Value, json};

fn large() -> Bytes {
    (0..600 * 1024_u32).map(|n| (n % 251) as u8).collect::<Vec<_>>().into()
}

async fn drive(google: &Google, account: &str) -> Drive {
    Drive::new(google.client(account, &[scopes::DRIVE]).await)
}

fn id(file: &File) -> &str {
    file.id.as_deref().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn files_sharing_changes_and_uploads() {
    let google = Google::new();
    let (ann, bob) = (drive(&google, ANN).await, drive(&google, BOB).await);
    let mut said = Transcript::default();
    let files = ann.files();

    said.say("about", ann.about().await.unwrap());
    let start = ann.changes().start_page_token().await.unwrap();
    let bobs_start = bob.changes().start_page_token().await.unwrap();
    said.say("root", files.get("root").await.unwrap());
    let folder = files.create(&File::folder("Smlouvy 契約")).await.unwrap();
    said.say("folder", &folder);
    let letter = File { description: Some("Nabídka".into()), ..File::named("Dopis.txt").in_folder(id(&folder)) };
    let letter = files.create_with_content(&letter, "text/plain", "Dobrý den\r\n".as_bytes()).await.unwrap();
    said.say("letter", &letter);

    let ids = files.generate_ids(2).await.unwrap();
    said.say("ids", ids.len());
    let mut own = File::named("Vlastní id");
    own.id = Some(ids[0].clone());
    said.say("own_id", files.create(&own).await.unwrap());
    said.refused("own_id_again", files.create(&own).await);

    let content = large();
    let mut upload =
        files.begin_create(&File::named("Velký.bin"), "application/x-test", content.len() as u64).await.unwrap();
    upload = upload.with_chunk(CHUNK_UNIT);
    let big: File = upload.send(&mut content.clone(), |_| ()).await.unwrap();
    said.say("big", &big);
    let mut download = files.download(id(&big)).with_chunk(100_000);
    let mut back = Vec::new();
    while let Some(piece) = download.next().await.unwrap() {
        assert!(piece.len() <= 100_000);
        back.extend_from_slice(&piece);
    }
    assert!(back == content);
    said.say("downloaded", back.len());

    let search = FileSearch::new().in_folder(id(&folder)).name_contains("dop").trashed(false);
    let found: Vec<File> = files.list_all(FileQuery::searching(search)).try_collect().await.unwrap();
    said.say("search", &found);
    let query = FileQuery { page_size: Some(2), order_by: Some("name".into()), ..FileQuery::default() };
    let all: Vec<File> = files.list_all(query).try_collect().await.unwrap();
    said.say("pages", all.iter().map(|file| file.name.clone()).collect::<Vec<_>>());
    said.refused("bad_search", files.list(&FileQuery::searching(FileSearch::new().term("colour = 'red'"))).await);

    let patch = FilePatch {
        name: "Přejmenovaný.bin".to_owned().into(),
        app_properties: [("employee".to_owned(), Some("42".to_owned()))]
            .into_iter()
            .collect::<std::collections::BTreeMap<_, _>>()
            .into(),
        add_parent: folder.id.clone(),
        ..FilePatch::default()
    };
    said.say("moved", files.update(id(&big), &patch).await.unwrap());
    let copy = files.copy(id(&letter), &File::default()).await.unwrap();
    said.say("copy", &copy);
    let replaced =
        files.update_with_content(id(&copy), &FilePatch::default(), "text/plain", b"Nov\xc3\xbd").await.unwrap();
    said.say("replaced", &replaced);
    let trash = FilePatch { trashed: true.into(), ..FilePatch::default() };
    said.say("trashed", files.update(id(&copy), &trash).await.unwrap());
    let trashed = files.list(&FileQuery::searching(FileSearch::new().trashed(true))).await.unwrap();
    said.say("trash", &*trashed.files);

    let document = File { mime_type: Some("application/vnd.google-apps.document".into()), ..File::named("Dokument") };
    let document = files.create_with_content(&document, "text/plain", "Řádek".as_bytes()).await.unwrap();
    said.say("document", &document);
    let text = files.export(id(&document), "text/plain").await.unwrap();
    said.say("exported", String::from_utf8(text.to_vec()).unwrap());
    said.refused("export_of_a_file", files.export(id(&big), "text/plain").await);
    said.refused("content_of_a_document", files.download(id(&document)).next().await);

    said.refused("hidden", bob.files().get(id(&letter)).await);
    let shared = Permission::user(BOB, PermissionRole::Reader);
    let permission = ann.permissions(id(&folder)).create(&shared, &Share::default()).await.unwrap();
    said.say("shared", &permission);
    let all: Vec<Permission> =
        ann.permissions(id(&folder)).list_all(PermissionQuery::default()).try_collect().await.unwrap();
    said.say("permissions", &all);
    said.say("seen", bob.files().get(id(&letter)).await.unwrap());
    let star = FilePatch { name: "Nesmí".to_owned().into(), ..FilePatch::default() };
    said.refused("may_not_write", bob.files().update(id(&letter), &star).await);
    let permission_id = permission.id.as_deref().unwrap();
    let permissions = ann.permissions(id(&folder));
    said.say("may_write", permissions.update(permission_id, PermissionRole::Writer, false).await.unwrap());
    said.say("permission", permissions.get(permission_id).await.unwrap());
    said.say("written", bob.files().update(id(&letter), &star).await.unwrap());
    permissions.delete(permission_id).await.unwrap();
    said.refused("hidden_again", bob.files().get(id(&letter)).await);
    said.refused("no_permission", permissions.get(permission_id).await);
    said.refused(
        "owner_without_transfer",
        permissions.create(&Permission::user(BOB, PermissionRole::Owner), &Share::default()).await,
    );

    files.delete(id(&letter)).await.unwrap();
    said.refused("gone", files.get(id(&letter)).await);
    files.empty_trash().await.unwrap();
    said.refused("emptied", files.get(id(&copy)).await);
    let changes = ann.changes().list(&ChangeQuery::since(&start)).await.unwrap();
    said.say("changes", &*changes.changes);
    let changes = bob.changes().list(&ChangeQuery::since(&bobs_start)).await.unwrap();
    said.say("bobs_changes", changes.changes.iter().map(|change| change.removed).collect::<Vec<_>>());
    said.refused("bad_cursor", ann.changes().list(&ChangeQuery::since("soon")).await);

    same_as_google("drive", "drive.v3", &google, said).await;
}

#[tokio::test]
async fn an_upload_outlives_lost_answers_and_server_errors() {
    let google = Google::new();
    let ann = drive(&google, ANN).await;
    let content = large();
    let mut upload = ann
        .files()
        .begin_create(&File::named("x"), "application/x-test", content.len() as u64)
        .await
        .unwrap()
        .with_chunk(CHUNK_UNIT);
    google.control("POST", "faults", json!({"method": "PUT", "path": "/upload/", "lose_answer": true})).await;
    google.control("POST", "faults", json!({"method": "PUT", "path": "/upload/", "status": 503, "times": 2})).await;
    let mut steps = Vec::new();
    let file: File = upload.send(&mut content.clone(), |progress| steps.push(progress.sent)).await.unwrap();
    assert_eq!(file.size, Some(portico_google::Int64(content.len() as i64)));
    assert_eq!(steps, [262_144, 524_288, 614_400]);
    assert_eq!(ann.files().download(id(&file)).with_chunk(65_536).rest(1 << 20).await.unwrap(), content);
    let error = ann.files().download(id(&file)).rest(1000).await.unwrap_err();
    assert_eq!(error.kind(), &Kind::Unreadable);
    // The answer to the last chunk is lost: the file is there once.
    let mut upload = ann.files().begin_create(&File::named("once"), "text/plain", 3).await.unwrap();
    google.control("POST", "faults", json!({"method": "PUT", "path": "/upload/", "lose_answer": true})).await;
    let _: File = upload.send(&mut Bytes::from_static(b"abc"), |_| ()).await.unwrap();
    let search = FileSearch::new().named("once");
    assert_eq!(ann.files().list(&FileQuery::searching(search)).await.unwrap().files.len(), 1);
    let empty = ann.files().create_with_content(&File::named("empty"), "text/plain", b"").await.unwrap();
    assert_eq!(ann.files().download(id(&empty)).rest(10).await.unwrap(), Bytes::new());
}

#[tokio::test]
async fn a_token_for_the_apps_own_files_sees_no_others() {
    let google = Google::new();
    let (all, own) = (drive(&google, ANN).await, Drive::new(google.client(ANN, &[scopes::DRIVE_FILE]).await));
    let body = json!({"client_id": "other", "client_secret": "s", "redirect_uris": []});
    google.control("POST", "clients", body).await;
    let tokens = google
        .control("POST", "tokens", json!({"account": ANN, "client": "other", "scopes": [scopes::DRIVE_FILE]}))
        .await;
    assert!(tokens["access_token"].is_string());
    let file = own.files().create(&File::named("Mine")).await.unwrap();
    assert_eq!(all.files().get(id(&file)).await.unwrap().name.as_deref(), Some("Mine"));
    let reader = Drive::new(google.client(ANN, &[scopes::DRIVE_METADATA_READONLY]).await);
    assert!(reader.files().get(id(&file)).await.is_ok());
    let refused = reader.files().download(id(&file)).next().await.unwrap_err();
    assert!(matches!(refused.kind(), Kind::ScopesMissing { .. }), "{refused}");
    let refused = reader.files().create(&File::named("No")).await.unwrap_err();
    assert!(matches!(refused.kind(), Kind::ScopesMissing { .. }), "{refused}");
    let seen: Value = google.control("GET", "requests", json!(null)).await;
    assert!(!seen.to_string().contains(tokens["access_token"].as_str().unwrap()));
}
