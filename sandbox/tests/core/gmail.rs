//! Gmail: mailboxes, what happens to messages in them, and the check of tokens by mail servers.

use base64::{Engine as _, engine::general_purpose::URL_SAFE};
use serde_json::{Value, json};

use crate::support::{ANN, BOB, Google, text};

const MAIL: &str = "https://mail.google.com/";
const USERS: &str = "/gmail/v1/users/me";

fn scope(name: &str) -> String {
    format!("https://www.googleapis.com/auth/gmail.{name}")
}

/// A mailbox with a token.
struct Mailbox<'a> {
    google: &'a Google,
    token: String,
}

impl<'a> Mailbox<'a> {
    async fn of(google: &'a Google, account: &str, scopes: &[&str]) -> Self {
        let given = google.control("POST", "tokens", json!({"account": account, "scopes": scopes})).await;
        Self { google, token: text(&given, "access_token").to_owned() }
    }

    async fn call(&self, verb: &str, path: &str, body: Value) -> crate::support::Got {
        let body = (!body.is_null()).then_some(body);
        self.google.call(&self.token, verb, &format!("{USERS}{path}"), body).await
    }

    async fn get(&self, path: &str) -> Value {
        self.call("GET", path, Value::Null).await.ok()
    }

    async fn post(&self, path: &str, body: Value) -> Value {
        self.call("POST", path, body).await.ok()
    }

    async fn send(&self, raw: &str, thread: Option<&str>) -> Value {
        let mut body = json!({"raw": URL_SAFE.encode(raw.replace('\n', "\r\n"))});
        body.as_object_mut().unwrap().extend(thread.map(|id| ("threadId".to_owned(), json!(id))));
        self.post("/messages/send", body).await
    }

    /// The ids that a search finds.
    async fn found(&self, q: &str) -> Vec<String> {
        let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("q", q).finish();
        let page = self.get(&format!("/messages?{query}")).await;
        let messages = page["messages"].as_array().cloned().unwrap_or_default();
        messages.iter().map(|message| text(message, "id").to_owned()).collect()
    }

    async fn history(&self) -> String {
        text(&self.get("/profile").await, "historyId").to_owned()
    }
}

fn header(message: &Value, name: &str) -> String {
    let headers = message["payload"]["headers"].as_array().unwrap();
    let found = headers.iter().find(|one| text(one, "name").eq_ignore_ascii_case(name));
    found.map(|one| text(one, "value").to_owned()).unwrap_or_default()
}

#[tokio::test]
async fn a_message_arrives_and_its_answer_joins_the_conversation() {
    let google = Google::new().await;
    let (ann, bob) = (Mailbox::of(&google, ANN, &[MAIL]).await, Mailbox::of(&google, BOB, &[MAIL]).await);
    let raw = format!(
        "From: Boss <boss@example.com>\nTo: =?UTF-8?B?546L?= <{BOB}>\nCc: far@elsewhere.example\nBcc: hidden@elsewhere.example\nSubject: =?UTF-8?B?6Z2i6Kmm?=\nMessage-ID: <own@x>\n\nHello <Bob> & all\n"
    );
    let sent = ann.send(&raw, None).await;
    assert_eq!((&sent["labelIds"], &sent["id"]), (&json!(["SENT"]), &sent["threadId"]));
    let mine = ann.get(&format!("/messages/{}", text(&sent, "id"))).await;
    assert_eq!(
        (header(&mine, "Subject").as_str(), header(&mine, "From").as_str()),
        ("面試", "\"Ann Example\" <ann@example.com>")
    );
    assert_ne!(header(&mine, "Message-ID"), "<own@x>");
    assert_eq!(header(&mine, "Bcc"), "hidden@elsewhere.example");
    assert_eq!((&mine["snippet"], &mine["payload"]["partId"]), (&json!("Hello &lt;Bob&gt; &amp; all"), &json!("")));

    let inbox = bob.get("/messages?labelIds=INBOX&labelIds=UNREAD").await;
    let his = bob.get(&format!("/messages/{}", text(&inbox["messages"][0], "id"))).await;
    assert_eq!((his["labelIds"].clone(), header(&his, "Bcc")), (json!(["INBOX", "UNREAD"]), String::new()));
    assert_eq!(header(&his, "Message-Id"), header(&mine, "Message-Id"));
    let mails = google.control("GET", "mail", json!({})).await;
    let to: Vec<&str> = mails["items"].as_array().unwrap().iter().map(|mail| text(mail, "to")).collect();
    assert_eq!(to, [BOB, "far@elsewhere.example", "hidden@elsewhere.example"]);

    let id = header(&his, "Message-Id");
    let answer = format!("To: {ANN}\nSubject: Re: =?UTF-8?B?6Z2i6Kmm?=\nIn-Reply-To: {id}\nReferences: {id}\n\nYes\n");
    let answered = bob.send(&answer, Some(text(&his, "threadId"))).await;
    assert_eq!(answered["threadId"], his["threadId"]);
    let thread = ann.get(&format!("/threads/{}?format=minimal", text(&sent, "threadId"))).await;
    let labels: Vec<&Value> =
        thread["messages"].as_array().unwrap().iter().map(|message| &message["labelIds"]).collect();
    assert_eq!(labels, [&json!(["SENT"]), &json!(["INBOX", "UNREAD"])]);

    let other = bob.send(&answer.replace("Re: ", "Fwd: other "), Some(text(&his, "threadId"))).await;
    assert_ne!(other["threadId"], his["threadId"]);
    let own = ann.send(&format!("To: {ANN}\nSubject: note\n\nx\n"), None).await;
    assert_eq!(own["labelIds"], json!(["INBOX", "SENT", "UNREAD"]));

    let none = ann.call("POST", "/messages/send", json!({"raw": URL_SAFE.encode("Subject: x\r\n\r\n")})).await;
    none.reason(400, "invalidArgument");
    assert_eq!(none.json()["error"]["message"], "Recipient address required");
    ann.call("POST", "/messages/send", json!({})).await.reason(400, "invalidArgument");
    ann.call("GET", "/messages/00000000000000aa", Value::Null).await.reason(404, "notFound");
    google.call(&ann.token, "GET", &format!("/gmail/v1/users/{BOB}/profile"), None).await.reason(403, "forbidden");
    google.call(&ann.token, "GET", &format!("/gmail/v1/users/{ANN}/profile"), None).await.ok();
}

#[tokio::test]
async fn labels_move_messages_and_history_tells_of_it() {
    let google = Google::new().await;
    let ann = Mailbox::of(&google, ANN, &[MAIL]).await;
    let start = ann.history().await;
    let put = google.control("POST", "mailbox", json!({"account": ANN, "subject": "one", "text": "hi"})).await;
    let id = text(&put, "id");
    let label = ann.post("/labels", json!({"name": "Job/2026"})).await;
    assert_eq!((text(&label, "id"), text(&label, "type")), ("Label_1", "user"));
    ann.call("POST", "/labels", json!({"name": "job/2026"})).await.reason(409, "duplicate");
    ann.call("POST", "/labels", json!({"name": "inbox"})).await.reason(400, "invalidArgument");
    let modify = format!("/messages/{id}/modify");
    let changed =
        ann.post(&modify, json!({"addLabelIds": ["Label_1", "STARRED"], "removeLabelIds": ["UNREAD", "INBOX"]})).await;
    assert_eq!(changed["labelIds"], json!(["Label_1", "STARRED"]));
    let unknown = ann.call("POST", &modify, json!({"addLabelIds": ["Nope"]})).await;
    assert_eq!((unknown.status, unknown.json()["error"]["message"].as_str()), (400, Some("Invalid label: Nope")));
    ann.call("POST", &modify, json!({"removeLabelIds": ["SENT"]})).await.reason(400, "invalidArgument");
    let counted = ann.get("/labels/Label_1").await;
    assert_eq!((&counted["messagesTotal"], &counted["messagesUnread"]), (&json!(1), &json!(0)));
    let spam = ann.post(&modify, json!({"addLabelIds": ["INBOX"]})).await;
    assert_eq!(spam["labelIds"], json!(["INBOX", "Label_1", "STARRED"]));
    let spam = ann.post(&modify, json!({"addLabelIds": ["SPAM"]})).await;
    assert_eq!(spam["labelIds"], json!(["Label_1", "SPAM", "STARRED"]));
    assert!(ann.get("/messages").await.get("messages").is_none());
    ann.post(&format!("/messages/{id}/trash"), Value::Null).await;
    assert_eq!(ann.get("/messages?includeSpamTrash=true").await["messages"][0]["id"], id);

    let all = ann.get(&format!("/history?startHistoryId={start}")).await;
    let kinds: Vec<&str> = all["history"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|record| record.as_object().unwrap().keys().map(String::as_str))
        .filter(|key| !matches!(*key, "id" | "messages"))
        .collect();
    let expected =
        ["messagesAdded", "labelsAdded", "labelsRemoved", "labelsAdded", "labelsAdded", "labelsRemoved", "labelsAdded"];
    assert_eq!(kinds, expected);
    assert_eq!(all["historyId"], ann.history().await);
    let few = ann.get(&format!("/history?startHistoryId={start}&historyTypes=labelRemoved&maxResults=1")).await;
    assert_eq!(few["history"].as_array().unwrap().len(), 1);
    let token = text(&few, "nextPageToken");
    let more = ann.get(&format!("/history?startHistoryId={start}&historyTypes=labelRemoved&pageToken={token}")).await;
    assert_eq!((more["history"].as_array().unwrap().len(), more.get("nextPageToken")), (1, None));

    let now = ann.history().await;
    assert!(ann.get(&format!("/history?startHistoryId={now}")).await.get("history").is_none());
    google.control("POST", "mail-history", json!({})).await;
    ann.call("GET", &format!("/history?startHistoryId={now}"), Value::Null).await.reason(404, "notFound");
    let fresh = ann.history().await;
    let before = ann.call("DELETE", &format!("/messages/{id}"), Value::Null).await;
    assert_eq!((before.status, before.text.as_str()), (204, ""));
    let gone = ann.get(&format!("/history?startHistoryId={fresh}")).await;
    assert_eq!(gone["history"][0]["messagesDeleted"][0]["message"]["id"], id);
    assert_eq!(ann.call("DELETE", "/labels/INBOX", Value::Null).await.status, 400);
    assert_eq!(ann.call("DELETE", "/labels/Label_1", Value::Null).await.status, 204);
}

#[tokio::test]
async fn a_search_finds_what_it_says() {
    let google = Google::new().await;
    let ann = Mailbox::of(&google, ANN, &[MAIL]).await;
    let google = &google;
    let put = |fields: Value| async move {
        let mut body = json!({"account": ANN});
        body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        text(&google.control("POST", "mailbox", body).await, "id").to_owned()
    };
    let lunch = put(json!({"from": "Bob B <bob@example.com>", "subject": "Lunch today", "text": "pizza or soup", "date": "2026-11-20T10:00:00Z"})).await;
    let offer = put(json!({"from": "hr@corp.example", "subject": "面試通知", "html": "<p>Offer letter</p>", "labels": ["INBOX"], "date": "2026-10-01T10:00:00Z"})).await;
    let file = put(json!({"raw": "From: x@corp.example\nTo: ann@example.com\nSubject: cv\nContent-Type: application/pdf; name=\"cv.pdf\"\n\nPDF\n"})).await;
    for (q, expected) in [
        ("from:bob", vec![&lunch]),
        ("from:corp.example -subject:cv", vec![&offer]),
        ("subject:面試", vec![&offer]),
        ("\"pizza or soup\"", vec![&lunch]),
        ("offer", vec![&offer]),
        ("is:unread", vec![&file, &lunch]),
        ("is:read in:inbox", vec![&offer]),
        ("has:attachment filename:pdf", vec![&file]),
        ("after:2026/11/01 before:2026/11/21", vec![&lunch]),
        ("newer_than:7d", vec![&file, &lunch]),
        ("older_than:1m", vec![&offer]),
        ("{subject:lunch subject:cv}", vec![&file, &lunch]),
        ("lunch OR offer", vec![&lunch, &offer]),
        ("label:inbox to:me", vec![&file, &lunch, &offer]),
        ("nothing of the kind", vec![]),
    ] {
        assert_eq!(ann.found(q).await.iter().collect::<Vec<_>>(), expected, "{q}");
    }
    let first = ann.get("/messages?maxResults=2").await;
    assert_eq!((first["messages"].as_array().unwrap().len(), &first["resultSizeEstimate"]), (2, &json!(3)));
    let rest = ann.get(&format!("/messages?maxResults=2&pageToken={}", text(&first, "nextPageToken"))).await;
    assert_eq!(rest["messages"][0]["id"], offer);
    ann.call("GET", "/messages?pageToken=bogus", Value::Null).await.reason(400, "invalidArgument");
    assert_eq!(ann.get("/threads?q=from:bob").await["threads"][0]["snippet"], "pizza or soup");
}

#[tokio::test]
async fn a_scope_opens_what_it_is_for() {
    let google = Google::new().await;
    let put = google.control("POST", "mailbox", json!({"account": ANN, "subject": "s", "text": "secret"})).await;
    let path = format!("/messages/{}", text(&put, "id"));
    let metadata = Mailbox::of(&google, ANN, &[&scope("metadata")]).await;
    metadata.call("GET", &path, Value::Null).await.reason(403, "forbidden");
    metadata.call("GET", "/messages?q=s", Value::Null).await.reason(403, "forbidden");
    let seen = metadata.get(&format!("{path}?format=metadata&metadataHeaders=subject")).await;
    assert_eq!(seen["payload"]["headers"], json!([{"name": "Subject", "value": "s"}]));
    assert!(seen["payload"].get("body").is_none() && seen.get("raw").is_none());
    metadata.call("POST", &format!("{path}/trash"), Value::Null).await.reason(403, "insufficientPermissions");
    let send = Mailbox::of(&google, ANN, &[&scope("send")]).await;
    send.send(&format!("To: {BOB}\n\n"), None).await;
    send.call("GET", "/profile", Value::Null).await.reason(403, "insufficientPermissions");
    let modify = Mailbox::of(&google, ANN, &[&scope("modify")]).await;
    modify.call("DELETE", &path, Value::Null).await.reason(403, "insufficientPermissions");
    modify.get(&format!("{path}?format=raw")).await;
    let sharing = Mailbox::of(&google, ANN, &[&scope("settings.sharing"), &scope("settings.basic")]).await;
    sharing.call("POST", "/settings/sendAs", json!({"sendAsEmail": "hr@example.com"})).await.reason(403, "forbidden");
    let signed = sharing.call("PATCH", &format!("/settings/sendAs/{ANN}"), json!({"signature": "<b>A</b>"})).await.ok();
    assert_eq!((&signed["signature"], &signed["isPrimary"]), (&json!("<b>A</b>"), &json!(true)));
    let away = json!({"enableAutoReply": true, "responseSubject": "away", "startTime": "1"});
    assert_eq!(sharing.call("PUT", "/settings/vacation", away.clone()).await.ok(), away);
}

#[tokio::test]
async fn uploads_attachments_and_drafts() {
    let google = Google::new().await;
    let ann = Mailbox::of(&google, ANN, &[MAIL]).await;
    let plain = ann.call("POST", "/messages", json!({"raw": "eA=="})).await;
    assert!(plain.status == 404 && plain.text.starts_with("<!DOCTYPE html>"), "{}", plain.text);
    let raw = "Subject: f\r\nDate: Fri, 02 Oct 2026 10:00:00 +0000\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nbody\r\n--b\r\nContent-Type: image/png\r\nContent-Disposition: attachment; filename*=UTF-8''%E9%9D%A2.png\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw==\r\n--b--\r\n";
    let bearer = format!("Bearer {}", ann.token);
    let upload = |query: &'static str, kind: &'static str, body: String| {
        let (google, bearer) = (&google, bearer.clone());
        async move {
            let headers = [("authorization", bearer.as_str()), ("content-type", kind)];
            google
                .send("POST", &format!("https://www.googleapis.com/upload{USERS}/messages?{query}"), &headers, &body)
                .await
        }
    };
    let got = upload("uploadType=media&internalDateSource=dateHeader", "message/rfc822", raw.into()).await.ok();
    assert!(got.get("labelIds").is_none());
    upload("uploadType=media", "text/plain", raw.into()).await.reason(400, "badContent");
    let related = format!(
        "--x\nContent-Type: application/json\n\n{{\"labelIds\":[\"INBOX\"]}}\n--x\nContent-Type: message/rfc822\n\n{raw}\n--x--\n"
    );
    let labelled = upload("uploadType=multipart", "multipart/related; boundary=\"x\"", related).await.ok();
    assert_eq!(labelled["labelIds"], json!(["INBOX"]));
    let message = ann.get(&format!("/messages/{}", text(&got, "id"))).await;
    assert_eq!(message["internalDate"], "1790935200000");
    let [body, picture] = &message["payload"]["parts"].as_array().unwrap()[..] else { panic!("{message}") };
    assert_eq!((text(body, "partId"), text(&body["body"], "data")), ("0", "Ym9keQ=="));
    assert_eq!(
        (text(picture, "filename"), text(picture, "mimeType"), &picture["body"]["size"]),
        ("面.png", "image/png", &json!(4))
    );
    assert!(picture["body"].get("data").is_none());
    let path = format!("/messages/{}/attachments/", text(&got, "id"));
    let attached = ann.get(&format!("{path}{}", text(&picture["body"], "attachmentId"))).await;
    assert_eq!(attached, json!({"size": 4, "data": "iVBORw=="}));
    ann.call("GET", &format!("{path}bogus"), Value::Null).await.reason(400, "invalidArgument");
    let whole = ann.get(&format!("/messages/{}?format=raw", text(&got, "id"))).await;
    assert_eq!(URL_SAFE.decode(text(&whole, "raw")).unwrap(), raw.as_bytes());

    let body = |subject: &str| json!({"message": {"raw": URL_SAFE.encode(format!("To: {BOB}\r\nSubject: {subject}\r\n\r\nx\r\n"))}});
    let draft = ann.post("/drafts", body("one")).await;
    let path = format!("/drafts/{}", text(&draft, "id"));
    let again = ann.call("PUT", &path, body("two")).await.ok();
    assert_eq!((&again["id"], again["message"]["id"] == draft["message"]["id"]), (&draft["id"], false));
    assert_eq!(ann.get("/drafts").await["drafts"].as_array().unwrap().len(), 1);
    assert_eq!(header(&ann.get(&path).await["message"], "Subject"), "two");
    let sent = ann.post("/drafts/send", json!({"id": draft["id"]})).await;
    assert_eq!(sent["labelIds"], json!(["SENT"]));
    ann.call("POST", "/drafts/send", json!({"id": draft["id"]})).await.reason(404, "notFound");
    assert!(ann.get("/messages?labelIds=DRAFT").await.get("messages").is_none());
    let ids: Vec<Value> =
        ann.get("/messages").await["messages"].as_array().unwrap().iter().map(|one| one["id"].clone()).collect();
    assert_eq!(
        ann.call("POST", "/messages/batchModify", json!({"ids": ids, "addLabelIds": ["STARRED"]})).await.status,
        204
    );
    assert_eq!(ann.found("is:starred").await.len(), ids.len());
    assert_eq!(ann.call("POST", "/messages/batchDelete", json!({"ids": ids})).await.status, 204);
    assert_eq!(ann.get("/profile").await["messagesTotal"], 0);
}

#[tokio::test]
async fn a_watch_publishes_that_something_changed() {
    let google = Google::new().await;
    let ann = Mailbox::of(&google, ANN, &[MAIL]).await;
    google.control("POST", "clients", json!({"client_id": "w.apps.googleusercontent.com", "project": "proj"})).await;
    let token = json!({"account": ANN, "client": "w.apps.googleusercontent.com", "scopes": [scope("metadata")]});
    let token = text(&google.control("POST", "tokens", token).await, "access_token").to_owned();
    let watcher = Mailbox { google: &google, token };
    watcher
        .call("POST", "/watch", json!({"topicName": "projects/other/topics/t"}))
        .await
        .reason(400, "invalidArgument");
    let begun = watcher.post("/watch", json!({"topicName": "projects/proj/topics/t", "labelIds": ["INBOX"]})).await;
    assert_eq!(begun["historyId"], ann.history().await);
    assert_eq!(text(&begun, "expiration"), (1_795_251_600_000_i64 + 7 * 86_400_000).to_string());
    google.control("POST", "mailbox", json!({"account": ANN, "subject": "x"})).await;
    google.control("POST", "mailbox", json!({"account": ANN, "subject": "y", "labels": []})).await;
    let pushes = google.control("GET", "mail-pushes", json!({})).await;
    let pushes = pushes["items"].as_array().unwrap();
    assert_eq!(pushes.len(), 2);
    let data = URL_SAFE.decode(text(&pushes[1]["push"]["message"], "data")).unwrap();
    let data: Value = serde_json::from_slice(&data).unwrap();
    assert_eq!((&data["emailAddress"], &data["historyId"]), (&json!(ANN), &pushes[1]["history_id"]));
    assert_eq!(watcher.call("POST", "/stop", Value::Null).await.status, 204);
    google.control("POST", "mailbox", json!({"account": ANN, "subject": "z"})).await;
    assert_eq!(google.control("GET", "mail-pushes", json!({})).await["items"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_mail_server_is_told_whose_token_it_is() {
    let google = Google::new().await;
    let (mail, other) =
        (Mailbox::of(&google, ANN, &[MAIL]).await, Mailbox::of(&google, ANN, &[&scope("modify")]).await);
    let check = |token: String| {
        let google = &google;
        async move {
            let bearer = format!("Bearer {token}");
            let address = "http://sandbox.test/_sandbox/mail-token";
            let asked = google.send("GET", address, &[("authorization", &bearer)], "").await.ok();
            let query = google.get(&format!("{address}?token={token}&client_id=&client_secret=")).await.ok();
            let form = google.form(address, &[], &[("token", &token)]).await.ok();
            assert!(asked == query && query == form);
            asked
        }
    };
    let good = check(mail.token.clone()).await;
    assert_eq!((&good["active"], &good["email"], &good["username"]), (&json!(true), &json!(ANN), &json!(ANN)));
    assert_eq!(check(other.token.clone()).await, json!({"active": false}));
    assert_eq!(check("bogus".into()).await, json!({"active": false}));
    google.later(4000);
    assert_eq!(check(mail.token.clone()).await, json!({"active": false}));
}

#[tokio::test]
async fn a_letter_within_ten_thousand_others_is_shown_as_deep_as_anybody_reads() {
    let google = Google::new().await;
    let ann = Mailbox::of(&google, ANN, &[MAIL]).await;
    let letters = "Content-Type: message/rfc822\n\n".repeat(10_000) + "Subject: x\n\nhello\n";
    let boxes: String =
        (0..10_000).map(|n| format!("Content-Type: multipart/mixed; boundary=b{n}b\n\n--b{n}b\n")).collect();
    for (subject, raw) in [("letters", letters), ("boxes", boxes)] {
        let raw = format!("Subject: {subject}\nFrom: x@elsewhere.example\n{raw}");
        google.control("POST", "mailbox", json!({"account": ANN, "raw": raw})).await;
        let found = ann.found(&format!("{subject} -filename:pdf -hello")).await;
        let read = ann.get(&format!("/messages/{}", found[0])).await;
        let (mut part, mut depth) = (&read["payload"], 0);
        while let Some(inner) = part["parts"].get(0) {
            (part, depth) = (inner, depth + 1);
        }
        assert_eq!((found.len(), depth), (1, 30), "{subject}");
    }
}
