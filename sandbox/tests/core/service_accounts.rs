//! The JWT bearer grant and domain-wide delegation.

use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Value, json};

use crate::support::{ANN, BOB, CALENDAR, CONTACTS, Google, Got, READONLY, text};

const UNAUTHORIZED: &str = "Client is unauthorized to retrieve access tokens using this method, or client not authorized for any of the \
                            scopes requested.";

struct Robot {
    email: String,
    key: EncodingKey,
}

async fn robot(google: &Google) -> Robot {
    let made = google
        .control("POST", "service-accounts", json!({"scopes": [CALENDAR, READONLY], "domain": "example.com"}))
        .await;
    assert_eq!(text(&made, "client_id").len(), 21);
    assert_eq!(made["key"]["type"], "service_account");
    let key = EncodingKey::from_rsa_pem(text(&made["key"], "private_key").as_bytes()).unwrap();
    Robot { email: text(&made, "email").to_owned(), key }
}

impl Robot {
    fn claims(&self, google: &Google, extra: Value) -> Value {
        use portico_world::Clock as _;
        let now = google.clock.now().as_second();
        let mut claims = json!({
            "iss": self.email, "scope": CALENDAR, "aud": "https://oauth2.googleapis.com/token", "iat": now, "exp": now + 3600});
        for (name, value) in extra.as_object().unwrap() {
            claims[name] = value.clone();
        }
        claims
    }

    /// Signs as Google's Node client does: the header has neither `typ` nor `kid`.
    fn sign(&self, claims: &Value) -> String {
        let mut header = jsonwebtoken::Header::new(Algorithm::RS256);
        header.typ = None;
        jsonwebtoken::encode(&header, claims, &self.key).unwrap()
    }

    async fn ask(&self, google: &Google, extra: Value) -> Got {
        let assertion = self.sign(&self.claims(google, extra));
        let fields = [("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"), ("assertion", assertion.as_str())];
        google.form("http://127.0.0.1:80/token", &[], &fields).await
    }
}

#[tokio::test]
async fn it_acts_for_itself_or_for_a_person_whose_domain_lets_it() {
    let google = Google::new().await;
    let robot = robot(&google).await;
    let own = robot.ask(&google, json!({})).await.ok();
    assert_eq!((&own["expires_in"], &own["token_type"]), (&json!(3599), &json!("Bearer")));
    assert!(own.get("refresh_token").is_none());
    let anns = robot.ask(&google, json!({"sub": ANN})).await.ok();
    let calendar = google.call(text(&anns, "access_token"), "GET", "/calendar/v3/calendars/primary", None).await.ok();
    assert_eq!(calendar["id"], ANN);
    let own = google.call(text(&own, "access_token"), "GET", "/calendar/v3/calendars/primary", None).await.ok();
    assert_eq!(own["id"], robot.email.as_str());
}

#[tokio::test]
async fn without_delegation_it_may_not_invite() {
    let google = Google::new().await;
    let robot = robot(&google).await;
    let event = json!({"start": {"date": "2026-12-01"}, "end": {"date": "2026-12-02"}, "attendees": [{"email": BOB}]});
    let path = "/calendar/v3/calendars/primary/events";
    let own = robot.ask(&google, json!({})).await.ok();
    let got = google.call(text(&own, "access_token"), "POST", path, Some(event.clone())).await;
    got.reason(403, "forbiddenForServiceAccounts");
    let anns = robot.ask(&google, json!({"sub": ANN})).await.ok();
    google.call(text(&anns, "access_token"), "POST", path, Some(event)).await.ok();
}

#[tokio::test]
async fn it_has_no_mailbox_of_its_own() {
    let google = Google::new().await;
    let robot = robot(&google).await;
    let own = robot.ask(&google, json!({"scope": "https://mail.google.com/"})).await.ok();
    let got = google.call(text(&own, "access_token"), "GET", "/gmail/v1/users/me/profile", None).await;
    got.reason(400, "failedPrecondition");
    assert_eq!(got.json()["error"]["message"], "Precondition check failed.");
}

#[tokio::test]
async fn each_refusal_of_delegation_has_its_words() {
    let google = Google::new().await;
    let robot = robot(&google).await;
    let ask = async |extra| robot.ask(&google, extra).await;
    ask(json!({"sub": "nobody@example.com"})).await.refused(400, "invalid_grant", "Invalid email or User ID");
    google.control("POST", "users", json!({"email": "team@example.com", "kind": "group"})).await;
    ask(json!({"sub": "team@example.com"})).await.refused(400, "invalid_grant", "Invalid email or User ID");
    let stranger = ask(json!({"sub": "x@other.example"})).await;
    stranger.refused(401, "unauthorized_client", "Unauthorized client or scope in request.");
    let both = format!("{CALENDAR} {CONTACTS}");
    ask(json!({"sub": ANN, "scope": both})).await.refused(400, "access_denied", "Requested client not authorized.");
    ask(json!({"sub": ANN, "scope": CONTACTS})).await.refused(401, "unauthorized_client", UNAUTHORIZED);
    google.control("POST", "users", json!({"email": BOB, "disabled": true})).await;
    ask(json!({"sub": BOB})).await.refused(400, "invalid_grant", "Account has been disabled");
    let block = json!({"email": robot.email, "blocked_domains": ["example.com"]});
    google.control("POST", "service-accounts", block).await;
    let blocked = "Access to this app is blocked by an administrator.";
    ask(json!({"sub": ANN})).await.refused(400, "admin_policy_enforced", blocked);
    ask(json!({})).await.ok();
}

#[tokio::test]
async fn each_refusal_of_an_assertion_has_its_words() {
    use portico_world::Clock as _;
    let google = Google::new().await;
    let robot = robot(&google).await;
    let now = google.clock.now().as_second();
    let ask = async |extra| robot.ask(&google, extra).await;
    let timely = "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and \
                  exp values in the JWT claim.";
    ask(json!({"exp": now + 4000})).await.refused(400, "invalid_grant", timely);
    ask(json!({"iat": now - 7200, "exp": now - 3600})).await.refused(400, "invalid_grant", timely);
    ask(json!({"aud": "https://evil.example/token"})).await.refused(
        400,
        "invalid_grant",
        "Invalid JWT: Failed audience check.",
    );
    ask(json!({"aud": "http://127.0.0.1:80/token"})).await.ok();
    ask(json!({"iss": "nobody@p.iam.gserviceaccount.com"})).await.refused(
        400,
        "invalid_grant",
        "Invalid grant: account not found",
    );
    for scope in ["", "https://www.googleapis.com/auth/nonsense", &format!("{CALENDAR},{READONLY}")] {
        let got = ask(json!({"scope": scope})).await;
        got.refused(400, "invalid_scope", "Invalid OAuth scope or ID token audience provided.");
    }
    let other = super::service_accounts::robot(&google).await;
    let forged = Robot { email: robot.email.clone(), key: other.key };
    forged.ask(&google, json!({})).await.refused(400, "invalid_grant", "Invalid JWT Signature.");
}

#[tokio::test]
async fn every_key_is_tried_and_a_disabled_one_is_not() {
    let google = Google::new().await;
    let robot = robot(&google).await;
    let second = google.control("POST", "service-accounts", json!({"email": robot.email})).await;
    let key = EncodingKey::from_rsa_pem(text(&second["key"], "private_key").as_bytes()).unwrap();
    let with_second = Robot { email: robot.email.clone(), key };
    robot.ask(&google, json!({})).await.ok();
    with_second.ask(&google, json!({})).await.ok();
    google.control("POST", "service-accounts", json!({"email": robot.email, "disable_keys": [second["key_id"]]})).await;
    with_second.ask(&google, json!({})).await.refused(400, "invalid_grant", "Invalid JWT Signature.");
    robot.ask(&google, json!({})).await.ok();
    google.control("POST", "service-accounts", json!({"email": robot.email, "disabled": true})).await;
    robot.ask(&google, json!({})).await.refused(400, "disabled_client", "The OAuth client was disabled.");
}

#[tokio::test]
async fn its_own_signed_jwt_is_a_token_of_one_service() {
    let google = Google::new().await;
    let robot = robot(&google).await;
    let claims = |audience: &str| robot.claims(&google, json!({"aud": audience, "sub": robot.email, "scope": ""}));
    let good = robot.sign(&claims("https://calendar.googleapis.com/"));
    assert_eq!(google.call(&good, "GET", "/calendar/v3/users/me/calendarList", None).await.status, 200);
    let foreign = robot.sign(&claims("https://people.googleapis.com/"));
    google.call(&foreign, "GET", "/calendar/v3/users/me/calendarList", None).await.reason(401, "authError");
    let posing = robot.sign(&robot.claims(&google, json!({"aud": "https://calendar.googleapis.com/", "sub": ANN})));
    google.call(&posing, "GET", "/calendar/v3/users/me/calendarList", None).await.reason(401, "authError");
}

#[tokio::test]
async fn p12_keys_are_given_in_googles_form_and_in_a_modern_one() {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    let google = Google::new().await;
    let robot = robot(&google).await;
    for (extra, password) in [
        (json!({}), "notasecret"),
        (json!({"modern": true}), "notasecret"),
        (json!({"password": "another one"}), "another one"),
    ] {
        let mut wanted = json!({"email": robot.email, "p12": true});
        wanted.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        let made = google.control("POST", "service-accounts", wanted).await;
        assert_eq!((&made["password"], made.get("key")), (&json!(password), None));
        let file = STANDARD.decode(text(&made, "p12")).unwrap();
        let policy = p12_keystore::Pkcs12ImportPolicy::Strict;
        assert!(p12_keystore::KeyStore::from_pkcs12(&file, "wrong", policy).is_err());
        let store = p12_keystore::KeyStore::from_pkcs12(&file, password, policy).unwrap();
        let (name, chain) = store.private_key_chain().unwrap();
        assert_eq!(
            (name, chain.certs()[0].subject()),
            ("privatekey", format!("CN={}", text(&made, "client_id")).as_str())
        );
        let pem = format!(
            "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
            STANDARD.encode(chain.key().as_der())
        );
        let key = EncodingKey::from_rsa_pem(pem.as_bytes()).unwrap();
        Robot { email: robot.email.clone(), key }.ask(&google, json!({})).await.ok();
    }
    robot.ask(&google, json!({})).await.ok();
}

#[tokio::test]
async fn an_api_can_be_off_in_the_project_of_a_service_account() {
    let google = Google::new().await;
    let robot = robot(&google).await;
    let own = robot.ask(&google, json!({})).await.ok();
    let list =
        async || google.call(text(&own, "access_token"), "GET", "/calendar/v3/users/me/calendarList", None).await;
    google.control("POST", "projects", json!({"project": "sandbox", "disabled_apis": ["calendar"]})).await;
    list().await.reason(403, "accessNotConfigured");
    google.control("POST", "projects", json!({"project": "sandbox", "disabled_apis": []})).await;
    list().await.ok();
}
