use bytes::Bytes;
use futures::TryStreamExt;
use portico_google::{
    Kind, Patch,
    gmail::{
        Address, Attachment, Content, DraftQuery, Format, Gmail, HistoryQuery, HistoryType, Insertion, InternalDate,
        LabelChange, LabelFilter, LabelPatch, Mail, Message, MessageQuery, PartContent, SendAs, SendAsPatch, Watch,
        system,
    },
};
use portico_world::Rng;
use serde_json::{Value, json};

use crate::fake::{Fake, client, cut, json as answer, refusal, world};

const ME: &str = "https://gmail.googleapis.com/gmail/v1/users/me";

fn gmail(fake: &std::sync::Arc<Fake>) -> Gmail {
    client(fake).0.service()
}

fn body(fake: &Fake, number: usize) -> Value {
    serde_json::from_str(&fake.seen()[number].body).unwrap()
}

fn mail() -> Mail {
    Mail {
        to: vec![Address::named("王小明", "ming@example.com")],
        subject: "面試".into(),
        text: Some("您好\n".into()),
        ..Mail::default()
    }
}

#[tokio::test]
async fn a_list_says_what_is_wanted() {
    let page =
        json!({"messages": [{"id": "m", "threadId": "t", "new": 1}], "nextPageToken": "p", "resultSizeEstimate": 7});
    let fake = Fake::steps(vec![answer(200, &page.to_string()), answer(200, r#"{"resultSizeEstimate":0}"#)]);
    let query = MessageQuery {
        q: Some("is:unread from:王".into()),
        label_ids: vec!["INBOX".into(), "Label_1".into()],
        include_spam_trash: true,
        max_results: Some(9000),
        page_token: Some("x".into()),
    };
    let page = gmail(&fake).messages().list(&query).await.unwrap();
    assert_eq!((page.messages[0].thread_id.as_deref(), page.next_page_token.as_deref()), (Some("t"), Some("p")));
    assert!(gmail(&fake).messages().list(&MessageQuery::default()).await.unwrap().messages.is_empty());
    let seen = &fake.seen()[0];
    assert_eq!((seen.method.as_str(), seen.place()), ("GET", format!("{ME}/messages").as_str()));
    let pairs = seen.query();
    for (name, value) in [
        ("q", "is:unread from:王"),
        ("labelIds", "INBOX"),
        ("labelIds", "Label_1"),
        ("includeSpamTrash", "true"),
        ("maxResults", "500"),
        ("pageToken", "x"),
    ] {
        assert!(pairs.contains(&(name.to_owned(), value.to_owned())), "{name}");
    }
}

#[tokio::test]
async fn a_list_is_a_stream_over_its_pages() {
    let fake = Fake::by(|seen, _| match seen.query().iter().find(|(name, _)| name == "pageToken") {
        None => answer(
            200,
            r#"{"messages":[{"id":"1"},{"id":"2"}],"threads":[],"drafts":[{"id":"d"}],"nextPageToken":"p"}"#,
        ),
        Some(_) => answer(200, r#"{"messages":[{"id":"3"}],"history":[{"id":"9"}],"historyId":"9"}"#),
    });
    let gmail = gmail(&fake);
    let messages: Vec<_> = gmail.messages().list_all(MessageQuery::default()).try_collect().await.unwrap();
    assert_eq!(messages.iter().filter_map(|message| message.id.as_deref()).collect::<Vec<_>>(), ["1", "2", "3"]);
    let records: Vec<_> = gmail.history().list_all(HistoryQuery::default()).try_collect().await.unwrap();
    assert_eq!((records.len(), fake.count()), (1, 4));
    let drafts: Vec<_> = gmail.drafts().list_all(DraftQuery::default()).try_collect().await.unwrap();
    let threads: Vec<_> = gmail.threads().list_all(MessageQuery::default()).try_collect().await.unwrap();
    assert_eq!((drafts.len(), threads.len(), fake.count()), (1, 0, 8));
}

#[tokio::test]
async fn a_message_is_sent_once_and_its_lost_answer_is_told() {
    let fake = Fake::steps(vec![cut()]);
    let error = gmail(&fake).messages().send(&mail(), Some("t1")).await.unwrap_err();
    assert_eq!((error.kind(), error.may_have_taken_effect(), fake.count()), (&Kind::Transient, true, 1));
    let sent = body(&fake, 0);
    assert_eq!(sent["threadId"], "t1");
    let message: Message = serde_json::from_value(sent).unwrap();
    let raw = message.source().unwrap().unwrap();
    let text = std::str::from_utf8(&raw).unwrap();
    assert!(text.contains("To: =?UTF-8?B?546L5bCP5piO?= <ming@example.com>\r\n"), "{text}");
    assert!(text.contains("Subject: =?UTF-8?B?6Z2i6Kmm?=\r\nDate: Sat, 18 Jul 2026 12:00:00 +0000\r\n"), "{text}");
    assert_eq!(Content::parse(&raw).text.as_deref(), Some("您好\r\n"));
}

#[tokio::test]
async fn what_could_smuggle_a_field_in_is_not_sent() {
    let fake = Fake::steps(vec![answer(200, "{}")]);
    let bad = [
        Mail { subject: "a\r\nBcc: eve@example.com".into(), ..mail() },
        Mail { to: vec!["a@example.com>\r\nX: y".into()], ..mail() },
        Mail { from: Some(Address::named("A\nB", "a@example.com")), ..mail() },
        Mail { headers: vec![("Subject".into(), "x".into())], ..mail() },
        Mail { headers: vec![("X:Y".into(), "x".into())], ..mail() },
        Mail { headers: vec![("X-Y".into(), "x\r\n\r\nbody".into())], ..mail() },
        Mail { in_reply_to: Some("<a@b>\r\nX: y".into()), ..mail() },
        Mail {
            attachments: vec![Attachment {
                filename: "x".into(),
                content_type: "text/plain\r\nX: y".into(),
                content: Bytes::new(),
                content_id: None,
            }],
            ..mail()
        },
    ];
    for mail in bad {
        let error = gmail(&fake).messages().send(&mail, None).await.unwrap_err();
        assert_eq!(error.kind(), &Kind::Unsendable);
        assert!(!error.to_string().contains("eve"), "{error}");
    }
    assert_eq!(fake.count(), 0);
}

#[tokio::test]
async fn a_large_message_goes_as_an_upload() {
    let fake = Fake::steps(vec![answer(200, r#"{"id":"m","labelIds":["SENT"]}"#)]);
    let large = Mail {
        attachments: vec![Attachment {
            filename: "履歴書.pdf".into(),
            content_type: "application/pdf".into(),
            content: vec![7; 1_000_000].into(),
            content_id: None,
        }],
        ..mail()
    };
    let messages = gmail(&fake);
    messages.messages().send(&large, None).await.unwrap();
    messages.messages().send(&large, Some("t1")).await.unwrap();
    let seen = fake.seen();
    assert_eq!(seen[0].place(), "https://gmail.googleapis.com/upload/gmail/v1/users/me/messages/send");
    assert_eq!((&*seen[0].headers["content-type"], &*seen[0].query()[0].1), ("message/rfc822", "media"));
    assert!(seen[1].headers["content-type"].starts_with("multipart/related") && seen[1].query()[0].1 == "multipart");
    assert!(seen[1].body.contains(r#"{"threadId":"t1"}"#));
    let content = Content::parse(seen[0].body.as_bytes());
    assert_eq!((content.parts[0].filename.as_str(), content.parts[0].size), ("履歴書.pdf", 1_000_000));
}

#[tokio::test]
async fn a_message_goes_in_chunks_and_a_lost_answer_does_not_send_it_twice() {
    const SESSION: &str = "/upload/gmail/v1/users/me/messages/send?uploadType=resumable&upload_id=AHx";
    for (begins, place, metadata) in
        [(0, "/messages/send", json!({"threadId": "t1"})), (1, "/messages", json!({"labelIds": ["INBOX"]}))]
    {
        let fake = Fake::by(|seen, number| match number {
            0 => answer(200, "").header("location", &format!("https://gmail.googleapis.com{SESSION}")),
            // It has arrived, and nobody hears of it.
            1 => cut(),
            _ => {
                assert_eq!((seen.headers["content-range"].as_str(), seen.body.as_str()), ("bytes */5", ""));
                answer(200, r#"{"id":"m1","threadId":"t1"}"#)
            }
        });
        let gmail = gmail(&fake);
        let how = Insertion {
            label_ids: vec!["INBOX".into()],
            internal_date: Some(InternalDate::DateHeader),
            ..Insertion::default()
        };
        let mut upload = match begins {
            0 => gmail.messages().begin_send(5, Some("t1")).await.unwrap(),
            _ => gmail.messages().begin_insert(5, &how).await.unwrap(),
        };
        let sent: Message = upload.send(&mut Bytes::from_static(b"a: b\n"), |_| {}).await.unwrap();
        assert_eq!(sent.id.as_deref(), Some("m1"));
        let seen = fake.seen();
        assert_eq!(seen[0].place(), format!("https://gmail.googleapis.com/upload/gmail/v1/users/me{place}"));
        assert_eq!(seen[0].headers["x-upload-content-type"], "message/rfc822");
        assert_eq!(body(&fake, 0), metadata);
        let source = ("internalDateSource".to_owned(), "dateHeader".to_owned());
        assert_eq!(seen[0].query().contains(&source), begins == 1);
        assert_eq!((seen[1].body.as_str(), seen.len()), ("a: b\n", 3));
    }
}

#[tokio::test]
async fn a_large_draft_goes_as_an_upload() {
    let fake = Fake::steps(vec![answer(200, r#"{"id":"d1"}"#)]);
    let large = Mail { text: Some("x".repeat(1_200_000)), ..mail() };
    gmail(&fake).drafts().create(&large, Some("t1")).await.unwrap();
    let seen = &fake.seen()[0];
    assert_eq!(seen.place(), "https://gmail.googleapis.com/upload/gmail/v1/users/me/drafts");
    assert!(seen.query().contains(&("uploadType".into(), "multipart".into())));
    assert!(seen.body.contains(r#"{"message":{"threadId":"t1"}}"#) && !seen.body.contains("\"raw\""));
}

#[tokio::test]
async fn insert_and_import_are_uploads_always() {
    let fake = Fake::steps(vec![answer(200, "{}")]);
    let how = Insertion {
        label_ids: vec!["INBOX".into()],
        thread_id: None,
        internal_date: Some(InternalDate::DateHeader),
        never_mark_spam: true,
    };
    gmail(&fake).messages().insert(b"Subject: x\r\n\r\n", &how).await.unwrap();
    gmail(&fake).messages().import(b"Subject: x\r\n\r\n", &how).await.unwrap();
    let seen = fake.seen();
    assert_eq!(seen[0].place(), "https://gmail.googleapis.com/upload/gmail/v1/users/me/messages");
    assert_eq!(seen[1].place(), "https://gmail.googleapis.com/upload/gmail/v1/users/me/messages/import");
    assert!(seen[0].body.contains(r#"{"labelIds":["INBOX"]}"#) && seen[0].body.contains("Subject: x"));
    assert!(seen[1].query().contains(&("neverMarkSpam".into(), "true".into())));
    assert!(seen[0].query().contains(&("internalDateSource".into(), "dateHeader".into())));
}

#[tokio::test]
async fn changes_are_sent_again_and_go_in_chunks() {
    let fake = Fake::by(|_, number| if number == 0 { cut() } else { answer(200, "{}") });
    let change = LabelChange::default().adding(system::STARRED).removing(system::UNREAD).removing(system::INBOX);
    gmail(&fake).messages().modify("m/1", &change).await.unwrap();
    assert_eq!(fake.seen()[1].place(), format!("{ME}/messages/m%2F1/modify"));
    assert_eq!(body(&fake, 1), json!({"addLabelIds": ["STARRED"], "removeLabelIds": ["UNREAD", "INBOX"]}));
    let ids: Vec<String> = (0..2001).map(|id| id.to_string()).collect();
    gmail(&fake).messages().batch_modify(&ids, &change).await.unwrap();
    gmail(&fake).messages().batch_delete(&ids[..1]).await.unwrap();
    let sizes: Vec<usize> = (2..6).map(|number| body(&fake, number)["ids"].as_array().unwrap().len()).collect();
    assert_eq!(sizes, [1000, 1000, 1, 1]);
}

#[tokio::test]
async fn a_history_that_is_gone_asks_for_a_full_read() {
    let page = json!({"history": [{"id": "8", "messages": [{"id": "a"}], "messagesAdded": [{"message": {"id": "a"}}],
        "labelsRemoved": [{"message": {"id": "b", "labelIds": ["INBOX"]}, "labelIds": ["UNREAD"]}], "somethingNew": []}],
        "historyId": "9", "nextPageToken": "n"});
    let fake =
        Fake::steps(vec![answer(200, &page.to_string()), answer(200, r#"{"historyId":9}"#), refusal(404, "notFound")]);
    let gmail = gmail(&fake);
    let query = HistoryQuery { since: 7, types: vec![HistoryType::LabelRemoved], ..HistoryQuery::default() };
    let page = gmail.history().list(&query).await.unwrap();
    assert_eq!((page.history_id, page.next_page_token.as_deref()), (Some(9), Some("n")));
    assert_eq!(page.history[0].touched(), ["a", "b"]);
    assert!(page.history[0].other.contains_key("somethingNew"));
    assert!(gmail.history().list(&query).await.unwrap().history.is_empty());
    let error = gmail.history().list(&query).await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (&Kind::FullSyncRequired, Some(404)));
    let pairs = fake.seen()[0].query();
    assert!(pairs.contains(&("startHistoryId".into(), "7".into())));
    assert!(pairs.contains(&("historyTypes".into(), "labelRemoved".into())));
}

#[tokio::test]
async fn everything_else_is_asked_for_where_google_has_it() {
    let fake = Fake::steps(vec![answer(200, "{}")]);
    let gmail = gmail(&fake);
    gmail.profile().await.unwrap();
    gmail.messages().get("m", &Format::Metadata(vec!["Subject".into(), "From".into()])).await.unwrap();
    gmail.messages().attachment("m", "A_-=").await.unwrap();
    gmail.threads().get("t", &Format::Minimal).await.unwrap();
    gmail.threads().untrash("t").await.unwrap();
    gmail.drafts().update("d", &mail(), None).await.unwrap();
    gmail.drafts().send("d").await.unwrap();
    let label = LabelPatch { name: Patch::Set("面試/2026".into()), color: Patch::Clear, ..LabelPatch::default() };
    gmail.labels().patch("Label_1", &label).await.unwrap();
    let sender = SendAsPatch { signature: Patch::Set("<b>A</b>".into()), ..SendAsPatch::default() };
    gmail.send_as().patch("hr@example.com", &sender).await.unwrap();
    let watch = Watch {
        topic_name: "projects/p/topics/mail".into(),
        label_ids: vec!["INBOX".into()],
        label_filter: Some(LabelFilter::Include),
    };
    gmail.watch(&watch).await.unwrap();
    gmail.stop().await.unwrap();
    gmail.vacation().get().await.unwrap();
    gmail.send_as().update("hr@example.com", &SendAs::default()).await.unwrap();
    gmail.send_as().verify("hr@example.com").await.unwrap();
    let asked: Vec<String> =
        fake.seen().iter().map(|seen| format!("{} {}", seen.method, seen.place().strip_prefix(ME).unwrap())).collect();
    let expected = [
        "GET /profile",
        "GET /messages/m",
        "GET /messages/m/attachments/A_-%3D",
        "GET /threads/t",
        "POST /threads/t/untrash",
        "PUT /drafts/d",
        "POST /drafts/send",
        "PATCH /labels/Label_1",
        "PATCH /settings/sendAs/hr%40example.com",
        "POST /watch",
        "POST /stop",
        "GET /settings/vacation",
        "PUT /settings/sendAs/hr%40example.com",
        "POST /settings/sendAs/hr%40example.com/verify",
    ];
    assert_eq!(asked, expected);
    assert_eq!(body(&fake, 7), json!({"name": "面試/2026", "color": null}));
    assert_eq!(
        body(&fake, 9),
        json!({"topicName": "projects/p/topics/mail", "labelIds": ["INBOX"], "labelFilterBehavior": "include"})
    );
}

#[test]
fn an_answer_stays_in_its_conversation() {
    let headers = |pairs: &[(&str, &str)]| -> Vec<Value> {
        pairs.iter().map(|(name, value)| json!({"name": name, "value": value})).collect()
    };
    let read = |pairs: &[(&str, &str)]| -> Message {
        serde_json::from_value(json!({"payload": {"headers": headers(pairs)}})).unwrap()
    };
    let answer = Mail::answer(&read(&[
        ("Message-Id", "<3@x>"),
        ("References", "<1@x>\r\n <2@x>"),
        ("Subject", "RE: 面試"),
        ("From", "\"Novák, Jan\" <jan@example.com>"),
    ]));
    assert_eq!((answer.subject.as_str(), answer.in_reply_to.as_deref()), ("RE: 面試", Some("<3@x>")));
    assert_eq!(answer.references, ["<1@x>", "<2@x>", "<3@x>"]);
    assert_eq!(answer.to, [Address::named("Novák, Jan", "jan@example.com")]);
    let answer = Mail::answer(&read(&[
        ("From", "a@x.cz"),
        ("Reply-To", "list@x.cz"),
        ("In-Reply-To", "<0@x>"),
        ("Message-ID", "<1@x>"),
    ]));
    assert_eq!((answer.subject.as_str(), answer.to), ("Re: ", vec![Address::from("list@x.cz")]));
    assert_eq!(answer.references, ["<0@x>", "<1@x>"]);
}

/// Text of letters from several scripts, quotes, marks of encoded words, and white space that mail could damage.
fn any_text(rng: &dyn Rng, longest: u64) -> String {
    const PIECES: [&str; 16] =
        ["a", "Z", " ", "面", "試", "ř", "🍵", "\"", "\\", "=?UTF-8?B?", "?=", "<", ";", "한", "é", "x y"];
    (0..rng.below(longest)).map(|_| PIECES[usize::try_from(rng.below(16)).unwrap()]).collect()
}

#[test]
fn whatever_is_written_reads_the_same() {
    let (world, _) = world();
    let rng = &*world.rng;
    for round in 0..400 {
        let subject = any_text(rng, 60).trim().to_owned();
        let name = any_text(rng, 12).trim().to_owned();
        let text: String = (0..rng.below(6)).map(|_| any_text(rng, 300) + "\n").collect();
        let html = (rng.below(2) == 0).then(|| format!("<p>{}</p>", any_text(rng, 50).replace('<', "")));
        let files: Vec<Attachment> = (0..rng.below(4))
            .map(|number| {
                let mut content = vec![0; usize::try_from(rng.below(500)).unwrap()];
                rng.fill(&mut content);
                let picture = rng.below(3) == 0;
                Attachment {
                    filename: format!("{}{number}.bin", any_text(rng, 8).replace("=?", "").trim()),
                    content_type: if picture { "image/png" } else { "application/octet-stream" }.into(),
                    content: content.into(),
                    content_id: picture.then(|| format!("c{number}@x")),
                }
            })
            .collect();
        let mail = Mail {
            to: vec![Address::named(&name, "to@example.com")],
            subject: subject.clone(),
            text: Some(text.clone()),
            html: html.clone(),
            attachments: files.clone(),
            ..Mail::default()
        };
        let raw = mail.write(&world).unwrap();
        let lines = raw.split(|byte| *byte == b'\n');
        assert!(lines.clone().all(|line| line.len() <= 999), "round {round}: a line is too long");
        let header_end = raw.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
        assert!(raw[..header_end].is_ascii(), "round {round}: a header field is not ASCII");

        let read = mail_parser::MessageParser::default().parse(&raw).unwrap();
        assert_eq!(read.subject().unwrap_or_default(), subject, "round {round}");
        let to = read.to().and_then(|to| to.first()).unwrap();
        assert_eq!((to.name().unwrap_or_default(), to.address()), (&*name, Some("to@example.com")), "round {round}");
        let content = Content::parse(&raw);
        assert_eq!(content.text.unwrap_or_default(), text.replace('\n', "\r\n"), "round {round}");
        assert_eq!(content.html, html, "round {round}");
        let mut expected: Vec<(&str, &Bytes)> = files.iter().map(|file| (&*file.filename, &file.content)).collect();
        let mut got: Vec<(&str, &Bytes)> = content
            .parts
            .iter()
            .map(|part| match &part.content {
                PartContent::Here(bytes) => (&*part.filename, bytes),
                _ => panic!("round {round}: a part without content"),
            })
            .collect();
        expected.sort();
        got.sort();
        assert_eq!(got, expected, "round {round}");
    }
}

/// Found by feeding garbage: a letter within a letter that ends in the middle of a part.
#[test]
fn a_letter_that_the_parser_stumbles_over_is_read_without_a_panic() {
    let _ = Content::parse(include_bytes!("mail/letter-in-letter.eml"));
}

/// A message of a few megabytes can hold a hundred thousand others, each within the one before.
#[test]
fn letters_within_letters_without_end_are_read_on_a_small_stack() {
    for kind in ["Content-Type: message/rfc822\r\n\r\n", "Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n"] {
        let source = kind.repeat(100_000) + "Subject: inner\r\n\r\nhello";
        let read = std::thread::Builder::new().stack_size(1024 * 1024).spawn(move || Content::parse(source.as_bytes()));
        assert!(read.unwrap().join().is_ok());
    }
}

#[test]
fn damaged_messages_are_read_without_a_panic() {
    let (world, _) = world();
    let rng = &*world.rng;
    let file = Attachment {
        filename: "面.txt".into(),
        content_type: "text/plain".into(),
        content: Bytes::from_static(b"hello"),
        content_id: None,
    };
    let whole = Mail { html: Some("<p>x</p>".into()), attachments: vec![file], ..mail() }.write(&world).unwrap();
    for _ in 0..3000 {
        let mut damaged = whole.clone();
        for _ in 0..=rng.below(6) {
            let at = usize::try_from(rng.below(damaged.len() as u64)).unwrap();
            match rng.below(4) {
                0 => damaged.truncate(at.max(1)),
                1 => damaged[at] = u8::try_from(rng.below(256)).unwrap(),
                2 => drop(damaged.drain(at..(at + 5).min(damaged.len()))),
                _ => damaged.splice(at..at, whole[..at.min(60)].iter().copied()).for_each(drop),
            }
            if damaged.is_empty() {
                break;
            }
        }
        let content = Content::parse(&damaged);
        assert!(content.parts.len() < 100);
        assert!(!format!("{content:?}").contains("hello"));
    }
}
