use std::collections::BTreeMap;

use serde_json::Value;

use super::ApiError;

/// A partial answer that was asked for: `items(id,start/dateTime),nextPageToken`.
/// [Partial response](https://developers.google.com/workspace/calendar/api/guides/performance#partial)
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Mask(BTreeMap<String, Mask>);

impl Mask {
    /// Reads a mask.
    pub fn parse(text: &str) -> Result<Self, ApiError> {
        let mut rest = text.trim();
        let mask = Self::list(&mut rest).filter(|_| rest.is_empty());
        mask.ok_or_else(|| {
            ApiError::new(400, "invalidParameter", format!("Invalid field selection {text}")).for_parameter("fields")
        })
    }

    fn list(rest: &mut &str) -> Option<Self> {
        let mut mask = Self::default();
        loop {
            mask.one(rest)?;
            match rest.strip_prefix(',') {
                Some(after) => *rest = after,
                None => return Some(mask),
            }
        }
    }

    fn one(&mut self, rest: &mut &str) -> Option<()> {
        let end = rest.find(['/', '(', ')', ',']).unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        let name = name.trim();
        let legal = |c: char| c.is_ascii_alphanumeric() || "_-*@.$".contains(c);
        if name.is_empty() || !name.chars().all(legal) {
            return None;
        }
        *rest = after;
        let below = self.0.entry(name.to_owned()).or_default();
        if let Some(after) = rest.strip_prefix('/') {
            *rest = after;
            below.one(rest)
        } else if let Some(after) = rest.strip_prefix('(') {
            *rest = after;
            for (name, mask) in Self::list(rest)?.0 {
                below.0.insert(name, mask);
            }
            *rest = rest.strip_prefix(')')?;
            Some(())
        } else {
            Some(())
        }
    }

    /// What is left of `value`: a name without names below it takes all that is there.
    pub fn apply(&self, value: Value) -> Value {
        if self.0.is_empty() {
            return value;
        }
        match value {
            Value::Object(object) => {
                let kept = object.into_iter().filter_map(|(key, value)| {
                    let mask = self.0.get(&key).or_else(|| self.0.get("*"))?;
                    Some((key, mask.apply(value)))
                });
                Value::Object(kept.collect())
            }
            Value::Array(items) => Value::Array(items.into_iter().map(|item| self.apply(item)).collect()),
            other => other,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn masked(mask: &str) -> Value {
        let whole = json!({"kind": "k", "next": "n", "items": [
            {"id": 1, "summary": "a", "start": {"dateTime": "t", "timeZone": "z"}},
            {"id": 2, "start": {"date": "d"}}]});
        Mask::parse(mask).unwrap().apply(whole)
    }

    #[test]
    fn names_paths_and_groups_choose_what_is_answered() {
        assert_eq!(masked("next"), json!({"next": "n"}));
        assert_eq!(masked("items(id,summary)"), json!({"items": [{"id": 1, "summary": "a"}, {"id": 2}]}));
        assert_eq!(masked("items/id,kind"), json!({"kind": "k", "items": [{"id": 1}, {"id": 2}]}));
        assert_eq!(
            masked("items(start/dateTime, id)"),
            json!({"items": [{"id": 1, "start": {"dateTime": "t"}}, {"id": 2, "start": {}}]})
        );
        assert_eq!(masked("*"), masked("kind,next,items"));
    }

    #[test]
    fn a_mask_that_cannot_be_read_is_refused() {
        for bad in ["", "a(", "a)", "a,,b", "a(b", "a/", "a b"] {
            assert_eq!(Mask::parse(bad).unwrap_err().reason, "invalidParameter", "{bad}");
        }
    }
}
