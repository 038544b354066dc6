//! What a Google connection is good for, and which scopes each feature needs.

use portico_google::{ScopeSet, calendar};

/// What a Google connection is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Feature {
    /// Calendars in two-way step.
    Calendar,
    /// Meet rooms, which Google makes with the calendar's events.
    Meet,
    /// Contacts.
    Contacts,
    /// Mail through the Gmail API.
    MailApi,
    /// Mail through IMAP and SMTP.
    MailImap,
    /// Files that Portico makes in Drive.
    Drive,
}

impl Feature {
    /// All of them, in the order of the page.
    pub const ALL: [Self; 6] = [Self::Calendar, Self::Meet, Self::Contacts, Self::MailApi, Self::MailImap, Self::Drive];

    /// As the database and the API spell it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Calendar => "calendar",
            Self::Meet => "meet",
            Self::Contacts => "contacts",
            Self::MailApi => "mail_api",
            Self::MailImap => "mail_imap",
            Self::Drive => "drive",
        }
    }

    /// Reads what [`Self::as_str`] writes.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|feature| feature.as_str() == text)
    }

    /// The scopes without which the feature is off.
    pub fn scopes(self) -> ScopeSet {
        match self {
            Self::Calendar | Self::Meet => [calendar::scopes::CALENDAR].into_iter().collect(),
            Self::Contacts => ["https://www.googleapis.com/auth/contacts"].into_iter().collect(),
            Self::MailApi => ["https://www.googleapis.com/auth/gmail.modify"].into_iter().collect(),
            Self::MailImap => ["https://mail.google.com/"].into_iter().collect(),
            Self::Drive => ["https://www.googleapis.com/auth/drive.file"].into_iter().collect(),
        }
    }

    /// Whether the granted scopes open the feature.
    pub fn granted_by(self, granted: &ScopeSet) -> bool {
        self.scopes().missing_from(granted).is_empty()
    }
}

/// Reads a list of features separated by spaces; words that this version does not know are left out.
pub fn parse_features(text: &str) -> Vec<Feature> {
    text.split_whitespace().filter_map(Feature::parse).collect()
}

/// The list as text.
pub fn features_text(features: &[Feature]) -> String {
    features.iter().map(|feature| feature.as_str()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_feature_is_on_while_its_scopes_are_there() {
        let granted = ScopeSet::parse("openid https://www.googleapis.com/auth/calendar");
        let on: Vec<&str> =
            Feature::ALL.into_iter().filter(|feature| feature.granted_by(&granted)).map(Feature::as_str).collect();
        assert_eq!(on, ["calendar", "meet"]);
        assert!(Feature::ALL.into_iter().all(|feature| Feature::parse(feature.as_str()) == Some(feature)));
    }
}
