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

impl App {
    /// All roles.
    pub async fn roles(&self, by: &Caller<Administrator>) -> Result<Vec<Role>, Error> {
        let mut tx = self.store.tenant_read(by.tenant).await?;
        let roles = tx.roles().await?;
        tx.end().await?;
        Ok(roles)
    }

    /// Replaces what a role grants. At least one person must remain who could undo it.
    pub async fn set_grants(&self, by: &Caller<Administrator>, id: RoleId, grants: &[GrantRow]) -> Result<Role, Error> {
        let mut faults = Vec::new();
        for (index, grant) in grants.iter().enumerate() {
            match FUNCTIONS.iter().find(|(name, _)| *name == grant.function) {
                None => faults.push(FieldError::new(format!("grants[{index}].function"), "unknown")),
                Some((_, actions)) if !actions.contains(&grant.action.as_str()) => {
                    faults.push(FieldError::new(format!("grants[{index}].action"), "unknown"));
                }
                Some(_) => {}
            }
            if Scope::parse(&grant.scope).is_none() {
                faults.push(FieldError::new(format!("grants[{index}].scope"), "unknown"));
            }
        }
        if !faults.is_empty() {
            return Err(Error::Invalid(faults));
        }
        let mut grants = grants.to_vec();
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
