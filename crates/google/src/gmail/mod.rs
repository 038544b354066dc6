//! Gmail, version 1. <https://developers.google.com/workspace/gmail/api/reference/rest>
//!
//! [`Gmail`] is the mailbox of the account that the credentials are for; Google opens no other one with them. It hands
//! out one small value per collection, named as Google names it: `gmail.messages().list(…)`.
//!
//! A mirror of a mailbox keeps a history id: see [`History`]. Messages are written with [`Mail`] and read with
//! [`Content`].

mod draft;
mod drafts;
mod history;
mod label;
mod labels;
mod message;
mod messages;
pub mod mime;
mod page;
pub mod scopes;
mod settings;
mod threads;
mod watch;

pub use draft::Draft;
pub use drafts::{DraftQuery, Drafts};
pub use history::{History, HistoryLabels, HistoryMessage, HistoryPage, HistoryQuery, HistoryRecord, HistoryType};
pub use label::{Label, LabelColor, LabelKind, LabelListVisibility, LabelPatch, MessageListVisibility, system};
pub use labels::Labels;
pub use message::{Message, MessageHeader, MessagePart, MessagePartBody, NotBase64};
pub use messages::{Format, Insertion, InternalDate, LabelChange, MessageQuery, Messages};
pub use mime::{Address, Attachment, Content, ContentPart, Mail, MimeProblem, PartContent};
pub use page::{DraftPage, MessagePage, ThreadPage};
pub use settings::{SendAs, SendAsPatch, SendAsSettings, SmtpMsa, Vacation, VacationSettings, VerificationStatus};
pub use threads::{Thread, Threads};
pub use watch::{LabelFilter, Notification, Profile, Watch, Watching};

use crate::{Client, Error, GoogleService};

/// The mailbox of one account.
#[derive(Clone)]
pub struct Gmail {
    client: Client,
}

impl GoogleService for Gmail {
    const ROOT: &'static str = "https://gmail.googleapis.com";
    const PATH: &'static str = "/gmail/v1/users/me";

    fn with(client: Client) -> Self {
        Self { client }
    }

    fn client(&self) -> &Client {
        &self.client
    }
}

impl Gmail {
    /// The mailbox of this client's account.
    pub fn new(client: Client) -> Self {
        Self { client }
    }

    /// Whose mailbox it is, how much lies in it, and the history id from which a mirror goes on.
    pub async fn profile(&self) -> Result<Profile, Error> {
        self.client.json(self.get("gmail.users.getProfile", "/profile", &[])).await
    }

    /// Messages.
    pub fn messages(&self) -> Messages<'_> {
        Messages { service: self }
    }

    /// Conversations.
    pub fn threads(&self) -> Threads<'_> {
        Threads { service: self }
    }

    /// Drafts.
    pub fn drafts(&self) -> Drafts<'_> {
        Drafts { service: self }
    }

    /// Labels.
    pub fn labels(&self) -> Labels<'_> {
        Labels { service: self }
    }

    /// What has changed.
    pub fn history(&self) -> History<'_> {
        History { service: self }
    }

    /// The addresses that the account sends as.
    pub fn send_as(&self) -> SendAsSettings<'_> {
        SendAsSettings { service: self }
    }

    /// The answer that goes out while the person is away.
    pub fn vacation(&self) -> VacationSettings<'_> {
        VacationSettings { service: self }
    }
}
