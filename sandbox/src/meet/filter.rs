//! Filters such as `space.meeting_code = "abc-mnop-xyz" AND end_time IS NULL`.

use jiff::Timestamp;
use serde_json::Value;

use super::invalid;
use crate::http::ApiError;

/// Whether `item` passes; `code` is the meeting code of its space, and `fields` are those that may be asked for.
pub fn passes(filter: &str, fields: &[&str], item: &Value, code: &str) -> Result<bool, ApiError> {
    for term in filter.split(" AND ").map(str::trim).filter(|term| !term.is_empty()) {
        if !holds(term, fields, item, code)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn holds(term: &str, fields: &[&str], item: &Value, code: &str) -> Result<bool, ApiError> {
    let refused = || invalid(format!("Invalid filter: {term}"));
    let end = term.find([' ', '=', '<', '>']).ok_or_else(refused)?;
    let (field, rest) = term.split_at(end);
    if !fields.contains(&field) {
        return Err(refused());
    }
    let value = match field {
        "space.meeting_code" => Some(code),
        "space.name" => item["space"].as_str(),
        _ => item[camel(field)].as_str(),
    };
    let rest = rest.trim();
    if rest.eq_ignore_ascii_case("IS NULL") {
        return Ok(value.is_none());
    }
    let operator = ["<=", ">=", "=", "<", ">"].into_iter().find(|operator| rest.starts_with(operator));
    let operator = operator.ok_or_else(refused)?;
    let wanted = rest[operator.len()..].trim().trim_matches(['"', '\'']);
    let Some(value) = value else { return Ok(false) };
    let order = if field.ends_with("_time") {
        let wanted: Timestamp = wanted.parse().map_err(|_| refused())?;
        value.parse::<Timestamp>().map_err(|_| refused())?.cmp(&wanted)
    } else if operator == "=" {
        value.cmp(wanted)
    } else {
        return Err(refused());
    };
    Ok(match operator {
        "=" => order.is_eq(),
        "<" => order.is_lt(),
        ">" => order.is_gt(),
        "<=" => order.is_le(),
        _ => order.is_ge(),
    })
}

fn camel(field: &str) -> String {
    let mut words = field.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |name, word| {
        let mut letters = word.chars();
        let head = letters.next().map(|letter| letter.to_ascii_uppercase());
        name + &head.into_iter().chain(letters).collect::<String>()
    })
}
