//! `acl.*`: who may see and change a calendar.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::{
    access::{self, Access, Role, role_of},
    body, calendar_list, channels, errors,
    pages::{self, Item},
    params,
    tables::{RuleRow, key, prefix},
};
use crate::{
    http::{ApiError, Call, Reply},
    state::{Mail, State},
};

fn rule_id(scope: &str, value: &str) -> String {
    if scope == "default" { scope.to_owned() } else { format!("{scope}:{value}") }
}

fn etag(rule: &RuleRow) -> String {
    format!("\"{}\"", rule.version)
}

fn resource(rule: &RuleRow) -> Value {
    let mut scope = Map::from_iter([("type".to_owned(), json!(rule.scope))]);
    if rule.scope != "default" {
        scope.insert("value".to_owned(), json!(rule.value));
    }
    json!({
        "kind": "calendar#aclRule",
        "etag": etag(rule),
        "id": rule_id(&rule.scope, &rule.value),
        "scope": scope,
        "role": rule.role.word(),
    })
}

/// Sets a rule, and takes the calendar from the lists of those who see it no more.
pub fn put(state: &mut State, calendar: &str, role: Role, scope: &str, value: &str, now: Timestamp) -> RuleRow {
    let version = state.calendar.next_version(now);
    let rule = RuleRow { role, scope: scope.to_owned(), value: value.to_owned(), version };
    state.calendar.rules.put(key(calendar, &rule_id(scope, value)), rule.clone());
    channels::changed(&mut state.calendar, &channels::acl_resource(calendar));
    let lost: Vec<String> = calendar_list::people_with(state, calendar)
        .into_iter()
        .filter(|person| {
            state
                .calendar
                .calendars
                .get(calendar)
                .is_some_and(|row| role_of(state, person, calendar, row) == Role::None)
        })
        .collect();
    calendar_list::lose(state, calendar, Some(&lost), now);
    rule
}

fn open(state: &mut State, call: &Call, least: Role) -> Result<Access, ApiError> {
    access::open_calendar(state, call, least)
}

fn find(state: &State, call: &Call, access: &Access) -> Result<RuleRow, ApiError> {
    let id = call.path("ruleId");
    let found = state.calendar.rules.get(&key(&access.calendar, id)).or_else(|| {
        let id = id.to_ascii_lowercase();
        state.calendar.rules.get(&key(&access.calendar, &id))
    });
    found.cloned().ok_or_else(errors::not_found)
}

/// `GET calendars/{calendarId}/acl/{ruleId}`.
pub fn get(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let access = open(state, call, Role::Owner)?;
    let rule = find(state, call, &access)?;
    if call.header("if-none-match").is_some_and(|tag| tag == etag(&rule)) {
        return Ok(Reply::not_modified(&etag(&rule)));
    }
    Ok(Reply::json(resource(&rule)).with_etag(&etag(&rule)))
}

/// Refuses changes that would take a calendar from its owner.
fn guard(state: &State, call: &Call, access: &Access, rule: &RuleRow) -> Result<(), ApiError> {
    let owner = state.calendar.calendars.get(&access.calendar).map_or("", |row| row.owner.as_str());
    if rule.scope != "user" || rule.role != Role::Owner {
        return Ok(());
    }
    if rule.value.eq_ignore_ascii_case(owner) {
        if owner.eq_ignore_ascii_case(&access.calendar) {
            return Err(errors::forbidden("cannotChangeOwnerAcl", "Cannot change the access of the owner."));
        }
        return Err(errors::forbidden(
            "cannotModifyAclOfCalendarOwner",
            "Cannot modify the access of the calendar's owner.",
        ));
    }
    if rule.value.eq_ignore_ascii_case(&call.account) {
        return Err(errors::forbidden("cannotChangeOwnAcl", "Cannot change your own access level."));
    }
    Ok(())
}

/// Google tells whom a rule is about by mail when they may do more than before, unless the caller says otherwise.
fn tell(state: &mut State, call: &Call, calendar: &str, before: Role, rule: &RuleRow) -> Result<(), ApiError> {
    let wanted = params::flag(call, "sendNotifications")?.unwrap_or(true);
    let has_address = matches!(rule.scope.as_str(), "user" | "group");
    if !wanted || !has_address || rule.role <= before || rule.value.eq_ignore_ascii_case(&call.account) {
        return Ok(());
    }
    let summary = state.calendar.calendars.get(calendar).and_then(|row| row.fields.get("summary"));
    let summary = summary.and_then(Value::as_str).unwrap_or_default().to_owned();
    state.send_mail(Mail {
        to: rule.value.clone(),
        from: call.account.clone(),
        kind: "acl".into(),
        calendar_id: calendar.to_owned(),
        event_id: String::new(),
        ical_uid: String::new(),
        summary,
        at: call.now,
    });
    Ok(())
}

/// `POST calendars/{calendarId}/acl`.
pub fn insert(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let access = open(state, call, Role::Owner)?;
    let body = body::without_nulls(body::read(&call.body, &body::ACL_RULE)?);
    let text = |key: &str| body.get(key).and_then(Value::as_str);
    let role = text("role").and_then(Role::read).ok_or_else(|| errors::required("Missing role."))?;
    let scope = body.get("scope").and_then(|scope| scope.get("type")).and_then(Value::as_str);
    let scope = scope.ok_or_else(|| errors::required("Missing scope type."))?.to_owned();
    let value = body.get("scope").and_then(|scope| scope.get("value")).and_then(Value::as_str).unwrap_or_default();
    let value = if scope == "default" { String::new() } else { value.to_ascii_lowercase() };
    if scope != "default" && value.is_empty() {
        return Err(errors::required("Missing scope value."));
    }
    if matches!(scope.as_str(), "user" | "group") && !value.contains('@') {
        return Err(errors::invalid("Invalid scope value."));
    }
    if scope == "default" && role > Role::Reader {
        return Err(errors::invalid("The public scope cannot have this role."));
    }
    let old = state.calendar.rules.get(&key(&access.calendar, &rule_id(&scope, &value))).cloned();
    if let Some(old) = &old {
        guard(state, call, &access, old)?;
    }
    let rule = put(state, &access.calendar, role, &scope, &value, call.now);
    tell(state, call, &access.calendar, old.map_or(Role::None, |old| old.role), &rule)?;
    Ok(Reply::json(resource(&rule)).with_etag(&etag(&rule)))
}

/// `PATCH calendars/{calendarId}/acl/{ruleId}`.
pub fn patch(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    write(state, call)
}

/// `PUT calendars/{calendarId}/acl/{ruleId}`.
pub fn update(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    write(state, call)
}

fn write(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let access = open(state, call, Role::Owner)?;
    let rule = find(state, call, &access)?;
    if call.header("if-match").is_some_and(|tag| tag != "*" && tag != etag(&rule)) {
        return Err(errors::condition_not_met());
    }
    let body = body::read(&call.body, &body::ACL_RULE)?;
    let role = body.get("role").and_then(Value::as_str).and_then(Role::read).unwrap_or(rule.role);
    guard(state, call, &access, &rule)?;
    let before = rule.role;
    let rule = put(state, &access.calendar, role, &rule.scope, &rule.value, call.now);
    tell(state, call, &access.calendar, before, &rule)?;
    Ok(Reply::json(resource(&rule)).with_etag(&etag(&rule)))
}

/// `DELETE calendars/{calendarId}/acl/{ruleId}`.
pub fn delete(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let access = open(state, call, Role::Owner)?;
    let rule = find(state, call, &access)?;
    if rule.role == Role::None {
        return Err(errors::not_found());
    }
    guard(state, call, &access, &rule)?;
    put(state, &access.calendar, Role::None, &rule.scope, &rule.value, call.now);
    Ok(Reply::empty())
}

/// `GET calendars/{calendarId}/acl`. Deleted rules have the role `none`.
pub fn list(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let access = open(state, call, Role::Owner)?;
    let show_deleted = params::flag(call, "showDeleted")?;
    let list = pages::List {
        kind: "calendar#acl",
        name: format!("acl:{}", access.calendar),
        role: access.role,
        default_size: 100,
        most: 250,
    };
    let prefix = prefix(&access.calendar);
    let items = state
        .calendar
        .rules
        .prefixed(&prefix)
        .map(|(key, rule)| Item {
            id: key[prefix.len()..].to_owned(),
            version: rule.version,
            gone: rule.role == Role::None,
            hidden: false,
            json: resource(rule),
        })
        .collect();
    pages::answer(state, call, &list, items, show_deleted.unwrap_or(false), false)
}
