//! Header fields: what may stand in them, and how text that is not ASCII gets into them.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::gmail::mime::MimeProblem;

/// An encoded word may have 75 characters: twelve of them are marks, and 45 bytes become sixty.
const WORD: usize = 45;
/// What is left of a line of 78 characters beside a usual name.
const SHORT: usize = 64;
/// The most that a line may have without its end.
const LINE: usize = 998;

/// Refuses what could begin a field of its own.
pub fn checked<'a>(field: &'static str, text: &'a str) -> Result<&'a str, MimeProblem> {
    if text.chars().any(char::is_control) { Err(MimeProblem::ControlCharacter { field }) } else { Ok(text) }
}

/// Text of a field such as `Subject`: as it is when it is short and ASCII, else as encoded words.
pub fn text(field: &'static str, text: &str) -> Result<String, MimeProblem> {
    checked(field, text)?;
    let is_plain = text.is_ascii() && text.len() <= SHORT && !text.contains("=?") && text.trim() == text;
    Ok(if is_plain { text.to_owned() } else { words(text) })
}

/// A name beside an address: quoted, or as encoded words.
pub fn phrase(field: &'static str, name: &str) -> Result<String, MimeProblem> {
    checked(field, name)?;
    if name.is_ascii() && name.len() <= SHORT && !name.contains("=?") {
        return Ok(format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\"")));
    }
    Ok(words(name))
}

/// Encoded words, one a line; a character is never split over two.
fn words(text: &str) -> String {
    let mut words = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (word, after) = rest.split_at(rest.floor_char_boundary(WORD));
        words.push(format!("=?UTF-8?B?{}?=", STANDARD.encode(word)));
        rest = after;
    }
    words.join("\r\n ")
}

/// All but the characters that RFC 5987 leaves as they are.
const EXTENDED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A parameter of a field, such as the name of a file.
pub fn parameter(name: &str, field: &'static str, value: &str) -> Result<String, MimeProblem> {
    checked(field, value)?;
    let written = if value.is_ascii() {
        format!("{name}=\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
    } else {
        format!("{name}*=UTF-8''{}", utf8_percent_encode(value, EXTENDED))
    };
    if written.len() < LINE { Ok(written) } else { Err(MimeProblem::TooLong { field }) }
}

/// The id of a message or a part in its angle brackets.
pub fn id(field: &'static str, id: &str) -> Result<String, MimeProblem> {
    let bare = checked(field, id)?.trim().trim_start_matches('<').trim_end_matches('>');
    if !bare.is_ascii() || bare.contains([' ', '<', '>']) {
        return Err(MimeProblem::ControlCharacter { field });
    }
    if bare.len() < LINE - 2 { Ok(format!("<{bare}>")) } else { Err(MimeProblem::TooLong { field }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_plain_where_it_can_be_and_lines_stay_short() {
        assert_eq!(text("Subject", "Lunch?").unwrap(), "Lunch?");
        assert_eq!(text("Subject", "面試").unwrap(), "=?UTF-8?B?6Z2i6Kmm?=");
        assert_eq!(text("Subject", "=?UTF-8?B?eA==?=").unwrap(), "=?UTF-8?B?PT9VVEYtOD9CP2VBPT0/PQ==?=");
        let long = text("Subject", &"面".repeat(200)).unwrap();
        assert!(long.lines().all(|line| line.len() <= 76) && long.lines().count() == 14, "{long}");
        assert!(text("Subject", "a\r\nBcc: x@y.z").is_err());
    }

    #[test]
    fn parameters_and_ids() {
        assert_eq!(parameter("filename", "f", "a \"b\".pdf").unwrap(), r#"filename="a \"b\".pdf""#);
        assert_eq!(
            parameter("filename", "f", "履歴 書.pdf").unwrap(),
            "filename*=UTF-8''%E5%B1%A5%E6%AD%B4%20%E6%9B%B8.pdf"
        );
        assert_eq!(parameter("filename", "f", &"面".repeat(200)), Err(MimeProblem::TooLong { field: "f" }));
        assert_eq!(id("References", " <1@x> ").unwrap(), "<1@x>");
        assert!(id("References", "1@x> <2@x").is_err());
    }
}
