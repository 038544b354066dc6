use std::collections::{BTreeMap, btree_map};

use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, value::RawValue};

/// An ordered map whose changes go to the log.
///
/// It remembers what its rows were before the current request, so that the request's changes can be written as one
/// batch or be undone.
pub struct Table<T> {
    rows: BTreeMap<String, T>,
    before: BTreeMap<String, Option<T>>,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self { rows: BTreeMap::new(), before: BTreeMap::new() }
    }
}

impl<T: Clone> Table<T> {
    /// The row of that key.
    pub fn get(&self, key: &str) -> Option<&T> {
        self.rows.get(key)
    }

    /// Whether there is a row of that key.
    pub fn contains(&self, key: &str) -> bool {
        self.rows.contains_key(key)
    }

    /// Stores a row, and gives what was there.
    pub fn put(&mut self, key: impl Into<String>, row: T) -> Option<T> {
        let key = key.into();
        let old = self.rows.insert(key.clone(), row);
        self.before.entry(key).or_insert_with(|| old.clone());
        old
    }

    /// Changes a row in place. `None` when there is none.
    pub fn update<R>(&mut self, key: &str, change: impl FnOnce(&mut T) -> R) -> Option<R> {
        let row = self.rows.get_mut(key)?;
        if !self.before.contains_key(key) {
            self.before.insert(key.to_owned(), Some(row.clone()));
        }
        Some(change(row))
    }

    /// Takes a row away, and gives it.
    pub fn remove(&mut self, key: &str) -> Option<T> {
        let old = self.rows.remove(key)?;
        self.before.entry(key.to_owned()).or_insert_with(|| Some(old.clone()));
        Some(old)
    }

    /// Takes away every row that `keep` refuses.
    pub fn retain(&mut self, keep: impl Fn(&str, &T) -> bool) {
        let gone: Vec<String> = self.rows.iter().filter(|(k, row)| !keep(k, row)).map(|(k, _)| k.clone()).collect();
        for key in gone {
            self.remove(&key);
        }
    }

    /// All rows in the order of their keys.
    pub fn iter(&self) -> btree_map::Iter<'_, String, T> {
        self.rows.iter()
    }

    /// All rows without their keys.
    pub fn values(&self) -> btree_map::Values<'_, String, T> {
        self.rows.values()
    }

    /// The rows from that key on, in order.
    pub fn range_from(&self, from: impl Into<String>) -> btree_map::Range<'_, String, T> {
        self.rows.range(from.into()..)
    }

    /// The rows whose keys start with `prefix`, in order.
    pub fn prefixed<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a String, &'a T)> {
        self.rows.range(prefix.to_owned()..).take_while(move |(key, _)| key.starts_with(prefix))
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

/// What the log needs of a table.
pub trait TableLog {
    /// Writes the changes since the last [`TableLog::settle`] as `["table","key",row or null]`, each after a comma.
    fn changes(&self, table: &str, out: &mut Vec<u8>) -> serde_json::Result<()>;
    /// Writes every row in the same form, each as a line of its own batch.
    fn dump(&self, table: &str, out: &mut dyn FnMut(&[u8]) -> std::io::Result<()>) -> std::io::Result<()>;
    /// Makes the changes so far final: forgets what the rows were before.
    fn settle(&mut self);
    /// Takes the changes since the last [`TableLog::settle`] back.
    fn undo(&mut self);
    /// Carries a logged change out.
    fn replay(&mut self, key: String, row: &RawValue) -> serde_json::Result<()>;
    /// Empties the table, which is not a change to be logged.
    fn clear(&mut self);
    /// The rows as JSON.
    fn to_json(&self) -> serde_json::Result<Value>;
    /// The number of rows.
    fn rows(&self) -> usize;
}

fn entry<T: Serialize>(table: &str, key: &str, row: Option<&T>, out: &mut Vec<u8>) -> serde_json::Result<()> {
    serde_json::to_writer(out, &(table, key, row))
}

impl<T: Clone + Serialize + DeserializeOwned> TableLog for Table<T> {
    fn changes(&self, table: &str, out: &mut Vec<u8>) -> serde_json::Result<()> {
        for (key, before) in &self.before {
            let row = self.rows.get(key);
            if row.is_some() || before.is_some() {
                out.push(b',');
                entry(table, key, row, out)?;
            }
        }
        Ok(())
    }

    fn dump(&self, table: &str, out: &mut dyn FnMut(&[u8]) -> std::io::Result<()>) -> std::io::Result<()> {
        let mut line = Vec::new();
        for (key, row) in &self.rows {
            line.clear();
            line.push(b'[');
            entry(table, key, Some(row), &mut line)?;
            line.extend_from_slice(b"]\n");
            out(&line)?;
        }
        Ok(())
    }

    fn settle(&mut self) {
        self.before.clear();
    }

    fn undo(&mut self) {
        for (key, before) in std::mem::take(&mut self.before) {
            match before {
                Some(row) => self.rows.insert(key, row),
                None => self.rows.remove(&key),
            };
        }
    }

    fn replay(&mut self, key: String, row: &RawValue) -> serde_json::Result<()> {
        if row.get() == "null" {
            self.rows.remove(&key);
        } else {
            self.rows.insert(key, serde_json::from_str(row.get())?);
        }
        Ok(())
    }

    fn clear(&mut self) {
        self.rows.clear();
        self.before.clear();
    }

    fn to_json(&self) -> serde_json::Result<Value> {
        serde_json::to_value(&self.rows)
    }

    fn rows(&self) -> usize {
        self.rows.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drained(table: &mut Table<u8>) -> String {
        let mut out = Vec::new();
        table.changes("t", &mut out).unwrap();
        table.settle();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_batch_holds_each_changed_row_once_and_nothing_that_came_and_went() {
        let mut table = Table::default();
        table.put("a", 1);
        table.put("a", 2);
        table.put("b", 3);
        table.remove("b");
        assert_eq!(drained(&mut table), r#",["t","a",2]"#);
        table.update("a", |n| *n += 1);
        table.remove("a");
        assert_eq!(drained(&mut table), r#",["t","a",null]"#);
        assert_eq!(drained(&mut table), "");
    }

    #[test]
    fn undo_restores_what_was_there_before_the_first_change() {
        let mut table = Table::default();
        table.put("a", 1);
        drained(&mut table);
        table.put("a", 2);
        table.update("a", |n| *n = 3);
        table.put("b", 1);
        table.undo();
        assert_eq!(table.iter().collect::<Vec<_>>(), [(&"a".to_owned(), &1)]);
        assert_eq!(drained(&mut table), "");
    }
}
