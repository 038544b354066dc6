use std::{borrow::Cow, fmt};

use bytes::Bytes;
use mail_parser::{
    MimeHeaders,
    decoders::{base64::base64_decode, charsets::map::charset_decoder, quoted_printable::quoted_printable_decode},
};

use crate::gmail::{Message, MessagePart, mime::parsed_head};

/// What a message says: its text, its HTML and its files, whatever way they were packed.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Content {
    /// The plain text, if there is any.
    pub text: Option<String>,
    /// The HTML, if there is any. It is what a stranger wrote: clean it before it is shown.
    pub html: Option<String>,
    /// Everything else, in order.
    pub parts: Vec<ContentPart>,
}

/// A file in a message, or a picture of its HTML.
#[derive(Clone, PartialEq, Eq)]
pub struct ContentPart {
    /// Its name; empty when it has none. A stranger chose it: never take it for a path.
    pub filename: String,
    /// Its media type, in lower case and without parameters.
    pub content_type: String,
    /// The id by which the HTML names it (`cid:`), without brackets.
    pub content_id: Option<String>,
    /// Whether it is to be shown within the message and not beside it.
    pub is_inline: bool,
    /// Its size in bytes.
    pub size: u64,
    /// Where its content is.
    pub content: PartContent,
}

/// Where the content of a part is.
#[derive(Clone, PartialEq, Eq)]
pub enum PartContent {
    /// Here.
    Here(Bytes),
    /// With Google: ask [`Messages::attachment`](crate::gmail::Messages::attachment) for this id.
    Attachment(String),
    /// It could not be read.
    Unreadable,
}

/// Shows how much there is, and nothing of it.
impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let length = |text: &Option<String>| text.as_ref().map(String::len);
        let mut shown = f.debug_struct("Content");
        shown.field("text", &length(&self.text)).field("html", &length(&self.html)).field("parts", &self.parts).finish()
    }
}

/// Shows its type and size alone.
impl fmt::Debug for ContentPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("ContentPart");
        shown.field("content_type", &self.content_type).field("size", &self.size).finish_non_exhaustive()
    }
}

impl Content {
    /// Of a message with its parts: [`Format::Full`](crate::gmail::Format::Full).
    pub fn of(message: &Message) -> Self {
        let mut content = Self::default();
        if let Some(payload) = &message.payload {
            content.collect(payload);
        }
        content
    }

    fn collect(&mut self, part: &MessagePart) {
        let kind = part.mime_type.as_deref().unwrap_or("text/plain").to_ascii_lowercase();
        if kind.starts_with("multipart/") {
            part.parts.iter().flatten().for_each(|part| self.collect(part));
            return;
        }
        let filename = part.filename.clone().unwrap_or_default();
        let disposition = part.header("Content-Disposition").unwrap_or_default().trim().to_ascii_lowercase();
        let is_attached = !filename.is_empty() || disposition.starts_with("attachment");
        let body = part.body.as_ref();
        let here = body.and_then(|body| body.content());
        if !is_attached && let ("text/plain" | "text/html", Some(Ok(bytes))) = (kind.as_str(), &here) {
            let text = decoded(bytes, part.header("Content-Type").unwrap_or_default());
            let place = if kind == "text/html" { &mut self.html } else { &mut self.text };
            place.get_or_insert_default().push_str(&text);
            return;
        }
        let attachment = body.and_then(|body| body.attachment_id.clone());
        let size = body.and_then(|body| body.size).unwrap_or_default();
        self.parts.push(ContentPart {
            filename,
            content_type: kind,
            content_id: part.header("Content-ID").map(bare),
            is_inline: disposition.starts_with("inline"),
            size: u64::try_from(size).unwrap_or_default(),
            content: match (here, attachment) {
                (Some(Ok(bytes)), _) => PartContent::Here(bytes),
                (_, Some(id)) => PartContent::Attachment(id),
                (Some(Err(_)), None) => PartContent::Unreadable,
                (None, None) => PartContent::Here(Bytes::new()),
            },
        });
        // A message within the message: its parts are its own.
    }

    /// Of a message as it went over the wire: [`Message::source`]. Whatever comes in, something comes out; what is no
    /// message at all is empty. A letter within the letter is a file.
    pub fn parse(source: &[u8]) -> Self {
        let mut content = Self::default();
        let head = head_end(source);
        if parsed_head(&source[..head]).is_some() {
            content.walk(source, 0);
        }
        content
    }

    /// Takes in a message or a part of one. The parser of headers is borrowed and the tree is walked here, to a certain
    /// depth: a letter of a few megabytes can hold a hundred thousand others, each within the one before, and whoever
    /// builds all of them comes to the end of the stack.
    fn walk(&mut self, source: &[u8], depth: usize) {
        let (head, body) = source.split_at(head_end(source));
        let head = parsed_head(head);
        let part = head.as_ref().and_then(|head| head.parts.first());
        let kind = part.and_then(MimeHeaders::content_type);
        let name = kind.map_or_else(
            || "text/plain".to_owned(),
            |kind| match kind.subtype() {
                Some(sub) => format!("{}/{sub}", kind.ctype()).to_ascii_lowercase(),
                None => kind.ctype().to_ascii_lowercase(),
            },
        );
        if name.starts_with("multipart/") && depth < DEEPEST {
            let boundary = kind.and_then(|kind| kind.attribute("boundary")).unwrap_or_default();
            let pieces = pieces(boundary.as_bytes(), body);
            if !pieces.is_empty() {
                return pieces.into_iter().for_each(|piece| self.walk(piece, depth + 1));
            }
        }
        if self.parts.len() >= MOST_PARTS {
            return;
        }
        let encoding = part.and_then(MimeHeaders::content_transfer_encoding).unwrap_or_default();
        let bytes = undone(encoding, body);
        let filename = part.and_then(MimeHeaders::attachment_name).unwrap_or_default().to_owned();
        let disposition = part.and_then(MimeHeaders::content_disposition);
        let is_attached = !filename.is_empty() || disposition.is_some_and(|value| value.ctype() == "attachment");
        let place = match name.as_str() {
            "text/plain" if !is_attached => Some(&mut self.text),
            "text/html" if !is_attached => Some(&mut self.html),
            _ => None,
        };
        if let Some(place) = place {
            let charset = kind.and_then(|kind| kind.attribute("charset"));
            place.get_or_insert_default().push_str(&match charset.and_then(|name| charset_decoder(name.as_bytes())) {
                Some(decode) => decode(&bytes).into(),
                None => String::from_utf8_lossy(&bytes),
            });
            return;
        }
        self.parts.push(ContentPart {
            filename,
            content_type: name,
            content_id: part.and_then(MimeHeaders::content_id).map(bare),
            is_inline: disposition.is_some_and(|value| value.ctype() == "inline"),
            size: bytes.len() as u64,
            content: PartContent::Here(Bytes::copy_from_slice(&bytes)),
        });
    }
}

/// Parts within parts beyond this are taken as they are.
const DEEPEST: usize = 20;
/// Files beyond this are left out: nobody sends so many.
const MOST_PARTS: usize = 10_000;

/// Where the header ends: after its empty line, or with the source.
fn head_end(source: &[u8]) -> usize {
    let mut at = 0;
    for line in source.split_inclusive(|byte| *byte == b'\n') {
        at += line.len();
        if line.trim_ascii().is_empty() {
            break;
        }
    }
    at
}

/// What lies between the boundaries, without the line break before each. The last piece may lack its end.
fn pieces<'a>(boundary: &[u8], body: &'a [u8]) -> Vec<&'a [u8]> {
    let (mut pieces, mut start, mut at) = (Vec::new(), None, 0);
    if boundary.is_empty() {
        return pieces;
    }
    for line in body.split_inclusive(|byte| *byte == b'\n') {
        let rest = line.trim_ascii_end().strip_prefix(b"--").and_then(|rest| rest.strip_prefix(boundary));
        if let Some(end @ (b"" | b"--")) = rest {
            if let Some(start) = start {
                pieces.push(without_line_break(&body[start..at]));
            }
            start = (end != b"--").then_some(at + line.len());
            if start.is_none() {
                return pieces;
            }
        }
        at += line.len();
    }
    pieces.extend(start.map(|start| &body[start..]));
    pieces
}

fn without_line_break(piece: &[u8]) -> &[u8] {
    let piece = piece.strip_suffix(b"\n").unwrap_or(piece);
    piece.strip_suffix(b"\r").unwrap_or(piece)
}

/// The bytes of a part, its transfer encoding undone. What is not encoded as it says is taken as it is.
fn undone<'a>(encoding: &str, body: &'a [u8]) -> Cow<'a, [u8]> {
    let bytes = match encoding.trim().to_ascii_lowercase().as_str() {
        "base64" => base64_decode(body),
        "quoted-printable" => quoted_printable_decode(body),
        _ => None,
    };
    bytes.map_or(Cow::Borrowed(body), Cow::Owned)
}

fn bare(id: &str) -> String {
    id.trim().trim_start_matches('<').trim_end_matches('>').to_owned()
}

/// Google has mostly turned text into UTF-8 already, whatever its header says; where it has not, the header counts.
fn decoded<'a>(bytes: &'a [u8], content_type: &str) -> Cow<'a, str> {
    let charset = content_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("charset").then(|| value.trim().trim_matches('"').to_ascii_lowercase())
    });
    let shifts = bytes.contains(&0x1b) && charset.as_deref().is_some_and(|name| name.starts_with("iso-2022"));
    match std::str::from_utf8(bytes) {
        Ok(text) if !shifts => Cow::Borrowed(text),
        _ => match charset.as_deref().and_then(|name| charset_decoder(name.as_bytes())) {
            Some(decode) => Cow::Owned(decode(bytes)),
            None => String::from_utf8_lossy(bytes),
        },
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_payload_is_taken_apart() {
        let message: Message = serde_json::from_value(json!({"payload": {"mimeType": "multipart/mixed", "parts": [
            {"mimeType": "multipart/alternative", "parts": [
                {"mimeType": "text/plain", "filename": "", "body": {"size": 2, "data": "aGk="}},
                {"mimeType": "text/html", "body": {"data": "PGI-aGk8L2I-"}}]},
            {"mimeType": "image/png", "filename": "p.png", "headers": [{"name": "content-id", "value": "<p1>"},
                {"name": "Content-Disposition", "value": "inline; filename=p.png"}], "body": {"attachmentId": "A", "size": 9}},
            {"mimeType": "text/plain", "filename": "notes.txt", "body": {"size": 1, "data": "eA=="}},
            {"mimeType": "application/x", "body": {"size": 1, "data": "?"}}]}}))
        .unwrap();
        let content = Content::of(&message);
        assert_eq!((content.text.as_deref(), content.html.as_deref()), (Some("hi"), Some("<b>hi</b>")));
        let [picture, notes, broken] = &content.parts[..] else { panic!("{content:?}") };
        assert_eq!((picture.content_id.as_deref(), picture.is_inline, picture.size), (Some("p1"), true, 9));
        assert!(picture.content == PartContent::Attachment("A".into()));
        assert!(notes.content == PartContent::Here("x".into()) && notes.filename == "notes.txt");
        assert!(broken.content == PartContent::Unreadable);
        assert!(!format!("{content:?}").contains("notes"));
    }

    #[test]
    fn a_text_file_keeps_its_bytes_and_a_text_becomes_unicode() {
        let plain = b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain; charset=ISO-8859-2\r\n\r\n\xc8aj\r\n\
            --x\r\nContent-Type: text/plain; charset=ISO-8859-2; name=a.txt\r\n\r\n\xc8aj\r\n\
            --x\r\nContent-Type: text/html; name=b.html\r\nContent-Transfer-Encoding: base64\r\n\r\nyGFq\r\n\
            --x\r\nContent-Type: text/csv; name=c.csv\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=C8aj=\r\n\r\n--x--\r\n";
        let content = Content::parse(plain);
        assert_eq!(content.text.as_deref(), Some("Čaj"));
        assert_eq!(content.parts.len(), 3);
        for part in &content.parts {
            assert!(part.content == PartContent::Here(Bytes::from_static(b"\xc8aj")), "{}", part.filename);
        }
    }

    #[test]
    fn a_letter_within_a_letter_is_a_file() {
        let inner = "Subject: inner\r\nContent-Type: multipart/mixed; boundary=y\r\n\r\n--y\r\n\r\nhello\r\n--y--\r\n";
        let outer = format!(
            "Content-Type: multipart/mixed; boundary=\"x\"\r\n\r\nbefore\r\n--x\r\n\r\nforwarded\r\n\
             --x\r\nContent-Type: message/rfc822\r\n\r\n{inner}\r\n--x-- \r\nafter\r\n"
        );
        for source in [outer.clone(), outer.replace("\r\n", "\n"), outer.replace("--x-- \r\nafter\r\n", "")] {
            let content = Content::parse(source.as_bytes());
            assert_eq!((content.text.as_deref(), content.parts.len()), (Some("forwarded"), 1), "{source}");
            let PartContent::Here(bytes) = &content.parts[0].content else { panic!("{content:?}") };
            let letter = String::from_utf8(bytes.to_vec()).unwrap().replace("\r\n", "\n");
            assert_eq!(letter.trim_end(), inner.replace("\r\n", "\n").trim_end());
            assert_eq!(content.parts[0].content_type, "message/rfc822");
        }
        // Deeper than anybody writes, the rest is a file too.
        let nested = |number| format!("Content-Type: multipart/mixed; boundary=x{number}x\r\n\r\n--x{number}x\r\n");
        let deep = (0..30).map(nested).collect::<String>() + "\r\nhello";
        let content = Content::parse(deep.as_bytes());
        assert_eq!((content.text, content.parts.len()), (None, 1));
    }

    #[test]
    fn text_in_old_character_sets() {
        let read = |bytes: &'static [u8], kind: &str| decoded(bytes, kind).into_owned();
        assert_eq!(read("Čaj".as_bytes(), "text/plain; charset=ISO-8859-2"), "Čaj");
        assert_eq!(read(b"\xc8aj", "text/plain; charset=\"ISO-8859-2\""), "Čaj");
        assert_eq!(read(b"\xad\xb1\xb8\xd5", "text/plain; format=flowed; charset=big5"), "面試");
        assert_eq!(read(b"\x1b$B:#\x1b(B", "text/plain; charset=iso-2022-jp"), "今");
        assert_eq!(read(b"\xff", "text/plain"), "\u{fffd}");
    }
}
