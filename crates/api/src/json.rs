//! JSON bodies. What does not fit the expected shape is answered 422 with the field named, never as plain text.

use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
    http::header,
};
use portico_app::{Error, FieldError, IdempotencyKey};
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_path_to_error::Segment;

use crate::{Failure, language};

/// The largest body that is read, in bytes: room enough to name the field that is too long.
pub const LARGEST: usize = 4 * 1024 * 1024;

/// A request's body, read into `T`.
pub struct Json<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        let locale = language::of(request.headers());
        let body = bytes(request, state).await?;
        read(&body).map(Self).map_err(|fields| Failure::new(Error::Invalid(fields), locale))
    }
}

/// The body of a create, read into `T`, with the key under which it is carried out once.
pub struct Once<T> {
    /// What is to be made.
    pub body: T,
    /// The key, where the request names one.
    pub key: Option<IdempotencyKey>,
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Once<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        let locale = language::of(request.headers());
        let fail = |error| Failure::new(error, locale);
        let path = request.uri().path().to_owned();
        let key = request.headers().get("idempotency-key").cloned();
        let bytes = bytes(request, state).await?;
        let body = read(&bytes).map_err(|fields| fail(Error::Invalid(fields)))?;
        let key = key.map(|key| {
            // The same content in another layout is the same request.
            let content = serde_json::from_slice::<Value>(&bytes).unwrap_or_default().to_string();
            IdempotencyKey::new(key.to_str().unwrap_or_default(), &path, content.as_bytes())
        });
        Ok(Self { body, key: key.transpose().map_err(fail)? })
    }
}

async fn bytes<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, Failure> {
    let locale = language::of(request.headers());
    let fail = |field: &str, code: &'static str| Failure::new(Error::field(field, code), locale);
    let is_json = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).is_some_and(|kind| {
        kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
    });
    if !is_json {
        return Err(fail("content-type", "not_json"));
    }
    Bytes::from_request(request, state).await.map_err(|_| fail("body", "too_large"))
}

/// The most faults of its form that are told of one body.
const MOST_FAULTS: usize = 20;

/// Reads a body; every fault is told by its field, and one does not hide the next.
pub fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Vec<FieldError>> {
    let mut value: Value = serde_json::from_slice(body).map_err(|error| {
        vec![FieldError::new("body", "not_json").with(format!("{}:{}", error.line(), error.column()))]
    })?;
    let mut faults = Vec::new();
    loop {
        let error = match serde_path_to_error::deserialize::<_, T>(&value) {
            Ok(read) if faults.is_empty() => return Ok(read),
            Ok(_) => return Err(faults),
            Err(error) => error,
        };
        let text = error.inner().to_string();
        let named = |before: &str| text.split_once(before).and_then(|(_, rest)| rest.split('`').next());
        let mut place: Vec<Step> = error.path().iter().filter_map(Step::of).collect();
        let code = match (named("unknown field `"), named("missing field `")) {
            (Some(name), _) => {
                // The key itself is the end of the path already, where the reader was told of it.
                if place.last() != Some(&Step::Key(name.to_owned())) {
                    place.push(Step::Key(name.to_owned()));
                }
                "unknown_field"
            }
            (None, Some(name)) => {
                place.push(Step::Key(name.to_owned()));
                "required"
            }
            (None, None) => "wrong_type",
        };
        let field = path(&place);
        // What was taken out is not missing besides.
        if code == "required" && faults.iter().any(|fault: &FieldError| fault.field == field) {
            return Err(faults);
        }
        faults.push(FieldError::new(field, code));
        // What is wrong is taken out, so that what else is wrong shows.
        if code == "required" || faults.len() == MOST_FAULTS || !take_out(&mut value, &place) {
            return Err(faults);
        }
    }
}

/// A step on the way to a member of a body.
#[derive(Debug, PartialEq, Eq)]
enum Step {
    Key(String),
    Index(usize),
}

impl Step {
    fn of(segment: &Segment) -> Option<Self> {
        match segment {
            Segment::Map { key } => Some(Self::Key(key.clone())),
            Segment::Seq { index } => Some(Self::Index(*index)),
            _ => None,
        }
    }
}

/// The way to a member as requests and problems spell it: `reminders.overrides[0].minutes`.
fn path(place: &[Step]) -> String {
    let mut text = String::new();
    for step in place {
        match step {
            Step::Key(key) if text.is_empty() => text.push_str(key),
            Step::Key(key) => text.push_str(&format!(".{key}")),
            Step::Index(index) => text.push_str(&format!("[{index}]")),
        }
    }
    if text.is_empty() { "body".to_owned() } else { text.chars().take(200).collect() }
}

/// Takes a member out of an object; whether it was there. An item of a list stays: the others would have other numbers.
fn take_out(value: &mut Value, place: &[Step]) -> bool {
    let Some((Step::Key(last), way)) = place.split_last() else { return false };
    let mut at = value;
    for step in way {
        let next = match step {
            Step::Key(key) => at.get_mut(key),
            Step::Index(index) => at.get_mut(index),
        };
        let Some(next) = next else { return false };
        at = next;
    }
    at.as_object_mut().is_some_and(|members| members.remove(last).is_some())
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only its reading is tested")]
    struct Body {
        title: String,
        #[serde(default)]
        minutes: u32,
        #[serde(default)]
        guests: Vec<Guest>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only its reading is tested")]
    struct Guest {
        email: String,
    }

    #[test]
    fn each_fault_names_its_field() {
        for (body, expected) in [
            (r#"{"title":"x","colour":1}"#, &[("colour", "unknown_field")][..]),
            (r#"{"minutes":1}"#, &[("title", "required")]),
            (r#"{"title":"x","minutes":"ten"}"#, &[("minutes", "wrong_type")]),
            (r#"{"title":5}"#, &[("title", "wrong_type")]),
            (
                r#"{"title":"x","minutes":-1,"colour":1,"size":2}"#,
                &[("colour", "unknown_field"), ("minutes", "wrong_type"), ("size", "unknown_field")],
            ),
            (r#"{"title":"x","guests":[{"email":"a"},{"email":"b","age":3}]}"#, &[("guests[1].age", "unknown_field")]),
            (r#"{"title":"x","guests":[{"email":"a"},7]}"#, &[("guests[1]", "wrong_type")]),
            (r#"{"title":"x","guests":[{}]}"#, &[("guests[0].email", "required")]),
            (r#"{"title":"\":x","guests":"all"}"#, &[("guests", "wrong_type")]),
            ("[]", &[("body", "wrong_type")]),
            (r#"{"title":"#, &[("body", "not_json")]),
            ("", &[("body", "not_json")]),
        ] {
            let fields = read::<Body>(body.as_bytes()).unwrap_err();
            let mut found: Vec<(&str, &str)> = fields.iter().map(|field| (field.field.as_str(), field.code)).collect();
            found.sort_unstable();
            let mut expected = expected.to_vec();
            expected.sort_unstable();
            assert_eq!(found, expected, "{body}");
        }
        assert_eq!(read::<Body>(br#"{"title":"x"}"#).unwrap().title, "x");
    }
}
