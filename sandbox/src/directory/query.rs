//! The search language of users and groups: `name:Ann* orgUnitPath='/Sales' isSuspended=false`.
//! [Users](https://developers.google.com/workspace/admin/directory/v1/guides/search-users)

use serde_json::Value;

/// A condition; all of a search must hold.
#[derive(Debug, PartialEq, Eq)]
pub struct Clause {
    /// The field; empty for a bare word, which is looked for in names and addresses.
    pub field: String,
    /// Whether the value is the whole of the field (`=`), or what it contains (`:`).
    pub exact: bool,
    /// Whether a star ends it: what the field begins with.
    pub prefix: bool,
    /// The value.
    pub value: String,
}

/// Reads a search; `None` when it makes no sense.
pub fn parse(text: &str) -> Option<Vec<Clause>> {
    let mut clauses = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let name_end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.')).unwrap_or(rest.len());
        let (name, after) = rest.split_at(name_end);
        let (field, exact, value) = match after.chars().next() {
            Some(sign @ (':' | '=')) if !name.is_empty() => (name, sign == '=', &after[1..]),
            _ => ("", false, rest),
        };
        let (value, after) = match value.chars().next() {
            Some(quote @ ('\'' | '"')) => value[1..].split_once(quote)?,
            Some(c) if !c.is_whitespace() => value.split_at(value.find(char::is_whitespace).unwrap_or(value.len())),
            _ => return None,
        };
        let (after, starred) = match after.strip_prefix('*') {
            Some(after) => (after, true),
            None => (after, false),
        };
        let (value, prefix) = match value.strip_suffix('*') {
            Some(value) => (value, true),
            None => (value, starred),
        };
        clauses.push(Clause { field: field.to_owned(), exact, prefix, value: value.to_lowercase() });
        rest = after.trim_start();
    }
    Some(clauses)
}

impl Clause {
    /// Whether one of the texts fits.
    pub fn fits(&self, texts: &[&str]) -> bool {
        texts.iter().any(|text| {
            let text = text.to_lowercase();
            if self.prefix {
                let mut words = text.split(|c: char| !c.is_alphanumeric());
                text.starts_with(&self.value) || words.any(|word| word.starts_with(&self.value))
            } else if self.exact {
                text == self.value
            } else {
                text.split(|c: char| !c.is_alphanumeric()).any(|word| word == self.value) || text == self.value
            }
        })
    }

    /// Whether a yes or no fits.
    pub fn fits_flag(&self, flag: bool) -> bool {
        self.value == flag.to_string()
    }
}

/// The texts under `name` in the objects of a list such as `organizations`.
pub fn texts<'a>(user: &'a Value, list: &str, name: &str) -> Vec<&'a str> {
    let items = user[list].as_array().map(Vec::as_slice).unwrap_or_default();
    items.iter().filter_map(|item| item[name].as_str()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clauses_words_quotes_and_stars() {
        let clause = |field: &str, exact, prefix, value: &str| Clause {
            field: field.into(),
            exact,
            prefix,
            value: value.into(),
        };
        assert_eq!(
            parse("name:'Ann Example' email:a* orgUnitPath='/Sales' novak").unwrap(),
            [
                clause("name", false, false, "ann example"),
                clause("email", false, true, "a"),
                clause("orgUnitPath", true, false, "/sales"),
                clause("", false, false, "novak"),
            ]
        );
        assert_eq!(parse("").unwrap(), []);
        assert!(parse("name:'Ann").is_none() && parse("name:").is_none());
        assert!(clause("name", false, false, "example").fits(&["Ann Example"]));
        assert!(clause("name", false, true, "exa").fits(&["Ann Example"]));
        assert!(!clause("name", true, false, "example").fits(&["Ann Example"]));
    }
}
