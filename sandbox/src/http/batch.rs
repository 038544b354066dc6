use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Response, header};

use super::exchange::{Asked, form_pairs, set};

/// A call inside a batch.
pub struct Part {
    /// Its `Content-ID` as it came, with the angle brackets.
    pub content_id: Option<String>,
    /// The call; `None` when the part cannot be read as one.
    pub asked: Option<Asked>,
}

/// The calls of a `multipart/mixed` body with LF or CRLF; `None` when it is not one.
/// [Batch](https://developers.google.com/workspace/calendar/api/guides/batch)
pub fn parts(outer: &Asked) -> Option<Vec<Part>> {
    let content_type = outer.header("content-type")?;
    if !content_type.trim_start().to_ascii_lowercase().starts_with("multipart/mixed") {
        return None;
    }
    let boundary = boundary(content_type)?;
    let delimiter = format!("--{boundary}");
    let mut parts = Vec::new();
    let mut current: Option<Vec<&[u8]>> = None;
    for line in outer.body.split_inclusive(|byte| *byte == b'\n') {
        let bare = line.trim_ascii_end();
        if bare == delimiter.as_bytes() || bare.strip_suffix(b"--") == Some(delimiter.as_bytes()) {
            if let Some(lines) = current.take() {
                parts.push(part(outer, &lines));
            }
            if bare.len() > delimiter.len() {
                return Some(parts);
            }
            current = Some(Vec::new());
        } else if let Some(lines) = &mut current {
            lines.push(line);
        }
    }
    None
}

fn boundary(content_type: &str) -> Option<String> {
    content_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("boundary").then(|| value.trim().trim_matches('"').to_owned())
    })
}

/// Header lines up to the empty line. Gives the headers and the number of lines read.
fn headers(lines: &[&[u8]]) -> (HeaderMap, usize) {
    let mut map = HeaderMap::new();
    for (n, line) in lines.iter().enumerate() {
        let line = line.trim_ascii();
        if line.is_empty() {
            return (map, n + 1);
        }
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { continue };
        let name = HeaderName::from_bytes(line[..colon].trim_ascii());
        let value = HeaderValue::from_bytes(line[colon + 1..].trim_ascii());
        if let (Ok(name), Ok(value)) = (name, value) {
            map.append(name, value);
        }
    }
    (map, lines.len())
}

fn part(outer: &Asked, lines: &[&[u8]]) -> Part {
    let (own, read) = headers(lines);
    let content_id = own.get("content-id").and_then(|id| id.to_str().ok()).map(str::to_owned);
    Part { content_id, asked: call(outer, &lines[read..]) }
}

/// The call in a part. Its address has a path only; the outer headers hold unless it has its own.
fn call(outer: &Asked, lines: &[&[u8]]) -> Option<Asked> {
    let start = lines.iter().position(|line| !line.trim_ascii().is_empty())?;
    let request = std::str::from_utf8(lines[start]).ok()?.trim();
    let mut words = request.split(' ');
    let (verb, target) = (words.next()?, words.next()?);
    if !target.starts_with('/') {
        return None;
    }
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let (own, read) = headers(&lines[start + 1..]);
    let mut all = outer.headers.clone();
    for name in [header::CONTENT_TYPE, header::CONTENT_LENGTH, header::HOST, header::ACCEPT_ENCODING] {
        all.remove(name);
    }
    for (name, value) in &own {
        all.insert(name, value.clone());
    }
    let mut body: Vec<u8> = lines[start + 1 + read..].concat();
    // The line break before the next boundary belongs to the boundary.
    if body.ends_with(b"\n") {
        body.pop();
    }
    if body.ends_with(b"\r") {
        body.pop();
    }
    Some(Asked {
        verb: http::Method::from_bytes(verb.as_bytes()).ok()?,
        scheme: outer.scheme.clone(),
        authority: outer.authority.clone(),
        path: path.to_owned(),
        query: form_pairs(query.as_bytes()),
        headers: all,
        body: Bytes::from(body),
    })
}

/// `<x>` becomes `<response-x>`.
fn response_id(id: &str) -> String {
    match id.strip_prefix('<') {
        Some(inner) => format!("<response-{inner}"),
        None => format!("response-{id}"),
    }
}

/// The answers of all parts as one.
pub fn joined(boundary: &str, answers: Vec<(Option<String>, Response<Bytes>)>) -> Response<Bytes> {
    let mut body = Vec::new();
    for (id, answer) in answers {
        body.extend_from_slice(format!("--{boundary}\r\nContent-Type: application/http\r\n").as_bytes());
        if let Some(id) = id {
            body.extend_from_slice(format!("Content-ID: {}\r\n", response_id(&id)).as_bytes());
        }
        let status = answer.status();
        let reason = status.canonical_reason().unwrap_or_default();
        body.extend_from_slice(format!("\r\nHTTP/1.1 {} {reason}\r\n", status.as_u16()).as_bytes());
        for (name, value) in answer.headers() {
            body.extend_from_slice(format!("{name}: ").as_bytes());
            body.extend_from_slice(value.as_bytes());
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(format!("Content-Length: {}\r\n\r\n", answer.body().len()).as_bytes());
        body.extend_from_slice(answer.body());
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    let mut response = Response::new(Bytes::from(body));
    set(&mut response, "content-type", &format!("multipart/mixed; boundary={boundary}"));
    response
}
