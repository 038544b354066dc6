//! People of the company: the directory that everybody searches, and the list that administrators keep.

use std::collections::{HashMap, HashSet};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};

use portico_google::ScopeSet;
use portico_kernel::{ConnectionId, EmployeeId, RoleId, Timestamp};
use portico_store::{
    Company, ConflictPolicy, Connection, Department, Employee, EmployeeCursor, GuardLimits, JournalRow, Role, TenantTx,
};

use crate::{Administrator, App, Caller, Error, Feature, FieldError};

/// An employee as colleagues see one.
#[derive(Clone, Debug, PartialEq)]
pub struct Colleague {
    /// The person.
    pub employee: Employee,
    /// Whether the person's Google Calendar is connected.
    pub google_calendar_connected: bool,
    /// When one of the person's calendars was last in step.
    pub last_google_sync: Option<Timestamp>,
}

/// An employee as administrators see one.
#[derive(Clone, Debug, PartialEq)]
pub struct EmployeeView {
    /// The person and the state of Google.
    pub colleague: Colleague,
    /// The person's roles.
    pub roles: Vec<Role>,
}

/// The connections of these people that work with Google Calendar, and whose each is.
pub(crate) async fn calendar_connections(
    tx: &mut TenantTx,
    employees: &[EmployeeId],
) -> Result<HashMap<ConnectionId, EmployeeId>, Error> {
    let works = |connection: &Connection| {
        matches!(connection.state.as_str(), "authorized" | "paused")
            && Feature::Calendar.granted_by(&ScopeSet::parse(&connection.scopes))
    };
    let connections = tx.connections_of(employees).await?.into_iter().filter(works);
    Ok(connections.filter_map(|connection| Some((connection.id, connection.employee_id?))).collect())
}

async fn with_google(tx: &mut TenantTx, employees: Vec<Employee>) -> Result<Vec<Colleague>, Error> {
    let ids: Vec<EmployeeId> = employees.iter().map(|employee| employee.id).collect();
    let owner_of = calendar_connections(tx, &ids).await?;
    let mut connected: HashMap<EmployeeId, Option<Timestamp>> =
        owner_of.values().map(|employee| (*employee, None)).collect();
    let connections: Vec<ConnectionId> = owner_of.keys().copied().collect();
    for link in tx.links_of_connections(&connections).await? {
        if let Some(last) = owner_of.get(&link.connection_id).and_then(|employee| connected.get_mut(employee)) {
            *last = (*last).max(link.last_success_at);
        }
    }
    Ok(employees
        .into_iter()
        .map(|employee| Colleague {
            google_calendar_connected: connected.contains_key(&employee.id),
            last_google_sync: connected.get(&employee.id).copied().flatten(),
            employee,
        })
        .collect())
}

impl App {
    /// Up to `limit` active colleagues whose name or address begins with the words of `query`.
    pub async fn directory(
        &self,
        by: &Caller,
        query: &str,
        after: Option<&EmployeeCursor>,
        limit: i64,
    ) -> Result<Vec<Colleague>, Error> {
        let mut tx = self.store.tenant_read(by.tenant).await?;
        let found = tx.search_employees(query, true, after, limit).await?;
        let colleagues = with_google(&mut tx, found).await?;
        tx.end().await?;
        Ok(colleagues)
    }

    /// Up to `limit` employees with their roles.
    pub async fn employees(
        &self,
        by: &Caller<Administrator>,
        query: &str,
        after: Option<&EmployeeCursor>,
        limit: i64,
    ) -> Result<Vec<EmployeeView>, Error> {
        let mut tx = self.store.tenant_read(by.tenant).await?;
        let found = tx.search_employees(query, false, after, limit).await?;
        let views = with_roles(&mut tx, found).await?;
        tx.end().await?;
        Ok(views)
    }

    /// One employee with the roles.
    pub async fn employee(&self, by: &Caller<Administrator>, id: EmployeeId) -> Result<EmployeeView, Error> {
        let mut tx = self.store.tenant_read(by.tenant).await?;
        let employee = tx.employee(id).await?.ok_or(Error::NotFound)?;
        let view = with_roles(&mut tx, vec![employee]).await?.pop().ok_or(Error::NotFound)?;
        tx.end().await?;
        Ok(view)
    }

    /// Gives an employee these roles and no others. Nobody can take the last administrator away.
    pub async fn set_roles(
        &self,
        by: &Caller<Administrator>,
        id: EmployeeId,
        role_ids: &[Option<RoleId>],
        mut faults: Vec<FieldError>,
    ) -> Result<EmployeeView, Error> {
        let mut tx = self.store.tenant(by.tenant).await?;
        tx.hold_company().await?;
        let employee = tx.employee(id).await?.ok_or(Error::NotFound)?;
        let roles = tx.roles().await?;
        let is_role = |id: &Option<RoleId>| id.is_some_and(|id| roles.iter().any(|role| role.id == id));
        let unknown = role_ids.iter().enumerate().filter(|(_, id)| !is_role(id));
        let unknown = unknown.map(|(index, _)| FieldError::new(format!("role_ids[{index}]"), "unknown")).collect();
        FieldError::gather(&mut faults, unknown);
        if !faults.is_empty() {
            return Err(Error::Invalid(faults));
        }
        let mut wanted: Vec<RoleId> = role_ids.iter().flatten().copied().collect();
        wanted.sort_unstable();
        wanted.dedup();
        let before = with_roles(&mut tx, vec![employee]).await?;
        tx.set_employee_roles(id, &wanted).await?;
        if !crate::roles::has_administrator(&mut tx).await? {
            return Err(Error::Conflict { reason: "last_administrator" });
        }
        let slugs = |roles: &[Role]| roles.iter().map(|role| role.slug.clone()).collect::<Vec<_>>();
        let now: Vec<Role> = roles.into_iter().filter(|role| wanted.contains(&role.id)).collect();
        tx.journal(JournalRow {
            actor: by.actor(),
            action: "employee.roles_changed",
            subject_kind: "employee",
            subject: id.0,
            before: before.first().map(|view| serde_json::json!({"roles": slugs(&view.roles)})),
            after: Some(serde_json::json!({"roles": slugs(&now)})),
            why: None,
        });
        crate::connections::follow_grants(self, &mut tx, &by.permit()?).await?;
        self.commit(tx).await?;
        self.employee(by, id).await
    }

    /// The company's record.
    pub async fn company(&self, by: &Caller) -> Result<Company, Error> {
        let mut tx = self.store.tenant_read(by.tenant).await?;
        let company = tx.company().await?.ok_or(Error::NotFound)?;
        tx.end().await?;
        Ok(company)
    }

    /// From how many on the sync asks before it deletes or mails.
    pub async fn guard_limits(&self, by: &Caller) -> Result<GuardLimits, Error> {
        let mut tx = self.store.tenant_read(by.tenant).await?;
        let limits = tx.guard_limits().await?.ok_or(Error::NotFound)?;
        tx.end().await?;
        Ok(limits)
    }

    /// Changes from how many on the sync asks; what is none stays. `faults` are those of the request's form.
    pub async fn set_guard_limits(
        &self,
        by: &Caller<Administrator>,
        [deletions, percent, mailed]: [Option<i64>; 3],
        mut faults: Vec<FieldError>,
    ) -> Result<GuardLimits, Error> {
        let more: Vec<FieldError> = [
            ("guard.deletions", deletions, 100_000),
            ("guard.percent", percent, 100),
            ("guard.mailed", mailed, 100_000),
        ]
        .into_iter()
        .filter(|(_, value, most)| value.is_some_and(|value| !(0..=*most).contains(&value)))
        .map(|(field, _, most)| FieldError::new(field, "out_of_range").with(format!("0–{most}")))
        .collect();
        FieldError::gather(&mut faults, more);
        if !faults.is_empty() {
            return Err(Error::Invalid(faults));
        }
        let mut tx = self.store.tenant(by.tenant).await?;
        let before = tx.guard_limits().await?.ok_or(Error::NotFound)?;
        let after = GuardLimits {
            deletions: deletions.unwrap_or(before.deletions),
            percent: percent.unwrap_or(before.percent),
            mailed: mailed.unwrap_or(before.mailed),
        };
        if after != before {
            tx.put_guard_limits(&after, self.now()).await?;
            let says = |limits: &GuardLimits| {
                serde_json::json!({
                    "deletions": limits.deletions, "percent": limits.percent, "mailed": limits.mailed,
                })
            };
            tx.journal(JournalRow {
                actor: by.actor(),
                action: "company.guard_changed",
                subject_kind: "company",
                subject: by.tenant.0,
                before: Some(says(&before)),
                after: Some(says(&after)),
                why: None,
            });
        }
        self.commit(tx).await?;
        Ok(after)
    }

    /// What becomes of fields that both sides changed, where nobody has chosen.
    pub async fn conflict_policy(&self, by: &Caller) -> Result<ConflictPolicy, Error> {
        let mut tx = self.store.tenant_read(by.tenant).await?;
        let policy = tx.conflict_policy().await?.ok_or(Error::NotFound)?;
        tx.end().await?;
        Ok(policy)
    }

    /// Changes it for the conflicts that are found from now on.
    pub async fn set_conflict_policy(&self, by: &Caller<Administrator>, policy: ConflictPolicy) -> Result<(), Error> {
        let mut tx = self.store.tenant(by.tenant).await?;
        let before = tx.conflict_policy().await?.ok_or(Error::NotFound)?;
        if policy != before {
            tx.put_conflict_policy(policy, self.now()).await?;
            tx.journal(JournalRow {
                actor: by.actor(),
                action: "company.conflicts_changed",
                subject_kind: "company",
                subject: by.tenant.0,
                before: Some(serde_json::json!({"conflicts": before.as_str()})),
                after: Some(serde_json::json!({"conflicts": policy.as_str()})),
                why: None,
            });
        }
        self.commit(tx).await
    }

    /// The company's tree as a flat list.
    pub async fn departments(&self, by: &Caller) -> Result<Vec<Department>, Error> {
        let mut tx = self.store.tenant_read(by.tenant).await?;
        let departments = tx.departments().await?;
        tx.end().await?;
        Ok(departments)
    }
}

async fn with_roles(tx: &mut TenantTx, employees: Vec<Employee>) -> Result<Vec<EmployeeView>, Error> {
    let roles = tx.roles().await?;
    let ids: Vec<EmployeeId> = employees.iter().map(|employee| employee.id).collect();
    let given: HashSet<(EmployeeId, RoleId)> = tx.roles_of(&ids).await?.into_iter().collect();
    let colleagues = with_google(tx, employees).await?;
    Ok(colleagues
        .into_iter()
        .map(|colleague| {
            let id = colleague.employee.id;
            let has = |role: &Role| given.contains(&(id, role.id));
            EmployeeView { roles: roles.iter().filter(|role| has(role)).cloned().collect(), colleague }
        })
        .collect())
}

/// Reads where a page of employees ended, as [`employee_cursor_text`] writes it.
pub fn employee_cursor(text: &str) -> Result<EmployeeCursor, Error> {
    let wrong = || Error::field("cursor", "unknown");
    let decoded = BASE64_URL_SAFE_NO_PAD.decode(text).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let decoded = decoded.ok_or_else(wrong)?;
    let (id, sort_key) = decoded.split_once(' ').filter(|_| !decoded.contains('\0')).ok_or_else(wrong)?;
    Ok(EmployeeCursor { sort_key: sort_key.to_owned(), id: id.parse().map_err(|_| wrong())? })
}

/// Where a page ends that ends with this employee.
pub fn employee_cursor_text(employee: &Employee) -> String {
    let cursor = employee.cursor();
    BASE64_URL_SAFE_NO_PAD.encode(format!("{} {}", cursor.id, cursor.sort_key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_holds_nothing_that_a_database_does_not_take() {
        let cursor = |name: &str| {
            employee_cursor(&BASE64_URL_SAFE_NO_PAD.encode(format!("{} {name}", EmployeeId(uuid::Uuid::nil()))))
        };
        assert_eq!(cursor("a").unwrap().sort_key, "a");
        assert!(cursor("a\0").is_err());
    }
}
