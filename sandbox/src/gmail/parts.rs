//! A message taken apart: its parts, and theirs.
//!
//! The parser of headers is borrowed and the tree is walked here, to a certain depth: a few megabytes can hold a hundred
//! thousand letters, each within the one before, and whoever builds all of them comes to the end of the stack.

use std::borrow::Cow;

use mail_parser::{
    ContentType, Message, MessageParser, MimeHeaders,
    decoders::{
        base64::base64_decode, charsets::map::charset_decoder, html::html_to_text,
        quoted_printable::quoted_printable_decode,
    },
};

/// Parts within parts beyond this are not taken apart. As JSON it is less deep than what parsers usually take.
const DEEPEST: usize = 30;

/// A message or a part of one.
pub struct Part<'a> {
    /// Its header, with the empty line after it.
    pub header: &'a [u8],
    /// Its media type, in lower case and without parameters.
    pub kind: String,
    /// What is in it: the parts of a container, the letter in a letter.
    pub parts: Vec<Part<'a>>,
    head: Option<Message<'a>>,
    body: &'a [u8],
}

impl<'a> Part<'a> {
    /// Takes a message apart.
    pub fn of(raw: &'a [u8]) -> Self {
        Self::within(raw, "text/plain", 0)
    }

    /// `usual` is its type when its header names none.
    fn within(source: &'a [u8], usual: &str, depth: usize) -> Self {
        let (header, body) = source.split_at(header_length(source));
        let head = MessageParser::default().parse_headers(header);
        let mut part = Self { header, kind: usual.to_owned(), parts: vec![], head, body };
        let mut boundary = String::new();
        if let Some(said) = part.content_type() {
            boundary = said.attribute("boundary").unwrap_or_default().to_owned();
            part.kind = format!("{}/{}", said.ctype(), said.subtype().unwrap_or("plain")).to_lowercase();
        }
        if depth == DEEPEST {
            return part;
        }
        if part.kind.starts_with("multipart/") {
            let usual = if part.kind == "multipart/digest" { "message/rfc822" } else { "text/plain" };
            let pieces = pieces(boundary.as_bytes(), body);
            part.parts = pieces.into_iter().map(|piece| Self::within(piece, usual, depth + 1)).collect();
        } else if part.is_letter() && !matches!(part.encoding().as_str(), "base64" | "quoted-printable") {
            // A letter is carried as it is; one that is encoded all the same stays closed.
            part.parts = vec![Self::within(body, "text/plain", depth + 1)];
        }
        part
    }

    /// Whether it is a letter of its own.
    pub fn is_letter(&self) -> bool {
        matches!(self.kind.as_str(), "message/rfc822" | "message/global")
    }

    /// Whether it is a container.
    pub fn is_container(&self) -> bool {
        self.kind.starts_with("multipart/") && !self.parts.is_empty()
    }

    /// The name of the file that it is.
    pub fn filename(&self) -> Option<&str> {
        self.fields()?.attachment_name()
    }

    fn fields(&self) -> Option<&mail_parser::MessagePart<'_>> {
        self.head.as_ref()?.parts.first()
    }

    fn content_type(&self) -> Option<&ContentType<'_>> {
        self.fields()?.content_type()
    }

    fn encoding(&self) -> String {
        let said = self.fields().and_then(MimeHeaders::content_transfer_encoding);
        said.unwrap_or_default().trim().to_ascii_lowercase()
    }

    /// Its bytes, the transfer encoding undone; text is UTF-8. What is not encoded as it says is taken as it is.
    pub fn content(&self) -> Cow<'a, [u8]> {
        let undone = match self.encoding().as_str() {
            "base64" => base64_decode(self.body),
            "quoted-printable" => quoted_printable_decode(self.body),
            _ => None,
        };
        let bytes = undone.map_or(Cow::Borrowed(self.body), Cow::Owned);
        let charset = self.content_type().and_then(|kind| kind.attribute("charset"));
        match charset.filter(|_| self.kind.starts_with("text/")).and_then(|name| charset_decoder(name.as_bytes())) {
            Some(decode) => Cow::Owned(decode(&bytes).into_bytes()),
            None => bytes,
        }
    }

    /// It and the parts in it, but not those of letters within the letter.
    pub fn own(&self) -> Vec<&Self> {
        let mut all = vec![self];
        let inside = if self.is_letter() { &[][..] } else { &self.parts[..] };
        all.extend(inside.iter().flat_map(Self::own));
        all
    }

    /// What it says, as plain text.
    pub fn text(&self) -> String {
        let own = self.own();
        let found = |kind: &str| {
            let texts = own.iter().filter(|part| part.kind == kind && part.filename().is_none());
            let mut texts = texts.map(|part| String::from_utf8_lossy(&part.content()).into_owned());
            texts.find(|text| !text.trim().is_empty())
        };
        found("text/plain").or_else(|| found("text/html").map(|html| html_to_text(&html))).unwrap_or_default()
    }
}

/// Up to the end of the empty line after the header, or of all.
fn header_length(source: &[u8]) -> usize {
    let mut length = 0;
    for line in source.split_inclusive(|byte| *byte == b'\n') {
        length += line.len();
        if line.trim_ascii().is_empty() {
            break;
        }
    }
    length
}

/// What lies between the lines of the boundary. The line end before such a line belongs to it; the last one may lack.
fn pieces<'a>(boundary: &[u8], body: &'a [u8]) -> Vec<&'a [u8]> {
    let mut pieces = Vec::new();
    if boundary.is_empty() {
        return pieces;
    }
    let (mut begun, mut at) = (None, 0);
    for line in body.split_inclusive(|byte| *byte == b'\n') {
        let after = at + line.len();
        let ends = line.strip_prefix(b"--").and_then(|rest| rest.strip_prefix(boundary)).map(<[u8]>::trim_ascii_end);
        if let Some(end @ (b"" | b"--")) = ends {
            if let Some(start) = begun {
                let piece = &body[start..at];
                let piece = piece.strip_suffix(b"\n").unwrap_or(piece);
                pieces.push(piece.strip_suffix(b"\r").unwrap_or(piece));
            }
            begun = end.is_empty().then_some(after);
            if begun.is_none() {
                return pieces;
            }
        }
        at = after;
    }
    pieces.extend(begun.map(|start| &body[start..]));
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn containers_letters_and_character_sets() {
        let raw = b"Content-Type: multipart/mixed; boundary=\"x\"\r\n\r\nbefore\r\n--x\r\n\
            Content-Type: text/plain; charset=ISO-8859-2\r\n\r\n\xc8aj\r\n\
            --x \r\nContent-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\nhidden\r\n\
            --x\r\nContent-Type: text/csv; name=c.csv\r\nContent-Transfer-Encoding: base64\r\n\r\nYTti\r\n--x--\r\nafter";
        for raw in
            [raw.to_vec(), String::from_utf8_lossy(raw).replace("\r\n", "\n").replace('\u{fffd}', "C").into_bytes()]
        {
            let part = Part::of(&raw);
            let kinds: Vec<&str> = part.parts.iter().map(|part| part.kind.as_str()).collect();
            assert_eq!(kinds, ["text/plain", "message/rfc822", "text/csv"]);
            assert!(["Čaj", "Caj"].contains(&part.text().as_str()), "{}", part.text());
            assert_eq!(part.parts[1].parts[0].text(), "hidden");
            assert_eq!((part.parts[2].filename(), &*part.parts[2].content()), (Some("c.csv"), &b"a;b"[..]));
            assert_eq!(part.own().len(), 4);
        }
        let digest = Part::of(
            b"Content-Type: multipart/digest; boundary=x\n\n--x\n\nSubject: a\n\nfirst\n--x\n\nSubject: b\n\nlast",
        );
        let texts: Vec<String> = digest.parts.iter().map(|letter| letter.parts[0].text()).collect();
        assert_eq!(texts, ["first", "last"]);
        let html =
            Part::of(b"Content-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<b>a=3Db</b>");
        assert_eq!(html.text().trim(), "a=b");
        assert_eq!(Part::of(b"").text(), "");
    }

    #[test]
    fn what_is_deeper_than_anybody_writes_is_taken_as_it_is() {
        fn depth(part: &Part<'_>) -> usize {
            1 + part.parts.iter().map(depth).max().unwrap_or(0)
        }
        let letters = "Content-Type: message/rfc822\r\n\r\n".repeat(10_000) + "Subject: x\r\n\r\nhello";
        let boxes: String =
            (0..10_000).map(|n| format!("Content-Type: multipart/mixed; boundary=b{n}b\r\n\r\n--b{n}b\r\n")).collect();
        for raw in [letters, boxes] {
            assert_eq!(depth(&Part::of(raw.as_bytes())), DEEPEST + 1);
        }
    }
}
