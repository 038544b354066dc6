//! Departments: the company's tree.

use portico_kernel::{DepartmentId, EmployeeId, search_key};
use uuid::Uuid;

use crate::{StoreError, TenantTx, engine::on};

/// A node of the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Department {
    /// The department.
    pub id: DepartmentId,
    /// The one above it; none at the top.
    pub parent_id: Option<DepartmentId>,
    /// Its name.
    pub name: String,
    /// The mail domain of its people, which its children inherit.
    pub email_domain: Option<String>,
    /// Who leads it.
    pub head_id: Option<EmployeeId>,
}

impl TenantTx {
    /// All departments, by name.
    pub async fn departments(&mut self) -> Result<Vec<Department>, StoreError> {
        type Columns = (Uuid, Option<Uuid>, String, Option<String>, Option<Uuid>);
        let tenant = self.tenant.0;
        let rows: Vec<Columns> = on!(self.tx, conn => sqlx::query_as(
            "SELECT id, parent_id, name, email_domain, head_id FROM departments WHERE tenant_id = $1
              ORDER BY sort_key, id",
        ).bind(tenant).fetch_all(conn).await?);
        Ok(rows
            .into_iter()
            .map(|(id, parent_id, name, email_domain, head_id)| Department {
                id: DepartmentId(id),
                parent_id: parent_id.map(DepartmentId),
                name,
                email_domain,
                head_id: head_id.map(EmployeeId),
            })
            .collect())
    }

    /// Adds a department; the one above it must be there.
    pub async fn add_department(&mut self, department: &Department) -> Result<(), StoreError> {
        let tenant = self.tenant.0;
        on!(self.tx, conn => sqlx::query(
            "INSERT INTO departments (tenant_id, id, parent_id, name, sort_key, email_domain, head_id)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        ).bind(tenant).bind(department.id.0).bind(department.parent_id.map(|id| id.0)).bind(&department.name)
            .bind(search_key(&department.name)).bind(&department.email_domain)
            .bind(department.head_id.map(|id| id.0)).execute(conn).await.map(drop)?);
        Ok(())
    }

    /// Says who leads a department.
    pub async fn set_department_head(&mut self, id: DepartmentId, head: Option<EmployeeId>) -> Result<(), StoreError> {
        let tenant = self.tenant.0;
        on!(self.tx, conn => sqlx::query("UPDATE departments SET head_id = $1 WHERE tenant_id = $2 AND id = $3")
            .bind(head.map(|id| id.0)).bind(tenant).bind(id.0).execute(conn).await.map(drop)?);
        Ok(())
    }
}
