"""Google's official Python clients against the sandbox over plain http, with the addresses turned by their options.

usage: options.py http://127.0.0.1:PORT        exit status 1 when a check fails
"""
import base64
import datetime
import json
import os
import secrets
import sys
import threading
import urllib.parse as up
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"  # oauthlib refuses http token endpoints otherwise
os.environ.pop("OAUTHLIB_RELAX_TOKEN_SCOPE", None)

import requests
from cryptography.hazmat.primitives import serialization as ser
from cryptography.hazmat.primitives.asymmetric import rsa
from google.auth.exceptions import RefreshError
from google.auth.transport.requests import Request
from google.oauth2 import id_token, service_account
from google_auth_httplib2 import AuthorizedHttp
from google_auth_oauthlib.flow import Flow
from googleapiclient.discovery import build_from_document

import control
import schema
from control import CLIENT_ID, CLIENT_SECRET, REDIRECT_URI, STRANGER, USER, USER_2, check, refused

B = sys.argv[1].rstrip("/")
ctl = control.Control(B)
ctl.seed()
CALENDAR = "https://www.googleapis.com/auth/calendar"
CONTACTS = "https://www.googleapis.com/auth/contacts"
SCOPES = ["openid", "https://www.googleapis.com/auth/userinfo.email", CALENDAR, CONTACTS]
CONFIG = {"web": {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "redirect_uris": [REDIRECT_URI],
                  "auth_uri": B + "/o/oauth2/v2/auth", "token_uri": B + "/token"}}
run = secrets.token_hex(4)


def new_flow():
    return Flow.from_client_config(CONFIG, SCOPES, redirect_uri=REDIRECT_URI, autogenerate_code_verifier=True)


class LocalCerts(Request):
    """A transport that fetches Google's certificates from the sandbox."""

    def __call__(self, url, *args, **kwargs):
        return super().__call__(url.replace("https://www.googleapis.com", B), *args, **kwargs)


# The web flow with PKCE ------------------------------------------------------------------------------------------------
flow = new_flow()
url, _ = flow.authorization_url(access_type="offline", prompt="consent", include_granted_scopes="true", login_hint=USER)
check("the authorization address carries an S256 challenge", "code_challenge_method=S256" in url)
back = ctl.approve(url)
sent = dict(up.parse_qsl(up.urlsplit(back).query))
check("the callback carries iss, state and scope", sent["iss"] == "https://accounts.google.com" and sent["state"] and CALENDAR in sent["scope"])
flow.fetch_token(authorization_response=back)
creds = flow.credentials
check("code exchange gives an access and a refresh token", creds.token and creds.refresh_token)
check("id_token verifies with the JWKS",
      id_token.verify_token(creds.id_token, Request(), audience=CLIENT_ID, certs_url=B + "/oauth2/v3/certs")["email"] == USER)
check("id_token verifies with the PEM certificates", id_token.verify_oauth2_token(creds.id_token, LocalCerts(), CLIENT_ID)["email"] == USER)
lost = new_flow()
url, _ = lost.authorization_url(login_hint=USER)
try:
    new_flow().fetch_token(authorization_response=ctl.approve(url))  # another Flow object: the verifier is lost
    check("a lost code verifier is refused", False)
except Exception as error:
    check("a lost code verifier is refused", "Missing code verifier" in str(error), repr(error)[:90])
again = new_flow()
url, _ = again.authorization_url(login_hint=USER)
back = ctl.approve(url)
again.fetch_token(authorization_response=back)
try:
    again.fetch_token(authorization_response=back)
    check("a code is good once", False)
except Exception as error:
    check("a code is good once", "invalid_grant" in str(error), repr(error)[:90])

# Granular consent: the person grants less than was asked ---------------------------------------------------------------
partial = new_flow()
url, _ = partial.authorization_url(access_type="offline", prompt="consent", login_hint=USER_2)
try:
    partial.fetch_token(authorization_response=ctl.approve(url, USER_2, [s for s in SCOPES if s != CONTACTS]))
    check("fewer scopes: oauthlib warns", False)
except Warning:
    check("fewer scopes: oauthlib warns", True)
os.environ["OAUTHLIB_RELAX_TOKEN_SCOPE"] = "1"
partial = new_flow()
url, _ = partial.authorization_url(access_type="offline", prompt="consent", login_hint=USER_2)
partial.fetch_token(authorization_response=ctl.approve(url, USER_2, [s for s in SCOPES if s != CONTACTS]))
granted = partial.credentials.granted_scopes
check("granted_scopes shows the reduced set", CONTACTS not in granted and CALENDAR in granted, granted)

before, keep = creds.token, creds.refresh_token
creds.refresh(Request())
check("refresh gives another access token and keeps the refresh token", creds.token != before and creds.refresh_token == keep)

# Calendar: all 38 methods, each answer validated ------------------------------------------------------------------------
doc = schema.document("calendar.v3")
doc["rootUrl"] = B + "/"
doc["baseUrl"] = B + "/" + doc["servicePath"]
doc.pop("mtlsRootUrl", None)
http = schema.RecordingHttp(doc)
cal = build_from_document(doc, http=AuthorizedHttp(creds, http=http))
http_2 = schema.RecordingHttp(doc)
cal_2 = build_from_document(doc, http=AuthorizedHttp(partial.credentials, http=http_2))
events = cal.events()


def day(event_id=None, summary="x", **more):
    body = {"summary": summary, "start": {"date": "2026-12-01"}, "end": {"date": "2026-12-02"}, **more}
    return body | ({"id": event_id} if event_id else {})


def hour(start="2026-12-01T10:00:00", zone="Europe/Prague", summary="x", **more):
    end = start[:11] + f"{int(start[11:13]) + 1:02d}" + start[13:]
    return {"summary": summary, "start": {"dateTime": start, "timeZone": zone}, "end": {"dateTime": end, "timeZone": zone}, **more}


check("calendarList.list has the primary calendar", any(c.get("primary") and c["id"] == USER for c in cal.calendarList().list().execute()["items"]))
second = cal.calendars().insert(body={"summary": "Second " + run, "timeZone": "Asia/Taipei"}).execute()
check("calendars.insert", second["id"].endswith("@group.calendar.google.com"))
check("calendars.get", cal.calendars().get(calendarId=second["id"]).execute()["timeZone"] == "Asia/Taipei")
check("calendars.patch", cal.calendars().patch(calendarId=second["id"], body={"description": "d"}).execute()["description"] == "d")
check("calendars.update", cal.calendars().update(calendarId=second["id"], body={"summary": "S2"}).execute()["summary"] == "S2")
listed = cal.calendarList().get(calendarId=second["id"]).execute()
check("calendarList.get: the creator owns it", listed["accessRole"] == "owner")
check("calendarList.patch", cal.calendarList().patch(calendarId=second["id"], body={"colorId": "7"}).execute()["colorId"] == "7")
check("calendarList.update", cal.calendarList().update(calendarId=second["id"], body={"hidden": True}).execute().get("hidden") is True)

rule = cal.acl().insert(calendarId=second["id"], body={"role": "reader", "scope": {"type": "user", "value": USER_2}}).execute()
check("acl.insert", rule["id"] == "user:" + USER_2)
check("acl.get", cal.acl().get(calendarId=second["id"], ruleId=rule["id"]).execute()["role"] == "reader")
check("acl.list", len(cal.acl().list(calendarId=second["id"]).execute()["items"]) >= 2)
check("calendarList.insert by the guest", cal_2.calendarList().insert(body={"id": second["id"]}).execute()["accessRole"] == "reader")
check("a reader does not write", refused(lambda: cal_2.events().insert(calendarId=second["id"], body=day()).execute(), 403, "requiredAccessLevel"))
check("acl.patch", cal.acl().patch(calendarId=second["id"], ruleId=rule["id"], body={"role": "writer"}).execute()["role"] == "writer")
check("acl.update", cal.acl().update(calendarId=second["id"], ruleId=rule["id"], body={"role": "freeBusyReader", "scope": rule["scope"]}).execute()["role"] == "freeBusyReader")
check("calendarList.delete", cal_2.calendarList().delete(calendarId=second["id"]).execute() == "")
http.judge.seen.update(http_2.judge.seen & {"calendar.calendarList.insert", "calendar.calendarList.delete"})
cal.acl().delete(calendarId=second["id"], ruleId=rule["id"]).execute()
check("acl.delete", refused(lambda: cal_2.calendars().get(calendarId=second["id"]).execute(), 404, "notFound"))

check("settings.list", any(s["id"] == "timezone" for s in cal.settings().list().execute()["items"]))
check("settings.get", cal.settings().get(setting="timezone").execute()["value"])
check("colors.get", len(cal.colors().get().execute()["event"]) == 11)

event = events.insert(calendarId="primary", body=day()).execute()
check("events.insert", event["status"] == "confirmed" and event["iCalUID"] == event["id"] + "@google.com")
patch = events.patch(calendarId="primary", eventId=event["id"], body={"summary": "b"})
patch.headers["If-Match"] = event["etag"]
check("events.patch with the current etag", patch.execute()["summary"] == "b")
patch = events.patch(calendarId="primary", eventId=event["id"], body={"summary": "c"})
patch.headers["If-Match"] = event["etag"]
check("a stale etag is 412", refused(patch.execute, 412, "conditionNotMet"))
full = events.get(calendarId="primary", eventId=event["id"]).execute()
full["location"] = "Praha"
check("events.update", events.update(calendarId="primary", eventId=event["id"], body=full).execute()["location"] == "Praha")
check("events.import keeps the uid", events.import_(calendarId="primary", body=hour(
    iCalUID=f"{run}@elsewhere.test", organizer={"email": USER})).execute()["iCalUID"] == f"{run}@elsewhere.test")
check("events.quickAdd", events.quickAdd(calendarId="primary", text="Lunch tomorrow at 12:00").execute()["summary"])
moved = events.insert(calendarId="primary", body=hour(summary="to move")).execute()
check("events.move", events.move(calendarId="primary", eventId=moved["id"], destination=second["id"]).execute()["organizer"]["email"] == second["id"])
check("a clash of ids is 409", refused(lambda: events.insert(calendarId="primary", body=day(event["id"])).execute(), 409, "duplicate"))
check("an end before the start is 400", refused(lambda: events.insert(calendarId="primary", body={
    "start": {"dateTime": "2026-12-01T10:00:00Z"}, "end": {"dateTime": "2026-12-01T09:00:00Z"}}).execute(), 400, "timeRangeEmpty"))

cal.calendars().patch(calendarId="primary", body={"timeZone": "Europe/Prague"}).execute()
series = events.insert(calendarId="primary", body=hour("2027-03-26T10:00:00", summary="daily", recurrence=["RRULE:FREQ=DAILY;COUNT=5"])).execute()
instances = events.instances(calendarId="primary", eventId=series["id"]).execute()["items"]
check("events.instances keep their wall time over the clock change",
      [i["start"]["dateTime"][11:] for i in instances] == ["10:00:00+01:00"] * 2 + ["10:00:00+02:00"] * 3,
      [i["start"] for i in instances])
check("instance ids are the original start in UTC", instances[2]["id"] == series["id"] + "_20270328T080000Z", instances[2]["id"])
events.patch(calendarId="primary", eventId=instances[1]["id"], body={"summary": "changed"}).execute()
events.delete(calendarId="primary", eventId=instances[3]["id"]).execute()
left = events.list(calendarId="primary", singleEvents=True, orderBy="startTime", timeMin="2027-03-26T00:00:00Z", timeMax="2027-04-01T00:00:00Z").execute()["items"]
check("a changed and a cancelled instance", [e["summary"] for e in left] == ["daily", "changed", "daily", "daily"], [e["summary"] for e in left])

meet = events.insert(calendarId="primary", conferenceDataVersion=1, sendUpdates="all", body=hour(
    summary="with a guest", attendees=[{"email": USER_2}],
    conferenceData={"createRequest": {"requestId": run, "conferenceSolutionKey": {"type": "hangoutsMeet"}}})).execute()
check("createRequest is pending or done at once", meet["conferenceData"]["createRequest"]["status"]["statusCode"] in ("pending", "success"))
later = datetime.datetime.fromisoformat(ctl.call("GET", "/clock")["now"].replace("Z", "+00:00")) + datetime.timedelta(seconds=30)
ctl.call("PUT", "/clock", {"now": later.isoformat().replace("+00:00", "Z")})
meet = events.get(calendarId="primary", eventId=meet["id"]).execute()
check("the room is there a moment later", meet.get("hangoutLink", "").startswith("https://meet.google.com/"), meet)
check("without conferenceDataVersion the request is ignored", "conferenceData" not in events.insert(
    calendarId="primary", body=hour(conferenceData={"createRequest": {"requestId": run + "x"}})).execute())
mine = cal_2.events().get(calendarId="primary", eventId=meet["id"]).execute()
check("the guest has a copy", mine["iCalUID"] == meet["iCalUID"] and not mine["organizer"].get("self"))
cal_2.events().patch(calendarId="primary", eventId=meet["id"], body={"attendees": [{"email": USER_2, "responseStatus": "accepted"}]}).execute()
answers = {a["email"]: a["responseStatus"] for a in events.get(calendarId="primary", eventId=meet["id"]).execute()["attendees"]}
check("the guest's answer reaches the organizer", answers[USER_2] == "accepted", answers)
check("an invitation lies in the outbox", any(m["to"] == USER_2 for m in ctl.call("GET", "/mail")["items"]))
busy = cal.freebusy().query(body={"timeMin": "2026-12-01T00:00:00Z", "timeMax": "2026-12-02T00:00:00Z", "items": [{"id": USER}, {"id": "none@x.test"}]}).execute()
check("freebusy.query", busy["calendars"][USER]["busy"] and busy["calendars"]["none@x.test"]["errors"][0]["reason"] == "notFound", busy)

page = events.list(calendarId="primary", maxResults=2).execute()
check("a page that is not the last has no sync token", "nextPageToken" in page and "nextSyncToken" not in page)
while "nextPageToken" in page:
    page = events.list(calendarId="primary", maxResults=2, pageToken=page["nextPageToken"]).execute()
cursor = page.get("nextSyncToken")
check("the last page has one", cursor and "nextPageToken" not in page)

ids = [f"batch{run}{i}" for i in range(3)]
got = {}


def part(request_id, answer, error):
    got[request_id] = error
    if answer:
        http.judge.schemas.ref("Event", answer, "batch")


batch = cal.new_batch_http_request(callback=part)
for i in ids:
    batch.add(events.insert(calendarId="primary", body=day(i)))
batch.add(events.insert(calendarId="primary", body=day(event["id"])))  # an id that is taken
batch.execute()
check("batch of four, one refused with 409", [got[k] is None for k in "123"] == [True] * 3 and got["4"].resp.status == 409, got)
events.delete(calendarId="primary", eventId=ids[0]).execute()
delta = {e["id"]: e for e in events.list(calendarId="primary", syncToken=cursor).execute()["items"]}
check("the increment has what changed and nothing else", set(delta) == set(ids), sorted(delta))
check("a deletion is a tombstone", delta[ids[0]]["status"] == "cancelled")
check("a second deletion is 410", refused(lambda: events.delete(calendarId="primary", eventId=ids[0]).execute(), 410, "deleted"))
check("a deleted event can be read", events.get(calendarId="primary", eventId=ids[0]).execute()["status"] == "cancelled")
check("a sync token with q is 400", refused(lambda: events.list(calendarId="primary", syncToken=cursor, q="x").execute(), 400))
check("a malformed sync token is 400", refused(lambda: events.list(calendarId="primary", syncToken="bogus").execute(), 400))
ctl.expire_sync_tokens()
check("an expired sync token is 410", refused(lambda: events.list(calendarId="primary", syncToken=cursor).execute(), 410, "fullSyncRequired"))
check("an unknown calendar is 404", refused(lambda: events.list(calendarId="nobody@x.test").execute(), 404, "notFound"))
check("an address beyond 2,048 characters goes as POST with an override",
      "items" in events.list(calendarId="primary", q="a" * 2100).execute())

# Push: watch, the sync message, a change, stop ----------------------------------------------------------------------------
heard, more = [], threading.Condition()


class Hook(BaseHTTPRequestHandler):
    def do_POST(self):
        with more:
            heard.append({name.lower(): value for name, value in self.headers.items()})
            more.notify_all()
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


hook = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
threading.Thread(target=hook.serve_forever, daemon=True).start()
address = f"http://127.0.0.1:{hook.server_port}/hook"


def heard_of(channel, state):
    with more:
        return more.wait_for(lambda: any(h["x-goog-channel-id"] == channel and h["x-goog-resource-state"] == state for h in heard), 20)


def watch(name, resource, **where):
    channel = resource.watch(body={"id": f"{name}-{run}", "type": "web_hook", "address": address, "token": "t-" + name}, **where).execute()
    check(f"{name}.watch: the sync message arrives", heard_of(channel["id"], "sync"))
    return channel


channel = watch("events", events, calendarId="primary")
for name, resource, where in (("calendarList", cal.calendarList(), {}), ("settings", cal.settings(), {}), ("acl", cal.acl(), {"calendarId": second["id"]})):
    watch(name, resource, **where)
events.insert(calendarId="primary", body=day()).execute()
check("a change is told", heard_of(channel["id"], "exists"))
check("the token comes along", all(h["x-goog-channel-token"] == "t-events" for h in heard if h["x-goog-channel-id"] == channel["id"]))
check("an id is good once", refused(lambda: events.watch(calendarId="primary", body={
    "id": channel["id"], "type": "web_hook", "address": address}).execute(), 400, "channelIdNotUnique"))
cal.channels().stop(body={"id": channel["id"], "resourceId": channel["resourceId"]}).execute()
check("a stopped channel is unknown", refused(lambda: cal.channels().stop(body={
    "id": channel["id"], "resourceId": channel["resourceId"]}).execute(), 404))
check("plain http beyond loopback is refused", refused(lambda: events.watch(calendarId="primary", body={
    "id": "far" + run, "type": "web_hook", "address": "http://portal.example/hook"}).execute(), 400, "push.webhookUrlNotHttps"))

# Quota answers and the client's own retries -------------------------------------------------------------------------------
listing = events.list(calendarId="primary")
ctl.fail_next((403, "rateLimitExceeded"), (429, "rateLimitExceeded"), (503, "backendError"))
check("num_retries rides over 403 rateLimitExceeded, 429 and 503", listing.execute(num_retries=4)["kind"] == "calendar#events")
ctl.fail_next((403, "quotaExceeded"))
check("num_retries does not ride over 403 quotaExceeded", refused(lambda: listing.execute(num_retries=2), 403, "quotaExceeded"))

cal.calendars().delete(calendarId=second["id"]).execute()
check("a deleted calendar is gone", refused(lambda: cal.calendars().get(calendarId=second["id"]).execute(), 404))
handed = cal.calendars().insert(body={"summary": "to hand over"}).execute()
check("transferOwnership is for administrators", refused(lambda: cal.calendars().transferOwnership(
    calendarId=handed["id"], newDataOwner=USER_2, useAdminAccess=True).execute(), 403))
check("calendars.clear", cal.calendars().clear(calendarId="primary").execute() == "" and not events.list(calendarId="primary").execute()["items"])

missing = {m for m in schema.methods(doc) if m not in http.judge.seen} - {"calendar.calendars.transferOwnership"}
check("every method of the discovery document has answered", not missing, missing)
faults = http.judge.schemas.faults + http_2.judge.schemas.faults
check(f"{http.judge.answers + http_2.judge.answers} answers validate against the discovery document", not faults, "\n  ".join([""] + faults[:20]))

# A service account and domain-wide delegation -----------------------------------------------------------------------------
key = rsa.generate_private_key(65537, 2048)
info = {"type": "service_account", "client_email": f"sa-{run}@p.iam.gserviceaccount.com", "client_id": str(10**20 + int(run, 16)),
        "private_key_id": "kid1", "token_uri": B + "/token",
        "private_key": key.private_bytes(ser.Encoding.PEM, ser.PrivateFormat.PKCS8, ser.NoEncryption()).decode()}
public = key.public_key().public_bytes(ser.Encoding.PEM, ser.PublicFormat.SubjectPublicKeyInfo).decode()
ctl.add_service_account(info["client_email"], info["client_id"], public, [CALENDAR])
sa = service_account.Credentials.from_service_account_info(info, scopes=[CALENDAR], subject=USER)
sa.refresh(Request())
check("a service account acts as a user", bool(sa.token))
payload = json.loads(base64.urlsafe_b64decode(sa._make_authorization_grant_assertion().split(b".")[1] + b"=="))
check("the assertion's aud is Google's address even so", payload["aud"] == "https://oauth2.googleapis.com/token")
try:
    sa.with_subject(STRANGER).refresh(Request())
    check("no delegation, no token", False)
except RefreshError as error:
    check("no delegation, no token", "unauthorized_client" in str(error), error.args)

requests.post(B + "/revoke", data={"token": creds.refresh_token}, timeout=10)
try:
    creds.refresh(Request())
    check("a revoked grant is invalid_grant", False)
except RefreshError as error:
    check("a revoked grant is invalid_grant", "invalid_grant" in str(error), error.args)

control.end()
