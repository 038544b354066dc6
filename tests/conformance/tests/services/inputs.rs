//! What the discovery documents say of every method, asked of the sandbox: its scopes, and that whatever is wrong with a
//! call is refused in Google's form.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::{
    documents::{document, documents, methods},
    google::Google,
};

const ANN: &str = "ann@example.test";
const SERVICES: [&str; 6] = ["calendar.v3", "meet.v2", "people.v1", "gmail.v1", "drive.v3", "admin.directory_v1"];

/// A sandbox without limits in which Ann is an administrator.
async fn google() -> Google {
    let google = Google::with(&[ANN]).await;
    google.control("users", json!({"email": ANN, "admin": true})).await;
    let meters =
        ["calendar", "gmail", "people", "people_critical_reads", "people_full_syncs", "meet", "drive", "admin"];
    for meter in meters {
        google.put("quota", json!({format!("{meter}_per_minute_per_user"): 100_000_000})).await;
    }
    google.put("quota", json!({"calendar_per_minute": 100_000_000, "meet_per_minute": 100_000_000})).await;
    google
}

/// A document, and something of everything in its service, so that a call reaches what it is about.
struct Stage {
    google: Google,
    token: String,
    /// What stands in a place of a path, by its name or by a part of the method's id and its name.
    names: BTreeMap<&'static str, String>,
    /// What a call needs besides, where its method has such a parameter.
    query: &'static [(&'static str, &'static str)],
}

async fn stage(name: &str, document: &Value) -> Stage {
    let google = google().await;
    let scopes = document["auth"]["oauth2"]["scopes"].as_object().unwrap().keys();
    let scopes: Vec<&str> = scopes.map(String::as_str).filter(|scope| !scope.ends_with("gmail.metadata")).collect();
    let token = google.token(ANN, &scopes).await;
    let make = async |address: &str, body: Value| {
        let (status, answer) = google.ask(&token, "POST", address, body).await;
        assert_eq!(status, 200, "{address}: {answer}");
        answer
    };
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let last = |value: &Value| text(value).rsplit('/').next().unwrap().to_owned();
    let (names, query): (Vec<(&str, String)>, &[_]) = match name {
        "calendar.v3" => {
            let event = json!({"id": "event1", "start": {"date": "2026-12-01"}, "end": {"date": "2026-12-02"},
                "recurrence": ["RRULE:FREQ=DAILY;COUNT=3"]});
            make("www.googleapis.com/calendar/v3/calendars/primary/events", event).await;
            let names = [("calendarId", "primary"), ("eventId", "event1"), ("setting", "timezone")];
            let mut names: Vec<_> = names.map(|(name, value)| (name, value.to_owned())).into();
            names.push(("ruleId", format!("user:{ANN}")));
            (names, &[("text", "Lunch"), ("destination", "primary")])
        }
        "meet.v2" => {
            let space = make("meet.googleapis.com/v2/spaces", json!({})).await;
            let met = json!({"space": space["name"], "start_time": "2026-11-20T09:00:00Z", "end_time": "2026-11-20T10:00:00Z",
                "participants": [{"name": "x", "sessions": [{"start_time": "2026-11-20T09:00:00Z", "end_time": "2026-11-20T10:00:00Z"}]}],
                "recordings": [{"start_time": "2026-11-20T09:00:00Z", "end_time": "2026-11-20T10:00:00Z"}],
                "transcript": [{"participant": 0, "text": "x", "start_time": "2026-11-20T09:00:00Z", "end_time": "2026-11-20T09:00:01Z"}]});
            let record = text(&google.control("meet/conferences", met).await["name"]);
            let mut names = vec![("spacesId", last(&space["name"])), ("conferenceRecordsId", last(&json!(record)))];
            for (kind, place) in
                [("participants", "participantsId"), ("recordings", "recordingsId"), ("transcripts", "transcriptsId")]
            {
                let (_, page) =
                    google.ask(&token, "GET", &format!("meet.googleapis.com/v2/{record}/{kind}"), Value::Null).await;
                names.push((place, last(&page[kind][0]["name"])));
            }
            (names, &[])
        }
        "people.v1" => {
            let ada = json!({"names": [{"givenName": "Ada"}]});
            let contact = make("people.googleapis.com/v1/people:createContact?personFields=names", ada).await;
            let group = json!({"contactGroup": {"name": "x"}});
            let group = make("people.googleapis.com/v1/contactGroups", group).await;
            let other = google.control("other-contacts", json!({"account": ANN, "name": "Charles"})).await;
            let names = vec![
                ("peopleId", last(&contact["resourceName"])),
                ("connections peopleId", "me".to_owned()),
                ("contactGroupsId", last(&group["resourceName"])),
                ("otherContactsId", last(&other["resourceName"])),
            ];
            const QUERY: &[(&str, &str)] = &[
                ("personFields", "names"),
                ("readMask", "names"),
                ("updatePersonFields", "names"),
                ("sources", "DIRECTORY_SOURCE_TYPE_DOMAIN_PROFILE"),
                ("query", "a"),
                ("resourceNames", "people/me"),
            ];
            (names, QUERY)
        }
        "gmail.v1" => {
            let message = google.control("mailbox", json!({"account": ANN, "subject": "x", "text": "y"})).await;
            let base = "gmail.googleapis.com/gmail/v1/users/me";
            let label = make(&format!("{base}/labels"), json!({"name": "x"})).await;
            let draft = make(&format!("{base}/drafts"), json!({"message": {"raw": "VG86IGFAYi5jCgp4"}})).await;
            let names = vec![
                ("userId", "me".to_owned()),
                ("id", text(&message["id"])),
                ("messageId", text(&message["id"])),
                ("threads id", text(&message["threadId"])),
                ("labels id", text(&label["id"])),
                ("drafts id", text(&draft["id"])),
                ("sendAsEmail", ANN.to_owned()),
            ];
            (names, &[("startHistoryId", "1")])
        }
        "drive.v3" => {
            let file = make("www.googleapis.com/drive/v3/files", json!({"name": "x"})).await;
            let id = text(&file["id"]);
            let reader = json!({"type": "user", "role": "reader", "emailAddress": "x@elsewhere.test"});
            let permission = make(&format!("www.googleapis.com/drive/v3/files/{id}/permissions"), reader).await;
            let names = vec![("fileId", id), ("permissionId", text(&permission["id"]))];
            (names, &[("fields", "*"), ("pageToken", "1"), ("mimeType", "text/plain")])
        }
        _ => {
            let base = "admin.googleapis.com/admin/directory/v1";
            make(&format!("{base}/groups"), json!({"email": "staff@example.test", "name": "x"})).await;
            make(&format!("{base}/groups/staff@example.test/members"), json!({"email": ANN})).await;
            let unit = json!({"name": "unit", "parentOrgUnitPath": "/"});
            make(&format!("{base}/customer/my_customer/orgunits"), unit).await;
            let names = [
                ("customerId", "my_customer"),
                ("userKey", ANN),
                ("groupKey", "staff@example.test"),
                ("memberKey", ANN),
                ("orgUnitPath", "unit"),
                ("orgunitsId", "unit"),
                ("alias", ANN),
            ];
            (names.map(|(name, value)| (name, value.to_owned())).into(), &[("customer", "my_customer")])
        }
    };
    Stage { names: names.into_iter().collect(), query, google, token }
}

impl Stage {
    /// A call of a method: with this in the query besides what it needs.
    async fn ask(&self, document: &Value, method: &Value, besides: Option<(&str, &str)>, body: Value) -> (u16, Value) {
        let has = |name: &str| !method["parameters"][name].is_null() || name == "fields";
        let needed = self.query.iter().filter(|(name, _)| has(name) && besides.is_none_or(|(other, _)| other != *name));
        let pairs: Vec<String> =
            needed.copied().chain(besides).map(|(name, value)| format!("{name}={}", encoded(value))).collect();
        let address = format!("{}?{}", address(document, method, &self.names), pairs.join("&"));
        self.google.ask(&self.token, method["httpMethod"].as_str().unwrap(), &address, body).await
    }

    /// Whether the sandbox has the method.
    async fn has(&self, document: &Value, method: &Value) -> bool {
        !NOT_THERE.contains(&id(method)) && self.ask(document, method, None, Value::Null).await != (404, Value::Null)
    }
}

/// What the sandbox takes for a file of that name.
const NOT_THERE: [&str; 1] = ["drive.files.generateCseToken"];

fn id(method: &Value) -> &str {
    method["id"].as_str().unwrap()
}

/// The address of a method, with something in each place of its path.
fn address(document: &Value, method: &Value, names: &BTreeMap<&str, String>) -> String {
    let path = method["flatPath"].as_str().or(method["path"].as_str()).unwrap();
    let path = path.replace("{+", "{").replace("{/orgUnitPath*}", "/{orgUnitPath}");
    let mut filled = String::new();
    for (n, piece) in path.split(['{', '}']).enumerate() {
        if n % 2 == 0 {
            filled.push_str(piece);
            continue;
        }
        let of_method = id(method).split('.').find_map(|part| names.get(format!("{part} {piece}").as_str()));
        filled.push_str(of_method.or(names.get(piece)).map_or("x", String::as_str));
    }
    let host = document["rootUrl"].as_str().unwrap().trim_start_matches("https://");
    // Google answers these under the upload path alone.
    let upload = ["gmail.users.messages.insert", "gmail.users.messages.import"].contains(&id(method));
    let start = if upload { "upload/" } else { "" };
    format!("{host}{start}{}{filled}", document["servicePath"].as_str().unwrap())
}

fn is_scope_refusal(answer: &(u16, Value)) -> bool {
    let error = &answer.1["error"];
    answer.0 == 403 && error["details"][0]["reason"] == "ACCESS_TOKEN_SCOPE_INSUFFICIENT"
}

/// Scopes that open a method only together with another one, for some calendars, or with an add-on's own token.
fn is_narrow(id: &str, scope: &str) -> bool {
    let short = scope.rsplit('/').next().unwrap();
    matches!(short, "calendar.app.created" | "calendar.events.public.readonly")
        || short.starts_with("gmail.addons.")
        || id == "people.otherContacts.copyOtherContactToMyContactsGroup"
}

#[tokio::test]
async fn each_method_takes_the_scopes_of_its_document_and_no_others() {
    let Some(folder) = documents() else { return };
    let google = google().await;
    let (mut wrong, mut asked) = (Vec::new(), 0);
    for name in SERVICES {
        let document = document(&folder, name);
        let scopes: Vec<&String> = document["auth"]["oauth2"]["scopes"].as_object().unwrap().keys().collect();
        let names = BTreeMap::from([("calendarId", "primary".to_owned()), ("userId", "me".to_owned())]);
        for scope in scopes {
            let token = google.token(ANN, &[scope]).await;
            for (id, method) in methods(&document) {
                let verb = method["httpMethod"].as_str().unwrap();
                let answer = google.ask(&token, verb, &address(&document, &method, &names), Value::Null).await;
                if answer == (404, Value::Null) || NOT_THERE.contains(&id.as_str()) {
                    continue; // not one of those that the sandbox has
                }
                asked += 1;
                let good = method["scopes"].as_array().unwrap().iter().any(|listed| listed == scope);
                if good == is_scope_refusal(&answer) && !(good && is_narrow(&id, scope)) {
                    wrong.push(format!("{id} with {scope}: {}, in the document {good}", answer.0));
                }
            }
        }
    }
    assert!(asked > 2500, "{asked}");
    assert!(wrong.is_empty(), "{} of {asked}: {wrong:#?}", wrong.len());
}

/// Values that a parameter does not take, and whether they must be refused.
fn bad_values(parameter: &Value) -> Vec<(String, bool)> {
    let fixed: &[(&str, bool)] = match parameter["type"].as_str() {
        Some("integer") => &[("many", true), ("-1", false), ("0", false), ("99999999999999999999", true), ("", false)],
        Some("boolean") => &[("maybe", true), ("", false)],
        Some("string") if parameter["enum"].is_array() => &[("NONSENSE", true), ("", false)],
        Some("string") if parameter["format"] == "date-time" => &[("yesterday", true), ("", false)],
        Some("string") if parameter["format"].is_string() => &[("-", false), ("99999999999999999999999", false)],
        _ => &[
            ("", false),
            ("18446744073709551615", false),
            ("~!!~18446744073709551615", false),
            ("~p18446744073709551615", false),
            ("\u{0}", false),
            ("%%%'\"(", false),
            ("ěšč 契約 👩‍👩‍👧", false),
        ],
    };
    let mut values: Vec<(String, bool)> =
        fixed.iter().map(|(value, refused)| ((*value).to_owned(), *refused)).collect();
    let bound = |name: &str| parameter[name].as_str().and_then(|bound| bound.parse::<i64>().ok());
    values.extend(bound("minimum").map(|least| ((least - 1).to_string(), true)));
    values.extend(bound("maximum").map(|most| ((most + 1).to_string(), true)));
    values
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// What is wrong with an answer: Google has its own form for everything.
fn fault(answer: &(u16, Value)) -> Option<String> {
    let error = &answer.1["error"];
    match answer.0 {
        200..400 => None,
        400..500 if error["code"] == answer.0 && error["message"].as_str().is_some_and(|text| !text.is_empty()) => None,
        status => Some(format!("{status} {}", answer.1)),
    }
}

#[tokio::test]
async fn a_bad_parameter_is_refused_in_googles_form() {
    let Some(folder) = documents() else { return };
    let (mut wrong, mut asked, mut good) = (Vec::new(), 0, 0);
    for name in SERVICES {
        let document = document(&folder, name);
        for (id, method) in methods(&document) {
            let stage = stage(name, &document).await;
            if !stage.has(&document, &method).await {
                continue;
            }
            for (parameter, says) in method["parameters"].as_object().into_iter().flatten() {
                for (value, must_be_refused) in bad_values(says) {
                    if says["location"] == "path" {
                        continue;
                    }
                    let answer = stage.ask(&document, &method, Some((parameter, &value)), Value::Null).await;
                    asked += 1;
                    good += usize::from(answer.0 < 300);
                    let refused = (400..500).contains(&answer.0) || !must_be_refused;
                    if let Some(fault) = fault(&answer) {
                        wrong.push(format!("{id} {parameter}={value:?}: {fault}"));
                    } else if !refused {
                        wrong.push(format!("{id} {parameter}={value:?}: {}", answer.0));
                    }
                }
            }
        }
    }
    assert!(asked > 1000 && good > 300, "{asked} {good}");
    assert!(wrong.is_empty(), "{} of {asked}, {good} taken: {wrong:#?}", wrong.len());
}

/// Values of every wrong kind for a schema, and one that fits.
fn bodies(document: &Value, schema: &Value) -> Vec<Value> {
    let mut found = vec![json!([]), json!("x"), json!(7), json!({"noSuchField": 1})];
    let properties = &document["schemas"][schema["$ref"].as_str().unwrap_or_default()]["properties"];
    for (name, says) in properties.as_object().into_iter().flatten() {
        let deep = || json!({"a": {"b": [{"c": null}]}});
        let values =
            [json!(null), json!(-1), json!("\u{0}"), json!(true), json!([null]), json!([7]), deep(), json!([deep()])];
        found.extend(values.into_iter().map(|value| json!({name: value})));
        if let Some(inner) = says["$ref"].as_str().or(says["items"]["$ref"].as_str()) {
            for inner in document["schemas"][inner]["properties"].as_object().into_iter().flat_map(|inner| inner.keys())
            {
                for value in [json!(null), json!(7), json!([{"x": 7}])] {
                    let entry = json!({inner: value});
                    let entry = if says["type"] == "array" { json!([entry]) } else { entry };
                    found.push(json!({name: entry}));
                }
            }
        }
    }
    found
}

#[tokio::test]
async fn a_bad_body_is_refused_in_googles_form() {
    let Some(folder) = documents() else { return };
    let (mut wrong, mut asked, mut good) = (BTreeSet::new(), 0, 0);
    for name in SERVICES {
        let document = document(&folder, name);
        for (id, method) in methods(&document) {
            let stage = stage(name, &document).await;
            if !stage.has(&document, &method).await {
                continue;
            }
            for body in bodies(&document, &method["request"]) {
                let answer = stage.ask(&document, &method, None, body.clone()).await;
                asked += 1;
                good += usize::from(answer.0 < 300);
                if let Some(fault) = fault(&answer) {
                    wrong.insert(format!("{id} {body}: {fault}"));
                }
            }
        }
    }
    assert!(asked > 5000 && good > 500, "{asked} {good}");
    assert!(wrong.is_empty(), "{} of {asked}, {good} taken: {wrong:#?}", wrong.len());
}
