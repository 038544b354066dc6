use crate::resource::open_enum;

open_enum! {
    /// A part of a person, in the masks that say what is read or written. A field that is not asked for does not come; it
    /// costs nothing either.
    pub enum PersonField {
        /// Postal addresses.
        Addresses = "addresses",
        /// How old the person is, roughly.
        AgeRanges = "ageRanges",
        /// The note.
        Biographies = "biographies",
        /// The birthday.
        Birthdays = "birthdays",
        /// Public calendars.
        CalendarUrls = "calendarUrls",
        /// Data of programs.
        ClientData = "clientData",
        /// Wide pictures.
        CoverPhotos = "coverPhotos",
        /// E-mail addresses.
        EmailAddresses = "emailAddresses",
        /// Days that matter.
        Events = "events",
        /// Ids in other systems.
        ExternalIds = "externalIds",
        /// Genders.
        Genders = "genders",
        /// Chat addresses.
        ImClients = "imClients",
        /// Interests.
        Interests = "interests",
        /// Languages.
        Locales = "locales",
        /// Where the desk is.
        Locations = "locations",
        /// Groups.
        Memberships = "memberships",
        /// Sources and deletion.
        Metadata = "metadata",
        /// Keywords of Outlook.
        MiscKeywords = "miscKeywords",
        /// Names.
        Names = "names",
        /// Nicknames.
        Nicknames = "nicknames",
        /// Occupations.
        Occupations = "occupations",
        /// Places of work.
        Organizations = "organizations",
        /// Telephone numbers.
        PhoneNumbers = "phoneNumbers",
        /// Pictures.
        Photos = "photos",
        /// People near to the person.
        Relations = "relations",
        /// Internet telephony.
        SipAddresses = "sipAddresses",
        /// Skills.
        Skills = "skills",
        /// Pages on the web.
        Urls = "urls",
        /// Fields of the owner's own.
        UserDefined = "userDefined",
    }
}

/// What can be read of a contact.
pub const CONTACT_FIELDS: &[PersonField] = &[
    PersonField::Addresses,
    PersonField::Biographies,
    PersonField::Birthdays,
    PersonField::CalendarUrls,
    PersonField::ClientData,
    PersonField::EmailAddresses,
    PersonField::Events,
    PersonField::ExternalIds,
    PersonField::Genders,
    PersonField::ImClients,
    PersonField::Interests,
    PersonField::Locales,
    PersonField::Locations,
    PersonField::Memberships,
    PersonField::Metadata,
    PersonField::MiscKeywords,
    PersonField::Names,
    PersonField::Nicknames,
    PersonField::Occupations,
    PersonField::Organizations,
    PersonField::PhoneNumbers,
    PersonField::Photos,
    PersonField::Relations,
    PersonField::SipAddresses,
    PersonField::Urls,
    PersonField::UserDefined,
];

/// What there is of a contact that Google saved by itself. Any other field fails the whole call.
pub const OTHER_CONTACT_FIELDS: &[PersonField] = &[
    PersonField::EmailAddresses,
    PersonField::Metadata,
    PersonField::Names,
    PersonField::PhoneNumbers,
    PersonField::Photos,
];

/// A mask as Google writes it: names with commas between.
pub(crate) fn mask(fields: &[PersonField]) -> String {
    fields.iter().map(PersonField::as_str).collect::<Vec<_>>().join(",")
}
