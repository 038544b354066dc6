"""Meet with Google's Python client, step for step as tests/clients/meet.rs plays it with our library."""
import play
from play import ANN, BOB, ctl, refused, say

SCOPE = "https://www.googleapis.com/auth/meetings.space."
meet, bob = play.service("meet.v2", ANN, [SCOPE + "created"]), play.service("meet.v2", BOB, [SCOPE + "readonly"])
spaces, records = meet.spaces(), meet.conferenceRecords()

space = spaces.create(body={"config": {"accessType": "OPEN"}}).execute()
say("space", space)
name, code = space["name"], space["meetingCode"]
say("by_code", spaces.get(name="spaces/" + code).execute())


def patch(mask):
    return spaces.patch(name=name, body={"config": {"moderation": "ON"}}, updateMask=mask).execute


say("patched", patch("config.moderation")())
say("usual_again", patch("config.accessType")())
refused("wrong_mask", patch("config.nothing"))
refused("not_bobs", bob.spaces().get(name=name).execute)
refused("may_not_create", bob.spaces().create(body={"config": {"accessType": "OPEN"}}).execute)
refused("nobody_there", spaces.endActiveConference(name=name, body={}).execute)

T = "2026-10-20T09:%02d:00Z"
ctl.call("POST", "/meet/conferences", {
    "space": name, "start_time": T % 0, "end_time": "2026-10-20T10:00:00Z",
    "participants": [
        {"email": BOB, "sessions": [{"start_time": T % 0, "end_time": T % 20}, {"start_time": T % 30, "end_time": "2026-10-20T10:00:00Z"}]},
        {"name": "Host", "sessions": [{"start_time": T % 5, "end_time": T % 55}]},
        {"phone": "+420 … 12", "sessions": [{"start_time": T % 10, "end_time": T % 15}]}],
    "recordings": [{"start_time": T % 1, "end_time": T % 59}],
    "transcript": [{"participant": 1, "text": "Dobrý den", "start_time": T % 6, "end_time": "2026-10-20T09:06:01Z"},
                   {"participant": 0, "text": "您好", "start_time": T % 7, "end_time": "2026-10-20T09:07:01Z"}]})
ctl.call("POST", "/meet/conferences", {"space": code, "start_time": "2026-10-21T09:00:00Z"})


def every(resource, key, **where):
    found, request = [], resource.list(pageSize=1, **where)
    while request is not None:
        page = request.execute()
        found += page.get(key, [])
        request = resource.list_next(request, page)
    return found


listed = every(records, "conferenceRecords")
say("records", [[one["startTime"], one.get("endTime")] for one in listed])
say("open", len(records.list(filter=f'space.meeting_code = "{code}" AND end_time IS NULL').execute()["conferenceRecords"]))
refused("bad_filter", records.list(filter="colour = 1").execute)
say("active", spaces.get(name=name).execute()["activeConference"])
spaces.endActiveConference(name=name, body={}).execute()
say("ended", spaces.get(name=name).execute())

record = listed[1]["name"]
say("record", records.get(name=record).execute()["startTime"])
participants, recordings, transcripts = records.participants(), records.recordings(), records.transcripts()
came = every(participants, "participants", parent=record)
say("came", came)
bobs = next(one["name"] for one in came if "signedinUser" in one)
say("bob", participants.get(name=bobs).execute())
sessions = every(participants.participantSessions(), "participantSessions", parent=bobs)
say("sessions", sessions)
say("session", participants.participantSessions().get(name=sessions[0]["name"]).execute())
say("recording", recordings.get(name=every(recordings, "recordings", parent=record)[0]["name"]).execute())
transcript = every(transcripts, "transcripts", parent=record)[0]["name"]
say("transcript", transcripts.get(name=transcript).execute())
entries = every(transcripts.entries(), "transcriptEntries", parent=transcript)
say("entries", entries)
say("entry", transcripts.entries().get(name=entries[0]["name"]).execute())
refused("bobs_record", bob.conferenceRecords().get(name=record).execute)
say("bobs_records", len(bob.conferenceRecords().list().execute().get("conferenceRecords", [])))

# What is not compared step by step.
people = spaces.members()
member = people.create(parent=name, body={"email": BOB, "role": "COHOST"}).execute()
play.control.check("a member has a role", (member["email"], member["role"]) == (BOB, "COHOST"), member)
refused_again = people.create(parent=name, body={"email": BOB})
play.control.check("a member is one once", play.control.refused(refused_again.execute, 409))
other = people.create(parent=name, body={"email": ANN}).execute()
play.control.check("members page by page", len(every(people, "members", parent=name)) == 2)
changed = people.patch(name=other["name"], updateMask="role", body={"role": "COHOST"}).execute()
play.control.check("a member gets a role", changed["role"] == "COHOST" and people.get(name=other["name"]).execute() == changed)
unset = [{"member": {"name": one["name"]}} for one in (member, other)]
batch = people.batchUpdate(parent=name, body={"requests": unset, "updateMask": "role"}).execute()["members"]
play.control.check("a batch takes the roles away", [one.get("role") for one in batch] == [None, None], batch)
people.delete(name=member["name"]).execute()
play.control.check("a member is gone", play.control.refused(people.get(name=member["name"]).execute, 403))
ctl.call("POST", "/meet/conferences", {"space": name, "start_time": "2026-10-22T09:00:00Z", "end_time": "2026-10-22T10:00:00Z",
                                       "smart_notes": [{"start_time": "2026-10-22T09:00:00Z", "end_time": "2026-10-22T10:00:00Z"}]})
noted = records.list(filter='start_time >= "2026-10-22T00:00:00Z"').execute()["conferenceRecords"][0]["name"]
note = every(records.smartNotes(), "smartNotes", parent=noted)[0]
play.control.check("notes that Gemini took", records.smartNotes().get(name=note["name"]).execute()["state"] == "FILE_GENERATED")
play.every_method_answered()
play.end()
