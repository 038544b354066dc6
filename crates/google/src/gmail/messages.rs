use bytes::Bytes;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::{
    Error, GoogleService, Items, Kind, Request,
    gmail::{
        Gmail, Mail, Message, MessagePage, MessagePartBody,
        message::{decode, encode},
    },
    items,
    upload::{self, ResumableUpload, UploadSession},
};

/// Messages. <https://developers.google.com/workspace/gmail/api/reference/rest/v1/users.messages>
#[derive(Clone, Copy)]
pub struct Messages<'a> {
    pub(crate) service: &'a Gmail,
}

/// Which messages, conversations or drafts to list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MessageQuery {
    /// As in Gmail's search field: `from:ann is:unread newer_than:2d`. Refused with the scope for metadata.
    /// <https://support.google.com/mail/answer/7190>
    pub q: Option<String>,
    /// Only those with all of these labels.
    pub label_ids: Vec<String>,
    /// Those in spam and the bin too.
    pub include_spam_trash: bool,
    /// So many a page at most, 1 to 500.
    pub max_results: Option<u32>,
    /// The page with this token.
    pub page_token: Option<String>,
}

impl MessageQuery {
    pub(crate) fn apply(&self, request: Request) -> Request {
        let count = self.max_results.unwrap_or(500).clamp(1, 500).to_string();
        let request = self.label_ids.iter().fold(request, |request, label| request.query("labelIds", label));
        request
            .query("maxResults", &count)
            .query_opt("q", self.q.as_deref())
            .query_opt("includeSpamTrash", self.include_spam_trash.then_some("true"))
            .query_opt("pageToken", self.page_token.as_deref())
    }
}

/// How much of a message is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// Everything, taken apart. The default.
    #[default]
    Full,
    /// Ids, labels and header fields: these, or all when none is named.
    Metadata(Vec<String>),
    /// Ids and labels.
    Minimal,
    /// The message as it went over the wire.
    Raw,
}

impl Format {
    pub(crate) fn apply(&self, request: Request) -> Request {
        let name = match self {
            Self::Full => "full",
            Self::Metadata(_) => "metadata",
            Self::Minimal => "minimal",
            Self::Raw => "raw",
        };
        let headers: &[String] = if let Self::Metadata(headers) = self { headers } else { &[] };
        let request = request.query("format", name);
        headers.iter().fold(request, |request, header| request.query("metadataHeaders", header))
    }
}

/// Labels to put on and to take off.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LabelChange {
    /// Put on; at most 100.
    #[serde(rename = "addLabelIds", skip_serializing_if = "Vec::is_empty")]
    pub add: Vec<String>,
    /// Taken off; at most 100.
    #[serde(rename = "removeLabelIds", skip_serializing_if = "Vec::is_empty")]
    pub remove: Vec<String>,
}

impl LabelChange {
    /// Puts one on.
    pub fn adding(mut self, label: &str) -> Self {
        self.add.push(label.to_owned());
        self
    }

    /// Takes one off.
    pub fn removing(mut self, label: &str) -> Self {
        self.remove.push(label.to_owned());
        self
    }
}

/// Where the time of a message that is put into the mailbox comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InternalDate {
    /// It has just come.
    Received,
    /// Its `Date` says it.
    DateHeader,
}

/// How a message is put into the mailbox without being sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Insertion {
    /// Its labels.
    pub label_ids: Vec<String>,
    /// The conversation that it joins: it must fit by `References` and subject.
    pub thread_id: Option<String>,
    /// Where its time comes from. Google's default is *received* for an insert and the `Date` for an import.
    pub internal_date: Option<InternalDate>,
    /// Import only: never take it for spam.
    pub never_mark_spam: bool,
}

impl Insertion {
    fn shaped(&self, request: Request) -> Request {
        let source = self.internal_date.map(|source| match source {
            InternalDate::Received => "receivedTime",
            InternalDate::DateHeader => "dateHeader",
        });
        request.query_opt("internalDateSource", source)
    }

    /// What stands beside the message.
    fn metadata(&self) -> Value {
        let mut metadata = Map::new();
        if !self.label_ids.is_empty() {
            metadata.insert("labelIds".to_owned(), json!(self.label_ids));
        }
        metadata.extend(self.thread_id.as_ref().map(|id| ("threadId".to_owned(), json!(id))));
        Value::Object(metadata)
    }
}

const SEND: &str = "gmail.users.messages.send";
const INSERT: &str = "gmail.users.messages.insert";
const IMPORT: &str = "gmail.users.messages.import";
/// The type of a message that is uploaded.
pub(crate) const MESSAGE: &str = "message/rfc822";

/// A message longer than this goes as an upload: base64 in JSON makes it a third longer, and Google limits the body.
pub(crate) const LARGE: usize = 1024 * 1024;

impl<'a> Messages<'a> {
    /// One page of ids, the newest first.
    pub async fn list(self, query: &MessageQuery) -> Result<MessagePage, Error> {
        let request = self.service.get("gmail.users.messages.list", "/messages", &[]);
        self.service.client().json(query.apply(request)).await
    }

    /// The ids of all that the query wants, the newest first, page by page.
    pub fn list_all(self, query: MessageQuery) -> Items<'a, Message> {
        items("gmail.users.messages.list", query.page_token.clone(), move |page_token| {
            let query = MessageQuery { page_token, ..query.clone() };
            async move { self.list(&query).await.map(Into::into) }
        })
    }

    /// One message.
    pub async fn get(self, id: &str, format: &Format) -> Result<Message, Error> {
        self.service.client().json(self.get_request(id, format)).await
    }

    /// The call of [`Messages::get`], for a [batch](GoogleService::batch): Gmail advises at most 50 in one.
    pub fn get_request(self, id: &str, format: &Format) -> Request {
        format.apply(self.service.get("gmail.users.messages.get", "/messages/{}", &[id]))
    }

    /// Sends a message. Google puts its own `Message-ID` into it and the account's address into `From` where another one
    /// stands there that is not the account's. In an answer to a conversation (`thread_id`) the mail must name its
    /// message in `References` and have its subject.
    ///
    /// It is not sent again after a lost answer. [`Error::may_have_taken_effect`] then says to look into the sent mail.
    pub async fn send(self, mail: &Mail, thread_id: Option<&str>) -> Result<Message, Error> {
        let raw = mail.write(self.service.client().world()).map_err(|problem| problem.unsendable(SEND))?;
        self.send_raw(&raw, thread_id).await
    }

    /// Sends a message that is put together already.
    pub async fn send_raw(self, raw: &[u8], thread_id: Option<&str>) -> Result<Message, Error> {
        let request = self.service.post(SEND, "/messages/send", &[]);
        let metadata = thread_id.map(|id| json!({"threadId": id}));
        self.service.client().json(self.carrying(request, metadata, raw)).await
    }

    /// Puts a message into the mailbox as it is, past filters and the check for spam: for migrations. Not repeated after
    /// a lost answer.
    pub async fn insert(self, raw: &[u8], how: &Insertion) -> Result<Message, Error> {
        let request = self.service.post(INSERT, "/messages", &[]);
        self.put_in(request, raw, how).await
    }

    /// Puts a message into the mailbox as if it had come in: with a check for spam. Not repeated after a lost answer.
    pub async fn import(self, raw: &[u8], how: &Insertion) -> Result<Message, Error> {
        let request = self.service.post(IMPORT, "/messages/import", &[]);
        self.put_in(request.query_opt("neverMarkSpam", how.never_mark_spam.then_some("true")), raw, how).await
    }

    /// Google answers these two under the address for uploads alone.
    async fn put_in(self, request: Request, raw: &[u8], how: &Insertion) -> Result<Message, Error> {
        let client = self.service.client();
        let request = how.shaped(request);
        client.json(upload::multipart(client, request, &how.metadata(), MESSAGE, raw)).await
    }

    /// Begins to send a message of `length` bytes that is put together already, in chunks:
    /// [`ResumableUpload::send`] gives the [`Message`]. A lost answer is asked for again, so that it is sent once. At most 35 MB.
    /// <https://developers.google.com/workspace/gmail/api/guides/uploads#resumable>
    pub async fn begin_send(self, length: u64, thread_id: Option<&str>) -> Result<ResumableUpload, Error> {
        let metadata = thread_id.map_or_else(|| json!({}), |id| json!({"threadId": id}));
        let request = self.service.post(SEND, "/messages/send", &[]).json(&metadata);
        ResumableUpload::begin(self.service.client(), request, MESSAGE, length).await
    }

    /// Begins an [insert](Messages::insert) of `length` bytes, in chunks; at most 150 MB.
    pub async fn begin_insert(self, length: u64, how: &Insertion) -> Result<ResumableUpload, Error> {
        let request = self.service.post(INSERT, "/messages", &[]);
        let request = how.shaped(request).json(&how.metadata());
        ResumableUpload::begin(self.service.client(), request, MESSAGE, length).await
    }

    /// Begins an [import](Messages::import) of `length` bytes, in chunks; at most 150 MB.
    pub async fn begin_import(self, length: u64, how: &Insertion) -> Result<ResumableUpload, Error> {
        let request = self.service.post(IMPORT, "/messages/import", &[]);
        let request = how.shaped(request).query_opt("neverMarkSpam", how.never_mark_spam.then_some("true"));
        ResumableUpload::begin(self.service.client(), request.json(&how.metadata()), MESSAGE, length).await
    }

    /// Goes on with an upload that was begun before, perhaps by another process.
    pub fn resume_upload(self, session: UploadSession) -> ResumableUpload {
        ResumableUpload::resume(self.service.client(), "gmail.users.messages", Gmail::ROOT, session)
    }

    /// `request` with a message in it: as JSON, or as an upload when it is large.
    pub(crate) fn carrying(self, request: Request, metadata: Option<Value>, raw: &[u8]) -> Request {
        if raw.len() <= LARGE {
            let mut body = metadata.unwrap_or_else(|| json!({}));
            body["raw"] = json!(encode(raw));
            return request.json(&body);
        }
        match metadata {
            None => request.upload("media").body(MESSAGE, Bytes::copy_from_slice(raw)),
            Some(metadata) => upload::multipart(self.service.client(), request, &metadata, MESSAGE, raw),
        }
    }

    /// Puts labels on one message and takes some off. Archiving takes `INBOX` off, reading `UNREAD`.
    pub async fn modify(self, id: &str, change: &LabelChange) -> Result<Message, Error> {
        self.service.client().json(self.modify_request(id, change)).await
    }

    /// The call of [`Messages::modify`], for a [batch](GoogleService::batch).
    pub fn modify_request(self, id: &str, change: &LabelChange) -> Request {
        self.service.post("gmail.users.messages.modify", "/messages/{}/modify", &[id]).json(change).repeatable()
    }

    /// The same for many, in chunks of 1,000, as Google takes them. Ids that there are not are passed over.
    pub async fn batch_modify(self, ids: &[String], change: &LabelChange) -> Result<(), Error> {
        for ids in ids.chunks(1000) {
            let request = self.service.post("gmail.users.messages.batchModify", "/messages/batchModify", &[]);
            let body = json!({"ids": ids, "addLabelIds": change.add, "removeLabelIds": change.remove});
            self.service.client().no_content(request.json(&body).repeatable()).await?;
        }
        Ok(())
    }

    /// Into the bin.
    pub async fn trash(self, id: &str) -> Result<Message, Error> {
        self.service.client().json(self.trash_request(id)).await
    }

    /// The call of [`Messages::trash`], for a [batch](GoogleService::batch).
    pub fn trash_request(self, id: &str) -> Request {
        self.service.post("gmail.users.messages.trash", "/messages/{}/trash", &[id]).repeatable()
    }

    /// Out of the bin.
    pub async fn untrash(self, id: &str) -> Result<Message, Error> {
        let request = self.service.post("gmail.users.messages.untrash", "/messages/{}/untrash", &[id]);
        self.service.client().json(request.repeatable()).await
    }

    /// Deletes for ever, past the bin. Needs the scope for everything.
    pub async fn delete(self, id: &str) -> Result<(), Error> {
        self.service.client().no_content(self.delete_request(id)).await
    }

    /// The call of [`Messages::delete`], for a [batch](GoogleService::batch).
    pub fn delete_request(self, id: &str) -> Request {
        self.service.delete_request("gmail.users.messages.delete", "/messages/{}", &[id])
    }

    /// The same for many, in chunks of 1,000. Ids that there are not are passed over.
    pub async fn batch_delete(self, ids: &[String]) -> Result<(), Error> {
        for ids in ids.chunks(1000) {
            let request = self.service.post("gmail.users.messages.batchDelete", "/messages/batchDelete", &[]);
            self.service.client().no_content(request.json(&json!({"ids": ids})).repeatable()).await?;
        }
        Ok(())
    }

    /// The content of an attachment that is not in its message: by the id in
    /// [`MessagePartBody`](crate::gmail::MessagePartBody).
    pub async fn attachment(self, message_id: &str, attachment_id: &str) -> Result<Bytes, Error> {
        const OPERATION: &str = "gmail.users.messages.attachments.get";
        let ids = [message_id, attachment_id];
        let request = self.service.get(OPERATION, "/messages/{}/attachments/{}", &ids);
        let body: MessagePartBody = self.service.client().json(request).await?;
        decode(&body.data.unwrap_or_default())
            .map_err(|problem| Error::custom(Kind::Unreadable, OPERATION, problem.to_string()))
    }
}
