//! The control plane as its description has it, each call and each field by the name that stands there.

use bytes::Bytes;
use portico_world::Clock as _;
use serde_json::{Value, json};

use crate::support::{CALENDAR, Google, pairs, text};

const EVENTS: &str = "/calendar/v3/calendars/primary/events";
const ADA: &str = "ada@firm.example";

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap_or_else(|| panic!("no object: {value}")).keys().map(String::as_str).collect()
}

fn items(value: &Value) -> &Vec<Value> {
    value["items"].as_array().unwrap_or_else(|| panic!("no items: {value}"))
}

/// Accounts, a client and a service account.
async fn people(google: &Google) {
    for (email, kind, domain) in [
        (ADA, "user", json!("firm.example")),
        ("staff@firm.example", "group", json!("firm.example")),
        ("max@private.example", "consumer", Value::Null),
    ] {
        let made = json!({"email": email, "name": "Ada Lovelace", "kind": kind, "domain": domain});
        let made = google.control("POST", "users", made).await;
        let told = [&made["email"], &made["name"], &made["kind"], &made["domain"]];
        assert_eq!(told, [&json!(email), &json!("Ada Lovelace"), &json!(kind), &domain]);
    }
    assert_eq!(items(&google.control("GET", "users", json!(null)).await).len(), 3);

    let client = json!({"client_id": "c", "client_secret": "s", "redirect_uris": ["http://localhost:9/cb"]});
    google.control("POST", "clients", client).await;
    let clients = google.control("GET", "clients", json!(null)).await;
    assert_eq!((text(&items(&clients)[0], "client_id"), text(&items(&clients)[0], "client_secret")), ("c", "s"));

    let robot = json!({"email": "robot@p.iam.gserviceaccount.com", "scopes": [CALENDAR], "domain": "firm.example"});
    let json_key = google.control("POST", "service-accounts", robot.clone()).await;
    assert_eq!(
        (text(&json_key["key"], "type"), text(&json_key["key"], "client_email")),
        ("service_account", "robot@p.iam.gserviceaccount.com")
    );
    let mut with_p12 = robot;
    with_p12["p12"] = json!(true);
    let p12_key = google.control("POST", "service-accounts", with_p12).await;
    assert_eq!((p12_key["p12"].is_string(), text(&p12_key, "password")), (true, "notasecret"));
    let accounts = google.control("GET", "service-accounts", json!(null)).await;
    let [account] = &items(&accounts)[..] else { panic!("{accounts}") };
    assert_eq!(
        (account["keys"].as_array().unwrap().len(), &account["delegation"]),
        (2, &json!({"firm.example": [CALENDAR]}))
    );
}

/// Tokens without the pages, and the pages without a browser.
async fn tokens(google: &Google) {
    let give = async |more: Value| {
        let mut wanted = json!({"account": ADA, "scopes": [CALENDAR]});
        wanted.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        google.control("POST", "tokens", wanted).await
    };
    let given = give(json!({})).await;
    assert_eq!(keys(&given), ["access_token", "expires_in", "refresh_token"]);
    assert_eq!(google.call(text(&given, "access_token"), "GET", EVENTS, None).await.status, 200);
    google.control("POST", "tokens/expire", json!({"token": given["access_token"]})).await;
    google.call(text(&given, "access_token"), "GET", EVENTS, None).await.reason(401, "authError");
    let fields = |token: &Value| {
        [
            ("grant_type", "refresh_token"),
            ("client_id", "c"),
            ("client_secret", "s"),
            ("refresh_token", token.as_str().unwrap()),
        ]
        .map(|(name, value)| (name, value.to_owned()))
    };
    let refreshed = async |token: &Value| {
        let fields = fields(token);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        google.form("https://oauth2.googleapis.com/token", &[], &fields).await
    };
    let of_client = give(json!({"client": "c"})).await;
    refreshed(&of_client["refresh_token"]).await.ok();
    google.control("POST", "tokens/revoke", json!({"token": of_client["refresh_token"]})).await;
    refreshed(&of_client["refresh_token"]).await.refused(400, "invalid_grant", "Token has been expired or revoked.");
    google.call(text(&of_client, "access_token"), "GET", EVENTS, None).await.reason(401, "authError");

    let query = [
        ("client_id", "c"),
        ("redirect_uri", "http://localhost:9/cb"),
        ("response_type", "code"),
        ("state", "x"),
        ("scope", "openid https://www.googleapis.com/auth/calendar https://www.googleapis.com/auth/contacts"),
    ];
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
    let auth_url = format!("https://accounts.google.com/o/oauth2/v2/auth?{query}");
    let answer = json!({"auth_url": auth_url, "account": ADA, "scopes": ["openid", CALENDAR]});
    let answer = google.control("POST", "consent", answer).await;
    assert_eq!(keys(&answer), ["location"]);
    let back = pairs(text(&answer, "location"));
    assert!(text(&answer, "location").starts_with("http://localhost:9/cb?") && back.contains_key("code"));
    assert!(back["scope"].contains(CALENDAR) && !back["scope"].contains("contacts"), "{back:?}");
    let denied = google.control("POST", "consent", json!({"auth_url": auth_url, "account": ADA, "deny": true})).await;
    let back = pairs(text(&denied, "location"));
    assert_eq!((back["error"].as_str(), back["state"].as_str()), ("access_denied", "x"));
}

/// The next calls that match go wrong in the way that was asked for.
async fn faults(google: &Google, token: &str) {
    let list =
        json!({"method": "calendar.events.list", "path": "/primary/", "times": 2, "status": 503, "body": {"own": 1}});
    google.control("POST", "faults", list).await;
    assert_eq!(google.call(token, "GET", "/calendar/v3/colors", None).await.status, 200);
    for _ in 0..2 {
        let got = google.call(token, "GET", EVENTS, None).await;
        assert_eq!((got.status, got.json()), (503, json!({"own": 1})));
    }
    assert_eq!(google.call(token, "GET", EVENTS, None).await.status, 200);
    let before = google.clock.now();
    google.control("POST", "faults", json!({"times": 1, "delay_ms": 1500})).await;
    google.call(token, "GET", EVENTS, None).await.ok();
    assert_eq!(google.clock.now().duration_since(before).as_millis(), 1500);
    for how in ["lose_answer", "cut"] {
        google.control("POST", "faults", json!({"method": "GET", "times": 1, how: true})).await;
        let request = http::Request::get(format!("https://www.googleapis.com{EVENTS}"));
        let request = request.header("authorization", format!("Bearer {token}")).body(Bytes::new()).unwrap();
        assert!(google.try_send(request).await.is_err(), "{how}");
    }
    google.control("POST", "faults", json!({"times": 9, "status": 500})).await;
    google.control("DELETE", "faults", json!(null)).await;
    google.call(token, "GET", EVENTS, None).await.ok();
}

/// Invitations, what was asked of Google, and its limits.
async fn traces(google: &Google, token: &str) {
    let last = google.control("GET", "requests", json!(null)).await["last"].as_u64().unwrap();
    let event = json!({"summary": "Lunch", "start": {"date": "2026-12-01"}, "end": {"date": "2026-12-02"},
        "attendees": [{"email": "guest@elsewhere.example"}]});
    google.call(token, "POST", &format!("{EVENTS}?sendUpdates=all"), Some(event.clone())).await.ok();
    let mail = google.control("GET", "mail", json!(null)).await;
    let [invitation] = &items(&mail)[..] else { panic!("{mail}") };
    assert_eq!(
        [&invitation["to"], &invitation["from"], &invitation["kind"], &invitation["summary"]],
        [&json!("guest@elsewhere.example"), &json!(ADA), &json!("invitation"), &json!("Lunch")]
    );
    google.control("DELETE", "mail", json!(null)).await;
    assert!(items(&google.control("GET", "mail", json!(null)).await).is_empty());

    let asked = google.control("GET", &format!("requests?since={last}"), json!(null)).await;
    let [insert] = &items(&asked)[..] else { panic!("{asked}") };
    assert_eq!(
        [&insert["verb"], &insert["path"], &insert["method"], &insert["account"], &insert["status"], &insert["body"]],
        [&json!("POST"), &json!(EVENTS), &json!("calendar.events.insert"), &json!(ADA), &json!(200), &event]
    );
    assert!(!asked.to_string().contains(token), "tokens are not in it");

    let usual = google.control("GET", "quota", json!(null)).await;
    assert_eq!(usual["calendar_per_minute_per_user"], 600);
    google.control("PUT", "quota", json!({"calendar_per_minute_per_user": 1})).await;
    google.later(61);
    google.call(token, "GET", EVENTS, None).await.ok();
    google.call(token, "GET", EVENTS, None).await.reason(403, "userRateLimitExceeded");
    google.control("PUT", "quota", usual).await;
}

#[tokio::test]
async fn each_call_and_each_field_is_there_by_its_name() {
    let google = Google::new().await;
    google.control("POST", "reset", json!(null)).await;
    let emptied = google.control("GET", "state", json!(null)).await;
    let left: Vec<&str> = keys(&emptied).into_iter().filter(|name| emptied[name] != json!({})).collect();
    assert!(left.is_empty() && keys(&emptied).contains(&"users"), "{left:?}");

    people(&google).await;
    tokens(&google).await;
    let given = google.control("POST", "tokens", json!({"account": ADA, "client": "c", "scopes": [CALENDAR]})).await;
    let token = text(&given, "access_token");
    faults(&google, token).await;
    traces(&google, token).await;
    google.control("PUT", "clock", json!({"now": "2026-12-24T18:00:00Z"})).await;
    assert_eq!(text(&google.control("GET", "clock", json!(null)).await, "now"), "2026-12-24T18:00:00Z");

    let state = google.control("GET", "state", json!(null)).await;
    for table in ["users", "clients", "service_accounts", "access_tokens", "calendar_events", "settings"] {
        assert_ne!(state[table], json!({}), "{table}");
    }
    google.control("POST", "reset", json!(null)).await;
    assert_eq!(items(&google.control("GET", "users", json!(null)).await).len(), 0);
    google.call(token, "GET", EVENTS, None).await.reason(401, "authError");
}
