//! What both sides have at the end, to read a failure by.

use portico_calendar::Shared;
use portico_kernel::EntryId;
use serde_json::Value;

use crate::{
    edits::{tag_of, time_value},
    google_side,
    portico_side::{name, shown},
    stage::{OUTSIDER, Stage},
};

fn words(shared: &Shared) -> String {
    let guests: Vec<String> = shared.attendees.iter().map(|line| format!("{}={:?}", line.email, line.answer)).collect();
    let (when, guests) = (time_value(&shared.when), guests.join(","));
    format!("{:?} {when} {:?} [{guests}] {:?} {:?}", shared.title, shared.location, shared.status, shared.recurrence)
}

/// Every calendar of either side, line by line, the events with the same tag together.
pub async fn both_sides(stage: &mut Stage) -> Vec<String> {
    let mut lines = Vec::new();
    for person in stage.places.clone() {
        let mut all = shown(stage, &person).await;
        let series: Vec<EntryId> = all.iter().map(|shown| shown.entry.id).collect();
        let mut tx = stage.store.tenant_read(stage.tenant).await.expect("a transaction");
        all.extend(tx.entries_of_all_series(&series).await.expect("exceptions"));
        tx.end().await.expect("an end");
        for shown in all {
            let (entry, meeting) = (&shown.entry, &shown.meeting);
            lines.push(format!(
                "{} in Portico of {} {}: {} lead {} deleted {} {}>{} google {:?} inc {} known {} problem {:?}",
                tag_of(&meeting.shared),
                person.google,
                name(meeting.original_start),
                words(&meeting.shared),
                meeting.lead_entry_id == Some(entry.id),
                entry.deleted_at.is_some(),
                entry.local_version,
                entry.pushed_version,
                entry.google_id,
                entry.incarnation,
                entry.is_known_to_google,
                entry.push_problem,
            ));
        }
    }
    let everybody = stage.places.iter().map(|place| (place.email.to_string(), place.google.clone()));
    for (owner, email) in everybody.chain([(OUTSIDER.to_owned(), OUTSIDER.to_owned())]).collect::<Vec<_>>() {
        let hands = stage.hands(&owner).await;
        for (remote, _) in google_side::all(&hands, &stage.scene.tz(), &email).await {
            let event = remote.event.as_ref().map_or_else(|| "cancelled".into(), |event| words(&event.shared));
            let tag = remote.event.as_ref().map_or_else(|| remote.id.clone(), |event| tag_of(&event.shared));
            lines.push(format!("{tag} at Google of {email} {} {}: {event}", remote.id, name(remote.original_start)));
        }
    }
    lines.sort();
    lines.dedup();
    let requests = stage.control("GET", "requests", Value::Null).await;
    let asked = requests["items"].as_array().cloned().unwrap_or_default();
    lines.extend(asked.iter().filter(|item| item["path"].as_str().is_some_and(|path| path.contains("/events"))).map(
        |item| {
            let text = |key: &str| item[key].as_str().unwrap_or_default().to_owned();
            let body = Some(&item["body"]).filter(|body| !body.is_null()).map(Value::to_string).unwrap_or_default();
            let path = text("path").replace("/calendar/v3/calendars/", "");
            let mails = if item["query"].to_string().contains(r#"["sendUpdates","all"]"#) { " mails" } else { "" };
            format!("asked {} {} {path}{mails} {body}: {}", text("at"), text("verb"), item["status"])
        },
    ));
    lines
}
