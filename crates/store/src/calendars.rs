//! Calendars of employees, teams and the company.

use std::collections::HashMap;

use portico_kernel::{CalendarId, DepartmentId, EmailAddress, EmployeeId, Timestamp};
use sqlx::QueryBuilder;
use uuid::Uuid;

use crate::{StoreError, TenantTx, engine::on, text_enum::text_enum};

text_enum! {
    /// What a calendar is for.
    pub enum CalendarKind {
        /// An employee's own.
        Personal = "personal",
        /// A team's.
        Team = "team",
        /// Interviews.
        Interviews = "interviews",
        /// Public holidays and the company's own.
        Holidays = "holidays",
    }
}

text_enum! {
    /// What colleagues see of a calendar.
    pub enum Sharing {
        /// When its owner is busy, and nothing else.
        Busy = "busy",
        /// Everything but what is private.
        Details = "details",
    }
}

/// A Portico calendar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    /// The calendar.
    pub id: CalendarId,
    /// Whose it is; nobody's where it is the company's or a team's.
    pub owner: Option<EmployeeId>,
    /// What it is for.
    pub kind: CalendarKind,
    /// Its name.
    pub name: String,
    /// Its colour, as `#rrggbb`.
    pub color: String,
    /// Its IANA zone, in which whole days begin.
    pub time_zone: String,
    /// What colleagues see.
    pub sharing: Sharing,
    /// Whether invitations to its owner appear here: one of each employee's calendars is the main one.
    pub is_main: bool,
    /// When it was removed.
    pub deleted_at: Option<Timestamp>,
    /// Counts the changes.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    owner_employee_id: Option<Uuid>,
    kind: String,
    name: String,
    color: String,
    time_zone: String,
    sharing: String,
    is_main: bool,
    deleted_at: Option<i64>,
    version: i64,
    created_at: i64,
    updated_at: i64,
}

impl TryFrom<Row> for Calendar {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let damaged = || StoreError::Damaged { table: "calendars" };
        Ok(Self {
            id: CalendarId(row.id),
            owner: row.owner_employee_id.map(EmployeeId),
            kind: CalendarKind::parse(&row.kind).ok_or_else(damaged)?,
            name: row.name,
            color: row.color,
            time_zone: row.time_zone,
            sharing: Sharing::parse(&row.sharing).ok_or_else(damaged)?,
            is_main: row.is_main,
            deleted_at: row.deleted_at.map(Timestamp),
            version: row.version,
            created_at: Timestamp(row.created_at),
            updated_at: Timestamp(row.updated_at),
        })
    }
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, owner_employee_id, kind, name, color, time_zone, sharing, is_main, deleted_at, version, created_at, ",
            "updated_at FROM calendars WHERE tenant_id = $1 ",
            $rest
        )
    };
}

impl TenantTx {
    /// Writes a calendar whole.
    pub async fn put_calendar(&mut self, calendar: &Calendar) -> Result<(), StoreError> {
        let tenant = self.tenant.0;
        on!(self.tx, conn => sqlx::query(
            "INSERT INTO calendars (tenant_id, id, owner_employee_id, kind, name, color, time_zone, sharing, is_main,
                                    deleted_at, version, created_at, updated_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
                 ON CONFLICT (tenant_id, id) DO UPDATE
                SET owner_employee_id = excluded.owner_employee_id, kind = excluded.kind, name = excluded.name,
                    color = excluded.color, time_zone = excluded.time_zone, sharing = excluded.sharing,
                    is_main = excluded.is_main, deleted_at = excluded.deleted_at, version = excluded.version,
                    updated_at = excluded.updated_at",
        )
            .bind(tenant)
            .bind(calendar.id.0)
            .bind(calendar.owner.map(|owner| owner.0))
            .bind(calendar.kind.as_str())
            .bind(&calendar.name)
            .bind(&calendar.color)
            .bind(&calendar.time_zone)
            .bind(calendar.sharing.as_str())
            .bind(calendar.is_main)
            .bind(calendar.deleted_at.map(|at| at.0))
            .bind(calendar.version)
            .bind(calendar.created_at.0)
            .bind(calendar.updated_at.0)
            .execute(conn)
            .await
            .map(drop)?);
        Ok(())
    }

    /// One calendar, a removed one too.
    pub async fn calendar(&mut self, id: CalendarId) -> Result<Option<Calendar>, StoreError> {
        let tenant = self.tenant.0;
        let row: Option<Row> = on!(self.tx, conn => sqlx::query_as(select!("AND id = $2"))
            .bind(tenant).bind(id.0).fetch_optional(conn).await?);
        row.map(Calendar::try_from).transpose()
    }

    /// The calendars that an employee can open: the own ones, those without an owner, and those that colleagues share
    /// with their details. At most 500.
    pub async fn calendars_seen_by(&mut self, employee: EmployeeId) -> Result<Vec<Calendar>, StoreError> {
        let tenant = self.tenant.0;
        let rows: Vec<Row> = on!(self.tx, conn => sqlx::query_as(select!(
            "AND deleted_at IS NULL
             AND (owner_employee_id = $2 OR owner_employee_id IS NULL OR sharing = 'details')
             ORDER BY CASE WHEN owner_employee_id = $2 THEN 0 ELSE 1 END, is_main DESC, name, id LIMIT 500"
        )).bind(tenant).bind(employee.0).fetch_all(conn).await?);
        rows.into_iter().map(Calendar::try_from).collect()
    }

    /// The calendars of people who work in these departments, or of everybody, by name; five hundred at most.
    pub async fn calendars_of_departments(
        &mut self,
        departments: Option<&[DepartmentId]>,
    ) -> Result<Vec<Calendar>, StoreError> {
        let tenant = self.tenant.0;
        let rows: Vec<Row> = on!(self.tx, conn => {
            let mut query = QueryBuilder::new(
                "SELECT id, owner_employee_id, kind, name, color, time_zone, sharing, is_main, deleted_at, version, \
                 created_at, updated_at FROM calendars c WHERE tenant_id = ",
            );
            query.push_bind(tenant).push(" AND deleted_at IS NULL AND owner_employee_id IS NOT NULL");
            if let Some(departments) = departments {
                query.push(
                    " AND EXISTS (SELECT 1 FROM employees e WHERE e.tenant_id = c.tenant_id \
                     AND e.id = c.owner_employee_id AND e.department_id IN (",
                );
                let mut list = query.separated(", ");
                for department in departments {
                    list.push_bind(department.0);
                }
                query.push("))");
            }
            query.push(" ORDER BY name, id LIMIT 500");
            query.build_query_as().fetch_all(conn).await?
        });
        rows.into_iter().map(Calendar::try_from).collect()
    }

    /// An employee's own calendars, the main one first.
    pub async fn calendars_of(&mut self, employee: EmployeeId) -> Result<Vec<Calendar>, StoreError> {
        let tenant = self.tenant.0;
        let rows: Vec<Row> = on!(self.tx, conn => sqlx::query_as(select!(
            "AND owner_employee_id = $2 AND deleted_at IS NULL ORDER BY is_main DESC, created_at, id"
        )).bind(tenant).bind(employee.0).fetch_all(conn).await?);
        rows.into_iter().map(Calendar::try_from).collect()
    }

    /// These calendars, removed ones too, in no particular order.
    pub async fn calendars_by_ids(&mut self, ids: &[CalendarId]) -> Result<Vec<Calendar>, StoreError> {
        self.calendars_in("id", &ids.iter().map(|id| id.0).collect::<Vec<_>>()).await
    }

    /// All calendars of these employees, each one's main one first.
    pub async fn calendars_of_all(
        &mut self,
        employees: &[EmployeeId],
    ) -> Result<HashMap<EmployeeId, Vec<Calendar>>, StoreError> {
        let mut found: HashMap<EmployeeId, Vec<Calendar>> = HashMap::new();
        let owners: Vec<Uuid> = employees.iter().map(|id| id.0).collect();
        for calendar in self.calendars_in("owner_employee_id", &owners).await? {
            if let (Some(owner), None) = (calendar.owner, calendar.deleted_at) {
                found.entry(owner).or_default().push(calendar);
            }
        }
        Ok(found)
    }

    async fn calendars_in(&mut self, column: &'static str, ids: &[Uuid]) -> Result<Vec<Calendar>, StoreError> {
        let tenant = self.tenant.0;
        let mut found = Vec::new();
        for chunk in ids.chunks(1000) {
            let rows: Vec<Row> = on!(self.tx, conn => {
                let mut query = QueryBuilder::new(
                    "SELECT id, owner_employee_id, kind, name, color, time_zone, sharing, is_main, deleted_at, version, \
                     created_at, updated_at FROM calendars WHERE tenant_id = ",
                );
                query.push_bind(tenant).push(" AND ").push(column).push(" IN (");
                let mut list = query.separated(", ");
                for id in chunk {
                    list.push_bind(*id);
                }
                query.push(") ORDER BY is_main DESC, created_at, id");
                query.build_query_as().fetch_all(conn).await?
            });
            for row in rows {
                found.push(row.try_into()?);
            }
        }
        Ok(found)
    }

    /// The main calendars of the employees who stand under these addresses: the address at work, or that of a Google
    /// account whose main calendar is linked.
    pub async fn main_calendars_by_address(
        &mut self,
        addresses: &[EmailAddress],
    ) -> Result<HashMap<EmailAddress, Calendar>, StoreError> {
        let tenant = self.tenant.0;
        let mut ids: HashMap<EmailAddress, CalendarId> = HashMap::new();
        for chunk in addresses.chunks(400) {
            for (source, list) in [
                (
                    "SELECT e.email, c.id FROM calendars c
                       JOIN employees e ON e.tenant_id = c.tenant_id AND e.id = c.owner_employee_id
                      WHERE c.is_main AND c.deleted_at IS NULL AND c.tenant_id = ",
                    " AND e.email IN (",
                ),
                (
                    "SELECT l.google_calendar_id, c.id FROM calendars c
                       JOIN links l ON l.tenant_id = c.tenant_id AND l.calendar_id = c.id
                      WHERE c.is_main AND c.deleted_at IS NULL AND c.tenant_id = ",
                    " AND l.google_calendar_id IN (",
                ),
            ] {
                let rows: Vec<(String, Uuid)> = on!(self.tx, conn => {
                    let mut query = QueryBuilder::new(source);
                    query.push_bind(tenant).push(list);
                    let mut values = query.separated(", ");
                    for address in chunk {
                        values.push_bind(address.as_str());
                    }
                    query.push(")").build_query_as().fetch_all(conn).await?
                });
                for (address, id) in rows {
                    if let Ok(address) = EmailAddress::parse(&address) {
                        ids.entry(address).or_insert(CalendarId(id));
                    }
                }
            }
        }
        let wanted: Vec<CalendarId> = ids.values().copied().collect();
        let calendars: HashMap<CalendarId, Calendar> =
            self.calendars_by_ids(&wanted).await?.into_iter().map(|calendar| (calendar.id, calendar)).collect();
        Ok(ids.into_iter().filter_map(|(address, id)| Some((address, calendars.get(&id)?.clone()))).collect())
    }
}
