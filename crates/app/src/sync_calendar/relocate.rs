//! A local move between calendars of one owner is a move at Google.

use portico_google::{
    self as google, Kind,
    calendar::{AccessRole, EventCopy, SendUpdates},
};
use portico_kernel::{EntryId, LinkId};
use portico_store::{Link, LinkState};

use super::{Run, Stop, hand::Fact};
use crate::links;

/// What Google said to a move.
enum Moved {
    /// The event is in the other calendar.
    There(Box<EventCopy>),
    /// It is in neither.
    Nowhere,
    /// It stays where it is, however often it is asked.
    Refused(google::Error),
}

impl Run<'_> {
    /// Moves an entry's copy at Google to the calendar of another link, which carries the entry from then on. What else
    /// waits to go out goes out there.
    pub(super) async fn relocate(
        &mut self,
        id: EntryId,
        version: i64,
        google_id: &str,
        to: LinkId,
    ) -> Result<(), Stop> {
        let mut tx = self.app.store.tenant_read(self.tenant).await?;
        let link = tx.link(to).await?;
        tx.end().await?;
        let writes = |link: &Link| AccessRole::from(link.access_role.as_str()).can_write();
        let Some(link) = link.filter(|link| link.state != LinkState::Retired && writes(link)) else {
            let error = google::Error::custom(Kind::Permission, "calendar.events.move", "the other calendar is gone");
            return self.refused(id, version, &error).await;
        };
        match self.ask_to_move(google_id, &link).await? {
            Moved::There(copy) => self.hand_over(id, &link, Some(&copy)).await,
            // The run of the other link removes it, if the guard agrees.
            Moved::Nowhere => self.hand_over(id, &link, None).await,
            Moved::Refused(error) => self.refused(id, version, &error).await,
        }
    }

    async fn ask_to_move(&self, google_id: &str, to: &Link) -> Result<Moved, Stop> {
        let events = self.calendar.events(&self.google_calendar);
        let error = match events.move_to(google_id, &to.google_calendar_id, SendUpdates::None).await {
            Ok(copy) => return Ok(Moved::There(Box::new(copy))),
            Err(error) => error,
        };
        let gone_here = error.is_absent();
        if !gone_here && *error.kind() != Kind::Duplicate {
            return match error.kind() {
                Kind::Invalid | Kind::Permission | Kind::Unsendable | Kind::Unreadable => Ok(Moved::Refused(error)),
                _ => Err(Stop::Google(error)),
            };
        }
        // It may have been moved already, by a call whose answer was lost.
        match self.calendar.events(&to.google_calendar_id).get(google_id).await {
            Ok(copy) if !copy.event.is_cancelled() => Ok(Moved::There(Box::new(copy))),
            Ok(_) => Ok(if gone_here { Moved::Nowhere } else { Moved::Refused(error) }),
            Err(absent) if absent.is_absent() => Ok(if gone_here { Moved::Nowhere } else { Moved::Refused(error) }),
            Err(error) => Err(Stop::Google(error)),
        }
    }

    /// The other link carries the entry, and its occurrences, from now on. It reads Google's copy and merges it; without one
    /// the entry is gone at Google.
    async fn hand_over(&mut self, id: EntryId, to: &Link, copy: Option<&EventCopy>) -> Result<(), Stop> {
        let mut tx = self.write().await?;
        let mut hand = self.load(&mut tx, vec![id]).await?;
        let now = self.now();
        let instances = hand.entries.values().filter(|entry| entry.series_entry_id == Some(id)).map(|entry| entry.id);
        let all: Vec<EntryId> = instances.chain([id]).collect();
        for each in all.into_iter().filter(|each| hand.entries[each].link_id == Some(self.link.id)).collect::<Vec<_>>()
        {
            hand.change(each, |entry| {
                entry.link_id = Some(to.id);
                entry.moving_to = None;
                entry.generation = to.pulling_generation.unwrap_or(to.generation);
            });
            let meeting = hand.entries[&each].meeting_id;
            hand.change_meeting(meeting, |meeting| {
                if meeting.organizer_email == self.link.google_calendar_id {
                    meeting.organizer_email.clone_from(&to.google_calendar_id);
                }
            });
        }
        hand.change(id, |entry| match copy {
            Some(copy) => {
                entry.google_id.clone_from(&copy.event.id);
                // The copy has to be read: it may say more than who organizes it now.
                entry.etag.clear();
                entry.local_version = entry.local_version.max(entry.pushed_version + 1);
            }
            None => entry.gone_at = Some(now),
        });
        hand.note(id, Fact::Pushed);
        self.ran.pushed += 1;
        self.save(&mut tx, &mut hand).await?;
        links::wake(self.app, &mut tx, to.id).await?;
        self.commit(tx).await
    }
}
