//! The two macros behind Google's wire types.
//!
//! A derived type with a flattened map would lose the `null`s of known fields and buffer each unknown value twice;
//! these read straight into the fields, keep all the rest in `other`, and write everything back.

/// What stands in `Debug` output for what people wrote.
pub(crate) struct Hidden;

impl std::fmt::Debug for Hidden {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("…")
    }
}

/// A JSON object of Google's: every field may be absent, and nothing that is not understood is lost. A known field that
/// was `null` lies in `other` as `null` until it is set. What people wrote is marked `personal` and not shown by `Debug`.
macro_rules! resource {
    (@shown $value:ident) => {
        $value
    };
    (@shown $value:ident personal) => {{
        let _personal = $value;
        &$crate::resource::Hidden
    }};
    ($(#[$meta:meta])* pub struct $name:ident {
        $($(#[$doc:meta])* $field:ident: $type:ty = $wire:literal $($personal:ident)?,)*
    }) => {
        $(#[$meta])*
        #[derive(Clone, Default, PartialEq)]
        pub struct $name {
            $($(#[$doc])* pub $field: Option<$type>,)*
            /// What else Google sent, kept as it was and sent back unchanged.
            pub other: serde_json::Map<String, serde_json::Value>,
        }

        impl $name {
            /// Google's names of the fields that this type knows; any other is kept in `other`.
            pub const FIELDS: &'static [&'static str] = &[$($wire),*];
        }

        /// Shows what is set, without what people wrote.
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                let mut shown = f.debug_struct(stringify!($name));
                $(if let Some(value) = &self.$field {
                    shown.field(stringify!($field), $crate::resource::resource!(@shown value $($personal)?));
                })*
                shown.field("other", &self.other.keys().collect::<Vec<_>>()).finish()
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                #[expect(non_camel_case_types, reason = "the variants are the fields")]
                enum Key { $($field,)* other(String) }

                impl<'de> serde::Deserialize<'de> for Key {
                    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                        struct KeyVisitor;
                        impl serde::de::Visitor<'_> for KeyVisitor {
                            type Value = Key;
                            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                                f.write_str("a key")
                            }
                            fn visit_str<E>(self, key: &str) -> Result<Key, E> {
                                Ok(match key { $($wire => Key::$field,)* _ => Key::other(key.to_owned()) })
                            }
                        }
                        deserializer.deserialize_identifier(KeyVisitor)
                    }
                }

                struct ObjectVisitor;
                impl<'de> serde::de::Visitor<'de> for ObjectVisitor {
                    type Value = $name;
                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str("an object")
                    }
                    fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<$name, A::Error> {
                        let mut object = $name::default();
                        while let Some(wire_key) = map.next_key()? {
                            match wire_key {
                                $(Key::$field => {
                                    object.$field = map.next_value()?;
                                    if object.$field.is_none() {
                                        object.other.insert($wire.to_owned(), serde_json::Value::Null);
                                    }
                                })*
                                Key::other(key) => {
                                    object.other.insert(key, map.next_value()?);
                                }
                            }
                        }
                        Ok(object)
                    }
                }
                deserializer.deserialize_map(ObjectVisitor)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                use serde::ser::SerializeMap;
                let mut map = serializer.serialize_map(None)?;
                $(if let Some(value) = &self.$field {
                    map.serialize_entry($wire, value)?;
                })*
                for (key, value) in &self.other {
                    let replaced = match key.as_str() { $($wire => self.$field.is_some(),)* _ => false };
                    if !replaced {
                        map.serialize_entry(key, value)?;
                    }
                }
                map.end()
            }
        }
    };
}

/// A string of Google's that has known values and may get new ones: those survive a round trip as `Other`.
macro_rules! open_enum {
    ($(#[$meta:meta])* pub enum $name:ident { $($(#[$doc:meta])* $variant:ident = $wire:literal,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$doc])* $variant,)*
            /// A value that this library does not know, as Google spells it.
            Other(String),
        }

        impl $name {
            /// As Google spells it.
            pub fn as_str(&self) -> &str {
                match self { $(Self::$variant => $wire,)* Self::Other(text) => text }
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                match text { $($wire => Self::$variant,)* other => Self::Other(other.to_owned()) }
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct TextVisitor;
                impl serde::de::Visitor<'_> for TextVisitor {
                    type Value = $name;
                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str("a string")
                    }
                    fn visit_str<E>(self, text: &str) -> Result<$name, E> {
                        Ok($name::from(text))
                    }
                }
                deserializer.deserialize_str(TextVisitor)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }
    };
}

pub(crate) use {open_enum, resource};

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    open_enum! {
        /// A colour.
        pub enum Colour {
            /// Red.
            Red = "red",
        }
    }

    resource! {
        /// A thing.
        pub struct Thing {
            /// Its name.
            name: String = "theName" personal,
            /// Its colour.
            colour: Colour = "colour",
            /// Its parts.
            parts: Vec<Thing> = "parts",
        }
    }

    fn round_trip(value: Value) -> Value {
        let thing: Thing = serde_json::from_value(value).unwrap();
        serde_json::to_value(&thing).unwrap()
    }

    #[test]
    fn unknown_fields_nulls_and_unknown_values_survive() {
        for value in [
            json!({}),
            json!({"theName": "a", "colour": "red", "parts": []}),
            json!({"theName": null, "colour": "ultraviolet", "new": {"deep": [null, 1.5, {"x": null}]}, "gone": null}),
            json!({"parts": [{"theName": "inner", "extra": true}, {"colour": null}]}),
        ] {
            assert_eq!(round_trip(value.clone()), value);
        }
    }

    #[test]
    fn the_fields_have_googles_names() {
        assert_eq!(Thing::FIELDS, ["theName", "colour", "parts"]);
    }

    #[test]
    fn a_field_set_after_a_null_is_written_once() {
        let mut thing: Thing = serde_json::from_str(r#"{"theName":null}"#).unwrap();
        thing.name = Some("b".into());
        assert_eq!(serde_json::to_string(&thing).unwrap(), r#"{"theName":"b"}"#);
    }

    #[test]
    fn what_people_wrote_is_not_shown() {
        let thing: Thing = serde_json::from_str(r#"{"theName":"Ann","colour":"red","note":"Bob"}"#).unwrap();
        assert_eq!(format!("{thing:?}"), r#"Thing { name: …, colour: Red, other: ["note"] }"#);
    }

    #[test]
    fn a_wrong_type_is_an_error_and_an_escaped_key_is_the_same_key() {
        assert!(serde_json::from_str::<Thing>(r#"{"theName":3}"#).is_err());
        let thing: Thing = serde_json::from_str("{\"the\\u004eame\":\"x\"}").unwrap();
        assert_eq!(thing.name.as_deref(), Some("x"));
    }
}
