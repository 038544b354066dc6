use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use jiff::{Timestamp, tz::TimeZone};
use portico_world::{Rng, World};

use crate::gmail::{
    Message,
    mime::{Address, MimeProblem, header},
};

/// A message to be sent or kept as a draft. Any script in any field; line breaks in a header field are refused.
///
/// ```
/// use portico_google::gmail::{Address, Mail};
/// let mail = Mail {
///     to: vec![Address::named("王小明", "ming@example.com")],
///     subject: "面試通知".into(),
///     text: Some("您好".into()),
///     html: Some("<p>您好</p>".into()),
///     ..Mail::default()
/// };
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Mail {
    /// Who writes: absent, Google fills in the account's own address, and puts it in place of one that is not the account's.
    pub from: Option<Address>,
    /// Where answers go, if not to the writer.
    pub reply_to: Vec<Address>,
    /// Whom it is for.
    pub to: Vec<Address>,
    /// Who gets a copy.
    pub cc: Vec<Address>,
    /// Who gets a copy without the others knowing. Google takes the field out.
    pub bcc: Vec<Address>,
    /// What it is about.
    pub subject: String,
    /// Plain text. Line ends become those of mail.
    pub text: Option<String>,
    /// The same as HTML. With both, programs show the HTML.
    pub html: Option<String>,
    /// Files, and pictures of the HTML.
    pub attachments: Vec<Attachment>,
    /// The message that it answers, by the value of its `Message-ID`.
    pub in_reply_to: Option<String>,
    /// The messages of the conversation so far, the oldest first.
    pub references: Vec<String>,
    /// When it was written; absent: now.
    pub date: Option<Timestamp>,
    /// Further header fields, such as `List-Unsubscribe`.
    pub headers: Vec<(String, String)>,
}

/// A file in a message.
#[derive(Clone, PartialEq, Eq)]
pub struct Attachment {
    /// The file's name.
    pub filename: String,
    /// Its media type, such as `application/pdf`.
    pub content_type: String,
    /// What is in it.
    pub content: Bytes,
    /// Of a picture that the HTML shows as `cid:<this>`; absent for a file that stands by itself.
    pub content_id: Option<String>,
}

/// Shows how much there is, and nothing of it.
impl fmt::Debug for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let recipients = self.to.len() + self.cc.len() + self.bcc.len();
        let mut shown = f.debug_struct("Mail");
        shown.field("recipients", &recipients).field("attachments", &self.attachments).finish_non_exhaustive()
    }
}

/// Shows how large it is, and neither name nor content.
impl fmt::Debug for Attachment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Attachment");
        shown.field("content_type", &self.content_type).field("bytes", &self.content.len()).finish_non_exhaustive()
    }
}

/// Fields that this library or Google writes.
const OWN: [&str; 14] = [
    "from",
    "sender",
    "reply-to",
    "to",
    "cc",
    "bcc",
    "subject",
    "date",
    "message-id",
    "in-reply-to",
    "references",
    "mime-version",
    "content-type",
    "content-transfer-encoding",
];

impl Mail {
    /// An answer to `message` (read with its header fields) to whoever wrote it: in the same conversation, which must be
    /// named as `thread_id` when it is sent.
    pub fn answer(message: &Message) -> Self {
        let field = |name| message.header(name).unwrap_or_default();
        let subject = field("Subject").trim();
        let is_answer = subject.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("re:"));
        let ids = |text: &str| -> Vec<String> { text.split_whitespace().map(str::to_owned).collect() };
        let own = ids(field("Message-ID")).pop();
        let mut references = ids(field("References"));
        if references.is_empty() {
            references = ids(field("In-Reply-To"));
        }
        references.extend(own.clone());
        let to = Address::parse_list(field("Reply-To"));
        Self {
            to: if to.is_empty() { Address::parse_list(field("From")) } else { to },
            subject: if is_answer { subject.to_owned() } else { format!("Re: {subject}") },
            in_reply_to: own,
            references,
            ..Self::default()
        }
    }

    /// The message as it goes over the wire. Time and chance come from `world`.
    pub fn write(&self, world: &World) -> Result<Vec<u8>, MimeProblem> {
        let rng = &*world.rng;
        let mut out = Fields::default();
        if let Some(from) = &self.from {
            out.add("From", &from.write("From")?);
        }
        let lists = [("Reply-To", &self.reply_to), ("To", &self.to), ("Cc", &self.cc), ("Bcc", &self.bcc)];
        for (name, list) in lists {
            let written = list.iter().map(|address| address.write(name)).collect::<Result<Vec<_>, _>>()?;
            if !written.is_empty() {
                out.add(name, &written.join(",\r\n "));
            }
        }
        out.add("Subject", &header::text("Subject", &self.subject)?);
        let date = self.date.unwrap_or_else(|| world.now()).to_zoned(TimeZone::UTC);
        out.add("Date", &date.strftime("%a, %d %b %Y %H:%M:%S +0000").to_string());
        let domain = self.from.as_ref().and_then(Address::domain).unwrap_or_else(|| "mail.invalid".to_owned());
        out.add("Message-ID", &format!("<{}@{domain}>", random(rng)));
        if let Some(id) = &self.in_reply_to {
            out.add("In-Reply-To", &header::id("In-Reply-To", id)?);
        }
        let ids = self.references.iter().map(|id| header::id("References", id)).collect::<Result<Vec<_>, _>>()?;
        if !ids.is_empty() {
            out.add("References", &ids.join("\r\n "));
        }
        for (name, value) in &self.headers {
            let is_token = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
            if !is_token || name.len() > 64 || OWN.contains(&name.to_ascii_lowercase().as_str()) {
                return Err(MimeProblem::HeaderName);
            }
            out.add(name, &header::text("a header field", value)?);
        }
        out.add("MIME-Version", "1.0");
        let mut message = out.0.into_bytes();
        message.extend(self.tree()?.write(rng)?);
        Ok(message)
    }

    /// Text and HTML are alternatives; pictures belong to the HTML; files stand beside all of it.
    fn tree(&self) -> Result<Part, MimeProblem> {
        let (pictures, files): (Vec<&Attachment>, Vec<&Attachment>) =
            self.attachments.iter().partition(|attachment| attachment.content_id.is_some() && self.html.is_some());
        let mut bodies = Vec::new();
        if let Some(text) = &self.text {
            bodies.push(Part::text("plain", text));
        }
        if let Some(html) = &self.html {
            let pictures = pictures.into_iter().map(Part::file).collect::<Result<Vec<_>, _>>()?;
            bodies.push(Part::several("related", vec![Part::text("html", html)], pictures));
        }
        if bodies.is_empty() {
            bodies.push(Part::text("plain", ""));
        }
        let files = files.into_iter().map(Part::file).collect::<Result<Vec<_>, _>>()?;
        Ok(Part::several("mixed", vec![Part::several("alternative", bodies, Vec::new())], files))
    }
}

#[derive(Default)]
struct Fields(String);

impl Fields {
    fn add(&mut self, name: &str, value: &str) {
        self.0.push_str(name);
        self.0.push_str(": ");
        self.0.push_str(value);
        self.0.push_str("\r\n");
    }
}

enum Part {
    Leaf { fields: Fields, body: Vec<u8> },
    Several { subtype: &'static str, parts: Vec<Part> },
}

impl Part {
    fn text(subtype: &str, text: &str) -> Self {
        let text = text.replace("\r\n", "\n").replace('\r', "\n").replace('\n', "\r\n");
        let mut fields = Fields::default();
        fields.add("Content-Type", &format!("text/{subtype}; charset=\"UTF-8\""));
        let is_plain = text.is_ascii() && !text.contains('\0') && text.split("\r\n").all(|line| line.len() < 900);
        fields.add("Content-Transfer-Encoding", if is_plain { "7bit" } else { "base64" });
        let body = if is_plain { text.into_bytes() } else { folded(text.as_bytes()) };
        Self::Leaf { fields, body }
    }

    fn file(attachment: &Attachment) -> Result<Self, MimeProblem> {
        let kind = attachment.content_type.to_ascii_lowercase();
        let is_type = kind.split_once('/').is_some_and(|(main, sub)| {
            let token = |text: &str| {
                !text.is_empty()
                    && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte))
            };
            token(main) && token(sub) && kind.len() < 200
        });
        // What holds messages may not be encoded, and so could not be told from the message around it.
        if !is_type || kind.starts_with("multipart/") || kind.starts_with("message/") {
            return Err(MimeProblem::MediaType);
        }
        let (mut fields, is_picture) = (Fields::default(), attachment.content_id.is_some());
        fields.add("Content-Type", &kind);
        fields.add("Content-Transfer-Encoding", "base64");
        let name = header::parameter("filename", "the name of an attachment", &attachment.filename)?;
        fields.add("Content-Disposition", &format!("{};\r\n {name}", if is_picture { "inline" } else { "attachment" }));
        if let Some(id) = &attachment.content_id {
            fields.add("Content-ID", &header::id("Content-ID", id)?);
        }
        Ok(Self::Leaf { fields, body: folded(&attachment.content) })
    }

    /// `first` and `rest` in one container; the only part by itself.
    fn several(subtype: &'static str, mut parts: Vec<Self>, rest: Vec<Self>) -> Self {
        parts.extend(rest);
        if parts.len() == 1 {
            return parts.remove(0);
        }
        Self::Several { subtype, parts }
    }

    /// Its own fields, an empty line and its body.
    fn write(&self, rng: &dyn Rng) -> Result<Vec<u8>, MimeProblem> {
        match self {
            Self::Leaf { fields, body } => Ok([fields.0.as_bytes(), b"\r\n", body].concat()),
            Self::Several { subtype, parts } => {
                // 128 random bits do not stand in the content by chance.
                let boundary = format!("=_{}", random(rng));
                let mut out = Fields::default();
                out.add("Content-Type", &format!("multipart/{subtype};\r\n boundary=\"{boundary}\""));
                let mut bytes = out.0.into_bytes();
                for part in parts {
                    bytes.extend(format!("\r\n--{boundary}\r\n").bytes());
                    bytes.extend(part.write(rng)?);
                }
                bytes.extend(format!("\r\n--{boundary}--\r\n").bytes());
                Ok(bytes)
            }
        }
    }
}

fn random(rng: &dyn Rng) -> String {
    format!("{:016x}{:016x}", rng.next_u64(), rng.next_u64())
}

/// base64 in lines of 76 characters.
fn folded(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() * 3 / 2);
    for line in bytes.chunks(57) {
        out.extend(STANDARD.encode(line).bytes());
        out.extend(b"\r\n");
    }
    out
}
