//! `files.*` but for contents.

use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::{
    access::{self, Role},
    changes, content, errors, export,
    multipart::related,
    query::{self, Order},
    spaces,
    tables::FileRow,
    view::{self, FOLDER, GOOGLE, SHORTCUT},
    write,
};
use crate::{
    http::{ApiError, Call, Reply, Uploaded},
    state::State,
    uploads,
};

/// How many entries a page has.
pub fn page_size(call: &Call, usual: usize, most: usize) -> Result<usize, ApiError> {
    let Some(text) = call.param("pageSize") else { return Ok(usual) };
    text.parse().ok().filter(|size| (1..=most).contains(size)).ok_or_else(|| {
        let message = format!("Invalid value '{text}'. Values must be within the range: [1, {most}]");
        ApiError::new(400, "invalidParameter", message).for_parameter("pageSize")
    })
}

/// `GET files`
pub fn list(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    if let Some(drive) = call.param("driveId") {
        return Err(ApiError::new(404, "notFound", format!("Shared drive not found: {drive}")).for_parameter("driveId"));
    }
    let shared_with = match call.param("corpora").filter(|corpora| !corpora.is_empty()) {
        None | Some("user") => None,
        // The caller sees no shared drives, so that all drives together are the caller's own.
        Some("allDrives") if call.param("includeItemsFromAllDrives") == Some("true") => None,
        Some("domain") => state.user(&call.account).map(|user| user.domain.clone().unwrap_or_default()),
        Some("drive") => return Err(errors::required_parameter("driveId")),
        Some(_) => return Err(errors::invalid("corpora")),
    };
    let spaces = spaces::asked(call)?;
    let size = page_size(call, 100, 1000)?;
    let search = query::parse(call.param("q").unwrap_or_default()).ok_or_else(|| errors::invalid("q"))?;
    let order =
        Order::parse(call.param("orderBy").unwrap_or("modifiedTime desc")).ok_or_else(|| errors::invalid("orderBy"))?;
    let skipped: usize = match call.param("pageToken").filter(|token| !token.is_empty()) {
        Some(token) => {
            token.strip_prefix("~!!~").and_then(|n| n.parse().ok()).ok_or_else(|| errors::invalid("pageToken"))?
        }
        None => 0,
    };
    let open = state.drive.files.iter().filter(|(_, row)| access::in_scope(state, call, row));
    let open = open.filter(|(_, row)| spaces.contains(&spaces::of(state, row)));
    let of_corpora =
        open.filter(|(id, _)| shared_with.as_ref().is_none_or(|domain| access::is_for_domain(state, id, domain)));
    let in_list = of_corpora.filter(|(id, row)| {
        access::role_in(state, &call.account, id, call.now, true).is_some() && search.matches(state, call, id, row)
    });
    let mut found: Vec<(&String, &FileRow)> = in_list.collect();
    found.sort_by(|one, other| order.compare(call, *one, *other));
    let page: Vec<Value> = found.iter().skip(skipped).take(size).map(|(id, row)| seen(state, call, id, row)).collect();
    let mut answer = json!({"kind": "drive#fileList", "incompleteSearch": false, "files": page});
    let shown = skipped.saturating_add(size);
    if found.len() > shown {
        answer["nextPageToken"] = json!(format!("~!!~{shown}"));
    }
    Ok(Reply::json(answer))
}

fn seen(state: &State, call: &Call, id: &str, row: &FileRow) -> Value {
    let role = access::role_in(state, &call.account, id, call.now, false).unwrap_or(Role::Reader);
    view::usual(call, view::file(state, call, id, row, role))
}

fn answer(state: &State, call: &Call, id: &str) -> Result<Reply, ApiError> {
    let row = state.drive.files.get(id).ok_or_else(|| errors::file_not_found(id))?;
    Ok(Reply::json(seen(state, call, id, row)))
}

/// `GET files/{fileId}`, its content with `alt=media`.
pub fn get(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let id = access::named(call, call.path("fileId"));
    if id == access::root(&call.sub) {
        let mut row = write::blank(call, String::new());
        (row.parent, row.name, row.mime_type) = (None, "My Drive".into(), FOLDER.into());
        return Ok(Reply::json(view::usual(call, view::file(state, call, &id, &row, Role::Owner))));
    }
    if call.param("alt") == Some("media") {
        return content::get(state, call);
    }
    access::open(state, call, Role::Reader)?;
    answer(state, call, &id)
}

/// `GET files/generateIds`
pub fn generate_ids(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let count = call.param("count").unwrap_or("10").parse::<usize>().ok().filter(|count| (1..=1000).contains(count));
    let count = count.ok_or_else(|| ApiError::invalid_parameter("count", call.param("count").unwrap_or_default()))?;
    let space = call.param("space").filter(|space| !space.is_empty()).unwrap_or(spaces::DRIVE);
    match space {
        spaces::DRIVE => {}
        spaces::APP_DATA => drop(spaces::open_folder(call)?),
        _ => return Err(errors::invalid("space")),
    }
    let ids: Vec<String> = (0..count).map(|_| write::fresh_id(call)).collect();
    for id in &ids {
        state.drive.ids.put(id.clone(), call.account.clone());
    }
    Ok(Reply::json(json!({"kind": "drive#generatedIds", "space": space, "ids": ids})))
}

/// `POST files`
pub fn create(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let id = make(state, call, &call.object()?, None)?;
    answer(state, call, &id)
}

/// `PATCH files/{fileId}`
pub fn update(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    change(state, call, call.path("fileId"), &call.object()?, None)?;
    answer(state, call, call.path("fileId"))
}

/// `POST` and `PATCH` under `/upload`: content in the ways of `uploadType`.
pub fn upload(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let target = Some(call.path("fileId")).filter(|id| !id.is_empty());
    let kind = call.header("content-type").unwrap_or("application/octet-stream");
    let (body, incoming) = match call.param("uploadType") {
        Some("media") => (Map::new(), Uploaded { kind: kind.to_owned(), content: call.raw.clone() }),
        Some("multipart") => {
            let malformed = || ApiError::new(400, "badContent", "Malformed multipart body.");
            let (metadata, kind, content) = related(kind, &call.raw).ok_or_else(malformed)?;
            (metadata, Uploaded { kind, content })
        }
        Some("resumable") => match &call.uploaded {
            Some(uploaded) => (call.object()?, uploaded.clone()),
            None => {
                if let Some(id) = target {
                    access::open_named(state, call, id, Role::Writer)?;
                }
                return uploads::begin(state, call);
            }
        },
        other => return Err(ApiError::invalid_parameter("uploadType", other.unwrap_or_default())),
    };
    let id = match target {
        Some(id) => {
            change(state, call, id, &body, Some(incoming))?;
            id.to_owned()
        }
        None => make(state, call, &body, Some(incoming))?,
    };
    answer(state, call, &id)
}

/// Makes a file and gives its id.
fn make(
    state: &mut State,
    call: &Call,
    body: &Map<String, Value>,
    incoming: Option<Uploaded>,
) -> Result<String, ApiError> {
    let id = write::id(state, call, body)?;
    let mut row = write::blank(call, write::parent(state, call, body)?);
    write::apply(call, &mut row, body, true)?;
    if row.mime_type == SHORTCUT {
        let target = row.fields["shortcutDetails"]["targetId"].as_str().unwrap_or_default().to_owned();
        let (_, target, _) = access::open_named(state, call, &target, Role::Reader)?;
        row.fields["shortcutDetails"]["targetMimeType"] = json!(target.mime_type);
    }
    let own = row.mime_type.starts_with(GOOGLE);
    let incoming = match incoming {
        Some(incoming) if own && !export::is_convertible(&incoming.kind, &row.mime_type) => {
            return Err(errors::bad_request("The content cannot be converted into the type that was asked for."));
        }
        // A plain file without content is an empty one.
        None if !own => Some(Uploaded { kind: "application/octet-stream".into(), content: Bytes::new() }),
        incoming => incoming,
    };
    if row.mime_type.is_empty() {
        row.mime_type = incoming.as_ref().map_or("application/octet-stream", |incoming| &incoming.kind).to_owned();
    }
    let name = row.name.clone();
    state.drive.files.put(id.clone(), row);
    if let Some(incoming) = incoming {
        content::put(state, call, &id, &name, incoming.content)?;
    }
    touched(state, call, &id, &[], false);
    Ok(id)
}

fn change(
    state: &mut State,
    call: &Call,
    id: &str,
    body: &Map<String, Value>,
    incoming: Option<Uploaded>,
) -> Result<(), ApiError> {
    if body.contains_key("parents") {
        let message = "The parents field is not directly writable in update requests. Use the addParents and removeParents \
                       parameters instead.";
        return Err(ApiError::new(403, "fieldNotWritable", message));
    }
    let only_star = incoming.is_none() && body.keys().all(|key| key == "starred") && call.param("addParents").is_none();
    let (id, mut row, role) = access::open_named(state, call, id, if only_star { Role::Reader } else { Role::Writer })?;
    if !call
        .scopes
        .iter()
        .any(|scope| ["drive", "drive.file", "drive.appdata"].iter().any(|name| scope.ends_with(&format!("/{name}"))))
        && incoming.is_some()
    {
        return Err(errors::may_not(&id));
    }
    let seen = changes::who_sees(state, &id, call.now);
    if !only_star {
        (row.modified, row.modifier) = (call.now, call.account.clone());
    }
    write::apply(call, &mut row, body, false)?;
    moved(state, call, &id, &mut row)?;
    if let Some(trashed) = body.get("trashed").and_then(Value::as_bool) {
        spaces::refuse_app_data(state, &row)?;
        if role != Role::Owner {
            return Err(errors::may_not(&id));
        }
        row.trashed = trashed.then(|| row.trashed.unwrap_or(call.now));
    }
    if let Some(incoming) = incoming {
        if !row.mime_type.starts_with(GOOGLE) && !body.contains_key("mimeType") {
            row.mime_type.clone_from(&incoming.kind);
        }
        let name = row.name.clone();
        state.drive.files.put(id.clone(), row);
        content::put(state, call, &id, &name, incoming.content)?;
    } else {
        state.drive.files.put(id.clone(), row);
    }
    let deep = body.contains_key("trashed") || call.param("addParents").is_some();
    touched(state, call, &id, &seen, deep);
    Ok(())
}

/// `addParents` and `removeParents`. A file lies in one folder: to add one is to move.
fn moved(state: &State, call: &Call, id: &str, row: &mut FileRow) -> Result<(), ApiError> {
    let list =
        |name: &str| call.param(name).filter(|list| !list.is_empty()).map(|list| list.split(',').collect::<Vec<_>>());
    match list("addParents").as_deref() {
        None => {}
        Some([one]) => {
            let folder = write::folder(state, call, one)?;
            let mut there = row.clone();
            there.parent = Some(folder.clone());
            if spaces::of(state, &there) != spaces::of(state, row) {
                let message = "The specified parent cannot be added: a file stays in its space.";
                return Err(ApiError::new(403, "invalidParentSpace", message).for_parameter("addParents"));
            }
            if folder == id || access::chain(state, &folder).iter().any(|(above, _)| above == id) {
                let message = "A folder cannot be moved into itself.";
                return Err(ApiError::new(403, "cyclicParent", message).for_parameter("addParents"));
            }
            row.parent = Some(folder);
        }
        Some(_) => return Err(errors::bad_request("A file must have exactly one parent.").for_parameter("addParents")),
    }
    if list("removeParents").is_some() && list("addParents").is_none() {
        return Err(errors::bad_request("A file must have exactly one parent.").for_parameter("removeParents"));
    }
    Ok(())
}

/// Counts the change and tells everybody who sees the file or saw it; of a folder (`with_content`) also what is in it.
pub fn touched(state: &mut State, call: &Call, id: &str, seen_before: &[String], with_content: bool) {
    state.drive.files.update(id, |row| row.version += 1);
    changes::note(state, id, seen_before, call.now);
    if with_content {
        for inner in access::below(state, id) {
            changes::note(state, &inner, seen_before, call.now);
        }
    }
}

/// `POST files/{fileId}/copy`
pub fn copy(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let (source, row, _) = access::open(state, call, Role::Reader)?;
    if row.mime_type == FOLDER {
        let message = "This file cannot be copied by the user.";
        return Err(ApiError::new(403, "cannotCopyFile", message));
    }
    let mut body = call.object()?;
    body.entry("name").or_insert_with(|| json!(format!("Copy of {}", row.name)));
    body.entry("mimeType").or_insert_with(|| json!(row.mime_type));
    for name in ["description", "properties", "shortcutDetails"] {
        if let Some(value) = row.fields.get(name) {
            body.entry(name).or_insert_with(|| value.clone());
        }
    }
    if let Some(parent) = row.parent.as_ref().filter(|parent| write::folder(state, call, parent).is_ok()) {
        body.entry("parents").or_insert_with(|| json!([parent]));
    }
    let id = make(state, call, &body, None)?;
    if row.content.is_some() {
        let content = state.drive.contents.get(&source).map(|blob| blob.0.clone()).unwrap_or_default();
        let name = body["name"].as_str().unwrap_or(&row.name).to_owned();
        content::put(state, call, &id, &name, content)?;
    }
    answer(state, call, &id)
}

/// `DELETE files/{fileId}`
pub fn delete(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let (id, row, _) = access::open(state, call, Role::Owner)?;
    delete_whole(state, call, &id, &row.owner);
    Ok(Reply::empty())
}

/// Deletes a file, and of a folder what its owner has in it; what others have there goes to their own top folders.
fn delete_whole(state: &mut State, call: &Call, id: &str, owner: &str) {
    for inner in access::below(state, id) {
        let Some(row) = state.drive.files.get(&inner).cloned() else { continue };
        if row.owner == owner {
            content::remove(state, call, &inner);
        } else if let Some(sub) = state.user(&row.owner).map(|user| user.sub.clone()) {
            state.drive.files.update(&inner, |row| row.parent = Some(access::root(&sub)));
        }
    }
    content::remove(state, call, id);
}

/// `DELETE files/trash`
pub fn empty_trash(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let own = state.drive.files.iter().filter(|(_, row)| row.owner == call.account && row.trashed.is_some());
    let gone: Vec<String> = own.map(|(id, _)| id.clone()).collect();
    for id in gone {
        delete_whole(state, call, &id, &call.account);
    }
    Ok(Reply::empty())
}
