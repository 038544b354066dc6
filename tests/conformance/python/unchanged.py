"""Google's official Python clients with no option changed. Run by unchanged.sh inside its namespace."""
import json
import secrets
import socket
import sys
import urllib.parse as up

from cryptography.hazmat.primitives import serialization as ser
from cryptography.hazmat.primitives.asymmetric import rsa
from google.auth.transport.requests import Request
from google.oauth2 import id_token, service_account
from google.oauth2.credentials import Credentials
from google_auth_oauthlib.flow import Flow
from googleapiclient.discovery import build
from googleapiclient.http import MediaInMemoryUpload

import ssl
import urllib.request

import control
from control import CLIENT_ID, CLIENT_SECRET, REDIRECT_URI, USER, check

if socket.gethostbyname("accounts.google.com") != "127.0.0.1":
    raise SystemExit("accounts.google.com is not the local sandbox here: run unchanged.sh")
urllib.request.install_opener(urllib.request.build_opener(urllib.request.HTTPSHandler(context=ssl.create_default_context())))
ctl = control.Control("https://www.googleapis.com")
ctl.seed()
ctl.call("POST", "/users", {"email": USER, "admin": True})
CALENDAR = "https://www.googleapis.com/auth/calendar"
PREFIX = "https://www.googleapis.com/auth/"
OTHERS = ["https://mail.google.com/"] + [PREFIX + name for name in ("contacts", "drive", "meetings.space.created", "admin.directory.user")]
SCOPES = ["openid", PREFIX + "userinfo.email", CALENDAR, *OTHERS]
CONFIG = {"web": {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "redirect_uris": [REDIRECT_URI],
                  "auth_uri": "https://accounts.google.com/o/oauth2/auth", "token_uri": "https://oauth2.googleapis.com/token"}}

flow = Flow.from_client_config(CONFIG, SCOPES, redirect_uri=REDIRECT_URI)
url, _ = flow.authorization_url(access_type="offline", prompt="consent", login_hint=USER)
flow.fetch_token(code=dict(up.parse_qsl(up.urlsplit(ctl.approve(url)).query))["code"])
creds = flow.credentials
check("web flow with PKCE", bool(creds.refresh_token))
check("verify_oauth2_token", id_token.verify_oauth2_token(creds.id_token, Request(), CLIENT_ID)["email"] == USER)
stored = Credentials.from_authorized_user_info(json.loads(creds.to_json()))
stored.refresh(Request())
check("refresh of stored credentials", bool(stored.token))

cal = build("calendar", "v3", credentials=creds)
event = cal.events().insert(calendarId="primary", body={"summary": "u", "start": {"date": "2026-12-01"}, "end": {"date": "2026-12-02"}}).execute()
check("calendar insert", event["status"] == "confirmed")
got = []
batch = cal.new_batch_http_request(callback=lambda rid, answer, error: got.append(answer))
batch.add(cal.events().get(calendarId="primary", eventId=event["id"]))
batch.add(cal.events().list(calendarId="primary"))
batch.execute()
check("batch", len(got) == 2 and all(got))

# Every service under its own name, and the three ways of uploading
me = build("people", "v1", credentials=creds).people().get(resourceName="people/me", personFields="names").execute()
check("people", me["resourceName"].startswith("people/"))
check("gmail", build("gmail", "v1", credentials=creds).users().getProfile(userId="me").execute()["emailAddress"] == USER)
check("meet", build("meet", "v2", credentials=creds).spaces().create(body={}).execute()["meetingUri"].startswith("https://meet.google.com/"))
users = build("admin", "directory_v1", credentials=creds).users().list(customer="my_customer").execute()["users"]
check("directory", USER in [user["primaryEmail"] for user in users])
files = build("drive", "v3", credentials=creds).files()
simple = files.create(media_body=MediaInMemoryUpload(b"hi", "text/plain")).execute()
check("a simple upload", files.get_media(fileId=simple["id"]).execute() == b"hi")
multipart = files.create(body={"name": "x"}, media_body=MediaInMemoryUpload(b"hi", "text/plain")).execute()
check("a multipart upload", multipart["name"] == "x" and files.get_media(fileId=multipart["id"]).execute() == b"hi")
content = bytes(n % 251 for n in range(600 * 1024))
upload = files.create(body={"name": "y"}, media_body=MediaInMemoryUpload(content, "text/plain", chunksize=256 * 1024, resumable=True))
pieces, resumable = 0, None
while resumable is None:
    _, resumable = upload.next_chunk()
    pieces += 1
check("a resumable upload", pieces == 3 and files.get_media(fileId=resumable["id"]).execute() == content, pieces)

key = rsa.generate_private_key(65537, 2048)
email = f"sa-{secrets.token_hex(4)}@p.iam.gserviceaccount.com"
public = key.public_key().public_bytes(ser.Encoding.PEM, ser.PublicFormat.SubjectPublicKeyInfo).decode()
ctl.add_service_account(email, "1" * 21, public, [CALENDAR])
sa = service_account.Credentials.from_service_account_info(
    {"type": "service_account", "client_email": email, "token_uri": "https://oauth2.googleapis.com/token",
     "private_key": key.private_bytes(ser.Encoding.PEM, ser.PrivateFormat.PKCS8, ser.NoEncryption()).decode()},
    scopes=[CALENDAR], subject=USER)
sa.refresh(Request())
check("a service account acts as a user", bool(sa.token))

# A key for our own library, which comes next in the namespace
robot = ctl.call("POST", "/service-accounts", {"scopes": [CALENDAR, *OTHERS], "domain": USER.split("@")[1]})
with open(sys.argv[1], "w", encoding="utf-8") as file:
    json.dump(robot["key"], file)

control.end()
