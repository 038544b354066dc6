//! Uploads: what goes over the wire, and how they go on after something broke.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::Method;
use portico_google::{
    Client, Error, Kind, Request,
    upload::{CHUNK_UNIT, Progress, ResumableUpload, UploadSession, multipart},
};
use serde_json::{Value, json};

use crate::fake::{Fake, Seen, Step, client, cut, json as answer, refusal};

const ROOT: &str = "https://www.googleapis.com";
const SESSION: &str = "/upload/drive/v3/files?uploadType=resumable&upload_id=xa298sd";

fn create() -> Request {
    Request::new("drive.files.create", Method::POST, ROOT, "/drive/v3/files", &[]).json(&json!({"name": "Smlouva"}))
}

fn session() -> Step {
    answer(200, "").header("location", &format!("{ROOT}{SESSION}"))
}

fn range_of(seen: &Seen) -> &str {
    seen.headers.get("content-range").map_or("", String::as_str)
}

/// Google as far as an upload sees it: it keeps what comes, and `trouble` may say something else at a request.
fn google(length: usize, trouble: impl Fn(usize, &mut usize) -> Option<Step> + Send + Sync + 'static) -> Arc<Fake> {
    let kept = Mutex::new(0_usize);
    Fake::by(move |seen, number| {
        if number == 0 {
            return session();
        }
        let mut kept = kept.lock().unwrap();
        let range = range_of(seen).to_owned();
        let (place, total) = range.strip_prefix("bytes ").unwrap().split_once('/').unwrap();
        assert_eq!(total, length.to_string());
        if let Some((first, last)) = place.split_once('-') {
            let (first, last): (usize, usize) = (first.parse().unwrap(), last.parse().unwrap());
            assert_eq!((first, last - first + 1), (*kept, seen.body.len()), "what is sent goes on where Google is");
            assert!(last + 1 == length || seen.body.len().is_multiple_of(CHUNK_UNIT));
            *kept = last + 1;
        }
        if let Some(step) = trouble(number, &mut kept) {
            return step;
        }
        match *kept {
            all if all == length => answer(200, r#"{"id":"f1"}"#),
            0 => answer(308, ""),
            some => answer(308, "").header("range", &format!("bytes=0-{}", some - 1)),
        }
    })
}

async fn send(fake: &Arc<Fake>, length: usize) -> (Result<Value, Error>, Vec<u64>) {
    let (client, _) = client(fake);
    let mut upload = ResumableUpload::begin(&client, create(), "text/plain", length as u64)
        .await
        .unwrap()
        .with_chunk(CHUNK_UNIT + 5);
    let mut content = Bytes::from("x".repeat(length));
    let mut steps = Vec::new();
    let result = upload.send(&mut content, |Progress { sent, .. }| steps.push(sent)).await;
    (result, steps)
}

#[tokio::test]
async fn content_goes_in_chunks_of_the_unit() {
    let length = 2 * CHUNK_UNIT + 100;
    let fake = google(length, |_, _| None);
    let (result, steps) = send(&fake, length).await;
    assert_eq!(result.unwrap(), json!({"id": "f1"}));
    assert_eq!(steps, [CHUNK_UNIT as u64, 2 * CHUNK_UNIT as u64, length as u64]);
    let seen = fake.seen();
    assert_eq!(
        (seen[0].method.as_str(), seen[0].place()),
        ("POST", "https://www.googleapis.com/upload/drive/v3/files")
    );
    assert!(seen[0].query().contains(&("uploadType".into(), "resumable".into())));
    assert_eq!(seen[0].headers["x-upload-content-length"], length.to_string());
    assert_eq!(seen[0].headers["x-upload-content-type"], "text/plain");
    assert_eq!(seen[0].body, r#"{"name":"Smlouva"}"#);
    assert!(seen[1].address.starts_with(&format!("{ROOT}{SESSION}")) && seen[1].method == "PUT");
    assert_eq!(seen.len(), 4);
}

#[tokio::test]
async fn an_end_that_another_than_google_says_is_asked_for_again() {
    let length = CHUNK_UNIT;
    let portal = r#"{"login":true}"#;
    let fake = google(length, move |number, _| (number == 1).then(|| Step::of(200, "text/html", portal)));
    let (result, _) = send(&fake, length).await;
    assert_eq!(result.unwrap(), json!({"id": "f1"}));
    assert_eq!(range_of(&fake.seen()[2]), "bytes */262144");
}

#[tokio::test]
async fn after_a_cut_connection_it_asks_how_much_arrived_and_goes_on_there() {
    let length = 3 * CHUNK_UNIT;
    // The second chunk arrived although its answer did not; the third one is lost on the way, then Google is in trouble.
    let fake = google(length, |number, kept| match number {
        2 => Some(cut()),
        4 => {
            *kept = 2 * CHUNK_UNIT;
            Some(cut())
        }
        5 => Some(refusal(503, "backendError")),
        _ => None,
    });
    let (result, steps) = send(&fake, length).await;
    assert_eq!(result.unwrap(), json!({"id": "f1"}));
    let seen = fake.seen();
    let ranges: Vec<&str> = seen[1..].iter().map(range_of).collect();
    assert_eq!(
        ranges,
        [
            "bytes 0-262143/786432",
            "bytes 262144-524287/786432",
            "bytes */786432",
            "bytes 524288-786431/786432",
            "bytes */786432",
            "bytes */786432",
            "bytes 524288-786431/786432",
        ]
    );
    assert_eq!(steps.last(), Some(&786_432));
}

#[tokio::test]
async fn a_lost_last_answer_is_had_by_asking() {
    let fake = google(10, |number, _| (number == 1).then(cut));
    let (result, _) = send(&fake, 10).await;
    assert_eq!(result.unwrap(), json!({"id": "f1"}));
    assert_eq!(fake.seen()[1..].iter().map(range_of).collect::<Vec<_>>(), ["bytes 0-9/10", "bytes */10"]);
}

#[tokio::test]
async fn what_google_kept_in_part_is_sent_from_there() {
    let length = 2 * CHUNK_UNIT;
    let fake = google(length, |number, kept| {
        if number == 1 {
            *kept = 100;
        }
        None
    });
    // Google kept 100 bytes of the first chunk: the next one begins there.
    let (client, _) = client(&fake);
    let mut upload = ResumableUpload::begin(&client, create(), "text/plain", length as u64).await.unwrap();
    let mut content = Bytes::from("x".repeat(length));
    let whole: Value = upload.send(&mut content, |_| ()).await.unwrap();
    assert_eq!(whole["id"], "f1");
    assert_eq!(range_of(&fake.seen()[2]), "bytes 100-524287/524288");
}

#[tokio::test]
async fn nothing_at_all_can_be_uploaded() {
    let fake = google(0, |_, _| None);
    assert_eq!(send(&fake, 0).await.0.unwrap(), json!({"id": "f1"}));
    assert_eq!(range_of(&fake.seen()[1]), "bytes */0");
}

#[tokio::test]
async fn it_gives_up_when_it_gets_no_further_and_can_be_gone_on_with() {
    let length = 2 * CHUNK_UNIT;
    let fake = google(length, |number, kept| {
        (2..7).contains(&number).then(|| {
            *kept = CHUNK_UNIT;
            cut()
        })
    });
    let (client, _) = client(&fake);
    let mut upload = ResumableUpload::begin(&client, create(), "text/plain", length as u64).await.unwrap();
    upload = upload.with_chunk(1);
    let mut content = Bytes::from("x".repeat(length));
    let error = upload.send::<Value>(&mut content, |_| ()).await.unwrap_err();
    assert_eq!(error.kind(), &Kind::Transient);
    assert!(error.is_temporary());
    assert_eq!(fake.count(), 7, "five tries in vain");
    // Another process goes on with what was kept.
    let session = UploadSession::new(upload.session().address().clone(), upload.session().length());
    let mut again = ResumableUpload::resume(&client, "drive.files.create", ROOT, session);
    let before = fake.count();
    let whole: Value = again.send(&mut content, |_| ()).await.unwrap();
    assert_eq!(whole["id"], "f1");
    assert_eq!(range_of(&fake.seen()[before]), "bytes */524288");
}

#[tokio::test]
async fn a_session_that_has_ended_and_a_foreign_one_are_told_apart_from_trouble() {
    let ended = Fake::steps(vec![session(), refusal(404, "notFound")]);
    let (error, _) = send(&ended, 10).await;
    assert!(error.unwrap_err().is_absent());
    assert_eq!(ended.count(), 2);

    let foreign = Fake::steps(vec![answer(200, "").header("location", "https://evil.example/upload/x?upload_id=1")]);
    let (client, _) = client(&foreign);
    let error = ResumableUpload::begin(&client, create(), "text/plain", 3).await.err().unwrap();
    assert_eq!((error.kind(), foreign.count()), (&Kind::Unreadable, 1));

    let redirect = Fake::steps(vec![session(), answer(307, "").header("location", "https://evil.example/")]);
    let (error, _) = send(&redirect, 10).await;
    assert_eq!((error.unwrap_err().kind(), redirect.count()), (&Kind::Unreadable, 2));
}

#[tokio::test]
async fn a_content_of_another_length_is_not_sent() {
    let fake = google(10, |_, _| None);
    let (client, _) = client(&fake);
    let mut upload = ResumableUpload::begin(&client, create(), "text/plain", 10).await.unwrap();
    let error = upload.send::<Value>(&mut Bytes::from_static(b"short"), |_| ()).await.unwrap_err();
    assert_eq!((error.kind(), fake.count()), (&Kind::Unsendable, 1));
}

fn parts(client: &Client, content: &[u8]) -> Request {
    multipart(client, create(), &json!({"name": "Smlouva 契約"}), "text/plain; charset=utf-8", content)
}

#[tokio::test]
async fn metadata_and_content_go_in_one_body() {
    let fake = Fake::steps(vec![answer(200, "{}")]);
    let (client, _) = client(&fake);
    client.json::<Value>(parts(&client, "Obsah ✓".as_bytes())).await.unwrap();
    let seen = &fake.seen()[0];
    let kind = &seen.headers["content-type"];
    let boundary = kind.strip_prefix("multipart/related; boundary=").unwrap();
    assert_eq!(
        seen.body,
        format!(
            "--{boundary}\r\nContent-Type: application/json; charset=UTF-8\r\n\r\n{{\"name\":\"Smlouva 契約\"}}\r\n--{boundary}\r\n\
             Content-Type: text/plain; charset=utf-8\r\n\r\nObsah ✓\r\n--{boundary}--\r\n"
        )
    );
    assert!(seen.query().contains(&("uploadType".into(), "multipart".into())));
    let bad = multipart(&client, create(), &json!({}), "text/plain\r\nX: y", b"");
    assert_eq!(client.json::<Value>(bad).await.unwrap_err().kind(), &Kind::Unsendable);
}
