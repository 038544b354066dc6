//! JSON bodies. What does not fit the expected shape is answered 422 with the field named, never as plain text.

use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
    http::header,
};
use portico_app::{Error, FieldError, IdempotencyKey};
use portico_kernel::Locale;
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
        let Said { body, faults } = Said::from_request(request, state).await?;
        if faults.is_empty() { Ok(Self(body)) } else { Err(Failure::new(Error::Invalid(faults), locale)) }
    }
}

/// A request's body as far as it could be read: who takes it tells the faults of its form together with those of what it says.
pub struct Said<T> {
    /// What it says.
    pub body: T,
    /// What of it could not be read, and is not in `body`.
    pub faults: Vec<FieldError>,
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Said<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        let locale = language::of(request.headers());
        let (_, said) = said(request, state, locale).await?;
        Ok(said)
    }
}

/// The body of a create, with the key under which it is carried out once.
pub struct Once<T> {
    /// What is to be made.
    pub body: T,
    /// What of it could not be read, and is not in `body`.
    pub faults: Vec<FieldError>,
    /// The key, where the request names one.
    pub key: Option<IdempotencyKey>,
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Once<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        let locale = language::of(request.headers());
        let path = request.uri().path().to_owned();
        let key = request.headers().get("idempotency-key").cloned();
        let (bytes, Said { body, faults }) = said(request, state, locale).await?;
        let key = key.map(|key| {
            // The same content in another layout is the same request.
            let content = serde_json::from_slice::<Value>(&bytes).unwrap_or_default().to_string();
            IdempotencyKey::new(key.to_str().unwrap_or_default(), &path, content.as_bytes())
        });
        Ok(Self { body, faults, key: key.transpose().map_err(|error| Failure::new(error, locale))? })
    }
}

async fn said<T: DeserializeOwned, S: Send + Sync>(
    request: Request,
    state: &S,
    locale: Locale,
) -> Result<(Bytes, Said<T>), Failure> {
    let bytes = bytes(request, state).await?;
    match read(&bytes) {
        (Some(body), faults) => Ok((bytes, Said { body, faults })),
        (None, faults) => Err(Failure::new(Error::Invalid(faults), locale)),
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

/// Reads a body as far as it can be read; every fault is told by its field, and one does not hide the next.
fn read<T: DeserializeOwned>(body: &[u8]) -> (Option<T>, Vec<FieldError>) {
    let mut value: Value = match serde_json::from_slice(body) {
        Ok(value) => value,
        Err(error) => {
            let place = format!("{}:{}", error.line(), error.column());
            return (None, vec![FieldError::new("body", "not_json").with(place)]);
        }
    };
    let mut faults = Vec::new();
    while let Some(place) = control_character(&value, &mut Vec::new()) {
        faults.push(FieldError::new(path(&place), "control_character"));
        if faults.len() == MOST_FAULTS || !take_out(&mut value, place) {
            return (None, faults);
        }
    }
    loop {
        let error = match serde_path_to_error::deserialize::<_, T>(&value) {
            Ok(read) => return (Some(read), faults),
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
        if !faults.iter().any(|fault: &FieldError| fault.field == field) {
            faults.push(FieldError::new(field, code));
        }
        // What is wrong is taken out, so that what else is wrong shows; where something is missing, all that lacks it.
        if code == "required" {
            place.pop();
        }
        if faults.len() == MOST_FAULTS || !take_out(&mut value, place) {
            return (None, faults);
        }
    }
}

/// Where a text has a character in it that is no text: the databases do not keep all of them.
fn control_character(value: &Value, way: &mut Vec<Step>) -> Option<Vec<Step>> {
    let members: Vec<(Step, &Value)> = match value {
        Value::String(text) => {
            let is_bad = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
            return text.contains(is_bad).then(|| std::mem::take(way));
        }
        Value::Array(items) => items.iter().enumerate().map(|(index, item)| (Step::Index(index), item)).collect(),
        Value::Object(members) => members.iter().map(|(key, member)| (Step::Key(key.clone()), member)).collect(),
        _ => return None,
    };
    members.into_iter().find_map(|(step, member)| {
        way.push(step);
        let found = control_character(member, way);
        way.pop();
        found
    })
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

/// Takes out the member to which a way leads; whether it was there. Of a list all goes: without one item the others would have
/// other numbers.
fn take_out(value: &mut Value, mut place: Vec<Step>) -> bool {
    while let Some(last) = place.pop() {
        let Step::Key(last) = last else { continue };
        let mut at = Some(&mut *value);
        for step in &place {
            at = at.and_then(|at| match step {
                Step::Key(key) => at.get_mut(key),
                Step::Index(index) => at.get_mut(*index),
            });
        }
        return at.and_then(Value::as_object_mut).is_some_and(|members| members.remove(&last).is_some());
    }
    false
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
            (
                r#"{"title":"x","guests":[{}],"minutes":"ten"}"#,
                &[("guests[0].email", "required"), ("minutes", "wrong_type")],
            ),
            (
                r#"{"title":"a\u0000","guests":[{"email":"a\u001b"}],"minutes":-1}"#,
                &[("guests[0].email", "control_character"), ("minutes", "wrong_type"), ("title", "control_character")],
            ),
            (r#"{"title":"\":x","guests":"all"}"#, &[("guests", "wrong_type")]),
            ("[]", &[("body", "wrong_type")]),
            (r#"{"title":"#, &[("body", "not_json")]),
            ("", &[("body", "not_json")]),
        ] {
            let (_, fields) = read::<Body>(body.as_bytes());
            let mut found: Vec<(&str, &str)> = fields.iter().map(|field| (field.field.as_str(), field.code)).collect();
            found.sort_unstable();
            let mut expected = expected.to_vec();
            expected.sort_unstable();
            assert_eq!(found, expected, "{body}");
        }
        let (read, faults) = read::<Body>(b"{\"title\":\"x\", \"minutes\":\"ten\"}");
        assert_eq!((read.unwrap().title.as_str(), faults.len()), ("x", 1), "what is right is read all the same");
    }
}
