//! One append-only row for each change: audit trail, live updates, webhooks and the change feed read this table.

use portico_kernel::{AccountId, JobId, LinkId, TenantId, Timestamp};
use serde_json::Value;
use sqlx::{PgConnection, QueryBuilder, SqliteConnection};
use uuid::Uuid;

use crate::{
    StoreError, TenantTx,
    engine::{Tx, on},
};

/// Who did it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    /// A signed-in person.
    Person(AccountId),
    /// The sync of a link, on behalf of what happened at Google.
    Sync(LinkId),
    /// A job.
    Job(JobId),
    /// The product itself: set-up, samples, schedules.
    System,
}

impl Actor {
    fn columns(self) -> (&'static str, Option<Uuid>) {
        match self {
            Self::Person(id) => ("person", Some(id.0)),
            Self::Sync(id) => ("sync", Some(id.0)),
            Self::Job(id) => ("job", Some(id.0)),
            Self::System => ("system", None),
        }
    }
}

/// A change that is about to be journalled.
#[derive(Clone, Debug, PartialEq)]
pub struct JournalRow {
    /// Who did it.
    pub actor: Actor,
    /// What was done, such as `meeting.updated`: a noun, a point, a verb in the past.
    pub action: &'static str,
    /// The kind of thing it was done to, such as `meeting`.
    pub subject_kind: &'static str,
    /// The thing it was done to.
    pub subject: Uuid,
    /// What changed, as it was before; a text once it is sealed.
    pub before: Option<Value>,
    /// What changed, as it is now; a text once it is sealed.
    pub after: Option<Value>,
    /// Why, where somebody or something gave a reason.
    pub why: Option<String>,
}

/// A row of the journal as it is read.
#[derive(Clone, Debug, PartialEq)]
pub struct JournalEntry {
    /// Its number: 1, 2, 3 … within the tenant, without a gap.
    pub seq: i64,
    /// When it was committed.
    pub at: Timestamp,
    /// `person`, `sync`, `job` or `system`.
    pub actor_kind: String,
    /// The account, link or job.
    pub actor: Option<Uuid>,
    /// What was done.
    pub action: String,
    /// The kind of thing it was done to.
    pub subject_kind: String,
    /// The thing it was done to.
    pub subject: Uuid,
    /// What changed, as it was before; a text while it is sealed.
    pub before: Option<Value>,
    /// What changed, as it is now; a text while it is sealed.
    pub after: Option<Value>,
    /// Why.
    pub why: Option<String>,
}

/// How everything begins that is sealed.
const SEALED: &str = "s1.";

/// A body as it is written: sealed, or not at all.
fn sealed(body: &Option<Value>) -> Option<&str> {
    body.as_ref().and_then(Value::as_str)
}

/// Numbers the rows and writes them; the last number.
pub(crate) async fn write(
    tx: &mut Tx,
    tenant: TenantId,
    rows: &[JournalRow],
    now: Timestamp,
) -> Result<i64, StoreError> {
    let is_open = |body: &Option<Value>| body.is_some() && sealed(body).is_none_or(|text| !text.starts_with(SEALED));
    if rows.iter().any(|row| is_open(&row.before) || is_open(&row.after)) {
        return Err(StoreError::Unsealed);
    }
    let mut last = 0;
    for chunk in rows.chunks(400) {
        last = match tx {
            Tx::Postgres(transaction) => append_at_once(transaction, tenant, chunk, now).await?,
            Tx::Sqlite(transaction) => append(transaction, tenant, chunk, now).await?,
        };
    }
    Ok(last)
}

const HEAD: &str = "INSERT INTO journal_heads (tenant_id, seq) VALUES ($1, $2) \
    ON CONFLICT (tenant_id) DO UPDATE SET seq = journal_heads.seq + excluded.seq RETURNING seq";

const COLUMNS: &str = "seq, at, actor_kind, actor, action, subject_kind, subject, before_json, after_json, why";

/// Two statements: SQLite changes one table a statement.
async fn append(
    conn: &mut SqliteConnection,
    tenant: TenantId,
    rows: &[JournalRow],
    now: Timestamp,
) -> Result<i64, StoreError> {
    let count = i64::try_from(rows.len()).unwrap_or(i64::MAX);
    let last: i64 = sqlx::query_scalar(HEAD).bind(tenant.0).bind(count).fetch_one(&mut *conn).await?;
    let mut seq = last - count;
    let mut insert = QueryBuilder::new(format!("INSERT INTO journal (tenant_id, {COLUMNS}) "));
    insert.push_values(rows, |mut values, row| {
        seq += 1;
        let (kind, actor) = row.actor.columns();
        values
            .push_bind(tenant.0)
            .push_bind(seq)
            .push_bind(now.0)
            .push_bind(kind)
            .push_bind(actor)
            .push_bind(row.action)
            .push_bind(row.subject_kind)
            .push_bind(row.subject)
            .push_bind(sealed(&row.before))
            .push_bind(sealed(&row.after))
            .push_bind(row.why.as_deref());
    });
    insert.build().execute(conn).await?;
    Ok(last)
}

/// The same in one way to the server and back, which tells the other processes too.
async fn append_at_once(
    conn: &mut PgConnection,
    tenant: TenantId,
    rows: &[JournalRow],
    now: Timestamp,
) -> Result<i64, StoreError> {
    let count = i64::try_from(rows.len()).unwrap_or(i64::MAX);
    let sql = format!(
        "WITH head AS ({HEAD}), \
         told AS (SELECT pg_notify('portico', $1::text || ' ' || seq) FROM head), \
         added AS (INSERT INTO journal (tenant_id, {COLUMNS}) \
             SELECT $1, head.seq - $2 + row.number, $3, row.actor_kind, row.actor, row.action, row.subject_kind, \
                    row.subject, row.before_json, row.after_json, row.why \
               FROM head, unnest($4::text[], $5::uuid[], $6::text[], $7::text[], $8::uuid[], $9::text[], $10::text[], \
                    $11::text[]) WITH ORDINALITY \
                    AS row (actor_kind, actor, action, subject_kind, subject, before_json, after_json, why, number)) \
         SELECT head.seq FROM head, told"
    );
    let (kinds, actors): (Vec<&str>, Vec<Option<Uuid>>) = rows.iter().map(|row| row.actor.columns()).unzip();
    let texts = |of: fn(&JournalRow) -> Option<&str>| rows.iter().map(of).collect::<Vec<_>>();
    let last = sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
        .bind(tenant.0)
        .bind(count)
        .bind(now.0)
        .bind(kinds)
        .bind(actors)
        .bind(rows.iter().map(|row| row.action).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.subject_kind).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.subject).collect::<Vec<_>>())
        .bind(texts(|row| sealed(&row.before)))
        .bind(texts(|row| sealed(&row.after)))
        .bind(texts(|row| row.why.as_deref()))
        .fetch_one(conn)
        .await?;
    Ok(last)
}

type Columns = (i64, i64, String, Option<Uuid>, String, String, Uuid, Option<String>, Option<String>, Option<String>);

fn entry(row: Columns) -> Result<JournalEntry, StoreError> {
    let body = |text: Option<String>| match text {
        Some(text) if text.starts_with(SEALED) => Ok(Some(Value::String(text))),
        Some(text) => serde_json::from_str(&text).map(Some).map_err(|_| StoreError::Damaged { table: "journal" }),
        None => Ok(None),
    };
    Ok(JournalEntry {
        seq: row.0,
        at: Timestamp(row.1),
        actor_kind: row.2,
        actor: row.3,
        action: row.4,
        subject_kind: row.5,
        subject: row.6,
        before: body(row.7)?,
        after: body(row.8)?,
        why: row.9,
    })
}

impl TenantTx {
    /// The number of the journal's last row; 0 when it is empty.
    pub async fn journal_head(&mut self) -> Result<i64, StoreError> {
        let tenant = self.tenant.0;
        let head: Option<i64> = on!(self.tx, conn => sqlx::query_scalar(
            "SELECT seq FROM journal_heads WHERE tenant_id = $1",
        ).bind(tenant).fetch_optional(conn).await?);
        Ok(head.unwrap_or(0))
    }

    /// Up to `limit` rows after number `after`, the oldest first.
    pub async fn journal_after(&mut self, after: i64, limit: i64) -> Result<Vec<JournalEntry>, StoreError> {
        let tenant = self.tenant.0;
        let rows: Vec<Columns> = on!(self.tx, conn => sqlx::query_as(
            "SELECT seq, at, actor_kind, actor, action, subject_kind, subject, before_json, after_json, why
               FROM journal WHERE tenant_id = $1 AND seq > $2 ORDER BY seq LIMIT $3",
        ).bind(tenant).bind(after).bind(limit).fetch_all(conn).await?);
        rows.into_iter().map(entry).collect()
    }

    /// Up to `limit` rows before number `before`, the newest first; of one subject, if asked for.
    pub async fn journal_before(
        &mut self,
        before: i64,
        subject: Option<Uuid>,
        limit: i64,
    ) -> Result<Vec<JournalEntry>, StoreError> {
        let tenant = self.tenant.0;
        let rows: Vec<Columns> = match subject {
            Some(subject) => on!(self.tx, conn => sqlx::query_as(
                "SELECT seq, at, actor_kind, actor, action, subject_kind, subject, before_json, after_json, why
                   FROM journal WHERE tenant_id = $1 AND subject = $2 AND seq < $3 ORDER BY seq DESC LIMIT $4",
            ).bind(tenant).bind(subject).bind(before).bind(limit).fetch_all(conn).await?),
            None => on!(self.tx, conn => sqlx::query_as(
                "SELECT seq, at, actor_kind, actor, action, subject_kind, subject, before_json, after_json, why
                   FROM journal WHERE tenant_id = $1 AND seq < $2 ORDER BY seq DESC LIMIT $3",
            ).bind(tenant).bind(before).bind(limit).fetch_all(conn).await?),
        };
        rows.into_iter().map(entry).collect()
    }
}
