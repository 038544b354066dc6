//! The directory: our library and Google's Python and Node clients play the same scenario against the sandbox.

use crate::frame::{ANN, BOB, Google, Transcript, same_as_google};
use portico_google::{
    Client, Kind,
    calendar::{Calendar, scopes::CALENDAR},
    directory::{
        Directory, Group, GroupPatch, GroupQuery, Member, MemberQuery, MemberRole, OrgUnit, OrgUnitPatch, Projection,
        User, UserNamePatch, UserPatch, UserQuery, ViewKind, scopes,
    },
    futures::TryStreamExt,
};
use serde_json::json;

const ALL: [&str; 4] = [scopes::USERS, scopes::USER_SECURITY, scopes::GROUPS, scopes::ORG_UNITS];
const EVA: &str = "eva@example.com";
const STAFF: &str = "staff@example.com";

async fn admin(google: &Google) -> Directory {
    google.control("POST", "users", json!({"email": ANN, "admin": true})).await;
    Directory::new(google.client(ANN, &ALL).await)
}

#[tokio::test(flavor = "multi_thread")]
async fn users_groups_units_and_grants() {
    let google = Google::new();
    let directory = admin(&google).await;
    let (users, groups, units) = (directory.users(), directory.groups(), directory.org_units());
    let mut said = Transcript::default();

    said.say("unit", units.insert(&OrgUnit::new("Obchod", "/")).await.unwrap());
    said.say("inner_unit", units.insert(&OrgUnit::new("Praha 1", "/Obchod")).await.unwrap());
    said.refused("unit_again", units.insert(&OrgUnit::new("Obchod", "/")).await);
    said.refused("unit_nowhere", units.insert(&OrgUnit::new("x", "/Nikde")).await);

    let mut eva = User::new(EVA, "Eva", "Nováková", "tajné heslo");
    eva.org_unit_path = Some("/Obchod/Praha 1".into());
    eva.phones = Some(json!([{"type": "work", "value": "+420 111"}]));
    let eva = users.insert(&eva).await.unwrap();
    said.say("made", &eva);
    said.refused("made_again", users.insert(&User::new(EVA, "E", "N", "tajné heslo")).await);
    said.refused("no_password", users.insert(&User::new("x@example.com", "E", "N", "")).await);
    said.refused("elsewhere", users.insert(&User::new("x@nowhere.example", "E", "N", "tajné heslo")).await);
    said.say("user", users.get(EVA, &Projection::Full, ViewKind::AdminView).await.unwrap());
    let patch = UserPatch {
        name: UserNamePatch { family_name: "Malá".to_owned().into(), ..UserNamePatch::default() }.into(),
        organizations: json!([{"title": "Účetní", "department": "Finance", "primary": true}]).into(),
        ..UserPatch::default()
    };
    said.say("patched", users.patch(eva.id.as_deref().unwrap(), &patch, eva.etag.as_deref()).await.unwrap());
    said.refused("stale", users.patch(EVA, &patch, eva.etag.as_deref()).await);
    said.refused("nobody", users.get("nobody@example.com", &Projection::Basic, ViewKind::AdminView).await);
    said.refused("foreign", users.get("x@other.example", &Projection::Basic, ViewKind::AdminView).await);
    let query = UserQuery { max_results: Some(2), order_by: Some("givenName desc".into()), ..UserQuery::default() };
    let all: Vec<User> = users.list_all(query).try_collect().await.unwrap();
    said.say("users", all.iter().map(|user| user.primary_email.clone()).collect::<Vec<_>>());
    let query = UserQuery { query: Some("orgUnitPath='/Obchod' name:mal*".into()), ..UserQuery::default() };
    said.say("found", &*users.list(&query).await.unwrap().users);
    let aliases = directory.user_aliases(EVA);
    said.say("alias", aliases.insert("eva.mala@example.com").await.unwrap());
    said.refused("alias_taken", aliases.insert(BOB).await);
    said.say("aliases", aliases.list().await.unwrap());
    said.say("by_alias", users.get("eva.mala@example.com", &Projection::Basic, ViewKind::DomainPublic).await.unwrap());
    aliases.delete("eva.mala@example.com").await.unwrap();

    said.say("group", groups.insert(&Group::new(STAFF, "Zaměstnanci")).await.unwrap());
    said.say("board", groups.insert(&Group::new("board@example.com", "Vedení")).await.unwrap());
    said.refused("group_again", groups.insert(&Group::new(STAFF, "x")).await);
    let members = directory.members(STAFF);
    said.say("member", members.insert(&Member::new(EVA, MemberRole::Manager)).await.unwrap());
    said.say("stranger", members.insert(&Member::new("zoe@elsewhere.example", MemberRole::Member)).await.unwrap());
    said.refused("member_again", members.insert(&Member::new(EVA, MemberRole::Member)).await);
    said.refused("no_such_member", members.insert(&Member::new("nobody@example.com", MemberRole::Member)).await);
    said.say(
        "in_group",
        directory.members("board@example.com").insert(&Member::new(STAFF, MemberRole::Member)).await.unwrap(),
    );
    said.refused("in_circles", members.insert(&Member::new("board@example.com", MemberRole::Member)).await);
    said.say("has", directory.members("board@example.com").has_member(EVA).await.unwrap());
    said.say("has_not", members.has_member(BOB).await.unwrap());
    said.say("promoted", members.patch(EVA, MemberRole::Owner).await.unwrap());
    let all: Vec<Member> = members.list_all(MemberQuery::default()).try_collect().await.unwrap();
    said.say("members", &all);
    let owners = MemberQuery { roles: vec![MemberRole::Owner], ..MemberQuery::default() };
    said.say("owners", members.list(&owners).await.unwrap().members.len());
    let patch = GroupPatch { description: "Všichni".to_owned().into(), ..GroupPatch::default() };
    said.say("described", groups.patch(STAFF, &patch, None).await.unwrap());
    let of_eva = GroupQuery { user_key: Some(EVA.into()), ..GroupQuery::default() };
    said.say("groups_of", &*groups.list(&of_eva).await.unwrap().groups);
    let all: Vec<Group> = groups.list_all(GroupQuery::default()).try_collect().await.unwrap();
    said.say("groups", all.iter().map(|group| group.name.clone()).collect::<Vec<_>>());
    members.delete("zoe@elsewhere.example").await.unwrap();
    said.refused("member_gone", members.get("zoe@elsewhere.example").await);
    groups.delete("board@example.com").await.unwrap();
    said.refused("group_gone", groups.get("board@example.com").await);

    let patch = OrgUnitPatch { name: "Prodej".to_owned().into(), ..OrgUnitPatch::default() };
    said.say("renamed", units.patch("/Obchod", &patch, None).await.unwrap());
    said.say("units", units.list("/", false).await.unwrap());
    said.say("unit_by_path", units.get("/Prodej/Praha 1").await.unwrap());
    said.refused("unit_in_use", units.delete("/Prodej/Praha 1").await);

    google
        .control(
            "POST",
            "tokens",
            json!({"account": BOB, "client": "web.apps.googleusercontent.com", "scopes": [CALENDAR]}),
        )
        .await;
    said.say("grants", directory.app_grants(BOB).list().await.unwrap());
    directory.app_grants(BOB).delete("web.apps.googleusercontent.com").await.unwrap();
    said.refused("grant_gone", directory.app_grants(BOB).get("web.apps.googleusercontent.com").await);

    users.make_admin(EVA, true).await.unwrap();
    said.say("admin", users.get(EVA, &Projection::Basic, ViewKind::AdminView).await.unwrap().is_admin);
    users.delete(EVA).await.unwrap();
    said.refused("user_gone", users.get(EVA, &Projection::Basic, ViewKind::AdminView).await);
    said.say("deleted", users.list(&UserQuery { deleted: true, ..UserQuery::default() }).await.unwrap().users.len());
    users.undelete(eva.id.as_deref().unwrap(), "/").await.unwrap();
    said.say("back", users.get(EVA, &Projection::Basic, ViewKind::AdminView).await.unwrap());
    units.delete("/Prodej/Praha 1").await.unwrap();
    said.refused("unit_gone", units.get("/Prodej/Praha 1").await);

    same_as_google("directory", "admin.directory_v1", &google, said).await;
}

async fn refused(client: Client) -> Kind {
    let users = Directory::new(client);
    users.users().list(&UserQuery::default()).await.unwrap_err().kind().clone()
}

#[tokio::test]
async fn only_an_administrator_may_ask_and_everybody_may_see_colleagues() {
    let google = Google::new();
    admin(&google).await;
    assert_eq!(refused(google.client(BOB, &ALL).await).await, Kind::Permission);
    assert!(matches!(refused(google.client(ANN, &[CALENDAR]).await).await, Kind::ScopesMissing { .. }));
    let bob = Directory::new(google.client(BOB, &[scopes::USERS_READONLY]).await);
    let public = UserQuery { view: ViewKind::DomainPublic, ..UserQuery::default() };
    let seen = bob.users().list(&public).await.unwrap().users;
    assert_eq!(seen.len(), 2);
    assert!(seen.iter().all(|user| user.is_admin.is_none() && user.primary_email.is_some()));
}

#[tokio::test]
async fn to_take_a_grant_back_or_to_suspend_ends_the_tokens() {
    let google = Google::new();
    let directory = admin(&google).await;
    let bob = Calendar::new(google.client(BOB, &[CALENDAR]).await);
    bob.calendar_list().all().await.unwrap();
    directory.app_grants(BOB).delete("web.apps.googleusercontent.com").await.unwrap();
    assert_eq!(bob.calendar_list().all().await.unwrap_err().kind(), &Kind::Unauthorized);

    let bob = Calendar::new(google.client(BOB, &[CALENDAR]).await);
    let suspend = UserPatch { suspended: true.into(), ..UserPatch::default() };
    assert_eq!(directory.users().patch(BOB, &suspend, None).await.unwrap().suspended, Some(true));
    assert_eq!(bob.calendar_list().all().await.unwrap_err().kind(), &Kind::Unauthorized);

    // What the directory makes can sign in, and what the control plane makes is in the directory.
    directory.users().insert(&User::new(EVA, "Eva", "Nová", "tajné heslo")).await.unwrap();
    Calendar::new(google.client(EVA, &[CALENDAR]).await).calendar_list().all().await.unwrap();
    google.control("POST", "users", json!({"email": STAFF, "kind": "group", "members": [EVA]})).await;
    assert!(directory.members(STAFF).has_member(EVA).await.unwrap());
}
