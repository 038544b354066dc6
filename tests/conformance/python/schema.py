"""Validates what the sandbox answers against Google's own discovery documents."""
import json
import os
import re
import urllib.parse as up

import googleapiclient
import httplib2

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
    """Faults are collected as text: an unknown field, a wrong type, a value outside an enumeration, a bad format."""

    def __init__(self, doc):
        self.schemas = doc["schemas"]
        self.faults = []

    def ref(self, name, value, where):
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


class RecordingHttp(httplib2.Http):
    """An httplib2 that notes which method each answer belongs to and validates it."""

    def __init__(self, doc):
        super().__init__(timeout=30)
        self.redirect_codes = self.redirect_codes - {308}  # as googleapiclient's own build_http does, for uploads
        self.doc, self.schemas, self.seen, self.answers = doc, Schemas(doc), set(), 0
        self.routes = []
        for method in methods(doc).values():
            # The long form tells people/{peopleId} and contactGroups/{contactGroupsId} apart; both are {+resourceName} in the short one.
            place = method["flatPath"] if re.match(r"v\d+/\{\+", method["path"]) else method["path"]
            path = re.escape("/" + doc["servicePath"] + place).replace(r"\{", "{").replace(r"\}", "}")
            for start in ("/upload", "") if method.get("supportsMediaUpload") else ("",):
                pattern = re.sub(r"\{[^}]+\}", "[^/]+", re.sub(r"\{\\\+[^}]+\}|\{\+[^}]+\}", ".+", path))
                self.routes.append((method["httpMethod"], re.compile(start + pattern + "$"), method))
        # What is a word and no id comes first: files/trash before files/{fileId}; what takes any number of words, last.
        self.routes.sort(key=lambda r: (".+" in r[1].pattern, ".+" in r[1].pattern and -len(r[1].pattern), "[^/]+" in r[1].pattern))

    def request(self, uri, method="GET", body=None, headers=None, *args, **kwargs):
        response, content = super().request(uri, method, body, headers, *args, **kwargs)
        overridden = {k.lower(): v for k, v in (headers or {}).items()}.get("x-http-method-override")
        path = up.urlsplit(uri).path
        for verb, pattern, known in self.routes:
            if verb == (overridden or method) and pattern.match(path):
                if response.status < 300:
                    self.seen.add(known["id"])
                self.validate(known, response, content, f"{known['id']} {response.status}", up.urlsplit(uri).query)
                break
        return response, content

    def validate(self, known, response, content, where, query=""):
        faults = self.schemas.faults
        if response.status < 300 and known.get("supportsMediaDownload") and ("alt=media" in query or "response" not in known):
            return  # the content of a file
        if "uploadType=resumable" in query and not content:
            return  # the address of an upload
        if response.status in (204, 304):
            if content:
                faults.append(f"{where}: a body where there is none")
            return
        if not response.get("content-type", "").startswith("application/json"):
            faults.append(f"{where}: content type {response.get('content-type')}")
            return
        self.answers += 1
        answer = json.loads(content)
        if response.status < 300:
            self.schemas.ref(known["response"]["$ref"], answer, where)
        else:
            error = answer.get("error", {})
            if error.get("code") != response.status or not error.get("message") or not (error.get("errors") or error.get("status")):
                faults.append(f"{where}: not Google's error envelope: {answer}")
