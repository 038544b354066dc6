//! Query parameters that are not right are named like the fields of a body; and lists go on to their end.

use http::Method;
use portico_kernel::{EmailAddress, EmployeeId};
use portico_store::Employee;
use serde_json::{Value, json};

use crate::portal::{ADMINISTRATOR, Portal, Reply};

#[track_caller]
fn named(reply: Reply, field: &str) {
    let reply = reply.expect(422);
    assert_eq!(reply.headers["content-type"], "application/problem+json");
    assert_eq!(reply.json["errors"][0]["field"], field, "{}", reply.text);
    assert_eq!(reply.json["errors"].as_array().unwrap().len(), 1, "{}", reply.text);
}

/// Every parameter that the API's document knows, wrong and twice.
#[tokio::test]
async fn a_wrong_query_parameter_is_named() {
    for portal in Portal::each().await {
        let administrator = portal.user(ADMINISTRATOR).await;
        let document: Value = serde_json::from_str(&portico_api::openapi_json()).unwrap();
        let mut tried = 0;
        for (template, operations) in document["paths"].as_object().unwrap() {
            for (verb, operation) in operations.as_object().unwrap() {
                let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
                for parameter in parameters.iter().filter(|parameter| parameter["in"] == "query") {
                    let (name, kind) = (parameter["name"].as_str().unwrap(), &parameter["schema"]["type"]);
                    let method: Method = verb.to_uppercase().parse().unwrap();
                    let body = if method == Method::PATCH { json!({}) } else { Value::Null };
                    let path = template.replace("{id}", "01980000-0000-7000-8000-000000000000");
                    let ask = async |query: String| {
                        administrator.ask(method.clone(), &format!("{path}?{query}"), body.clone()).await
                    };
                    if kind == "array" {
                        continue;
                    }
                    named(ask(format!("{name}=1&{name}=2")).await, name);
                    if kind == "integer" {
                        named(ask(format!("{name}=abc")).await, name);
                    }
                    tried += 1;
                }
            }
        }
        assert!(tried > 20, "{tried}");
        // Several at once.
        let reply = administrator.get("/directory?limit=abc&query=a&query=b").await.expect(422).json;
        let fields: Vec<&str> =
            reply["errors"].as_array().unwrap().iter().map(|fault| fault["field"].as_str().unwrap()).collect();
        assert_eq!(fields, ["limit", "query"]);
        let reply = administrator.get("/calendar/events?from=x&to=y&limit=abc&calendar=z&cursor=q").await.expect(422);
        assert_eq!(reply.json["errors"].as_array().unwrap().len(), 5, "{}", reply.text);
    }
}

/// Who has left, and who is still to come, takes no place on a page of the directory.
#[tokio::test]
async fn the_directory_goes_on_behind_who_has_left() {
    for portal in Portal::each().await {
        let administrator = portal.user(ADMINISTRATOR).await;
        let tenant = portal.tenant(&administrator).await;
        let mut tx = portal.app.store.tenant(tenant).await.unwrap();
        for (name, state) in [("Aaron Aal", "left"), ("Aaron Beek", "active"), ("Aaron Cole", "planned")] {
            let employee = Employee {
                id: EmployeeId::new(&portal.app.world),
                department_id: None,
                department: None,
                name: name.to_owned(),
                email: EmailAddress::parse(&format!("{}@acme.example", name.replace(' ', "."))).unwrap(),
                job_title: None,
                picture: None,
                state: state.to_owned(),
            };
            tx.add_employee(&employee, portal.app.now()).await.unwrap();
        }
        tx.commit(portal.app.now()).await.unwrap();
        let page = async |path: &str| {
            let mut names = Vec::new();
            let mut cursor = String::new();
            loop {
                let page = administrator.get(&format!("{path}?limit=2{cursor}")).await.expect(200).json;
                let items = page["items"].as_array().unwrap();
                names.extend(items.iter().map(|item| item["name"].as_str().unwrap().to_owned()));
                match page["next_cursor"].as_str() {
                    Some(next) => cursor = format!("&cursor={next}"),
                    None => return names,
                }
            }
        };
        let whole = async |path: &str| {
            let all = administrator.get(&format!("{path}?limit=500")).await.expect(200).json;
            all["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap().to_owned()).collect()
        };
        for path in ["/directory", "/employees"] {
            let all: Vec<String> = whole(path).await;
            assert_eq!(page(path).await, all, "{path}");
            assert_eq!(
                all.iter().filter(|name| name.starts_with("Aaron")).count(),
                if path == "/directory" { 1 } else { 3 }
            );
        }
    }
}
