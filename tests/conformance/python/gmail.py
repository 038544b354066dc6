"""Google's official Python client in a mailbox of the sandbox: the same scenario as in tests/clients/gmail.rs, with the same answers.

usage: gmail.py http://127.0.0.1:PORT        an answer is a line ANSWER <step> <JSON>
"""
import base64
import io
import json
import sys
from email.message import EmailMessage

from google.oauth2 import service_account
from google.oauth2.credentials import Credentials
from google_auth_httplib2 import AuthorizedHttp
from googleapiclient.discovery import build_from_document
from googleapiclient.errors import HttpError
from googleapiclient.http import MediaInMemoryUpload, MediaIoBaseUpload

import control
import schema
from control import check

B = sys.argv[1].rstrip("/")
ctl = control.Control(B)
USER, USER_2 = "ann@example.com", "bob@example.com"
doc = schema.document("gmail.v1")
doc["rootUrl"] = B + "/"
doc.pop("mtlsRootUrl", None)
doc["baseUrl"] = B + "/" + doc["servicePath"]


def mailbox(account):
    token = ctl.call("POST", "/tokens", {"account": account, "scopes": ["https://mail.google.com/"]})["access_token"]
    http = schema.RecordingHttp(doc)
    return build_from_document(doc, http=AuthorizedHttp(Credentials(token), http=http)).users(), http


ann, http_ann = mailbox(USER)
bob, http_bob = mailbox(USER_2)
facts = {}


def raw(message):
    return base64.urlsafe_b64encode(message.as_bytes()).decode()


def field(message, name):
    return next(h["value"] for h in message["payload"]["headers"] if h["name"].lower() == name)


def refusal(call):
    try:
        call.execute()
    except HttpError as error:
        return {"status": error.resp.status, "reason": error.error_details[0]["reason"]}
    return None


# Sending, with text, HTML and a file
mail = EmailMessage()
mail["To"] = USER_2
mail["Subject"] = "面試通知 – interview"
mail.set_content("您好\n")
mail.add_alternative("<p>您好</p>", subtype="html")
mail.add_attachment(b"%PDF-", maintype="application", subtype="pdf", filename="履歴書.pdf")
start = bob.getProfile(userId="me").execute()["historyId"]
sent = ann.messages().send(userId="me", body={"raw": raw(mail)}).execute()
facts["sent"] = sorted(sent["labelIds"])
page = bob.messages().list(userId="me", labelIds=["INBOX", "UNREAD"]).execute()
facts["inbox"] = len(page["messages"])
got = bob.messages().get(userId="me", id=page["messages"][0]["id"]).execute()
facts["subject"] = field(got, "subject")
facts["from"] = field(got, "from")
facts["labels"] = sorted(got["labelIds"])
facts["snippet"] = got["snippet"]


def leaves(part):
    return [part] if not part.get("parts") else [leaf for inner in part["parts"] for leaf in leaves(inner)]


text, html, file = leaves(got["payload"])
facts["text"] = base64.urlsafe_b64decode(text["body"]["data"]).decode().strip()
facts["html"] = base64.urlsafe_b64decode(html["body"]["data"]).decode().strip()
facts["file"] = [file["filename"], file["mimeType"], file["body"]["size"]]
data = bob.messages().attachments().get(userId="me", messageId=got["id"], id=file["body"]["attachmentId"]).execute()["data"]
facts["attachment"] = base64.urlsafe_b64decode(data).decode()

# An answer in the conversation
answer = EmailMessage()
answer["To"] = USER
answer["Subject"] = "Re: " + facts["subject"]
answer["In-Reply-To"] = answer["References"] = field(got, "message-id")
answer.set_content("はい\n")
replied = bob.messages().send(userId="me", body={"raw": raw(answer), "threadId": got["threadId"]}).execute()
facts["answered"] = replied["threadId"] == got["threadId"]
thread = ann.threads().get(userId="me", id=sent["threadId"], format="metadata", metadataHeaders=["Subject"]).execute()
facts["thread"] = [sorted(m["labelIds"]) for m in thread["messages"]]

# Labels, archive, history
label = bob.labels().create(userId="me", body={"name": "面試/2026"}).execute()
facts["label"] = [label["name"], label["type"]]
facts["label twice"] = refusal(bob.labels().create(userId="me", body={"name": "面試/2026"}))
moved = bob.messages().modify(userId="me", id=got["id"], body={"addLabelIds": [label["id"]], "removeLabelIds": ["UNREAD", "INBOX"]}).execute()
facts["moved"] = moved["labelIds"] == [label["id"]]
counts = bob.labels().get(userId="me", id=label["id"]).execute()
facts["counts"] = [counts["messagesTotal"], counts["messagesUnread"]]
bob.labels().patch(userId="me", id=label["id"], body={"name": "done"}).execute()
facts["unknown label"] = refusal(bob.messages().modify(userId="me", id=got["id"], body={"addLabelIds": ["Nope"]}))
records = bob.history().list(userId="me", startHistoryId=start).execute()["history"]
facts["history"] = [next(k for k in r if k not in ("id", "messages")) for r in records]
facts["search"] = [len(bob.messages().list(userId="me", q=q).execute().get("messages", [])) for q in
                   ("from:" + USER, "label:done has:attachment", "is:unread", "subject:nothing")]

# Drafts
draft = ann.drafts().create(userId="me", body={"message": {"raw": raw(answer)}}).execute()
draft = ann.drafts().update(userId="me", id=draft["id"], body={"message": {"raw": raw(mail)}}).execute()
facts["drafts"] = len(ann.drafts().list(userId="me").execute()["drafts"])
facts["draft"] = field(ann.drafts().get(userId="me", id=draft["id"]).execute()["message"], "subject")
facts["draft sent"] = sorted(ann.drafts().send(userId="me", body={"id": draft["id"]}).execute()["labelIds"])
facts["draft again"] = refusal(ann.drafts().send(userId="me", body={"id": draft["id"]}))
gone = ann.drafts().create(userId="me", body={"message": {"raw": raw(mail)}}).execute()
ann.drafts().delete(userId="me", id=gone["id"]).execute()

# Into the mailbox without sending; bin; deleting
old = EmailMessage()
old["Subject"], old["Date"], old["From"] = "old", "Fri, 02 Oct 2026 10:00:00 +0000", "x@elsewhere.test"
old.set_content("old\n")
put = ann.messages().insert(userId="me", internalDateSource="dateHeader", body={"labelIds": ["INBOX"]},
                            media_body=MediaInMemoryUpload(old.as_bytes(), "message/rfc822")).execute()
imported = ann.messages().import_(userId="me", body={"labelIds": ["INBOX"]}, media_body=MediaInMemoryUpload(old.as_bytes(), "message/rfc822")).execute()
facts["inserted"] = [sorted(put["labelIds"]), ann.messages().get(userId="me", id=put["id"], format="minimal").execute()["internalDate"]]
facts["trashed"] = sorted(ann.messages().trash(userId="me", id=put["id"]).execute()["labelIds"])
facts["untrashed"] = sorted(ann.messages().untrash(userId="me", id=put["id"]).execute()["labelIds"])
ann.messages().batchModify(userId="me", body={"ids": [put["id"], imported["id"]], "addLabelIds": ["STARRED"]}).execute()
facts["starred"] = len(ann.messages().list(userId="me", q="is:starred").execute()["messages"])
ann.messages().delete(userId="me", id=put["id"]).execute()
ann.messages().batchDelete(userId="me", body={"ids": [imported["id"]]}).execute()
facts["deleted"] = refusal(ann.messages().get(userId="me", id=put["id"]))

# In pieces
large = f"To: {USER_2}\r\nSubject: large\r\nDate: Fri, 02 Oct 2026 10:00:00 +0000\r\n\r\n" + "0123456789\r\n" * 50_000
media = MediaIoBaseUpload(io.BytesIO(large.encode()), "message/rfc822", chunksize=256 * 1024, resumable=True)
upload = ann.messages().insert(userId="me", internalDateSource="dateHeader", body={"labelIds": ["INBOX"]}, media_body=media)
progress, put = [], None
while put is None:
    status, put = upload.next_chunk()
    progress += [status.resumable_progress] if status else []
check("a message goes in pieces", progress == [262_144, 524_288], progress)
read = ann.messages().get(userId="me", id=put["id"], format="minimal").execute()
facts["in pieces"] = [sorted(put["labelIds"]), read["sizeEstimate"], read["internalDate"]]
ann.messages().delete(userId="me", id=put["id"]).execute()
profile = ann.getProfile(userId="me").execute()
facts["profile"] = [profile["emailAddress"], profile["messagesTotal"], profile["threadsTotal"]]

# Settings and the end of a history
facts["send as"] = [[s["sendAsEmail"], s["isPrimary"]] for s in ann.settings().sendAs().list(userId="me").execute()["sendAs"]]
signed = ann.settings().sendAs().get(userId="me", sendAsEmail=USER).execute()
facts["signature"] = signed["signature"]
facts["vacation"] = ann.settings().getVacation(userId="me").execute()["enableAutoReply"]
ctl.call("POST", "/mail-history", {"account": USER_2})
facts["too old"] = refusal(bob.history().list(userId="me", startHistoryId=start))
facts["no recipient"] = refusal(ann.messages().send(userId="me", body={"raw": raw(old)}))
threads = bob.threads().list(userId="me").execute()["threads"]
facts["threads"] = len(threads)
for one in threads:
    bob.threads().modify(userId="me", id=one["id"], body={"addLabelIds": ["STARRED"]}).execute()
    bob.threads().trash(userId="me", id=one["id"]).execute()
    bob.threads().untrash(userId="me", id=one["id"]).execute()
    bob.threads().delete(userId="me", id=one["id"]).execute()
facts["empty"] = bob.threads().list(userId="me").execute()["resultSizeEstimate"]
bob.labels().delete(userId="me", id=label["id"]).execute()
facts["labels left"] = len(bob.labels().list(userId="me").execute()["labels"])

for step, answer in facts.items():
    print("ANSWER", step.replace(" ", "_"), json.dumps(answer))
# What is not compared step by step. Who may write for whom, a delegated service account alone decides.
ann.watch(userId="me", body={"topicName": "projects/sandbox/topics/mail", "labelIds": ["INBOX"]}).execute()
ann.stop(userId="me").execute()
label = ann.labels().create(userId="me", body={"name": "a"}).execute()
ann.labels().update(userId="me", id=label["id"], body={"id": label["id"], "name": "b", "labelListVisibility": "labelShow",
                                                      "messageListVisibility": "show"}).execute()
SHARING = ["https://www.googleapis.com/auth/gmail.settings." + name for name in ("basic", "sharing")]
robot = ctl.call("POST", "/service-accounts", {"scopes": SHARING, "domain": "example.com"})["key"] | {"token_uri": B + "/token"}
http_robot = schema.RecordingHttp(doc)
robot = AuthorizedHttp(service_account.Credentials.from_service_account_info(robot, scopes=SHARING, subject=USER), http=http_robot)
settings = build_from_document(doc, http=robot).users().settings()
settings.updateVacation(userId="me", body={"enableAutoReply": True, "responseSubject": "Away"}).execute()
send_as = settings.sendAs()
address = {"userId": "me", "sendAsEmail": "sales@elsewhere.test"}
send_as.create(userId="me", body={"sendAsEmail": address["sendAsEmail"], "displayName": "Sales"}).execute()
send_as.verify(**address).execute()
send_as.patch(**address, body={"signature": "<b>Sales</b>"}).execute()
send_as.update(**address, body={"displayName": "Sales 2"}).execute()
send_as.delete(**address).execute()

judges = [http.judge for http in (http_ann, http_bob, http_robot)]
missing = schema.unanswered(judges)
check("every method that is in the sandbox has answered", not missing, missing)
faults = [fault for judge in judges for fault in judge.schemas.faults]
check(f"{sum(judge.answers for judge in judges)} answers validate against the discovery document", not faults, "\n  ".join([""] + faults[:20]))
control.end()
