//! Calendar: our library and Google's Python and Node clients play the same scenario against the sandbox, through all 38
//! methods.

use portico_google::{
    calendar::{
        AccessRole, AclQuery, AclRule, AclScopeKind, Calendar, CalendarListEntry, CalendarListPatch, CalendarListQuery,
        CalendarPatch, CalendarResource, Cursor, Event, EventPage, EventPatch, FreeBusyQuery, InstancesQuery,
        MirrorQuery, NewChannel, SearchQuery, SendUpdates, SettingsQuery, Write, scopes,
    },
    futures::TryStreamExt,
};
use serde_json::{Value, json};

use crate::frame::{ANN, BOB, Google, Transcript, same_as_google};

async fn of(google: &Google, account: &str) -> Calendar {
    Calendar::new(google.client(account, &[scopes::CALENDAR]).await)
}

fn event(body: Value) -> Event {
    serde_json::from_value(body).unwrap()
}

fn patch(body: Value) -> EventPatch {
    let Value::Object(fields) = body else { panic!("a patch is an object") };
    fields.into()
}

fn hour(start: &str, end: &str, more: Value) -> Event {
    let mut body = json!({"start": {"dateTime": start, "timeZone": "Europe/Prague"},
        "end": {"dateTime": end, "timeZone": "Europe/Prague"}});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    event(body)
}

fn id(event: &Event) -> &str {
    event.id.as_deref().unwrap()
}

fn shown(page: &EventPage) -> Vec<Value> {
    page.items.iter().map(|item| serde_json::from_str(item.raw.get()).unwrap()).collect()
}

fn names(page: EventPage) -> Vec<Option<String>> {
    page.items.into_iter().map(|item| item.event.unwrap().summary).collect()
}

fn channel(id: &str) -> NewChannel {
    NewChannel {
        id: id.into(),
        address: "https://portal.example/hook".into(),
        token: "secret".to_owned().into(),
        lifetime: None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn calendars_events_guests_series_and_changes() {
    let google = Google::new();
    let (ann, bob) = (of(&google, ANN).await, of(&google, BOB).await);
    google.control("POST", "users", json!({"email": ANN, "admin": true})).await;
    let mut said = Transcript::default();
    calendars_and_rules(&ann, &bob, &mut said).await;
    events_and_guests(&ann, &bob, &mut said).await;
    series_and_changes(&google, &ann, &mut said).await;
    channels(&ann, &mut said).await;
    same_as_google("calendars", "calendar.v3", &google, said).await;
}

async fn calendars_and_rules(ann: &Calendar, bob: &Calendar, said: &mut Transcript) {
    let (calendars, list) = (ann.calendars(), ann.calendar_list());
    said.say("colors", ann.colors().await.unwrap().event.unwrap().len());
    let settings: Vec<_> = ann.settings().list_all(SettingsQuery::default()).try_collect().await.unwrap();
    said.say("settings", &settings);
    said.say("setting", ann.settings().get("timezone").await.unwrap());
    said.refused("no_setting", ann.settings().get("colour").await);
    let wish = CalendarResource {
        summary: Some("Tým".into()),
        time_zone: Some("Asia/Taipei".into()),
        ..CalendarResource::default()
    };
    let team = calendars.insert(&wish).await.unwrap();
    said.say("calendar", &team);
    let team = team.id.unwrap();
    said.say("entry", list.get(&team).await.unwrap());
    said.refused("nameless", calendars.insert(&CalendarResource::default()).await);
    let change = CalendarPatch { location: "Brno".to_owned().into(), ..CalendarPatch::default() };
    said.say("patched", calendars.patch(&team, &change).await.unwrap());
    let whole = CalendarResource { summary: Some("Parta".into()), ..CalendarResource::default() };
    said.say("replaced", calendars.update(&team, &whole).await.unwrap());
    said.say("read", calendars.get("primary").await.unwrap());
    said.refused("hidden", bob.calendars().get(&team).await);
    let rule = AclRule::new(AccessRole::Reader, AclScopeKind::User, BOB);
    let rule = ann.acl(&team).insert(&rule, false).await.unwrap();
    said.say("rule", &rule);
    let rule_id = rule.id.as_deref().unwrap();
    said.say("rule_read", ann.acl(&team).get(rule_id).await.unwrap());
    let wish = CalendarListEntry { id: Some(team.clone()), ..CalendarListEntry::default() };
    said.say("subscribed", bob.calendar_list().insert(&wish).await.unwrap());
    let change = CalendarListPatch { color_id: "7".to_owned().into(), ..CalendarListPatch::default() };
    said.say("coloured", bob.calendar_list().patch(&team, &change).await.unwrap());
    let whole = CalendarListEntry { hidden: Some(true), ..CalendarListEntry::default() };
    said.say("put_away", bob.calendar_list().update(&team, &whole).await.unwrap());
    let shown: Vec<_> = bob.calendar_list().list_all(CalendarListQuery::default()).try_collect().await.unwrap();
    said.say("shown", &shown);
    let day = event(json!({"start": {"date": "2027-03-01"}, "end": {"date": "2027-03-02"}}));
    said.refused("reader_writes", bob.events(&team).insert(&day, &Write::default()).await);
    said.say("writer", ann.acl(&team).patch(rule_id, &AccessRole::Writer, false).await.unwrap());
    let whole = AclRule::new(AccessRole::FreeBusyReader, AclScopeKind::User, BOB);
    said.say("busy_reader", ann.acl(&team).update(rule_id, &whole, false).await.unwrap());
    bob.calendar_list().delete(&team).await.unwrap();
    said.refused("unsubscribed", bob.calendar_list().get(&team).await);
    ann.acl(&team).delete(rule_id).await.unwrap();
    let all = AclQuery { show_deleted: true, ..AclQuery::default() };
    let rules: Vec<AclRule> = ann.acl(&team).list_all(all).try_collect().await.unwrap();
    said.say("rules", &rules);
    said.refused("own_list", list.delete("primary").await);
    said.refused("primary_deleted", calendars.delete("primary").await);
    calendars.transfer_ownership(&team, BOB).await.unwrap();
    said.say("new_owner", bob.calendars().get(&team).await.unwrap().data_owner);
    bob.calendars().delete(&team).await.unwrap();
    said.refused("deleted", bob.calendars().get(&team).await);
}

async fn events_and_guests(ann: &Calendar, bob: &Calendar, said: &mut Transcript) {
    let (events, theirs) = (ann.events("primary"), bob.events("primary"));
    let wish = json!({"id": "conformance1", "summary": "Pohovor 面試", "description": "<b>x</b>", "location": "Praha",
        "attendees": [{"email": BOB}, {"email": "eva@elsewhere.example", "optional": true}],
        "reminders": {"useDefault": false, "overrides": [{"method": "popup", "minutes": 10}]},
        "extendedProperties": {"private": {"a": "1"}, "shared": {"b": "2"}},
        "conferenceData": {"createRequest": {"requestId": "r1", "conferenceSolutionKey": {"type": "hangoutsMeet"}}}});
    let wish = hour("2027-03-01T10:00:00", "2027-03-01T11:00:00", wish);
    let all = Write { send_updates: SendUpdates::All, ..Write::default() };
    let made = events.insert(&wish, &all).await.unwrap().event;
    let statuses = ["pending", "success"];
    let status = made.conference_data.as_ref().and_then(|data| data.create_request.as_ref()?.status.as_ref());
    let status = serde_json::to_value(status).unwrap();
    assert!(statuses.contains(&status["statusCode"].as_str().unwrap()));
    let made = events.get(id(&made)).await.unwrap().event;
    said.say("made", &made);
    said.refused("again", events.insert(&wish, &Write::default()).await);
    let copy = theirs.get(id(&made)).await.unwrap().event;
    said.say("copy", &copy);
    let answer = patch(json!({"attendees": [{"email": BOB, "responseStatus": "accepted"}]}));
    said.say("answered", theirs.patch(id(&copy), &answer, &Write::default()).await.unwrap().event);
    let whole = hour("2027-03-01T12:00:00", "2027-03-01T13:00:00", json!({"summary": "Znovu"}));
    said.refused("not_the_organizer", theirs.update(id(&copy), &whole, &Write::default()).await);
    let told = events.get(id(&made)).await.unwrap().event;
    said.say("told", &told);
    let quiet = Write { if_match: told.etag.as_deref(), ..Write::default() };
    let change = patch(json!({"description": null, "location": "Brno"}));
    said.say("changed", events.patch(id(&made), &change, &quiet).await.unwrap().event);
    said.refused("stale", events.patch(id(&made), &change, &quiet).await);
    said.say("whole", events.update(id(&made), &whole, &Write::default()).await.unwrap().event);
    let busy = FreeBusyQuery {
        from: "2027-03-01T00:00:00Z".parse().unwrap(),
        to: "2027-03-02T00:00:00Z".parse().unwrap(),
        ids: vec![ANN.into(), "nobody@example.com".into()],
        ..FreeBusyQuery::default()
    };
    let busy = ann.free_busy(&busy).await.unwrap();
    let spans = busy.busy(ANN).unwrap().iter().map(|busy| busy.span().unwrap());
    let times: Vec<_> = spans.map(|(start, end)| (start.to_string(), end.to_string())).collect();
    said.say("busy", times);
    said.say("busy_nobody", busy.problem("nobody@example.com").unwrap().reason.as_deref());
    let empty = hour("2027-03-01T12:00:00", "2027-03-01T11:00:00", json!({}));
    said.refused("end_before_start", events.insert(&empty, &Write::default()).await);
    let zoneless =
        event(json!({"start": {"dateTime": "2027-03-01T12:00:00"}, "end": {"dateTime": "2027-03-01T13:00:00"},
        "recurrence": ["RRULE:FREQ=DAILY"]}));
    said.refused("no_zone", events.insert(&zoneless, &Write::default()).await);
    let mixed = event(json!({"start": {"date": "2027-03-01"}, "end": {"dateTime": "2027-03-01T13:00:00Z"}}));
    said.refused("day_and_time", events.insert(&mixed, &Write::default()).await);
    let elsewhere = json!({"iCalUID": "u1@elsewhere.test", "organizer": {"email": ANN}, "summary": "Odjinud"});
    let elsewhere = hour("2027-03-03T10:00:00", "2027-03-03T11:00:00", elsewhere);
    said.say("imported", events.import(&elsewhere, &Write::default()).await.unwrap().event);
    let strange = json!({"iCalUID": "u2@elsewhere.test", "organizer": {"email": "x@elsewhere.test"}});
    let strange = hour("2027-03-03T10:00:00", "2027-03-03T11:00:00", strange);
    said.refused("not_mine", events.import(&strange, &Write::default()).await);
    let quick = events.quick_add("Lunch with Bob tomorrow 12:30-13:30", SendUpdates::None).await.unwrap().event;
    said.say("quick", quick.summary);
    let wish = CalendarResource { summary: Some("Cíl".into()), ..CalendarResource::default() };
    let target = ann.calendars().insert(&wish).await.unwrap().id.unwrap();
    let moved = events.move_to(id(&made), &target, SendUpdates::None).await.unwrap().event;
    assert_eq!(moved.organizer.unwrap().email.as_deref(), Some(target.as_str()));
    said.say("left_behind", events.get(id(&made)).await.unwrap().event.status);
    ann.calendars().delete(&target).await.unwrap();
}

async fn series_and_changes(google: &Google, ann: &Calendar, said: &mut Transcript) {
    let events = ann.events("primary");
    let more = json!({"summary": "Denně", "recurrence": ["RRULE:FREQ=DAILY;COUNT=5"]});
    let series = hour("2027-03-26T10:00:00", "2027-03-26T11:00:00", more);
    let series = events.insert(&series, &Write::default()).await.unwrap().event;
    let page = events.instances(id(&series), &InstancesQuery::new()).await.unwrap();
    let starts: Vec<_> = shown(&page).into_iter().map(|one| one["start"].clone()).collect();
    said.say("instances", starts);
    let instances: Vec<String> = page.items.iter().map(|item| item.id.clone()).collect();
    let changed =
        events.patch(&instances[1], &patch(json!({"summary": "Jinak"})), &Write::default()).await.unwrap().event;
    said.say("exception", &changed);
    events.delete(&instances[3], &Write::default()).await.unwrap();
    let window = SearchQuery::new()
        .ends_after("2027-03-26T00:00:00Z".parse().unwrap())
        .starts_before("2027-04-01T00:00:00Z".parse().unwrap());
    let ordered = window.clone().single_events().order_by(portico_google::calendar::OrderBy::StartTime);
    said.say("window", names(events.list(ordered).await.unwrap()));
    let masters = events.list(window.clone()).await.unwrap();
    let mut kinds: Vec<_> = shown(&masters).iter().map(|one| (one["status"].clone(), one["summary"].clone())).collect();
    kinds.sort_by_key(|kind| serde_json::to_string(kind).unwrap());
    said.say("masters", kinds);
    said.say("search", names(events.list(SearchQuery::new().text("jinak")).await.unwrap()));

    let (mut query, mut pages) = (MirrorQuery::new().max_results(2), 0);
    let cursor = loop {
        let page = events.list(query.clone()).await.unwrap();
        assert!(page.items.len() <= 2);
        match page.next {
            Cursor::More(token) => query = query.page(&token),
            Cursor::End(token) => break token.unwrap(),
        }
        pages += 1;
    };
    said.say("pages", pages);
    let quiet = events.list(MirrorQuery::new().since(&cursor)).await.unwrap();
    said.say("quiet", quiet.items.len());
    events.delete(id(&series), &Write::default()).await.unwrap();
    said.refused("deleted_twice", events.delete(id(&series), &Write::default()).await);
    said.say("deleted", events.get(id(&series)).await.unwrap().event.status);
    let delta = events.list(MirrorQuery::new().since(&cursor)).await.unwrap();
    let mut tombstones: Vec<Vec<String>> =
        shown(&delta).iter().map(|one| one.as_object().unwrap().keys().cloned().collect()).collect();
    tombstones.sort();
    said.say("tombstones", tombstones);
    said.refused("malformed", events.list(MirrorQuery::new().since("bogus")).await);
    google.control("POST", "sync-tokens", json!({"expire": true})).await;
    said.refused("expired", events.list(MirrorQuery::new().since(&cursor)).await);
    said.refused("no_calendar", ann.events("nobody@example.com").list(SearchQuery::new()).await);
    said.refused("no_event", events.get("nosuchevent").await);
    ann.calendars().clear("primary").await.unwrap();
    said.say("cleared", events.list(SearchQuery::new()).await.unwrap().items.len());
}

async fn channels(ann: &Calendar, said: &mut Transcript) {
    let events = ann.events("primary");
    let opened = events.watch(&channel("events-1")).await.unwrap();
    said.say("channel", &opened.id);
    let others = [
        ann.calendar_list().watch(&channel("list-1")).await.unwrap(),
        ann.settings().watch(&channel("settings-1")).await.unwrap(),
        ann.acl("primary").watch(&channel("acl-1")).await.unwrap(),
    ];
    said.say("channels", others.map(|other| other.id));
    said.refused("id_again", events.watch(&channel("events-1")).await);
    let plain = NewChannel { address: "http://portal.example/hook".into(), ..channel("events-2") };
    said.refused("plain_http", events.watch(&plain).await);
    ann.channels().stop(&opened.id, &opened.resource_id).await.unwrap();
    said.refused("stopped", ann.channels().stop(&opened.id, &opened.resource_id).await);
}
