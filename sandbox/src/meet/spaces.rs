//! `spaces.*`

use portico_world::Rng;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{MeetTables, SpaceRow, config, denied, invalid, methods, records};
use crate::{
    http::{ApiError, Call, Reply},
    state::State,
};

const LETTERS: &[u8] = b"abcdefghijklmnopqrstuvwxyz";
const SIGNS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// A word of that many of these signs.
pub fn word(rng: &dyn Rng, signs: &[u8], length: usize) -> String {
    (0..length).map(|_| char::from(signs[usize::try_from(rng.below(signs.len() as u64)).unwrap_or(0)])).collect()
}

/// A new id that no space and no conference has.
pub fn new_id(rng: &dyn Rng) -> String {
    word(rng, SIGNS, 12)
}

/// The space of a Meet that Calendar made: `host` is its owner.
pub fn of_calendar(state: &mut State, code: &str, host: &str) {
    let digest = Sha256::digest(format!("space {code}"));
    let id: String = digest.iter().take(12).map(|byte| char::from(SIGNS[usize::from(*byte) % SIGNS.len()])).collect();
    let space = SpaceRow { code: code.to_owned(), owner: host.to_owned(), ..SpaceRow::default() };
    state.meet.spaces.put(id, space);
}

fn resource(id: &str, space: &SpaceRow) -> Value {
    let mut shown = json!({
        "name": format!("spaces/{id}"),
        "meetingUri": format!("https://meet.google.com/{}", space.code),
        "meetingCode": space.code,
        "config": config::shown(&space.config),
    });
    if let Some(record) = &space.active {
        shown["activeConference"] = json!({"conferenceRecord": record});
    }
    shown
}

/// Whether the caller may see that space, by one of these scopes or as the program that made it.
pub fn is_visible(call: &Call, space: &SpaceRow, scopes: &[&str]) -> bool {
    let by_scope = scopes.iter().any(|scope| call.scopes.contains(*scope));
    let own = call.scopes.contains(methods::CREATED) && space.project == call.project;
    space.owner == call.account && (by_scope || own)
}

/// The space of that id alone, if the caller may change it by one of these scopes or as the program that made it.
pub fn changeable(tables: &MeetTables, call: &Call, scopes: &[&str]) -> Result<(String, SpaceRow), ApiError> {
    let id = call.path("space");
    let space = tables.spaces.get(id).filter(|space| is_visible(call, space, scopes));
    space.map(|space| (id.to_owned(), space.clone())).ok_or_else(|| denied("Space"))
}

/// `POST /v2/spaces`
pub fn create(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let mut space = SpaceRow { owner: call.account.clone(), project: call.project.clone(), ..SpaceRow::default() };
    config::change(&mut space.config, config::asked(&call.object()?)?, None)?;
    let code = word(&*call.rng, LETTERS, 10);
    space.code = format!("{}-{}-{}", &code[..3], &code[3..7], &code[7..]);
    let id = new_id(&*call.rng);
    let shown = resource(&id, &space);
    state.meet.spaces.put(id, space);
    Ok(Reply::json(shown))
}

/// `GET /v2/spaces/{id or meeting code}`
pub fn get(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    // A Meet that an event waits for is made when anybody looks.
    crate::calendar::settle(state, call.now);
    let found = state.meet.space(call.path("space"));
    let found = found.filter(|(_, space)| is_visible(call, space, &[methods::READONLY, methods::SETTINGS]));
    found.map(|(id, space)| Reply::json(resource(id, space))).ok_or_else(|| denied("Space"))
}

/// `PATCH /v2/spaces/{id}`
pub fn patch(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let (id, mut space) = changeable(&state.meet, call, &[methods::SETTINGS])?;
    config::change(&mut space.config, config::asked(&call.object()?)?, call.param("updateMask"))?;
    let shown = resource(&id, &space);
    state.meet.spaces.put(id, space);
    Ok(Reply::json(shown))
}

/// `POST /v2/spaces/{id}:endActiveConference`
pub fn end_active_conference(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let (id, mut space) = changeable(&state.meet, call, &[])?;
    let Some(record) = space.active.take() else {
        let message = "There is no active conference for the given space.";
        return Err(invalid(message).with_rpc_status("FAILED_PRECONDITION"));
    };
    records::end(state, &record, call.now);
    state.meet.spaces.put(id, space);
    Ok(Reply::json(json!({})))
}
