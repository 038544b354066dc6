"""Judges answers that other clients than Python's got, by the discovery document.

usage: validate.py DOCUMENT < LINES        a line is {"verb", "url", "status", "type", "body"} in JSON; a body is text or null
"""
import json
import sys

import schema

judge = schema.Judge(schema.document(sys.argv[1]))
for line in sys.stdin:
    seen = json.loads(line)
    judge.judge(seen["verb"], seen["url"], seen["status"], seen["type"], seen["body"] or "")
for fault in dict.fromkeys(judge.schemas.faults):
    print("FAIL schema:", fault)
print(judge.answers, "answers were validated")
raise SystemExit(bool(judge.schemas.faults) or not judge.answers)
