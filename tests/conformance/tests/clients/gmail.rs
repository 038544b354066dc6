//! Gmail: our library and Google's Python and Node clients play the same scenario against the sandbox.

use std::collections::BTreeSet;

use bytes::Bytes;

use crate::frame::{ANN, BOB, Google, Transcript, same_as_google};
use portico_google::gmail::{
    Attachment, Content, DraftQuery, Format, Gmail, HistoryQuery, HistoryRecord, Insertion, InternalDate, Label,
    LabelChange, LabelPatch, Mail, Message, MessageQuery, PartContent, scopes,
};
use portico_google::{
    Kind, Patch,
    upload::{CHUNK_UNIT, UploadSession},
};
use portico_world::ExposeSecret;
use serde_json::json;

async fn mailbox(google: &Google, account: &str) -> Gmail {
    Gmail::new(google.client(account, &[scopes::MAIL]).await)
}

fn labels(message: &Message) -> BTreeSet<&str> {
    message.label_ids.iter().flatten().map(String::as_str).collect()
}

fn id(message: &Message) -> &str {
    message.id.as_deref().unwrap()
}

fn mail() -> Mail {
    Mail {
        to: vec![BOB.into()],
        subject: "面試通知 – interview".into(),
        text: Some("您好\n".into()),
        html: Some("<p>您好</p>\n".into()),
        attachments: vec![Attachment {
            filename: "履歴書.pdf".into(),
            content_type: "application/pdf".into(),
            content: "%PDF-".into(),
            content_id: None,
        }],
        ..Mail::default()
    }
}

/// A message that takes more than two chunks.
fn large() -> Bytes {
    let head = format!("To: {BOB}\r\nSubject: large\r\nDate: Fri, 02 Oct 2026 10:00:00 +0000\r\n\r\n");
    (head + &"0123456789\r\n".repeat(50_000)).into()
}

fn what(record: &HistoryRecord) -> &'static str {
    let HistoryRecord { messages_added, messages_deleted, labels_added, .. } = record;
    match (messages_added, messages_deleted, labels_added) {
        (Some(_), _, _) => "messagesAdded",
        (_, Some(_), _) => "messagesDeleted",
        (_, _, Some(_)) => "labelsAdded",
        _ => "labelsRemoved",
    }
}

fn search(q: &str) -> MessageQuery {
    MessageQuery { q: Some(q.to_owned()), ..MessageQuery::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn sending_answering_labels_drafts_and_history() {
    let google = Google::new();
    let (ann, bob) = (mailbox(&google, ANN).await, mailbox(&google, BOB).await);
    let mut said = Transcript::default();

    let start = bob.profile().await.unwrap().history().unwrap();
    let sent = ann.messages().send(&mail(), None).await.unwrap();
    said.say("sent", labels(&sent));
    let unread = MessageQuery { label_ids: vec!["INBOX".into(), "UNREAD".into()], ..MessageQuery::default() };
    let page = bob.messages().list(&unread).await.unwrap();
    said.say("inbox", page.messages.len());
    let got = bob.messages().get(id(&page.messages[0]), &Format::Full).await.unwrap();
    said.say("subject", got.header("subject"));
    said.say("from", got.header("FROM"));
    said.say("labels", labels(&got));
    said.say("snippet", &got.snippet);
    let content = Content::of(&got);
    said.say("text", content.text.as_deref().map(str::trim));
    said.say("html", content.html.as_deref().map(str::trim));
    let file = &content.parts[0];
    said.say("file", (&file.filename, &file.content_type, file.size));
    let PartContent::Attachment(attachment) = &file.content else { panic!("the file is not elsewhere") };
    let bytes = bob.messages().attachment(id(&got), attachment).await.unwrap();
    said.say("attachment", std::str::from_utf8(&bytes).unwrap());
    let whole = bob.messages().get(id(&got), &Format::Raw).await.unwrap().source().unwrap().unwrap();
    assert!(Content::parse(&whole).parts[0].content == PartContent::Here("%PDF-".into()));

    let answer = Mail { text: Some("はい\n".into()), ..Mail::answer(&got) };
    let replied = bob.messages().send(&answer, got.thread_id.as_deref()).await.unwrap();
    said.say("answered", replied.thread_id == got.thread_id);
    let subject = Format::Metadata(vec!["Subject".into()]);
    let thread = ann.threads().get(sent.thread_id.as_deref().unwrap(), &subject).await.unwrap();
    said.say("thread", thread.messages.iter().flatten().map(labels).collect::<Vec<_>>());

    let wanted = Label { name: Some("面試/2026".into()), ..Label::default() };
    let label = bob.labels().create(&wanted).await.unwrap();
    said.say("label", (&label.name, &label.kind));
    let twice = bob.labels().create(&wanted).await;
    assert_eq!(twice.as_ref().unwrap_err().kind(), &Kind::Duplicate);
    said.refused("label_twice", twice);
    let label = label.id.unwrap();
    let archive = LabelChange::default().adding(&label).removing("UNREAD").removing("INBOX");
    let moved = bob.messages().modify(id(&got), &archive).await.unwrap();
    said.say("moved", labels(&moved) == BTreeSet::from([label.as_str()]));
    let counts = bob.labels().get(&label).await.unwrap();
    said.say("counts", (counts.messages_total, counts.messages_unread));
    let renamed = LabelPatch { name: Patch::Set("done".into()), ..LabelPatch::default() };
    bob.labels().patch(&label, &renamed).await.unwrap();
    said.refused("unknown_label", bob.messages().modify(id(&got), &LabelChange::default().adding("Nope")).await);
    let since = HistoryQuery { since: start, ..HistoryQuery::default() };
    let changes = bob.history().list(&since).await.unwrap();
    said.say("history", changes.history.iter().map(what).collect::<Vec<_>>());
    let mut found = Vec::new();
    for q in [&format!("from:{ANN}"), "label:done has:attachment", "is:unread", "subject:nothing"] {
        found.push(bob.messages().list(&search(q)).await.unwrap().messages.len());
    }
    said.say("search", found);

    let draft = ann.drafts().create(&Mail { to: vec![ANN.into()], ..mail() }, None).await.unwrap();
    let draft = ann.drafts().update(draft.id.as_deref().unwrap(), &mail(), None).await.unwrap();
    let draft = draft.id.unwrap();
    said.say("drafts", ann.drafts().list(&DraftQuery::default()).await.unwrap().drafts.len());
    let read = ann.drafts().get(&draft, &Format::Full).await.unwrap().message.unwrap();
    said.say("draft", read.header("Subject"));
    said.say("draft_sent", labels(&ann.drafts().send(&draft).await.unwrap()));
    said.refused("draft_again", ann.drafts().send(&draft).await);
    let gone = ann.drafts().create(&mail(), None).await.unwrap();
    ann.drafts().delete(gone.id.as_deref().unwrap()).await.unwrap();

    let old = b"Subject: old\r\nDate: Fri, 02 Oct 2026 10:00:00 +0000\r\nFrom: x@elsewhere.test\r\n\r\nold\r\n";
    let mut how = Insertion {
        label_ids: vec!["INBOX".into()],
        internal_date: Some(InternalDate::DateHeader),
        ..Insertion::default()
    };
    let put = ann.messages().insert(old, &how).await.unwrap();
    how.internal_date = None;
    let imported = ann.messages().import(old, &how).await.unwrap();
    let read = ann.messages().get(id(&put), &Format::Minimal).await.unwrap();
    said.say("inserted", (labels(&put), read.internal_date));
    said.say("trashed", labels(&ann.messages().trash(id(&put)).await.unwrap()));
    said.say("untrashed", labels(&ann.messages().untrash(id(&put)).await.unwrap()));
    let both = [id(&put).to_owned(), id(&imported).to_owned()];
    ann.messages().batch_modify(&both, &LabelChange::default().adding("STARRED")).await.unwrap();
    said.say("starred", ann.messages().list(&search("is:starred")).await.unwrap().messages.len());
    ann.messages().delete(id(&put)).await.unwrap();
    ann.messages().batch_delete(&both[1..]).await.unwrap();
    said.refused("deleted", ann.messages().get(id(&put), &Format::Full).await);
    let large = large();
    how.internal_date = Some(InternalDate::DateHeader);
    let mut upload = ann.messages().begin_insert(large.len() as u64, &how).await.unwrap().with_chunk(CHUNK_UNIT);
    let put: Message = upload.send(&mut large.clone(), |_| ()).await.unwrap();
    let read = ann.messages().get(id(&put), &Format::Minimal).await.unwrap();
    said.say("in_pieces", (labels(&put), read.size_estimate, read.internal_date));
    ann.messages().delete(id(&put)).await.unwrap();
    let profile = ann.profile().await.unwrap();
    said.say("profile", (&profile.email_address, profile.messages_total, profile.threads_total));

    let senders = ann.send_as().list().await.unwrap();
    said.say("send_as", senders.iter().map(|one| (&one.send_as_email, one.is_primary)).collect::<Vec<_>>());
    said.say("signature", ann.send_as().get(ANN).await.unwrap().signature);
    said.say("vacation", ann.vacation().get().await.unwrap().enable_auto_reply);
    google.control("POST", "mail-history", json!({"account": BOB})).await;
    let too_old = bob.history().list(&since).await;
    assert_eq!(too_old.as_ref().unwrap_err().kind(), &Kind::FullSyncRequired);
    said.refused("too_old", too_old);
    said.refused("no_recipient", ann.messages().send_raw(old, None).await);
    let threads = bob.threads().list(&MessageQuery::default()).await.unwrap().threads;
    said.say("threads", threads.len());
    for thread in threads {
        let id = thread.id.unwrap();
        bob.threads().modify(&id, &LabelChange::default().adding("STARRED")).await.unwrap();
        bob.threads().trash(&id).await.unwrap();
        bob.threads().untrash(&id).await.unwrap();
        bob.threads().delete(&id).await.unwrap();
    }
    said.say("empty", bob.threads().list(&MessageQuery::default()).await.unwrap().result_size_estimate);
    bob.labels().delete(&label).await.unwrap();
    said.say("labels_left", bob.labels().list().await.unwrap().len());

    same_as_google("gmail", "gmail.v1", &google, said).await;
}

#[tokio::test]
async fn a_large_message_is_sent_once_whatever_is_lost_on_the_way() {
    let google = Google::new();
    let (ann, bob) = (mailbox(&google, ANN).await, mailbox(&google, BOB).await);
    let content = large();
    let mut upload = ann.messages().begin_send(content.len() as u64, None).await.unwrap().with_chunk(CHUNK_UNIT);
    // The answers to the first chunk and to the last are lost, and Google is in trouble in between.
    let faults = [
        json!({"method": "PUT", "path": "/upload/", "lose_answer": true}),
        json!({"method": "PUT", "path": "/upload/", "status": 503, "times": 2}),
    ];
    for fault in faults {
        google.control("POST", "faults", fault).await;
    }
    let mut steps = Vec::new();
    let sent: Message = upload
        .send(&mut content.clone(), |progress| {
            steps.push(progress.sent);
        })
        .await
        .unwrap();
    assert_eq!(steps, [262_144, 524_288, content.len() as u64]);
    assert_eq!(labels(&sent), BTreeSet::from(["SENT"]));
    assert_eq!(bob.messages().list(&MessageQuery::default()).await.unwrap().messages.len(), 1);

    // Another process goes on with what this one began.
    let begun = ann.messages().begin_send(content.len() as u64, None).await.unwrap();
    let session = begun.session();
    let session = UploadSession::new(session.address().expose_secret().to_owned(), session.length());
    google.control("POST", "faults", json!({"method": "PUT", "path": "/upload/", "lose_answer": true})).await;
    let sent: Message = ann.messages().resume_upload(session.clone()).send(&mut content.clone(), |_| ()).await.unwrap();
    let again: Message = ann.messages().resume_upload(session).send(&mut content.clone(), |_| ()).await.unwrap();
    assert_eq!(id(&again), id(&sent));
    assert_eq!(bob.messages().list(&MessageQuery::default()).await.unwrap().messages.len(), 2);
    let read = bob.messages().list(&search("subject:large")).await.unwrap();
    let read = bob.messages().get(id(&read.messages[0]), &Format::Raw).await.unwrap().source().unwrap().unwrap();
    assert!(read.ends_with(&content[content.len() - 1000..]));
}
