//! The body of a batch, and of the answer to one.
//!
//! Answers are read leniently: lines may end with LF or CRLF, parts may come in any order, be missing or be cut short.
//! What is not whole is left out.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, header};

/// The body with these calls, each with its number.
pub(super) fn write(boundary: &str, calls: &[(usize, Request<Bytes>)]) -> Bytes {
    let size = calls.iter().map(|(_, call)| call.body().len() + 512).sum();
    let mut text: Vec<u8> = Vec::with_capacity(size);
    for (number, call) in calls {
        let head = format!(
            "--{boundary}\r\nContent-Type: application/http\r\nContent-ID: <item-{number}>\r\n\r\n{} {} HTTP/1.1\r\n",
            call.method(),
            call.uri(),
        );
        text.extend_from_slice(head.as_bytes());
        for (name, value) in call.headers() {
            text.extend_from_slice(name.as_str().as_bytes());
            text.extend_from_slice(b": ");
            text.extend_from_slice(value.as_bytes());
            text.extend_from_slice(b"\r\n");
        }
        if !call.body().is_empty() {
            text.extend_from_slice(format!("content-length: {}\r\n", call.body().len()).as_bytes());
        }
        text.extend_from_slice(b"\r\n");
        text.extend_from_slice(call.body());
        text.extend_from_slice(b"\r\n");
    }
    text.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    text.into()
}

/// The answers in `body`, by the number of their call; `sent` are the numbers that went out, in order. Parts without a
/// number count by their place if there are as many of them as calls.
pub(super) fn read(content_type: &str, body: &Bytes, sent: &[usize]) -> BTreeMap<usize, Response<Bytes>> {
    let parts: Vec<_> = boundary(content_type).map(|boundary| split(&boundary, body)).unwrap_or_default();
    let count = parts.len();
    let read: Vec<_> = parts.into_iter().map(|part| part.and_then(|part| answer(&part))).collect();
    let by_place = count == sent.len() && read.iter().flatten().all(|(number, _)| number.is_none());
    let mut answers = BTreeMap::new();
    for (place, part) in read.into_iter().enumerate() {
        let Some((number, response)) = part else { continue };
        let number = if by_place { sent.get(place).copied() } else { number };
        if let Some(number) = number.filter(|number| sent.contains(number)) {
            answers.entry(number).or_insert(response);
        }
    }
    answers
}

fn boundary(content_type: &str) -> Option<String> {
    let (kind, parameters) = content_type.split_once(';')?;
    if !kind.trim().to_ascii_lowercase().starts_with("multipart/") {
        return None;
    }
    let found = parameters.split(';').find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("boundary").then(|| value.trim().trim_matches('"').to_owned())
    });
    found.filter(|boundary| !boundary.is_empty())
}

/// A part as it lies between two boundaries.
struct Piece {
    content: Bytes,
    /// Whether a boundary followed; else the body may have been cut within it.
    is_closed: bool,
}

/// The parts of a body, `None` for one that is empty.
fn split(boundary: &str, body: &Bytes) -> Vec<Option<Piece>> {
    let delimiter = [b"--", boundary.as_bytes()].concat();
    let mut pieces = Vec::new();
    let mut start: Option<usize> = None;
    let mut at = 0;
    while at < body.len() {
        let end = line_end(body, at);
        let line = body[at..end].trim_ascii_end();
        let rest = line.strip_prefix(delimiter.as_slice());
        if matches!(rest, Some(b"" | b"--")) {
            if let Some(start) = start {
                let content = body.slice(start..at);
                pieces.push((!content.trim_ascii().is_empty()).then_some(Piece { content, is_closed: true }));
            }
            start = Some(end);
            if rest == Some(b"--") {
                return pieces;
            }
        }
        at = end;
    }
    if let Some(start) = start {
        pieces.push(Some(Piece { content: body.slice(start..), is_closed: false }));
    }
    pieces
}

/// Where the line that begins at `at` ends, its line break included.
fn line_end(body: &[u8], at: usize) -> usize {
    body[at..].iter().position(|byte| *byte == b'\n').map_or(body.len(), |n| at + n + 1)
}

/// The number in a part's `Content-ID` and the answer in it; `None` when it is not whole.
fn answer(piece: &Piece) -> Option<(Option<usize>, Response<Bytes>)> {
    let body = &piece.content;
    let (outer, mut at) = headers(body, 0)?;
    while body.get(at).is_some_and(u8::is_ascii_whitespace) {
        at += 1;
    }
    let end = line_end(body, at);
    let status = status(&body[at..end])?;
    let (inner, start) = headers(body, end)?;
    let length = inner.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.trim().parse::<usize>().ok());
    let content = body.slice(start..);
    let content = match length {
        Some(length) if length > content.len() => return None,
        Some(length) => content.slice(..length),
        None if piece.is_closed => without_line_break(content),
        None => return None,
    };
    let mut response = Response::builder().status(status).body(content).ok()?;
    *response.headers_mut() = inner;
    let number = outer.get("content-id").or_else(|| response.headers().get("content-id"));
    Some((number.and_then(|id| number_in(id.to_str().ok()?)), response))
}

/// `<response-item-7>`, with or without its brackets and its prefix.
fn number_in(id: &str) -> Option<usize> {
    let id = id.trim().trim_matches(['<', '>', '"']);
    id.strip_prefix("response-").unwrap_or(id).strip_prefix("item-")?.parse().ok()
}

fn status(line: &[u8]) -> Option<u16> {
    let line = std::str::from_utf8(line).ok()?;
    let mut words = line.split_ascii_whitespace();
    words.next().filter(|version| version.starts_with("HTTP/"))?;
    words.next()?.parse().ok().filter(|status| (100..600).contains(status))
}

/// The headers from `at` on, and where what follows their empty line begins. `None` when there is no such line. A line
/// that begins with a blank goes on with the one before; what is no header is passed over.
fn headers(body: &[u8], at: usize) -> Option<(HeaderMap, usize)> {
    let mut map = HeaderMap::new();
    let mut last: Option<(HeaderName, Vec<u8>)> = None;
    let mut at = at;
    let mut keep = |last: &mut Option<(HeaderName, Vec<u8>)>| {
        if let Some((name, value)) = last.take()
            && let Ok(value) = HeaderValue::from_bytes(&value)
        {
            map.append(name, value);
        }
    };
    while at < body.len() {
        let end = line_end(body, at);
        let line = &body[at..end];
        at = end;
        let text = line.trim_ascii();
        if text.is_empty() {
            if !line.ends_with(b"\n") {
                return None;
            }
            keep(&mut last);
            return Some((map, at));
        }
        if line.starts_with(b" ") || line.starts_with(b"\t") {
            if let Some((_, value)) = &mut last {
                value.push(b' ');
                value.extend_from_slice(text);
            }
            continue;
        }
        keep(&mut last);
        let Some(colon) = text.iter().position(|byte| *byte == b':') else { continue };
        if let Ok(name) = HeaderName::from_bytes(text[..colon].trim_ascii()) {
            last = Some((name, text[colon + 1..].trim_ascii().to_vec()));
        }
    }
    None
}

fn without_line_break(mut content: Bytes) -> Bytes {
    for mark in [b'\n', b'\r'] {
        if content.last() == Some(&mark) {
            content.truncate(content.len() - 1);
        }
    }
    content
}

#[cfg(test)]
mod tests {
    use super::*;

    const KIND: &str = "multipart/mixed; boundary=\"b\"";

    fn part(id: &str, status: u16, body: &str) -> String {
        let length = body.len();
        format!(
            "--b\r\nContent-Type: application/http\r\n{id}\r\nHTTP/1.1 {status} Whatever it is\r\n\
             Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}\r\n"
        )
    }

    fn seen(content_type: &str, body: &str, sent: &[usize]) -> Vec<(usize, u16, String)> {
        let answers = read(content_type, &Bytes::copy_from_slice(body.as_bytes()), sent);
        let text = |answer: &Response<Bytes>| String::from_utf8(answer.body().to_vec()).unwrap();
        answers.iter().map(|(number, answer)| (*number, answer.status().as_u16(), text(answer))).collect()
    }

    #[test]
    fn calls_are_written_with_paths_alone_and_their_numbers() {
        let call = Request::post("/calendar/v3/calendars/a%40b/events?x=1").header("if-match", "\"1\"");
        let calls =
            [(7, call.body(Bytes::from_static(b"{}")).unwrap()), (9, Request::get("/y").body(Bytes::new()).unwrap())];
        let text = String::from_utf8(write("b", &calls).to_vec()).unwrap();
        assert_eq!(
            text,
            "--b\r\nContent-Type: application/http\r\nContent-ID: <item-7>\r\n\r\n\
             POST /calendar/v3/calendars/a%40b/events?x=1 HTTP/1.1\r\nif-match: \"1\"\r\ncontent-length: 2\r\n\r\n{}\r\n\
             --b\r\nContent-Type: application/http\r\nContent-ID: <item-9>\r\n\r\nGET /y HTTP/1.1\r\n\r\n\r\n--b--\r\n"
        );
    }

    #[test]
    fn answers_find_their_calls_in_any_order_and_with_either_line_break() {
        let body = [
            "a preamble\r\n".to_owned(),
            part("Content-ID: <response-item-2>\r\n", 200, "{\"a\":\r\n1}"),
            part("Content-ID: <response-item-0>\r\n", 404, "{}"),
            part("content-id: response-item-1\r\n", 204, ""),
            "--b--\r\nan epilogue".to_owned(),
        ]
        .concat();
        let wanted = [(0, 404, "{}".to_owned()), (1, 204, String::new()), (2, 200, "{\"a\":\r\n1}".to_owned())];
        assert_eq!(seen(KIND, &body, &[0, 1, 2]), wanted);
        let bare = "--b\nContent-Type: application/http\nContent-ID:\n <response-item-0>\n\nHTTP/1.1 200 OK\nX: y\n\n{}\n--b--";
        assert_eq!(seen("Multipart/Mixed; charset=x; Boundary=b", bare, &[0]), [(0, 200, "{}".to_owned())]);
    }

    #[test]
    fn parts_without_a_number_count_by_place_only_when_all_are_there() {
        let body = [part("", 200, "1"), part("", 200, "2"), "--b--".to_owned()].concat();
        assert_eq!(seen(KIND, &body, &[4, 8]), [(4, 200, "1".to_owned()), (8, 200, "2".to_owned())]);
        assert_eq!(seen(KIND, &body, &[4, 8, 9]), []);
        let one_known = [part("Content-ID: <response-item-8>\r\n", 200, "1"), part("", 200, "2"), "--b--".to_owned()];
        assert_eq!(seen(KIND, &one_known.concat(), &[4, 8]), [(8, 200, "1".to_owned())]);
    }

    #[test]
    fn what_nobody_asked_for_and_what_comes_twice_is_left_out() {
        let body =
            ["item-1", "item-1", "item-5", "x"].map(|id| part(&format!("Content-ID: <response-{id}>\r\n"), 200, id));
        assert_eq!(seen(KIND, &(body.concat() + "--b--"), &[0, 1]), [(1, 200, "item-1".to_owned())]);
    }

    #[test]
    fn a_body_that_is_cut_anywhere_gives_only_what_is_whole() {
        let numbers = [0, 1, 2];
        let parts = numbers.map(|n| part(&format!("Content-ID: <response-item-{n}>\r\n"), 200, &format!("[{n}]")));
        let whole = parts.concat() + "--b--\r\n";
        for end in 0..=whole.len() {
            for (number, status, text) in seen(KIND, &whole[..end], &numbers) {
                assert_eq!((status, text), (200, format!("[{number}]")), "cut at {end}");
            }
        }
        assert_eq!(seen(KIND, &whole, &numbers).len(), 3);
    }

    #[test]
    fn what_is_no_multipart_has_no_parts() {
        for kind in
            ["", "text/html", "multipart/mixed", "multipart/mixed; boundary=", "multipart/mixed; boundary=other"]
        {
            assert_eq!(seen(kind, &part("", 200, "1"), &[0]), [], "{kind}");
        }
        for body in
            ["--b\r\n--b--", "--b\r\n\r\n--b--", "--b\r\nContent-ID: x\r\n\r\nHTTP/1.1 99 No\r\n\r\n\r\n--b--", "--b--"]
        {
            assert_eq!(seen(KIND, body, &[0]), [], "{body}");
        }
    }
}
