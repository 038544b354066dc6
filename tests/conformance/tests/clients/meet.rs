//! Meet: our library and Google's Python and Node clients play the same scenario against the sandbox.

use portico_google::{
    futures::TryStreamExt,
    meet::{AccessType, ListQuery, Meet, OnOff, Space, SpaceConfig, scopes},
};
use serde_json::json;

use crate::frame::{ANN, BOB, Google, Transcript, same_as_google};

#[tokio::test(flavor = "multi_thread")]
async fn spaces_and_who_met_in_them() {
    let google = Google::new();
    let meet = Meet::new(google.client(ANN, &[scopes::SPACE_CREATED]).await);
    let bob = Meet::new(google.client(BOB, &[scopes::SPACE_READONLY]).await);
    let mut said = Transcript::default();
    let config = SpaceConfig { access_type: Some(AccessType::Open), ..SpaceConfig::default() };
    let space = meet.spaces().create(&config).await.unwrap();
    said.say("space", &space);
    let Space { name: Some(name), meeting_code: Some(code), .. } = space else { panic!("a space has a name") };
    said.say("by_code", meet.spaces().get(&format!("spaces/{code}")).await.unwrap());
    let change = SpaceConfig { moderation: Some(OnOff::On), ..SpaceConfig::default() };
    said.say("patched", meet.spaces().patch(&name, &change, Some("config.moderation")).await.unwrap());
    said.say("usual_again", meet.spaces().patch(&name, &change, Some("config.accessType")).await.unwrap());
    said.refused("wrong_mask", meet.spaces().patch(&name, &change, Some("config.nothing")).await);
    said.refused("not_bobs", bob.spaces().get(&name).await);
    said.refused("may_not_create", bob.spaces().create(&config).await);
    said.refused("nobody_there", meet.spaces().end_active_conference(&name).await);

    let past = json!({"space": name, "start_time": "2026-10-20T09:00:00Z", "end_time": "2026-10-20T10:00:00Z",
        "participants": [
            {"email": BOB, "sessions": [{"start_time": "2026-10-20T09:00:00Z", "end_time": "2026-10-20T09:20:00Z"},
                {"start_time": "2026-10-20T09:30:00Z", "end_time": "2026-10-20T10:00:00Z"}]},
            {"name": "Host", "sessions": [{"start_time": "2026-10-20T09:05:00Z", "end_time": "2026-10-20T09:55:00Z"}]},
            {"phone": "+420 … 12", "sessions": [{"start_time": "2026-10-20T09:10:00Z", "end_time": "2026-10-20T09:15:00Z"}]}],
        "recordings": [{"start_time": "2026-10-20T09:01:00Z", "end_time": "2026-10-20T09:59:00Z"}],
        "transcript": [{"participant": 1, "text": "Dobrý den", "start_time": "2026-10-20T09:06:00Z", "end_time": "2026-10-20T09:06:01Z"},
            {"participant": 0, "text": "您好", "start_time": "2026-10-20T09:07:00Z", "end_time": "2026-10-20T09:07:01Z"}]});
    google.control("POST", "meet/conferences", past).await;
    google.control("POST", "meet/conferences", json!({"space": code, "start_time": "2026-10-21T09:00:00Z"})).await;
    let one = ListQuery { page_size: Some(1), ..ListQuery::default() };
    let records: Vec<_> = meet.conference_records().list_all(one.clone()).try_collect().await.unwrap();
    said.say("records", records.iter().map(|record| (&record.start_time, &record.end_time)).collect::<Vec<_>>());
    let open = ListQuery::filtered(format!("space.meeting_code = \"{code}\" AND end_time IS NULL"));
    said.say("open", meet.conference_records().list(&open).await.unwrap().items.len());
    said.refused("bad_filter", meet.conference_records().list(&ListQuery::filtered("colour = 1")).await);
    let active = meet.spaces().get(&name).await.unwrap().active_conference;
    said.say("active", active.unwrap());
    meet.spaces().end_active_conference(&name).await.unwrap();
    said.say("ended", meet.spaces().get(&name).await.unwrap());

    let record = records[1].name.as_deref().unwrap();
    said.say("record", meet.conference_records().get(record).await.unwrap().start_time);
    let came: Vec<_> = meet.participants(record).list_all(one.clone()).try_collect().await.unwrap();
    said.say("came", &came);
    let bobs = came.iter().find(|who| who.signedin_user.is_some()).unwrap().name.as_deref().unwrap();
    said.say("bob", meet.participants(record).get(bobs).await.unwrap());
    let sessions: Vec<_> = meet.participants(record).sessions_all(bobs, one.clone()).try_collect().await.unwrap();
    said.say("sessions", &sessions);
    said.say("session", meet.participants(record).session(sessions[0].name.as_deref().unwrap()).await.unwrap());
    let artifacts = meet.artifacts(record);
    let recordings: Vec<_> = artifacts.recordings(one.clone()).try_collect().await.unwrap();
    said.say("recording", artifacts.recording(recordings[0].name.as_deref().unwrap()).await.unwrap());
    let transcripts: Vec<_> = artifacts.transcripts(one.clone()).try_collect().await.unwrap();
    let transcript = transcripts[0].name.as_deref().unwrap();
    said.say("transcript", artifacts.transcript(transcript).await.unwrap());
    let entries: Vec<_> = artifacts.entries(transcript, one).try_collect().await.unwrap();
    said.say("entries", &entries);
    said.say("entry", artifacts.entry(entries[0].name.as_deref().unwrap()).await.unwrap());
    said.refused("bobs_record", bob.conference_records().get(record).await);
    said.say("bobs_records", bob.conference_records().list(&ListQuery::default()).await.unwrap().items.len());
    same_as_google("meet", "meet.v2", &google, said).await;
}
