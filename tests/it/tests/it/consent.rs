use http::header;
use portico_app::samples::PASSWORD;
use portico_vault::new_master_key;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::portal::{
    ADMINISTRATOR, ANNA, CALLBACK, CLIENT_ID, DAVID, MASTER_KEY, OTHER_TENANT, Portal, Reply, URL, User,
};

/// A page for people: HTML in a language, with one way back and no script.
#[track_caller]
fn page(reply: Reply, status: u16, says: &str) -> Reply {
    let reply = reply.expect(status);
    assert!(reply.headers[header::CONTENT_TYPE].to_str().unwrap().starts_with("text/html"));
    assert!(reply.text.contains(says), "{says:?} is not in {}", reply.text);
    assert!(reply.text.contains("<html lang=\"") && reply.text.contains("href=\"/"), "{}", reply.text);
    assert!(!reply.text.contains("<script"));
    assert_eq!(reply.headers[header::CACHE_CONTROL], "no-store");
    reply
}

async fn connection(user: &User<'_>, id: &str) -> Value {
    user.get(&format!("/google/connections/{id}")).await.expect(200).json
}

fn feature<'a>(connection: &'a Value, name: &str) -> &'a Value {
    connection["features"].as_array().unwrap().iter().find(|feature| feature["feature"] == name).unwrap()
}

fn parameter(url: &str, name: &str) -> Option<String> {
    let url = url::Url::options().base_url(Some(&URL.parse().unwrap())).parse(url).unwrap();
    url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

#[tokio::test]
async fn a_consent_makes_a_connection_and_brings_the_person_back() {
    for portal in Portal::each().await {
        let anna = portal.user(ANNA).await;
        let auth_url = anna.authorize("feature=calendar&return_to=%2Fcalendar%3Fview%3Dweek").await;
        for (name, value) in [
            ("client_id", CLIENT_ID),
            ("response_type", "code"),
            ("access_type", "offline"),
            ("code_challenge_method", "S256"),
            ("redirect_uri", &format!("{URL}{CALLBACK}")),
        ] {
            assert_eq!(parameter(&auth_url, name).as_deref(), Some(value), "{auth_url}");
        }
        assert_eq!(anna.get("/me").await.json["google"]["phase"], "authorization_pending");
        let callback = anna.consent(&auth_url, json!({"account": ANNA})).await;
        let reply = anna.get(&callback).await.expect(303);
        let location = reply.headers[header::LOCATION].to_str().unwrap();
        let id = location.strip_prefix("/calendar?view=week&connected=").unwrap().to_owned();

        let made = connection(&anna, &id).await;
        assert_eq!(
            (&made["email"], &made["phase"], &made["state"]),
            (&json!(ANNA), &json!("authorized"), &json!("authorized"))
        );
        assert_eq!(made["owner"]["name"], "Anna Nováková");
        assert_eq!(feature(&made, "calendar"), &json!({"feature": "calendar", "granted": true, "wanted": true}));
        assert_eq!(feature(&made, "contacts"), &json!({"feature": "contacts", "granted": false, "wanted": false}));
        assert_eq!(made["history"].as_array().unwrap().len(), 24);
        assert_eq!(anna.get("/me").await.json["google"]["phase"], "authorized");

        portal.work().await;
        let synced = connection(&anna, &id).await;
        let main: Vec<_> = synced["links"].as_array().unwrap().iter().filter(|link| link["role"] == "main").collect();
        assert_eq!(main.len(), 1, "{synced}");
        assert_eq!((&main[0]["state"], &main[0]["direction"]), (&json!("on"), &json!("both")));
        let found = portal.user(DAVID).await.get("/directory?query=anna.nov").await.json;
        assert_eq!(found["items"][0]["google_calendar_connected"], true);
    }
}

#[tokio::test]
async fn the_tenants_own_address_is_a_callback_too() {
    for portal in Portal::each().await {
        let anna = portal.user(ANNA).await;
        let auth_url = anna.authorize("feature=calendar").await;
        let callback = anna.consent(&auth_url, json!({"account": ANNA})).await;
        let own = callback.replace("/api/v1/auth/google/callback", "/api/v1/acme/google/callback");
        let of_another = callback.replace("/api/v1/auth/google/callback", "/api/v1/globex/google/callback");
        page(anna.get(&of_another).await, 400, "This link is not one of ours");
        anna.get(&own).await.expect(303);
    }
}

#[tokio::test]
async fn every_bad_end_has_its_page_and_leaves_the_old_connection_alone() {
    for portal in Portal::each().await {
        let anna = portal.user(ANNA).await;
        let id = anna.connect(ANNA).await;
        portal.work().await;
        let before = connection(&anna, &id).await;
        let again = format!("feature=calendar&connection={id}");

        // Unknown, cut and altered states.
        page(anna.get(CALLBACK).await, 400, "This link is not one of ours");
        page(anna.get(&format!("{CALLBACK}?state=x&code=y")).await, 400, "This link is not one of ours");
        let auth_url = anna.authorize(&again).await;
        let good = anna.consent(&auth_url, json!({"account": ANNA})).await;
        let state = parameter(&good, "state").unwrap();
        let altered = good.replace(&state, &format!("A{}", &state[1..]));
        if altered != good {
            page(anna.get(&altered).await, 400, "This link is not one of ours");
        }
        // Two states: whichever is taken, somebody else may have meant the other.
        page(anna.get(&format!("{good}&state={state}")).await, 400, "This link is not one of ours");

        // Another session, another person, nobody.
        page(portal.user(ANNA).await.get(&good).await, 403, "This link belongs to another session");
        page(portal.user(DAVID).await.get(&good).await, 403, "This link belongs to another session");
        page(portal.user(OTHER_TENANT).await.get(&good).await, 403, "這個授權連結屬於另一個工作階段");
        page(portal.anonymous().get(&good).await, 403, "Please sign in first");

        // Another server than Google.
        let issuer = parameter(&good, "iss").unwrap();
        let encoded: String = url::form_urlencoded::byte_serialize(issuer.as_bytes()).collect();
        page(anna.get(&good.replace(&encoded, "https%3A%2F%2Fevil.test")).await, 400, "did not come from Google");

        // None of these has used it up; the second time it is replayed.
        anna.get(&good).await.expect(303);
        page(anna.get(&good).await, 409, "This link was used already");

        // Denied. Who has everything is not asked, and has nothing to deny.
        let auth_url = anna.authorize(&format!("feature=contacts&connection={id}")).await;
        let denied = anna.consent(&auth_url, json!({"account": ANNA, "deny": true})).await;
        page(anna.get(&denied).await, 403, "You did not agree");

        // Neither code nor error.
        let auth_url = anna.authorize(&again).await;
        let state: String =
            url::form_urlencoded::byte_serialize(parameter(&auth_url, "state").unwrap().as_bytes()).collect();
        page(anna.get(&format!("{CALLBACK}?state={state}")).await, 400, "This link is not one of ours");

        // Another Google account than the connection's.
        let auth_url = anna.authorize(&again).await;
        let other = anna.consent(&auth_url, json!({"account": DAVID})).await;
        page(anna.get(&other).await, 409, "That was another Google account");

        // The code was used by somebody else before.
        let auth_url = anna.authorize(&again).await;
        let callback = anna.consent(&auth_url, json!({"account": ANNA})).await;
        let used = parameter(&good, "code").unwrap();
        let code = parameter(&callback, "code").unwrap();
        let encode = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        let swapped = callback.replace(&encode(&code), &encode("4/0AnotherCodeThatNeverWas"));
        assert_ne!(swapped, callback, "{used}");
        page(anna.get(&swapped).await, 409, "no longer good");

        // The code of one attempt with the verifier of another.
        let (one, two) = (anna.authorize(&again).await, anna.authorize(&again).await);
        let first = anna.consent(&one, json!({"account": ANNA})).await;
        let second = anna.consent(&two, json!({"account": ANNA})).await;
        let crossed =
            first.replace(&encode(&parameter(&first, "code").unwrap()), &encode(&parameter(&second, "code").unwrap()));
        page(anna.get(&crossed).await, 400, "belongs to another attempt");

        // The page of Google stood open for too long, or was closed.
        let auth_url = anna.authorize(&again).await;
        let late = anna.consent(&auth_url, json!({"account": ANNA})).await;
        portal.advance(601);
        page(anna.get(&late).await, 410, "This took too long");

        let after = connection(&anna, &id).await;
        for name in ["state", "phase", "email", "features", "reason", "created_at"] {
            assert_eq!(after[name], before[name], "{name}");
        }
        assert_eq!(anna.get("/google/connections").await.json["items"].as_array().unwrap().len(), 1);
    }
}

#[tokio::test]
async fn an_unticked_box_turns_off_exactly_that_feature() {
    for portal in Portal::each().await {
        let anna = portal.user(ANNA).await;
        let identity = ["openid", "email", "profile"];
        let auth_url = anna.authorize("feature=calendar").await;
        let callback = anna.consent(&auth_url, json!({"account": ANNA, "scopes": identity})).await;
        page(anna.get(&callback).await, 403, "A box was left unticked");
        let items = anna.get("/google/connections").await.json["items"].clone();
        assert_eq!((&items[0]["state"], &items[0]["reason"]), (&json!("expired"), &json!("scope_missing")));
        assert_eq!(feature(&items[0], "calendar"), &json!({"feature": "calendar", "granted": false, "wanted": true}));
        assert_eq!(anna.get("/me").await.json["google"]["phase"], "authorization_expired");

        // Consenting to what was missing makes the same connection work.
        let id = items[0]["id"].as_str().unwrap().to_owned();
        let auth_url = anna.authorize(&format!("feature=calendar&connection={id}")).await;
        let callback = anna.consent(&auth_url, json!({"account": ANNA})).await;
        anna.get(&callback).await.expect(303);
        assert_eq!(connection(&anna, &id).await["state"], "authorized");

        // Asking for more asks for exactly what is missing; left unticked, the calendar goes on.
        let auth_url = anna.authorize(&format!("feature=contacts&connection={id}")).await;
        let asked = parameter(&auth_url, "scope").unwrap();
        assert!(asked.contains("auth/contacts") && !asked.contains("auth/calendar"), "{asked}");
        let callback = anna.consent(&auth_url, json!({"account": ANNA, "scopes": identity})).await;
        page(anna.get(&callback).await, 403, "A box was left unticked");
        let kept = connection(&anna, &id).await;
        assert_eq!(kept["state"], "authorized");
        assert_eq!(feature(&kept, "calendar")["granted"], true);
        assert_eq!(feature(&kept, "contacts")["granted"], false);

        let auth_url = anna.authorize(&format!("feature=contacts&connection={id}")).await;
        let callback = anna.consent(&auth_url, json!({"account": ANNA})).await;
        anna.get(&callback).await.expect(303);
        let more = connection(&anna, &id).await;
        assert_eq!(
            (&feature(&more, "calendar")["granted"], &feature(&more, "contacts")["granted"]),
            (&json!(true), &json!(true))
        );
    }
}

#[tokio::test]
async fn two_people_who_connect_at_once_never_cross() {
    for portal in Portal::each().await {
        let (anna, david) = (portal.user(ANNA).await, portal.user(DAVID).await);
        let (for_anna, for_david) =
            (anna.authorize("feature=calendar").await, david.authorize("feature=calendar").await);
        let anna_back = anna.consent(&for_anna, json!({"account": ANNA})).await;
        let david_back = david.consent(&for_david, json!({"account": DAVID})).await;
        page(anna.get(&david_back).await, 403, "another session");
        david.get(&david_back).await.expect(303);
        anna.get(&anna_back).await.expect(303);
        for (user, email) in [(&anna, ANNA), (&david, DAVID)] {
            let items = user.get("/google/connections").await.json["items"].clone();
            assert_eq!(items.as_array().unwrap().len(), 1);
            assert_eq!(items[0]["email"], email);
        }
    }
}

/// While master keys rotate, processes with another newest key stand side by side.
#[tokio::test]
async fn a_consent_that_began_before_a_new_master_key_ends_after_it() {
    for portal in Portal::each().await {
        let anna = portal.user(ANNA).await;
        let auth_url = anna.authorize("feature=calendar").await;
        let callback = anna.consent(&auth_url, json!({"account": ANNA})).await;
        let newer = new_master_key(portal.app.world.rng.as_ref());
        let router = portico_api::router(portal.with_master_keys(&[newer, MASTER_KEY.to_owned().into()]).await);
        let request = http::Request::get(callback.as_str()).header(header::COOKIE, anna.cookie.as_ref().unwrap());
        let answer = router.oneshot(request.body(axum::body::Body::empty()).unwrap()).await.unwrap();
        assert_eq!(answer.status(), 303);
        assert!(answer.headers()[header::LOCATION].to_str().unwrap().contains("connected="));
        let connections = anna.get("/google/connections").await.expect(200).json["items"].clone();
        assert_eq!(connections[0]["state"], "authorized");
    }
}

#[tokio::test]
async fn two_first_consents_for_one_account_make_one_connection() {
    for portal in Portal::each().await {
        let anna = portal.user(ANNA).await;
        let mut callbacks = Vec::new();
        for _ in 0..3 {
            let auth_url = anna.authorize("feature=calendar").await;
            callbacks.push(anna.consent(&auth_url, json!({"account": ANNA})).await);
        }
        let replies = futures::future::join_all(callbacks.iter().map(|callback| anna.get(callback))).await;
        let mut places: Vec<String> = Vec::new();
        for reply in replies {
            places.push(reply.expect(303).headers["location"].to_str().unwrap().to_owned());
        }
        places.dedup();
        assert_eq!(places.len(), 1, "{places:?}");
        let connections = anna.get("/google/connections").await.expect(200).json["items"].as_array().unwrap().len();
        assert_eq!(connections, 1);
    }
}

#[tokio::test]
async fn of_two_callbacks_with_one_state_one_is_taken() {
    for portal in Portal::each().await {
        let anna = portal.user(ANNA).await;
        let auth_url = anna.authorize("feature=calendar").await;
        let callback = anna.consent(&auth_url, json!({"account": ANNA})).await;
        let (one, two) = futures::join!(anna.get(&callback), anna.get(&callback));
        let mut statuses = [one.status.as_u16(), two.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [303, 409]);
    }
}

#[tokio::test]
async fn the_page_speaks_the_persons_language() {
    for portal in Portal::each().await {
        let anna = portal.user(ANNA).await;
        for (tag, title) in [
            ("zh-TW", "無法辨識這個授權連結"),
            ("en", "This link is not one of ours"),
            ("ja", "このリンクは確認できません"),
            ("ko", "알 수 없는 링크입니다"),
            ("cs", "Tento odkaz není náš"),
        ] {
            anna.patch("/me", json!({"locale": tag})).await.expect(200);
            let reply = page(anna.get(&format!("{CALLBACK}?state=x")).await, 400, title);
            assert!(reply.text.contains(&format!("<html lang=\"{tag}\"")));
        }
    }
}

#[tokio::test]
async fn parameters_that_lead_out_of_the_portal_are_refused() {
    for portal in Portal::each().await {
        let anna = portal.user(ANNA).await;
        for (query, field) in [
            ("feature=calendar&return_to=https%3A%2F%2Fevil.test", "return_to"),
            ("feature=calendar&return_to=%2F%2Fevil.test", "return_to"),
            ("feature=telepathy", "feature"),
        ] {
            let reply = anna.get(&format!("/auth/google/authorize?{query}")).await.expect(422);
            assert_eq!(reply.json["errors"][0]["field"], field);
        }
        anna.get("/auth/google/authorize?connection=nonsense").await.expect(404);
    }
}

#[tokio::test]
async fn a_grant_that_was_taken_away_meanwhile_ends_the_consent() {
    for portal in Portal::each().await {
        let administrator = portal.user(crate::portal::ADMINISTRATOR).await;
        let anna = portal.user(ANNA).await;
        let auth_url = anna.authorize("feature=calendar").await;
        let callback = anna.consent(&auth_url, json!({"account": ANNA})).await;
        let employee = anna.get("/me").await.json["user"]["employee_id"].as_str().unwrap().to_owned();
        administrator.put(&format!("/employees/{employee}/roles"), json!({"role_ids": []})).await.expect(200);
        page(anna.get(&callback).await, 403, "You may not connect Google");
        assert_eq!(anna.get("/google/connections").await.json["items"], json!([]));
    }
}

#[tokio::test]
async fn a_tenants_own_client_is_used_and_its_secret_never_comes_out() {
    for portal in Portal::each().await {
        let administrator = portal.user(crate::portal::ADMINISTRATOR).await;
        let own = "own.apps.googleusercontent.com";
        let client = json!({"client_id": own, "client_secret": "GOCSPX-own", "name": "Acme", "redirect_uris": [format!("{URL}{CALLBACK}")]});
        portal.google("POST", "clients", client).await;
        let bad = json!({"name": "", "client_id": own, "client_secret": "x", "redirect_uri": "http://evil.test/cb"});
        let reply = administrator.post("/google/clients", bad).await.expect(422);
        let fields: Vec<&str> =
            reply.json["errors"].as_array().unwrap().iter().map(|error| error["field"].as_str().unwrap()).collect();
        assert_eq!(fields, ["name", "redirect_uri"]);
        let body = json!({"name": "Acme", "client_id": own, "client_secret": "GOCSPX-wrong"});
        let made = administrator.post("/google/clients", body.clone()).await.expect(201);
        administrator.post("/google/clients", body).await.expect(409);
        let id = made.json["id"].as_str().unwrap().to_owned();

        let anna = portal.user(ANNA).await;
        let auth_url = anna.authorize("feature=calendar").await;
        assert_eq!(parameter(&auth_url, "client_id").as_deref(), Some(own));
        let callback = anna.consent(&auth_url, json!({"account": ANNA})).await;
        page(anna.get(&callback).await, 400, "set-up is not right");

        let changed =
            administrator.patch(&format!("/google/clients/{id}"), json!({"client_secret": "GOCSPX-own"})).await;
        assert!(!changed.expect(200).text.contains("GOCSPX"));
        let connected = anna.connect(ANNA).await;
        assert_eq!(connection(&anna, &connected).await["state"], "authorized");
        administrator.delete(&format!("/google/clients/{id}")).await.expect(409);
        let list = administrator.get("/google/clients").await.expect(200);
        assert!(!list.text.contains("GOCSPX"));
        let audit = administrator.get("/audit").await.expect(200);
        assert!(!audit.text.contains("GOCSPX") && !audit.text.contains(PASSWORD));
    }
}

/// A colleague's account, picked by mistake, would take the colleague's calendar along.
#[tokio::test]
async fn a_google_account_is_one_persons_while_that_connection_works() {
    for portal in Portal::each().await {
        let (anna, david) = (portal.user(ANNA).await, portal.user(DAVID).await);
        let annas = anna.connect(ANNA).await;
        portal.work().await;
        let carried = async |user: &User<'_>| {
            let links = user.get("/calendar/links").await.expect(200).json["items"].as_array().unwrap().clone();
            links.into_iter().find(|link| link["google_calendar_id"] == ANNA).map(|link| link["connection_id"].clone())
        };
        let before = carried(&anna).await;
        assert_eq!(before, Some(json!(annas)));
        let try_it = async |user: &User<'_>| {
            let auth_url = user.authorize("feature=calendar").await;
            let callback = user.consent(&auth_url, json!({"account": ANNA})).await;
            user.get(&callback).await
        };
        for path in [None, Some("pause"), Some("resume")] {
            if let Some(path) = path {
                anna.post(&format!("/google/connections/{annas}/{path}"), Value::Null).await.expect(200);
            }
            page(try_it(&david).await, 409, "A colleague has connected this Google account");
        }
        portal.work().await;
        assert_eq!(david.get("/google/connections").await.json["items"], json!([]));
        assert_eq!(carried(&anna).await, before);

        // Once Anna's does not work any more, somebody else may bring the calendar; then she is the one who is refused.
        portal.google("POST", "tokens/revoke", json!({"account": ANNA})).await;
        portal.advance(7200);
        portal.work().await;
        let (anna, david) = (portal.user(ANNA).await, portal.user(DAVID).await);
        assert_eq!(connection(&anna, &annas).await["state"], "expired");
        try_it(&david).await.expect(303);
        portal.work().await;
        let davids = david.get("/google/connections").await.json["items"][0]["id"].clone();
        assert_eq!(carried(&david).await, Some(davids.clone()));
        page(try_it(&anna).await, 409, "A colleague has connected this Google account");
        let again = anna.authorize(&format!("feature=calendar&connection={annas}")).await;
        let callback = anna.consent(&again, json!({"account": ANNA})).await;
        page(anna.get(&callback).await, 409, "A colleague has connected this Google account");
        portal.advance(6 * 3600 + 1);
        portal.work().await;
        let administrator = portal.user(crate::portal::ADMINISTRATOR).await;
        administrator.delete(&format!("/google/connections/{}", davids.as_str().unwrap())).await.expect(204);
        let anna = portal.user(ANNA).await;
        assert_eq!(anna.connect(ANNA).await, annas);
        portal.work().await;
        assert_eq!(carried(&anna).await, before);
    }
}

#[tokio::test]
async fn at_another_oauth_client_everything_is_asked_for_again() {
    for portal in Portal::each().await {
        let anna = portal.user(ANNA).await;
        let id = anna.connect(ANNA).await;
        let more = format!("feature=contacts&connection={id}");
        let asked = parameter(&anna.authorize(&more).await, "scope").unwrap();
        assert!(!asked.contains("auth/calendar"), "{asked}");
        let own = "own.apps.googleusercontent.com";
        let client =
            json!({"client_id": own, "client_secret": "GOCSPX-own", "redirect_uris": [format!("{URL}{CALLBACK}")]});
        portal.google("POST", "clients", client).await;
        let administrator = portal.user(crate::portal::ADMINISTRATOR).await;
        let body = json!({"name": "Acme", "client_id": own, "client_secret": "GOCSPX-own"});
        administrator.post("/google/clients", body).await.expect(201);
        let auth_url = anna.authorize(&more).await;
        let asked = parameter(&auth_url, "scope").unwrap();
        assert_eq!(parameter(&auth_url, "client_id").as_deref(), Some(own));
        assert!(asked.contains("auth/calendar") && asked.contains("auth/contacts"), "{asked}");
        let callback = anna.consent(&auth_url, json!({"account": ANNA})).await;
        anna.get(&callback).await.expect(303);
        portal.work().await;
        let kept = connection(&anna, &id).await;
        for name in ["calendar", "contacts"] {
            assert_eq!(feature(&kept, name)["granted"], true, "{name}");
        }
        let main = kept["links"].as_array().unwrap().iter().find(|link| link["role"] == "main").unwrap();
        assert_eq!(main["sync"]["state"], "in_step");
    }
}

/// Google ends all that an account has granted to a project, whoever asks.
#[tokio::test]
async fn a_grant_that_another_company_uses_is_not_given_back() {
    for portal in Portal::each().await {
        let (anna, shufen) = (portal.user(ANNA).await, portal.user(OTHER_TENANT).await);
        let here = anna.connect(ANNA).await;
        let there = shufen.connect(ANNA).await;
        portal.work().await;
        anna.delete(&format!("/google/connections/{here}")).await.expect(204);
        portal.work().await;
        portal.advance(7200);
        portal.work().await;
        let shufen = portal.user(OTHER_TENANT).await;
        assert_eq!(connection(&shufen, &there).await["state"], "authorized");
        shufen.delete(&format!("/google/connections/{there}")).await.expect(204);
        portal.work().await;
        let state = portal.google("GET", "state", Value::Null).await;
        assert_eq!(state["grants"].as_object().map_or(0, serde_json::Map::len), 0, "{}", state["grants"]);
    }
}

/// Google pushes to another address than the people's: they come back from the consent to where they are signed in.
#[tokio::test]
async fn people_come_back_to_where_they_are_signed_in() {
    for portal in Portal::each().await {
        let anna = portal.user(ANNA).await;
        let own = json!({"name": "own", "client_id": "own.apps.googleusercontent.com", "client_secret": "s"});
        portal.user(ADMINISTRATOR).await.post("/google/clients", own).await.expect(201);
        let app = portal.reached_by_google().await;
        assert_ne!(app.callback_url.host_str(), app.public_url.host_str());
        let request = http::Request::get("/api/v1/auth/google/authorize?feature=calendar")
            .header(header::COOKIE, anna.cookie.clone().unwrap())
            .body(axum::body::Body::empty())
            .unwrap();
        let answer = portico_api::router(app).oneshot(request).await.unwrap();
        let body = http_body_util::BodyExt::collect(answer.into_body()).await.unwrap().to_bytes();
        let body: Value = serde_json::from_slice(&body).unwrap();
        let auth_url = body["auth_url"].as_str().unwrap();
        assert_eq!(parameter(auth_url, "client_id").as_deref(), Some("own.apps.googleusercontent.com"));
        assert_eq!(parameter(auth_url, "redirect_uri"), Some(format!("{URL}{CALLBACK}")));
    }
}

/// What was granted is what Google says: a scope that is written into the database opens nothing, and goes with the next
/// refresh.
#[tokio::test]
async fn scopes_written_into_the_database_grant_nothing() {
    for portal in Portal::each().await {
        let anna = portal.user(ANNA).await;
        let auth_url = anna.authorize("feature=contacts").await;
        let callback = anna.consent(&auth_url, json!({"account": ANNA})).await;
        anna.get(&callback).await.expect(303);
        portal.work().await;
        let id = anna.get("/google/connections").await.json["items"][0]["id"].as_str().unwrap().to_owned();
        assert_eq!(feature(&connection(&anna, &id).await, "calendar")["granted"], false);
        let mut tx = portal.app.store.tenant(portal.tenant(&anna).await).await.unwrap();
        let mut row = tx.connection(id.parse().unwrap()).await.unwrap().unwrap();
        row.scopes.push_str(" https://www.googleapis.com/auth/calendar");
        tx.put_connection(&row, portal.app.now()).await.unwrap();
        tx.commit(portal.app.now()).await.unwrap();
        let since = portal.last_request().await;
        for act in ["pause", "resume"] {
            anna.post(&format!("/google/connections/{id}/{act}"), Value::Null).await.expect(200);
        }
        portal.work().await;
        let calls = portal.calls(since, "calendar.calendarList.list").await;
        assert!(!calls.is_empty() && calls.iter().all(|call| call["status"] == 403), "{calls:?}");
        assert_eq!(anna.get("/calendar/links").await.expect(200).json["items"], json!([]));
        portal.advance(3600);
        portal.work().await;
        let kept = connection(&anna, &id).await;
        assert_eq!((&kept["state"], &feature(&kept, "calendar")["granted"]), (&json!("authorized"), &json!(false)));
        assert_eq!(feature(&kept, "contacts")["granted"], true);
    }
}
