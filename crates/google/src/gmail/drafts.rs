use http::Method;
use serde_json::json;

use crate::{
    Error, GoogleService, Items, Request,
    gmail::{
        Draft, DraftPage, Format, Gmail, Mail, Message,
        message::encode,
        messages::{LARGE, MESSAGE},
    },
    items, upload,
};

/// Drafts. <https://developers.google.com/workspace/gmail/api/guides/drafts>
#[derive(Clone, Copy)]
pub struct Drafts<'a> {
    pub(crate) service: &'a Gmail,
}

/// Which drafts to list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DraftQuery {
    /// As in Gmail's search field.
    pub q: Option<String>,
    /// Those in spam and the bin too.
    pub include_spam_trash: bool,
    /// So many a page at most, 1 to 500.
    pub max_results: Option<u32>,
    /// The page with this token.
    pub page_token: Option<String>,
}

impl<'a> Drafts<'a> {
    /// One page, the newest first.
    pub async fn list(self, query: &DraftQuery) -> Result<DraftPage, Error> {
        let count = query.max_results.unwrap_or(500).clamp(1, 500).to_string();
        let request = self.service.get("gmail.users.drafts.list", "/drafts", &[]);
        let request = request
            .query("maxResults", &count)
            .query_opt("q", query.q.as_deref())
            .query_opt("includeSpamTrash", query.include_spam_trash.then_some("true"))
            .query_opt("pageToken", query.page_token.as_deref());
        self.service.client().json(request).await
    }

    /// All that the query wants, the newest first, page by page.
    pub fn list_all(self, query: DraftQuery) -> Items<'a, Draft> {
        items("gmail.users.drafts.list", query.page_token.clone(), move |page_token| {
            let query = DraftQuery { page_token, ..query.clone() };
            async move { self.list(&query).await.map(Into::into) }
        })
    }

    /// One with its message. A draft knows no list of header fields.
    pub async fn get(self, id: &str, format: &Format) -> Result<Draft, Error> {
        let request = self.service.get("gmail.users.drafts.get", "/drafts/{}", &[id]);
        self.service.client().json(format.apply(request)).await
    }

    /// Makes one, in a conversation if `thread_id` is given. Not repeated after a lost answer.
    pub async fn create(self, mail: &Mail, thread_id: Option<&str>) -> Result<Draft, Error> {
        let request = self.service.post("gmail.users.drafts.create", "/drafts", &[]);
        self.write(request, mail, thread_id).await
    }

    /// Replaces the message of one, which gets a new id.
    pub async fn update(self, id: &str, mail: &Mail, thread_id: Option<&str>) -> Result<Draft, Error> {
        let request = self.service.request("gmail.users.drafts.update", Method::PUT, "/drafts/{}", &[id]);
        self.write(request, mail, thread_id).await
    }

    async fn write(self, request: Request, mail: &Mail, thread_id: Option<&str>) -> Result<Draft, Error> {
        let raw = mail.write(self.service.client().world()).map_err(|problem| problem.unsendable(request.operation))?;
        let mut message = thread_id.map_or_else(|| json!({}), |id| json!({"threadId": id}));
        let client = self.service.client();
        if raw.len() > LARGE {
            return client.json(upload::multipart(client, request, &json!({"message": message}), MESSAGE, &raw)).await;
        }
        message["raw"] = json!(encode(&raw));
        client.json(request.json(&json!({"message": message}))).await
    }

    /// Sends one to those who stand in it; the draft is gone then. After a lost answer it is asked again: a draft is sent
    /// once, and [`Kind::NotFound`](crate::Kind::NotFound) with [`Error::may_have_taken_effect`] says that it has been.
    pub async fn send(self, id: &str) -> Result<Message, Error> {
        let request = self.service.post("gmail.users.drafts.send", "/drafts/send", &[]);
        self.service.client().json(request.json(&json!({"id": id})).repeatable()).await
    }

    /// Deletes one for ever.
    pub async fn delete(self, id: &str) -> Result<(), Error> {
        let request = self.service.delete_request("gmail.users.drafts.delete", "/drafts/{}", &[id]);
        self.service.client().no_content(request).await
    }
}
