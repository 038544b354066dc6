//! The header of a message: read, and changed without touching the rest.

use std::borrow::Cow;

use mail_parser::{HeaderValue, parsers::MessageStream};

/// A message as its header fields, in order, and what follows.
pub struct Source<'a> {
    fields: Vec<Cow<'a, [u8]>>,
    body: &'a [u8],
}

impl<'a> Source<'a> {
    /// Takes a message apart. Without an empty line all of it is header.
    pub fn new(raw: &'a [u8]) -> Self {
        let mut fields: Vec<Cow<'a, [u8]>> = Vec::new();
        let (mut start, mut at) = (0, 0);
        while at < raw.len() {
            let end = raw[at..].iter().position(|byte| *byte == b'\n').map_or(raw.len(), |found| at + found + 1);
            let line = &raw[at..end];
            if line.trim_ascii().is_empty() {
                if at > start {
                    fields.push(Cow::Borrowed(&raw[start..at]));
                }
                return Self { fields, body: &raw[end..] };
            }
            if at > start && !line.starts_with(b" ") && !line.starts_with(b"\t") {
                fields.push(Cow::Borrowed(&raw[start..at]));
                start = at;
            }
            at = end;
        }
        if at > start {
            fields.push(Cow::Borrowed(&raw[start..at]));
        }
        Self { fields, body: &[] }
    }

    /// The names of the fields as they are written, and their values decoded.
    pub fn fields(&self) -> impl Iterator<Item = (String, String)> {
        self.fields.iter().filter_map(|field| {
            let colon = field.iter().position(|byte| *byte == b':')?;
            let name = String::from_utf8_lossy(field[..colon].trim_ascii()).into_owned();
            (!name.is_empty()).then(|| (name, decoded(&field[colon + 1..])))
        })
    }

    /// The decoded value of the first field of that name; empty when there is none.
    pub fn field(&self, name: &str) -> String {
        self.fields().find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value).unwrap_or_default()
    }

    /// All values of that name.
    pub fn all(&self, name: &str) -> String {
        let values: Vec<String> =
            self.fields().filter(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value).collect();
        values.join(", ")
    }

    /// The addresses in the fields of that name, in lower case.
    pub fn addresses(&self, name: &str) -> Vec<String> {
        let fields = self.fields.iter().filter_map(|field| {
            let colon = field.iter().position(|byte| *byte == b':')?;
            field[..colon].trim_ascii().eq_ignore_ascii_case(name.as_bytes()).then(|| &field[colon + 1..])
        });
        let mut found = Vec::new();
        for value in fields {
            let line = [value.trim_ascii_end(), b"\r\n"].concat();
            if let HeaderValue::Address(list) = MessageStream::new(&line).parse_address() {
                found.extend(list.iter().filter_map(|one| one.address()).map(|text| text.trim().to_lowercase()));
            }
        }
        found
    }

    /// Takes every field of that name out.
    pub fn remove(&mut self, name: &str) {
        self.fields.retain(|field| {
            let own = field.split(|byte| *byte == b':').next().unwrap_or_default();
            !own.trim_ascii().eq_ignore_ascii_case(name.as_bytes())
        });
    }

    /// Puts a field in the place of all of that name.
    pub fn set(&mut self, name: &str, value: &str) {
        self.remove(name);
        self.fields.push(Cow::Owned(format!("{name}: {value}\r\n").into_bytes()));
    }

    /// Puts a field before all others.
    pub fn begin(&mut self, name: &str, value: &str) {
        self.fields.insert(0, Cow::Owned(format!("{name}: {value}\r\n").into_bytes()));
    }

    /// The whole again.
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for field in &self.fields {
            bytes.extend_from_slice(field);
            if !field.ends_with(b"\n") {
                bytes.extend_from_slice(b"\r\n");
            }
        }
        bytes.extend_from_slice(b"\r\n");
        bytes.extend_from_slice(self.body);
        bytes
    }
}

fn decoded(value: &[u8]) -> String {
    let line = [value.trim_ascii(), b"\r\n"].concat();
    match MessageStream::new(&line).parse_unstructured() {
        HeaderValue::Text(text) => text.trim().to_owned(),
        _ => String::new(),
    }
}

/// The ids of messages in a field such as `References`.
pub fn ids(value: &str) -> Vec<&str> {
    value.split_whitespace().flat_map(|word| word.split(',')).filter(|id| !id.is_empty()).collect()
}

/// What a subject is about, without the marks of answers.
pub fn topic(subject: &str) -> String {
    let mut rest = subject.trim();
    loop {
        let cut = ["re:", "fwd:", "fw:", "aw:", "sv:"].iter().find_map(|mark| {
            rest.get(..mark.len()).filter(|start| start.eq_ignore_ascii_case(mark)).map(|_| mark.len())
        });
        match cut {
            Some(length) => rest = rest[length..].trim_start(),
            None => return rest.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_and_changed_and_the_body_stays() {
        let raw = b"From: =?UTF-8?B?546L?= <Wang@x.tw>\r\nSubject: =?UTF-8?B?6Z2i?=\r\n =?UTF-8?B?6Kmm?=\nTo: a@x.cz,\r\n\tB <b@x.cz>\r\n\r\nbody\n\nmore";
        let mut source = Source::new(raw);
        assert_eq!(source.field("subject"), "面試");
        assert_eq!(source.addresses("to"), ["a@x.cz", "b@x.cz"]);
        assert_eq!(source.addresses("From"), ["wang@x.tw"]);
        source.remove("TO");
        source.set("Subject", "x");
        source.begin("Received", "y");
        let text = String::from_utf8(source.bytes()).unwrap();
        assert_eq!(text, "Received: y\r\nFrom: =?UTF-8?B?546L?= <Wang@x.tw>\r\nSubject: x\r\n\r\nbody\n\nmore");
        assert_eq!(Source::new(b"only: this").field("Only"), "this");
        assert_eq!(Source::new(b"").bytes(), b"\r\n");
    }

    #[test]
    fn a_topic_is_the_same_in_an_answer() {
        assert_eq!(topic(" RE: Fwd: Lunch  today"), "lunch today");
        assert_eq!(topic("Re"), "re");
    }
}
