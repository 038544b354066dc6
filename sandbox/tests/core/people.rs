//! People v1 as a client sees it.

use serde_json::{Value, json};

use crate::support::{ANN, BOB, CONTACTS, Google, text};

const OTHER: &str = "https://www.googleapis.com/auth/contacts.other.readonly";
const DIRECTORY: &str = "https://www.googleapis.com/auth/directory.readonly";
const ALL: &str = "names,emailAddresses,phoneNumbers,memberships,metadata,photos,addresses,biographies";

/// A Google, and a token of ann's for everything in People.
async fn start() -> (Google, String) {
    let google = Google::new().await;
    let token = google.token(&[CONTACTS, OTHER, DIRECTORY]).await;
    (google, token)
}

struct Ann<'a>(&'a Google, String);

impl Ann<'_> {
    async fn call(&self, verb: &str, path: &str, body: Option<Value>) -> (u16, Value) {
        let bearer = format!("Bearer {}", self.1);
        let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
        let body = body.map(|body| body.to_string()).unwrap_or_default();
        let got = self.0.send(verb, &format!("https://people.googleapis.com/v1/{path}"), &headers, &body).await;
        (got.status, got.json())
    }

    #[track_caller]
    fn ok((status, body): (u16, Value)) -> Value {
        assert_eq!(status, 200, "{body}");
        body
    }

    async fn get(&self, path: &str) -> Value {
        Self::ok(self.call("GET", path, None).await)
    }

    async fn post(&self, path: &str, body: Value) -> Value {
        Self::ok(self.call("POST", path, Some(body)).await)
    }

    async fn create(&self, given: &str) -> Value {
        let body = json!({"names": [{"givenName": given, "familyName": "Tester"}]});
        self.post("people:createContact", body).await
    }

    /// The status, the name of the status, and the message of a refusal.
    async fn refused(&self, verb: &str, path: &str, body: Option<Value>) -> (u16, String, String) {
        let (status, body) = self.call(verb, path, body).await;
        let error = &body["error"];
        assert!(error.get("errors").is_none(), "{body}");
        (status, text(error, "status").to_owned(), text(error, "message").to_owned())
    }
}

fn name(person: &Value) -> String {
    text(person, "resourceName").to_owned()
}

#[tokio::test]
async fn a_contact_is_shown_as_google_shows_it() {
    let (google, token) = start().await;
    let ann = Ann(&google, token);
    let body = json!({
        "names": [{"honorificPrefix": "Dr.", "givenName": "Ada", "middleName": "Byron", "familyName": "Lovelace", "displayName": "ignored"}],
        "emailAddresses": [{"value": "ada@example.test", "type": "work"}, {"value": "ada@home.test", "type": "home"}],
        "phoneNumbers": [{"value": "+31 20 123 4567", "type": "mobile"}],
        "addresses": [{"streetAddress": "Keizersgracht 1", "postalCode": "1015 CJ", "city": "Amsterdam", "country": "Netherlands"}],
        "biographies": [{"value": "a note"}]});
    let made = ann.post("people:createContact", body).await;
    assert_eq!(made["names"][0]["displayName"], "Dr. Ada Byron Lovelace");
    assert_eq!(made["names"][0]["displayNameLastFirst"], "Lovelace, Dr. Ada Byron");
    assert_eq!(made["emailAddresses"][0]["formattedType"], "Work");
    assert_eq!(
        (&made["emailAddresses"][0]["metadata"]["primary"], &made["emailAddresses"][1]["metadata"]["primary"]),
        (&json!(true), &Value::Null)
    );
    assert_eq!(made["phoneNumbers"][0]["canonicalForm"], "+31201234567");
    assert_eq!(made["addresses"][0]["formattedValue"], "Keizersgracht 1\n1015 CJ Amsterdam\nNetherlands");
    assert_eq!(made["biographies"][0]["contentType"], "TEXT_PLAIN");
    assert_eq!(
        made["memberships"][0]["contactGroupMembership"]["contactGroupResourceName"],
        "contactGroups/myContacts"
    );
    assert_eq!(made["photos"][0]["default"], true);
    assert_eq!(made["metadata"]["sources"][0]["type"], "CONTACT");
    let read = ann.get(&format!("{}?personFields=names", name(&made))).await;
    let keys: Vec<&String> = read.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["etag", "names", "resourceName"]);
    let cjk = ann.post("people:createContact", json!({"names": [{"familyName": "山田", "givenName": "太郎"}]})).await;
    assert_eq!(cjk["names"][0]["displayName"], "山田太郎");
    let nameless = ann.post("people:createContact", json!({"emailAddresses": [{"value": "x@example.test"}]})).await;
    assert!(nameless.get("names").is_none());
}

#[tokio::test]
async fn bodies_and_masks_are_checked() {
    let (google, token) = start().await;
    let ann = Ann(&google, token);
    for (path, body, part) in [
        ("people:createContact", json!({"names": [{"givenName": "a"}, {"givenName": "b"}]}), "singleton"),
        ("people:createContact", json!({"nammes": []}), "Unknown name"),
        ("people:createContact", json!({"names": [{"givenName": 3}]}), "TYPE_STRING"),
        ("people:createContact?personFields=shoe", json!({}), "Invalid personFields mask path"),
        ("people:batchCreateContacts", json!({"contacts": vec![json!({"contactPerson": {}}); 201]}), "limit is 200"),
    ] {
        let (status, kind, message) = ann.refused("POST", path, Some(body)).await;
        assert_eq!((status, kind.as_str()), (400, "INVALID_ARGUMENT"), "{message}");
        assert!(message.contains(part), "{message}");
    }
    for path in ["people/me", "people/me/connections", "people:batchGet?resourceNames=people/me", "otherContacts"] {
        let (status, _, message) = ann.refused("GET", path, None).await;
        assert_eq!(status, 400);
        assert!(message.contains("mask is required"), "{message}");
    }
    let wide = ann.refused("GET", "otherContacts?readMask=names,addresses", None).await;
    assert_eq!((wide.0, wide.1.as_str()), (400, "INVALID_ARGUMENT"));
    assert_eq!(ann.refused("GET", "people/c77?personFields=names", None).await.0, 404);
}

#[tokio::test]
async fn an_update_needs_source_mask_and_the_etag_on_top() {
    let (google, token) = start().await;
    let ann = Ann(&google, token);
    let made = ann.create("Ada").await;
    let path = format!("{}:updateContact?updatePersonFields=names,phoneNumbers", name(&made));
    let mut body = json!({"etag": made["etag"], "metadata": made["metadata"], "names": [{"givenName": "Eva"}]});
    let updated = Ann::ok(ann.call("PATCH", &path, Some(body.clone())).await);
    assert_eq!(updated["names"][0]["displayName"], "Eva");
    assert_ne!(updated["etag"], made["etag"]);
    let stale = ann.refused("PATCH", &path, Some(body.clone())).await;
    let words =
        "Request person.etag is different than the current person.etag. Clear local cache and get the latest person.";
    assert_eq!(stale, (400, "FAILED_PRECONDITION".into(), words.into()));
    body.as_object_mut().unwrap().remove("etag");
    body["metadata"] = updated["metadata"].clone();
    assert_eq!(ann.refused("PATCH", &path, Some(body.clone())).await.2, words);
    body["etag"] = updated["etag"].clone();
    body["metadata"] = json!({});
    assert!(ann.refused("PATCH", &path, Some(body.clone())).await.2.contains("metadata.sources"));
    body["metadata"] = updated["metadata"].clone();
    let bare = format!("{}:updateContact", name(&made));
    assert!(ann.refused("PATCH", &bare, Some(body.clone())).await.2.contains("mask is required"));
    let lonely = format!("{bare}?updatePersonFields=memberships");
    assert!(ann.refused("PATCH", &lonely, Some(body)).await.2.contains("at least one contact group"));
}

#[tokio::test]
async fn joining_a_group_moves_the_etag() {
    let (google, token) = start().await;
    let ann = Ann(&google, token);
    let made = ann.create("Ada").await;
    let group = ann.post("contactGroups", json!({"contactGroup": {"name": "Staff"}})).await;
    let taken = ann.refused("POST", "contactGroups", Some(json!({"contactGroup": {"name": "staff"}}))).await;
    assert_eq!((taken.0, taken.1.as_str()), (409, "ALREADY_EXISTS"));
    let members = format!("{}/members:modify", name(&group));
    let answer = ann.post(&members, json!({"resourceNamesToAdd": [name(&made), "people/c99"]})).await;
    assert_eq!(answer, json!({"notFoundResourceNames": ["people/c99"]}));
    let read = ann.get(&format!("{}?personFields=memberships", name(&made))).await;
    assert_ne!(read["etag"], made["etag"]);
    assert_eq!(read["memberships"].as_array().unwrap().len(), 2);
    let listed = ann.get(&format!("{}?maxMembers=5", name(&group))).await;
    assert_eq!((&listed["memberCount"], &listed["memberResourceNames"]), (&json!(1), &json!([name(&made)])));
    let out = |group: &str| format!("{group}/members:modify");
    let remove = json!({"resourceNamesToRemove": [name(&made)]});
    assert_eq!(ann.post(&out("contactGroups/myContacts"), remove.clone()).await, json!({}));
    let last = ann.post(&members, remove).await;
    assert_eq!(last, json!({"canNotRemoveLastContactGroupResourceNames": [name(&made)]}));
    let deprecated =
        ann.refused("POST", &out("contactGroups/friends"), Some(json!({"resourceNamesToAdd": [name(&made)]}))).await;
    assert_eq!(deprecated.0, 400);
    let list = ann.get("contactGroups").await;
    assert!(list.get("nextSyncToken").is_none());
    assert_eq!(list["totalItems"], list["contactGroups"].as_array().unwrap().len());
    let renamed = Ann::ok(ann.call("PUT", &name(&group), Some(json!({"contactGroup": {"name": "People"}}))).await);
    assert_eq!(renamed["formattedName"], "People");
    Ann::ok(ann.call("DELETE", &name(&group), None).await);
    let read = ann.get(&format!("{}?personFields=memberships", name(&made))).await;
    assert_eq!(read["memberships"][0]["contactGroupMembership"]["contactGroupId"], "myContacts");
}

#[tokio::test]
async fn changes_come_late_and_tell_of_deletions() {
    let (google, token) = start().await;
    let ann = Ann(&google, token);
    let (ada, eva) = (ann.create("Ada").await, ann.create("Eva").await);
    let list = format!("people/me/connections?personFields={ALL}&requestSyncToken=true");
    let first = ann.get(&format!("{list}&pageSize=1")).await;
    assert_eq!((&first["totalItems"], &first["totalPeople"]), (&json!(2), &json!(2)));
    assert!(first.get("nextSyncToken").is_none());
    let second = ann.get(&format!("{list}&pageSize=1&pageToken={}", text(&first, "nextPageToken"))).await;
    let delta = |from: &Value| format!("{list}&syncToken={}", text(from, "nextSyncToken"));
    let quiet = ann.get(&delta(&second)).await;
    assert_eq!(quiet.as_object().unwrap().keys().collect::<Vec<_>>(), ["nextSyncToken"]);
    Ann::ok(ann.call("DELETE", &format!("{}:deleteContact", name(&ada)), None).await);
    assert_eq!(ann.refused("GET", &format!("{}?personFields=names", name(&ada)), None).await.0, 404);
    assert!(ann.get(&delta(&quiet)).await.get("connections").is_none());
    google.later(11);
    let late = ann.get(&delta(&quiet)).await;
    let gone = &late["connections"][0];
    assert_eq!(
        (gone["resourceName"].clone(), &gone["metadata"]["deleted"]),
        (ada["resourceName"].clone(), &json!(true))
    );
    assert!(gone.get("names").is_none() && gone["photos"][0]["default"] == true);
    assert!(ann.get(&delta(&late)).await.get("connections").is_none());
    let full = ann.get(&list).await;
    assert_eq!(full["connections"].as_array().unwrap().iter().map(name).collect::<Vec<_>>(), [name(&eva)]);
}

#[tokio::test]
async fn sync_tokens_end_after_a_week_and_hold_for_their_query() {
    let (google, token) = start().await;
    let ann = Ann(&google, token);
    let list = "people/me/connections?personFields=names&requestSyncToken=true";
    let full = ann.get(list).await;
    let delta = format!("{list}&syncToken={}", text(&full, "nextSyncToken"));
    let other = delta.replace("personFields=names", "personFields=names,photos");
    assert_eq!(ann.refused("GET", &other, None).await.1, "INVALID_ARGUMENT");
    assert_eq!(ann.refused("GET", &format!("{list}&syncToken=bogus"), None).await.1, "INVALID_ARGUMENT");
    google.later(6 * 24 * 3600);
    let token = google.token(&[CONTACTS]).await;
    let ann = Ann(&google, token);
    let next = ann.get(&delta).await;
    google.later(2 * 24 * 3600);
    let token = google.token(&[CONTACTS]).await;
    let ann = Ann(&google, token);
    // An increment does not make it younger: the full list is what counts.
    let (status, body) = ann.call("GET", &format!("{list}&syncToken={}", text(&next, "nextSyncToken")), None).await;
    assert_eq!((status, &body["error"]["status"]), (400, &json!("FAILED_PRECONDITION")));
    assert_eq!(body["error"]["details"][0]["reason"], "EXPIRED_SYNC_TOKEN");
}

#[tokio::test]
async fn batches_answer_for_each() {
    let (google, token) = start().await;
    let ann = Ann(&google, token);
    let two =
        json!([{"contactPerson": {"names": [{"givenName": "A"}]}}, {"contactPerson": {"names": [{"givenName": "B"}]}}]);
    let unread = ann.post("people:batchCreateContacts", json!({"contacts": two.clone()})).await;
    assert_eq!(unread, json!({}));
    let made = ann.post("people:batchCreateContacts", json!({"contacts": two, "readMask": "names,metadata"})).await;
    let made: Vec<Value> = made["createdPeople"].as_array().unwrap().iter().map(|one| one["person"].clone()).collect();
    let (a, b) = (name(&made[0]), name(&made[1]));
    let stale = json!({"etag": "%old", "metadata": made[1]["metadata"], "names": [{"givenName": "D"}]});
    let good = json!({"etag": made[0]["etag"], "metadata": made[0]["metadata"], "names": [{"givenName": "C"}]});
    let body = json!({"contacts": {&a: good, &b: stale}, "updateMask": "names", "readMask": "names"});
    let updated = ann.post("people:batchUpdateContacts", body).await;
    assert_eq!(updated["updateResult"][&a]["person"]["names"][0]["givenName"], "C");
    assert_eq!(updated["updateResult"][&b]["status"]["code"], 9);
    let got = ann.get(&format!("people:batchGet?personFields=names&resourceNames={a}&resourceNames=people/c5")).await;
    assert_eq!(
        (&got["responses"][0]["httpStatusCode"], &got["responses"][1]["status"]["code"]),
        (&json!(200), &json!(5))
    );
    ann.post("people:batchDeleteContacts", json!({"resourceNames": [a, b]})).await;
    assert_eq!(ann.get("people/me/connections?personFields=names").await["totalItems"], 2);
}

#[tokio::test]
async fn searches_go_by_how_words_begin() {
    let (google, token) = start().await;
    let ann = Ann(&google, token);
    ann.create("Ada").await;
    let search = |query: &str| format!("people:searchContacts?readMask=names&query={query}");
    assert_eq!(ann.get(&search("")).await, json!({}));
    assert_eq!(ann.get(&search("tes")).await["results"][0]["person"]["names"][0]["givenName"], "Ada");
    assert_eq!(ann.get(&search("da")).await, json!({}));
}

#[tokio::test]
async fn other_contacts_are_read_and_copied() {
    let (google, token) = start().await;
    let saved = json!({"account": ANN, "name": "Charles Babbage", "emails": ["cb@example.test"]});
    let saved = google.control("POST", "other-contacts", saved).await;
    let ann = Ann(&google, token);
    let list = ann.get("otherContacts?readMask=names,emailAddresses,metadata&requestSyncToken=true").await;
    assert_eq!(
        (&list["totalSize"], &list["otherContacts"][0]["metadata"]["sources"][0]["type"]),
        (&json!(1), &json!("OTHER_CONTACT"))
    );
    assert!(list["nextSyncToken"].is_string());
    let found = ann.get("otherContacts:search?readMask=names&query=cb").await;
    assert_eq!(found["results"][0]["person"]["names"][0]["familyName"], "Babbage");
    let path = format!("{}:copyOtherContactToMyContactsGroup", name(&saved));
    let copied = ann.post(&path, json!({"copyMask": "names,emailAddresses"})).await;
    assert!(name(&copied).starts_with("people/c"));
    assert_eq!(copied["memberships"][0]["contactGroupMembership"]["contactGroupId"], "myContacts");
    let half = Ann(&google, google.token(&[OTHER]).await);
    assert_eq!(half.refused("POST", &path, Some(json!({"copyMask": "names"}))).await.1, "PERMISSION_DENIED");
}

#[tokio::test]
async fn the_directory_is_the_domains() {
    let (google, token) = start().await;
    let ann = Ann(&google, token);
    let sources = "sources=DIRECTORY_SOURCE_TYPE_DOMAIN_PROFILE";
    let list = format!("people:listDirectoryPeople?readMask=names,emailAddresses&{sources}&requestSyncToken=true");
    let full = ann.get(&list).await;
    let mails: Vec<&str> = full["people"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["emailAddresses"][0]["value"].as_str().unwrap())
        .collect();
    assert_eq!((mails.len(), mails.contains(&ANN), mails.contains(&BOB)), (2, true, true));
    let found = ann.get(&format!("people:searchDirectoryPeople?readMask=names&query=bo&{sources}")).await;
    assert_eq!((&found["totalSize"], found["people"].as_array().unwrap().len()), (&json!(1), 1));
    google.control("POST", "users", json!({"email": BOB, "disabled": true})).await;
    let delta = ann.get(&format!("{list}&syncToken={}", text(&full, "nextSyncToken"))).await;
    assert_eq!(
        (delta["people"].as_array().unwrap().len(), &delta["people"][0]["metadata"]["deleted"]),
        (1, &json!(true))
    );
    assert_eq!(ann.refused("GET", "people:listDirectoryPeople?readMask=names", None).await.0, 400);
    google.control("POST", "users", json!({"email": ANN, "kind": "consumer"})).await;
    let private = ann.refused("GET", &list, None).await;
    assert_eq!(private, (400, "FAILED_PRECONDITION".into(), "Must be a G Suite domain user.".into()));
}

#[tokio::test]
async fn pictures_are_pictures() {
    let (google, token) = start().await;
    let ann = Ann(&google, token);
    let made = ann.create("Ada").await;
    let path = format!("{}:updateContactPhoto", name(&made));
    let body = |bytes: &str| Some(json!({"photoBytes": bytes, "personFields": "photos"}));
    assert_eq!(ann.refused("PATCH", &path, body("aGVsbG8=")).await.0, 400);
    let with = Ann::ok(ann.call("PATCH", &path, body("/9j/4A==")).await);
    let photo = &with["person"]["photos"][0];
    assert!(photo.get("default").is_none() && text(photo, "url").ends_with("=s100"));
    let path = format!("{}:deleteContactPhoto?personFields=photos", name(&made));
    assert_eq!(Ann::ok(ann.call("DELETE", &path, None).await)["person"]["photos"][0]["default"], true);
}

#[tokio::test]
async fn reads_of_one_person_have_a_quota_of_their_own() {
    let (google, token) = start().await;
    google.control("PUT", "quota", json!({"people_critical_reads_per_minute_per_user": 2})).await;
    let ann = Ann(&google, token);
    for _ in 0..2 {
        ann.get("people/me?personFields=names").await;
    }
    let (status, body) = ann.call("GET", "people/me?personFields=names", None).await;
    assert_eq!((status, &body["error"]["status"]), (429, &json!("RESOURCE_EXHAUSTED")));
    assert_eq!(body["error"]["details"][0]["reason"], "RATE_LIMIT_EXCEEDED");
    ann.get("people/me/connections?personFields=names").await;
    google.later(61);
    ann.get("people/me?personFields=names").await;
}
