"""Calendar with Google's Python client, through all methods, step for step as tests/clients/calendar.rs plays it."""
import play
from play import ANN, BOB, ctl, refused, say

SCOPES = ["https://www.googleapis.com/auth/calendar"]
ann, bob = play.service("calendar.v3", ANN, SCOPES), play.service("calendar.v3", BOB, SCOPES)
ctl.call("POST", "/users", {"email": ANN, "admin": True})
events, theirs, calendars = ann.events(), bob.events(), ann.calendars()
P = {"calendarId": "primary"}


def hour(start, end, **more):
    return {"start": {"dateTime": start, "timeZone": "Europe/Prague"}, "end": {"dateTime": end, "timeZone": "Europe/Prague"}, **more}


def every(resource, **where):
    found, request = [], resource.list(**where)
    while request is not None:
        page = request.execute()
        found += page["items"]
        request = resource.list_next(request, page)
    return found


# Calendars, their list, rules
say("colors", len(ann.colors().get().execute()["event"]))
say("settings", every(ann.settings()))
say("setting", ann.settings().get(setting="timezone").execute())
refused("no_setting", ann.settings().get(setting="colour").execute)
team = calendars.insert(body={"summary": "Tým", "timeZone": "Asia/Taipei"}).execute()
say("calendar", team)
T = {"calendarId": team["id"]}
say("entry", ann.calendarList().get(**T).execute())
refused("nameless", calendars.insert(body={}).execute)
say("patched", calendars.patch(**T, body={"location": "Brno"}).execute())
say("replaced", calendars.update(**T, body={"summary": "Parta"}).execute())
say("read", calendars.get(**P).execute())
refused("hidden", bob.calendars().get(**T).execute)
acl, scope = ann.acl(), {"type": "user", "value": BOB}
rule = acl.insert(**T, body={"role": "reader", "scope": scope}, sendNotifications=False).execute()
say("rule", rule)
R = {**T, "ruleId": rule["id"]}
say("rule_read", acl.get(**R).execute())
say("subscribed", bob.calendarList().insert(body={"id": team["id"]}).execute())
say("coloured", bob.calendarList().patch(**T, body={"colorId": "7"}).execute())
say("put_away", bob.calendarList().update(**T, body={"hidden": True}).execute())
say("shown", every(bob.calendarList()))
refused("reader_writes", theirs.insert(**T, body={"start": {"date": "2027-03-01"}, "end": {"date": "2027-03-02"}}).execute)
say("writer", acl.patch(**R, body={"role": "writer"}, sendNotifications=False).execute())
say("busy_reader", acl.update(**R, body={"role": "freeBusyReader", "scope": scope}, sendNotifications=False).execute())
bob.calendarList().delete(**T).execute()
refused("unsubscribed", bob.calendarList().get(**T).execute)
acl.delete(**R).execute()
say("rules", every(acl, **T, showDeleted=True))
refused("own_list", ann.calendarList().delete(**P).execute)
refused("primary_deleted", calendars.delete(**P).execute)
calendars.transferOwnership(**T, newDataOwner=BOB, useAdminAccess=True).execute()
say("new_owner", bob.calendars().get(**T).execute()["dataOwner"])
bob.calendars().delete(**T).execute()
refused("deleted", bob.calendars().get(**T).execute)

# Events and guests
wish = hour("2027-03-01T10:00:00", "2027-03-01T11:00:00", id="conformance1", summary="Pohovor 面試", description="<b>x</b>", location="Praha",
            attendees=[{"email": BOB}, {"email": "eva@elsewhere.example", "optional": True}],
            reminders={"useDefault": False, "overrides": [{"method": "popup", "minutes": 10}]},
            extendedProperties={"private": {"a": "1"}, "shared": {"b": "2"}},
            conferenceData={"createRequest": {"requestId": "r1", "conferenceSolutionKey": {"type": "hangoutsMeet"}}})
E = {**P, "eventId": "conformance1"}
events.insert(**P, body=wish, conferenceDataVersion=1, sendUpdates="all").execute()
say("made", events.get(**E).execute())
refused("again", events.insert(**P, body=wish, conferenceDataVersion=1).execute)
say("copy", theirs.get(**E).execute())
say("answered", theirs.patch(**E, body={"attendees": [{"email": BOB, "responseStatus": "accepted"}]}).execute())
whole = hour("2027-03-01T12:00:00", "2027-03-01T13:00:00", summary="Znovu")
refused("not_the_organizer", theirs.update(**E, body=whole).execute)
told = events.get(**E).execute()
say("told", told)


def change():
    request = events.patch(**E, body={"description": None, "location": "Brno"})
    request.headers["If-Match"] = told["etag"]
    return request


say("changed", change().execute())
refused("stale", change().execute)
say("whole", events.update(**E, body=whole).execute())
busy = ann.freebusy().query(body={"timeMin": "2027-03-01T00:00:00Z", "timeMax": "2027-03-02T00:00:00Z",
                                  "items": [{"id": ANN}, {"id": "nobody@example.com"}]}).execute()["calendars"]
say("busy", [[one["start"], one["end"]] for one in busy[ANN]["busy"]])
say("busy_nobody", busy["nobody@example.com"]["errors"][0]["reason"])


def insert(body):
    return events.insert(**P, body=body).execute


refused("end_before_start", insert(hour("2027-03-01T12:00:00", "2027-03-01T11:00:00")))
refused("no_zone", insert({"start": {"dateTime": "2027-03-01T12:00:00"}, "end": {"dateTime": "2027-03-01T13:00:00"}, "recurrence": ["RRULE:FREQ=DAILY"]}))
refused("day_and_time", insert({"start": {"date": "2027-03-01"}, "end": {"dateTime": "2027-03-01T13:00:00Z"}}))
elsewhere = hour("2027-03-03T10:00:00", "2027-03-03T11:00:00", iCalUID="u1@elsewhere.test", organizer={"email": ANN}, summary="Odjinud")
say("imported", events.import_(**P, body=elsewhere).execute())
strange = hour("2027-03-03T10:00:00", "2027-03-03T11:00:00", iCalUID="u2@elsewhere.test", organizer={"email": "x@elsewhere.test"})
refused("not_mine", events.import_(**P, body=strange).execute)
say("quick", events.quickAdd(**P, text="Lunch with Bob tomorrow 12:30-13:30").execute()["summary"])
target = calendars.insert(body={"summary": "Cíl"}).execute()["id"]
events.move(**E, destination=target).execute()
say("left_behind", events.get(**E).execute()["status"])
calendars.delete(calendarId=target).execute()

# A series, its instances, and lists of changes
series = insert(hour("2027-03-26T10:00:00", "2027-03-26T11:00:00", summary="Denně", recurrence=["RRULE:FREQ=DAILY;COUNT=5"]))()
S = {**P, "eventId": series["id"]}
instances = events.instances(**S).execute()["items"]
say("instances", [one["start"] for one in instances])
say("exception", events.patch(**P, eventId=instances[1]["id"], body={"summary": "Jinak"}).execute())
events.delete(**P, eventId=instances[3]["id"]).execute()
window = {**P, "timeMin": "2027-03-26T00:00:00Z", "timeMax": "2027-04-01T00:00:00Z"}


def names(**query):
    return [one["summary"] for one in events.list(**query).execute()["items"]]


say("window", names(**window, singleEvents=True, orderBy="startTime"))
say("masters", sorted(([one["status"], one.get("summary")] for one in events.list(**window).execute()["items"]), key=lambda kind: (kind[0], str(kind[1]))))
say("search", names(**P, q="jinak"))
M = {**P, "showDeleted": True}  # as our library reads a mirror
page, pages = events.list(**M, maxResults=2).execute(), 0
while "nextPageToken" in page:
    page, pages = events.list(**M, maxResults=2, pageToken=page["nextPageToken"]).execute(), pages + 1
cursor = page["nextSyncToken"]
say("pages", pages)
say("quiet", len(events.list(**M, syncToken=cursor).execute()["items"]))
events.delete(**S).execute()
refused("deleted_twice", events.delete(**S).execute)
say("deleted", events.get(**S).execute()["status"])
say("tombstones", sorted(sorted(one) for one in events.list(**M, syncToken=cursor).execute()["items"]))
refused("malformed", events.list(**M, syncToken="bogus").execute)
ctl.expire_sync_tokens()
refused("expired", events.list(**M, syncToken=cursor).execute)
refused("no_calendar", events.list(calendarId="nobody@example.com").execute)
refused("no_event", events.get(**P, eventId="nosuchevent").execute)
calendars.clear(**P).execute()
say("cleared", len(events.list(**P).execute()["items"]))


# Channels
def channel(name, address="https://portal.example/hook"):
    return {"id": name, "type": "web_hook", "address": address, "token": "secret"}


opened = events.watch(**P, body=channel("events-1")).execute()
say("channel", opened["id"])
say("channels", [one["id"] for one in (ann.calendarList().watch(body=channel("list-1")).execute(),
                                       ann.settings().watch(body=channel("settings-1")).execute(),
                                       acl.watch(**P, body=channel("acl-1")).execute())])
refused("id_again", events.watch(**P, body=channel("events-1")).execute)
refused("plain_http", events.watch(**P, body=channel("events-2", "http://portal.example/hook")).execute)
stop = ann.channels().stop(body={"id": opened["id"], "resourceId": opened["resourceId"]})
stop.execute()
refused("stopped", stop.execute)
play.every_method_answered()
play.end()
