"""Makes events with Google's Python client, as portico-bench-inserts does with our library. It prints how many seconds that
took and stays, so that its memory can be read, until it is ended.

usage: inserts.py BASE ACCESS_TOKEN one|flight|batch COUNT IN_FLIGHT
"""
import datetime
import json
import os
import signal
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import googleapiclient
import httplib2
from google.oauth2.credentials import Credentials
from google_auth_httplib2 import AuthorizedHttp
from googleapiclient.discovery import build_from_document

BASE, TOKEN, HOW = sys.argv[1].rstrip("/"), sys.argv[2], sys.argv[3]
COUNT, IN_FLIGHT = int(sys.argv[4]), int(sys.argv[5])
FIRST = datetime.datetime(2027, 1, 1, 9, tzinfo=datetime.timezone.utc)
BATCH = 50  # as many calls as Google advises, and as our library puts into one

with open(os.path.join(os.path.dirname(googleapiclient.__file__), "discovery_cache/documents/calendar.v3.json")) as file:
    document = json.load(file)
document["rootUrl"], document["baseUrl"] = BASE + "/", BASE + "/" + document["servicePath"]
document.pop("mtlsRootUrl", None)


def http():
    return AuthorizedHttp(Credentials(TOKEN), http=httplib2.Http(timeout=300))


def event(number):
    start = FIRST + datetime.timedelta(minutes=15 * number)
    return {
        "summary": f"Meeting {number}",
        "location": f"Room {number % 40}",
        "description": "What it is about, in a line or two, as people write it when they ask others to come.",
        "start": {"dateTime": start.isoformat(), "timeZone": "Europe/Prague"},
        "end": {"dateTime": (start + datetime.timedelta(minutes=15)).isoformat(), "timeZone": "Europe/Prague"},
    }


own = threading.local()


def insert_in_thread(number):
    # Its connections are not for several threads: Google's guide gives each its own.
    if not hasattr(own, "http"):
        own.http = http()
    events.insert(calendarId="primary", body=event(number)).execute(http=own.http)


def fail(_id, _answer, problem):
    if problem:
        raise problem


service = build_from_document(document, http=http())
events = service.events()
begun = time.perf_counter()
if HOW == "one":
    for number in range(COUNT):
        events.insert(calendarId="primary", body=event(number)).execute()
elif HOW == "flight":
    with ThreadPoolExecutor(IN_FLIGHT) as pool:
        list(pool.map(insert_in_thread, range(COUNT)))
elif HOW == "batch":
    for start in range(0, COUNT, BATCH):
        batch = service.new_batch_http_request(callback=fail)
        for number in range(start, min(start + BATCH, COUNT)):
            batch.add(events.insert(calendarId="primary", body=event(number)))
        batch.execute()
else:
    raise SystemExit(f"{HOW} is none of one, flight and batch")
print(time.perf_counter() - begun, flush=True)
signal.pause()
