use std::sync::Arc;

use bytes::Bytes;
use futures::executor::block_on;
use portico_google::{
    Answer, Client, Endpoints, GoogleService, Request, RetryPolicy, StaticToken, Transport, World,
    auth::{
        Callback, CallbackParams, MemoryPendingStore, OAuth, OAuthClient, P12_PASSWORD, ServiceAccountKey, StateKey,
    },
    calendar::{Calendar, EventPage},
    gmail::{Address, Attachment, Content, Mail, Message, PartContent},
    http::Method,
};
use serde::de::IgnoredAny;

use crate::{Target, sandbox};

/// All targets. Another one is another line.
pub const TARGETS: &[Target] = &[
    Target { name: "p12", good: P12, read: p12 },
    Target { name: "json-key", good: JSON_KEY, read: json_key },
    Target { name: "callback", good: CALLBACK, read: callback },
    Target { name: "batch", good: BATCH, read: batch },
    Target { name: "events", good: EVENTS, read: events },
    Target { name: "mime", good: MIME, read: mime },
    Target { name: "mail", good: MAIL, read: mail },
    Target { name: "payload", good: PAYLOAD, read: payload },
    Target { name: "sandbox-batch", good: sandbox::BATCH, read: sandbox::batch },
    Target { name: "sandbox-related", good: sandbox::RELATED, read: sandbox::related },
    Target { name: "sandbox-message", good: MIME, read: sandbox::message },
];

const ROBOT: &str = "robot@project-1.iam.gserviceaccount.com";

const P12: &[&[u8]] = &[
    include_bytes!("../../../crates/google/tests/it/keys/legacy.p12"),
    include_bytes!("../../../crates/google/tests/it/keys/modern.p12"),
    include_bytes!("../../../crates/google/tests/it/keys/chain.p12"),
    include_bytes!("../../../crates/google/tests/it/keys/no-mac.p12"),
    include_bytes!("../../../crates/google/tests/it/keys/certificate-only.p12"),
];

fn p12(input: &[u8]) {
    if let Err(error) = ServiceAccountKey::from_p12(input, P12_PASSWORD, ROBOT) {
        assert!(error.message().is_some_and(|message| !message.is_empty()));
    }
}

const JSON_KEY: &[&[u8]] = &[
    br#"{"type":"service_account","client_email":"robot@p.iam.gserviceaccount.com","private_key":"-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n"}"#,
    br#"{"web":{"client_id":"1","client_secret":"x"}}"#,
];

fn json_key(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    if let Err(error) = ServiceAccountKey::from_json(&text) {
        assert!(error.message().is_some_and(|message| !message.is_empty()));
    }
}

/// Nobody is there.
struct Silence;

impl Transport for Silence {
    fn send(&self, _: http::Request<Bytes>) -> Answer<'_> {
        Box::pin(async { panic!("nothing is asked of Google before the state is known") })
    }
}

const CALLBACK: &[&[u8]] = &[
    b"/auth/google/callback?state=abc.1789000000.tag.signature&code=4%2F0Aci&scope=openid%20email&iss=https%3A%2F%2Faccounts.google.com",
    b"https://portal.example/cb?state=a.b.c.d&error=access_denied",
    b"state=x&state=y&code=",
];

fn callback(input: &[u8]) {
    let (world, _) = World::seeded(portico_google::jiff::Timestamp::UNIX_EPOCH, 1);
    let client = OAuthClient {
        client_id: "1.apps".into(),
        client_secret: "hush".into(),
        redirect_uri: "https://portal.example/cb".into(),
    };
    let oauth = OAuth::new(client, Endpoints::google(), Arc::new(Silence), world, StateKey::new([7; 32]));
    let params = CallbackParams::parse(&String::from_utf8_lossy(input));
    let answer = block_on(oauth.callback(&MemoryPendingStore::new(), params, "session"));
    assert!(!matches!(answer, Ok(Callback::Granted(_))), "an invented state must not be taken");
}

/// Answers every request with the same body.
struct Same(Bytes);

impl Transport for Same {
    fn send(&self, _: http::Request<Bytes>) -> Answer<'_> {
        let answer = http::Response::builder().header("content-type", "multipart/mixed; boundary=x");
        let answer = answer.body(self.0.clone()).map_err(|_| unreachable!("a good head"));
        Box::pin(async { answer })
    }
}

const BATCH: &[&[u8]] = &[
    b"--x\r\nContent-Type: application/http\r\nContent-ID: <response-item-0>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 8\r\n\r\n{\"n\": 0}\r\n--x\r\nContent-Type: application/http\r\nContent-ID: <response-item-1>\r\n\r\nHTTP/1.1 404 Not Found\r\n\r\n{\"error\":{\"code\":404}}\r\n--x--\r\n",
    b"--x\nContent-ID: <response-item-1>\n\nHTTP/1.1 204 No Content\n\n--x--",
];

fn batch(input: &[u8]) {
    let (world, _) = World::seeded(portico_google::jiff::Timestamp::UNIX_EPOCH, 1);
    let transport = Arc::new(Same(Bytes::copy_from_slice(input)));
    let client = Client::new(transport, world, Endpoints::google(), Arc::new(StaticToken::new("ya29.x")))
        .with_retry(RetryPolicy::once());
    let call = |id| Request::new("calendar.events.get", Method::GET, Calendar::ROOT, "/calendar/v3/x/{}", &[id]);
    let answers = block_on(client.service::<Calendar>().batch::<IgnoredAny>(vec![call("0"), call("1")]));
    assert_eq!(answers.len(), 2);
}

const EVENTS: &[&[u8]] = &[
    br#"{"kind":"calendar#events","nextSyncToken":"s","items":[{"id":"a","status":"confirmed","start":{"dateTime":"2026-11-21T09:00:00+01:00","timeZone":"Europe/Prague"},"recurrence":["RRULE:FREQ=DAILY"]},{"id":"b","start":{"date":"2026-11-21"}}]}"#,
];

fn events(input: &[u8]) {
    if let Ok(page) = EventPage::parse(input) {
        for item in page.items {
            if let Ok(event) = item.event {
                let _ = event.start.and_then(|start| start.timestamp());
            }
        }
    }
}

const MIME: &[&[u8]] = &[
    b"From: =?UTF-8?B?546L5bCP5piO?= <ming@example.com>\r\nTo: a@example.com, \"B, C\" <b@example.com>\r\nSubject: =?big5?B?rbG41Q==?=\r\n\
      Message-ID: <1@x>\r\nContent-Type: multipart/mixed; boundary=\"x\"\r\n\r\n--x\r\nContent-Type: multipart/alternative; boundary=y\r\n\r\n\
      --y\r\nContent-Type: text/plain; charset=iso-2022-jp\r\n\r\n\x1b$B:#\x1b(B\r\n--y\r\nContent-Type: text/html; charset=\"ISO-8859-2\"\r\n\
      Content-Transfer-Encoding: quoted-printable\r\n\r\n<b>=C8aj</b>=\r\n\r\n--y--\r\n--x\r\nContent-Type: image/png; name*=UTF-8''%E5%B1%A5.png\r\n\
      Content-ID: <p1>\r\nContent-Disposition: inline\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n--x\r\nContent-Type: message/rfc822\r\n\r\n\
      Subject: inner\r\n\r\nhello\r\n--x--\r\n",
    include_bytes!("../../../crates/google/tests/it/mail/letter-in-letter.eml"),
    b"Subject: plain\n\nno carriage returns, no end",
    b"Content-Type: text/plain; charset=utf-7\r\n\r\n+AGEAYgBj-",
];

fn mime(input: &[u8]) {
    let content = Content::parse(input);
    let length: usize = content.parts.iter().map(|part| part.filename.len()).sum();
    assert!(content.parts.len() <= input.len() && length <= input.len() * 8, "out of little came much");
    let line = String::from_utf8_lossy(input);
    for address in Address::parse_list(&line) {
        assert!(!address.email.is_empty());
    }
}

/// What a program puts into a message, a field a line.
const MAIL: &[&[u8]] = &[
    "面試通知\n王小明\nming@example.com\n<1@x>\nX-Reason\nan answer\n履歴書.pdf\napplication/pdf\nc1@x\n您好"
        .as_bytes(),
    b"Lunch?\nAnn \"A\"\nann@example.com\n1@x\nList-Unsubscribe\n<https://x/y>\na.txt\ntext/plain\n\nhello\nworld",
];

/// Whatever is put in, the header of what comes out has the fields that were meant and no other, and reads the same.
fn mail(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let mut lines = text.split('\n');
    let mut next = || lines.next().unwrap_or_default().to_owned();
    let (subject, name, email, id) = (next(), next(), next(), next());
    let (field, value, filename, content_type, content_id) = (next(), next(), next(), next(), next());
    let file =
        Attachment { filename, content_type, content: Bytes::copy_from_slice(input), content_id: Some(content_id) };
    let mail = Mail {
        to: vec![Address::named(&name, &email)],
        subject,
        text: Some(lines.collect::<Vec<_>>().join("\n")),
        html: Some(text.clone().into_owned()),
        attachments: vec![file],
        references: vec![id],
        headers: vec![(field, value)],
        ..Mail::default()
    };
    let (world, _) = World::seeded(portico_google::jiff::Timestamp::UNIX_EPOCH, 1);
    let Ok(raw) = mail.write(&world) else { return };
    let end = raw.windows(4).position(|four| four == b"\r\n\r\n").expect("a header has an end");
    let header = std::str::from_utf8(&raw[..end]).expect("a header is ASCII");
    assert!(header.is_ascii() && header.split("\r\n").all(|line| line.len() <= 998 && !line.contains(['\r', '\n'])));
    let fields = header.split("\r\n").filter(|line| !line.starts_with(' '));
    // To, Subject, Date, Message-ID, References, the program's own, MIME-Version, Content-Type.
    assert_eq!(fields.count(), 8, "a field was smuggled in or lost: {header}");
    let read = Content::parse(&raw);
    if mail.attachments[0].filename.trim().is_empty() {
        // A text that is shown within the message and has no name is text of the message.
        return;
    }
    assert_eq!(read.parts.len(), 1, "the attachment is there, and nothing else");
    assert!(matches!(&read.parts[0].content, PartContent::Here(bytes) if bytes == input), "and says what was put in");
}

/// A message as Gmail takes it apart, and what answers it.
const PAYLOAD: &[&[u8]] = &[
    br#"{"id":"m","internalDate":"1784385423000","payload":{"mimeType":"multipart/mixed","headers":[{"name":"From","value":"Ann <ann@example.com>"},{"name":"Subject","value":"Re: x"},{"name":"References","value":"<1@x> <2@x>"}],"parts":[{"mimeType":"text/plain","body":{"data":"aGk="},"headers":[{"name":"Content-Type","value":"text/plain; charset=big5"}]},{"mimeType":"image/png","filename":"p.png","body":{"attachmentId":"A","size":9}}]}}"#,
];

fn payload(input: &[u8]) {
    if let Ok(message) = serde_json::from_slice::<Message>(input) {
        let _ = (Content::of(&message), message.received(), message.source());
        let (world, _) = World::seeded(portico_google::jiff::Timestamp::UNIX_EPOCH, 1);
        let _ = Mail::answer(&message).write(&world);
    }
    let _ = portico_google::gmail::Notification::from_push(input);
}
