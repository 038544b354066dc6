//! Lists by cursor: `?limit=&cursor=` in, `next_cursor` out. A cursor is opaque to those who page.

use axum::{extract::FromRequestParts, http::request::Parts};
use portico_app::Error;
use serde::Deserialize;

use crate::{Failure, Query, language};

/// Which page is asked for.
#[derive(Clone, Debug)]
pub struct Page {
    /// How many items at most: 1 to 500, 50 unless told.
    pub limit: i64,
    /// Where the page before ended.
    pub cursor: Option<String>,
}

#[derive(Deserialize)]
struct Which {
    limit: Option<i64>,
    cursor: Option<String>,
}

impl<S: Send + Sync> FromRequestParts<S> for Page {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let locale = language::of(&parts.headers);
        let Query(query) = Query::<Which>::from_request_parts(parts, state).await?;
        let limit = query.limit.unwrap_or(50);
        if !(1..=500).contains(&limit) {
            return Err(Failure::new(Error::field("limit", "out_of_range"), locale));
        }
        Ok(Self { limit, cursor: query.cursor.filter(|cursor| !cursor.is_empty()) })
    }
}
