//! Query parameters. What does not fit is answered 422 with each parameter named, as a body's fields are.

use axum::{
    extract::FromRequestParts,
    http::{Uri, request::Parts},
};
use portico_app::{Error, FieldError};
use serde::de::DeserializeOwned;
use url::form_urlencoded;

use crate::{Failure, language};

#[expect(clippy::disallowed_types, reason = "the one place that reads with it, and tells its refusals as problems")]
type Read<T> = axum_extra::extract::Query<T>;

/// A request's query, read into `T`, of whose parameters none is required.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        read(&parts.uri).map(Self).map_err(|faults| Failure::new(Error::Invalid(faults), language::of(&parts.headers)))
    }
}

fn read<T: DeserializeOwned>(uri: &Uri) -> Result<T, Vec<FieldError>> {
    if let Ok(read) = Read::<T>::try_from_uri(uri) {
        return Ok(read.0);
    }
    // Which of them are at fault shows when each is read alone.
    let given: Vec<(String, String)> =
        form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).into_owned().collect();
    let mut names: Vec<&str> = given.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let is_at_fault = |name: &&str| {
        let alone = given.iter().filter(|(other, _)| other == name);
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(alone).finish();
        format!("/?{query}").parse::<Uri>().is_ok_and(|uri| Read::<T>::try_from_uri(&uri).is_err())
    };
    let faults: Vec<FieldError> =
        names.into_iter().filter(is_at_fault).map(|name| FieldError::new(name, "wrong_type")).collect();
    Err(if faults.is_empty() { vec![FieldError::new("query", "wrong_type")] } else { faults })
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Default, PartialEq, Deserialize)]
    struct Search {
        limit: Option<i64>,
        scope: Option<String>,
        #[serde(default)]
        calendar: Vec<String>,
    }

    fn search(query: &str) -> Result<Search, Vec<String>> {
        let uri = format!("/list?{query}").parse().unwrap();
        read(&uri).map_err(|faults| faults.into_iter().map(|fault| fault.field).collect())
    }

    #[test]
    fn each_fault_names_its_parameter() {
        assert_eq!(search("other=1&other=2"), Ok(Search::default()));
        let both = Search { limit: Some(5), calendar: vec!["a".into(), "b".into()], ..Search::default() };
        assert_eq!(search("calendar=a&limit=5&calendar=b"), Ok(both));
        assert_eq!(search("limit=abc"), Err(vec!["limit".to_owned()]));
        assert_eq!(
            search("scope=this&limit=no&calendar=a&scope=all"),
            Err(vec!["limit".to_owned(), "scope".to_owned()])
        );
    }
}
