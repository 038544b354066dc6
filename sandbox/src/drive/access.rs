//! Who may do what with a file. A permission on a folder holds for all that is in it.

use serde::{Deserialize, Serialize};

use super::{
    errors, spaces,
    tables::{FileRow, PermissionRow},
};
use crate::{
    http::{ApiError, Call},
    state::State,
};

/// What somebody may do with a file; each role may do what those before it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Role {
    /// To read.
    Reader,
    /// To comment.
    Commenter,
    /// To change.
    Writer,
    /// Everything.
    Owner,
}

impl Role {
    /// As the API spells it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Reader => "reader",
            Self::Commenter => "commenter",
            Self::Writer => "writer",
            Self::Owner => "owner",
        }
    }

    /// The role of that name.
    pub fn read(word: &str) -> Option<Self> {
        [Self::Reader, Self::Commenter, Self::Writer, Self::Owner].into_iter().find(|role| role.word() == word)
    }
}

/// The folders above one another are at most so many.
pub const DEEPEST: usize = 100;

/// The file and the folders above it, from itself upwards.
pub fn chain<'a>(state: &'a State, id: &str) -> Vec<(String, &'a FileRow)> {
    let (mut rows, mut next) = (Vec::new(), Some(id.to_owned()));
    while let Some(id) = next.take() {
        if let Some(row) = state.drive.files.get(&id)
            && rows.len() < DEEPEST
        {
            next.clone_from(&row.parent);
            rows.push((id, row));
        }
    }
    rows
}

fn holds(state: &State, permission: &PermissionRow, account: &str, searching: bool) -> bool {
    match permission.grantee.as_str() {
        "user" => {
            permission.value == account || state.user(&permission.value).is_some_and(|user| user.email == account)
        }
        "group" => state.is_member(&permission.value, account),
        "domain" => {
            let domain = state.user(account).and_then(|user| user.domain.as_deref());
            domain == Some(&permission.value) && (permission.discoverable || !searching)
        }
        _ => permission.discoverable || !searching,
    }
}

/// What the account may do with the file. With `searching` only what brings the file into the account's lists counts:
/// a link that everybody may follow does not.
pub fn role_in(state: &State, account: &str, id: &str, now: jiff::Timestamp, searching: bool) -> Option<Role> {
    let chain = chain(state, id);
    let own = chain.first().is_some_and(|(_, row)| row.owner == account).then_some(Role::Owner);
    let above = chain.iter().skip(1).filter(|(_, row)| row.owner == account).map(|_| Role::Writer);
    let granted = chain.iter().flat_map(|(_, row)| row.permissions.values()).filter(|permission| {
        permission.expires.is_none_or(|at| now < at) && holds(state, permission, account, searching)
    });
    own.into_iter().chain(above).chain(granted.map(|permission| permission.role)).max()
}

/// Whether everybody of the domain finds the file by searching, as it or a folder above it is shared with the domain.
pub fn is_for_domain(state: &State, id: &str, domain: &str) -> bool {
    let chain = chain(state, id);
    let mut granted = chain.iter().flat_map(|(_, row)| row.permissions.values());
    granted.any(|permission| permission.grantee == "domain" && permission.value == domain && permission.discoverable)
}

/// Whether the token opens only the files that its own client made.
fn own_files_only(call: &Call) -> bool {
    const ALL: [&str; 5] =
        ["drive", "drive.readonly", "drive.metadata", "drive.metadata.readonly", "drive.meet.readonly"];
    !ALL.iter().any(|scope| call.scopes.contains(&format!("https://www.googleapis.com/auth/{scope}")))
}

/// Whether the token opens the file at all.
pub fn in_scope(state: &State, call: &Call, row: &FileRow) -> bool {
    match spaces::app_folder(state, row) {
        Some(folder) => spaces::is_open(call, spaces::APP_DATA) && folder == spaces::folder(call),
        None => spaces::is_open(call, spaces::DRIVE) && (!own_files_only(call) || row.client == call.client_id),
    }
}

/// The id of the account's top folder.
pub fn root(sub: &str) -> String {
    format!("0A{sub}Uk9PVA")
}

/// The id that a parameter means: `root` is the caller's own top folder, `appDataFolder` that of the caller's app.
pub fn named(call: &Call, id: &str) -> String {
    match id {
        "root" => root(&call.sub),
        spaces::APP_DATA => spaces::folder(call),
        id => id.to_owned(),
    }
}

/// A file that the caller may see, its id and what the caller may do with it.
pub fn open(state: &State, call: &Call, least: Role) -> Result<(String, FileRow, Role), ApiError> {
    open_named(state, call, call.path("fileId"), least)
}

/// The same for a file that something else than the path names.
pub fn open_named(state: &State, call: &Call, id: &str, least: Role) -> Result<(String, FileRow, Role), ApiError> {
    let found = state.drive.files.get(id).filter(|row| in_scope(state, call, row));
    let role = role_in(state, &call.account, id, call.now, false);
    match (found, role) {
        (Some(row), Some(role)) if role >= least => Ok((id.to_owned(), row.clone(), role)),
        (Some(_), Some(_)) => Err(errors::may_not(id)),
        _ => Err(errors::file_not_found(id)),
    }
}

/// Whether it lies in the trash, itself or with a folder above it.
pub fn is_trashed(state: &State, id: &str) -> bool {
    chain(state, id).iter().any(|(_, row)| row.trashed.is_some())
}

/// All that lies in a folder, in its folders too.
pub fn below(state: &State, id: &str) -> Vec<String> {
    let mut found: Vec<String> = vec![id.to_owned()];
    let mut at = 0;
    while at < found.len() {
        let parent = found[at].clone();
        let children = state.drive.files.iter().filter(|(_, row)| row.parent.as_ref() == Some(&parent));
        let fresh: Vec<String> = children.map(|(id, _)| id.clone()).filter(|id| !found.contains(id)).collect();
        found.extend(fresh);
        at += 1;
    }
    found.remove(0);
    found
}

/// Whether the caller may say who else sees the file.
pub fn may_share(row: &FileRow, role: Role) -> bool {
    let writers = row.fields.get("writersCanShare").and_then(serde_json::Value::as_bool).unwrap_or(true);
    role == Role::Owner || (role == Role::Writer && writers)
}
