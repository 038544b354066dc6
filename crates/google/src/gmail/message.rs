use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use bytes::Bytes;
use jiff::Timestamp;

use crate::{Int64, resource::resource};

/// base64url as Google writes it: with padding or without, and now and then with stray bits at the end.
const ENGINE: GeneralPurpose = GeneralPurpose::new(
    &alphabet::URL_SAFE,
    GeneralPurposeConfig::new()
        .with_encode_padding(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// A field that should be base64url and is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the content of a message is not base64url")]
pub struct NotBase64;

/// Bytes as Google's JSON has them.
pub(crate) fn encode(bytes: &[u8]) -> String {
    ENGINE.encode(bytes)
}

/// Bytes out of Google's JSON. The ordinary alphabet and line breaks are taken too.
pub(crate) fn decode(text: &str) -> Result<Bytes, NotBase64> {
    let plain = text.bytes().filter(|byte| !byte.is_ascii_whitespace());
    let plain: Vec<u8> = plain
        .map(|byte| match byte {
            b'+' => b'-',
            b'/' => b'_',
            other => other,
        })
        .collect();
    ENGINE.decode(plain).map(Bytes::from).map_err(|_| NotBase64)
}

resource! {
    /// A message. Which fields are there depends on the [`Format`](crate::gmail::Format) and the list it comes from: lists and
    /// history give `id`, `threadId` and perhaps `labelIds`.
    /// <https://developers.google.com/workspace/gmail/api/reference/rest/v1/users.messages>
    pub struct Message {
        /// Its id; never changes.
        id: String = "id",
        /// Its conversation: the id of the first message in it.
        thread_id: String = "threadId",
        /// Its labels, which are its place and its state at once: unread is a label, read its absence, and an archived
        /// message lacks `INBOX`. See [`system`](crate::gmail::system).
        label_ids: Vec<String> = "labelIds",
        /// How it begins.
        snippet: String = "snippet" personal,
        /// When the mailbox last changed about it.
        history_id: Int64 = "historyId",
        /// When it came, or what its `Date` says: milliseconds. See [`Message::received`].
        internal_date: Int64 = "internalDate",
        /// What it is made of.
        payload: MessagePart = "payload",
        /// Its size in bytes, roughly.
        size_estimate: i64 = "sizeEstimate",
        /// The whole message as base64url; with [`Format::Raw`](crate::gmail::Format::Raw). See [`Message::source`].
        raw: String = "raw" personal,
    }
}

resource! {
    /// A part of a message, or the whole.
    pub struct MessagePart {
        /// Its place in the tree, such as `0.1`; empty for the whole.
        part_id: String = "partId",
        /// Its media type, in lower case and without parameters.
        mime_type: String = "mimeType",
        /// The name of the file; empty when it is none.
        filename: String = "filename" personal,
        /// Its header fields, in order; a name may come several times. See [`MessagePart::header`].
        headers: Vec<MessageHeader> = "headers",
        /// Its content, when it is no container.
        body: MessagePartBody = "body",
        /// The parts of a container.
        parts: Vec<MessagePart> = "parts",
    }
}

resource! {
    /// A header field. Google has decoded its value.
    pub struct MessageHeader {
        /// Its name; in any case: `Message-Id` and `Message-ID` are the same.
        name: String = "name",
        /// Its value.
        value: String = "value" personal,
    }
}

resource! {
    /// The content of a part.
    pub struct MessagePartBody {
        /// Where the content can be had when it is not here: see
        /// [`Messages::attachment`](crate::gmail::Messages::attachment). It changes from call to call.
        attachment_id: String = "attachmentId",
        /// Its size in bytes.
        size: i64 = "size",
        /// The content as base64url, its transfer encoding undone. See [`MessagePartBody::content`].
        data: String = "data" personal,
    }
}

impl Message {
    /// Whether it has this label.
    pub fn has_label(&self, label: &str) -> bool {
        self.label_ids.iter().flatten().any(|own| own == label)
    }

    /// The value of a header field of the whole message.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.payload.as_ref()?.header(name)
    }

    /// When it came, or what its `Date` says.
    pub fn received(&self) -> Option<Timestamp> {
        Timestamp::from_millisecond(self.internal_date?.0).ok()
    }

    /// The history id.
    pub fn history(&self) -> Option<i64> {
        self.history_id.map(|number| number.0)
    }

    /// The message as it went over the wire; with [`Format::Raw`](crate::gmail::Format::Raw).
    pub fn source(&self) -> Option<Result<Bytes, NotBase64>> {
        self.raw.as_deref().map(decode)
    }
}

impl MessagePart {
    /// The value of the first header field of that name, in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut fields = self.headers.iter().flatten();
        fields
            .find(|field| field.name.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(name)))
            .and_then(|field| field.value.as_deref())
    }
}

impl MessagePartBody {
    /// The content, when it is here.
    pub fn content(&self) -> Option<Result<Bytes, NotBase64>> {
        self.data.as_deref().map(decode)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_in_every_form_that_has_been_seen() {
        for text in ["_-8=", "_-8", "/+8=", "_-\r\n8", "_-9"] {
            assert_eq!(decode(text).unwrap(), [0xff, 0xef].as_slice(), "{text}");
        }
        assert_eq!(encode(&[0xff, 0xef]), "_-8=");
        assert_eq!(decode("ü"), Err(NotBase64));
        assert_eq!(decode("").unwrap(), "");
    }

    #[test]
    fn a_message_goes_back_as_it_came_and_shows_nothing_of_itself() {
        let value = serde_json::json!({
            "id": "m", "threadId": "t", "labelIds": ["UNREAD", "INBOX"], "historyId": "1617", "internalDate": "1784385423000",
            "snippet": "Divorce", "sizeEstimate": 561, "classificationLabelValues": [{"labelId": "x"}],
            "payload": {"partId": "", "mimeType": "text/plain", "filename": "", "body": {"size": 4, "data": "aGkNCg=="},
                "headers": [{"name": "Message-Id", "value": "<1@x>"}, {"name": "Subject", "value": "Divorce"}]}
        });
        let message: Message = serde_json::from_value(value.clone()).unwrap();
        assert_eq!(serde_json::to_value(&message).unwrap(), value);
        assert_eq!(message.header("message-ID"), Some("<1@x>"));
        assert!(message.has_label("UNREAD") && !message.has_label("unread"));
        assert_eq!(message.received(), Some("2026-07-18T14:37:03Z".parse().unwrap()));
        assert_eq!(message.history(), Some(1617));
        let body = message.payload.as_ref().unwrap().body.as_ref().unwrap();
        assert_eq!(body.content().unwrap().unwrap(), "hi\r\n");
        assert!(!format!("{message:?}").contains("Divorce"));
    }
}
