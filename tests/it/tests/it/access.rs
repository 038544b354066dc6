use serde_json::{Value, json};

use crate::portal::{ADMINISTRATOR, ANNA, DAVID, OTHER_ADMINISTRATOR, OTHER_TENANT, Portal, WITHOUT_GOOGLE};

/// Paths that only administrators may ask for.
const ADMINISTRATORS_ONLY: [&str; 7] = [
    "/employees",
    "/roles",
    "/system-functions",
    "/audit",
    "/google/clients",
    "/google/connections?scope=company",
    "/google/connections/summary",
];

#[tokio::test]
async fn nothing_is_open_to_strangers_and_administration_to_employees() {
    for portal in Portal::each().await {
        let (anonymous, employee) = (portal.anonymous(), portal.user(ANNA).await);
        let administrator = portal.user(ADMINISTRATOR).await;
        for path in ADMINISTRATORS_ONLY {
            assert_eq!(anonymous.get(path).await.expect(401).slug(), "not-signed-in");
            let refused = employee.get(path).await.expect(403);
            assert_eq!((refused.slug(), &refused.json["function"]), ("forbidden", &json!("administration")), "{path}");
            administrator.get(path).await.expect(200);
        }
        for path in ["/me", "/directory", "/company", "/departments", "/google/connections", "/auth/sessions"] {
            anonymous.get(path).await.expect(401);
            employee.get(path).await.expect(200);
        }
    }
}

#[tokio::test]
async fn colleagues_are_found_by_the_beginnings_of_their_names() {
    for portal in Portal::each().await {
        let anna = portal.user(ANNA).await;
        for (query, name) in [
            ("nov", "Anna Nováková"),
            ("%C5%A0%C5%A5", "Ondřej Šťastný"),
            ("stast", "Ondřej Šťastný"),
            ("cerny%20dav", "David Černý"),
            ("%E5%B0%8F%E6%98%8E", "王小明"),
            ("%EA%B9%80", "김민준"),
            ("misaki.s", "佐藤 美咲"),
        ] {
            let items = anna.get(&format!("/directory?query={query}")).await.expect(200).json["items"].clone();
            let names: Vec<&str> =
                items.as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap()).collect();
            assert_eq!(names, [name], "{query}");
        }
        let none = anna.get("/directory?query=hannah").await.expect(200);
        assert_eq!(none.json["items"], json!([]), "another company's people are not here");
    }
}

#[tokio::test]
async fn a_list_is_read_page_by_page_without_gap_or_repetition() {
    for portal in Portal::each().await {
        let administrator = portal.user(ADMINISTRATOR).await;
        let mut names = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = administrator.get(&format!("/employees?limit=10&cursor={cursor}")).await.expect(200).json;
            names
                .extend(page["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap().to_owned()));
            match page["next_cursor"].as_str() {
                Some(next) => cursor = next.to_owned(),
                None => break,
            }
        }
        let mut distinct = names.clone();
        distinct.sort();
        distinct.dedup();
        assert_eq!((names.len(), distinct.len()), (26, 26));
        administrator.get("/employees?limit=0").await.expect(422);
        administrator.get("/employees?cursor=nonsense").await.expect(422);
    }
}

#[tokio::test]
async fn roles_change_what_is_permitted_at_once_and_the_last_administrator_stays() {
    for portal in Portal::each().await {
        let (administrator, anna) = (portal.user(ADMINISTRATOR).await, portal.user(ANNA).await);
        let me = administrator.get("/me").await.json["user"]["employee_id"].as_str().unwrap().to_owned();
        let anna_id = anna.get("/me").await.json["user"]["employee_id"].as_str().unwrap().to_owned();
        let roles = administrator.get("/roles").await.json["items"].as_array().unwrap().clone();
        let role = |name: &str| {
            let found = roles.iter().find(|role| role["name"] == name).unwrap();
            found["id"].as_str().unwrap().to_owned()
        };
        let refused = administrator.put(&format!("/employees/{me}/roles"), json!({"role_ids": []})).await.expect(409);
        assert_eq!(refused.json["reason"], "last_administrator");
        let both = json!({"role_ids": [role("Employee"), role("Administrator")]});
        administrator.put(&format!("/employees/{anna_id}/roles"), both).await.expect(200);
        anna.get("/roles").await.expect(200);
        anna.put(&format!("/employees/{me}/roles"), json!({"role_ids": []})).await.expect(200);
        administrator.get("/roles").await.expect(403);
        let audit = anna.get("/audit").await.expect(200).json["items"].as_array().unwrap().clone();
        assert!(audit.iter().any(|entry| entry["action"] == "employee.roles_changed"), "{audit:?}");

        let employee_role = role("Employee");
        let unknown = json!({"grants": [{"function": "payroll", "action": "read", "scope": "self"}]});
        let reply = anna.put(&format!("/roles/{employee_role}/grants"), unknown).await.expect(422);
        assert_eq!(reply.json["errors"][0]["field"], "grants[0].function");
        let no_google = json!({"grants": [{"function": "calendar", "action": "read", "scope": "self"}]});
        anna.put(&format!("/roles/{employee_role}/grants"), no_google).await.expect(200);
        let david = portal.user(DAVID).await;
        assert_eq!(david.get("/me").await.json["google"]["can_connect"], false);
        let refused = david.get("/auth/google/authorize?feature=calendar").await.expect(403);
        assert_eq!(refused.json["function"], "google_connection");
    }
}

/// Who may connect no more is not synced any more, and nothing is lost: it goes on with the next grant.
#[tokio::test]
async fn without_the_grant_what_is_connected_stands_still() {
    for portal in Portal::each().await {
        let (administrator, anna) = (portal.user(ADMINISTRATOR).await, portal.user(ANNA).await);
        let connection = anna.connect(ANNA).await;
        let roles = administrator.get("/roles").await.json["items"].as_array().unwrap().clone();
        let employee = roles.iter().find(|role| role["name"] == "Employee").unwrap();
        let path = format!("/roles/{}/grants", employee["id"].as_str().unwrap());
        let calendar_alone = json!({"grants": [
            {"function": "calendar", "action": "read", "scope": "self"},
            {"function": "calendar", "action": "write", "scope": "self"},
        ]});
        administrator.put(&path, calendar_alone).await.expect(200);
        let standing = async || {
            let seen = anna.get(&format!("/google/connections/{connection}")).await.expect(200).json;
            (seen["state"].clone(), seen["reason"].clone())
        };
        assert_eq!(standing().await, (json!("paused"), json!("not_granted")));
        let refused = administrator.post(&format!("/google/connections/{connection}/resume"), json!({})).await;
        assert_eq!(refused.expect(409).json["reason"], "not_granted");
        let since = portal.last_request().await;
        let sent = async || {
            let inserts = portal.calls(since, "calendar.events.insert").await;
            inserts.iter().filter(|call| call["body"]["summary"] == "waits").count()
        };
        anna.post("/calendar/events", json!({"title": "waits", "start_date": "2026-12-10"})).await.expect(201);
        portal.later().await;
        assert_eq!(sent().await, 0);

        administrator.put(&path, json!({"grants": employee["grants"]})).await.expect(200);
        assert_eq!(standing().await.0, json!("authorized"));
        portal.work().await;
        assert_eq!(sent().await, 1);

        // What its owner has paused stays paused, whatever is granted.
        anna.post(&format!("/google/connections/{connection}/pause"), json!({})).await.expect(200);
        administrator.put(&path, json!({"grants": employee["grants"]})).await.expect(200);
        assert_eq!(standing().await, (json!("paused"), json!(null)));
    }
}

#[tokio::test]
async fn two_administrators_who_remove_each_other_at_once_leave_one() {
    for portal in Portal::each().await {
        let (eva, anna) = (portal.user(ADMINISTRATOR).await, portal.user(ANNA).await);
        let id = async |user: &crate::portal::User<'_>| {
            user.get("/me").await.json["user"]["employee_id"].as_str().unwrap().to_owned()
        };
        let (of_eva, of_anna) = (id(&eva).await, id(&anna).await);
        let roles = eva.get("/roles").await.json["items"].as_array().unwrap().clone();
        let all = json!({"role_ids": roles.iter().map(|role| role["id"].clone()).collect::<Vec<_>>()});
        for _ in 0..5 {
            let first = if eva.get("/roles").await.status == 200 { &eva } else { &anna };
            for person in [&of_eva, &of_anna] {
                first.put(&format!("/employees/{person}/roles"), all.clone()).await.expect(200);
            }
            let (eva_path, anna_path) = (format!("/employees/{of_eva}/roles"), format!("/employees/{of_anna}/roles"));
            let none = json!({"role_ids": []});
            futures::future::join(eva.put(&anna_path, none.clone()), anna.put(&eva_path, none)).await;
            let left = [eva.get("/roles").await.status, anna.get("/roles").await.status];
            assert!(left.iter().any(|status| *status == 200), "nobody is left who could grant anything: {left:?}");
        }
    }
}

#[tokio::test]
async fn without_the_grant_nobody_connects_and_the_page_can_say_so() {
    for portal in Portal::each().await {
        let lucie = portal.user(WITHOUT_GOOGLE).await;
        assert_eq!(lucie.get("/me").await.json["google"]["can_connect"], false);
        let refused = lucie.get("/auth/google/authorize?feature=calendar").await.expect(403);
        assert_eq!((refused.slug(), &refused.json["function"]), ("forbidden", &json!("google_connection")));
        assert_eq!(lucie.get("/google/connections").await.json["items"], json!([]));
    }
}

#[tokio::test]
async fn another_companys_ids_are_not_there() {
    for portal in Portal::each().await {
        let anna = portal.user(ANNA).await;
        let connection = anna.connect(ANNA).await;
        let anna_id = anna.get("/me").await.json["user"]["employee_id"].as_str().unwrap().to_owned();
        let own_administrator = portal.user(ADMINISTRATOR).await;
        let roles = own_administrator.get("/roles").await.json["items"].as_array().unwrap().clone();
        let role = roles[0]["id"].as_str().unwrap();
        let client =
            json!({"name": "Own", "client_id": "x.apps.googleusercontent.com", "client_secret": "s3cret-of-acme"});
        let client = own_administrator.post("/google/clients", client).await.expect(201);
        assert!(!client.text.contains("s3cret-of-acme"));
        let client = client.json["id"].as_str().unwrap().to_owned();
        let before = own_administrator.get("/employees").await.json;

        for email in [OTHER_TENANT, OTHER_ADMINISTRATOR] {
            let other = portal.user(email).await;
            other.get(&format!("/google/connections/{connection}")).await.expect(404);
            other.post(&format!("/google/connections/{connection}/pause"), Value::Null).await.expect(404);
            other.post(&format!("/google/connections/{connection}/resume"), Value::Null).await.expect(404);
            other.delete(&format!("/google/connections/{connection}")).await.expect(404);
            other.get(&format!("/auth/google/authorize?connection={connection}")).await.expect(404);
        }
        let other = portal.user(OTHER_ADMINISTRATOR).await;
        other.get(&format!("/employees/{anna_id}")).await.expect(404);
        other.put(&format!("/employees/{anna_id}/roles"), json!({"role_ids": []})).await.expect(404);
        other.put(&format!("/roles/{role}/grants"), json!({"grants": []})).await.expect(404);
        other.patch(&format!("/google/clients/{client}"), json!({"name": "Taken"})).await.expect(404);
        other.delete(&format!("/google/clients/{client}")).await.expect(404);
        assert_eq!(other.get("/google/clients").await.json["items"], json!([]));
        assert_eq!(own_administrator.get("/employees").await.json, before);
        assert_eq!(anna.get(&format!("/google/connections/{connection}")).await.json["state"], "authorized");
        // A colleague's connection is nobody's business either, except the administrators'.
        portal.user(DAVID).await.get(&format!("/google/connections/{connection}")).await.expect(404);
        own_administrator.get(&format!("/google/connections/{connection}")).await.expect(200);
    }
}

#[tokio::test]
async fn other_systems_ask_whether_somebody_is_signed_in() {
    for portal in Portal::each().await {
        let anna = portal.user(ANNA).await;
        let verify = |cookie: Option<&str>| {
            let mut request = http::Request::get("/auth/verify");
            if let Some(cookie) = cookie {
                request = request.header("cookie", cookie);
            }
            portal.send(request.body(axum::body::Body::empty()).unwrap())
        };
        let reply = verify(anna.cookie.as_deref()).await.expect(200);
        assert_eq!(reply.headers["x-portico-email"], ANNA);
        verify(None).await.expect(401);
        verify(Some("portico=forged")).await.expect(401);
        let get = |path: &str| portal.send(http::Request::get(path).body(axum::body::Body::empty()).unwrap());
        for path in ["/healthz", "/readyz"] {
            get(path).await.expect(200);
        }
    }
}

#[tokio::test]
async fn those_who_watch_get_figures_that_name_nobody() {
    for portal in Portal::each().await {
        let anna = portal.user(ANNA).await;
        let id = anna.connect(ANNA).await;
        anna.get(&format!("/google/connections/{id}")).await.expect(200);
        anna.get("/google/connections/00000000-0000-0000-0000-000000000000").await.expect(404);
        let figures = || async {
            portal.send(http::Request::get("/metrics").body(axum::body::Body::empty()).unwrap()).await.expect(200)
        };
        let reply = figures().await;
        assert!(reply.headers["content-type"].to_str().unwrap().starts_with("application/openmetrics-text"));
        let route = r#"method="GET",route="/api/v1/google/connections/{id}""#;
        for line in [
            format!("portico_http_requests_total{{{route},status=\"200\"}} 1"),
            format!("portico_http_requests_total{{{route},status=\"404\"}} 1"),
            format!("portico_http_request_duration_seconds_count{{{route}}} 2"),
            "portico_database_up 1".to_owned(),
            r#"portico_jobs{kind="discover_calendars",state="due"} 1"#.to_owned(),
            r#"portico_connections{state="authorized"} 1"#.to_owned(),
            r#"portico_google_quota_left_ratios{api="calendar",seconds="60"} 1.0"#.to_owned(),
        ] {
            assert!(reply.text.lines().any(|known| known == line), "{line} is not in\n{}", reply.text);
        }
        for name in [id.as_str(), "acme", "anna", &portal.tenant(&anna).await.to_string()] {
            assert!(!reply.text.contains(name), "{name} is in\n{}", reply.text);
        }
        portal.work().await;
        portal.app.store.close().await;
        assert!(figures().await.text.contains("portico_database_up 0"));
    }
}
