"""The sandbox's control plane, for what Google has no API for, and the check marks of these scripts."""
import json
import os
import urllib.request

CLIENT_ID = "conformance.apps.googleusercontent.com"
CLIENT_SECRET = "GOCSPX-conformance"
REDIRECT_URI = "http://localhost:9/cb"
USER = "ann@conformance.test"
USER_2 = "bob@conformance.test"
STRANGER = "zoe@elsewhere.test"  # in a domain that delegated nothing

passed = failed = 0


def check(name, ok, seen=""):
    global passed, failed
    passed, failed = passed + bool(ok), failed + (not ok)
    print("PASS" if ok else "FAIL", name, seen if not ok else "", flush=True)


def refused(call, status, reason=None):
    """Whether a call of Google's client ends in an HttpError with this status and reason."""
    from googleapiclient.errors import HttpError
    try:
        call()
    except HttpError as error:
        return error.resp.status == status and (reason is None or reason in str(error.error_details))
    return False


def end():
    print(f"{passed} passed, {failed} failed")
    raise SystemExit(bool(failed))


class Control:
    def __init__(self, base):
        self.base = base + "/_sandbox"

    def call(self, method, path, body=None):
        request = urllib.request.Request(self.base + path, method=method, headers={"content-type": "application/json"},
                                         data=None if body is None else json.dumps(body).encode())
        with urllib.request.urlopen(request, timeout=20) as answer:
            text = answer.read()
            return json.loads(text) if text else None

    def seed(self):
        """The accounts and the client of these scripts. May be said again and again."""
        for email in (USER, USER_2, STRANGER):
            self.call("POST", "/users", {"email": email, "name": email.split("@")[0].title(), "kind": "user",
                                         "domain": email.split("@")[1], "time_zone": "Europe/Prague"})
        self.call("POST", "/clients", {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "name": "Conformance",
                                       "redirect_uris": [REDIRECT_URI]})

    def approve(self, auth_url, account=USER, scopes=None):
        """What a person does on the account and consent pages; the callback's address."""
        body = {"auth_url": auth_url, "account": account}
        if scopes is not None:
            body["scopes"] = scopes
        return self.call("POST", "/consent", body)["location"]

    def fail_next(self, *answers):
        self.call("POST", "/faults", {"answers": [list(a) for a in answers]})

    def expire_sync_tokens(self):
        self.call("POST", "/sync-tokens", {"expire": True})

    def add_service_account(self, email, client_id, public_key_pem, scopes):
        """Register a key, and delegate these scopes to it in the domain of USER."""
        self.call("POST", "/service-accounts", {"email": email, "client_id": client_id, "public_key_pem": public_key_pem,
                                                "scopes": scopes, "domain": USER.split("@")[1]})


if os.environ.get("HTTP_PROXY") or os.environ.get("HTTPS_PROXY"):
    raise SystemExit("a proxy is set: these scripts speak to the local sandbox alone")
