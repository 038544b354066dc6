//! The scopes of the Gmail API, and which methods they open.
//! <https://developers.google.com/workspace/gmail/api/auth/scopes>

/// Everything, deleting for ever and IMAP and SMTP too.
pub const MAIL: &str = "https://mail.google.com/";
/// Read, write and send, but delete nothing for ever.
pub const MODIFY: &str = "https://www.googleapis.com/auth/gmail.modify";
/// Read everything.
pub const READONLY: &str = "https://www.googleapis.com/auth/gmail.readonly";
/// Read headers and labels, no bodies; a list cannot be searched with it.
pub const METADATA: &str = "https://www.googleapis.com/auth/gmail.metadata";
/// Write drafts and send.
pub const COMPOSE: &str = "https://www.googleapis.com/auth/gmail.compose";
/// Send, and read nothing.
pub const SEND: &str = "https://www.googleapis.com/auth/gmail.send";
/// Put messages into the mailbox.
pub const INSERT: &str = "https://www.googleapis.com/auth/gmail.insert";
/// See and edit labels.
pub const LABELS: &str = "https://www.googleapis.com/auth/gmail.labels";
/// Settings that concern the account alone.
pub const SETTINGS_BASIC: &str = "https://www.googleapis.com/auth/gmail.settings.basic";
/// Settings that let others in or send as others; for service accounts with delegation alone.
pub const SETTINGS_SHARING: &str = "https://www.googleapis.com/auth/gmail.settings.sharing";

/// One of these is needed to send a message.
pub const TO_SEND: [&str; 4] = [MAIL, MODIFY, COMPOSE, SEND];
/// One of these is needed to read messages whole.
pub const TO_READ: [&str; 3] = [MAIL, MODIFY, READONLY];
/// One of these is needed to label, archive and trash messages.
pub const TO_MODIFY: [&str; 2] = [MAIL, MODIFY];
/// One of these is needed to follow a mailbox: history and watch.
pub const TO_FOLLOW: [&str; 4] = [MAIL, MODIFY, READONLY, METADATA];
