use serde_json::json;

use crate::support::{Google, each, text, timed, weekly};

#[tokio::test]
async fn nothing_is_forgotten() {
    let folder = tempfile::tempdir().unwrap();
    let google = Google::with_app(Some(folder.path())).await;
    let ann = google.person("ann@example.com").await;
    let kept = ann.insert(timed("kept", "2026-12-01", "09:00", "10:00")).await;
    let id = text(&kept, "id");
    let series = text(&ann.insert(weekly(3)).await, "id");
    ann.patch(&format!("calendars/primary/events/{series}_20261130T080000Z"), json!({"summary": "x"})).await.ok();
    let token = text(&ann.list("").await, "nextSyncToken");
    let channel = json!({"id": "one", "type": "web_hook", "address": "https://portal.example/hook"});
    ann.post("calendars/primary/events/watch", channel.clone()).await.ok();
    let mut meet = timed("meet", "2026-12-01", "09:00", "10:00");
    meet["conferenceData"] = json!({"createRequest": {"requestId": "r"}});
    let meet = ann.post("calendars/primary/events?conferenceDataVersion=1", meet).await.ok();
    // A refused call leaves nothing behind, here nor in what is found again later.
    ann.patch(&format!("calendars/primary/events/{id}"), json!({"summary": "y", "colorId": "99"}))
        .await
        .refused(400, "invalid");
    let token_of_ann = ann.into_token();
    drop(google);

    let google = Google::open(Some(folder.path()));
    let ann = google.holder("ann@example.com", token_of_ann);
    assert_eq!(ann.event(&id).await, kept);
    let delta = ann.list(&format!("syncToken={token}")).await;
    assert_eq!(each(&delta, "id"), [text(&meet, "id")]);
    assert!(delta["items"][0]["hangoutLink"].is_string());
    assert_eq!(each(&ann.list("singleEvents=true&orderBy=startTime").await, "summary").len(), 5);
    assert_eq!(each(&ann.list(&format!("iCalUID={id}@google.com")).await, "id"), [id]);
    ann.post("calendars/primary/events/watch", channel).await.refused(400, "channelIdNotUnique");
    assert_eq!(google.sandbox.deliver_pushes().await, 2);
}
