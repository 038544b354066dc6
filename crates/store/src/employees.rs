//! Employees, and how they are found by a few letters.

use std::collections::HashMap;

use portico_kernel::{DepartmentId, EmailAddress, EmployeeId, Timestamp, search_key, search_words};
use sqlx::QueryBuilder;
use uuid::Uuid;

use crate::{StoreError, TenantTx, engine::on};

/// A person of the company.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Employee {
    /// The employee.
    pub id: EmployeeId,
    /// Where the person works.
    pub department_id: Option<DepartmentId>,
    /// The department's name.
    pub department: Option<String>,
    /// The name.
    pub name: String,
    /// The address at work.
    pub email: EmailAddress,
    /// The title of the job.
    pub job_title: Option<String>,
    /// The address of a picture.
    pub picture: Option<String>,
    /// Where the person is in the lifecycle, such as `active`.
    pub state: String,
}

/// Where a page of employees ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmployeeCursor {
    /// The sort key of the last one.
    pub sort_key: String,
    /// The last one.
    pub id: EmployeeId,
}

impl Employee {
    /// The cursor behind this employee.
    pub fn cursor(&self) -> EmployeeCursor {
        EmployeeCursor { sort_key: search_key(&self.name), id: self.id }
    }
}

#[derive(sqlx::FromRow)]
struct EmployeeRow {
    id: Uuid,
    department_id: Option<Uuid>,
    department: Option<String>,
    name: String,
    email: String,
    job_title: Option<String>,
    picture: Option<String>,
    state: String,
}

fn employee(row: EmployeeRow) -> Result<Employee, StoreError> {
    Ok(Employee {
        id: EmployeeId(row.id),
        department_id: row.department_id.map(DepartmentId),
        department: row.department,
        name: row.name,
        email: EmailAddress::parse(&row.email).map_err(|_| StoreError::Damaged { table: "employees" })?,
        job_title: row.job_title,
        picture: row.picture,
        state: row.state,
    })
}

/// Behind every text in the order of bytes.
const LAST: char = char::MAX;

impl TenantTx {
    /// Adds an employee, who can be found from now on.
    pub async fn add_employee(&mut self, employee: &Employee, now: Timestamp) -> Result<(), StoreError> {
        let tenant = self.tenant.0;
        on!(self.tx, conn => sqlx::query(
            "INSERT INTO employees (tenant_id, id, department_id, name, sort_key, email, job_title, picture, state, \
             version, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1, $10, $10)",
        ).bind(tenant).bind(employee.id.0).bind(employee.department_id.map(|id| id.0)).bind(&employee.name)
            .bind(search_key(&employee.name)).bind(employee.email.as_str()).bind(&employee.job_title)
            .bind(&employee.picture).bind(&employee.state).bind(now.0).execute(conn).await.map(drop)?);
        let mut keys = search_words(&employee.name);
        keys.push(search_key(employee.email.as_str()));
        keys.push(search_key(&employee.name));
        keys.sort_unstable();
        keys.dedup();
        on!(self.tx, conn => {
            let mut insert =
                QueryBuilder::new("INSERT INTO employee_search_keys (tenant_id, search_key, employee_id) ");
            insert.push_values(&keys, |mut values, key| {
                values.push_bind(tenant).push_bind(key).push_bind(employee.id.0);
            });
            insert.build().execute(conn).await.map(drop)?;
        });
        Ok(())
    }

    /// One employee.
    pub async fn employee(&mut self, id: EmployeeId) -> Result<Option<Employee>, StoreError> {
        Ok(self.employees_by_ids(&[id]).await?.remove(&id))
    }

    /// Those of `ids` who are there.
    pub async fn employees_by_ids(&mut self, ids: &[EmployeeId]) -> Result<HashMap<EmployeeId, Employee>, StoreError> {
        let tenant = self.tenant.0;
        let mut found = HashMap::new();
        for chunk in ids.chunks(400) {
            let rows: Vec<EmployeeRow> = on!(self.tx, conn => {
                let mut query = QueryBuilder::new(
                    "SELECT e.id, e.department_id, d.name AS department, e.name, e.email, e.job_title, e.picture, e.state
                       FROM employees e LEFT JOIN departments d ON d.tenant_id = e.tenant_id AND d.id = e.department_id
                      WHERE e.tenant_id = ",
                );
                query.push_bind(tenant).push(" AND e.id IN (");
                let mut list = query.separated(", ");
                for id in chunk {
                    list.push_bind(id.0);
                }
                list.push_unseparated(")");
                query.build_query_as().fetch_all(conn).await?
            });
            for row in rows {
                let employee = employee(row)?;
                found.insert(employee.id, employee);
            }
        }
        Ok(found)
    }

    /// Whose addresses these are, among the employees.
    pub async fn employees_by_emails(
        &mut self,
        emails: &[EmailAddress],
    ) -> Result<HashMap<EmailAddress, Employee>, StoreError> {
        let tenant = self.tenant.0;
        let mut found = HashMap::new();
        for chunk in emails.chunks(400) {
            let rows: Vec<EmployeeRow> = on!(self.tx, conn => {
                let mut query = QueryBuilder::new(
                    "SELECT e.id, e.department_id, d.name AS department, e.name, e.email, e.job_title, e.picture, e.state
                       FROM employees e LEFT JOIN departments d ON d.tenant_id = e.tenant_id AND d.id = e.department_id
                      WHERE e.tenant_id = ",
                );
                query.push_bind(tenant).push(" AND e.email IN (");
                let mut list = query.separated(", ");
                for email in chunk {
                    list.push_bind(email.as_str());
                }
                list.push_unseparated(")");
                query.build_query_as().fetch_all(conn).await?
            });
            for row in rows {
                let employee = employee(row)?;
                found.insert(employee.email.clone(), employee);
            }
        }
        Ok(found)
    }

    /// Up to `limit` employees in the order of their names, after `after`: those for whom each of the first two words of
    /// `query` begins a word of the name or the address. Without words all of them; of those who left or are still to come none,
    /// where only those who are `here` are asked for.
    pub async fn search_employees(
        &mut self,
        query: &str,
        here: bool,
        after: Option<&EmployeeCursor>,
        limit: i64,
    ) -> Result<Vec<Employee>, StoreError> {
        let tenant = self.tenant.0;
        let folded = search_key(query);
        let mut words = folded.split_whitespace();
        let first = words.next().unwrap_or_default().to_owned();
        let second = words.next().map(str::to_owned);
        let (sort_key, id) = after.map_or((String::new(), Uuid::nil()), |after| (after.sort_key.clone(), after.id.0));
        let rows: Vec<EmployeeRow> = on!(self.tx, conn => sqlx::query_as(
            "SELECT e.id, e.department_id, d.name AS department, e.name, e.email, e.job_title, e.picture, e.state
               FROM employees e LEFT JOIN departments d ON d.tenant_id = e.tenant_id AND d.id = e.department_id
              WHERE e.tenant_id = $1 AND (e.sort_key, e.id) > ($6, $7)
                AND e.id IN (SELECT employee_id FROM employee_search_keys
                              WHERE tenant_id = $1 AND search_key >= $2 AND search_key < $3)
                AND (CAST($4 AS TEXT) IS NULL OR e.id IN (
                     SELECT employee_id FROM employee_search_keys
                      WHERE tenant_id = $1 AND search_key >= $4 AND search_key < $5))
                AND ($9 = FALSE OR e.state NOT IN ('left', 'planned'))
              ORDER BY e.sort_key, e.id LIMIT $8",
        ).bind(tenant).bind(&first).bind(format!("{first}{LAST}")).bind(&second)
            .bind(second.as_ref().map(|word| format!("{word}{LAST}"))).bind(sort_key).bind(id).bind(limit)
            .bind(here).fetch_all(conn).await?);
        rows.into_iter().map(employee).collect()
    }
}
