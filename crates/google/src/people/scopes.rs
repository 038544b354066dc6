//! The scopes of the People API that most programs choose from, and which methods they open.
//! <https://developers.google.com/people/api/rest>

/// See, edit and delete contacts and contact groups.
pub const CONTACTS: &str = "https://www.googleapis.com/auth/contacts";
/// See contacts and contact groups.
pub const CONTACTS_READONLY: &str = "https://www.googleapis.com/auth/contacts.readonly";
/// See the contacts that Google saved by itself. To copy one of them, [`CONTACTS`] is needed as well.
pub const OTHER_CONTACTS_READONLY: &str = "https://www.googleapis.com/auth/contacts.other.readonly";
/// See the people of the account's Workspace domain.
pub const DIRECTORY_READONLY: &str = "https://www.googleapis.com/auth/directory.readonly";
/// See the account's own name and picture.
pub const PROFILE: &str = "https://www.googleapis.com/auth/userinfo.profile";
/// See all e-mail addresses of the account itself.
pub const USER_EMAILS_READ: &str = "https://www.googleapis.com/auth/user.emails.read";
/// See the phone numbers of the account itself.
pub const USER_PHONE_NUMBERS_READ: &str = "https://www.googleapis.com/auth/user.phonenumbers.read";
/// See the birthday of the account itself.
pub const USER_BIRTHDAY_READ: &str = "https://www.googleapis.com/auth/user.birthday.read";

/// One of these is needed to read contacts and contact groups.
pub const TO_READ_CONTACTS: [&str; 2] = [CONTACTS, CONTACTS_READONLY];
