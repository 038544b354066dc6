//! Messages that come in pieces. [Uploads](https://developers.google.com/workspace/gmail/api/guides/uploads#resumable)

use serde_json::{Value, json};

use crate::support::{ANN, BOB, Google, Got, text};

const MAIL: &str = "https://mail.google.com/";
const UNIT: usize = 256 * 1024;

/// A person with a mailbox.
struct Person {
    google: Google,
    bearer: String,
}

impl Person {
    async fn new() -> Self {
        let google = Google::new().await;
        let bearer = format!("Bearer {}", google.token(&[MAIL]).await);
        Self { google, bearer }
    }

    async fn send(&self, verb: &str, url: &str, headers: &[(&str, &str)], body: &str) -> Got {
        let mut all = vec![("authorization", self.bearer.as_str())];
        all.extend(headers);
        self.google.send(verb, url, &all, body).await
    }

    /// Begins an upload, and gives its address.
    async fn begin(&self, verb: &str, path: &str, metadata: &Value) -> String {
        let url = format!("https://gmail.googleapis.com{path}?uploadType=resumable");
        let headers = [("content-type", "application/json"), ("x-upload-content-type", "message/rfc822")];
        let begun = self.send(verb, &url, &headers, &metadata.to_string()).await;
        assert_eq!((begun.status, begun.text.as_str()), (200, ""));
        let address = begun.header("location").to_owned();
        assert!(address.starts_with(&format!("{url}&upload_id=")), "{address}");
        address
    }

    async fn ask(&self, address: &str) -> Got {
        self.send("PUT", address, &[("content-range", "bytes */*")], "").await
    }

    async fn get(&self, path: &str) -> Value {
        self.send("GET", &format!("https://gmail.googleapis.com/gmail/v1/users/me{path}"), &[], "").await.ok()
    }
}

/// A message that takes more than two pieces.
fn large() -> String {
    format!("To: {BOB}\r\nSubject: large\r\n\r\n{}\r\n", "0123456789\r\n".repeat(50_000))
}

#[tokio::test]
async fn a_message_is_sent_once_whatever_is_asked_at_the_address_of_its_upload() {
    let ann = Person::new().await;
    let (mail, send) = (large(), "/resumable/upload/gmail/v1/users/me/messages/send");
    let address = ann.begin("POST", send, &json!({})).await;
    let nothing = ann.ask(&address).await;
    assert_eq!((nothing.status, nothing.header("range")), (308, ""));
    for (first, last) in [(0, UNIT), (UNIT, 2 * UNIT)] {
        let range = format!("bytes {first}-{}/{}", last - 1, mail.len());
        let more = ann.send("PUT", &address, &[("content-range", &range)], &mail[first..last]).await;
        let arrived = format!("bytes=0-{}", last - 1);
        assert_eq!((more.status, more.header("range")), (308, arrived.as_str()));
        assert_eq!(ann.ask(&address).await.header("range"), arrived);
    }
    assert!(ann.get("/messages").await.get("messages").is_none(), "half a message is none");
    let range = format!("bytes {}-{}/{}", 2 * UNIT, mail.len() - 1, mail.len());
    let sent = ann.send("PUT", &address, &[("content-range", &range)], &mail[2 * UNIT..]).await.ok();
    assert_eq!(sent["labelIds"], json!(["SENT"]));
    // Whoever lost the answer asks again.
    assert_eq!(ann.ask(&address).await.ok(), sent);
    assert_eq!(ann.get("/messages").await["messages"], json!([{"id": sent["id"], "threadId": sent["threadId"]}]));
    let size = ann.get(&format!("/messages/{}?format=minimal", text(&sent, "id"))).await["sizeEstimate"].clone();
    assert!(size.as_u64().unwrap() > mail.len() as u64, "{size}");
    let outbox = ann.google.control("GET", "mail", json!({})).await;
    assert_eq!((outbox["items"].as_array().unwrap().len(), text(&outbox["items"][0], "to")), (1, BOB));
}

#[tokio::test]
async fn metadata_and_query_of_the_beginning_hold_at_the_end() {
    let ann = Person::new().await;
    let old = "Subject: old\r\nDate: Fri, 02 Oct 2026 10:00:00 +0000\r\n\r\nold\r\n";
    let url = "https://www.googleapis.com/upload/gmail/v1/users/me/messages\
               ?uploadType=resumable&internalDateSource=dateHeader&fields=id,labelIds";
    let headers = [("content-type", "application/json"), ("x-upload-content-type", "message/rfc822")];
    let begun = ann.send("POST", url, &headers, r#"{"labelIds":["INBOX"]}"#).await;
    // Without a range the whole comes at once.
    let put = ann.send("PUT", begun.header("location"), &[], old).await.ok();
    assert_eq!(put, json!({"id": put["id"], "labelIds": ["INBOX"]}));
    let read = ann.get(&format!("/messages/{}?format=minimal", text(&put, "id"))).await;
    assert_eq!(read["internalDate"], "1790935200000");

    let upload = "/upload/gmail/v1/users/me/drafts";
    let made = ann.begin("POST", upload, &json!({})).await;
    let draft = ann.send("PUT", &made, &[], "Subject: one\r\n\r\n").await.ok();
    let path = format!("{upload}/{}", text(&draft, "id"));
    let again = ann.begin("PUT", &path, &json!({})).await;
    let changed = ann.send("PUT", &again, &[], &format!("To: {BOB}\r\nSubject: two\r\n\r\n")).await.ok();
    assert_eq!((&changed["id"], changed["message"]["id"] == draft["message"]["id"]), (&draft["id"], false));
    let last = ann.begin("POST", &format!("{upload}/send"), &json!({"id": draft["id"]})).await;
    let sent = ann.send("PUT", &last, &[], &format!("To: {ANN}\r\nSubject: three\r\n\r\n")).await.ok();
    assert_eq!(sent["labelIds"], json!(["INBOX", "SENT", "UNREAD"]));
}

#[tokio::test]
async fn what_cannot_become_a_message_is_refused_and_an_upload_belongs_to_whoever_began_it() {
    let ann = Person::new().await;
    let url = "https://gmail.googleapis.com/upload/gmail/v1/users/me/messages/send?uploadType=resumable";
    ann.send("POST", url, &[("x-upload-content-type", "text/plain")], "").await.reason(400, "badContent");
    let huge = [("x-upload-content-type", "message/rfc822"), ("x-upload-content-length", "99000000")];
    ann.send("POST", url, &huge, "").await.reason(413, "uploadTooLarge");
    let other = url.replace("/me/", &format!("/{BOB}/"));
    ann.send("POST", &other, &[("x-upload-content-type", "message/rfc822")], "").await.reason(403, "forbidden");

    let address = ann.begin("POST", "/upload/gmail/v1/users/me/messages/send", &json!({})).await;
    let given = ann.google.control("POST", "tokens", json!({"account": BOB, "scopes": [MAIL]})).await;
    let bob = format!("Bearer {}", text(&given, "access_token"));
    let foreign = ann.google.send("PUT", &address, &[("authorization", &bob)], "To: x@y.example\r\n\r\n").await;
    foreign.reason(404, "notFound");
    // An upload for another method is not this one.
    assert_eq!(ann.ask(&address.replace("/messages/send", "/drafts")).await.status, 404);
    // Without a recipient nothing is sent, and the upload is where it was.
    ann.send("PUT", &address, &[], "Subject: x\r\n\r\n").await.reason(400, "invalidArgument");
    assert_eq!(ann.ask(&address).await.status, 308);
    assert_eq!(ann.send("DELETE", &address, &[], "").await.status, 499);
    ann.ask(&address).await.reason(404, "notFound");
    assert!(ann.get("/messages").await.get("messages").is_none());
}
