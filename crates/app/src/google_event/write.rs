use portico_calendar::{
    Answer, Attendee, Conference, Event, Field, Moment, Reminder, ReminderMethod, Reminders, Status, Visibility, When,
};
use portico_google::{
    Patch,
    calendar::{self as google, EventPatch, EventTimePatch},
};
use portico_kernel::{EmailAddress, EntryId};

/// With whose hand an event is written: what Google lets that person change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pen {
    /// The organizer (or a guest where guests may modify): everything.
    Organizer {
        /// Whether the guest list goes out.
        attendees: bool,
        /// Whether title, description and place go out. They do not where Portico itself was not allowed to keep them.
        details: bool,
    },
    /// A guest: the own answer and the private fields.
    Guest {
        /// The guest's own address in the guest list.
        own: EmailAddress,
    },
}

/// Which fields of two events differ in a way that the pen may write.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Changed {
    /// Title, description or place.
    pub text: bool,
    /// The time or the rule.
    pub time: bool,
    /// The guest list, somebody's answer included.
    pub attendees: bool,
    /// Whether it takes place, the online meeting or what guests may do.
    pub other_shared: bool,
    /// What only this calendar has.
    pub private: bool,
}

impl Changed {
    /// Whether anything differs.
    pub fn any(self) -> bool {
        self.text || self.time || self.attendees || self.other_shared || self.private
    }

    /// Whether the guests would see a difference, so that a mail to them makes sense.
    pub fn seen_by_guests(self) -> bool {
        self.text || self.time || self.attendees || self.other_shared
    }
}

/// The whole event of an insert.
pub fn insert_body(event: &Event, id: &str, mark: EntryId, pen: &Pen) -> google::Event {
    let (shared, private) = (&event.shared, &event.private);
    let text = |text: &String| (!text.is_empty()).then(|| text.clone());
    let unless = |value: bool, default: bool| (value != default).then_some(value);
    let (start, end) = times(&shared.when);
    let invites = matches!(pen, Pen::Organizer { attendees: true, .. }) && !shared.attendees.is_empty();
    google::Event {
        id: Some(id.to_owned()),
        summary: text(&shared.title),
        description: text(&shared.description),
        location: text(&shared.location),
        start: Some(start),
        end: Some(end),
        recurrence: (!shared.recurrence.is_empty()).then(|| shared.recurrence.clone()),
        status: (shared.status == Status::Tentative).then_some(google::EventStatus::Tentative),
        attendees: invites.then(|| shared.attendees.iter().map(|attendee| line(attendee, None)).collect()),
        conference_data: create_request(shared.conference.as_ref()),
        guests_can_modify: unless(shared.guests_can_modify, false),
        guests_can_invite_others: unless(shared.guests_can_invite_others, true),
        guests_can_see_other_guests: unless(shared.guests_can_see_other_guests, true),
        visibility: private.visibility.map(|visibility| visibility_name(Some(visibility))),
        transparency: private.transparent.then_some(google::Transparency::Transparent),
        reminders: (private.reminders != Reminders::Calendar).then(|| reminders(&private.reminders)),
        color_id: private.color.clone(),
        extended_properties: Some(google::ExtendedProperties {
            shared: Some([(super::MARK.to_owned(), mark.to_string())].into()),
            ..Default::default()
        }),
        ..google::Event::default()
    }
}

/// An event that was deleted is made anew as the special kind that its last copy was, with what belongs to that kind. From a
/// mail Google alone makes one: that comes back as a usual event.
pub fn make_again_as(body: &mut google::Event, last: google::Event) {
    body.event_type = last.event_type.filter(|kind| *kind != google::EventKind::FromGmail);
    body.focus_time = last.focus_time;
    body.out_of_office = last.out_of_office;
    body.working_location = last.working_location;
    body.birthday = last.birthday;
}

/// The PATCH that makes `base` into `wanted`, as far as `pen` may; with it, what it changes. `remote` is Google's last
/// copy: what a guest's line holds that we do not know goes back with the list, which is replaced whole.
pub fn patch_body(
    base: &Event,
    wanted: &Event,
    remote: Option<&google::Event>,
    pen: &Pen,
    is_instance: bool,
) -> (EventPatch, Changed) {
    let mut patch = EventPatch::default();
    let mut changed = Changed::default();
    match pen {
        Pen::Organizer { attendees, details } => {
            shared(base, wanted, *details, is_instance, &mut patch, &mut changed);
            let complete = remote.is_none_or(|remote| remote.attendees_omitted != Some(true));
            if *attendees && complete && !same_attendees(&base.shared.attendees, &wanted.shared.attendees) {
                patch.attendees = Patch::Set(lines(&wanted.shared.attendees, remote));
                changed.attendees = true;
            }
        }
        Pen::Guest { own } => {
            let of = |event: &Event| event.shared.attendees.iter().find(|a| a.email == *own).cloned();
            if let Some(mine) = of(wanted) {
                let answered = |a: &Attendee| (a.answer, a.comment.clone());
                if of(base).as_ref().map(answered) != Some(answered(&mine)) {
                    let known = remote.and_then(|remote| remote_line(remote, own));
                    patch.attendees = Patch::Set(vec![line(&mine, known)]);
                    changed.attendees = true;
                }
            }
        }
    }
    private(base, wanted, &mut patch, &mut changed);
    (patch, changed)
}

fn shared(
    base: &Event,
    wanted: &Event,
    details: bool,
    is_instance: bool,
    patch: &mut EventPatch,
    changed: &mut Changed,
) {
    if details {
        for (name, field, after) in [
            (Field::Title, &mut patch.summary, &wanted.shared.title),
            (Field::Description, &mut patch.description, &wanted.shared.description),
            (Field::Location, &mut patch.location, &wanted.shared.location),
        ] {
            if !name.same(base, wanted) {
                *field = Patch::to((!after.is_empty()).then(|| after.clone()));
                changed.text = true;
            }
        }
    }
    let rule_changed = !is_instance && !Field::Recurrence.same(base, wanted);
    let time_changed = !Field::When.same(base, wanted);
    let (base, wanted) = (&base.shared, &wanted.shared);
    if time_changed || rule_changed {
        let (start, end) = times(&wanted.when);
        patch.start = Patch::Set(EventTimePatch::from(start));
        patch.end = Patch::Set(EventTimePatch::from(end));
        changed.time = true;
    }
    if rule_changed {
        patch.recurrence = Patch::to((!wanted.recurrence.is_empty()).then(|| wanted.recurrence.clone()));
    }
    if base.status != wanted.status {
        patch.status = Patch::Set(match wanted.status {
            Status::Confirmed => google::EventStatus::Confirmed,
            Status::Tentative => google::EventStatus::Tentative,
            Status::Cancelled => google::EventStatus::Cancelled,
        });
        changed.other_shared = true;
    }
    match (&base.conference, &wanted.conference) {
        (Some(_), None) => {
            patch.conference_data = Patch::Clear;
            changed.other_shared = true;
        }
        (before, after @ Some(Conference::Wanted { .. })) if before != after => {
            patch.conference_data = Patch::to(create_request(after.as_ref()));
            changed.other_shared = true;
        }
        _ => {}
    }
    for (field, before, after) in [
        (&mut patch.guests_can_modify, base.guests_can_modify, wanted.guests_can_modify),
        (&mut patch.guests_can_invite_others, base.guests_can_invite_others, wanted.guests_can_invite_others),
        (&mut patch.guests_can_see_other_guests, base.guests_can_see_other_guests, wanted.guests_can_see_other_guests),
    ] {
        if before != after {
            *field = Patch::Set(after);
            changed.other_shared = true;
        }
    }
}

fn private(base: &Event, wanted: &Event, patch: &mut EventPatch, changed: &mut Changed) {
    let same_reminders = Field::Reminders.same(base, wanted);
    let (base, wanted) = (&base.private, &wanted.private);
    if base.visibility != wanted.visibility {
        patch.visibility = Patch::Set(visibility_name(wanted.visibility));
        changed.private = true;
    }
    if base.transparent != wanted.transparent {
        let busy = if wanted.transparent { google::Transparency::Transparent } else { google::Transparency::Opaque };
        patch.transparency = Patch::Set(busy);
        changed.private = true;
    }
    if !same_reminders {
        patch.reminders = Patch::Set(reminders(&wanted.reminders));
        changed.private = true;
    }
    if base.color != wanted.color {
        patch.color_id = Patch::to(wanted.color.clone());
        changed.private = true;
    }
}

/// Whether two guest lists say the same; their order means nothing.
fn same_attendees(base: &[Attendee], wanted: &[Attendee]) -> bool {
    base.len() == wanted.len()
        && wanted.iter().all(|attendee| {
            base.iter().any(|known| {
                known.email == attendee.email
                    && known.answer == attendee.answer
                    && known.optional == attendee.optional
                    && known.comment == attendee.comment
            })
        })
}

fn remote_line<'a>(remote: &'a google::Event, email: &EmailAddress) -> Option<&'a google::Attendee> {
    remote
        .attendees()
        .iter()
        .find(|line| line.email.as_deref().and_then(|text| EmailAddress::parse(text).ok()).as_ref() == Some(email))
}

/// The whole list: a line for each guest, and the lines of Google's that name nobody by address.
fn lines(attendees: &[Attendee], remote: Option<&google::Event>) -> Vec<google::Attendee> {
    let mut lines: Vec<google::Attendee> = attendees
        .iter()
        .map(|attendee| line(attendee, remote.and_then(|remote| remote_line(remote, &attendee.email))))
        .collect();
    for unnamed in remote.iter().flat_map(|remote| remote.attendees()) {
        if unnamed.email.as_deref().is_none_or(|text| EmailAddress::parse(text).is_err()) {
            lines.push(unnamed.clone());
        }
    }
    lines
}

fn line(attendee: &Attendee, known: Option<&google::Attendee>) -> google::Attendee {
    let mut line = known.cloned().unwrap_or_default();
    (line.is_self, line.organizer, line.id) = (None, None, None);
    line.email = Some(attendee.email.to_string());
    line.display_name = line.display_name.or_else(|| attendee.name.clone());
    line.response_status = Some(match attendee.answer {
        Answer::NeedsAction => google::ResponseStatus::NeedsAction,
        Answer::Accepted => google::ResponseStatus::Accepted,
        Answer::Tentative => google::ResponseStatus::Tentative,
        Answer::Declined => google::ResponseStatus::Declined,
    });
    if attendee.optional || line.optional.is_some() {
        line.optional = Some(attendee.optional);
    }
    if attendee.resource && known.is_none() {
        line.resource = Some(true);
    }
    if attendee.comment.is_some() || line.comment.is_some() {
        line.comment = Some(attendee.comment.clone().unwrap_or_default());
    }
    line
}

fn create_request(conference: Option<&Conference>) -> Option<google::ConferenceData> {
    match conference {
        Some(Conference::Wanted { request_id }) => Some(google::ConferenceData::create_meet(request_id)),
        _ => None,
    }
}

fn times(when: &When) -> (google::EventTime, google::EventTime) {
    match when {
        When::AllDay { start, end } => (google::EventTime::day(*start), google::EventTime::day(*end)),
        When::Timed { start, end } => {
            let at = |moment: &Moment| {
                let zone = moment.0.time_zone().iana_name().unwrap_or("UTC");
                google::EventTime::moment(moment.0.timestamp(), zone)
            };
            (at(start), at(end))
        }
    }
}

fn visibility_name(visibility: Option<Visibility>) -> google::Visibility {
    match visibility {
        None => google::Visibility::Default,
        Some(Visibility::Public) => google::Visibility::Public,
        Some(Visibility::Private) => google::Visibility::Private,
        Some(Visibility::Confidential) => google::Visibility::Confidential,
    }
}

fn reminders(reminders: &Reminders) -> google::Reminders {
    let one = |reminder: &Reminder| google::Reminder {
        method: Some(match reminder.method {
            ReminderMethod::Email => google::ReminderMethod::Email,
            ReminderMethod::Popup => google::ReminderMethod::Popup,
        }),
        minutes: Some(i64::from(reminder.minutes)),
        ..Default::default()
    };
    let (use_default, overrides) = match reminders {
        Reminders::Calendar => (true, Vec::new()),
        Reminders::Own(own) => (false, own.iter().map(one).collect()),
    };
    google::Reminders { use_default: Some(use_default), overrides: Some(overrides), ..Default::default() }
}
