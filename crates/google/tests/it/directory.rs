//! The directory: what is asked, and what is made of answers.

use std::sync::Arc;

use portico_google::{
    Kind,
    directory::{
        Directory, GroupQuery, Member, MemberRole, Of, OrgUnitPatch, Projection, User, UserPatch, UserQuery, ViewKind,
    },
};
use serde_json::json;

use crate::fake::{Fake, client, json as answer, refusal};

fn directory(fake: &Arc<Fake>) -> Directory {
    Directory::new(client(fake).0)
}

#[test]
fn a_user_goes_back_as_it_came_and_shows_nothing_personal() {
    let value = json!({
        "kind": "admin#directory#user", "id": "1", "primaryEmail": "ann@example.com", "orgUnitPath": "/Finance",
        "name": {"givenName": "Ann", "familyName": "Nováková", "fullName": "Ann Nováková"}, "aliases": null,
        "phones": [{"type": "work", "value": "+420 111"}], "isAdmin": false, "somethingNew": [1, null]
    });
    let user: User = serde_json::from_value(value.clone()).unwrap();
    assert_eq!(serde_json::to_value(&user).unwrap(), value);
    let patch = UserPatch { password: Some("hunter22".to_owned().into()), ..UserPatch::default() };
    assert_eq!(serde_json::to_value(&patch).unwrap(), json!({"password": "hunter22"}));
    let made = User::new("ann@example.com", "Ann", "Nováková", "hunter22");
    for shown in [format!("{user:?}"), format!("{patch:?}"), format!("{made:?}")] {
        for personal in ["ann@", "Nov", "420", "Finance", "hunter22"] {
            assert!(!shown.contains(personal), "{shown}");
        }
    }
}

#[tokio::test]
async fn addresses_parameters_and_etags() {
    let fake = Fake::steps(vec![answer(200, "{}")]);
    let service = directory(&fake);
    let query = UserQuery {
        of: Of::Domain("example.com".into()),
        order_by: Some("familyName desc".into()),
        max_results: Some(9000),
        projection: Projection::Custom(vec!["A".into(), "B".into()]),
        view: ViewKind::DomainPublic,
        ..UserQuery::default()
    };
    service.users().list(&query).await.unwrap();
    service.org_units().patch("/Prodej/Praha 1", &OrgUnitPatch::default(), Some("\"e\"")).await.unwrap();
    service.members("staff@example.com").insert(&Member::new("eva@example.com", MemberRole::Manager)).await.unwrap();
    let member_of = GroupQuery { user_key: Some("eva@example.com".into()), ..GroupQuery::default() };
    service.groups().list(&member_of).await.unwrap();
    let seen = fake.seen();
    assert_eq!(seen[0].place(), "https://admin.googleapis.com/admin/directory/v1/users");
    for (name, value) in [
        ("domain", "example.com"),
        ("orderBy", "familyName"),
        ("sortOrder", "DESCENDING"),
        ("maxResults", "500"),
        ("projection", "custom"),
        ("customFieldMask", "A,B"),
        ("viewType", "domain_public"),
    ] {
        assert!(seen[0].query().contains(&(name.into(), value.into())), "{name}");
    }
    let units = "https://admin.googleapis.com/admin/directory/v1/customer/my_customer/orgunits";
    assert_eq!(
        (seen[1].place(), seen[1].headers["if-match"].as_str()),
        (&*format!("{units}/Prodej/Praha%201"), "\"e\"")
    );
    assert_eq!(seen[2].place(), "https://admin.googleapis.com/admin/directory/v1/groups/staff%40example.com/members");
    assert_eq!(seen[2].body, r#"{"email":"eva@example.com","role":"MANAGER"}"#);
    assert!(seen[3].query().iter().all(|(name, _)| name != "customer"), "Google refuses both at once");
}

#[tokio::test]
async fn refusals_say_what_to_do() {
    for (step, kind) in [
        (refusal(403, "forbidden"), Kind::Permission),
        (refusal(404, "notFound"), Kind::NotFound),
        (refusal(409, "duplicate"), Kind::Duplicate),
        (refusal(412, "conditionNotMet"), Kind::PreconditionFailed),
        (refusal(400, "invalid"), Kind::Invalid),
    ] {
        let service = directory(&Fake::steps(vec![step]));
        let error = service.users().get("ann@example.com", &Projection::Basic, ViewKind::AdminView).await.unwrap_err();
        assert_eq!(error.kind(), &kind);
        assert!(!format!("{error} {error:?}").contains("ann@"), "{error:?}");
    }
}
