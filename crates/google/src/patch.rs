use serde::{Serialize, Serializer};

/// What a PATCH does with one field: leave it, clear it or set it.
///
/// Google merges a patch into what it has: an absent field stays, `null` clears, arrays are replaced whole.
/// A field of this type needs `#[serde(skip_serializing_if = "Patch::is_keep")]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Patch<T> {
    /// The field is not sent and stays as it is.
    #[default]
    Keep,
    /// `null` is sent: the field is cleared.
    Clear,
    /// The value is sent.
    Set(T),
}

impl<T> Patch<T> {
    /// Whether the field is left out.
    pub fn is_keep(&self) -> bool {
        matches!(self, Self::Keep)
    }

    /// Sets `Some`, clears on `None`: for a caller who knows the wanted state of the field.
    pub fn to(value: Option<T>) -> Self {
        value.map_or(Self::Clear, Self::Set)
    }
}

impl<T> From<T> for Patch<T> {
    fn from(value: T) -> Self {
        Self::Set(value)
    }
}

impl<T: Serialize> Serialize for Patch<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Set(value) => value.serialize(serializer),
            Self::Keep | Self::Clear => serializer.serialize_none(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default, Serialize)]
    struct Two {
        #[serde(skip_serializing_if = "Patch::is_keep")]
        a: Patch<String>,
        #[serde(skip_serializing_if = "Patch::is_keep")]
        b: Patch<i64>,
    }

    #[test]
    fn a_field_is_absent_null_or_a_value() {
        let text = |two: &Two| serde_json::to_string(two).unwrap();
        assert_eq!(text(&Two::default()), "{}");
        assert_eq!(text(&Two { a: Patch::Clear, b: Patch::Set(3) }), r#"{"a":null,"b":3}"#);
        assert_eq!(text(&Two { a: Patch::to(None), b: Patch::to(Some(0)) }), r#"{"a":null,"b":0}"#);
    }
}
