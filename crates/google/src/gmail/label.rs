use serde::Serialize;

use crate::{
    Patch,
    resource::{open_enum, resource},
};

/// The ids of Gmail's own labels.
pub mod system {
    /// In the inbox; archived is without it.
    pub const INBOX: &str = "INBOX";
    /// Sent by the account.
    pub const SENT: &str = "SENT";
    /// A draft; put on and taken off by Google alone.
    pub const DRAFT: &str = "DRAFT";
    /// In the bin, for 30 days.
    pub const TRASH: &str = "TRASH";
    /// Spam. Putting it on takes `INBOX` off.
    pub const SPAM: &str = "SPAM";
    /// Not read yet.
    pub const UNREAD: &str = "UNREAD";
    /// Starred.
    pub const STARRED: &str = "STARRED";
    /// Important, as Google guesses or the person says.
    pub const IMPORTANT: &str = "IMPORTANT";
}

resource! {
    /// A label. <https://developers.google.com/workspace/gmail/api/reference/rest/v1/users.labels>
    pub struct Label {
        /// Its id; of Gmail's own ones the name in capitals.
        id: String = "id",
        /// Its name; a slash nests it.
        name: String = "name" personal,
        /// Whether its messages are shown.
        message_list_visibility: MessageListVisibility = "messageListVisibility",
        /// Whether it is shown in the list of labels.
        label_list_visibility: LabelListVisibility = "labelListVisibility",
        /// Whose it is.
        kind: LabelKind = "type",
        /// How many messages have it; of one label asked for by its id alone.
        messages_total: i64 = "messagesTotal",
        /// How many of them are unread.
        messages_unread: i64 = "messagesUnread",
        /// How many conversations have it.
        threads_total: i64 = "threadsTotal",
        /// How many of them have something unread.
        threads_unread: i64 = "threadsUnread",
        /// Its colour.
        color: LabelColor = "color",
    }
}

resource! {
    /// A colour, out of Gmail's own palette.
    pub struct LabelColor {
        /// Of the text, as `#rrggbb`.
        text: String = "textColor",
        /// Behind it.
        background: String = "backgroundColor",
    }
}

open_enum! {
    /// Whether messages with a label are shown in lists of messages.
    pub enum MessageListVisibility {
        /// They are.
        Show = "show",
        /// They are not.
        Hide = "hide",
    }
}

open_enum! {
    /// Whether a label is shown in the list of labels.
    pub enum LabelListVisibility {
        /// Always.
        Show = "labelShow",
        /// While something with it is unread.
        ShowIfUnread = "labelShowIfUnread",
        /// Never.
        Hide = "labelHide",
    }
}

open_enum! {
    /// Whose label it is.
    pub enum LabelKind {
        /// Gmail's own: cannot be changed or deleted.
        System = "system",
        /// The person's.
        User = "user",
    }
}

/// A change of a label.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LabelPatch {
    /// Its name.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub name: Patch<String>,
    /// Whether its messages are shown.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub message_list_visibility: Patch<MessageListVisibility>,
    /// Whether it is shown in the list of labels.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub label_list_visibility: Patch<LabelListVisibility>,
    /// Its colour.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub color: Patch<LabelColor>,
}
