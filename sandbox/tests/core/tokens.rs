//! Codes, tokens, refresh, revocation: the rows of Google's catalogue of errors.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde_json::{Value, json};

use crate::support::{
    ANN, BOB, CALENDAR, CLIENT, CONTACTS, EMAIL, Google, READONLY, REDIRECT, SECRET, VERIFIER, s256, set, text,
};

#[tokio::test]
async fn a_code_gives_tokens_once() {
    let google = Google::new().await;
    let back = google.callback(&[]).await;
    let tokens = google.exchange(&back["code"], &[]).await.ok();
    assert_eq!(tokens["token_type"], "Bearer");
    assert_eq!(tokens["expires_in"], 3599);
    assert_eq!(set(text(&tokens, "scope")), set(&format!("openid {EMAIL} {CALENDAR}")));
    assert!(text(&tokens, "refresh_token").len() <= 512 && text(&tokens, "access_token").len() <= 2048);
    assert!(back["code"].len() <= 256);
    google.exchange(&back["code"], &[]).await.refused(400, "invalid_grant", "Bad Request");
}

#[tokio::test]
async fn a_code_ends_after_ten_minutes_and_garbage_is_malformed() {
    let google = Google::new().await;
    let back = google.callback(&[]).await;
    google.later(601);
    google.exchange(&back["code"], &[]).await.refused(400, "invalid_grant", "Bad Request");
    google.exchange("garbage", &[]).await.refused(400, "invalid_grant", "Malformed auth code.");
}

#[tokio::test]
async fn the_verifier_must_be_there_and_fit() {
    let google = Google::new().await;
    for (method, challenge) in [("S256", s256(VERIFIER)), ("plain", VERIFIER.to_owned())] {
        let asked = [("code_challenge", challenge.as_str()), ("code_challenge_method", method)];
        let code = google.callback(&asked).await["code"].clone();
        google.exchange(&code, &[]).await.refused(400, "invalid_grant", "Missing code verifier.");
        let wrong = VERIFIER.replace('a', "b");
        google.exchange(&code, &[("code_verifier", &wrong)]).await.refused(
            400,
            "invalid_grant",
            "Invalid code verifier.",
        );
        google.exchange(&code, &[("code_verifier", VERIFIER)]).await.ok();
    }
    // Without a method the challenge is the verifier itself.
    let code = google.callback(&[("code_challenge", VERIFIER)]).await["code"].clone();
    google.exchange(&code, &[("code_verifier", VERIFIER)]).await.ok();
}

#[tokio::test]
async fn the_exchange_names_what_does_not_fit() {
    let google = Google::new().await;
    let code = google.callback(&[]).await["code"].clone();
    let other = [("redirect_uri", "http://localhost:9/other")];
    google.exchange(&code, &other).await.refused(400, "redirect_uri_mismatch", "Bad Request");
    let missing = "Missing required parameter: ";
    for field in ["grant_type", "code", "redirect_uri", "client_id"] {
        let got = google.exchange(&code, &[(field, "")]).await;
        got.refused(400, "invalid_request", &format!("{missing}{field}"));
    }
    let got = google.exchange(&code, &[("grant_type", "password")]).await;
    got.refused(400, "unsupported_grant_type", "Invalid grant_type: password");
    let got = google.exchange(&code, &[("client_id", "nobody")]).await;
    got.refused(401, "invalid_client", "The OAuth client was not found.");
    let got = google.exchange(&code, &[("client_secret", "wrong")]).await;
    got.refused(401, "invalid_client", "The provided client secret is invalid.");
    google.exchange(&code, &[]).await.ok();
}

#[tokio::test]
async fn another_clients_code_is_unauthorized() {
    let google = Google::new().await;
    let code = google.callback(&[]).await["code"].clone();
    let other = json!({"client_id": "other", "client_secret": "s", "redirect_uris": [REDIRECT]});
    google.control("POST", "clients", other).await;
    let got = google.exchange(&code, &[("client_id", "other"), ("client_secret", "s")]).await;
    got.refused(401, "unauthorized_client", "Unauthorized");
    let refresh = text(&google.exchange(&code, &[]).await.ok(), "refresh_token").to_owned();
    let fields =
        [("grant_type", "refresh_token"), ("refresh_token", &refresh), ("client_id", "other"), ("client_secret", "s")];
    let got = google.form("https://oauth2.googleapis.com/token", &[], &fields).await;
    got.refused(400, "invalid_grant", "Bad Request");
}

#[tokio::test]
async fn a_client_may_say_who_it_is_by_basic_too() {
    let google = Google::new().await;
    let code = google.callback(&[]).await["code"].clone();
    let fields = [("grant_type", "authorization_code"), ("code", code.as_str()), ("redirect_uri", REDIRECT)];
    let wrong = format!("Basic {}", STANDARD.encode(format!("{CLIENT}:wrong")));
    let got = google.form("https://oauth2.googleapis.com/token", &[("authorization", &wrong)], &fields).await;
    assert_eq!((got.status, got.json()["error"].as_str()), (401, Some("invalid_client")));
    let right = format!("Basic {}", STANDARD.encode(format!("{CLIENT}:{SECRET}")));
    google.form("https://accounts.google.com/o/oauth2/token", &[("authorization", &right)], &fields).await.ok();
}

#[tokio::test]
async fn deleted_and_disabled_clients_are_told_apart() {
    let google = Google::new().await;
    let code = google.callback(&[]).await["code"].clone();
    google.control("POST", "clients", json!({"client_id": CLIENT, "disabled": true})).await;
    google.exchange(&code, &[]).await.refused(400, "disabled_client", "The OAuth client was disabled.");
    google.control("POST", "clients", json!({"client_id": CLIENT, "deleted": true})).await;
    google.exchange(&code, &[]).await.refused(400, "deleted_client", "The OAuth client was deleted.");
}

#[tokio::test]
async fn a_refresh_gives_an_access_token_and_no_other_refresh_token() {
    let google = Google::new().await;
    let tokens = google.tokens(&[]).await;
    google.later(3599);
    let old = google.call(text(&tokens, "access_token"), "GET", "/calendar/v3/colors", None).await;
    old.reason(401, "authError");
    let fresh = google.refresh(text(&tokens, "refresh_token")).await.ok();
    assert!(fresh.get("refresh_token").is_none());
    assert_eq!(set(text(&fresh, "scope")), set(text(&tokens, "scope")));
    assert!(fresh["id_token"].is_string());
    assert_eq!(google.call(text(&fresh, "access_token"), "GET", "/calendar/v3/colors", None).await.status, 200);
    google.refresh("1//garbage").await.refused(400, "invalid_grant", "Token has been expired or revoked.");
}

#[tokio::test]
async fn a_refresh_may_repeat_scopes_and_gets_those_that_were_granted() {
    let google = Google::new().await;
    let refresh = text(&google.tokens(&[]).await, "refresh_token").to_owned();
    let scope = format!("{CALENDAR} {CONTACTS}");
    let ask = async |scope: &str| {
        let fields = [
            ("grant_type", "refresh_token"),
            ("refresh_token", refresh.as_str()),
            ("client_id", CLIENT),
            ("client_secret", SECRET),
            ("scope", scope),
        ];
        google.form("https://oauth2.googleapis.com/token", &[], &fields).await
    };
    assert_eq!(text(&ask(&scope).await.ok(), "scope"), CALENDAR);
    assert_eq!(ask(CONTACTS).await.json()["error"], "invalid_scope");
}

#[tokio::test]
async fn a_refresh_token_comes_offline_and_the_first_time_or_after_a_new_consent() {
    let google = Google::new().await;
    let with = |tokens: &Value| tokens["refresh_token"].is_string();
    assert!(!with(&google.tokens(&[("access_type", "online")]).await));
    assert!(with(&google.tokens(&[]).await));
    assert!(!with(&google.tokens(&[]).await));
    assert!(with(&google.tokens(&[("prompt", "consent")]).await));
    google.control("POST", "tokens/revoke", json!({"account": ANN})).await;
    assert!(with(&google.tokens(&[]).await));
}

#[tokio::test]
async fn earlier_scopes_come_along_when_asked_for() {
    let google = Google::new().await;
    google.tokens(&[("scope", READONLY)]).await;
    let alone = google.tokens(&[("scope", CONTACTS)]).await;
    assert_eq!(text(&alone, "scope"), CONTACTS);
    let both = google.tokens(&[("scope", CONTACTS), ("include_granted_scopes", "true")]).await;
    assert_eq!(set(text(&both, "scope")), [CONTACTS, READONLY].into());
}

#[tokio::test]
async fn either_token_ends_the_whole_grant() {
    let google = Google::new().await;
    for which in ["access_token", "refresh_token"] {
        let tokens = google.tokens(&[("prompt", "consent")]).await;
        let other = google.tokens(&[("prompt", "consent")]).await;
        let got = google.form("https://oauth2.googleapis.com/revoke", &[], &[("token", text(&tokens, which))]).await;
        assert_eq!(got.ok(), json!({}));
        for tokens in [&tokens, &other] {
            google.refresh(text(tokens, "refresh_token")).await.refused(
                400,
                "invalid_grant",
                "Token has been expired or revoked.",
            );
            google
                .call(text(tokens, "access_token"), "GET", "/calendar/v3/colors", None)
                .await
                .reason(401, "authError");
        }
        let again = google.form("https://oauth2.googleapis.com/revoke", &[], &[("token", text(&tokens, which))]).await;
        again.refused(400, "invalid_token", "Token expired or revoked");
    }
}

#[tokio::test]
async fn a_project_in_testing_has_refresh_tokens_for_seven_days() {
    let google = Google::new().await;
    google.control("POST", "clients", json!({"client_id": CLIENT, "testing": true, "test_users": [ANN]})).await;
    let tokens = google.tokens(&[]).await;
    assert_eq!(tokens["refresh_token_expires_in"], 604_799);
    google.later(7 * 86_400 - 1);
    google.refresh(text(&tokens, "refresh_token")).await.ok();
    google.later(1);
    let got = google.refresh(text(&tokens, "refresh_token")).await;
    got.refused(400, "invalid_grant", "Token has been expired or revoked.");

    let sign_in = google.tokens(&[("scope", "openid email"), ("prompt", "consent")]).await;
    assert!(sign_in.get("refresh_token_expires_in").is_none());
    google.later(8 * 86_400);
    google.refresh(text(&sign_in, "refresh_token")).await.ok();
}

#[tokio::test]
async fn a_refresh_token_that_nobody_uses_dies_after_six_months() {
    let google = Google::new().await;
    let tokens = google.tokens(&[]).await;
    google.later(100 * 86_400);
    google.refresh(text(&tokens, "refresh_token")).await.ok();
    google.later(184 * 86_400);
    assert_eq!(google.refresh(text(&tokens, "refresh_token")).await.json()["error"], "invalid_grant");
}

#[tokio::test]
async fn the_oldest_of_more_than_a_hundred_refresh_tokens_dies_silently() {
    let google = Google::new().await;
    let mut all = Vec::new();
    for _ in 0..101 {
        let body = json!({"account": ANN, "client": CLIENT, "scopes": [CALENDAR]});
        all.push(text(&google.control("POST", "tokens", body).await, "refresh_token").to_owned());
    }
    google.refresh(&all[0]).await.refused(400, "invalid_grant", "Token has been expired or revoked.");
    google.refresh(&all[1]).await.ok();
    google.refresh(&all[100]).await.ok();
}

#[tokio::test]
async fn a_new_password_ends_refresh_tokens_that_read_mail() {
    let google = Google::new().await;
    let mail = google.tokens(&[("scope", "https://mail.google.com/")]).await;
    let calendar = google.tokens(&[("scope", CALENDAR)]).await;
    google.control("POST", "users", json!({"email": ANN, "password_changed": true})).await;
    assert_eq!(google.refresh(text(&mail, "refresh_token")).await.json()["error"], "invalid_grant");
    google.refresh(text(&calendar, "refresh_token")).await.ok();
}

#[tokio::test]
async fn a_disabled_account_and_a_blocked_app_get_no_tokens() {
    let google = Google::new().await;
    let refresh = text(&google.tokens(&[]).await, "refresh_token").to_owned();
    google.control("POST", "users", json!({"email": ANN, "disabled": true})).await;
    assert_eq!(google.refresh(&refresh).await.json()["error"], "invalid_grant");
    google.control("POST", "users", json!({"email": ANN, "disabled": false})).await;
    google.control("POST", "clients", json!({"client_id": CLIENT, "blocked_domains": ["example.com"]})).await;
    assert_eq!(google.refresh(&refresh).await.json()["error"], "admin_policy_enforced");
}

#[tokio::test]
async fn the_id_token_verifies_with_both_kinds_of_keys() {
    let google = Google::new().await;
    let tokens = google.tokens(&[("nonce", "n-1")]).await;
    let token = text(&tokens, "id_token");
    let kid = jsonwebtoken::decode_header(token).unwrap().kid.unwrap();
    let keys = google.get("https://www.googleapis.com/oauth2/v3/certs").await.ok();
    let key = keys["keys"].as_array().unwrap().iter().find(|key| key["kid"] == kid.as_str()).unwrap();
    let mut check = Validation::new(Algorithm::RS256);
    check.validate_exp = false; // the sandbox has a clock of its own
    check.set_audience(&[CLIENT]);
    check.set_issuer(&["https://accounts.google.com"]);
    let by_numbers = DecodingKey::from_rsa_components(text(key, "n"), text(key, "e")).unwrap();
    let claims = jsonwebtoken::decode::<Value>(token, &by_numbers, &check).unwrap().claims;
    assert_eq!((text(&claims, "email"), text(&claims, "nonce"), text(&claims, "hd")), (ANN, "n-1", "example.com"));
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 3600);
    assert_eq!(text(&claims, "sub").len(), 21);

    let certificates = google.get("https://www.googleapis.com/oauth2/v1/certs").await.ok();
    assert!(text(&certificates, &kid).starts_with("-----BEGIN CERTIFICATE-----"));

    let info = google.get(&format!("https://oauth2.googleapis.com/tokeninfo?id_token={token}")).await.ok();
    assert_eq!((text(&info, "aud"), text(&info, "email_verified")), (CLIENT, "true"));
    let (head, _) = token.rsplit_once('.').unwrap();
    let forged = google.get(&format!("https://oauth2.googleapis.com/tokeninfo?id_token={head}.AAAA")).await;
    forged.refused(400, "invalid_token", "Invalid Value");
}

#[tokio::test]
async fn tokeninfo_and_userinfo_say_whose_token_it_is_in_every_form() {
    let google = Google::new().await;
    let tokens = google.tokens(&[("scope", "openid email profile")]).await;
    let token = text(&tokens, "access_token");
    let bearer = format!("Bearer {token}");
    let asked = google.get(&format!("https://oauth2.googleapis.com/tokeninfo?access_token={token}")).await.ok();
    let posted =
        google.send("POST", "https://oauth2.googleapis.com/tokeninfo", &[("authorization", &bearer)], "").await.ok();
    assert_eq!(asked, posted);
    assert_eq!((text(&asked, "aud"), text(&asked, "expires_in"), text(&asked, "email")), (CLIENT, "3599", ANN));
    let old = google.form("https://www.googleapis.com/oauth2/v2/tokeninfo", &[], &[("access_token", token)]).await.ok();
    assert_eq!((&old["expires_in"], &old["verified_email"]), (&json!(3599), &json!(true)));

    let with = [("authorization", bearer.as_str())];
    let claims = google.send("GET", "https://openidconnect.googleapis.com/v1/userinfo", &with, "").await.ok();
    assert_eq!((text(&claims, "email"), text(&claims, "given_name")), (ANN, "Ann"));
    let old = google.send("GET", "https://www.googleapis.com/oauth2/v2/userinfo", &with, "").await.ok();
    assert_eq!((&old["id"], &old["verified_email"]), (&claims["sub"], &json!(true)));
    assert_eq!(google.get("https://openidconnect.googleapis.com/v1/userinfo").await.status, 401);
    let bad = google.get("https://oauth2.googleapis.com/tokeninfo?access_token=x").await;
    bad.refused(400, "invalid_token", "Invalid Value");
}

#[tokio::test]
async fn the_discovery_document_keeps_to_where_it_was_asked() {
    let google = Google::new().await;
    let real = google.get("https://accounts.google.com/.well-known/openid-configuration").await.ok();
    assert_eq!(text(&real, "token_endpoint"), "https://oauth2.googleapis.com/token");
    let local = google.get("http://127.0.0.1:8080/.well-known/openid-configuration").await.ok();
    assert_eq!(text(&local, "token_endpoint"), "http://127.0.0.1:8080/token");
    assert_eq!(real["issuer"], local["issuer"]);
    let risc = google.get("https://accounts.google.com/.well-known/risc-configuration").await.ok();
    assert_eq!(text(&risc, "issuer"), "https://accounts.google.com/");
    assert_eq!(risc["jwks_uri"], real["jwks_uri"]);
}

#[tokio::test]
async fn accounts_are_known_by_alias_too_and_bob_is_not_ann() {
    let google = Google::new().await;
    google.control("POST", "users", json!({"email": BOB, "aliases": ["Robert@example.com"]})).await;
    let body = json!({"account": "robert@example.com", "scopes": ["email"]});
    let token = google.control("POST", "tokens", body).await;
    let info = google
        .get(&format!("https://oauth2.googleapis.com/tokeninfo?access_token={}", text(&token, "access_token")))
        .await;
    assert_eq!(text(&info.ok(), "email"), BOB);
}
