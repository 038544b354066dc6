//! Everything that the library shows of itself while things go right and wrong, searched for what must not be seen.

use std::{
    io,
    sync::{Arc, Mutex},
};

use portico_google::{
    Client, Credentials, Endpoints, ScopeSet,
    auth::{AuthorizationRequest, Callback, CallbackParams, MemoryPendingStore, OAuthCredentials},
    calendar::{Calendar, Event, EventPage, EventPatch, MirrorQuery, SearchQuery, Write},
};
use tracing_subscriber::fmt::MakeWriter;

use crate::fake::{Fake, Step, cut, json, oauth, refusal, world};

const SECRETS: [&str; 9] = [
    "GOCSPX-secret",
    "1//refresh",
    "ya29.access",
    "4/0A-code",
    "ann@example.com",
    "Secret lunch",
    "eyJhbGciOi",
    "cursor-token",
    "client_secret=",
];

/// Everything that is logged.
#[derive(Clone, Default)]
pub struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// Notes what this thread logs, at the finest level, for as long as the answer lives.
    ///
    /// There are two who listen. Were there one only, a place that another test's thread comes to first would be asked of
    /// that thread, where nobody listens, and be silent ever after.
    pub fn listen(&self) -> (tracing::subscriber::DefaultGuard, tracing::Dispatch) {
        let subscriber =
            || tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(self.clone()).finish();
        let second = tracing::Dispatch::new(subscriber());
        (tracing::subscriber::set_default(subscriber()), second)
    }

    pub fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// One account's whole life against a Google that answers API calls with `step`.
async fn live(step: Step, show: &mut Vec<String>) {
    let tokens = r#"{"access_token":"ya29.access","expires_in":3599,"refresh_token":"1//refresh","scope":"a"}"#;
    let fake = Fake::by(move |seen, number| match seen.place() {
        "https://oauth2.googleapis.com/token" if number < 3 => json(200, tokens),
        "https://oauth2.googleapis.com/token" => json(
            400,
            r#"{"error":"invalid_grant","error_description":"Account ann@example.com has been deleted: 1//refresh-token-0123456789"}"#,
        ),
        _ => step.clone(),
    });
    let (oauth, _) = oauth(&fake);
    let store = MemoryPendingStore::new();
    let mut request = AuthorizationRequest::new(ScopeSet::parse("a"));
    request.login_hint = Some("ann@example.com".into());
    let started = oauth.prepare(request.clone(), "session").unwrap();
    show.push(format!("{request:?} {started:?} {:?}", oauth.client()));
    let url = url::Url::parse(&oauth.begin(&store, request, "session").await.unwrap()).unwrap();
    let state = url.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
    let params = CallbackParams::parse(&format!("state={state}&code=4/0A-code"));
    show.push(format!("{params:?}"));
    let callback = oauth.callback(&store, params, "session").await.unwrap();
    show.push(format!("{callback:?}"));
    let Callback::Granted(granted) = callback else { panic!("not granted") };
    let consent = oauth.complete(granted).await.unwrap();
    show.push(format!("{consent:?}"));
    let credentials = Arc::new(OAuthCredentials::from_tokens(oauth.clone(), &consent.tokens).unwrap());
    show.push(format!("{:?}", credentials.access_token().await));
    let calendar = Calendar::new(Client::new(fake.clone(), world().0, Endpoints::google(), credentials));
    let event = Event { id: Some("abc".into()), summary: Some("Secret lunch".into()), ..Event::default() };
    let events = calendar.events("ann@example.com");
    for error in [
        events.list(MirrorQuery::new().since("cursor-token")).await.err(),
        events.insert(&event, &Write::default()).await.err(),
        events.get("abc").await.err(),
        events.delete("abc", &Write::default()).await.err(),
    ]
    .into_iter()
    .flatten()
    {
        show.push(format!("{error} {error:?}"));
    }
    let query = SearchQuery::new().text("Secret lunch").i_cal_uid("ann@example.com");
    let patch = EventPatch { summary: "Secret lunch".to_owned().into(), ..EventPatch::default() };
    show.push(format!("{event:?} {query:?} {patch:?}"));
    show.push(format!("{:?}", oauth.refresh(&"1//refresh".into()).await));
    show.push(format!("{:?}", oauth.verify_id_token(&"eyJhbGciOiJub25lIn0.e30.".into(), None).await));
    show.push(format!("{:?}", oauth.revoke(&"1//refresh".into()).await));
}

#[tokio::test]
async fn nothing_that_is_shown_or_logged_holds_a_secret_or_a_persons_text() {
    let log = Log::default();
    let guard = log.listen();
    let mut shown = Vec::new();
    let echo = r#"{"error":{"code":400,"message":"Invalid value for 'Secret lunch' of ann@example.com: ya29.access","errors":[
        {"reason":"invalid","message":"Secret lunch"}]}}"#;
    for step in [
        cut(),
        json(400, echo),
        json(403, &echo.replace("invalid", "forbidden")),
        json(500, "<html>ann@example.com Secret lunch ya29.access</html>"),
        json(200, r#"{"summary":"Secret lunch","items":"ann@example.com","id":["ya29.access"],"kind":"#),
        json(200, r#""Secret lunch""#),
        refusal(401, "authError"),
    ] {
        live(step, &mut shown).await;
    }
    drop(guard);
    let log = log.text();
    assert!(log.contains("calendar.events.list") && shown.len() > 70, "nothing was caught");
    for secret in SECRETS {
        assert!(!log.contains(secret), "{secret} is in the log");
        for text in &shown {
            assert!(!text.contains(secret), "{secret} is in {text}");
        }
    }
}

#[tokio::test]
async fn every_line_of_every_test_is_looked_through() {
    let calendar = crate::fake::calendar(&Fake::steps(vec![refusal(404, "notFound")]));
    let before = portico_watch::watched();
    calendar.events("primary").get("abc").await.unwrap_err();
    assert!(portico_watch::watched() > before, "the library's own lines reach the watch");
}

#[test]
fn what_google_sends_is_shown_without_what_people_wrote() {
    let text = r#"{"items":[{"id":"e1","summary":"Secret lunch","description":"Secret lunch","location":"Secret lunch",
        "htmlLink":"https://x/ann@example.com","iCalUID":"ann@example.com","creator":{"email":"ann@example.com"},
        "organizer":{"email":"ann@example.com","displayName":"Secret lunch"},"source":{"title":"Secret lunch"},
        "attendees":[{"email":"ann@example.com","comment":"Secret lunch","responseStatus":"accepted"}],
        "extendedProperties":{"private":{"k":"Secret lunch"}},"note":"Secret lunch",
        "conferenceData":{"notes":"Secret lunch","entryPoints":[{"uri":"sip:ann@example.com","pin":"Secret lunch"}]}},
        {"id":"e2","start":"Secret lunch"}],"summary":"Secret lunch"}"#;
    let page = EventPage::parse(text.as_bytes()).unwrap();
    let shown = format!("{page:?} {:?}", page.items);
    assert!(shown.contains("e1") && shown.contains("Accepted") && shown.contains("e2"), "{shown}");
    for secret in SECRETS {
        assert!(!shown.contains(secret), "{secret} is in {shown}");
    }
}
