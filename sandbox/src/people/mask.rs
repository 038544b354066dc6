//! Field masks: which parts of a person are read or written.

use super::{errors, fields};
use crate::http::{ApiError, Call};

/// Top-level fields of a person, in the order in which they were named.
pub type Mask = Vec<String>;

/// Reads a mask. `page` is the method's page in the reference.
pub fn parse(text: &str, name: &str, valid: &[&str], page: &str) -> Result<Mask, ApiError> {
    let mut mask = Mask::new();
    for path in text.split(',').map(str::trim).filter(|path| !path.is_empty()) {
        let path = path.strip_prefix("person.").unwrap_or(path);
        let field = path.split('.').next().unwrap_or(path);
        if !valid.contains(&field) {
            return Err(errors::mask_invalid(name, path, page));
        }
        if !mask.iter().any(|known| known == field) {
            mask.push(field.to_owned());
        }
    }
    Ok(mask)
}

/// A mask among the parameters of the query, repeated or not; empty when it is not there.
pub fn param(call: &Call, name: &str, valid: &[&str], page: &str) -> Result<Mask, ApiError> {
    parse(&call.params(name).join(","), name, valid, page)
}

/// A mask among the parameters of the query that must be there.
pub fn required(call: &Call, name: &str, valid: &[&str], page: &str) -> Result<Mask, ApiError> {
    let mask = param(call, name, valid, page)?;
    if mask.is_empty() { Err(errors::mask_required(name, page)) } else { Ok(mask) }
}

/// `personFields`, which must be there, or its older form.
pub fn person_fields(call: &Call, page: &str) -> Result<Mask, ApiError> {
    let older = param(call, "requestMask.includeField", fields::READABLE, page)?;
    if older.is_empty() { required(call, "personFields", fields::READABLE, page) } else { Ok(older) }
}

/// `personFields`; everything when it is not there.
pub fn person_fields_or_all(call: &Call, page: &str) -> Result<Mask, ApiError> {
    let mask = param(call, "personFields", fields::READABLE, page)?;
    Ok(if mask.is_empty() { all() } else { mask })
}

/// Everything that can be read.
pub fn all() -> Mask {
    fields::READABLE.iter().map(|field| (*field).to_owned()).collect()
}

/// A mask in a body; empty when it is not there.
pub fn in_body(
    body: &serde_json::Map<String, serde_json::Value>,
    name: &str,
    valid: &[&str],
    page: &str,
) -> Result<Mask, ApiError> {
    parse(body.get(name).and_then(serde_json::Value::as_str).unwrap_or_default(), name, valid, page)
}
