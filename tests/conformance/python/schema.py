"""Validates what the sandbox answers against Google's own discovery documents."""
import json
import os
import re
import urllib.parse as up

import googleapiclient
import httplib2

# What Google sends with each of these, unless `fields` chooses among them. The documents do not say so: their `required` is
# about what a caller has to send.
ALWAYS = {
    "calendar": {
        "Acl": "etag items kind", "AclRule": "etag id kind role scope", "Calendar": "etag id kind summary timeZone",
        "CalendarList": "etag items kind", "CalendarListEntry": "etag id kind", "Channel": "id kind resourceId resourceUri",
        "Colors": "calendar event kind updated", "Event": "etag id kind status",
        "Events": "accessRole defaultReminders etag items kind summary timeZone updated",
        "FreeBusyResponse": "calendars kind timeMax timeMin", "Setting": "etag id kind value", "Settings": "etag items kind"},
    "gmail": {
        "Draft": "id message", "History": "id", "Label": "id name type", "ListHistoryResponse": "historyId",
        "ListMessagesResponse": "resultSizeEstimate", "ListThreadsResponse": "resultSizeEstimate", "Message": "id threadId",
        "Profile": "emailAddress historyId messagesTotal threadsTotal", "SendAs": "sendAsEmail", "Thread": "id",
        "WatchResponse": "expiration historyId"},
    "people": {"ContactGroup": "formattedName groupType name resourceName", "ListContactGroupsResponse": "contactGroups totalItems",
               "Person": "etag resourceName"},
    "drive": {"About": "kind", "Change": "changeType kind", "ChangeList": "changes kind", "Channel": "id kind resourceId resourceUri",
              "File": "id kind mimeType name", "FileList": "files kind", "GeneratedIds": "ids kind",
              "Permission": "id kind role type", "PermissionList": "kind permissions", "StartPageToken": "kind startPageToken"},
    "admin": {"Alias": "alias kind primaryEmail", "Aliases": "kind", "Group": "email etag id kind name", "Groups": "etag kind",
              "Member": "kind role type", "Members": "etag kind", "OrgUnit": "kind name orgUnitId orgUnitPath", "OrgUnits": "kind",
              "Token": "clientId kind scopes", "Tokens": "kind", "User": "etag id kind name primaryEmail", "Users": "etag kind"},
    "meet": {"ConferenceRecord": "name space startTime", "Participant": "earliestStartTime name",
             "ParticipantSession": "name startTime", "Recording": "name state", "Space": "config meetingCode meetingUri name",
             "Member": "email name", "SmartNote": "name startTime state", "Transcript": "name state", "TranscriptEntry": "name participant text"},
}
DOCUMENTS = os.path.join(os.path.dirname(googleapiclient.__file__), "discovery_cache", "documents")


def document(name):
    with open(os.path.join(DOCUMENTS, name + ".json"), encoding="utf-8") as f:
        return json.load(f)


def methods(doc):
    """Every method of a document by its id, nested resources included."""
    found = {}

    def walk(node):
        for method in node.get("methods", {}).values():
            found[method["id"]] = method
        for child in node.get("resources", {}).values():
            walk(child)
    walk(doc)
    return found


class Schemas:
    """Faults are collected as text: an unknown field, a wrong type, a value outside an enumeration, a bad format, a field
    that is always there and is not."""

    def __init__(self, doc):
        self.schemas, self.always = doc["schemas"], ALWAYS[doc["name"]]
        self.faults, self.whole = [], True

    def ref(self, name, value, where):
        if self.whole and isinstance(value, dict):
            for key in self.always.get(name, "").split():
                if key not in value:
                    self.faults.append(f"{where or name}: no {key}")
        self.value(self.schemas[name], value, where or name)

    def value(self, schema, value, where):
        if "$ref" in schema:
            return self.ref(schema["$ref"], value, where)
        kind = schema.get("type")
        right = {"string": str, "integer": int, "boolean": bool, "array": list, "object": dict, "number": (int, float)}.get(kind)
        if right and (not isinstance(value, right) or (kind in ("integer", "number") and isinstance(value, bool))):
            self.faults.append(f"{where}: {type(value).__name__} instead of {kind}")
            return
        if "enum" in schema and value not in schema["enum"]:
            self.faults.append(f"{where}: {value!r} is not one of {schema['enum']}")
        patterns = {"date-time": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$", "date": r"\d{4}-\d\d-\d\d$",
                    "int64": r"-?\d+$", "uint64": r"\d+$"}
        pattern = patterns.get(schema.get("format"))
        if pattern and isinstance(value, str) and not re.match(pattern, value):
            self.faults.append(f"{where}: {value!r} is no {schema['format']}")
        if kind == "array":
            for n, item in enumerate(value):
                self.value(schema["items"], item, f"{where}[{n}]")
        if kind == "object":
            known, rest = schema.get("properties", {}), schema.get("additionalProperties")
            for key, item in value.items():
                if key in known:
                    self.value(known[key], item, f"{where}.{key}")
                elif rest:
                    self.value(rest, item, f"{where}.{key}")
                else:
                    self.faults.append(f"{where}.{key}: unknown field")


class Judge:
    """Finds the method that each answer belongs to, and validates the answer."""

    def __init__(self, doc):
        self.doc, self.schemas, self.seen, self.answers = doc, Schemas(doc), set(), 0
        self.routes = []
        for method in methods(doc).values():
            # The long form tells people/{peopleId} and contactGroups/{contactGroupsId} apart; both are {+resourceName} in the short one.
            place = method["flatPath"] if re.match(r"v\d+/\{\+", method["path"]) else method["path"]
            path = re.escape("/" + doc["servicePath"] + place).replace(r"\{", "{").replace(r"\}", "}")
            for start in ("(/resumable)?/upload", "") if method.get("supportsMediaUpload") else ("",):
                pattern = re.sub(r"\{[^}]+\}", "[^/]+", re.sub(r"\{\\\+[^}]+\}|\{\+[^}]+\}", ".+", path))
                self.routes.append((method["httpMethod"], re.compile(start + pattern + "$"), method))
        # What is a word and no id comes first: files/trash before files/{fileId}; what takes any number of words, last.
        self.routes.sort(key=lambda r: (".+" in r[1].pattern, ".+" in r[1].pattern and -len(r[1].pattern), "[^/]+" in r[1].pattern))

    def judge(self, verb, uri, status, content_type, content):
        """`content` is the body, or what JSON it was."""
        split = up.urlsplit(uri)
        goes_on = "upload_id=" in split.query  # whatever method began the upload
        for wanted, pattern, known in self.routes:
            if (wanted == verb or goes_on) and pattern.match(split.path):
                if status < 300:
                    self.seen.add(known["id"])
                return self.validate(known, status, content_type, content, f"{known['id']} {status}", split.query)
        if status < 300 and split.path != "/token" and not split.path.startswith("/batch"):
            self.schemas.faults.append(f"{verb} {split.path}: an answer where the document has no method")

    def validate(self, known, status, content_type, content, where, query=""):
        faults = self.schemas.faults
        if status < 300 and known.get("supportsMediaDownload") and ("alt=media" in query or "response" not in known):
            return  # the content of a file
        if "uploadType=resumable" in query and not content or status == 308:
            return  # the address of an upload, and the answer to a piece of one
        if status in (204, 304) or (status < 300 and "response" not in known):
            if content:
                faults.append(f"{where}: a body where there is none")
            return
        if not (content_type or "").startswith("application/json"):
            faults.append(f"{where}: content type {content_type}")
            return
        self.answers += 1
        answer = json.loads(content) if isinstance(content, (bytes, str)) else content
        if status < 300:
            self.schemas.whole = "fields=" not in query
            self.schemas.ref(known["response"]["$ref"], answer, where)
        else:
            error = answer.get("error", {})
            if error.get("code") != status or not error.get("message") or not (error.get("errors") or error.get("status")):
                faults.append(f"{where}: not Google's error envelope: {answer}")


class RecordingHttp(httplib2.Http):
    """An httplib2 whose answers are judged."""

    def __init__(self, doc):
        super().__init__(timeout=30)
        self.redirect_codes = self.redirect_codes - {308}  # as googleapiclient's own build_http does, for uploads
        self.judge = Judge(doc)

    def request(self, uri, method="GET", body=None, headers=None, *args, **kwargs):
        response, content = super().request(uri, method, body, headers, *args, **kwargs)
        overridden = {k.lower(): v for k, v in (headers or {}).items()}.get("x-http-method-override")
        self.judge.judge(overridden or method, uri, response.status, response.get("content-type"), content)
        return response, content


def unanswered(judges):
    """The methods that the sandbox has, as docs/google-methods.md lists them, and that have not succeeded here."""
    table = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../docs/google-methods.md")
    with open(table, encoding="utf-8") as f:
        rows = re.findall(r"^\| `([\w.]+)` \| *(?:yes)? *\| yes \|$", f.read(), re.M)
    return set(rows) & set(methods(judges[0].doc)) - set().union(*(judge.seen for judge in judges))
