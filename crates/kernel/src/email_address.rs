use serde::{Deserialize, Serialize};

/// An e-mail address, trimmed and in lower case, so that equal addresses are equal values.
///
/// Accepts what mail servers exchange in practice: one `@`, 1–64 characters before it, a domain with a dot or
/// `localhost`-like single label after it, no spaces, no control characters, 254 bytes in all.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailAddress(String);

/// The text is not an e-mail address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is not an e-mail address")]
pub struct InvalidEmailAddress;

impl EmailAddress {
    /// Checks and normalises an address.
    pub fn parse(text: &str) -> Result<Self, InvalidEmailAddress> {
        let text = text.trim().to_lowercase();
        let (local, domain) = text.rsplit_once('@').ok_or(InvalidEmailAddress)?;
        let bad = |c: char| c.is_whitespace() || c.is_control() || "()<>[]:;,\\\"@".contains(c);
        let label = |l: &str| {
            !l.is_empty()
                && l.len() <= 63
                && !l.starts_with('-')
                && !l.ends_with('-')
                && l.chars().all(|c| c.is_alphanumeric() || c == '-')
        };
        let sound = !local.is_empty()
            && local.len() <= 64
            && text.len() <= 254
            && !local.chars().any(bad)
            && !local.starts_with('.')
            && !local.ends_with('.')
            && !local.contains("..")
            && domain.split('.').all(label);
        if sound { Ok(Self(text)) } else { Err(InvalidEmailAddress) }
    }

    /// The address as text, in lower case.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands after the `@`.
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }
}

impl TryFrom<String> for EmailAddress {
    type Error = InvalidEmailAddress;
    fn try_from(text: String) -> Result<Self, InvalidEmailAddress> {
        Self::parse(&text)
    }
}

impl From<EmailAddress> for String {
    fn from(address: EmailAddress) -> Self {
        address.0
    }
}

impl std::fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses_and_normalises() {
        for (text, expect) in [
            (" Anna@Acme.Example ", Some("anna@acme.example")),
            ("a.b+c@x.test", Some("a.b+c@x.test")),
            ("c_12ab@group.calendar.google.com", Some("c_12ab@group.calendar.google.com")),
            ("no-at", None),
            ("@x.test", None),
            ("a@", None),
            ("a@b@c.test", None),
            ("a b@c.test", None),
            (".a@c.test", None),
            ("a..b@c.test", None),
            ("a@-c.test", None),
            ("a@c..test", None),
            ("<a@c.test>", None),
        ] {
            assert_eq!(EmailAddress::parse(text).ok().as_ref().map(EmailAddress::as_str), expect, "{text}");
        }
    }
}
