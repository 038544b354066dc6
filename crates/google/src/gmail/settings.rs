use serde::{Deserialize, Serialize};

use crate::{
    Error, GoogleService, Int64, Patch,
    gmail::Gmail,
    resource::{open_enum, resource},
};

resource! {
    /// An address that the account sends as: its own, or an alias.
    /// <https://developers.google.com/workspace/gmail/api/reference/rest/v1/users.settings.sendAs>
    pub struct SendAs {
        /// The address; also its id.
        send_as_email: String = "sendAsEmail" personal,
        /// The name beside it; empty: the account's own.
        display_name: String = "displayName" personal,
        /// Where answers go; empty: to the address.
        reply_to_address: String = "replyToAddress" personal,
        /// The signature, as HTML. Gmail's page puts it under what is written there, the API does not.
        signature: String = "signature" personal,
        /// Whether it is the account's own.
        is_primary: bool = "isPrimary",
        /// Whether it is chosen for new messages.
        is_default: bool = "isDefault",
        /// Whether Gmail takes it for the same person.
        treat_as_alias: bool = "treatAsAlias",
        /// The server that its messages go through instead of Google's.
        smtp_msa: SmtpMsa = "smtpMsa",
        /// Whether its owner has agreed.
        verification_status: VerificationStatus = "verificationStatus",
    }
}

resource! {
    /// A mail server for outgoing messages. Google never gives name and password back.
    pub struct SmtpMsa {
        /// Its host.
        host: String = "host",
        /// Its port.
        port: i64 = "port",
        /// The name to sign in with.
        username: String = "username" personal,
        /// The password.
        password: String = "password" personal,
        /// How the connection is secured: `none`, `ssl`, `starttls`.
        security_mode: String = "securityMode",
    }
}

open_enum! {
    /// Whether the owner of an address has agreed that the account sends as it.
    pub enum VerificationStatus {
        /// Agreed, or none is needed.
        Accepted = "accepted",
        /// Not yet.
        Pending = "pending",
    }
}

/// A change of an address to send as.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SendAsPatch {
    /// The name beside it.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub display_name: Patch<String>,
    /// Where answers go.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub reply_to_address: Patch<String>,
    /// The signature, as HTML.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub signature: Patch<String>,
    /// `true` makes it the one for new messages; Google takes no `false`.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub is_default: Patch<bool>,
}

/// The addresses that the account sends as.
/// <https://developers.google.com/workspace/gmail/api/guides/alias_and_signature_settings>
#[derive(Clone, Copy)]
pub struct SendAsSettings<'a> {
    pub(crate) service: &'a Gmail,
}

impl SendAsSettings<'_> {
    /// All of them.
    pub async fn list(self) -> Result<Vec<SendAs>, Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Page {
            #[serde(default)]
            send_as: Vec<SendAs>,
        }
        let request = self.service.get("gmail.users.settings.sendAs.list", "/settings/sendAs", &[]);
        self.service.client().json::<Page>(request).await.map(|page| page.send_as)
    }

    /// One, by its address.
    pub async fn get(self, address: &str) -> Result<SendAs, Error> {
        let request = self.service.get("gmail.users.settings.sendAs.get", "/settings/sendAs/{}", &[address]);
        self.service.client().json(request).await
    }

    /// Adds one; its owner is asked by mail unless the domain vouches for it. For service accounts with delegation alone.
    /// An address that is there already is [`Kind::Duplicate`](crate::Kind::Duplicate).
    pub async fn create(self, send_as: &SendAs) -> Result<SendAs, Error> {
        let request = self.service.post("gmail.users.settings.sendAs.create", "/settings/sendAs", &[]);
        self.service.client().json(request.json(send_as)).await
    }

    /// Changes some fields of one.
    pub async fn patch(self, address: &str, patch: &SendAsPatch) -> Result<SendAs, Error> {
        let request = self.service.patch("gmail.users.settings.sendAs.patch", "/settings/sendAs/{}", &[address]);
        self.service.client().json(request.json(patch).repeatable()).await
    }

    /// Puts `send_as` in the place of one: a field that it lacks is cleared.
    pub async fn update(self, address: &str, send_as: &SendAs) -> Result<SendAs, Error> {
        let request = self.service.put("gmail.users.settings.sendAs.update", "/settings/sendAs/{}", &[address]);
        self.service.client().json(request.json(send_as)).await
    }

    /// Asks the owner of an address once more whether the account may send as it. Not repeated after a lost answer: that
    /// would be two mails. For service accounts with delegation alone.
    pub async fn verify(self, address: &str) -> Result<(), Error> {
        let template = "/settings/sendAs/{}/verify";
        let request = self.service.post("gmail.users.settings.sendAs.verify", template, &[address]);
        self.service.client().no_content(request).await
    }

    /// Takes one away; the account's own cannot be. For service accounts with delegation alone.
    pub async fn delete(self, address: &str) -> Result<(), Error> {
        let request =
            self.service.delete_request("gmail.users.settings.sendAs.delete", "/settings/sendAs/{}", &[address]);
        self.service.client().no_content(request).await
    }
}

resource! {
    /// The answer that goes out while the person is away.
    pub struct Vacation {
        /// Whether it goes out.
        enable_auto_reply: bool = "enableAutoReply",
        /// Its subject.
        response_subject: String = "responseSubject" personal,
        /// Its text.
        response_body_plain_text: String = "responseBodyPlainText" personal,
        /// Its text as HTML, which Google prefers.
        response_body_html: String = "responseBodyHtml" personal,
        /// Whether only people among the contacts get it.
        restrict_to_contacts: bool = "restrictToContacts",
        /// Whether only people of the domain get it.
        restrict_to_domain: bool = "restrictToDomain",
        /// From when on, in milliseconds.
        start_time: Int64 = "startTime",
        /// Until when, in milliseconds.
        end_time: Int64 = "endTime",
    }
}

/// The answer that goes out while the person is away.
/// <https://developers.google.com/workspace/gmail/api/guides/vacation_settings>
#[derive(Clone, Copy)]
pub struct VacationSettings<'a> {
    pub(crate) service: &'a Gmail,
}

impl VacationSettings<'_> {
    /// What is set.
    pub async fn get(self) -> Result<Vacation, Error> {
        let request = self.service.get("gmail.users.settings.getVacation", "/settings/vacation", &[]);
        self.service.client().json(request).await
    }

    /// Sets all of it.
    pub async fn update(self, vacation: &Vacation) -> Result<Vacation, Error> {
        let operation = "gmail.users.settings.updateVacation";
        let request = self.service.request(operation, http::Method::PUT, "/settings/vacation", &[]);
        self.service.client().json(request.json(vacation)).await
    }
}
