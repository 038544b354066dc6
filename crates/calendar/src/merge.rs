//! The three-way merge of an event: base, ours and theirs, field by field.

use std::collections::BTreeMap;

use portico_kernel::EmailAddress;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Attendee, Conference, Event, Reminders, When, same_rules};

/// A field of an event, as conflicts and choices name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// The title.
    Title,
    /// The description.
    Description,
    /// The place.
    Location,
    /// Start and end.
    When,
    /// The rule of a series.
    Recurrence,
    /// Whether it takes place.
    Status,
    /// The guests.
    Attendees,
    /// The online meeting.
    Conference,
    /// What guests may do.
    GuestRights,
    /// Who may see the details.
    Visibility,
    /// Whether the time counts as free.
    Transparency,
    /// The reminders.
    Reminders,
    /// The colour.
    Color,
}

impl Field {
    /// All of them, in the order in which pages show them.
    pub const ALL: [Self; 13] = [
        Self::Title,
        Self::When,
        Self::Recurrence,
        Self::Location,
        Self::Attendees,
        Self::Conference,
        Self::Description,
        Self::Status,
        Self::GuestRights,
        Self::Visibility,
        Self::Transparency,
        Self::Reminders,
        Self::Color,
    ];

    /// Takes this field's value from one event into another.
    pub fn copy(self, from: &Event, to: &mut Event) {
        let (from_shared, shared) = (&from.shared, &mut to.shared);
        match self {
            Self::Title => shared.title.clone_from(&from_shared.title),
            Self::Description => shared.description.clone_from(&from_shared.description),
            Self::Location => shared.location.clone_from(&from_shared.location),
            Self::When => shared.when = from_shared.when.clone(),
            Self::Recurrence => shared.recurrence.clone_from(&from_shared.recurrence),
            Self::Status => shared.status = from_shared.status,
            Self::Attendees => shared.attendees.clone_from(&from_shared.attendees),
            Self::Conference => shared.conference.clone_from(&from_shared.conference),
            Self::GuestRights => {
                shared.guests_can_modify = from_shared.guests_can_modify;
                shared.guests_can_invite_others = from_shared.guests_can_invite_others;
                shared.guests_can_see_other_guests = from_shared.guests_can_see_other_guests;
            }
            Self::Visibility => to.private.visibility = from.private.visibility,
            Self::Transparency => to.private.transparent = from.private.transparent,
            Self::Reminders => to.private.reminders = from.private.reminders.clone(),
            Self::Color => to.private.color.clone_from(&from.private.color),
        }
    }

    /// Whether two events mean the same in this field, however it is written.
    pub fn same(self, a: &Event, b: &Event) -> bool {
        let (x, y) = (&a.shared, &b.shared);
        match self {
            Self::Title => same_text(&x.title, &y.title),
            Self::Description => same_text(&x.description, &y.description),
            Self::Location => same_text(&x.location, &y.location),
            Self::When => same_when(&x.when, &y.when),
            Self::Recurrence => same_rules(&x.recurrence, &y.recurrence, &x.when),
            Self::Status => x.status == y.status,
            Self::Attendees => same_guests(&x.attendees, &y.attendees),
            Self::Conference => same_conference(x.conference.as_ref(), y.conference.as_ref()),
            Self::GuestRights => {
                (x.guests_can_modify, x.guests_can_invite_others, x.guests_can_see_other_guests)
                    == (y.guests_can_modify, y.guests_can_invite_others, y.guests_can_see_other_guests)
            }
            Self::Visibility => a.private.visibility == b.private.visibility,
            Self::Transparency => a.private.transparent == b.private.transparent,
            Self::Reminders => same_reminders(&a.private.reminders, &b.private.reminders),
            Self::Color => a.private.color == b.private.color,
        }
    }

    /// This field's value for people to compare.
    pub fn value(self, event: &Event) -> Value {
        let shared = &event.shared;
        let json = |value: serde_json::Result<Value>| value.unwrap_or(Value::Null);
        match self {
            Self::Title => Value::from(shared.title.as_str()),
            Self::Description => Value::from(shared.description.as_str()),
            Self::Location => Value::from(shared.location.as_str()),
            Self::When => json(serde_json::to_value(&shared.when)),
            Self::Recurrence => json(serde_json::to_value(&shared.recurrence)),
            Self::Status => json(serde_json::to_value(shared.status)),
            Self::Attendees => json(serde_json::to_value(&shared.attendees)),
            Self::Conference => json(serde_json::to_value(&shared.conference)),
            Self::GuestRights => serde_json::json!({
                "modify": shared.guests_can_modify,
                "invite_others": shared.guests_can_invite_others,
                "see_other_guests": shared.guests_can_see_other_guests,
            }),
            Self::Visibility => json(serde_json::to_value(event.private.visibility)),
            Self::Transparency => Value::from(if event.private.transparent { "transparent" } else { "opaque" }),
            Self::Reminders => json(serde_json::to_value(&event.private.reminders)),
            Self::Color => json(serde_json::to_value(&event.private.color)),
        }
    }

    /// Writes a value as [`Field::value`] gives it back into an event; false when it is no value of this field.
    pub fn set_value(self, value: &Value, event: &mut Event) -> bool {
        fn put<T: serde::de::DeserializeOwned>(value: &Value, place: &mut T) -> bool {
            serde_json::from_value(value.clone()).map(|read| *place = read).is_ok()
        }
        let (shared, private) = (&mut event.shared, &mut event.private);
        match self {
            Self::Title => put(value, &mut shared.title),
            Self::Description => put(value, &mut shared.description),
            Self::Location => put(value, &mut shared.location),
            Self::When => put(value, &mut shared.when),
            Self::Recurrence => put(value, &mut shared.recurrence),
            Self::Status => put(value, &mut shared.status),
            Self::Attendees => put(value, &mut shared.attendees),
            Self::Conference => put(value, &mut shared.conference),
            Self::GuestRights => {
                let right = |name: &str| value.get(name).and_then(Value::as_bool);
                match (right("modify"), right("invite_others"), right("see_other_guests")) {
                    (Some(modify), Some(invite), Some(see)) => {
                        shared.guests_can_modify = modify;
                        shared.guests_can_invite_others = invite;
                        shared.guests_can_see_other_guests = see;
                        true
                    }
                    _ => false,
                }
            }
            Self::Visibility => put(value, &mut private.visibility),
            Self::Transparency => {
                private.transparent = value.as_str() == Some("transparent");
                matches!(value.as_str(), Some("transparent" | "opaque"))
            }
            Self::Reminders => put(value, &mut private.reminders),
            Self::Color => put(value, &mut private.color),
        }
    }
}

/// A field that both sides changed differently. Google's value stands; ours is kept here until the person chooses.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FieldConflict {
    /// The field.
    pub field: Field,
    /// What both sides had agreed on.
    pub base: Value,
    /// What it is in Portico.
    pub portico: Value,
    /// What it is at Google.
    pub google: Value,
}

/// What a merge gives.
#[derive(Clone, Debug, PartialEq)]
pub struct Merged {
    /// The event that both sides shall have.
    pub event: Event,
    /// The fields in which that differs from theirs: what has to go out.
    pub to_push: Vec<Field>,
    /// The fields that both sides changed differently.
    pub conflicts: Vec<FieldConflict>,
}

/// Merges field by field. One side changed a field: take it, whatever any clock says. Both changed it alike: it is merged.
/// Both changed it differently: theirs stands and the field is a conflict. Guests are merged one by one.
///
/// Without a base (two copies that meet for the first time) theirs is the truth, and what ours says otherwise is neither
/// pushed nor a conflict: a copy that was never in step has no edit to lose.
pub fn merge(base: Option<&Event>, ours: &Event, theirs: &Event) -> Merged {
    let Some(base) = base else {
        return Merged { event: theirs.clone(), to_push: Vec::new(), conflicts: Vec::new() };
    };
    let mut merged = Merged { event: theirs.clone(), to_push: Vec::new(), conflicts: Vec::new() };
    for field in Field::ALL {
        if field.same(ours, theirs) {
            continue;
        }
        if field == Field::Attendees {
            merge_attendees(base, ours, theirs, &mut merged);
            continue;
        }
        match (!field.same(base, ours), !field.same(base, theirs)) {
            (false, _) => {}
            (true, true) if field == Field::Conference && room_stands(ours, theirs) => {}
            (true, true) if field != Field::Conference || has_room(theirs) => merged.conflicts.push(FieldConflict {
                field,
                base: field.value(base),
                portico: field.value(ours),
                google: field.value(theirs),
            }),
            (true, _) => {
                field.copy(ours, &mut merged.event);
                merged.to_push.push(field);
            }
        }
    }
    merged
}

fn has_room(event: &Event) -> bool {
    matches!(event.shared.conference, Some(Conference::Ready { .. }))
}

/// A room of theirs is the answer to our wish for one, and a new room of theirs replaces the one that we know. Anything else
/// of theirs (no meeting, one that is being made, one that failed) does not erase what we have.
fn room_stands(ours: &Event, theirs: &Event) -> bool {
    has_room(theirs) && ours.shared.conference.is_some()
}

fn merge_attendees(base: &Event, ours: &Event, theirs: &Event, merged: &mut Merged) {
    let (b, o, t) =
        (by_address(&base.shared.attendees), by_address(&ours.shared.attendees), by_address(&theirs.shared.attendees));
    let mut clash = false;
    let mut pushed = false;
    let mut decide = |email: &EmailAddress| -> Option<Attendee> {
        let (base, ours, theirs) = (b.get(email).copied(), o.get(email).copied(), t.get(email).copied());
        if same_guest(ours, theirs) || same_guest(base, ours) {
            return theirs.cloned();
        }
        if same_guest(base, theirs) {
            pushed = true;
            return ours.cloned();
        }
        match (base, ours, theirs) {
            // Both know the guest and changed something: each property by itself.
            (base, Some(ours), Some(theirs)) => {
                let (guest, clashed, ours_counts) = merge_attendee(base, ours, theirs);
                clash |= clashed;
                pushed |= ours_counts;
                Some(guest)
            }
            // One side removed the guest and the other changed the guest's line: the removal and the change clash.
            (Some(_), _, theirs) => {
                clash = true;
                theirs.cloned()
            }
            (None, ours, theirs) => theirs.or(ours).cloned(),
        }
    };
    let mut guests: Vec<Attendee> = theirs.shared.attendees.iter().filter_map(|guest| decide(&guest.email)).collect();
    for guest in &ours.shared.attendees {
        if !t.contains_key(&guest.email) {
            guests.extend(decide(&guest.email));
        }
    }
    merged.event.shared.attendees = guests;
    if clash {
        merged.conflicts.push(FieldConflict {
            field: Field::Attendees,
            base: Field::Attendees.value(base),
            portico: Field::Attendees.value(ours),
            google: Field::Attendees.value(theirs),
        });
    }
    if pushed && !Field::Attendees.same(&merged.event, theirs) {
        merged.to_push.push(Field::Attendees);
    }
}

/// The merged guest, whether something clashed, and whether something of ours counts.
fn merge_attendee(base: Option<&Attendee>, ours: &Attendee, theirs: &Attendee) -> (Attendee, bool, bool) {
    let mut guest = theirs.clone();
    let (mut clash, mut counts) = (false, false);
    let mut one = |we: bool, they: bool, differ: bool| -> bool {
        clash |= we && they && differ;
        let take = we && !they && differ;
        counts |= take;
        take
    };
    let changed = |of: &Attendee, what: fn(&Attendee) -> (u8, Option<&str>)| base.is_none_or(|b| what(b) != what(of));
    let answer: fn(&Attendee) -> (u8, Option<&str>) = |a| (a.answer as u8, None);
    let optional: fn(&Attendee) -> (u8, Option<&str>) = |a| (u8::from(a.optional), None);
    let comment: fn(&Attendee) -> (u8, Option<&str>) = |a| (0, a.comment.as_deref());
    if one(changed(ours, answer), changed(theirs, answer), answer(ours) != answer(theirs)) {
        guest.answer = ours.answer;
    }
    if one(changed(ours, optional), changed(theirs, optional), optional(ours) != optional(theirs)) {
        guest.optional = ours.optional;
    }
    if one(changed(ours, comment), changed(theirs, comment), comment(ours) != comment(theirs)) {
        guest.comment.clone_from(&ours.comment);
    }
    (guest, clash, counts)
}

/// The fields in which two events differ in meaning.
pub fn diff(before: &Event, after: &Event) -> Vec<Field> {
    Field::ALL.into_iter().filter(|field| !field.same(before, after)).collect()
}

fn by_address(guests: &[Attendee]) -> BTreeMap<&EmailAddress, &Attendee> {
    guests.iter().map(|guest| (&guest.email, guest)).collect()
}

/// Whether two lines of a guest say the same. Names do not count: Google replaces them by those of its own directory.
fn same_guest(a: Option<&Attendee>, b: Option<&Attendee>) -> bool {
    let said = |guest: &Attendee| {
        (guest.answer, guest.optional, guest.resource, guest.comment.clone().filter(|comment| !comment.is_empty()))
    };
    a.map(said) == b.map(said)
}

fn same_guests(a: &[Attendee], b: &[Attendee]) -> bool {
    let (a, b) = (by_address(a), by_address(b));
    a.len() == b.len() && a.iter().all(|(email, guest)| same_guest(Some(guest), b.get(email).copied()))
}

/// Texts that Google may hand back in another spelling are the same: line ends, and spaces at the ends.
fn same_text(a: &str, b: &str) -> bool {
    a == b || normal(a) == normal(b)
}

fn normal(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n").trim().to_owned()
}

fn same_when(a: &When, b: &When) -> bool {
    match (a, b) {
        (When::Timed { start: s1, end: e1 }, When::Timed { start: s2, end: e2 }) => {
            s1.timestamp() == s2.timestamp() && e1.timestamp() == e2.timestamp() && a.zone_name() == b.zone_name()
        }
        _ => a == b,
    }
}

fn same_conference(a: Option<&Conference>, b: Option<&Conference>) -> bool {
    match (a, b) {
        (Some(Conference::Ready { url: x, .. }), Some(Conference::Ready { url: y, .. })) => x == y,
        (
            Some(Conference::Wanted { request_id: x } | Conference::Pending { request_id: x }),
            Some(Conference::Wanted { request_id: y } | Conference::Pending { request_id: y }),
        ) => x == y,
        (a, b) => a == b,
    }
}

fn same_reminders(a: &Reminders, b: &Reminders) -> bool {
    match (a, b) {
        (Reminders::Own(x), Reminders::Own(y)) => {
            let (mut x, mut y) = (x.clone(), y.clone());
            x.sort();
            y.sort();
            x == y
        }
        (a, b) => a == b,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Answer, Moment, Reminder, ReminderMethod, Visibility};

    /// The page puts these values into words; its own test reads the same file.
    #[test]
    fn the_page_knows_the_value_of_every_field() {
        let moment = |text: &str| Moment::parse(text).unwrap();
        let when = When::Timed {
            start: moment("2027-03-05T10:30:00+01:00[Europe/Prague]"),
            end: moment("2027-03-05T11:00:00+01:00[Europe/Prague]"),
        };
        let mut event = Event::new("Coffee", when);
        let shared = &mut event.shared;
        shared.description = "With Li".into();
        shared.location = "Café Letka".into();
        shared.recurrence = vec!["RRULE:FREQ=WEEKLY;BYDAY=FR".into()];
        shared.attendees = vec![Attendee {
            email: EmailAddress::parse("li@acme.test").unwrap(),
            name: Some("Li Wei".into()),
            answer: Answer::Accepted,
            optional: true,
            resource: false,
            comment: Some("Gladly".into()),
        }];
        shared.conference = Some(Conference::Ready { url: "https://meet.google.com/abc-mnop-xyz".into(), id: None });
        shared.guests_can_modify = true;
        event.private.visibility = Some(Visibility::Private);
        event.private.transparent = true;
        event.private.reminders = Reminders::Own(vec![Reminder { method: ReminderMethod::Popup, minutes: 10 }]);
        event.private.color = Some("5".into());

        let name = |field: Field| serde_json::to_value(field).unwrap().as_str().unwrap().to_owned();
        let values: serde_json::Map<String, Value> =
            Field::ALL.into_iter().map(|field| (name(field), field.value(&event))).collect();
        let known: Value = serde_json::from_str(include_str!("../../../web/dev/conflict-values.json")).unwrap();
        let says = serde_json::to_string_pretty(&values).unwrap();
        assert!(Value::Object(values) == known, "web/dev/conflict-values.json should be\n{says}");
    }
}
