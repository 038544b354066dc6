//! Roles: which functions of the system are granted to whom.

use portico_kernel::RoleId;
use portico_store::{GrantRow, JournalRow, Role, TenantTx};

use crate::{
    Administrator, App, Caller, Error, FieldError,
    access::{FUNCTIONS, Function, Scope},
    connections,
};

/// The roles that come with each tenant.
pub(crate) fn built_in(world: &portico_world::World) -> [Role; 2] {
    let grant = |function: &str, action: &str, scope: Scope| GrantRow {
        function: function.to_owned(),
        action: action.to_owned(),
        scope: scope.as_str().to_owned(),
    };
    let everybody = vec![
        grant("calendar", "read", Scope::OneSelf),
        grant("calendar", "write", Scope::OneSelf),
        grant("google_connection", "connect", Scope::OneSelf),
    ];
    let role = |slug: &str, name: &str, grants| Role {
        id: RoleId::new(world),
        slug: slug.to_owned(),
        name: name.to_owned(),
        grants,
    };
    [
        role("employee", "Employee", everybody),
        role("administrator", "Administrator", vec![grant("administration", "manage", Scope::Company)]),
    ]
}

/// The roles that grant `F`.
pub(crate) async fn granting<F: Function>(tx: &mut TenantTx) -> Result<Vec<RoleId>, Error> {
    let grants = |grant: &GrantRow| F::GRANT == Some((grant.function.as_str(), grant.action.as_str()));
    let roles = tx.roles().await?.into_iter().filter(|role| role.grants.iter().any(grants));
    Ok(roles.map(|role| role.id).collect())
}

/// Whether somebody could still grant something.
pub(crate) async fn has_administrator(tx: &mut TenantTx) -> Result<bool, Error> {
    let granting = granting::<Administrator>(tx).await?;
    Ok(tx.employee_roles().await?.iter().any(|(_, role)| granting.contains(role)))
}

/// What a role shall grant, as far as it could be read.
#[derive(Clone, Debug, Default)]
pub struct GrantInput {
    /// The system function.
    pub function: Option<String>,
    /// The action.
    pub action: Option<String>,
    /// How far it reaches.
    pub scope: Option<String>,
}

/// The grants that a request names; what is wrong with them goes to `faults`.
fn named(grants: Vec<GrantInput>, faults: &mut Vec<FieldError>) -> Vec<GrantRow> {
    let mut rows = Vec::new();
    let mut wrong = Vec::new();
    for (index, GrantInput { function, action, scope }) in grants.into_iter().enumerate() {
        let mut fault = |member: &str, said: bool| {
            let code = if said { "unknown" } else { "required" };
            wrong.push(FieldError::new(format!("grants[{index}].{member}"), code));
        };
        let known = FUNCTIONS.iter().find(|(name, _)| function.as_deref() == Some(*name));
        if known.is_none() {
            fault("function", function.is_some());
        }
        // Of a function that is not known no action is.
        let has = |action: &str| known.is_none_or(|(_, actions)| actions.contains(&action));
        if !action.as_deref().is_some_and(has) {
            fault("action", action.is_some());
        }
        if scope.as_deref().and_then(Scope::parse).is_none() {
            fault("scope", scope.is_some());
        }
        if let (Some(function), Some(action), Some(scope)) = (function, action, scope) {
            rows.push(GrantRow { function, action, scope });
        }
    }
    FieldError::gather(faults, wrong);
    rows
}

impl App {
    /// All roles.
    pub async fn roles(&self, by: &Caller<Administrator>) -> Result<Vec<Role>, Error> {
        let mut tx = self.store.tenant_read(by.tenant).await?;
        let roles = tx.roles().await?;
        tx.end().await?;
        Ok(roles)
    }

    /// Replaces what a role grants. At least one person must remain who could undo it. `faults` are those of the request's
    /// form.
    pub async fn set_grants(
        &self,
        by: &Caller<Administrator>,
        id: RoleId,
        grants: Vec<GrantInput>,
        mut faults: Vec<FieldError>,
    ) -> Result<Role, Error> {
        let mut grants = named(grants, &mut faults);
        if !faults.is_empty() {
            return Err(Error::Invalid(faults));
        }
        grants.sort_unstable();
        grants.dedup();
        let mut tx = self.store.tenant(by.tenant).await?;
        tx.hold_company().await?;
        let before = tx.roles().await?.into_iter().find(|role| role.id == id).ok_or(Error::NotFound)?;
        tx.set_role_grants(id, &grants).await?;
        if !has_administrator(&mut tx).await? {
            return Err(Error::Conflict { reason: "last_administrator" });
        }
        let text = |grants: &[GrantRow]| {
            let words = grants.iter().map(|grant| format!("{}.{} {}", grant.function, grant.action, grant.scope));
            serde_json::json!({"grants": words.collect::<Vec<_>>()})
        };
        tx.journal(JournalRow {
            actor: by.actor(),
            action: "role.grants_changed",
            subject_kind: "role",
            subject: id.0,
            before: Some(text(&before.grants)),
            after: Some(text(&grants)),
            why: None,
        });
        connections::follow_grants(self, &mut tx, &by.permit()?).await?;
        self.commit(tx).await?;
        Ok(Role { grants, ..before })
    }
}
