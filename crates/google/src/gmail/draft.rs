use crate::{gmail::Message, resource::resource};

resource! {
    /// A draft. <https://developers.google.com/workspace/gmail/api/reference/rest/v1/users.drafts>
    pub struct Draft {
        /// Its id; stays when the message in it is replaced.
        id: String = "id",
        /// The message; gets a new id each time the draft is written.
        message: Message = "message",
    }
}
