//! What is shown of a message, read off the message itself.

use base64::{Engine as _, engine::general_purpose::URL_SAFE};
use serde_json::{Map, Value, json};

use super::{access, errors, head::Source, parts::Part, tables::MessageRow};
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
            let mut payload = payload(&row.id, &Part::of(&raw), "");
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
        Format::Full => shown["payload"] = payload(&row.id, &Part::of(&raw), ""),
    }
    shown
}

/// A part with all that is in it.
fn payload(id: &str, part: &Part<'_>, place: &str) -> Value {
    let fields = Source::new(part.header);
    let headers: Vec<Value> = fields.fields().map(|(name, value)| json!({"name": name, "value": value})).collect();
    let mut shown = json!({
        "partId": place,
        "mimeType": part.kind,
        "filename": part.filename().unwrap_or_default(),
        "headers": headers,
        "body": body(id, part, place),
    });
    if !part.parts.is_empty() {
        let inside = |number: usize| if place.is_empty() { number.to_string() } else { format!("{place}.{number}") };
        let parts = part.parts.iter().enumerate();
        shown["parts"] = parts.map(|(number, inner)| payload(id, inner, &inside(number))).collect();
    }
    shown
}

fn body(id: &str, part: &Part<'_>, place: &str) -> Value {
    if part.is_container() {
        return json!({"size": 0});
    }
    let bytes = part.content();
    if part.filename().is_some() {
        let attachment = format!("ANGjdJ{}", encode(format!("{id}/{place}").as_bytes()));
        return json!({"attachmentId": attachment, "size": bytes.len()});
    }
    if bytes.is_empty() || part.is_letter() {
        return json!({"size": bytes.len()});
    }
    json!({"size": bytes.len(), "data": encode(&bytes)})
}

/// What an attachment id stands for.
pub fn attachment(row: &MessageRow, attachment: &str) -> Option<Vec<u8>> {
    let wanted = attachment.strip_prefix("ANGjdJ").and_then(|text| URL_SAFE.decode(text).ok())?;
    let wanted = String::from_utf8(wanted).ok()?;
    let place = wanted.strip_prefix(&row.id)?.strip_prefix('/')?;
    let raw = row.raw();
    let whole = Part::of(&raw);
    let mut part = &whole;
    for step in place.split('.').filter(|step| !step.is_empty()) {
        part = part.parts.get(step.parse::<usize>().ok()?)?;
    }
    Some(part.content().into_owned())
}

/// The text of a message, for its beginning and for searches.
pub fn text(raw: &[u8]) -> String {
    Part::of(raw).text()
}

/// The names of the files in a message.
pub fn filenames(raw: &[u8]) -> Vec<String> {
    let message = Part::of(raw);
    message.own().into_iter().filter_map(|part| part.filename().map(str::to_owned)).collect()
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
