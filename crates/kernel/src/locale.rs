use serde::{Deserialize, Serialize};

/// The five languages of the pages and of what is sent to people (BCP 47 tags).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Locale {
    /// Traditional Chinese as used in Taiwan.
    #[serde(rename = "zh-TW")]
    ZhTw,
    /// English.
    #[default]
    #[serde(rename = "en")]
    En,
    /// Japanese.
    #[serde(rename = "ja")]
    Ja,
    /// Korean.
    #[serde(rename = "ko")]
    Ko,
    /// Czech.
    #[serde(rename = "cs")]
    Cs,
}

impl Locale {
    /// All of them, in the order of the language menu.
    pub const ALL: [Self; 5] = [Self::ZhTw, Self::En, Self::Ja, Self::Ko, Self::Cs];

    /// The BCP 47 tag.
    pub fn tag(self) -> &'static str {
        match self {
            Self::ZhTw => "zh-TW",
            Self::En => "en",
            Self::Ja => "ja",
            Self::Ko => "ko",
            Self::Cs => "cs",
        }
    }

    /// The locale of a tag such as `cs-CZ` or `zh-Hant`; none for a language that Portico does not speak.
    pub fn from_tag(tag: &str) -> Option<Self> {
        match tag.split(['-', '_']).next()?.to_ascii_lowercase().as_str() {
            "zh" => Some(Self::ZhTw),
            "en" => Some(Self::En),
            "ja" => Some(Self::Ja),
            "ko" => Some(Self::Ko),
            "cs" => Some(Self::Cs),
            _ => None,
        }
    }

    /// The first language of an `Accept-Language` header that Portico speaks, by weight then by order; else English.
    pub fn from_accept_language(header: &str) -> Self {
        let mut best: Option<(f32, Self)> = None;
        for part in header.split(',') {
            let mut pieces = part.trim().split(';');
            let Some(locale) = pieces.next().and_then(Self::from_tag) else { continue };
            let weight =
                pieces.find_map(|p| p.trim().strip_prefix("q=").and_then(|q| q.parse::<f32>().ok())).unwrap_or(1.0);
            if weight > 0.0 && best.is_none_or(|(w, _)| weight > w) {
                best = Some((weight, locale));
            }
        }
        best.map_or(Self::En, |(_, locale)| locale)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accept_language() {
        for (header, expect) in [
            ("cs-CZ,cs;q=0.9,en;q=0.8", Locale::Cs),
            ("fr, ja;q=0.5, ko;q=0.7", Locale::Ko),
            ("", Locale::En),
            ("de", Locale::En),
            ("zh-Hant-TW", Locale::ZhTw),
            ("ja;q=0, cs;q=0.1", Locale::Cs),
        ] {
            assert_eq!(Locale::from_accept_language(header), expect, "{header}");
        }
    }
}
