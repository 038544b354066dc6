"""What the scenarios have in common that our library plays too: a client that is turned to the sandbox and validates its
answers, and the lines that are compared."""
import json
import sys

from google.oauth2.credentials import Credentials
from google_auth_httplib2 import AuthorizedHttp
from googleapiclient.discovery import build_from_document
from googleapiclient.errors import HttpError

import control
import schema

BASE = sys.argv[1].rstrip("/")
ctl = control.Control(BASE)
ANN, BOB = "ann@example.com", "bob@example.com"
judges = []


def service(name, account, scopes):
    doc = schema.document(name)
    doc["rootUrl"] = BASE + "/"
    doc["baseUrl"] = BASE + "/" + doc["servicePath"]
    doc.pop("mtlsRootUrl", None)
    tokens = ctl.call("POST", "/tokens", {"account": account, "client": "web.apps.googleusercontent.com", "scopes": scopes})
    http = schema.RecordingHttp(doc)
    judges.append(http.judge)
    return build_from_document(doc, http=AuthorizedHttp(Credentials(tokens["access_token"]), http=http))


def say(step, answer):
    print("ANSWER", step, json.dumps(answer), flush=True)


def refused(step, call):
    try:
        call()
    except HttpError as error:
        whole = json.loads(error.content)["error"]
        details = [d for d in whole.get("errors", whole.get("details", [])) if "reason" in d] or [{"reason": whole["status"]}]
        return say(step, {"status": error.resp.status, "reason": details[0]["reason"]})
    control.check(step + " is refused", False)


def every_method_answered():
    missing = schema.unanswered(judges)
    control.check("every method that is in the sandbox has answered", not missing, missing)


def end():
    for judge in judges:
        for fault in dict.fromkeys(judge.schemas.faults):
            control.check("schema: " + fault, False)
    control.check("answers were validated", all(judge.answers for judge in judges))
    control.end()
