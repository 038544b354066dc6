//! Every wire type goes back as it came, whatever Google puts into it: nulls, new fields, new values. And none shows what
//! people wrote.

use std::collections::BTreeMap;

use portico_google::{calendar, directory, drive, gmail, meet, people};
use proptest::{prelude::*, strategy::ValueTree, test_runner::TestRunner};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value, json};

use crate::wire_types::wire_types;

/// What a field of one type or another may hold. The words are of nobody's enumeration.
fn candidates(number: i64, word: &str, inner: &Value) -> Vec<Value> {
    vec![
        json!(word),
        json!(number.to_string()),
        json!(number),
        json!(number as i32),
        json!(number % 2 == 0),
        json!("2026-07-18T12:00:00.123Z"),
        json!("2026-07-18"),
        inner.clone(),
        json!([inner]),
        json!([word, "x"]),
        json!({"x-new": word}),
        json!({"x-new": number % 2 == 0}),
        json!({"x-new": [word]}),
        json!([]),
        json!({}),
    ]
}

fn back<T: Serialize + DeserializeOwned>(value: &Value) -> Option<Value> {
    let read: T = serde_json::from_value(value.clone()).ok()?;
    Some(serde_json::to_value(&read).unwrap())
}

/// A number of 64 bits is read in both forms and written as Google writes it.
fn same(came: &Value, went: &Value) -> bool {
    came == went || (came.is_number() && went.as_str() == Some(&came.to_string()))
}

/// Puts into an object of this type what its fields take, one after the other and all at once. Gives which fields took
/// something besides null.
fn check<T: Serialize + DeserializeOwned + std::fmt::Debug>(
    name: &str,
    fields: &[&str],
    number: i64,
    word: &str,
    unknown: &Map<String, Value>,
) -> usize {
    let nulls: Map<String, Value> = fields.iter().map(|field| ((*field).to_owned(), Value::Null)).collect();
    let mut all = [nulls.clone(), unknown.clone()].into_iter().flatten().collect::<Map<_, _>>();
    let empty = Value::Object(all.clone());
    assert_eq!(back::<T>(&empty).as_ref(), Some(&empty), "{name}: nulls and new fields");
    let mut taken = 0;
    for field in fields {
        let mut fitting = None;
        for candidate in candidates(number, word, &Value::Object(unknown.clone())) {
            let mut object = unknown.clone();
            object.insert((*field).to_owned(), candidate.clone());
            let Some(went) = back::<T>(&Value::Object(object.clone())) else { continue };
            assert!(same(&candidate, &went[*field]), "{name}.{field}: {candidate} became {}", went[*field]);
            object.insert((*field).to_owned(), went[*field].clone());
            assert_eq!(went, Value::Object(object), "{name}.{field}: what stands beside it");
            fitting.get_or_insert(went[*field].clone());
        }
        if let Some(value) = fitting {
            all.insert((*field).to_owned(), value);
            taken += 1;
        }
    }
    let all = Value::Object(all);
    assert_eq!(back::<T>(&all).as_ref(), Some(&all), "{name}: everything at once");
    taken
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::hash_map(any::<String>(), inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

#[test]
fn every_type_of_every_service_goes_back_as_it_came() {
    let mut runner = TestRunner::deterministic();
    let new_fields = prop::collection::hash_map("x-[a-z]{1,8}", any_json(), 0..4);
    let strategy = (any::<i64>(), "[A-Z_]{3,12}X", new_fields);
    for _ in 0..40 {
        let (number, word, unknown) = strategy.new_tree(&mut runner).unwrap().current();
        let unknown: Map<String, Value> = unknown.into_iter().collect();
        let mut seen = 0;
        macro_rules! each {
            ($(($type:ty, $document:literal, $schema:literal),)*) => {$(
                let name = stringify!($type);
                let taken = check::<$type>(name, <$type>::FIELDS, number, &word, &unknown);
                assert_eq!(taken, <$type>::FIELDS.len(), "{name}: a field takes nothing that this test offers");
                seen += 1;
            )*};
        }
        wire_types!(each);
        assert!(seen > 80, "{seen}");
    }
}

/// Fields that name things and not people: they may be shown.
const OPEN: &[&str] = &["id", "etag"];

#[test]
fn no_type_shows_what_people_wrote() {
    const SECRET: &str = "Divorce ann@example.com";
    let mut shown: BTreeMap<String, Vec<String>> = BTreeMap::new();
    macro_rules! each {
        ($(($type:ty, $document:literal, $schema:literal),)*) => {$(
            let mut object = Map::from_iter([("x-new".to_owned(), json!(SECRET))]);
            for field in <$type>::FIELDS {
                for candidate in [json!(SECRET), json!([SECRET]), json!([{"x": SECRET}]), json!({"x": SECRET})] {
                    let one = Value::Object(Map::from_iter([((*field).to_owned(), candidate.clone())]));
                    let Ok(read) = serde_json::from_value::<$type>(one) else { continue };
                    if format!("{read:?}").contains("Divorce") && !OPEN.contains(field) {
                        shown.entry(stringify!($type).replace(' ', "")).or_default().push((*field).to_owned());
                    }
                    object.insert((*field).to_owned(), candidate);
                    break;
                }
            }
            let whole = serde_json::from_value::<$type>(Value::Object(object)).unwrap();
            assert!(!format!("{whole:?}").contains("x-new\": "), "{whole:?}");
        )*};
    }
    wire_types!(each);
    let list: Vec<String> = shown.iter().map(|(name, fields)| format!("{name}: {}", fields.join(" "))).collect();
    assert_eq!(list.join("\n"), SHOWN.trim(), "what a type shows of its text has changed");
}

/// Text that is shown: kinds, places, times, ids and addresses of machines, chosen by Google and not by people.
const SHOWN: &str = "
calendar::AclRule: role
calendar::AclScope: type
calendar::Attachment: mimeType
calendar::Attendee: responseStatus
calendar::BirthdayProperties: type contact
calendar::CalendarListEntry: timeZone colorId backgroundColor foregroundColor accessRole
calendar::CalendarNotification: type method
calendar::CalendarResource: timeZone
calendar::ColorPair: background foreground
calendar::ConferenceProperties: allowedConferenceSolutionTypes
calendar::ConferenceSolution: name iconUri
calendar::ConferenceSolutionKey: type
calendar::CreateConference: requestId
calendar::CreateConferenceStatus: statusCode
calendar::EntryPoint: entryPointType
calendar::Event: status colorId recurrence recurringEventId transparency visibility eventLabelId eventType
calendar::EventTime: timeZone
calendar::FocusTime: autoDeclineMode chatStatus
calendar::FreeBusyProblem: reason domain
calendar::OutOfOffice: autoDeclineMode
calendar::Reminder: method
calendar::WorkingLocation: type
directory::AppGrant: clientId scopes userKey
directory::Member: role type status delivery_settings
directory::OrgUnit: orgUnitId parentOrgUnitId
directory::User: hashFunction suspensionReason customerId
drive::Change: changeType fileId driveId
drive::DriveUser: permissionId
drive::File: mimeType parents md5Checksum sha1Checksum sha256Checksum headRevisionId fileExtension iconLink driveId permissionIds
drive::Permission: type role
drive::ShortcutDetails: targetId targetMimeType
gmail::HistoryLabels: labelIds
gmail::Label: messageListVisibility labelListVisibility type
gmail::LabelColor: textColor backgroundColor
gmail::Message: threadId labelIds
gmail::MessageHeader: name
gmail::MessagePart: partId mimeType
gmail::MessagePartBody: attachmentId
gmail::SendAs: verificationStatus
gmail::SmtpMsa: host securityMode
meet::ActiveConference: conferenceRecord
meet::ConferenceRecord: name
meet::ModerationRestrictions: chatRestriction reactionRestriction presentRestriction defaultJoinAsViewerType
meet::Participant: name
meet::ParticipantSession: name
meet::Recording: name state
meet::RecordingConfig: autoRecordingGeneration
meet::SmartNotesConfig: autoSmartNotesGeneration
meet::SpaceConfig: accessType entryPointAccess moderation attendanceReportGenerationType
meet::Transcript: name state
meet::TranscriptEntry: name participant languageCode
meet::TranscriptionConfig: autoTranscriptionGeneration
people::Biography: contentType
people::ContactGroup: resourceName groupType memberResourceNames
people::ContactGroupMembership: contactGroupId contactGroupResourceName
people::ContactGroupMetadata: updateTime
people::ContactGroupResponse: requestedResourceName
people::MembersChanged: notFoundResourceNames canNotRemoveLastContactGroupResourceNames
people::Person: resourceName
people::PersonMetadata: previousResourceNames linkedPeopleResourceNames
people::PersonResponse: requestedResourceName
people::Source: type updateTime
";
