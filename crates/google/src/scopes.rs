//! Sets of OAuth scopes, and the scopes of sign-in. <https://developers.google.com/identity/protocols/oauth2/scopes>

use std::{
    collections::{BTreeSet, btree_set},
    fmt,
};

use serde::{Deserialize, Serialize};

/// Sees who the person is (`sub`) and brings an ID token.
pub const OPENID: &str = "openid";
/// The person's e-mail address.
pub const EMAIL: &str = "https://www.googleapis.com/auth/userinfo.email";
/// The person's name and picture.
pub const PROFILE: &str = "https://www.googleapis.com/auth/userinfo.profile";

/// A set of OAuth scopes. The order in which Google lists them means nothing, and Google answers the short names
/// `email` and `profile` in their long form, so both spellings are one scope here.
///
/// ```
/// use portico_google::ScopeSet;
/// let granted = ScopeSet::parse("openid https://www.googleapis.com/auth/userinfo.email");
/// assert!(granted.contains("email"));
/// assert_eq!(ScopeSet::parse("email profile").missing_from(&granted), ScopeSet::parse("profile"));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "Vec<String>", into = "Vec<String>")]
pub struct ScopeSet(BTreeSet<String>);

fn canonical(scope: &str) -> &str {
    match scope {
        "email" => EMAIL,
        "profile" => PROFILE,
        other => other,
    }
}

impl ScopeSet {
    /// Reads a list as it stands in a `scope` parameter, separated by white space.
    pub fn parse(text: &str) -> Self {
        text.split_whitespace().collect()
    }

    /// Whether the set holds `scope`, in either spelling.
    pub fn contains(&self, scope: &str) -> bool {
        self.0.contains(canonical(scope))
    }

    /// Whether the set holds at least one of `alternatives`, which is how Google lists what a method needs.
    pub fn contains_any(&self, alternatives: &[&str]) -> bool {
        alternatives.iter().any(|scope| self.contains(scope))
    }

    /// What of this set `granted` lacks.
    pub fn missing_from(&self, granted: &Self) -> Self {
        Self(self.0.difference(&granted.0).cloned().collect())
    }

    /// Both sets together.
    pub fn union(&self, other: &Self) -> Self {
        Self(self.0.union(&other.0).cloned().collect())
    }

    /// Adds one scope.
    pub fn insert(&mut self, scope: &str) {
        self.0.insert(canonical(scope).to_owned());
    }

    /// The scopes in their long form, sorted.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<S: AsRef<str>> FromIterator<S> for ScopeSet {
    fn from_iter<I: IntoIterator<Item = S>>(scopes: I) -> Self {
        Self(scopes.into_iter().map(|scope| canonical(scope.as_ref()).to_owned()).collect())
    }
}

impl IntoIterator for ScopeSet {
    type Item = String;
    type IntoIter = btree_set::IntoIter<String>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl From<Vec<String>> for ScopeSet {
    fn from(scopes: Vec<String>) -> Self {
        scopes.into_iter().collect()
    }
}

impl From<ScopeSet> for Vec<String> {
    fn from(scopes: ScopeSet) -> Self {
        scopes.0.into_iter().collect()
    }
}

/// Separated by spaces, as a `scope` parameter wants it.
impl fmt::Display for ScopeSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, scope) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str(" ")?;
            }
            f.write_str(scope)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_and_spelling_do_not_matter() {
        let asked = ScopeSet::parse("email  openid\tprofile");
        let granted: ScopeSet = [PROFILE, "openid", EMAIL].into_iter().collect();
        assert_eq!(asked, granted);
        assert!(asked.missing_from(&granted).is_empty());
        assert_eq!(ScopeSet::parse(&asked.to_string()), asked);
        assert!(!granted.contains("Openid"), "scopes are case-sensitive");
    }

    #[test]
    fn an_unticked_box_is_seen() {
        let asked = ScopeSet::parse("openid a b");
        let granted = ScopeSet::parse("b openid");
        assert_eq!(asked.missing_from(&granted).to_string(), "a");
        assert!(granted.contains_any(&["a", "b"]) && !granted.contains_any(&["a"]));
    }
}
