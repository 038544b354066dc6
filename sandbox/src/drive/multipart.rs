//! `multipart/related`: metadata and content in one body.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use serde_json::{Map, Value};

/// The metadata, the media type and the content of a `multipart/related` body; `None` when it is not one.
pub fn related(content_type: &str, body: &[u8]) -> Option<(Map<String, Value>, String, Bytes)> {
    let boundary = content_type.split(';').find_map(|part| part.trim().strip_prefix("boundary="))?.trim_matches('"');
    let delimiter = format!("--{boundary}");
    let first = after(body, delimiter.as_bytes())?;
    let second = after(first, delimiter.as_bytes())?;
    let (_, metadata) = halves(&first[..first.len() - second.len() - delimiter.len()])?;
    // The content may hold anything but the delimiter at the start of a line.
    let closing = [format!("\r\n{delimiter}"), format!("\n{delimiter}")];
    let end = closing.iter().filter_map(|closing| find(second, closing.as_bytes())).min()?;
    let (head, content) = halves(&second[..end])?;
    let head = String::from_utf8_lossy(head);
    let header = |wanted: &str| {
        head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.trim().eq_ignore_ascii_case(wanted).then(|| value.trim().to_owned())
        })
    };
    let kind = header("content-type").unwrap_or_else(|| "application/octet-stream".into());
    let content = match header("content-transfer-encoding") {
        Some(encoding) if encoding.eq_ignore_ascii_case("base64") => {
            let text: Vec<u8> = content.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
            STANDARD.decode(text).ok()?.into()
        }
        _ => Bytes::copy_from_slice(content),
    };
    Some((serde_json::from_slice(metadata).ok()?, kind, content))
}

fn find(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    bytes.windows(needle.len()).position(|window| window == needle)
}

/// What follows the first `needle`.
fn after<'a>(bytes: &'a [u8], needle: &[u8]) -> Option<&'a [u8]> {
    find(bytes, needle).map(|at| &bytes[at + needle.len()..])
}

/// A part's headers and its body.
fn halves(part: &[u8]) -> Option<(&[u8], &[u8])> {
    let (crlf, lf) = (after(part, b"\r\n\r\n"), after(part, b"\n\n"));
    let body = match (crlf, lf) {
        (Some(crlf), Some(lf)) => std::cmp::max_by_key(crlf, lf, |body| body.len()),
        (one, other) => one.or(other)?,
    };
    Some((&part[..part.len() - body.len()], body))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn either_line_end_and_a_content_that_looks_like_the_delimiter() {
        for end in ["\n", "\r\n"] {
            let lines = [
                "--b",
                "Content-Type: application/json",
                "",
                "{\"name\":\"x\"}",
                "--b",
                "content-type: a/b",
                "",
                "x--b",
                "",
                "--b--",
                "",
            ];
            let (metadata, kind, content) =
                related("multipart/related; boundary=\"b\"", lines.join(end).as_bytes()).unwrap();
            assert_eq!((metadata["name"].as_str(), kind.as_str()), (Some("x"), "a/b"));
            assert_eq!(content, format!("x--b{end}"));
        }
        assert!(related("multipart/related; boundary=b", b"--b\n\n{}\n--b\n\nhalf").is_none());
        assert!(related("text/plain", b"x").is_none());
    }
}
