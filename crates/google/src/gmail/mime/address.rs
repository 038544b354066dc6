use std::fmt;

use crate::gmail::mime::{MimeProblem, header, parsed_head};

/// An address with the name beside it.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Address {
    /// The name; empty: none.
    pub name: String,
    /// The address itself. A domain in another script is written in its ASCII form.
    pub email: String,
}

/// Shows neither.
impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Address(…)")
    }
}

impl From<&str> for Address {
    fn from(email: &str) -> Self {
        Self { name: String::new(), email: email.to_owned() }
    }
}

impl Address {
    /// An address with a name.
    pub fn named(name: &str, email: &str) -> Self {
        Self { name: name.to_owned(), email: email.to_owned() }
    }

    /// The addresses in the value of a header field such as `To`. What is none is left out.
    pub fn parse_list(value: &str) -> Vec<Self> {
        let line: String = value.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let source = format!("To: {line}\r\n\r\n");
        let Some(message) = parsed_head(source.as_bytes()) else { return Vec::new() };
        let Some(list) = message.to() else { return Vec::new() };
        list.iter()
            .filter_map(|address| {
                let email = address.address()?.trim();
                let name = address.name().unwrap_or_default().trim();
                (!email.is_empty()).then(|| Self::named(name, email))
            })
            .collect()
    }

    /// As it stands in a header field.
    pub(super) fn write(&self, field: &'static str) -> Result<String, MimeProblem> {
        let email = self.ascii().ok_or(MimeProblem::Address { field })?;
        match self.name.trim() {
            "" => Ok(email),
            name => Ok(format!("{} <{email}>", header::phrase(field, name)?)),
        }
    }

    fn ascii(&self) -> Option<String> {
        let (local, domain) = self.email.trim().rsplit_once('@')?;
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".!#$%&'*+-/=?^_`{|}~".contains(&byte);
        if local.is_empty() || local.len() > 64 || !local.bytes().all(plain) {
            return None;
        }
        if local.starts_with('.') || local.ends_with('.') || local.contains("..") {
            return None;
        }
        match url::Host::parse(domain).ok()? {
            url::Host::Domain(domain) => Some(format!("{local}@{domain}")),
            _ => None,
        }
    }

    /// The domain in its ASCII form.
    pub(super) fn domain(&self) -> Option<String> {
        self.ascii()?.rsplit_once('@').map(|(_, domain)| domain.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_domains_in_every_script() {
        let written = |name: &str, email: &str| Address::named(name, email).write("To");
        assert_eq!(written("", "ann@example.com").unwrap(), "ann@example.com");
        assert_eq!(written("Ann B.", "ann@example.com").unwrap(), "\"Ann B.\" <ann@example.com>");
        assert_eq!(written("A \"q\" \\", "a@x.cz").unwrap(), r#""A \"q\" \\" <a@x.cz>"#);
        assert_eq!(written("王小明", "w@例え.jp").unwrap(), "=?UTF-8?B?546L5bCP5piO?= <w@xn--r8jz45g.jp>");
        for bad in [
            "",
            "ann",
            "@x.cz",
            "a b@x.cz",
            "a@x.cz>",
            "a@x.cz\r\nBcc: b@x.cz",
            "ü@x.cz",
            "a..b@x.cz",
            "a@",
            "a@1.2.3.4",
        ] {
            assert_eq!(written("", bad), Err(MimeProblem::Address { field: "To" }), "{bad}");
        }
        assert_eq!(written("a\nb", "a@x.cz"), Err(MimeProblem::ControlCharacter { field: "To" }));
    }

    #[test]
    fn lists_are_read() {
        let list = Address::parse_list("\"Novák, Jan\" <jan@x.cz>, 王小明 <w@x.tw>,\r\n plain@x.cz");
        let expected =
            [Address::named("Novák, Jan", "jan@x.cz"), Address::named("王小明", "w@x.tw"), Address::from("plain@x.cz")];
        assert_eq!(list, expected);
        assert_eq!(Address::parse_list(""), []);
        assert_eq!(format!("{:?}", Address::from("a@b.c")), "Address(…)");
    }
}
