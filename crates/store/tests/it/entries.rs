//! Meetings and entries: what is written comes back, and an edit of what was changed meanwhile is refused.

use portico_calendar::{Answer, Attendee, Conference, OriginalStart, Reminder, ReminderMethod, Reminders, Visibility};
use portico_kernel::{AccountId, EmailAddress, TenantId};
use portico_store::StoreError;

use crate::{NOW, calendar, meeting, tx, world};

#[tokio::test]
async fn an_entry_comes_back_as_it_was_written() {
    for database in portico_parts::databases().await {
        let (store, world) = (database.open().await, world());
        let tenant = TenantId::new(&world);
        let calendar = calendar(&world);
        let (mut meeting, mut entry) = meeting(&world, calendar.id, "Příliš žluťoučký 🐴", 1);
        meeting.shared.attendees = vec![Attendee {
            email: EmailAddress::parse("jiro@acme.example").unwrap(),
            name: Some("田中 二郎".into()),
            answer: Answer::Tentative,
            optional: true,
            resource: false,
            comment: Some("maybe".into()),
        }];
        meeting.shared.conference = Some(Conference::Wanted { request_id: "r1".into() });
        meeting.original_start = Some(OriginalStart::At(NOW));
        entry.private.visibility = Some(Visibility::Private);
        entry.private.reminders = Reminders::Own(vec![Reminder { method: ReminderMethod::Popup, minutes: 10 }]);
        entry.act = Some(serde_json::json!({"notify": true}));
        entry.google_id = Some("abc".into());

        let mut tx1 = tx(&store, tenant).await;
        tx1.put_calendar(&calendar).await.unwrap();
        tx1.insert_meetings(std::slice::from_ref(&meeting)).await.unwrap();
        tx1.insert_entries(std::slice::from_ref(&entry)).await.unwrap();
        tx1.commit(NOW).await.unwrap();

        let mut tx2 = tx(&store, tenant).await;
        let read = tx2.entry(entry.id).await.unwrap().unwrap();
        assert_eq!((read.entry, read.meeting), (entry, meeting), "{}", database.engine);
        assert_eq!(tx2.calendar(calendar.id).await.unwrap().unwrap(), calendar, "{}", database.engine);
    }
}

#[tokio::test]
async fn an_edit_of_what_was_changed_meanwhile_is_stale() {
    for database in portico_parts::databases().await {
        let (store, world) = (database.open().await, world());
        let tenant = TenantId::new(&world);
        let calendar = calendar(&world);
        let (meeting, entry) = meeting(&world, calendar.id, "Budget", 1);
        let mut tx1 = tx(&store, tenant).await;
        tx1.put_calendar(&calendar).await.unwrap();
        tx1.insert_meetings(std::slice::from_ref(&meeting)).await.unwrap();
        tx1.insert_entries(std::slice::from_ref(&entry)).await.unwrap();
        let (mut first, mut second) = (meeting.clone(), meeting);
        first.shared.title = "one".into();
        second.shared.title = "two".into();
        tx1.update_meeting(&mut first, NOW).await.unwrap();
        assert!(matches!(tx1.update_meeting(&mut second, NOW).await, Err(StoreError::Stale)), "{}", database.engine);
        let (mut first, mut second) = (entry.clone(), entry);
        first.deleted_at = Some(NOW);
        first.deleted_by = Some(AccountId::new(&world));
        tx1.edit_entry(&mut first, true).await.unwrap();
        assert_eq!(first.local_version, 2);
        assert!(matches!(tx1.edit_entry(&mut second, true).await, Err(StoreError::Stale)), "{}", database.engine);
        let read = tx1.entry(first.id).await.unwrap().unwrap();
        assert_eq!((read.entry, read.meeting.shared.title.as_str()), (first, "one"), "{}", database.engine);
    }
}

#[tokio::test]
async fn a_meeting_appears_in_a_calendar_once_unless_it_was_deleted_there() {
    for database in portico_parts::databases().await {
        let (store, world) = (database.open().await, world());
        let tenant = TenantId::new(&world);
        let calendar = calendar(&world);
        let (meeting, mut entry) = meeting(&world, calendar.id, "Budget", 1);
        let mut again = entry.clone();
        again.id = portico_kernel::EntryId::new(&world);
        let mut tx1 = tx(&store, tenant).await;
        tx1.put_calendar(&calendar).await.unwrap();
        tx1.insert_meetings(std::slice::from_ref(&meeting)).await.unwrap();
        tx1.insert_entries(std::slice::from_ref(&entry)).await.unwrap();
        entry.deleted_at = Some(NOW);
        tx1.edit_entry(&mut entry, true).await.unwrap();
        tx1.insert_entries(std::slice::from_ref(&again)).await.unwrap();
        tx1.commit(NOW).await.unwrap();
        let mut tx2 = tx(&store, tenant).await;
        again.id = portico_kernel::EntryId::new(&world);
        let refused = tx2.insert_entries(std::slice::from_ref(&again)).await;
        assert!(matches!(refused, Err(StoreError::Unique { .. })), "{}: {refused:?}", database.engine);
    }
}
