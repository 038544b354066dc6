use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A whole number of 64 bits. Google writes it as a string, because numbers of JavaScript are too small for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Int64(pub i64);

impl<'de> Deserialize<'de> for Int64 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Number {
            Text(String),
            Number(i64),
        }
        match Number::deserialize(deserializer)? {
            Number::Number(number) => Ok(Self(number)),
            Number::Text(text) => text.parse().map(Self).map_err(|_| de::Error::custom("not a whole number")),
        }
    }
}

impl Serialize for Int64 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_read_in_both_forms_and_written_as_a_string() {
        for text in [r#""9007199254740993""#, "9007199254740993"] {
            let number: Int64 = serde_json::from_str(text).unwrap();
            assert_eq!(number, Int64(9_007_199_254_740_993));
            assert_eq!(serde_json::to_string(&number).unwrap(), r#""9007199254740993""#);
        }
        assert!(serde_json::from_str::<Int64>(r#""much""#).is_err());
    }
}
