use std::sync::Arc;

use portico_google::{
    Endpoints, ScopeSet,
    auth::{
        Preflight, PreflightCheck as Check, PreflightOutcome as Outcome, PreflightStep, ServiceAccount,
        ServiceAccountKey, Subject,
    },
};
use serde_json::{Value, json as value};

use crate::{
    fake::{Fake, Seen, Step, json, refusal, untrusted, world},
    service_account_keys::{CLIENT_ID, PEM, json_key},
    service_accounts::{assertion, denied, token},
};

const CALENDAR: &str = "https://www.googleapis.com/auth/calendar";
const CONTACTS: &str = "https://www.googleapis.com/auth/contacts";

fn is_token(seen: &Seen) -> bool {
    seen.place() == "https://oauth2.googleapis.com/token"
}

async fn fly(text: &str, subject: &str, fake: &Arc<Fake>) -> Preflight {
    fly_with(text, subject, &format!("{CALENDAR} {CONTACTS}"), fake).await
}

async fn fly_with(text: &str, subject: &str, scopes: &str, fake: &Arc<Fake>) -> Preflight {
    let account = |key| ServiceAccount::new(key, Endpoints::google(), fake.clone(), world().0);
    let subject = Subject::new(subject).unwrap();
    let scopes = ScopeSet::parse(scopes);
    let flight = Preflight::run(ServiceAccountKey::from_json(text), account, &subject, &scopes).await;
    let shown = serde_json::to_string(&flight).unwrap() + &format!("{flight:?}");
    for secret in ["ya29.", "BEGIN", &PEM[60..90], "eyJ"] {
        assert!(!shown.contains(secret), "{secret} is in {shown}");
    }
    flight
}

/// One letter a step: o, f, s.
fn outcomes(flight: &Preflight) -> String {
    flight
        .steps
        .iter()
        .map(|step| match step.outcome {
            Outcome::Ok => 'o',
            Outcome::Failed => 'f',
            Outcome::Skipped => 's',
        })
        .collect()
}

fn step(flight: &Preflight, check: Check) -> &PreflightStep {
    flight.steps.iter().find(|step| step.check == check).unwrap()
}

fn slug(step: &PreflightStep) -> &str {
    step.advice.as_ref().unwrap().slug
}

fn whole() -> String {
    json_key(PEM, "k1").to_string()
}

/// Google with everything set up, but for what `odd` answers.
fn google(odd: impl Fn(&Seen) -> Option<Step> + Send + Sync + 'static) -> Arc<Fake> {
    Fake::by(move |seen, number| match odd(seen) {
        Some(step) => step,
        None if is_token(seen) => token(number),
        None if seen.place().ends_with("/events") => json(200, r#"{"kind":"calendar#events","items":[]}"#),
        None => json(200, r#"{"kind":"calendar#calendar","id":"ann@example.com"}"#),
    })
}

#[tokio::test]
async fn all_is_well() {
    let fake = google(|_| None);
    let flight = fly(&whole(), "ann@example.com", &fake).await;
    assert_eq!(outcomes(&flight), "ooooooo");
    assert!(flight.is_ready() && flight.failure().is_none());
    let shown = serde_json::to_value(&flight).unwrap();
    assert_eq!(
        shown["steps"][3],
        value!({"check": "scope", "scope": CALENDAR, "outcome": "ok", "said": null, "advice": null})
    );
    let checks: Vec<&Value> = shown["steps"].as_array().unwrap().iter().map(|step| &step["check"]).collect();
    assert_eq!(checks, ["key", "own_token", "delegated_token", "scope", "scope", "calendar", "subject_is_user"]);
    let seen = fake.seen();
    assert!(assertion(&seen[0]).1.get("sub").is_none());
    assert_eq!(assertion(&seen[1]).1["sub"], "ann@example.com");
}

#[tokio::test]
async fn a_bad_key_ends_it_before_anything_is_asked() {
    let fake = google(|_| None);
    let flight = fly("{\"type\":", "ann@example.com", &fake).await;
    assert_eq!((outcomes(&flight).as_str(), fake.count()), ("fssssss", 0));
    assert!(!flight.is_ready());
    assert_eq!(slug(&flight.steps[0]), "make_new_key");
    assert!(flight.steps[0].said.as_ref().unwrap().meaning.contains("ends in the middle"));
}

#[tokio::test]
async fn what_stops_the_account_itself() {
    for (step, expected) in [
        (denied("invalid_grant", "Invalid JWT Signature."), "make_new_key"),
        (denied("disabled_client", "The OAuth client was disabled."), "enable_service_account"),
        (denied("invalid_grant", "Invalid JWT: Token must be a short-lived token (60 minutes)"), "set_clock"),
        (denied("invalid_scope", "Invalid OAuth scope or ID token audience provided."), "correct_scopes"),
        (json(503, ""), "try_again_later"),
        (untrusted(), "trust_certificate"),
    ] {
        let flight = fly(&whole(), "ann@example.com", &Fake::steps(vec![step])).await;
        assert_eq!(outcomes(&flight), "ofsssss", "{expected}");
        assert_eq!(slug(&flight.steps[1]), expected);
    }
}

#[tokio::test]
async fn delegation_that_is_missing_says_what_to_paste_where() {
    let fake = google(|seen| {
        let delegated = is_token(seen) && assertion(seen).1.get("sub").is_some();
        delegated.then(|| denied("unauthorized_client", "Unauthorized client or scope in request."))
    });
    let flight = fly(&whole(), "ann@example.com", &fake).await;
    assert_eq!(outcomes(&flight), "oofffss");
    let advice = serde_json::to_value(&flight.failure().unwrap().advice).unwrap();
    assert_eq!(
        advice,
        value!({"slug": "enter_delegation", "link": "https://admin.google.com/ac/owl/domainwidedelegation", "paste": [
            {"field": "client_id", "value": CLIENT_ID},
            {"field": "scopes", "value": format!("{CALENDAR},{CONTACTS}")}]})
    );
    let said = flight.failure().unwrap().said.as_ref().unwrap();
    assert_eq!((said.status, said.reason.as_deref()), (Some(400), Some("unauthorized_client")));
    assert_eq!(said.message.as_deref(), Some("Unauthorized client or scope in request."));
}

#[tokio::test]
async fn the_scope_that_is_not_delegated_is_found() {
    let fake = google(|seen| {
        let claims = if is_token(seen) { assertion(seen).1 } else { value!({}) };
        let asks = |scope: &str| claims["scope"].as_str().is_some_and(|scopes| scopes.contains(scope));
        (claims.get("sub").is_some() && asks(CONTACTS))
            .then(|| denied("access_denied", "Requested client not authorized."))
    });
    let flight = fly(&whole(), "ann@example.com", &fake).await;
    // Calendar works and is looked at with the scope that there is.
    assert_eq!(outcomes(&flight), "oofofoo");
    assert_eq!(slug(step(&flight, Check::DelegatedToken)), "add_scopes_to_delegation");
    assert_eq!(flight.steps[4].scope.as_deref(), Some(CONTACTS));
}

#[tokio::test]
async fn a_subject_that_is_no_user() {
    for (description, expected) in
        [("Invalid email or User ID", "choose_a_user"), ("Account has been disabled", "reactivate_user")]
    {
        let fake = google(move |seen| {
            let delegated = is_token(seen) && assertion(seen).1.get("sub").is_some();
            delegated.then(|| denied("invalid_grant", description))
        });
        let flight = fly(&whole(), "team@example.com", &fake).await;
        assert_eq!(outcomes(&flight), "oofsssf");
        assert_eq!(slug(step(&flight, Check::SubjectIsUser)), expected);
    }
    let flight = fly(&whole(), "alias@example.com", &google(|_| None)).await;
    assert_eq!(outcomes(&flight), "oooooof");
    let advice = step(&flight, Check::SubjectIsUser).advice.as_ref().unwrap();
    assert_eq!((advice.slug, advice.paste[0].value.as_str()), ("use_primary_address", "ann@example.com"));
}

#[tokio::test]
async fn a_calendar_that_cannot_be_read() {
    for (answer, expected) in [
        (refusal(403, "accessNotConfigured"), "enable_api"),
        (refusal(403, "notACalendarUser"), "turn_on_calendar_service"),
        (refusal(404, "notFound"), "turn_on_calendar_service"),
    ] {
        let fake = google(move |seen| (!is_token(seen)).then(|| answer.clone()));
        let flight = fly(&whole(), "ann@example.com", &fake).await;
        assert_eq!(outcomes(&flight), "ooooofs", "{expected}");
        assert_eq!(slug(step(&flight, Check::Calendar)), expected);
        // Nothing was seen of the subject, and why is said.
        let subject = step(&flight, Check::SubjectIsUser);
        assert_eq!(subject.said, step(&flight, Check::Calendar).said);
        assert!(subject.advice.is_none() && !flight.is_ready());
    }
}

#[tokio::test]
async fn what_was_not_seen_of_the_subject_is_not_called_well() {
    const EVENTS: &str = "https://www.googleapis.com/auth/calendar.events";
    let event = |address: &str, own: bool| value!({"organizer": {"email": address, "self": own}});
    for (items, expected) in [
        (value!([]), "ooooos"),
        (value!([event("bob@example.com", false)]), "ooooos"),
        (value!([event("bob@example.com", false), event("Ann@example.com", true)]), "oooooo"),
        (value!([event("ann.b@example.com", true)]), "ooooof"),
    ] {
        let answer = json(200, &value!({"items": items}).to_string());
        let fake = google(move |seen| seen.place().ends_with("/events").then(|| answer.clone()));
        let flight = fly_with(&whole(), "ann@example.com", EVENTS, &fake).await;
        assert_eq!(outcomes(&flight), expected, "{items}");
        if expected.ends_with('f') {
            let advice = step(&flight, Check::SubjectIsUser).advice.as_ref().unwrap();
            assert_eq!((advice.slug, advice.paste[0].value.as_str()), ("use_primary_address", "ann.b@example.com"));
        }
    }
    // Without any scope that shows an address.
    let flight = fly_with(&whole(), "ann@example.com", CONTACTS, &google(|_| None)).await;
    assert_eq!(outcomes(&flight), "ooooss");
    let subject = step(&flight, Check::SubjectIsUser);
    assert!(subject.said.is_none() && flight.is_ready());
}
