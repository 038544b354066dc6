//! Messages as they go over the wire: written with [`Mail`], read with [`Content`]. RFC 5322, 2045 to 2047, 2231.

mod address;
mod content;
mod header;
mod mail;

pub use address::Address;
pub use content::{Content, ContentPart, PartContent};
pub use mail::{Attachment, Mail};

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::{Error, Kind};

/// What the parser makes of header fields. A stranger wrote them, and the parser checks itself in builds for development:
/// what it stops at is then no header.
fn parsed_head(head: &[u8]) -> Option<mail_parser::Message<'_>> {
    catch_unwind(AssertUnwindSafe(|| mail_parser::MessageParser::default().parse_headers(head))).ok().flatten()
}

/// Why a message cannot be written. It names the field and not what stands in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MimeProblem {
    /// A line break or another control character, with which a header field could be smuggled in.
    #[error("{field} holds a line break or another control character")]
    ControlCharacter {
        /// The field.
        field: &'static str,
    },
    /// An address that is none, or that needs an extension of SMTP that Gmail does not promise.
    #[error("an address in {field} is not one that mail can be sent to")]
    Address {
        /// The field.
        field: &'static str,
    },
    /// The name of a header field of the caller's own is malformed, or is one that this library writes.
    #[error("the name of a header field is malformed or reserved")]
    HeaderName,
    /// The media type of an attachment is malformed, or a container: give the file as `application/octet-stream`.
    #[error("the media type of an attachment is malformed, or is a container")]
    MediaType,
    /// A value that does not fit on a line.
    #[error("{field} is too long")]
    TooLong {
        /// The field.
        field: &'static str,
    },
}

impl MimeProblem {
    pub(crate) fn unsendable(self, operation: &'static str) -> Error {
        Error::custom(Kind::Unsendable, operation, self.to_string())
    }
}
