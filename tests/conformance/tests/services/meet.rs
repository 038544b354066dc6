use portico_google::{
    Kind,
    calendar::{self, Calendar, ConferenceData, DateTime, Event, EventTime, Write},
    futures::TryStreamExt,
    jiff::civil::date,
    meet::{AccessType, ArtifactState, ListQuery, Meet, OnOff, SpaceConfig, scopes},
};
use serde_json::json;

use crate::google::Google;

const ANN: &str = "ann@example.test";
const BOB: &str = "bob@example.test";

#[tokio::test]
async fn a_space_is_made_changed_found_by_its_code_and_seen_by_nobody_else() {
    let google = Google::with(&[ANN, BOB]).await;
    let meet: Meet = google.client(ANN, &[scopes::SPACE_CREATED]).await.service();
    let config = SpaceConfig { access_type: Some(AccessType::Open), ..SpaceConfig::default() };
    let space = meet.spaces().create(&config).await.unwrap();
    let (name, code) = (space.name.as_deref().unwrap(), space.meeting_code.as_deref().unwrap());
    assert_eq!(space.meeting_uri.as_deref(), Some(format!("https://meet.google.com/{code}").as_str()));
    assert_eq!(space.config.as_ref().unwrap().access_type, Some(AccessType::Open));
    assert_eq!(meet.spaces().get(name).await.unwrap(), space);
    assert_eq!(meet.spaces().get(code).await.unwrap(), space);

    let change = SpaceConfig { moderation: Some(OnOff::On), ..SpaceConfig::default() };
    let changed = meet.spaces().patch(name, &change, None).await.unwrap().config.unwrap();
    assert_eq!((changed.access_type, changed.moderation), (Some(AccessType::Open), Some(OnOff::On)));
    let masked = meet.spaces().patch(name, &change, Some("config.accessType")).await.unwrap().config.unwrap();
    assert_eq!((masked.access_type, masked.moderation), (Some(AccessType::Trusted), Some(OnOff::On)));
    let wrong = SpaceConfig { access_type: Some(AccessType::Other("WIDE".into())), ..SpaceConfig::default() };
    let error = meet.spaces().patch(name, &wrong, None).await.unwrap_err();
    assert_eq!((error.kind(), error.reason()), (&Kind::Invalid, Some("INVALID_ARGUMENT")));
    assert_eq!(meet.spaces().patch(name, &change, Some("config.nothing")).await.unwrap_err().kind(), &Kind::Invalid);

    let bob: Meet = google.client(BOB, &[scopes::SPACE_CREATED, scopes::SPACE_READONLY]).await.service();
    assert_eq!(bob.spaces().get(name).await.unwrap_err().kind(), &Kind::Permission);
    assert_eq!(meet.spaces().get("spaces/a/b").await.unwrap_err().kind(), &Kind::Unsendable);
    let reader: Meet = google.client(ANN, &[scopes::SPACE_READONLY]).await.service();
    let error = reader.spaces().create(&config).await.unwrap_err();
    assert!(
        matches!(error.kind(), Kind::ScopesMissing { needed } if needed.contains(scopes::SPACE_CREATED)),
        "{error}"
    );
}

#[tokio::test]
async fn a_meet_of_an_event_is_a_space_of_its_host() {
    let google = Google::with(&[ANN]).await;
    let both = google.client(ANN, &[calendar::scopes::CALENDAR, scopes::SPACE_SETTINGS]).await;
    let (calendar, meet) = (both.service::<Calendar>(), both.service::<Meet>());
    let event = Event {
        start: Some(EventTime::day(date(2026, 12, 1))),
        end: Some(EventTime::day(date(2026, 12, 2))),
        conference_data: Some(ConferenceData::create_meet("r1")),
        ..Event::default()
    };
    let id = calendar.events("primary").insert(&event, &Write::default()).await.unwrap().event.id.unwrap();
    let made = calendar.events("primary").get(&id).await.unwrap().event.conference_data.unwrap();
    let code = made.conference_id.clone().unwrap();
    let space = meet.spaces().get(&code).await.unwrap();
    assert_eq!(space.meeting_uri.as_deref(), made.video_uri());
    let restricted = SpaceConfig { access_type: Some(AccessType::Restricted), ..SpaceConfig::default() };
    meet.spaces().patch(space.name.as_deref().unwrap(), &restricted, None).await.unwrap();
    let other: Meet = google.client(ANN, &[scopes::SPACE_CREATED]).await.service();
    assert_eq!(other.spaces().get(&code).await.unwrap_err().kind(), &Kind::Permission, "this program did not make it");
}

#[tokio::test]
async fn who_came_to_a_conference_and_what_was_said() {
    let google = Google::with(&[ANN, BOB]).await;
    let meet: Meet = google.client(ANN, &[scopes::SPACE_CREATED]).await.service();
    let space = meet.spaces().create(&SpaceConfig::default()).await.unwrap();
    let (name, code) = (space.name.clone().unwrap(), space.meeting_code.clone().unwrap());
    let past = google
        .control(
            "meet/conferences",
            json!({"space": name, "start_time": "2026-11-20T09:00:00Z", "end_time": "2026-11-20T10:00:00Z",
                "participants": [
                    {"email": BOB, "sessions": [{"start_time": "2026-11-20T09:00:00Z", "end_time": "2026-11-20T09:20:00Z"},
                        {"start_time": "2026-11-20T09:30:00Z", "end_time": "2026-11-20T10:00:00Z"}]},
                    {"name": "Guest", "sessions": [{"start_time": "2026-11-20T09:05:00Z", "end_time": "2026-11-20T09:55:00Z"}]}],
                "recordings": [{"start_time": "2026-11-20T09:01:00Z", "end_time": "2026-11-20T09:59:00Z"}],
                "transcript": [{"participant": 1, "text": "Hello", "start_time": "2026-11-20T09:06:00Z", "end_time": "2026-11-20T09:06:01Z"}]}),
        )
        .await;
    let now = json!({"space": code, "start_time": "2026-11-21T08:55:00Z",
        "participants": [{"phone": "+420 … 12", "sessions": [{"start_time": "2026-11-21T08:55:00Z"}]}]});
    google.control("meet/conferences", now).await;

    let records: Vec<_> = meet.conference_records().list_all(ListQuery::default()).try_collect().await.unwrap();
    assert_eq!(records.len(), 2);
    assert!(records[0].end_time.is_none() && records[1].name.as_deref() == past["name"].as_str());
    let open = ListQuery::filtered(format!("space.meeting_code = \"{code}\" AND end_time IS NULL"));
    assert_eq!(meet.conference_records().list(&open).await.unwrap().items[..], records[..1]);
    assert_eq!(
        meet.conference_records().list(&ListQuery::filtered("colour = 1")).await.unwrap_err().kind(),
        &Kind::Invalid
    );
    let one = ListQuery { page_size: Some(1), ..ListQuery::default() };
    let paged: Vec<_> = meet.conference_records().list_all(one.clone()).try_collect().await.unwrap();
    assert_eq!(paged, records);

    let record = records[1].name.as_deref().unwrap();
    assert_eq!(meet.conference_records().get(record).await.unwrap(), records[1]);
    let came: Vec<_> = meet.participants(record).list_all(one.clone()).try_collect().await.unwrap();
    assert_eq!(came.iter().map(|who| who.display_name().unwrap()).collect::<Vec<_>>(), ["Guest", "bob"]);
    let bob = came[1].name.as_deref().unwrap();
    assert_eq!(meet.participants(record).get(bob).await.unwrap(), came[1]);
    let sessions: Vec<_> = meet.participants(record).sessions_all(bob, one.clone()).try_collect().await.unwrap();
    assert_eq!(sessions.len(), 2);
    let start = |number: usize| sessions[number].start_time.as_ref().and_then(DateTime::timestamp);
    assert!(start(0) > start(1));
    let session = sessions[0].name.as_deref().unwrap();
    assert_eq!(meet.participants(record).session(session).await.unwrap(), sessions[0]);

    let recordings: Vec<_> = meet.artifacts(record).recordings(one.clone()).try_collect().await.unwrap();
    assert_eq!(recordings[0].state, Some(ArtifactState::FileGenerated));
    assert_eq!(meet.artifacts(record).recording(recordings[0].name.as_deref().unwrap()).await.unwrap(), recordings[0]);
    let transcripts: Vec<_> = meet.artifacts(record).transcripts(one.clone()).try_collect().await.unwrap();
    let transcript = transcripts[0].name.as_deref().unwrap();
    assert_eq!(meet.artifacts(record).transcript(transcript).await.unwrap(), transcripts[0]);
    let said: Vec<_> = meet.artifacts(record).entries(transcript, one).try_collect().await.unwrap();
    assert_eq!((said[0].text.as_deref(), &said[0].participant), (Some("Hello"), &came[0].name));
    assert_eq!(meet.artifacts(record).entry(said[0].name.as_deref().unwrap()).await.unwrap(), said[0]);

    assert_eq!(meet.spaces().get(&name).await.unwrap().active_conference.unwrap().conference_record, records[0].name);
    meet.spaces().end_active_conference(&name).await.unwrap();
    let ended = meet.conference_records().get(records[0].name.as_deref().unwrap()).await.unwrap();
    assert_eq!(ended.end_time, Some("2026-11-21T09:00:00Z".parse().unwrap()));
    assert!(meet.spaces().get(&name).await.unwrap().active_conference.is_none());
    let error = meet.spaces().end_active_conference(&name).await.unwrap_err();
    assert_eq!((error.kind(), error.reason()), (&Kind::Invalid, Some("FAILED_PRECONDITION")));

    let bob: Meet = google.client(BOB, &[scopes::SPACE_READONLY]).await.service();
    assert_eq!(bob.conference_records().get(record).await.unwrap_err().kind(), &Kind::Permission);
    assert!(bob.conference_records().list(&ListQuery::default()).await.unwrap().items.is_empty());
}
