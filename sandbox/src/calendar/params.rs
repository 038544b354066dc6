//! Query parameters, with the bounds of the discovery document and Google's complaints about them.

use jiff::Timestamp;

use super::{errors, time};
use crate::http::{ApiError, Call};

/// A parameter that is there and not empty.
pub fn text<'a>(call: &'a Call, name: &str) -> Option<&'a str> {
    call.param(name).filter(|value| !value.is_empty())
}

/// Every value of a parameter that may be repeated.
pub fn texts(call: &Call, name: &str) -> Vec<String> {
    call.params(name).into_iter().filter(|value| !value.is_empty()).map(str::to_owned).collect()
}

/// A parameter that the method requires.
pub fn required<'a>(call: &'a Call, name: &str) -> Result<&'a str, ApiError> {
    text(call, name).ok_or_else(|| errors::required_parameter(name))
}

/// A boolean; absent is `None`.
pub fn flag(call: &Call, name: &str) -> Result<Option<bool>, ApiError> {
    match text(call, name) {
        None => Ok(None),
        Some("true") => Ok(Some(true)),
        Some("false") => Ok(Some(false)),
        Some(other) => Err(errors::invalid_parameter(name, &format!("Invalid boolean value: '{other}'."))),
    }
}

/// A whole number within bounds; absent is `None`.
pub fn number(call: &Call, name: &str, least: i64, most: i64) -> Result<Option<i64>, ApiError> {
    let Some(value) = text(call, name) else {
        return Ok(None);
    };
    let number: i64 =
        value.parse().map_err(|_| errors::invalid_parameter(name, &format!("Invalid integer value: '{value}'.")))?;
    if (least..=most).contains(&number) {
        Ok(Some(number))
    } else {
        let message = format!("Invalid value '{number}'. Values must be within the range: [{least}, {most}]");
        Err(errors::invalid_parameter(name, &message))
    }
}

/// The size of a page: at least 1, silently at most `most`, `default` when absent.
pub fn page_size(call: &Call, default: usize, most: usize) -> Result<usize, ApiError> {
    let asked = number(call, "maxResults", 1, i64::from(i32::MAX))?;
    Ok(asked.map_or(default, |asked| usize::try_from(asked).unwrap_or(most).min(most)))
}

/// One word of a closed list; absent is `None`.
pub fn one_of(call: &Call, name: &str, allowed: &[&'static str]) -> Result<Option<&'static str>, ApiError> {
    text(call, name).map(|value| word(name, value, allowed)).transpose()
}

/// Words of a closed list.
pub fn each_of(call: &Call, name: &str, allowed: &[&'static str]) -> Result<Vec<&'static str>, ApiError> {
    texts(call, name).iter().map(|value| word(name, value, allowed)).collect()
}

fn word(name: &str, value: &str, allowed: &[&'static str]) -> Result<&'static str, ApiError> {
    allowed.iter().find(|word| **word == value).copied().ok_or_else(|| {
        let message = format!("Invalid string value: '{value}'. Allowed values: [{}]", allowed.join(", "));
        errors::invalid_parameter(name, &message)
    })
}

/// A time with an offset, whole seconds; absent is `None`.
pub fn instant(call: &Call, name: &str) -> Result<Option<Timestamp>, ApiError> {
    let Some(value) = text(call, name) else {
        return Ok(None);
    };
    let at = time::read_instant(value).ok_or_else(errors::bad_request)?;
    Ok(Some(Timestamp::from_second(at.as_second()).unwrap_or(at)))
}

/// The zone asked for in `timeZone`.
pub fn zone(call: &Call) -> Result<Option<jiff::tz::TimeZone>, ApiError> {
    text(call, "timeZone")
        .map(|name| time::zone(name).ok_or_else(|| errors::invalid_parameter("timeZone", "Invalid time zone.")))
        .transpose()
}
