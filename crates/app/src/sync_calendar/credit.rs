//! What was sent and arrived although its answer did not.

use portico_calendar::{Attendee, Event};
use portico_store::Sending;

/// The base, moved on to what of `sending` Google demonstrably has; and the sendings of which something arrived.
///
/// Without this a lost answer would look like a change on both sides: a false conflict, or a second write that mails
/// every guest again.
pub(super) fn credit(base: &Event, sending: &[Sending], theirs: &Event) -> (Event, Vec<Sending>) {
    let mut credited = base.clone();
    let mut arrived = Vec::new();
    for sent in sending {
        let before = credited.clone();
        credit_one(&mut credited, &sent.event, theirs);
        if credited != before || sent.insert || sent.event == *theirs {
            arrived.push(sent.clone());
        }
    }
    (credited, arrived)
}

fn credit_one(base: &mut Event, sent: &Event, theirs: &Event) {
    macro_rules! fields {
        ($($part:ident.$field:ident),* $(,)?) => { $(
            if sent.$part.$field == theirs.$part.$field && base.$part.$field != sent.$part.$field {
                base.$part.$field = sent.$part.$field.clone();
            }
        )* };
    }
    fields!(
        shared.title,
        shared.description,
        shared.location,
        shared.when,
        shared.recurrence,
        shared.status,
        shared.conference,
        shared.guests_can_modify,
        shared.guests_can_invite_others,
        shared.guests_can_see_other_guests,
        private.visibility,
        private.transparent,
        private.reminders,
        private.color,
    );
    let find = |list: &[Attendee], line: &Attendee| list.iter().find(|other| other.email == line.email).cloned();
    let (sent, theirs) = (&sent.shared.attendees, &theirs.shared.attendees);
    // Guests that were taken off and are off; guests that were added or changed and are so.
    base.shared.attendees.retain(|line| find(sent, line).is_some() || find(theirs, line).is_some());
    for line in sent {
        if find(theirs, line).is_none_or(|other| !same_line(&other, line)) {
            continue;
        }
        match base.shared.attendees.iter_mut().find(|other| other.email == line.email) {
            Some(known) => *known = line.clone(),
            None => base.shared.attendees.push(line.clone()),
        }
    }
}

fn same_line(a: &Attendee, b: &Attendee) -> bool {
    a.answer == b.answer && a.optional == b.optional && a.comment == b.comment
}
