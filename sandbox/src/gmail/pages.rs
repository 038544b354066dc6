//! Pages of lists: of messages, conversations and drafts, the newest first.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use super::errors;
use crate::http::{ApiError, Call};

/// The size of a page: 100 when nothing is said, at most 500.
pub fn size(call: &Call) -> Result<usize, ApiError> {
    match call.param("maxResults") {
        None => Ok(100),
        Some(text) => match text.parse::<u32>() {
            Ok(0) => Ok(100),
            Ok(number) => Ok(usize::try_from(number).unwrap_or(500).min(500)),
            Err(_) => Err(errors::invalid(format!("Invalid value at 'max_results' (TYPE_UINT32), \"{text}\""))),
        },
    }
}

/// A page token that is a number.
pub fn number(token: &str) -> Result<u64, ApiError> {
    token.parse().map_err(|_| errors::invalid("Invalid pageToken"))
}

/// What is sorted by its time and its id, the newest first.
pub trait Dated {
    /// Milliseconds and the id.
    fn place(&self) -> (i64, &str);
}

/// One page of `items`, and the token of the next. The token names the last item, so that what comes or goes meanwhile
/// shifts nothing.
pub fn page<T: Dated>(call: &Call, mut items: Vec<T>) -> Result<(Vec<T>, Option<String>), ApiError> {
    items.sort_by(|a, b| b.place().cmp(&a.place()));
    if let Some(token) = call.param("pageToken").filter(|token| !token.is_empty()) {
        let (date, id) = read(token).ok_or_else(|| errors::invalid("Invalid pageToken"))?;
        items.retain(|item| item.place() < (date, id.as_str()));
    }
    let size = size(call)?;
    let more = items.len() > size;
    items.truncate(size);
    let token = items.last().filter(|_| more).map(|last| {
        let (date, id) = last.place();
        URL_SAFE_NO_PAD.encode(format!("{date}:{id}"))
    });
    Ok((items, token))
}

fn read(token: &str) -> Option<(i64, String)> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(token).ok()?).ok()?;
    let (date, id) = text.split_once(':')?;
    Some((date.parse().ok()?, id.to_owned()))
}
