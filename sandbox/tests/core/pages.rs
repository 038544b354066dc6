//! The pages of the consent, as a person or a browser test goes through them.

use serde_json::json;

use crate::support::{ANN, BOB, CALENDAR, CLIENT, CONTACTS, EMAIL, Google, Got, REDIRECT, pairs, set};

const ALL: &str = "openid email https://www.googleapis.com/auth/calendar https://www.googleapis.com/auth/contacts";

/// The hidden field of that name on a page.
fn hidden(page: &str, name: &str) -> String {
    let mark = format!("name=\"{name}\" value=\"");
    let (_, rest) = page.split_once(&mark).unwrap_or_else(|| panic!("no {name} in {page}"));
    let value = rest.split_once('"').unwrap().0;
    value.replace("&quot;", "\"").replace("&#39;", "'").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

/// Sends the consent page's form.
async fn press(google: &Google, page: &Got, button: &str, ticked: &[&str]) -> Got {
    let (request, account) = (hidden(&page.text, "request"), hidden(&page.text, "account"));
    let mut fields = vec![("request", request.as_str()), ("account", account.as_str()), ("decision", button)];
    fields.extend(ticked.iter().map(|scope| ("scope", *scope)));
    google.form("https://accounts.google.com/signin/oauth/consent", &[], &fields).await
}

#[tokio::test]
async fn one_chooses_an_account_ticks_boxes_and_continues() {
    let google = Google::new().await;
    let address = google.auth_url(&[("scope", ALL)]);
    let chooser = google.get(&address).await;
    assert_eq!((chooser.status, chooser.header("content-type")), (200, "text/html; charset=utf-8"));
    for email in [ANN, BOB] {
        assert!(chooser.text.contains(&format!("id=\"account-{email}\"")));
    }
    let consent = google.get(&format!("{address}&sandbox_account={ANN}")).await;
    assert_eq!(consent.text.matches("type=\"checkbox\" name=\"scope\"").count(), 2);
    assert!(
        consent.text.contains("Example app")
            && consent.text.contains(">Continue<")
            && consent.text.contains(">Cancel<")
    );
    assert!(!consent.text.contains("id=\"testing\""));

    let back = press(&google, &consent, "continue", &[CALENDAR]).await;
    assert_eq!(back.status, 302);
    let location = back.header("location");
    assert!(
        location.starts_with(&format!("{REDIRECT}?state=s+t%2F1&iss=https%3A%2F%2Faccounts.google.com&code=4%2F0A"))
    );
    let said = pairs(location);
    assert_eq!(set(&said["scope"]), set(&format!("email openid {EMAIL} {CALENDAR}")));
    assert_eq!(
        (said["authuser"].as_str(), said["prompt"].as_str(), said["hd"].as_str()),
        ("0", "consent", "example.com")
    );
    let tokens = google.exchange(&said["code"], &[]).await.ok();
    assert!(!tokens["scope"].as_str().unwrap().contains(CONTACTS));
}

#[tokio::test]
async fn cancel_denies_and_changes_nothing() {
    let google = Google::new().await;
    let consent = google.get(&google.auth_url(&[("login_hint", BOB)])).await;
    assert!(consent.text.contains(&format!("<span id=\"account\">{BOB}</span>")));
    let back = press(&google, &consent, "cancel", &[]).await;
    assert_eq!(back.header("location"), format!("{REDIRECT}?state=s+t%2F1&error=access_denied"));
    assert_eq!(google.control("GET", "state", json!({})).await["grants"], json!({}));
}

#[tokio::test]
async fn nothing_ticked_leaves_sign_in_alone_or_is_a_denial() {
    let google = Google::new().await;
    let consent = google.get(&google.auth_url(&[("scope", ALL), ("login_hint", ANN)])).await;
    let back = pairs(press(&google, &consent, "continue", &[]).await.header("location"));
    assert_eq!(set(&back["scope"]), set(&format!("email openid {EMAIL}")));
    let two = format!("{CALENDAR} {CONTACTS}");
    let consent = google.get(&google.auth_url(&[("scope", &two), ("login_hint", ANN)])).await;
    let back = pairs(press(&google, &consent, "continue", &[]).await.header("location"));
    assert_eq!(back["error"], "access_denied");
}

#[tokio::test]
async fn one_scope_alone_and_sign_in_alone_have_no_boxes() {
    let google = Google::new().await;
    for (scope, boxes) in
        [("openid email profile", 0), (CALENDAR, 0), (ALL, 2), ("openid https://www.googleapis.com/auth/calendar", 1)]
    {
        let page = google.get(&google.auth_url(&[("scope", scope), ("login_hint", ANN)])).await;
        assert_eq!(page.text.matches("type=\"checkbox\"").count(), boxes, "{scope}");
    }
}

#[tokio::test]
async fn who_has_granted_before_is_not_asked_again() {
    let google = Google::new().await;
    google.tokens(&[]).await;
    let back = google.get(&google.auth_url(&[("login_hint", ANN)])).await;
    assert_eq!((back.status, pairs(back.header("location"))["prompt"].as_str()), (302, "none"));
    for (name, value) in [("prompt", "consent"), ("scope", ALL), ("prompt", "select_account")] {
        let asked = google.get(&google.auth_url(&[("login_hint", ANN), (name, value)])).await;
        assert_eq!(asked.status, 200, "{name}={value}");
    }
    let by_number = google.control("GET", "users", json!({})).await["items"][0]["sub"].as_str().unwrap().to_owned();
    assert_eq!(google.get(&google.auth_url(&[("login_hint", &by_number)])).await.status, 302);
}

#[tokio::test]
async fn without_pages_one_is_passed_through_or_sent_back() {
    let google = Google::new().await;
    let asked = [("prompt", "none"), ("login_hint", ANN)];
    let back = google.get(&google.auth_url(&asked)).await;
    assert_eq!(pairs(back.header("location"))["error"], "interaction_required");
    google.tokens(&[]).await;
    let back = google.get(&google.auth_url(&asked)).await;
    assert!(pairs(back.header("location")).contains_key("code"));
}

#[tokio::test]
async fn what_is_wrong_with_the_request_is_a_page_and_no_redirect() {
    let google = Google::new().await;
    let cases: [(&str, &str, u16, &str); 11] = [
        ("client_id", "nobody", 401, "invalid_client"),
        ("redirect_uri", "http://localhost:9/cb/", 400, "redirect_uri_mismatch"),
        ("redirect_uri", "http://127.0.0.1:9/cb", 400, "redirect_uri_mismatch"),
        ("response_type", "token", 400, "unsupported_response_type"),
        ("scope", "https://www.googleapis.com/auth/nonsense", 400, "invalid_scope"),
        ("scope", "", 400, "invalid_request"),
        ("access_type", "sometimes", 400, "invalid_request"),
        ("prompt", "maybe", 400, "invalid_request"),
        ("prompt", "none consent", 400, "invalid_request"),
        ("code_challenge", "short", 400, "invalid_request"),
        ("redirect_uri", "", 400, "invalid_request"),
    ];
    for (name, value, status, error) in cases {
        let page = google.get(&google.auth_url(&[(name, value)])).await;
        assert_eq!(page.status, status, "{name}={value}");
        assert!(page.text.contains(&format!("Error {status}: <b>{error}</b>")), "{name}={value}: {}", page.text);
        assert_eq!(page.header("location"), "");
    }
}

#[tokio::test]
async fn who_may_not_use_the_app_sees_a_page() {
    let google = Google::new().await;
    let cases = [
        (json!({"deleted": true}), "deleted_client"),
        (json!({"deleted": false, "internal_to": "other.example"}), "org_internal"),
        (json!({"internal_to": "example.com", "blocked_domains": ["example.com"]}), "admin_policy_enforced"),
        (json!({"blocked_domains": [], "testing": true}), "access_denied"),
        (json!({"test_users": [BOB]}), "access_denied"),
    ];
    for (mut client, error) in cases {
        client["client_id"] = json!(CLIENT);
        google.control("POST", "clients", client).await;
        let page = google.get(&google.auth_url(&[("login_hint", ANN)])).await;
        assert!(page.text.contains(&format!("<b>{error}</b>")), "{error}: {}", page.text);
        assert_eq!(page.header("location"), "");
    }
    let bob = google.get(&google.auth_url(&[("login_hint", BOB)])).await;
    assert!(bob.text.contains("id=\"testing\""), "an app in testing warns");
}

#[tokio::test]
async fn the_chooser_keeps_to_the_domain_and_the_older_address_works() {
    let google = Google::new().await;
    let page = google.get(&google.auth_url(&[("hd", "other.example")])).await;
    assert!(page.text.contains("account-x@other.example") && !page.text.contains(ANN));
    let old = google.auth_url(&[]).replace("/o/oauth2/v2/auth", "/o/oauth2/auth");
    assert_eq!(google.get(&old).await.status, 200);
}

#[tokio::test]
async fn scripts_get_the_callback_without_the_pages() {
    let google = Google::new().await;
    let refuse = |scopes: &[&str]| json!({"refuse": scopes});
    google.control("POST", "consent", refuse(&[CONTACTS])).await;
    let less = google.callback(&[("scope", ALL)]).await;
    assert!(!less["scope"].contains(CONTACTS) && less["scope"].contains(CALENDAR));
    google.control("POST", "consent", refuse(&[])).await;
    let all = google.callback(&[("scope", ALL), ("prompt", "consent")]).await;
    assert!(all["scope"].contains(CONTACTS));
    let denied = json!({"auth_url": google.auth_url(&[]), "account": BOB, "deny": true});
    let denied = google.control("POST", "consent", denied).await;
    assert_eq!(pairs(denied["location"].as_str().unwrap())["error"], "access_denied");
    let body = json!({"auth_url": google.auth_url(&[("redirect_uri", "https://evil.example/")]), "account": ANN});
    let wrong = google.send("POST", "http://sandbox.test/_sandbox/consent", &[], &body.to_string()).await;
    assert_eq!((wrong.status, wrong.json()["error"].as_str()), (400, Some("redirect_uri_mismatch")));
}

#[tokio::test]
async fn what_a_stranger_writes_is_shown_as_text() {
    let google = Google::new().await;
    google.control("POST", "clients", json!({"client_id": CLIENT, "name": "<script>x</script>"})).await;
    let page = google.get(&google.auth_url(&[("state", "\"><script>y"), ("login_hint", ANN)])).await;
    assert!(!page.text.contains("<script>"));
}
