//! `settings.sendAs.*` and the answer while away.

use serde_json::{Map, Value, json};

use super::{access, errors};
use crate::{
    http::{ApiError, Call, Reply},
    state::{Mail, State},
};

/// What may be written of an address to send as.
const WRITABLE: [&str; 6] = ["displayName", "replyToAddress", "signature", "isDefault", "treatAsAlias", "smtpMsa"];

/// Only a service account that acts for the person may let others in.
fn delegated(call: &Call) -> Result<(), ApiError> {
    match call.service_account {
        Some(_) => Ok(()),
        None => {
            let message = "Access restricted to service accounts that have been delegated domain-wide authority";
            Err(errors::forbidden(message))
        }
    }
}

/// Every address with its settings, the account's own first.
fn all(state: &mut State, call: &Call) -> Result<Vec<Map<String, Value>>, ApiError> {
    let mailbox = access::open(state, call)?;
    let own = mailbox.send_as.get(&call.account).cloned().unwrap_or_else(|| {
        let fresh = json!({
            "sendAsEmail": call.account, "displayName": "", "replyToAddress": "", "signature": "",
            "isPrimary": true, "isDefault": true,
        });
        fresh.as_object().cloned().unwrap_or_default()
    });
    let others = mailbox.send_as.into_iter().filter(|(address, _)| *address != call.account).map(|(_, row)| row);
    Ok(std::iter::once(own).chain(others).collect())
}

fn named(state: &mut State, call: &Call) -> Result<Map<String, Value>, ApiError> {
    let wanted = call.path("sendAsEmail").to_lowercase();
    all(state, call)?.into_iter().find(|row| row["sendAsEmail"] == json!(wanted)).ok_or_else(errors::not_found)
}

/// The row as Google shows it: the password of a mail server is not given back.
fn shown(mut row: Map<String, Value>) -> Reply {
    if let Some(server) = row.get_mut("smtpMsa").and_then(Value::as_object_mut) {
        server.remove("username");
        server.remove("password");
    }
    Reply::json(row)
}

/// `GET settings/sendAs`
pub fn list(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let rows = all(state, call)?;
    Ok(Reply::json(json!({"sendAs": rows.into_iter().map(|row| shown(row).json).collect::<Vec<_>>()})))
}

/// `GET settings/sendAs/{sendAsEmail}`
pub fn get(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    named(state, call).map(shown)
}

fn write(state: &mut State, call: &Call, mut row: Map<String, Value>) -> Result<Reply, ApiError> {
    let body = call.object()?;
    for name in WRITABLE {
        match body.get(name) {
            None => {}
            Some(Value::Null) if name == "smtpMsa" => drop(row.remove(name)),
            Some(Value::Null) => drop(row.insert(name.to_owned(), json!(""))),
            Some(value) => drop(row.insert(name.to_owned(), value.clone())),
        }
    }
    let address = row["sendAsEmail"].as_str().unwrap_or_default().to_owned();
    if body.get("isDefault") == Some(&json!(true)) {
        for mut other in all(state, call)? {
            let name = other["sendAsEmail"].as_str().unwrap_or_default().to_owned();
            other.remove("isDefault");
            state.gmail.mailboxes.update(&call.account, |mailbox| mailbox.send_as.insert(name, other));
        }
    }
    state.gmail.mailboxes.update(&call.account, |mailbox| mailbox.send_as.insert(address, row.clone()));
    Ok(shown(row))
}

/// `POST settings/sendAs`
pub fn create(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let rows = all(state, call)?;
    delegated(call)?;
    let address = call.body["sendAsEmail"].as_str().unwrap_or_default().to_lowercase();
    if !address.contains('@') {
        return Err(errors::invalid("Invalid sendAsEmail"));
    }
    if rows.iter().any(|row| row["sendAsEmail"] == json!(address)) {
        return Err(errors::exists("Send-as alias already exists"));
    }
    let domain = |text: &str| text.rsplit_once('@').map(|(_, domain)| domain.to_owned());
    let status = if domain(&address) == domain(&call.account) { "accepted" } else { "pending" };
    let fresh = json!({
        "sendAsEmail": address, "displayName": "", "replyToAddress": "", "signature": "", "treatAsAlias": true,
        "verificationStatus": status,
    });
    write(state, call, fresh.as_object().cloned().unwrap_or_default())
}

/// `PATCH settings/sendAs/{sendAsEmail}`
pub fn patch(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let row = named(state, call)?;
    if call.body.get("isDefault") == Some(&json!(false)) {
        return Err(errors::invalid("Cannot set isDefault to false"));
    }
    write(state, call, row)
}

/// `PUT settings/sendAs/{sendAsEmail}`
pub fn update(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let mut row = named(state, call)?;
    for name in ["displayName", "replyToAddress", "signature"] {
        row.insert(name.to_owned(), json!(""));
    }
    write(state, call, row)
}

/// `DELETE settings/sendAs/{sendAsEmail}`
pub fn delete(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let row = named(state, call)?;
    delegated(call)?;
    if row.get("isPrimary") == Some(&json!(true)) {
        return Err(errors::invalid("The primary address cannot be deleted"));
    }
    let address = call.path("sendAsEmail").to_lowercase();
    state.gmail.mailboxes.update(&call.account, |mailbox| mailbox.send_as.remove(&address));
    Ok(Reply::empty())
}

/// `POST settings/sendAs/{sendAsEmail}/verify`: asks whoever has the address whether it is the account's.
pub fn verify(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let row = named(state, call)?;
    delegated(call)?;
    if row.get("verificationStatus") != Some(&json!("pending")) {
        return Err(errors::precondition());
    }
    state.send_mail(Mail {
        to: call.path("sendAsEmail").to_lowercase(),
        from: call.account.clone(),
        kind: "verification".into(),
        calendar_id: String::new(),
        event_id: String::new(),
        ical_uid: String::new(),
        summary: "Gmail Confirmation - Send Mail as".into(),
        at: call.now,
    });
    Ok(Reply::empty())
}

/// `GET settings/vacation`
pub fn vacation(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    let mailbox = access::open(state, call)?;
    Ok(Reply::json(mailbox.vacation.map_or_else(|| json!({"enableAutoReply": false}), Value::Object)))
}

/// `PUT settings/vacation`
pub fn set_vacation(state: &mut State, call: &Call) -> Result<Reply, ApiError> {
    const TEXTS: [&str; 5] = ["responseSubject", "responseBodyPlainText", "responseBodyHtml", "startTime", "endTime"];
    const FLAGS: [&str; 3] = ["enableAutoReply", "restrictToContacts", "restrictToDomain"];
    access::open(state, call)?;
    let body = call.object()?;
    let kept = body.into_iter().filter(|(name, value)| {
        (TEXTS.contains(&name.as_str()) && value.is_string()) || (FLAGS.contains(&name.as_str()) && value.is_boolean())
    });
    let mut row: Map<String, Value> = kept.collect();
    row.entry("enableAutoReply").or_insert(json!(false));
    let is_empty = |name: &str| row.get(name).and_then(Value::as_str).is_none_or(str::is_empty);
    if row["enableAutoReply"] == json!(true) && TEXTS[..3].iter().all(|name| is_empty(name)) {
        return Err(errors::invalid("Subject and body are both empty"));
    }
    state.gmail.mailboxes.update(&call.account, |mailbox| mailbox.vacation = Some(row.clone()));
    Ok(Reply::json(row))
}
