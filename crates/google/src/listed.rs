use std::{
    fmt,
    ops::{Deref, DerefMut},
};

use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_json::value::RawValue;

/// The items of a page, each read by itself: one that says something unexpected does not spoil the others. It is a list of
/// those that could be read; the rest lies in [`Listed::unreadable`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed<T> {
    items: Vec<T>,
    /// Items that could not be read. What is not among the others is not absent as long as it may be one of these.
    pub unreadable: Vec<UnreadableItem>,
}

/// An item of a list that could not be read, and where.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[error("an item of the list could not be read ({what} at line {line}, column {column})")]
pub struct UnreadableItem {
    /// The name that Google has for it (`id`, `resourceName`, `name` or `fileId`); empty if it has none. Of a calendar or an
    /// access rule it can be an address: errors and `Debug` show such a name as empty.
    pub id: String,
    /// What Google sent, to the letter.
    pub raw: String,
    /// What kind of problem it is.
    pub what: &'static str,
    /// The line in the item's own text, from 1.
    pub line: usize,
    /// The column, from 1.
    pub column: usize,
}

/// Shows which it is and what is wrong with it, and not Google's text.
impl fmt::Debug for UnreadableItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("UnreadableItem");
        shown
            .field("id", &self.shown_id())
            .field("what", &self.what)
            .field("line", &self.line)
            .field("column", &self.column);
        shown.finish_non_exhaustive()
    }
}

impl UnreadableItem {
    /// The name where it says nothing of people: Google's own are made of letters, digits and few marks.
    pub(crate) fn shown_id(&self) -> &str {
        let is_googles = |c: char| c.is_ascii_alphanumeric() || "/_-.".contains(c);
        let hides = self.id.len() > 200 || !self.id.chars().all(is_googles);
        if hides { "" } else { &self.id }
    }

    fn new(raw: &str, problem: &serde_json::Error) -> Self {
        Self {
            id: id_of(raw),
            raw: raw.to_owned(),
            what: if problem.is_data() { "a field of another type" } else { "not JSON" },
            line: problem.line(),
            column: problem.column(),
        }
    }
}

/// The first of the names by which Google's services know things. A `name` is one only where Google gives it (Meet):
/// elsewhere people do.
fn id_of(raw: &str) -> String {
    let Ok(item) = serde_json::from_str::<serde_json::Value>(raw) else { return String::new() };
    let names = ["id", "resourceName", "name", "fileId"];
    let is_googles = |name: &str, text: &str| {
        name != "name" || ["spaces/", "conferenceRecords/"].iter().any(|start| text.starts_with(start))
    };
    let found = names.iter().find_map(|name| item.get(*name)?.as_str().filter(|text| is_googles(name, text)));
    found.unwrap_or_default().to_owned()
}

impl<T> Listed<T> {
    /// Adds what is in another list.
    pub fn append(&mut self, other: Self) {
        self.items.extend(other.items);
        self.unreadable.extend(other.unreadable);
    }

    /// Those that could be read, and those that could not.
    pub fn into_parts(self) -> (Vec<T>, Vec<UnreadableItem>) {
        (self.items, self.unreadable)
    }
}

impl<T> Default for Listed<T> {
    fn default() -> Self {
        Self { items: Vec::new(), unreadable: Vec::new() }
    }
}

impl<T> From<Vec<T>> for Listed<T> {
    fn from(items: Vec<T>) -> Self {
        Self { items, unreadable: Vec::new() }
    }
}

impl<T> Deref for Listed<T> {
    type Target = Vec<T>;

    fn deref(&self) -> &Vec<T> {
        &self.items
    }
}

impl<T> DerefMut for Listed<T> {
    fn deref_mut(&mut self) -> &mut Vec<T> {
        &mut self.items
    }
}

impl<T> IntoIterator for Listed<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.into_iter()
    }
}

impl<'a, T> IntoIterator for &'a Listed<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.iter()
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Listed<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut listed = Self::default();
        for raw in Option::<Vec<Box<RawValue>>>::deserialize(deserializer)?.unwrap_or_default() {
            match serde_json::from_str(raw.get()) {
                Ok(item) => listed.items.push(item),
                Err(problem) => listed.unreadable.push(UnreadableItem::new(raw.get(), &problem)),
            }
        }
        Ok(listed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_unexpected_item_leaves_the_others() {
        #[derive(Debug, PartialEq, Deserialize)]
        struct Thing {
            size: u8,
        }
        let text = r#"[{"size": 1}, {"id": "x", "size":
            "large"}, {"resourceName": "people/c1"}, 7, {"size": 2},
            {"id": 5, "name": "Smlouva"}, {"name": "spaces/s"}]"#;
        let listed: Listed<Thing> = serde_json::from_str(text).unwrap();
        assert_eq!(*listed, [Thing { size: 1 }, Thing { size: 2 }]);
        let ids: Vec<&str> = listed.unreadable.iter().map(|item| item.id.as_str()).collect();
        assert_eq!(ids, ["x", "people/c1", "", "", "spaces/s"]);
        assert_eq!((listed.unreadable[0].line, listed.unreadable[2].raw.as_str()), (2, "7"));
        assert!(!format!("{:?}", listed.unreadable).contains("large"));
        assert!(serde_json::from_str::<Listed<Thing>>("null").unwrap().is_empty());
        assert!(serde_json::from_str::<Listed<Thing>>("{}").is_err());
    }
}
