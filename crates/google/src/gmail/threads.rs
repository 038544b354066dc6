use crate::{
    Error, GoogleService, Int64, Items,
    gmail::{Format, Gmail, LabelChange, Message, MessageQuery, ThreadPage},
    items,
    resource::resource,
};

resource! {
    /// A conversation. <https://developers.google.com/workspace/gmail/api/guides/threads>
    pub struct Thread {
        /// Its id: that of its first message.
        id: String = "id",
        /// How its newest message begins; in lists.
        snippet: String = "snippet" personal,
        /// When the mailbox last changed about it.
        history_id: Int64 = "historyId",
        /// Its messages, the oldest first; not in lists.
        messages: Vec<Message> = "messages",
    }
}

/// Conversations. <https://developers.google.com/workspace/gmail/api/reference/rest/v1/users.threads>
#[derive(Clone, Copy)]
pub struct Threads<'a> {
    pub(crate) service: &'a Gmail,
}

impl<'a> Threads<'a> {
    /// One page, the newest first: those of which a message fits.
    pub async fn list(self, query: &MessageQuery) -> Result<ThreadPage, Error> {
        let request = self.service.get("gmail.users.threads.list", "/threads", &[]);
        self.service.client().json(query.apply(request)).await
    }

    /// All that the query wants, the newest first, page by page.
    pub fn list_all(self, query: MessageQuery) -> Items<'a, Thread> {
        items("gmail.users.threads.list", query.page_token.clone(), move |page_token| {
            let query = MessageQuery { page_token, ..query.clone() };
            async move { self.list(&query).await.map(Into::into) }
        })
    }

    /// One with its messages. A thread knows no raw format.
    pub async fn get(self, id: &str, format: &Format) -> Result<Thread, Error> {
        let request = self.service.get("gmail.users.threads.get", "/threads/{}", &[id]);
        self.service.client().json(format.apply(request)).await
    }

    /// Puts labels on every message of one and takes some off.
    pub async fn modify(self, id: &str, change: &LabelChange) -> Result<Thread, Error> {
        let request = self.service.post("gmail.users.threads.modify", "/threads/{}/modify", &[id]);
        self.service.client().json(request.json(change).repeatable()).await
    }

    /// All of it into the bin.
    pub async fn trash(self, id: &str) -> Result<Thread, Error> {
        let request = self.service.post("gmail.users.threads.trash", "/threads/{}/trash", &[id]);
        self.service.client().json(request.repeatable()).await
    }

    /// All of it out of the bin.
    pub async fn untrash(self, id: &str) -> Result<Thread, Error> {
        let request = self.service.post("gmail.users.threads.untrash", "/threads/{}/untrash", &[id]);
        self.service.client().json(request.repeatable()).await
    }

    /// Deletes all of it for ever. Needs the scope for everything.
    pub async fn delete(self, id: &str) -> Result<(), Error> {
        let request = self.service.delete_request("gmail.users.threads.delete", "/threads/{}", &[id]);
        self.service.client().no_content(request).await
    }
}
