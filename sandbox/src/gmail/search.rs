//! `q`: what Gmail's search field understands, as far as programs use it.
//! [Search operators](https://support.google.com/mail/answer/7190)

use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};

use super::{head::Source, labels, tables::MessageRow, view};
use crate::state::State;

/// A search that was understood.
#[derive(Debug, PartialEq)]
pub enum Search {
    /// All of these.
    All(Vec<Search>),
    /// One of these.
    Any(Vec<Search>),
    /// Not this.
    Not(Box<Search>),
    /// A word, or an operator with its value, in lower case.
    Term(String, String),
}

/// What a message says, once for all terms.
pub struct Page<'a> {
    row: &'a MessageRow,
    raw: Vec<u8>,
}

impl<'a> Page<'a> {
    /// Of that message.
    pub fn new(row: &'a MessageRow) -> Self {
        Self { row, raw: row.raw() }
    }
}

/// Reads `q`.
pub fn read(q: &str) -> Search {
    let words = words(q);
    let mut at = 0;
    all(&words, &mut at, None)
}

/// Words, quoted pieces whole, brackets and minus signs by themselves.
fn words(q: &str) -> Vec<String> {
    let (mut words, mut word, mut quoted) = (Vec::new(), String::new(), false);
    for letter in q.chars() {
        match letter {
            '"' => {
                quoted = !quoted;
                word.push('"');
            }
            _ if quoted => word.push(letter),
            '(' | ')' | '{' | '}' => {
                // `subject:(a b)` keeps its operator, which then holds for each word.
                words.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
                words.push(letter.to_string());
            }
            '-' if word.is_empty() => words.push("-".to_owned()),
            _ if letter.is_whitespace() => words.extend((!word.is_empty()).then(|| std::mem::take(&mut word))),
            _ => word.push(letter),
        }
    }
    words.extend((!word.is_empty()).then_some(word));
    words
}

fn all(words: &[String], at: &mut usize, operator: Option<&str>) -> Search {
    let mut found: Vec<Search> = Vec::new();
    while let Some(word) = words.get(*at) {
        if word == ")" || word == "}" {
            break;
        }
        if word == "OR" && !found.is_empty() {
            *at += 1;
            let right = one(words, at, operator);
            let left = found.pop().unwrap_or(Search::All(vec![]));
            found.push(Search::Any(vec![left, right]));
            continue;
        }
        found.push(one(words, at, operator));
    }
    Search::All(found)
}

fn one(words: &[String], at: &mut usize, operator: Option<&str>) -> Search {
    let Some(word) = words.get(*at) else { return Search::All(vec![]) };
    *at += 1;
    match word.as_str() {
        "-" => Search::Not(Box::new(one(words, at, operator))),
        "(" => {
            let inner = all(words, at, operator);
            *at += 1;
            inner
        }
        "{" => {
            let Search::All(inner) = all(words, at, operator) else { return Search::Any(vec![]) };
            *at += 1;
            Search::Any(inner)
        }
        word => {
            match word.split_once(':').filter(|(name, _)| name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_'))
            {
                Some((name, "")) if matches!(words.get(*at).map(String::as_str), Some("(" | "{")) => {
                    one(words, at, Some(&name.to_lowercase()))
                }
                Some((name, value)) if !value.starts_with("//") => Search::Term(name.to_lowercase(), plain(value)),
                _ => Search::Term(operator.unwrap_or_default().to_owned(), plain(word)),
            }
        }
    }
}

fn plain(value: &str) -> String {
    value.replace('"', "").to_lowercase()
}

impl Search {
    /// Whether it looks into spam and the bin by itself.
    pub fn looks_everywhere(&self) -> bool {
        match self {
            Self::All(inner) | Self::Any(inner) => inner.iter().any(Self::looks_everywhere),
            Self::Not(_) => false,
            Self::Term(name, value) => {
                matches!(name.as_str(), "in" | "label" | "is")
                    && matches!(value.as_str(), "anywhere" | "trash" | "spam")
            }
        }
    }

    /// Whether a message fits.
    pub fn fits(&self, state: &State, account: &str, page: &Page<'_>, now: Timestamp) -> bool {
        match self {
            Self::All(inner) => inner.iter().all(|one| one.fits(state, account, page, now)),
            Self::Any(inner) => inner.iter().any(|one| one.fits(state, account, page, now)),
            Self::Not(inner) => !inner.fits(state, account, page, now),
            Self::Term(name, value) => term(state, account, page, now, name, value),
        }
    }
}

fn term(state: &State, account: &str, page: &Page<'_>, now: Timestamp, name: &str, value: &str) -> bool {
    let (row, source) = (page.row, Source::new(&page.raw));
    let holds = |field: &str| source.all(field).to_lowercase().contains(value);
    let address = |field: &str| match value {
        "me" => source.addresses(field).iter().any(|own| own == account),
        _ => holds(field) || source.addresses(field).iter().any(|own| own.contains(value)),
    };
    match name {
        "from" => address("From"),
        "to" => address("To") || address("Cc") || address("Bcc"),
        "cc" => address("Cc"),
        "bcc" => address("Bcc"),
        "subject" => holds("Subject"),
        "list" => holds("List-ID"),
        "rfc822msgid" => {
            source.field("Message-ID").trim_matches(['<', '>']).eq_ignore_ascii_case(value.trim_matches(['<', '>']))
        }
        "label" => labels::named(state, account, value).is_some_and(|id| row.has(&id)),
        "in" => match value {
            "anywhere" => true,
            "draft" | "drafts" => row.has("DRAFT"),
            "archive" => !["INBOX", "SENT", "DRAFT", "TRASH", "SPAM"].iter().any(|label| row.has(label)),
            other => labels::named(state, account, other).is_some_and(|id| row.has(&id)),
        },
        "is" => match value {
            "read" => !row.has("UNREAD"),
            "draft" => row.has("DRAFT"),
            other => row.has(&other.to_uppercase()),
        },
        "category" => row.has(&format!(
            "CATEGORY_{}",
            if value == "primary" { "PERSONAL".to_owned() } else { value.to_uppercase() }
        )),
        "has" => match value {
            "attachment" => !view::filenames(&page.raw).is_empty(),
            "userlabels" => row.labels.iter().any(|label| label.starts_with("Label_")),
            "nouserlabels" => !row.labels.iter().any(|label| label.starts_with("Label_")),
            _ => false,
        },
        "filename" => view::filenames(&page.raw).iter().any(|file| file.to_lowercase().contains(value)),
        "after" | "newer" => moment(value, zone(state, account)).is_some_and(|at| row.date >= at),
        "before" | "older" => moment(value, zone(state, account)).is_some_and(|at| row.date < at),
        "newer_than" => age(value, now).is_some_and(|at| row.date >= at),
        "older_than" => age(value, now).is_some_and(|at| row.date < at),
        "larger" | "size" => size(value).is_some_and(|bytes| page.raw.len() > bytes),
        "smaller" => size(value).is_some_and(|bytes| page.raw.len() < bytes),
        _ => {
            let in_header = ["Subject", "From", "To", "Cc"].iter().any(|field| holds(field));
            in_header || view::text(&page.raw).to_lowercase().contains(value)
        }
    }
}

fn zone(state: &State, account: &str) -> TimeZone {
    state.user(account).and_then(|user| TimeZone::get(&user.time_zone).ok()).unwrap_or(TimeZone::UTC)
}

/// Milliseconds of a day's beginning as `2026/11/21`, or of seconds since 1970.
fn moment(value: &str, zone: TimeZone) -> Option<i64> {
    let parts: Vec<&str> = value.split(['/', '-']).collect();
    match parts[..] {
        [year, month, day] => {
            let date = Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()?;
            Some(date.to_zoned(zone).ok()?.timestamp().as_millisecond())
        }
        [seconds] => Some(seconds.parse::<i64>().ok()?.saturating_mul(1000)),
        _ => None,
    }
}

/// Milliseconds of so many days, months or years ago: `2d`, `1m`, `1y`.
fn age(value: &str, now: Timestamp) -> Option<i64> {
    let unit = value.chars().last()?;
    let number: i64 = value.strip_suffix(unit)?.parse().ok()?;
    let hours = match unit {
        'h' => 1,
        'd' => 24,
        'm' => 24 * 30,
        'y' => 24 * 365,
        _ => return None,
    };
    Some(now.checked_sub(SignedDuration::from_hours(number.checked_mul(hours)?)).ok()?.as_millisecond())
}

fn size(value: &str) -> Option<usize> {
    let (digits, unit) = match value.strip_suffix(['k', 'm']) {
        Some(digits) => (digits, if value.ends_with('k') { 1024 } else { 1024 * 1024 }),
        None => (value, 1),
    };
    digits.parse::<usize>().ok()?.checked_mul(unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_quotes_and_negation() {
        let term = |name: &str, value: &str| Search::Term(name.into(), value.into());
        assert_eq!(read("from:Ann \"big Deal\""), Search::All(vec![term("from", "ann"), term("", "big deal")]));
        assert_eq!(
            read("-is:unread a OR b"),
            Search::All(vec![
                Search::Not(Box::new(term("is", "unread"))),
                Search::Any(vec![term("", "a"), term("", "b")])
            ])
        );
        assert_eq!(read("{from:a from:b}"), Search::All(vec![Search::Any(vec![term("from", "a"), term("from", "b")])]));
        assert_eq!(
            read("subject:(a b)"),
            Search::All(vec![Search::All(vec![term("subject", "a"), term("subject", "b")])])
        );
        assert_eq!(read("http://x"), Search::All(vec![term("", "http://x")]));
        for odd in ["", ")", "(", "-", "OR", "}}{{", "a OR", "\"", ":", "from:", "subject:("] {
            read(odd);
        }
    }
}
