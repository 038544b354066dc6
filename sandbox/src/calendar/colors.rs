//! `colors.get`: the two palettes, which never change.

use serde_json::{Map, Value, json};

use crate::{
    http::{ApiError, Call, Reply},
    state::State,
};

const CALENDAR: [&str; 24] = [
    "#ac725e", "#d06b64", "#f83a22", "#fa573c", "#ff7537", "#ffad46", "#42d692", "#16a765", "#7bd148", "#b3dc6c",
    "#fbe983", "#fad165", "#92e1c0", "#9fe1e7", "#9fc6e7", "#4986e7", "#9a9cff", "#b99aff", "#c2c2c2", "#cabdbf",
    "#cca6ac", "#f691b2", "#cd74e6", "#a47ae2",
];
const EVENT: [&str; 11] = [
    "#a4bdfc", "#7ae7bf", "#dbadff", "#ff887c", "#fbd75b", "#ffb878", "#46d6db", "#e1e1e1", "#5484ed", "#51b749",
    "#dc2127",
];

fn palette(backgrounds: &[&str]) -> Value {
    let colors = backgrounds.iter().enumerate().map(|(index, background)| {
        ((index + 1).to_string(), json!({ "background": background, "foreground": "#1d1d1d" }))
    });
    Value::Object(Map::from_iter(colors))
}

fn all() -> Value {
    json!({
        "kind": "calendar#colors",
        "updated": "2012-02-14T00:00:00.000Z",
        "calendar": palette(&CALENDAR),
        "event": palette(&EVENT),
    })
}

/// The background that belongs to a calendar's `colorId`.
pub fn calendar_background(color_id: &str) -> Option<&'static str> {
    let index = color_id.parse::<usize>().ok()?.checked_sub(1)?;
    CALENDAR.get(index).copied()
}

/// Whether an event may carry this `colorId`.
pub fn is_event_color(color_id: &str) -> bool {
    color_id.parse::<usize>().is_ok_and(|id| (1..=EVENT.len()).contains(&id))
}

/// `GET colors`.
pub fn get(_: &mut State, _: &Call) -> Result<Reply, ApiError> {
    Ok(Reply::json(all()))
}
