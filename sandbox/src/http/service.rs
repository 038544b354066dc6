use std::collections::BTreeMap;

use super::{Method, exchange::decoded};

/// How a service words its errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorForm {
    /// With `errors[]`: Calendar, Drive, Gmail, Directory.
    Legacy,
    /// As google.rpc.Status: People, Meet.
    Rpc,
}

/// One of Google's APIs.
pub struct Service {
    /// As in `calendar`.
    pub name: &'static str,
    /// Where it is found.
    pub hosts: &'static [&'static str],
    /// Where its batches go.
    pub batch_path: &'static str,
    /// The most calls in one batch.
    pub batch_limit: usize,
    /// How it words its errors.
    pub errors: ErrorForm,
    /// Parameters of the query that are `true` or `false`, where the methods do not look themselves.
    pub flags: &'static [&'static str],
    /// Parameters of the query that are one of some words, likewise.
    pub words: &'static [(&'static str, &'static [&'static str])],
    /// Its methods.
    pub methods: fn() -> &'static [Method],
}

/// The APIs that the sandbox has.
pub fn services() -> &'static [Service] {
    static SERVICES: [Service; 6] = [
        Service {
            name: "calendar",
            hosts: &["www.googleapis.com", "calendar-json.googleapis.com", "calendar.googleapis.com"],
            batch_path: "/batch/calendar/v3",
            batch_limit: 1000,
            errors: ErrorForm::Legacy,
            flags: &["alwaysIncludeEmail"],
            words: &[],
            methods: crate::calendar::methods::all,
        },
        Service {
            name: "people",
            hosts: &["people.googleapis.com", "www.googleapis.com"],
            batch_path: "/batch",
            batch_limit: 1000,
            errors: ErrorForm::Rpc,
            flags: &["requestSyncToken", "deleteContacts"],
            words: &[
                (
                    "sources",
                    &[
                        "READ_SOURCE_TYPE_UNSPECIFIED",
                        "READ_SOURCE_TYPE_PROFILE",
                        "READ_SOURCE_TYPE_CONTACT",
                        "READ_SOURCE_TYPE_DOMAIN_CONTACT",
                        "READ_SOURCE_TYPE_OTHER_CONTACT",
                        "DIRECTORY_SOURCE_TYPE_UNSPECIFIED",
                        "DIRECTORY_SOURCE_TYPE_DOMAIN_CONTACT",
                        "DIRECTORY_SOURCE_TYPE_DOMAIN_PROFILE",
                    ],
                ),
                ("mergeSources", &["DIRECTORY_MERGE_SOURCE_TYPE_UNSPECIFIED", "DIRECTORY_MERGE_SOURCE_TYPE_CONTACT"]),
            ],
            methods: crate::people::methods::all,
        },
        Service {
            name: "drive",
            hosts: &["www.googleapis.com", "drive.googleapis.com"],
            batch_path: "/batch/drive/v3",
            batch_limit: 100,
            errors: ErrorForm::Legacy,
            flags: &[
                "acknowledgeAbuse",
                "copyComments",
                "enforceExpansiveAccess",
                "enforceSingleParent",
                "ignoreDefaultVisibility",
                "includeCorpusRemovals",
                "includeItemsFromAllDrives",
                "includeRemoved",
                "includeTeamDriveItems",
                "keepRevisionForever",
                "moveToNewOwnersRoot",
                "removeExpiration",
                "restrictToMyDrive",
                "sendNotificationEmail",
                "supportsAllDrives",
                "supportsTeamDrives",
                "transferOwnership",
                "useContentAsIndexableText",
                "useDomainAdminAccess",
            ],
            words: &[("corpus", &["domain", "user"])],
            methods: crate::drive::methods::all,
        },
        Service {
            name: "admin",
            hosts: &["admin.googleapis.com", "www.googleapis.com"],
            batch_path: "/batch",
            batch_limit: 1000,
            errors: ErrorForm::Legacy,
            flags: &["includeDerivedMembership"],
            words: &[
                ("event", &["add", "delete", "makeAdmin", "undelete", "update"]),
                ("orderBy", &["email", "familyName", "FAMILY_NAME", "givenName", "GIVEN_NAME"]),
                ("projection", &["basic", "custom", "full"]),
                ("sortOrder", &["ASCENDING", "DESCENDING"]),
                ("viewType", &["admin_view", "domain_public"]),
            ],
            methods: crate::directory::methods::all,
        },
        Service {
            name: "meet",
            hosts: &["meet.googleapis.com"],
            batch_path: "/batch",
            batch_limit: 1000,
            errors: ErrorForm::Rpc,
            flags: &[],
            words: &[],
            methods: crate::meet::methods::all,
        },
        Service {
            name: "gmail",
            hosts: &["gmail.googleapis.com", "www.googleapis.com"],
            batch_path: "/batch",
            batch_limit: 100,
            errors: ErrorForm::Legacy,
            flags: &["deleted", "includeSpamTrash", "neverMarkSpam", "processForCalendar"],
            words: &[],
            methods: crate::gmail::methods::all,
        },
    ];
    &SERVICES
}

/// The first method for a path that `fits`, with the parameters of the path.
pub fn find(
    services: &[&'static Service],
    path: &str,
    fits: impl Fn(&Method) -> bool,
) -> Option<(&'static Service, &'static Method, BTreeMap<String, String>)> {
    services.iter().find_map(|service| {
        (service.methods)().iter().filter(|method| fits(method)).find_map(|method| {
            let params = matched(method.path, path)?;
            Some((*service, method, params))
        })
    })
}

/// The parameters of `path` when it fits `template`. `{+name}` takes all that is left, `{name}:verb` a segment with that end.
fn matched(template: &str, path: &str) -> Option<BTreeMap<String, String>> {
    let (mut params, mut rest) = (Vec::new(), path);
    let mut is_whole = false;
    for (n, wanted) in template.split('/').enumerate() {
        if n > 0 {
            rest = rest.strip_prefix('/')?;
        }
        if let Some(name) = wanted.strip_prefix("{+").and_then(|name| name.strip_suffix('}')) {
            params.push((name, rest));
            is_whole = !rest.is_empty();
            break;
        }
        let (segment, after) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        rest = after;
        is_whole = rest.is_empty();
        match wanted.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
            Some(name) if !segment.is_empty() => params.push((name, segment)),
            None if segment == wanted => {}
            None => {
                let (name, end) = wanted.strip_prefix('{')?.split_once('}')?;
                let value = segment.strip_suffix(end).filter(|value| !value.is_empty())?;
                params.push((name, value));
            }
            Some(_) => return None,
        }
    }
    // Nothing is decoded before it is clear that the path fits: most templates do not.
    is_whole.then(|| params.into_iter().map(|(name, value)| (name.to_owned(), decoded(value))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_fits_whole_segments_and_gives_them_decoded() {
        let fit =
            matched("/calendar/v3/calendars/{calendarId}/events", "/calendar/v3/calendars/a%40b%23c/events").unwrap();
        assert_eq!(fit["calendarId"], "a@b#c");
        assert_eq!(matched("/a/{b}", "/a/"), None);
        assert_eq!(matched("/a/{b}", "/a/c/d"), None);
        assert_eq!(matched("/a/b", "/a/b/"), None);
        assert_eq!(matched("/v1/people/{id}:erase", "/v1/people/c1:erase").unwrap()["id"], "c1");
        assert_eq!(matched("/v1/people/{id}:erase", "/v1/people/:erase"), None);
        assert_eq!(matched("/v1/people/{id}:erase", "/v1/people/c1:keep"), None);
        assert_eq!(matched("/v1/{+name}", "/v1/people/me").unwrap()["name"], "people/me");
    }
}
