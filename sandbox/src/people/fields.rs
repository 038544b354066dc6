//! The fields of a person: which there are, and what may be written into them.
//! [Person](https://developers.google.com/people/api/rest/v1/people#Person)

/// What may be read.
pub const READABLE: &[&str] = &[
    "addresses",
    "ageRanges",
    "biographies",
    "birthdays",
    "calendarUrls",
    "clientData",
    "coverPhotos",
    "emailAddresses",
    "events",
    "externalIds",
    "genders",
    "imClients",
    "interests",
    "locales",
    "locations",
    "memberships",
    "metadata",
    "miscKeywords",
    "names",
    "nicknames",
    "occupations",
    "organizations",
    "phoneNumbers",
    "photos",
    "relations",
    "sipAddresses",
    "skills",
    "urls",
    "userDefined",
];

/// What there is of a contact that Google saved by itself.
pub const OF_OTHER_CONTACTS: &[&str] = &["emailAddresses", "metadata", "names", "phoneNumbers", "photos"];

/// What may be searched of them.
pub const SEARCHED_OF_OTHER_CONTACTS: &[&str] = &["emailAddresses", "metadata", "names", "phoneNumbers"];

/// What may be copied of them.
pub const COPIED: &[&str] = &["emailAddresses", "names", "phoneNumbers"];

/// Lists that hold one entry at most.
pub const SINGLETONS: &[&str] = &["biographies", "birthdays", "genders", "names"];

/// Fields of a person that a writer may send and that are not taken.
pub const IGNORED: &[&str] = &[
    "resourceName",
    "etag",
    "metadata",
    "photos",
    "coverPhotos",
    "ageRange",
    "ageRanges",
    "braggingRights",
    "relationshipInterests",
    "relationshipStatuses",
    "residences",
    "skills",
    "taglines",
    "fileAses",
];

/// Entries of every list may have these, which are not taken.
pub const IGNORED_INSIDE: &[&str] =
    &["metadata", "formattedType", "displayNameLastFirst", "canonicalForm", "formattedProtocol"];

/// What is written, with what an entry of it may have.
pub const WRITABLE: &[(&str, &[&str])] = &[
    (
        "addresses",
        &[
            "city",
            "country",
            "countryCode",
            "extendedAddress",
            "formattedValue",
            "poBox",
            "postalCode",
            "region",
            "streetAddress",
            "type",
        ],
    ),
    ("biographies", &["contentType", "value"]),
    ("birthdays", &["date", "text"]),
    ("calendarUrls", &["type", "url"]),
    ("clientData", &["key", "value"]),
    ("emailAddresses", &["displayName", "type", "value"]),
    ("events", &["date", "type"]),
    ("externalIds", &["type", "value"]),
    ("genders", &["addressMeAs", "formattedValue", "value"]),
    ("imClients", &["protocol", "type", "username"]),
    ("interests", &["value"]),
    ("locales", &["value"]),
    ("locations", &["buildingId", "current", "deskCode", "floor", "floorSection", "type", "value"]),
    ("memberships", &["contactGroupMembership", "domainMembership"]),
    ("miscKeywords", &["type", "value"]),
    (
        "names",
        &[
            "displayName",
            "familyName",
            "givenName",
            "honorificPrefix",
            "honorificSuffix",
            "middleName",
            "phoneticFamilyName",
            "phoneticFullName",
            "phoneticGivenName",
            "phoneticHonorificPrefix",
            "phoneticHonorificSuffix",
            "phoneticMiddleName",
            "unstructuredName",
        ],
    ),
    ("nicknames", &["type", "value"]),
    ("occupations", &["value"]),
    (
        "organizations",
        &[
            "costCenter",
            "current",
            "department",
            "domain",
            "endDate",
            "fullTimeEquivalentMillipercent",
            "jobDescription",
            "location",
            "name",
            "phoneticName",
            "startDate",
            "symbol",
            "title",
            "type",
        ],
    ),
    ("phoneNumbers", &["type", "value"]),
    ("relations", &["person", "type"]),
    ("sipAddresses", &["type", "value"]),
    ("urls", &["type", "value"]),
    ("userDefined", &["key", "value"]),
];

/// What an entry of that list may have; `None` when it cannot be written.
pub fn inside(field: &str) -> Option<&'static [&'static str]> {
    WRITABLE.iter().find(|(name, _)| *name == field).map(|(_, inside)| *inside)
}

/// A type in words, as an English account sees it; the owner's own words stay.
pub fn formatted_type(word: &str) -> String {
    let words = match word {
        "home" => "Home",
        "work" => "Work",
        "mobile" => "Mobile",
        "other" => "Other",
        "main" => "Main",
        "homeFax" => "Home Fax",
        "workFax" => "Work Fax",
        "otherFax" => "Other Fax",
        "pager" => "Pager",
        "workMobile" => "Work Mobile",
        "workPager" => "Work Pager",
        "googleVoice" => "Google Voice",
        "school" => "School",
        "anniversary" => "Anniversary",
        "homePage" => "Home Page",
        "blog" => "Blog",
        "profile" => "Profile",
        "spouse" => "Spouse",
        "child" => "Child",
        "mother" => "Mother",
        "father" => "Father",
        "parent" => "Parent",
        "brother" => "Brother",
        "sister" => "Sister",
        "friend" => "Friend",
        "manager" => "Manager",
        "assistant" => "Assistant",
        "partner" => "Partner",
        own => own,
    };
    words.to_owned()
}
