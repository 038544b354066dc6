//! `people.searchContacts`, and the rule that all searches share.

use serde_json::json;

use super::{
    errors, fields, mask,
    person::{self, Kind},
    tables::PersonRow,
};
use crate::{
    http::{ApiError, Call, Reply},
    state::State,
};

/// Whether a word of `text` begins what `query` says: `foo name` fits `f`, `foo n` and `nam`, but not `oo n`.
pub fn fits(text: &str, query: &str) -> bool {
    let (text, query) = (text.to_lowercase(), query.trim().to_lowercase());
    let starts = text.char_indices().filter(|(at, _)| {
        let before = text[..*at].chars().next_back();
        // Names in Han, kana and hangul have no spaces: each letter begins a word.
        before.is_none_or(|before| !before.is_alphanumeric() || u32::from(before) >= 0x2E80)
    });
    let mut starts = starts;
    starts.any(|(at, _)| text[at..].starts_with(&query))
}

/// How many are answered: 10 when nobody says, 30 at most.
pub fn size(call: &Call) -> Result<usize, ApiError> {
    match call.param("pageSize").filter(|size| !size.is_empty()) {
        None | Some("0") => Ok(10),
        Some(size) => {
            let size: usize =
                size.parse().map_err(|_| errors::invalid(format!("Invalid value at 'page_size': {size}")))?;
            Ok(size.min(30))
        }
    }
}

/// The people among `rows` that the query fits; nobody for an empty query, which only warms the cache up.
pub fn hits(
    call: &Call,
    rows: Vec<PersonRow>,
    kind: Kind,
    searched: &[&str],
    mask: &[String],
) -> Result<Reply, ApiError> {
    let query = call.param("query").unwrap_or_default().trim();
    let most = size(call)?;
    let fitting = rows
        .iter()
        .filter(|row| !query.is_empty() && person::texts(row, searched).iter().any(|text| fits(text, query)));
    let results: Vec<_> = fitting.take(most).map(|row| json!({"person": person::resource(row, kind, mask)})).collect();
    Ok(Reply::json(if results.is_empty() { json!({}) } else { json!({"results": results}) }))
}

/// `people.searchContacts`
pub fn contacts(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    const SEARCHED: &[&str] = &["names", "nicknames", "emailAddresses", "phoneNumbers", "organizations"];
    let mask = mask::required(call, "readMask", fields::READABLE, "people/searchContacts")?;
    hits(call, state.people.contacts_of(&call.sub), Kind::Contact, SEARCHED, &mask)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_by_how_they_begin() {
        for query in ["f", "fo", "foo", "foo n", "nam", "FOO"] {
            assert!(fits("foo name", query), "{query}");
        }
        assert!(!fits("foo name", "oo n"));
        assert!(fits("山田太郎", "太"));
    }
}
