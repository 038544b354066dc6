//! Roles, what they grant, and who has them.

use portico_kernel::{EmployeeId, RoleId};
use sqlx::QueryBuilder;
use uuid::Uuid;

use crate::{StoreError, TenantTx, engine::on};

/// A grant as the database keeps it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GrantRow {
    /// The system function.
    pub function: String,
    /// The action.
    pub action: String,
    /// `self`, `team`, `subtree` or `company`.
    pub scope: String,
}

/// A set of grants with a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    /// The role.
    pub id: RoleId,
    /// `employee` and `administrator` come with each tenant.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// What it grants.
    pub grants: Vec<GrantRow>,
}

impl TenantTx {
    /// All roles with their grants, by slug.
    pub async fn roles(&mut self) -> Result<Vec<Role>, StoreError> {
        let tenant = self.tenant.0;
        let rows: Vec<(Uuid, String, String)> = on!(self.tx, conn => sqlx::query_as(
            "SELECT id, slug, name FROM roles WHERE tenant_id = $1 ORDER BY slug",
        ).bind(tenant).fetch_all(conn).await?);
        let grants: Vec<(Uuid, String, String, String)> = on!(self.tx, conn => sqlx::query_as(
            "SELECT role_id, function, action, scope FROM role_grants WHERE tenant_id = $1
              ORDER BY role_id, function, action, scope",
        ).bind(tenant).fetch_all(conn).await?);
        let mut roles: Vec<Role> =
            rows.into_iter().map(|(id, slug, name)| Role { id: RoleId(id), slug, name, grants: Vec::new() }).collect();
        for (role_id, function, action, scope) in grants {
            if let Some(role) = roles.iter_mut().find(|role| role.id.0 == role_id) {
                role.grants.push(GrantRow { function, action, scope });
            }
        }
        Ok(roles)
    }

    /// Adds a role with its grants.
    pub async fn add_role(&mut self, role: &Role) -> Result<(), StoreError> {
        let tenant = self.tenant.0;
        on!(self.tx, conn => sqlx::query("INSERT INTO roles (tenant_id, id, slug, name) VALUES ($1, $2, $3, $4)")
            .bind(tenant).bind(role.id.0).bind(&role.slug).bind(&role.name).execute(conn).await.map(drop)?);
        self.set_role_grants(role.id, &role.grants).await
    }

    /// Replaces what a role grants.
    pub async fn set_role_grants(&mut self, role: RoleId, grants: &[GrantRow]) -> Result<(), StoreError> {
        let tenant = self.tenant.0;
        on!(self.tx, conn => sqlx::query("DELETE FROM role_grants WHERE tenant_id = $1 AND role_id = $2")
            .bind(tenant).bind(role.0).execute(conn).await.map(drop)?);
        if grants.is_empty() {
            return Ok(());
        }
        on!(self.tx, conn => {
            let mut insert =
                QueryBuilder::new("INSERT INTO role_grants (tenant_id, role_id, function, action, scope) ");
            insert.push_values(grants, |mut values, grant| {
                values.push_bind(tenant).push_bind(role.0).push_bind(&grant.function).push_bind(&grant.action)
                    .push_bind(&grant.scope);
            });
            insert.build().execute(conn).await.map(drop)?;
        });
        Ok(())
    }

    /// Replaces the roles of an employee.
    pub async fn set_employee_roles(&mut self, employee: EmployeeId, roles: &[RoleId]) -> Result<(), StoreError> {
        let tenant = self.tenant.0;
        on!(self.tx, conn => sqlx::query("DELETE FROM employee_roles WHERE tenant_id = $1 AND employee_id = $2")
            .bind(tenant).bind(employee.0).execute(conn).await.map(drop)?);
        if roles.is_empty() {
            return Ok(());
        }
        on!(self.tx, conn => {
            let mut insert = QueryBuilder::new("INSERT INTO employee_roles (tenant_id, employee_id, role_id) ");
            insert.push_values(roles, |mut values, role| {
                values.push_bind(tenant).push_bind(employee.0).push_bind(role.0);
            });
            insert.build().execute(conn).await.map(drop)?;
        });
        Ok(())
    }

    /// Who has which role, of all employees.
    pub async fn employee_roles(&mut self) -> Result<Vec<(EmployeeId, RoleId)>, StoreError> {
        let tenant = self.tenant.0;
        let rows: Vec<(Uuid, Uuid)> = on!(self.tx, conn => sqlx::query_as(
            "SELECT employee_id, role_id FROM employee_roles WHERE tenant_id = $1 ORDER BY employee_id, role_id",
        ).bind(tenant).fetch_all(conn).await?);
        Ok(rows.into_iter().map(|(employee, role)| (EmployeeId(employee), RoleId(role))).collect())
    }

    /// The same of some employees.
    pub async fn roles_of(&mut self, employees: &[EmployeeId]) -> Result<Vec<(EmployeeId, RoleId)>, StoreError> {
        let tenant = self.tenant.0;
        let mut found = Vec::new();
        for chunk in employees.chunks(400) {
            let rows: Vec<(Uuid, Uuid)> = on!(self.tx, conn => {
                let mut query =
                    QueryBuilder::new("SELECT employee_id, role_id FROM employee_roles WHERE tenant_id = ");
                query.push_bind(tenant).push(" AND employee_id IN (");
                let mut list = query.separated(", ");
                for employee in chunk {
                    list.push_bind(employee.0);
                }
                list.push_unseparated(")");
                query.build_query_as().fetch_all(conn).await?
            });
            found.extend(rows.into_iter().map(|(employee, role)| (EmployeeId(employee), RoleId(role))));
        }
        Ok(found)
    }
}
