//! What is shown of a message, read off the message itself.

use base64::{Engine as _, engine::general_purpose::URL_SAFE};
use mail_parser::{Message, MessageParser, MessagePart, MimeHeaders, PartType, decoders::html::html_to_text};
use serde_json::{Map, Value, json};

use super::{access, errors, head::Source, tables::MessageRow};
use crate::http::{ApiError, Call};

/// How much is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Everything.
    Full,
    /// Header fields.
    Metadata,
    /// Ids and labels.
    Minimal,
    /// The message itself.
    Raw,
}

impl Format {
    /// What was asked for, and whether the token allows it.
    pub fn asked(call: &Call) -> Result<Self, ApiError> {
        let format = match call.param("format").unwrap_or("full").to_ascii_lowercase().as_str() {
            "full" => Self::Full,
            "metadata" => Self::Metadata,
            "minimal" => Self::Minimal,
            "raw" => Self::Raw,
            other => return Err(errors::invalid(format!("Invalid value at 'format' (\"{other}\")"))),
        };
        let is_body = matches!(format, Self::Full | Self::Raw);
        if is_body
            && access::is_metadata_only(call)
            && !call.scopes.iter().any(|scope| scope.ends_with("gmail.compose"))
        {
            let name = if format == Self::Full { "FULL" } else { "RAW" };
            return Err(errors::forbidden(format!("Metadata scope doesn't allow format {name}")));
        }
        Ok(format)
    }
}

/// base64url as Google writes it.
pub fn encode(bytes: &[u8]) -> String {
    URL_SAFE.encode(bytes)
}

/// The ids alone, as in lists.
pub fn ids(row: &MessageRow) -> Value {
    json!({"id": row.id, "threadId": row.thread})
}

/// The ids and the labels, as in history and in answers to changes.
pub fn labelled(row: &MessageRow) -> Value {
    let mut shown = ids(row);
    if !row.labels.is_empty() {
        shown["labelIds"] = json!(row.labels);
    }
    shown
}

/// The `Message` resource.
pub fn message(row: &MessageRow, format: Format, only: &[&str]) -> Value {
    let raw = row.raw();
    let mut shown = labelled(row);
    shown["historyId"] = json!(row.history.to_string());
    shown["internalDate"] = json!(row.date.to_string());
    shown["sizeEstimate"] = json!(raw.len());
    shown["snippet"] = json!(snippet(&raw));
    match format {
        Format::Minimal => {}
        Format::Raw => shown["raw"] = json!(encode(&raw)),
        Format::Metadata => {
            let mut payload = whole(&row.id, &raw);
            if let Some(payload) = payload.as_object_mut() {
                payload.retain(|name, _| name == "headers" || name == "mimeType");
                if let Some(headers) =
                    payload.get_mut("headers").and_then(Value::as_array_mut).filter(|_| !only.is_empty())
                {
                    let wanted = |name: &str| only.iter().any(|one| one.eq_ignore_ascii_case(name));
                    headers.retain(|header| header["name"].as_str().is_some_and(wanted));
                }
            }
            shown["payload"] = payload;
        }
        Format::Full => shown["payload"] = whole(&row.id, &raw),
    }
    shown
}

fn parsed(raw: &[u8]) -> Option<Message<'_>> {
    MessageParser::default().parse(raw)
}

fn whole(id: &str, raw: &[u8]) -> Value {
    match parsed(raw) {
        Some(message) => payload(id, &message, 0, ""),
        None => json!({"partId": "", "mimeType": "text/plain", "filename": "", "headers": [], "body": {"size": 0}}),
    }
}

/// A part with all that is in it.
fn payload(id: &str, message: &Message<'_>, index: u32, place: &str) -> Value {
    let Some(part) = message.part(index) else { return json!({}) };
    let raw = &message.raw_message;
    let offset = |at: u32| usize::try_from(at).unwrap_or(usize::MAX).min(raw.len());
    let header =
        Source::new(&raw[offset(part.offset_header)..offset(part.offset_body).max(offset(part.offset_header))]);
    let headers: Vec<Value> = header.fields().map(|(name, value)| json!({"name": name, "value": value})).collect();
    let mut shown = json!({
        "partId": place,
        "mimeType": kind(part),
        "filename": part.attachment_name().unwrap_or_default(),
        "headers": headers,
        "body": body(id, part, place),
    });
    let inside = |number: usize| if place.is_empty() { number.to_string() } else { format!("{place}.{number}") };
    match &part.body {
        PartType::Multipart(children) => {
            let parts =
                children.iter().enumerate().map(|(number, child)| payload(id, message, *child, &inside(number)));
            shown["parts"] = parts.collect();
        }
        PartType::Message(inner) => shown["parts"] = json!([payload(id, inner, 0, &inside(0))]),
        _ => {}
    }
    shown
}

fn kind(part: &MessagePart<'_>) -> String {
    part.content_type().map_or_else(
        || "text/plain".to_owned(),
        |kind| format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or("plain")).to_lowercase(),
    )
}

fn body(id: &str, part: &MessagePart<'_>, place: &str) -> Value {
    let bytes = match &part.body {
        PartType::Multipart(_) => return json!({"size": 0}),
        PartType::Message(inner) => inner.raw_message.as_ref(),
        _ => part.contents(),
    };
    if part.attachment_name().is_some() {
        let attachment = format!("ANGjdJ{}", encode(format!("{id}/{place}").as_bytes()));
        return json!({"attachmentId": attachment, "size": bytes.len()});
    }
    if bytes.is_empty() || matches!(part.body, PartType::Message(_)) {
        return json!({"size": bytes.len()});
    }
    json!({"size": bytes.len(), "data": encode(bytes)})
}

/// What an attachment id stands for.
pub fn attachment(row: &MessageRow, attachment: &str) -> Option<Vec<u8>> {
    let wanted = attachment.strip_prefix("ANGjdJ").and_then(|text| URL_SAFE.decode(text).ok())?;
    let wanted = String::from_utf8(wanted).ok()?;
    let place = wanted.strip_prefix(&row.id)?.strip_prefix('/')?;
    let raw = row.raw();
    let mut message = parsed(&raw)?;
    let mut index = 0;
    for step in place.split('.').filter(|step| !step.is_empty()) {
        let number: usize = step.parse().ok()?;
        let part = message.part(index)?;
        match &part.body {
            PartType::Multipart(children) => index = *children.get(number)?,
            PartType::Message(inner) if number == 0 => {
                message = inner.clone();
                index = 0;
            }
            _ => return None,
        }
    }
    let part = message.part(index)?;
    Some(match &part.body {
        PartType::Message(inner) => inner.raw_message.to_vec(),
        _ => part.contents().to_vec(),
    })
}

/// The text of a message, for its beginning and for searches.
pub fn text(raw: &[u8]) -> String {
    let Some(message) = parsed(raw) else { return String::new() };
    let text = message.body_text(0).unwrap_or_default();
    if !text.trim().is_empty() {
        return text.into_owned();
    }
    message.body_html(0).map(|html| html_to_text(&html)).unwrap_or_default()
}

/// The names of the files in a message.
pub fn filenames(raw: &[u8]) -> Vec<String> {
    let message = parsed(raw);
    let parts = message.iter().flat_map(|message| message.parts.iter());
    parts.filter_map(|part| part.attachment_name().map(str::to_owned)).collect()
}

/// How a message begins, as a piece of HTML.
pub fn snippet(raw: &[u8]) -> String {
    let words = text(raw).split_whitespace().collect::<Vec<_>>().join(" ");
    let start: String = words.chars().take(200).collect();
    start.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

/// A JSON object with one entry.
pub fn only(name: &str, value: Value) -> Map<String, Value> {
    Map::from_iter([(name.to_owned(), value)])
}
