//! The settings of a space: which there are, and what a body or a mask says of them.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::invalid;
use crate::http::ApiError;

/// A setting by its path below `config`, with the values that it may have, the usual one first.
type Known = (&'static str, &'static [&'static str]);

const KNOWN: &[Known] = &[
    ("accessType", &["TRUSTED", "OPEN", "RESTRICTED"]),
    ("entryPointAccess", &["ALL", "CREATOR_APP_ONLY"]),
    ("moderation", &["OFF", "ON"]),
    ("moderationRestrictions.chatRestriction", &["NO_RESTRICTION", "HOSTS_ONLY"]),
    ("moderationRestrictions.reactionRestriction", &["NO_RESTRICTION", "HOSTS_ONLY"]),
    ("moderationRestrictions.presentRestriction", &["NO_RESTRICTION", "HOSTS_ONLY"]),
    ("moderationRestrictions.defaultJoinAsViewerType", &["OFF", "ON"]),
    ("artifactConfig.recordingConfig.autoRecordingGeneration", &["OFF", "ON"]),
    ("artifactConfig.transcriptionConfig.autoTranscriptionGeneration", &["OFF", "ON"]),
    ("artifactConfig.smartNotesConfig.autoSmartNotesGeneration", &["OFF", "ON"]),
    ("attendanceReportGenerationType", &["DO_NOT_GENERATE", "GENERATE_REPORT"]),
];

/// The settings in a body, by path. What Google gives out and nobody can set is passed over; what it does not know is refused.
pub fn asked(body: &Map<String, Value>) -> Result<BTreeMap<String, String>, ApiError> {
    const OUTPUT: [&str; 6] =
        ["name", "meetingUri", "meetingCode", "activeConference", "phoneAccess", "gatewaySipAccess"];
    if let Some(unknown) = body.keys().find(|key| *key != "config" && !OUTPUT.contains(&key.as_str())) {
        return Err(unknown_name(unknown));
    }
    let mut found = BTreeMap::new();
    match body.get("config") {
        None | Some(Value::Null) => {}
        Some(Value::Object(config)) => collect("", config, &mut found)?,
        Some(_) => return Err(invalid("Invalid value at 'space.config'")),
    }
    Ok(found)
}

fn collect(above: &str, object: &Map<String, Value>, found: &mut BTreeMap<String, String>) -> Result<(), ApiError> {
    for (key, value) in object {
        let path = format!("{above}{key}");
        let known = KNOWN.iter().find(|(known, _)| *known == path);
        let is_group = KNOWN.iter().any(|(known, _)| known.starts_with(&format!("{path}.")));
        match (value, known) {
            (Value::Null, _) if known.is_some() || is_group => {}
            (Value::Object(inner), None) if is_group => collect(&format!("{path}."), inner, found)?,
            (Value::String(text), Some((_, values))) if values.contains(&text.as_str()) => {
                found.insert(path, text.clone());
            }
            (_, Some(_)) => return Err(invalid(format!("Invalid value at 'space.config.{path}'"))),
            _ if is_group => return Err(invalid(format!("Invalid value at 'space.config.{path}'"))),
            _ => return Err(unknown_name(&path)),
        }
    }
    Ok(())
}

fn unknown_name(name: &str) -> ApiError {
    invalid(format!("Invalid JSON payload received. Unknown name \"{name}\" at 'space': Cannot find field."))
}

/// Changes `config` by what was asked: all of it without a mask, else what the mask names, which goes back to the usual
/// value when the body lacks it.
pub fn change(
    config: &mut BTreeMap<String, String>,
    asked: BTreeMap<String, String>,
    mask: Option<&str>,
) -> Result<(), ApiError> {
    let mask: Vec<&str> = mask.unwrap_or_default().split(',').map(str::trim).filter(|path| !path.is_empty()).collect();
    if mask.is_empty() {
        config.extend(asked);
        return Ok(());
    }
    for path in mask {
        let below = match path {
            "config" | "*" => Some(""),
            _ => path.strip_prefix("config."),
        };
        let is_below = |known: &str| match below {
            Some("") => true,
            Some(below) => known == below || known.starts_with(&format!("{below}.")),
            None => false,
        };
        let named: Vec<&str> = KNOWN.iter().map(|(known, _)| *known).filter(|known| is_below(known)).collect();
        if named.is_empty() {
            return Err(invalid(format!("Invalid field path '{path}' in update_mask.")));
        }
        for known in named {
            match asked.get(known) {
                Some(value) => config.insert(known.to_owned(), value.clone()),
                None => config.remove(known),
            };
        }
    }
    Ok(())
}

/// All settings as Google shows them.
pub fn shown(config: &BTreeMap<String, String>) -> Value {
    let mut all = json!({});
    for (path, values) in KNOWN {
        let place = path.split('.').fold(&mut all, |object, key| &mut object[key]);
        *place = json!(config.get(*path).map_or(values[0], String::as_str));
    }
    all
}
