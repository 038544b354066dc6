//! How a file looks to somebody.

use serde_json::{Map, Value, json};

use super::{
    access::{self, Role, may_share},
    export, spaces,
    tables::{FileRow, PermissionRow},
};
use crate::{http::Call, oauth::userinfo, state::State};

/// The type of a folder.
pub const FOLDER: &str = "application/vnd.google-apps.folder";
/// The type of a shortcut.
pub const SHORTCUT: &str = "application/vnd.google-apps.shortcut";
/// What the types of Google's own documents begin with.
pub const GOOGLE: &str = "application/vnd.google-apps.";

/// A person as Drive shows them.
pub fn person(state: &State, account: &str, address: &str) -> Value {
    let mut shown = json!({
        "kind": "drive#user",
        "displayName": address.split('@').next().unwrap_or_default(),
        "me": address == account,
        "permissionId": permission_id(state, "user", address),
        "emailAddress": address,
    });
    if let Some(user) = state.user(address) {
        shown["displayName"] = json!(user.name);
        shown["photoLink"] = json!(userinfo::picture(user));
    }
    shown
}

/// The id of everybody's permission: the same on all files.
pub fn permission_id(state: &State, grantee: &str, value: &str) -> String {
    let digits = |text: &str| {
        let hash = text
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3));
        format!("{hash:020}")
    };
    match grantee {
        "anyone" => "anyoneWithLink".to_owned(),
        "domain" => format!("{}k", digits(value)),
        _ => state.user(value).map_or_else(|| digits(value), |user| user.sub.clone()),
    }
}

/// A permission.
pub fn permission(state: &State, id: &str, row: &PermissionRow) -> Value {
    let mut shown = json!({"kind": "drive#permission", "id": id, "type": row.grantee, "role": row.role.word()});
    match row.grantee.as_str() {
        "anyone" => shown["allowFileDiscovery"] = json!(row.discoverable),
        "domain" => {
            shown["allowFileDiscovery"] = json!(row.discoverable);
            shown["domain"] = json!(row.value);
            shown["displayName"] = json!(row.value);
        }
        _ => {
            let user = state.user(&row.value);
            shown["emailAddress"] = json!(row.value);
            shown["displayName"] = json!(user.map_or(row.value.as_str(), |user| user.name.as_str()));
            shown["deleted"] = json!(false);
            shown["pendingOwner"] = json!(false);
            if let Some(user) = user {
                shown["photoLink"] = json!(userinfo::picture(user));
            }
        }
    }
    if let Some(at) = row.expires {
        shown["expirationTime"] = json!(time(at));
    }
    shown
}

/// The permissions of a file itself, its owner's first.
pub fn permissions(state: &State, row: &FileRow) -> Vec<(String, PermissionRow)> {
    let owner = PermissionRow {
        grantee: "user".into(),
        value: row.owner.clone(),
        role: Role::Owner,
        discoverable: false,
        expires: None,
    };
    let others = row.permissions.iter().map(|(id, row)| (id.clone(), row.clone()));
    std::iter::once((permission_id(state, "user", &row.owner), owner)).chain(others).collect()
}

/// An instant with thousandths.
pub fn time(at: jiff::Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

/// All that the caller may know of a file.
pub fn file(state: &State, call: &Call, id: &str, row: &FileRow, role: Role) -> Value {
    let trashed = access::is_trashed(state, id);
    let permissions = permissions(state, row);
    let mut shown = json!({
        "kind": "drive#file",
        "id": id,
        "name": row.name,
        "mimeType": row.mime_type,
        "starred": row.starred.contains(&call.account),
        "trashed": trashed,
        "explicitlyTrashed": row.trashed.is_some(),
        "spaces": [spaces::of(state, row)],
        "version": row.version.to_string(),
        "createdTime": time(row.created),
        "modifiedTime": time(row.modified),
        "modifiedByMe": row.modifier == call.account,
        "owners": [person(state, &call.account, &row.owner)],
        "lastModifyingUser": person(state, &call.account, &row.modifier),
        "ownedByMe": row.owner == call.account,
        "shared": permissions.len() > 1,
        "viewedByMe": row.modifier == call.account,
        "viewersCanCopyContent": true,
        "copyRequiresWriterPermission": false,
        "writersCanShare": true,
        "isAppAuthorized": row.client == call.client_id,
        "hasThumbnail": false,
        "thumbnailVersion": "0",
        "quotaBytesUsed": row.content.as_ref().map_or(0, |content| content.size).to_string(),
        "capabilities": capabilities(row, role, trashed),
        "iconLink": format!("https://drive-thirdparty.googleusercontent.com/16/type/{}", row.mime_type),
        "webViewLink": if row.mime_type == FOLDER {
            format!("https://drive.google.com/drive/folders/{id}")
        } else {
            format!("https://drive.google.com/file/d/{id}/view?usp=drivesdk")
        },
    });
    let parent = row.parent.as_ref().filter(|parent| {
        [access::root(&call.sub), spaces::folder(call)].contains(parent)
            || access::role_in(state, &call.account, parent, call.now, false).is_some()
    });
    if let Some(parent) = parent {
        shown["parents"] = json!([parent]);
    }
    if let Some(at) = row.trashed {
        shown["trashedTime"] = json!(time(at));
    }
    if may_share(row, role) {
        shown["permissionIds"] = permissions.iter().map(|(id, _)| json!(id)).collect();
        shown["permissions"] = permissions.iter().map(|(id, row)| permission(state, id, row)).collect();
    }
    if let Some(content) = row.content.as_ref().filter(|_| !row.mime_type.starts_with(GOOGLE)) {
        let extension = row.name.rsplit_once('.').map_or("", |(_, extension)| extension);
        shown["size"] = json!(content.size.to_string());
        shown["md5Checksum"] = json!(content.md5);
        shown["sha1Checksum"] = json!(content.sha1);
        shown["sha256Checksum"] = json!(content.sha256);
        shown["headRevisionId"] = json!(content.revision);
        shown["originalFilename"] = json!(content.original_name);
        shown["fileExtension"] = json!(extension);
        shown["fullFileExtension"] = json!(extension);
        shown["webContentLink"] = json!(format!("https://drive.google.com/uc?id={id}&export=download"));
    }
    let forms = export::formats(&row.mime_type);
    if !forms.is_empty() {
        let link = |form: &str| json!(format!("https://www.googleapis.com/drive/v3/files/{id}/export?mimeType={form}"));
        shown["exportLinks"] = forms.iter().map(|form| ((*form).to_owned(), link(form))).collect::<Map<_, _>>().into();
    }
    for (name, value) in &row.fields {
        match name.strip_prefix(APP_PROPERTIES) {
            Some(client) if client == call.client_id => shown["appProperties"] = value.clone(),
            Some(_) => {}
            None => shown[name] = value.clone(),
        }
    }
    shown
}

/// Under this and the id of an OAuth client lie the keys that only that client sees.
pub const APP_PROPERTIES: &str = "appProperties/";

fn capabilities(row: &FileRow, role: Role, trashed: bool) -> Value {
    let (owner, writer, folder) = (role == Role::Owner, role >= Role::Writer, row.mime_type == FOLDER);
    json!({
        "canEdit": writer && !trashed,
        "canComment": role >= Role::Commenter,
        "canCopy": !folder,
        "canShare": may_share(row, role),
        "canDelete": owner,
        "canTrash": owner,
        "canUntrash": owner,
        "canRename": writer,
        "canDownload": !folder,
        "canListChildren": folder,
        "canAddChildren": folder && writer,
        "canRemoveChildren": folder && writer,
        "canModifyContent": writer,
        "canReadRevisions": writer && !folder,
    })
}

/// What is answered when nobody says which fields: of a file four.
pub fn usual(call: &Call, whole: Value) -> Value {
    if call.param("fields").is_some() { whole } else { only(whole, &["kind", "id", "name", "mimeType"]) }
}

/// The object with these fields alone.
pub fn only(whole: Value, fields: &[&str]) -> Value {
    match whole {
        Value::Object(object) => {
            object.into_iter().filter(|(key, _)| fields.contains(&key.as_str())).collect::<Map<_, _>>().into()
        }
        other => other,
    }
}
