//! The directory over the wire: what Google's clients do not say but Google refuses or answers all the same.

#[path = "../core/support.rs"]
#[expect(dead_code, reason = "signing in is for other tests")]
mod support;

use serde_json::{Value, json};
use support::{ANN, BOB, CLIENT, Google, text};

const SCOPES: [&str; 4] = [
    "https://www.googleapis.com/auth/admin.directory.user",
    "https://www.googleapis.com/auth/admin.directory.user.security",
    "https://www.googleapis.com/auth/admin.directory.group",
    "https://www.googleapis.com/auth/admin.directory.orgunit",
];

struct Admin {
    google: Google,
    token: String,
}

impl Admin {
    async fn new() -> Self {
        let google = Google::new().await;
        google.control("POST", "users", json!({"email": ANN, "admin": true})).await;
        let token = google.token(&SCOPES).await;
        Self { google, token }
    }

    async fn call(&self, verb: &str, path: &str, body: Value) -> support::Got {
        let body = Some(body).filter(|body| !body.is_null());
        self.google.call(&self.token, verb, &format!("/admin/directory/v1/{path}"), body).await
    }
}

#[tokio::test]
async fn only_administrators_of_the_domain_itself() {
    let admin = Admin::new().await;
    for (account, path) in [(BOB, "users?customer=my_customer"), ("x@other.example", "groups?domain=example.com")] {
        let body = json!({"account": account, "client": CLIENT, "scopes": SCOPES});
        let token = admin.google.control("POST", "tokens", body).await["access_token"].as_str().unwrap().to_owned();
        let got = admin.google.call(&token, "GET", &format!("/admin/directory/v1/{path}"), None).await;
        got.reason(403, "forbidden");
        assert_eq!(got.json()["error"]["message"], "Not Authorized to access this resource/api");
    }
    let got = admin.call("GET", "users/nobody@example.com", json!(null)).await;
    got.reason(404, "notFound");
    assert_eq!(got.json()["error"]["message"], "Resource Not Found: userKey");
    admin.call("GET", "users", json!(null)).await.reason(400, "badRequest");
    admin.call("GET", "users?domain=other.example", json!(null)).await.reason(404, "domainNotFound");
    admin.call("GET", "users?customer=C123", json!(null)).await.reason(403, "forbidden");
    let mine = admin.call("GET", "users?customer=my_customer", json!(null)).await.ok();
    let customer = text(&mine["users"][0], "customerId").to_owned();
    let same = admin.call("GET", &format!("users?customer={customer}"), json!(null)).await.ok();
    assert_eq!(same["users"], mine["users"]);
    let reader = admin.google.token(&["https://www.googleapis.com/auth/admin.directory.user.readonly"]).await;
    let body = json!({"primaryEmail": "y@example.com"});
    admin
        .google
        .call(&reader, "POST", "/admin/directory/v1/users", Some(body))
        .await
        .reason(403, "insufficientPermissions");
}

#[tokio::test]
async fn pages_searches_and_orders() {
    let admin = Admin::new().await;
    for (n, department) in ["Finance", "Sales", "Finance"].iter().enumerate() {
        let user = json!({
            "primaryEmail": format!("u{n}@example.com"), "password": "password",
            "name": {"givenName": format!("Given{n}"), "familyName": "Family"},
            "organizations": [{"department": department}]
        });
        admin.call("POST", "users", user).await.ok();
    }
    let first = admin.call("GET", "users?customer=my_customer&maxResults=3", json!(null)).await.ok();
    assert_eq!(first["users"].as_array().unwrap().len(), 3);
    let next = format!("users?customer=my_customer&maxResults=3&pageToken={}", text(&first, "nextPageToken"));
    let last = admin.call("GET", &next, json!(null)).await.ok();
    assert_eq!((last["users"].as_array().unwrap().len(), last["nextPageToken"].is_null()), (2, true));
    let query = "users?customer=my_customer&query=orgDepartment:finance%20familyName=Family&orderBy=givenName&sortOrder=DESCENDING";
    let found = admin.call("GET", query, json!(null)).await.ok();
    let names: Vec<&str> = found["users"].as_array().unwrap().iter().map(|u| text(&u["name"], "givenName")).collect();
    assert_eq!(names, ["Given2", "Given0"]);
    for bad in ["query=colour:red", "maxResults=0", "maxResults=501", "pageToken=x"] {
        admin.call("GET", &format!("users?customer=my_customer&{bad}"), json!(null)).await.reason(400, "invalid");
    }
    for bad in ["orderBy=colour", "sortOrder=up", "projection=half"] {
        admin
            .call("GET", &format!("users?customer=my_customer&{bad}"), json!(null))
            .await
            .reason(400, "invalidParameter");
    }
    admin.call("GET", "groups?customer=my_customer&userKey=x", json!(null)).await.reason(400, "badRequest");
}

#[tokio::test]
async fn what_the_control_plane_makes_is_in_the_directory_and_the_other_way_round() {
    let admin = Admin::new().await;
    let group = json!({"email": "all@example.com", "kind": "group", "members": [ANN, BOB]});
    admin.google.control("POST", "users", group).await;
    let seen = admin.call("GET", "groups/all@example.com", json!(null)).await.ok();
    assert_eq!(seen["directMembersCount"], "2");
    let renamed = admin.call("PATCH", "groups/all@example.com", json!({"email": "everybody@example.com"})).await.ok();
    assert_eq!((text(&renamed, "email"), &renamed["aliases"]), ("everybody@example.com", &json!(["all@example.com"])));
    assert_eq!(admin.call("DELETE", "groups/all@example.com/members/bob@example.com", json!(null)).await.status, 204);
    let users = admin.google.control("GET", "users", json!(null)).await;
    let group = users["items"].as_array().unwrap().iter().find(|user| user["kind"] == "group").unwrap();
    assert_eq!((text(group, "email"), &group["members"]), ("everybody@example.com", &json!([ANN])));
    assert_eq!(admin.call("DELETE", "groups/everybody@example.com", json!(null)).await.status, 204);
    admin.call("GET", "groups/all@example.com", json!(null)).await.reason(404, "notFound");
}

#[tokio::test]
async fn a_deleted_user_cannot_sign_in_and_comes_back_within_twenty_days() {
    let admin = Admin::new().await;
    let bob = text(&admin.call("GET", "users/bob@example.com", json!(null)).await.ok(), "id").to_owned();
    let token =
        admin.google.control("POST", "tokens", json!({"account": BOB, "client": CLIENT, "scopes": SCOPES})).await;
    let token = text(&token, "access_token").to_owned();
    assert_eq!(admin.call("DELETE", "users/bob@example.com", json!(null)).await.status, 204);
    admin.google.call(&token, "GET", "/admin/directory/v1/users/bob@example.com", None).await.reason(401, "authError");
    let deleted = admin.call("GET", "users?customer=my_customer&showDeleted=true", json!(null)).await.ok();
    assert!(deleted["users"][0]["deletionTime"].is_string());
    admin.call("POST", "users/bob@example.com/undelete", json!({})).await.reason(404, "notFound");
    assert_eq!(admin.call("POST", &format!("users/{bob}/undelete"), json!({"orgUnitPath": "/"})).await.status, 204);
    assert_eq!(admin.call("GET", "users/bob@example.com", json!(null)).await.ok()["id"], bob);
    admin.call("DELETE", "users/ann@example.com", json!(null)).await.reason(403, "forbidden");
    assert_eq!(admin.call("DELETE", &format!("users/{bob}"), json!(null)).await.status, 204);
    admin.google.control("PUT", "clock", json!({"now": "2026-12-12T09:00:00Z"})).await;
    let token = admin.google.token(&SCOPES).await;
    let path = format!("/admin/directory/v1/users/{bob}/undelete");
    admin.google.call(&token, "POST", &path, Some(json!({}))).await.reason(404, "notFound");
}
