//! Nobody is mailed twice for one act, and nobody for none.

use std::collections::BTreeMap;

use portico_calendar::{OriginalStart, parse_occurrence_id};
use portico_kernel::Timestamp;
use serde_json::Value;

use crate::{
    edits::{Act, Ledger},
    stage::Stage,
};

/// A mail that Google would have sent.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Mail {
    at: Timestamp,
    from: String,
    to: String,
    kind: String,
    calendar: String,
    event: String,
}

impl Mail {
    fn read(item: &Value) -> Self {
        let text = |key: &str| item[key].as_str().unwrap_or_default().to_owned();
        let at: jiff::Timestamp = text("at").parse().expect("a time");
        Self {
            at: at.into(),
            from: text("from"),
            to: text("to"),
            kind: text("kind"),
            calendar: text("calendar_id"),
            event: text("event_id"),
        }
    }

    fn instance(&self) -> Option<OriginalStart> {
        parse_occurrence_id(&self.event).1
    }
}

/// Every mail needs an act of its own: by the one who it comes from, about that event, after the mail before of that event
/// to the same person. What happens between two calls to Google makes one mail.
pub(super) async fn nobody_is_mailed_twice(stage: &mut Stage, ledger: &Ledger, wrong: &mut Vec<String>) {
    let answer = stage.control("GET", "mail", Value::Null).await;
    let mut mails: Vec<Mail> = answer["items"].as_array().into_iter().flatten().map(Mail::read).collect();
    mails.sort();
    let mut tags = BTreeMap::<(String, String), String>::new();
    let mut last = BTreeMap::<(String, String, String), Timestamp>::new();
    let mut used = BTreeMap::<(String, usize), usize>::new();
    for mail in &mails {
        let series = parse_occurrence_id(&mail.event).0.to_owned();
        let place = (mail.calendar.clone(), series);
        if !tags.contains_key(&place) {
            let tag = tag_at_google(stage, &place.0, &place.1).await;
            tags.insert(place.clone(), tag);
        }
        let tag = &tags[&place];
        let key = (mail.from.clone(), mail.to.clone(), mail.event.clone());
        let before = last.insert(key, mail.at);
        let pays = |(number, act): &(usize, &Act)| {
            let spent = used.get(&(mail.to.clone(), *number)).copied().unwrap_or(0);
            act.who == mail.from
                && act.tag == *tag
                && (act.instance.is_none() || act.instance == mail.instance())
                && act.at < mail.at
                && before.is_none_or(|before| act.at >= before)
                && spent < act.events
        };
        // What was about one occurrence pays for nothing else; then the oldest, since later ones may pay for what comes later.
        let about_one = ledger.acts.iter().enumerate().filter(|(_, act)| act.instance.is_some()).find(pays);
        match about_one.or_else(|| ledger.acts.iter().enumerate().find(pays)) {
            Some((number, _)) => *used.entry((mail.to.clone(), number)).or_default() += 1,
            None => {
                let own = ledger.acts.iter().filter(|act| act.tag == *tag && act.who == mail.from);
                let acts: Vec<String> = own.map(|act| format!("{} {:?}", act.at.to_jiff(), act.instance)).collect();
                wrong.push(format!(
                    "nothing that {} did on {tag} made the {} to {} of {} at {} (before: {:?}); acts: {acts:?}",
                    mail.from,
                    mail.kind,
                    mail.to,
                    mail.event,
                    mail.at.to_jiff(),
                    before.map(Timestamp::to_jiff)
                ));
            }
        }
    }
}

/// The tag of an event as Google has it, also of one that is deleted: it keeps what it was. One that was moved is looked for
/// where it went.
async fn tag_at_google(stage: &mut Stage, calendar: &str, id: &str) -> String {
    let owner = stage.places.iter().find(|place| place.google == calendar).map(|place| place.email.to_string());
    let owner = owner.unwrap_or_else(|| calendar.to_owned());
    let others = stage.places.iter().filter(|place| place.email.as_str() == owner).map(|place| place.google.clone());
    for calendar in std::iter::once(calendar.to_owned()).chain(others).collect::<Vec<_>>() {
        let copy = stage.hands(&owner).await.events(&calendar).get(id).await;
        if let Some(text) = copy.ok().and_then(|copy| copy.event.description) {
            return text.split(' ').next().unwrap_or_default().to_owned();
        }
    }
    String::new()
}
