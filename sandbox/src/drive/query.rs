//! The language of `q` and of `orderBy`.
//! [Search terms](https://developers.google.com/workspace/drive/api/guides/ref-search-terms)

use std::cmp::Ordering;

use jiff::{Timestamp, civil, tz::TimeZone};

use super::{
    access::{self, Role},
    tables::FileRow,
    view::{APP_PROPERTIES, FOLDER},
};
use crate::{http::Call, state::State};

/// A search.
#[derive(Debug, PartialEq)]
pub enum Search {
    /// Every file.
    All,
    /// Both.
    And(Box<Search>, Box<Search>),
    /// One of them at least.
    Or(Box<Search>, Box<Search>),
    /// The opposite.
    Not(Box<Search>),
    /// A field, how it is compared, and with what.
    Term(String, Compare, String),
    /// A value that is among those of a field.
    In(String, String),
    /// A field with a key of that value.
    Has(String, String, String),
}

/// How a field is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compare {
    /// `contains`
    Contains,
    /// `=`
    Equal,
    /// `!=`
    Unequal,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    More,
    /// `>=`
    AtLeast,
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Word(String),
    Text(String),
    Sign(String),
}

fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut found = Vec::new();
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            _ if c.is_whitespace() => {}
            '\'' => {
                let mut value = String::new();
                loop {
                    match rest.next()? {
                        '\'' => break,
                        '\\' => value.push(rest.next()?),
                        other => value.push(other),
                    }
                }
                found.push(Token::Text(value));
            }
            '(' | ')' | '{' | '}' | '=' => found.push(Token::Sign(c.to_string())),
            '<' | '>' | '!' => {
                let wide = rest.next_if_eq(&'=').is_some();
                if c == '!' && !wide {
                    return None;
                }
                found.push(Token::Sign(if wide { format!("{c}=") } else { c.to_string() }));
            }
            _ if c.is_alphanumeric() => {
                let mut word = c.to_string();
                while let Some(c) = rest.next_if(|c| c.is_alphanumeric() || *c == '_') {
                    word.push(c);
                }
                found.push(Token::Word(word));
            }
            _ => return None,
        }
    }
    Some(found)
}

/// Reads a search; `None` when it makes no sense.
pub fn parse(text: &str) -> Option<Search> {
    if text.trim().is_empty() {
        return Some(Search::All);
    }
    let tokens = tokens(text)?;
    let mut rest = tokens.as_slice();
    let search = either(&mut rest)?;
    rest.is_empty().then_some(search)
}

fn takes(rest: &mut &[Token], wanted: &str) -> bool {
    let fits = match rest.first() {
        Some(Token::Word(word)) => word.eq_ignore_ascii_case(wanted),
        Some(Token::Sign(sign)) => sign == wanted,
        _ => false,
    };
    if fits {
        *rest = &rest[1..];
    }
    fits
}

fn either(rest: &mut &[Token]) -> Option<Search> {
    let mut left = both(rest)?;
    while takes(rest, "or") {
        left = Search::Or(Box::new(left), Box::new(both(rest)?));
    }
    Some(left)
}

fn both(rest: &mut &[Token]) -> Option<Search> {
    let mut left = one(rest)?;
    while takes(rest, "and") {
        left = Search::And(Box::new(left), Box::new(one(rest)?));
    }
    Some(left)
}

fn text(rest: &mut &[Token]) -> Option<String> {
    match rest.split_first()? {
        (Token::Text(text), after) => {
            *rest = after;
            Some(text.clone())
        }
        _ => None,
    }
}

fn one(rest: &mut &[Token]) -> Option<Search> {
    if takes(rest, "not") {
        return Some(Search::Not(Box::new(one(rest)?)));
    }
    if takes(rest, "(") {
        let inner = either(rest)?;
        return takes(rest, ")").then_some(inner);
    }
    if let Some(value) = text(rest) {
        let known = takes(rest, "in");
        let (Token::Word(field), after) = rest.split_first()? else { return None };
        *rest = after;
        let fits = known && ["parents", "owners", "writers", "readers"].contains(&field.as_str());
        return fits.then(|| Search::In(field.clone(), value));
    }
    let (Token::Word(field), after) = rest.split_first()? else { return None };
    *rest = after;
    if takes(rest, "has") {
        let open = takes(rest, "{") && takes(rest, "key") && takes(rest, "=");
        let key = text(rest)?;
        let middle = takes(rest, "and") && takes(rest, "value") && takes(rest, "=");
        let value = text(rest)?;
        let fits = open && middle && takes(rest, "}") && ["properties", "appProperties"].contains(&field.as_str());
        return fits.then(|| Search::Has(field.clone(), key, value));
    }
    let signs = [
        ("contains", Compare::Contains),
        ("=", Compare::Equal),
        ("!=", Compare::Unequal),
        ("<=", Compare::AtMost),
        ("<", Compare::Less),
        (">=", Compare::AtLeast),
        (">", Compare::More),
    ];
    let compare = signs.into_iter().find(|(sign, _)| takes(rest, sign))?.1;
    let (value, is_text) = match rest.split_first()? {
        (Token::Text(text), after) => {
            *rest = after;
            (text.clone(), true)
        }
        (Token::Word(word), after) => {
            *rest = after;
            (word.to_lowercase(), false)
        }
        _ => return None,
    };
    fits(field, compare, &value, is_text).then(|| Search::Term(field.clone(), compare, value))
}

/// Whether a field can be compared like that with such a value.
fn fits(field: &str, compare: Compare, value: &str, is_text: bool) -> bool {
    let equality = matches!(compare, Compare::Equal | Compare::Unequal);
    match field {
        "name" | "mimeType" => is_text && (equality || compare == Compare::Contains),
        "fullText" => is_text && compare == Compare::Contains,
        "createdTime" | "modifiedTime" | "viewedByMeTime" | "sharedWithMeTime" => {
            is_text && compare != Compare::Contains && instant(value).is_some()
        }
        "trashed" | "starred" | "sharedWithMe" => !is_text && equality && ["true", "false"].contains(&value),
        _ => false,
    }
}

/// RFC 3339; without an offset it is UTC, without a time midnight.
fn instant(text: &str) -> Option<Timestamp> {
    let civil = || text.parse::<civil::DateTime>().ok().or_else(|| text.parse::<civil::Date>().ok().map(Into::into));
    text.parse().ok().or_else(|| civil()?.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp()))
}

impl Search {
    /// Whether it finds the file.
    pub fn matches(&self, state: &State, call: &Call, id: &str, row: &FileRow) -> bool {
        match self {
            Self::All => true,
            Self::And(one, other) => one.matches(state, call, id, row) && other.matches(state, call, id, row),
            Self::Or(one, other) => one.matches(state, call, id, row) || other.matches(state, call, id, row),
            Self::Not(search) => !search.matches(state, call, id, row),
            Self::In(field, value) => is_in(state, call, id, row, field, value),
            Self::Has(field, key, value) => {
                let name =
                    if field == "properties" { field.clone() } else { format!("{APP_PROPERTIES}{}", call.client_id) };
                row.fields.get(&name).and_then(|pairs| pairs.get(key)).and_then(serde_json::Value::as_str)
                    == Some(value)
            }
            Self::Term(field, compare, value) => term(state, call, id, row, field, *compare, value),
        }
    }
}

fn is_in(state: &State, call: &Call, id: &str, row: &FileRow, field: &str, value: &str) -> bool {
    match field {
        "parents" => row.parent == Some(access::named(call, value)),
        "owners" => row.owner == value.to_lowercase(),
        field => {
            let least = if field == "writers" { Role::Writer } else { Role::Reader };
            access::role_in(state, &value.to_lowercase(), id, call.now, true).is_some_and(|role| role >= least)
        }
    }
}

fn term(state: &State, call: &Call, id: &str, row: &FileRow, field: &str, compare: Compare, value: &str) -> bool {
    let same = |holds: bool| holds == (compare == Compare::Equal);
    match (field, compare) {
        ("name", Compare::Contains) => has_word(&row.name, value),
        ("name", _) => same(row.name.to_lowercase() == value.to_lowercase()),
        ("mimeType", Compare::Contains) => row.mime_type.starts_with(value),
        ("mimeType", _) => same(row.mime_type == value),
        ("fullText", _) => {
            let description = row.fields.get("description").and_then(serde_json::Value::as_str).unwrap_or_default();
            let content = state.drive.contents.get(id).filter(|_| row.mime_type.starts_with("text/"));
            let content = content.map(|blob| String::from_utf8_lossy(&blob.0).into_owned()).unwrap_or_default();
            [row.name.as_str(), description, &content].iter().any(|text| has_word(text, value))
        }
        ("trashed", _) => same(access::is_trashed(state, id) == (value == "true")),
        ("starred", _) => same(row.starred.contains(&call.account) == (value == "true")),
        ("sharedWithMe", _) => same((row.owner != call.account) == (value == "true")),
        (field, compare) => {
            let at = if field == "createdTime" { row.created } else { row.modified };
            instant(value).is_some_and(|wanted| holds(compare, at.cmp(&wanted)))
        }
    }
}

fn holds(compare: Compare, order: Ordering) -> bool {
    match compare {
        Compare::Contains => false,
        Compare::Equal => order.is_eq(),
        Compare::Unequal => order.is_ne(),
        Compare::Less => order.is_lt(),
        Compare::AtMost => order.is_le(),
        Compare::More => order.is_gt(),
        Compare::AtLeast => order.is_ge(),
    }
}

/// Whether a word of the text begins with `wanted`. Scripts that have no spaces between words have one everywhere.
fn has_word(text: &str, wanted: &str) -> bool {
    let (text, wanted) = (text.to_lowercase(), wanted.to_lowercase());
    let begins = |at: usize| {
        let spaceless =
            |c: char| matches!(u32::from(c), 0x2E80..=0x9FFF | 0xAC00..=0xD7AF | 0xF900..=0xFAFF | 0x20000..=0x3FFFF);
        let before = text[..at].chars().next_back();
        before.is_none_or(|c| !c.is_alphanumeric() || spaceless(c)) || text[at..].chars().next().is_some_and(spaceless)
    };
    !wanted.is_empty() && text.match_indices(&wanted).any(|(at, _)| begins(at))
}

/// How a list is sorted: names of fields, and whether downwards.
pub struct Order(Vec<(String, bool)>);

impl Order {
    /// Reads `modifiedTime desc,name`; `None` when a field is not known.
    pub fn parse(text: &str) -> Option<Self> {
        const KNOWN: [&str; 10] = [
            "createdTime",
            "folder",
            "modifiedByMeTime",
            "modifiedTime",
            "name",
            "name_natural",
            "quotaBytesUsed",
            "recency",
            "starred",
            "viewedByMeTime",
        ];
        let fields = text.split(',').map(|field| {
            let (name, down) = match field.trim().split_once(' ') {
                Some((name, "desc")) => (name, true),
                Some(_) => return None,
                None => (field.trim(), false),
            };
            KNOWN.contains(&name).then(|| (name.to_owned(), down))
        });
        fields.collect::<Option<Vec<_>>>().map(Self)
    }

    /// Which of two files comes first; at last their ids decide.
    pub fn compare(&self, call: &Call, one: (&String, &FileRow), other: (&String, &FileRow)) -> Ordering {
        let by_fields = self.0.iter().map(|(field, down)| {
            let (a, b) = (one.1, other.1);
            let size = |row: &FileRow| row.content.as_ref().map_or(0, |content| content.size);
            let order = match field.as_str() {
                "createdTime" => a.created.cmp(&b.created),
                "folder" => (a.mime_type != FOLDER).cmp(&(b.mime_type != FOLDER)),
                "name" | "name_natural" => a.name.to_lowercase().cmp(&b.name.to_lowercase()),
                "quotaBytesUsed" => size(a).cmp(&size(b)),
                "starred" => b.starred.contains(&call.account).cmp(&a.starred.contains(&call.account)),
                _ => a.modified.cmp(&b.modified),
            };
            if *down { order.reverse() } else { order }
        });
        by_fields.fold(Ordering::Equal, Ordering::then).then_with(|| one.0.cmp(other.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn searches_are_read_with_their_precedence() {
        let term = |value: &str| Box::new(Search::Term("name".into(), Compare::Equal, value.into()));
        assert_eq!(
            parse("name = 'a' or name='b' and not (name = 'it\\'s')"),
            Some(Search::Or(term("a"), Box::new(Search::And(term("b"), Box::new(Search::Not(term("it's")))))))
        );
        assert_eq!(parse("'root' in parents"), Some(Search::In("parents".into(), "root".into())));
        assert_eq!(
            parse("appProperties has { key='k' and value='v' }"),
            Some(Search::Has("appProperties".into(), "k".into(), "v".into()))
        );
        assert!(parse("modifiedTime >= '2026-11-21T09:00:00' and trashed = false").is_some());
        for bad in [
            "name",
            "name = 'a",
            "name > 'a'",
            "trashed = 'false'",
            "modifiedTime > 'soon'",
            "colour = 'red'",
            "name = 'a' name = 'b'",
            "(name = 'a'",
            "'a' in colours",
            "name ! 'a'",
        ] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_name_contains_what_one_of_its_words_begins_with() {
        assert!(has_word("HelloWorld report", "hello") && has_word("HelloWorld report", "Rep"));
        assert!(!has_word("HelloWorld", "World"));
        assert!(has_word("勤務契約書.pdf", "契約"));
    }
}
