//! Drive over the wire: what Google's clients do not say but Google refuses or answers all the same.

#[path = "../core/support.rs"]
#[expect(dead_code, reason = "signing in is for other tests")]
mod support;

use serde_json::{Value, json};
use support::{ANN, BOB, CLIENT, Google, text};

const DRIVE: &str = "https://www.googleapis.com/auth/drive";
const UPLOAD: &str = "https://www.googleapis.com/upload/drive/v3/files";

struct Drive {
    google: Google,
    token: String,
}

impl Drive {
    async fn new() -> Self {
        let google = Google::new().await;
        let token = google.token(&[DRIVE]).await;
        Self { google, token }
    }

    async fn call(&self, verb: &str, path: &str, body: Value) -> support::Got {
        self.google
            .call(&self.token, verb, &format!("/drive/v3/{path}"), Some(body).filter(|body| !body.is_null()))
            .await
    }

    async fn send(&self, verb: &str, url: &str, headers: &[(&str, &str)], body: &str) -> support::Got {
        let bearer = format!("Bearer {}", self.token);
        let mut all = vec![("authorization", bearer.as_str())];
        all.extend(headers);
        self.google.send(verb, url, &all, body).await
    }

    async fn file(&self, content: &str) -> String {
        let got =
            self.send("POST", &format!("{UPLOAD}?uploadType=media"), &[("content-type", "text/plain")], content).await;
        text(&got.ok(), "id").to_owned()
    }

    async fn bob(&self) -> String {
        let body = json!({"account": BOB, "client": CLIENT, "scopes": [DRIVE]});
        self.google.control("POST", "tokens", body).await["access_token"].as_str().unwrap().to_owned()
    }
}

#[tokio::test]
async fn four_fields_come_unless_others_are_asked_for() {
    let drive = Drive::new().await;
    let id = drive.file("abc").await;
    let file = drive.call("GET", &format!("files/{id}"), json!(null)).await.ok();
    assert_eq!(file, json!({"kind": "drive#file", "id": id, "name": "Untitled", "mimeType": "text/plain"}));
    let file =
        drive.call("GET", &format!("files/{id}?fields=size,md5Checksum,owners/emailAddress"), json!(null)).await.ok();
    assert_eq!(
        file,
        json!({"size": "3", "md5Checksum": "900150983cd24fb0d6963f7d28e17f72", "owners": [{"emailAddress": ANN}]})
    );
    let list = drive.call("GET", "files", json!(null)).await.ok();
    assert_eq!(list["files"][0].as_object().unwrap().len(), 4);
    drive.call("GET", "about", json!(null)).await.reason(400, "required");
}

#[tokio::test]
async fn content_comes_whole_or_in_ranges() {
    let drive = Drive::new().await;
    let id = drive.file("0123456789").await;
    let url = format!("https://www.googleapis.com/drive/v3/files/{id}?alt=media");
    let whole = drive.send("GET", &url, &[], "").await;
    assert_eq!((whole.status, whole.text.as_str(), whole.header("accept-ranges")), (200, "0123456789", "bytes"));
    for (range, status, content_range, body) in [
        ("bytes=2-4", 206, "bytes 2-4/10", "234"),
        ("bytes=8-", 206, "bytes 8-9/10", "89"),
        ("bytes=-1", 206, "bytes 9-9/10", "9"),
    ] {
        let got = drive.send("GET", &url, &[("range", range)], "").await;
        assert_eq!((got.status, got.header("content-range"), got.text.as_str()), (status, content_range, body));
    }
    let past = drive.send("GET", &url, &[("range", "bytes=10-")], "").await;
    assert_eq!((past.status, past.header("content-range")), (416, "bytes */10"));
}

#[tokio::test]
async fn an_upload_says_how_much_has_arrived() {
    let drive = Drive::new().await;
    let unit = 256 * 1024;
    let (first, rest) = ("a".repeat(unit), "b".repeat(10));
    let json = ("content-type", "application/json");
    let begun = drive
        .send("POST", &format!("{UPLOAD}?uploadType=resumable&fields=size,name"), &[json], r#"{"name":"x"}"#)
        .await;
    assert_eq!((begun.status, begun.text.as_str()), (200, ""));
    let address = begun.header("location").to_owned();
    assert!(address.starts_with(UPLOAD), "{address}");
    let ask = drive.send("PUT", &address, &[("content-range", "bytes */*")], "").await;
    assert_eq!((ask.status, ask.header("range")), (308, ""));
    // What is no multiple of the unit is not kept before the end.
    let more = format!("{first}bbb");
    let range = format!("bytes 0-{}/*", more.len() - 1);
    let got = drive.send("PUT", &address, &[("content-range", &range)], &more).await;
    assert_eq!((got.status, got.header("range")), (308, "bytes=0-262143"));
    let gap = drive.send("PUT", &address, &[("content-range", "bytes 300000-300009/300010")], &rest).await;
    gap.reason(400, "badRequest");
    let range = format!("bytes {unit}-{}/{}", unit + 9, unit + 10);
    let done = drive.send("PUT", &address, &[("content-range", &range)], &rest).await;
    assert_eq!(done.ok(), json!({"size": "262154", "name": "x"}));
    // Asked again, it says the same, and there is one file.
    assert_eq!(drive.send("PUT", &address, &[("content-range", "bytes */262154")], "").await.ok()["name"], "x");
    assert_eq!(drive.call("GET", "files", json!(null)).await.ok()["files"].as_array().unwrap().len(), 1);

    let begun = drive.send("POST", &format!("{UPLOAD}?uploadType=resumable"), &[json], "{}").await;
    let address = begun.header("location").to_owned();
    assert_eq!(drive.send("DELETE", &address, &[], "").await.status, 499);
    drive.send("PUT", &address, &[("content-range", "bytes */*")], "").await.reason(404, "notFound");
    let begun = drive.send("POST", &format!("{UPLOAD}?uploadType=resumable"), &[json], "{}").await;
    drive.google.control("PUT", "clock", json!({"now": "2026-11-29T09:00:00Z"})).await;
    let token = drive.google.token(&[DRIVE]).await;
    let bearer = format!("Bearer {token}");
    let late = drive.google.send("PUT", begun.header("location"), &[("authorization", &bearer)], "x").await;
    late.reason(404, "notFound");
    assert_eq!(
        drive.send("POST", &format!("{UPLOAD}?uploadType=sideways"), &[], "").await.status,
        401,
        "the token is old"
    );
}

#[tokio::test]
async fn folders_share_and_hide_what_is_in_them() {
    let drive = Drive::new().await;
    let bob = drive.bob().await;
    let folder =
        drive.call("POST", "files", json!({"name": "F", "mimeType": "application/vnd.google-apps.folder"})).await.ok();
    let folder = text(&folder, "id").to_owned();
    let inner = drive.call("POST", "files", json!({"name": "f", "parents": [folder]})).await.ok();
    let inner = format!("/drive/v3/files/{}", text(&inner, "id"));
    drive.google.call(&bob, "GET", &inner, None).await.reason(404, "notFound");
    let everybody = json!({"type": "anyone", "role": "reader"});
    drive.call("POST", &format!("files/{folder}/permissions"), everybody).await.ok();
    assert_eq!(drive.google.call(&bob, "GET", &inner, None).await.status, 200);
    let listed = drive.google.call(&bob, "GET", "/drive/v3/files", None).await.ok();
    assert_eq!(listed["files"], json!([]), "a link does not bring files into lists");
    drive
        .google
        .call(&bob, "PATCH", &inner, Some(json!({"name": "g"})))
        .await
        .reason(403, "insufficientFilePermissions");
    drive.call("PATCH", &format!("files/{folder}"), json!({"trashed": true})).await.ok();
    let seen =
        drive.google.call(&drive.token, "GET", &format!("{inner}?fields=trashed,explicitlyTrashed"), None).await.ok();
    assert_eq!(seen, json!({"trashed": true, "explicitlyTrashed": false}));
    drive.call("PATCH", &format!("files/{folder}"), json!({"parents": ["root"]})).await.reason(403, "fieldNotWritable");
    drive.call("PATCH", &format!("files/{folder}?addParents={folder}"), json!({})).await.reason(403, "cyclicParent");
    let mail = drive.google.control("GET", "mail", json!(null)).await;
    assert_eq!(mail["items"], json!([]));
    let shared = json!({"type": "user", "role": "writer", "emailAddress": BOB});
    drive.call("POST", &format!("files/{folder}/permissions"), shared).await.ok();
    let mail = drive.google.control("GET", "mail", json!(null)).await;
    assert_eq!((text(&mail["items"][0], "to"), text(&mail["items"][0], "kind")), (BOB, "share"));
}

#[tokio::test]
async fn a_file_is_listed_once_among_the_changes_and_its_removal_too() {
    let drive = Drive::new().await;
    let start = drive.call("GET", "changes/startPageToken", json!(null)).await.ok();
    let since = format!("changes?pageToken={}", text(&start, "startPageToken"));
    let (one, other) = (drive.file("1").await, drive.file("2").await);
    drive.call("PATCH", &format!("files/{one}"), json!({"name": "n"})).await.ok();
    let page = drive.call("GET", &since, json!(null)).await.ok();
    let ids: Vec<&str> = page["changes"].as_array().unwrap().iter().map(|change| text(change, "fileId")).collect();
    assert_eq!(ids, [&other, &one]);
    assert_eq!(page["changes"][1]["file"]["name"], "n");
    let first = drive.call("GET", &format!("{since}&pageSize=1"), json!(null)).await.ok();
    let next = format!("changes?pageToken={}", text(&first, "nextPageToken"));
    let last = drive.call("GET", &next, json!(null)).await.ok();
    assert_eq!((text(&last["changes"][0], "fileId"), last["nextPageToken"].is_null()), (one.as_str(), true));
    assert_eq!(drive.call("DELETE", &format!("files/{one}"), json!(null)).await.status, 204);
    let next = format!("changes?pageToken={}", text(&last, "newStartPageToken"));
    let page = drive.call("GET", &next, json!(null)).await.ok();
    assert_eq!((&page["changes"][0]["removed"], page["changes"][0]["file"].is_null()), (&json!(true), true));
    let again = format!("changes?pageToken={}", text(&page, "newStartPageToken"));
    assert_eq!(drive.call("GET", &again, json!(null)).await.ok()["changes"], json!([]));
    drive.call("GET", "changes?pageToken=x", json!(null)).await.reason(400, "invalid");
}

#[tokio::test]
async fn a_channel_on_changes_is_opened_and_stopped() {
    let drive = Drive::new().await;
    let channel = json!({"id": "c1", "type": "web_hook", "address": "https://portal.example/hook", "token": "t"});
    let opened = drive.call("POST", "changes/watch?pageToken=1", channel.clone()).await.ok();
    assert_eq!((text(&opened, "kind"), text(&opened, "id")), ("api#channel", "c1"));
    let hour = (1_795_251_600_000_i64 + 3_600_000).to_string();
    assert_eq!(text(&opened, "expiration"), hour);
    drive.call("POST", "changes/watch?pageToken=1", channel).await.reason(400, "channelIdNotUnique");
    let stop = json!({"id": "c1", "resourceId": opened["resourceId"]});
    assert_eq!(drive.call("POST", "channels/stop", stop.clone()).await.status, 204);
    drive.call("POST", "channels/stop", stop).await.reason(404, "notFound");
}

#[tokio::test]
async fn storage_ends() {
    let drive = Drive::new().await;
    drive.google.control("PUT", "quota", json!({"drive_storage_bytes": 5})).await;
    let id = drive.file("12345").await;
    let url = format!("{UPLOAD}?uploadType=media");
    drive.send("POST", &url, &[], "6").await.reason(403, "storageQuotaExceeded");
    let replaced = drive.send("PATCH", &format!("{UPLOAD}/{id}?uploadType=media&fields=size"), &[], "123").await.ok();
    assert_eq!(replaced["size"], "3");
    let about = drive.call("GET", "about?fields=storageQuota", json!(null)).await.ok();
    assert_eq!((text(&about["storageQuota"], "limit"), text(&about["storageQuota"], "usage")), ("5", "3"));
}

#[tokio::test]
async fn lists_name_their_corpora_and_spaces() {
    let drive = Drive::new().await;
    let own = drive.file("1").await;
    for bad in ["corpora=everything", "corpora=allDrives", "corpora=User", "spaces=photos", "spaces=drive,attic"] {
        drive.call("GET", &format!("files?{bad}"), json!(null)).await.reason(400, "invalid");
    }
    drive.call("GET", "files?corpora=drive", json!(null)).await.reason(400, "required");
    let shared = drive.file("2").await;
    let domain = json!({"type": "domain", "role": "reader", "domain": "example.com", "allowFileDiscovery": true});
    drive.call("POST", &format!("files/{shared}/permissions"), domain).await.ok();
    let ids = |got: support::Got| -> Vec<String> {
        got.ok()["files"].as_array().unwrap().iter().map(|file| text(file, "id").to_owned()).collect()
    };
    let mut all = vec![own, shared.clone()];
    all.sort();
    let all_drives = "corpora=allDrives&includeItemsFromAllDrives=true&supportsAllDrives=true";
    for whole in ["corpora=user&spaces=drive", all_drives, "corpora=&spaces="] {
        let mut found = ids(drive.call("GET", &format!("files?{whole}"), json!(null)).await);
        found.sort();
        assert_eq!(found, all, "{whole}");
    }
    assert_eq!(ids(drive.call("GET", "files?corpora=domain", json!(null)).await), [shared]);
    drive.call("GET", "changes?pageToken=1&spaces=attic", json!(null)).await.reason(400, "invalid");
    let refused = drive.call("GET", "files?spaces=drive,appDataFolder", json!(null)).await;
    refused.reason(403, "insufficientScopes");
}

#[tokio::test]
async fn what_an_app_keeps_for_itself_is_seen_by_nobody_else() {
    let drive = Drive::new().await;
    drive.file("of the person").await;
    let body = json!({"name": "settings.json", "parents": ["appDataFolder"]});
    drive.call("POST", "files", body.clone()).await.reason(403, "insufficientScopes");
    let token = drive.google.token(&["https://www.googleapis.com/auth/drive.appdata"]).await;
    let app = Drive { google: drive.google, token };
    let made = app.call("POST", "files?fields=id,spaces", body).await.ok();
    assert_eq!(made["spaces"], json!(["appDataFolder"]));
    let (id, path) = (text(&made, "id"), format!("files/{}", text(&made, "id")));
    // Without a word about spaces the Drive is meant, which this token does not open.
    app.call("GET", "files", json!(null)).await.reason(403, "insufficientScopes");
    let listed = app.call("GET", "files?spaces=appDataFolder", json!(null)).await.ok();
    assert_eq!((listed["files"].as_array().unwrap().len(), text(&listed["files"][0], "id")), (1, id));
    let query = "files?spaces=appDataFolder&q='appDataFolder'%20in%20parents";
    assert_eq!(app.call("GET", query, json!(null)).await.ok()["files"], listed["files"]);
    let changes = app.call("GET", "changes?pageToken=1&spaces=appDataFolder", json!(null)).await.ok();
    assert_eq!((changes["changes"].as_array().unwrap().len(), text(&changes["changes"][0], "fileId")), (1, id));
    let trashed = app.call("PATCH", &path, json!({"trashed": true})).await;
    trashed.reason(403, "notSupportedForAppDataFolderFiles");
    let both = "https://www.googleapis.com/auth/drive https://www.googleapis.com/auth/drive.appdata";
    let token = app.google.token(&both.split(' ').collect::<Vec<_>>()).await;
    let app = Drive { google: app.google, token };
    assert_eq!(app.call("GET", "files", json!(null)).await.ok()["files"].as_array().unwrap().len(), 1);
    let all = app.call("GET", "files?spaces=drive,appDataFolder", json!(null)).await.ok();
    assert_eq!(all["files"].as_array().unwrap().len(), 2);
    app.call("PATCH", &format!("{path}?addParents=root"), json!({})).await.reason(403, "invalidParentSpace");
    let shared = app.call("POST", &format!("{path}/permissions"), json!({"type": "anyone", "role": "reader"})).await;
    shared.reason(403, "notSupportedForAppDataFolderFiles");
    // The same person through another app.
    app.google.control("POST", "clients", json!({"client_id": "other.apps.googleusercontent.com"})).await;
    let scopes: Vec<&str> = both.split(' ').collect();
    let wanted = json!({"account": ANN, "client": "other.apps.googleusercontent.com", "scopes": scopes});
    let token = text(&app.google.control("POST", "tokens", wanted).await, "access_token").to_owned();
    let other = Drive { google: app.google, token };
    other.call("GET", &path, json!(null)).await.reason(404, "notFound");
    let none = other.call("GET", "files?spaces=appDataFolder", json!(null)).await.ok();
    assert_eq!(none["files"], json!([]));
}
