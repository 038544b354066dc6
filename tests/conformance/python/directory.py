"""The directory with Google's Python client, step for step as tests/clients/directory.rs plays it with our library."""
import play
from play import ANN, BOB, ctl, refused, say

PREFIX = "https://www.googleapis.com/auth/admin.directory."
CALENDAR = "https://www.googleapis.com/auth/calendar"
CLIENT = "web.apps.googleusercontent.com"
EVA, STAFF, BOARD = "eva@example.com", "staff@example.com", "board@example.com"
ctl.call("POST", "/users", {"email": ANN, "admin": True})
api = play.service("admin.directory_v1", ANN, [PREFIX + name for name in ("user", "user.security", "group", "orgunit")])
users, groups, units, members, tokens = api.users(), api.groups(), api.orgunits(), api.members(), api.tokens()
OWN = {"customerId": "my_customer"}


def new(email, given, family, password):
    return {"primaryEmail": email, "name": {"givenName": given, "familyName": family}, "password": password}


def unit(name, parent):
    return units.insert(**OWN, body={"name": name, "parentOrgUnitPath": parent})


def add(group, email, role):
    return members.insert(groupKey=group, body={"email": email, "role": role})


say("unit", unit("Obchod", "/").execute())
say("inner_unit", unit("Praha 1", "/Obchod").execute())
refused("unit_again", unit("Obchod", "/").execute)
refused("unit_nowhere", unit("x", "/Nikde").execute)

eva = users.insert(body=new(EVA, "Eva", "Nováková", "tajné heslo") | {
    "orgUnitPath": "/Obchod/Praha 1", "phones": [{"type": "work", "value": "+420 111"}]}).execute()
say("made", eva)
refused("made_again", users.insert(body=new(EVA, "E", "N", "tajné heslo")).execute)
refused("no_password", users.insert(body=new("x@example.com", "E", "N", "")).execute)
refused("elsewhere", users.insert(body=new("x@nowhere.example", "E", "N", "tajné heslo")).execute)
say("user", users.get(userKey=EVA, projection="full").execute())
change = {"name": {"familyName": "Malá"}, "organizations": [{"title": "Účetní", "department": "Finance", "primary": True}]}
guarded = users.patch(userKey=eva["id"], body=change)
guarded.headers["If-Match"] = eva["etag"]
say("patched", guarded.execute())
stale = users.patch(userKey=EVA, body=change)
stale.headers["If-Match"] = eva["etag"]
refused("stale", stale.execute)
refused("nobody", users.get(userKey="nobody@example.com").execute)
refused("foreign", users.get(userKey="x@other.example").execute)
found, request = [], users.list(customer="my_customer", maxResults=2, orderBy="givenName", sortOrder="DESCENDING")
while request is not None:
    page = request.execute()
    found += [user["primaryEmail"] for user in page["users"]]
    request = users.list_next(request, page)
say("users", found)
say("found", users.list(customer="my_customer", query="orgUnitPath='/Obchod' name:mal*").execute()["users"])
aliases = users.aliases()
say("alias", aliases.insert(userKey=EVA, body={"alias": "eva.mala@example.com"}).execute())
refused("alias_taken", aliases.insert(userKey=EVA, body={"alias": BOB}).execute)
say("aliases", aliases.list(userKey=EVA).execute()["aliases"])
say("by_alias", users.get(userKey="eva.mala@example.com", viewType="domain_public").execute())
aliases.delete(userKey=EVA, alias="eva.mala@example.com").execute()

say("group", groups.insert(body={"email": STAFF, "name": "Zaměstnanci"}).execute())
say("board", groups.insert(body={"email": BOARD, "name": "Vedení"}).execute())
refused("group_again", groups.insert(body={"email": STAFF, "name": "x"}).execute)
say("member", add(STAFF, EVA, "MANAGER").execute())
say("stranger", add(STAFF, "zoe@elsewhere.example", "MEMBER").execute())
refused("member_again", add(STAFF, EVA, "MEMBER").execute)
refused("no_such_member", add(STAFF, "nobody@example.com", "MEMBER").execute)
say("in_group", add(BOARD, STAFF, "MEMBER").execute())
refused("in_circles", add(STAFF, BOARD, "MEMBER").execute)
say("has", members.hasMember(groupKey=BOARD, memberKey=EVA).execute()["isMember"])
say("has_not", members.hasMember(groupKey=STAFF, memberKey=BOB).execute()["isMember"])
say("promoted", members.patch(groupKey=STAFF, memberKey=EVA, body={"role": "OWNER"}).execute())
say("members", members.list(groupKey=STAFF).execute()["members"])
say("owners", len(members.list(groupKey=STAFF, roles="OWNER").execute()["members"]))
say("described", groups.patch(groupKey=STAFF, body={"description": "Všichni"}).execute())
say("groups_of", groups.list(userKey=EVA).execute()["groups"])
say("groups", [group["name"] for group in groups.list(customer="my_customer").execute()["groups"]])
members.delete(groupKey=STAFF, memberKey="zoe@elsewhere.example").execute()
refused("member_gone", members.get(groupKey=STAFF, memberKey="zoe@elsewhere.example").execute)
groups.delete(groupKey=BOARD).execute()
refused("group_gone", groups.get(groupKey=BOARD).execute)

say("renamed", units.patch(**OWN, orgUnitPath="Obchod", body={"name": "Prodej"}).execute())
say("units", units.list(**OWN, orgUnitPath="/", type="all").execute()["organizationUnits"])
say("unit_by_path", units.get(**OWN, orgUnitPath="Prodej/Praha 1").execute())
refused("unit_in_use", units.delete(**OWN, orgUnitPath="Prodej/Praha 1").execute)

ctl.call("POST", "/tokens", {"account": BOB, "client": CLIENT, "scopes": [CALENDAR]})
say("grants", tokens.list(userKey=BOB).execute()["items"])
tokens.delete(userKey=BOB, clientId=CLIENT).execute()
refused("grant_gone", tokens.get(userKey=BOB, clientId=CLIENT).execute)

users.makeAdmin(userKey=EVA, body={"status": True}).execute()
say("admin", users.get(userKey=EVA).execute()["isAdmin"])
users.delete(userKey=EVA).execute()
refused("user_gone", users.get(userKey=EVA).execute)
say("deleted", len(users.list(customer="my_customer", showDeleted="true").execute()["users"]))
users.undelete(userKey=eva["id"], body={"orgUnitPath": "/"}).execute()
say("back", users.get(userKey=EVA).execute())
units.delete(**OWN, orgUnitPath="Prodej/Praha 1").execute()
refused("unit_gone", units.get(**OWN, orgUnitPath="Prodej/Praha 1").execute)

# What is not compared step by step.
users.update(userKey=EVA, body={"suspended": True}).execute()
groups.update(groupKey=STAFF, body={"name": "Zaměstnanci 2"}).execute()
groups.get(groupKey=STAFF).execute()
group_aliases = groups.aliases()
group_aliases.insert(groupKey=STAFF, body={"alias": "all@example.com"}).execute()
group_aliases.list(groupKey=STAFF).execute()
group_aliases.delete(groupKey=STAFF, alias="all@example.com").execute()
add(STAFF, BOB, "MEMBER").execute()
members.get(groupKey=STAFF, memberKey=BOB).execute()
members.update(groupKey=STAFF, memberKey=BOB, body={"email": BOB, "role": "MANAGER"}).execute()
units.update(**OWN, orgUnitPath="Prodej", body={"name": "Prodej 2"}).execute()
ctl.call("POST", "/tokens", {"account": BOB, "client": CLIENT, "scopes": [CALENDAR]})
tokens.get(userKey=BOB, clientId=CLIENT).execute()
play.every_method_answered()
play.end()
