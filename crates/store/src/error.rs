/// What can go wrong in the database, told apart by what the caller can do.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A row with these values exists already.
    #[error("a row with the same {columns} exists already")]
    Unique {
        /// The columns, as `table.column, table.column`, or the name of the constraint.
        columns: String,
    },
    /// The row names another row that is not there, or is still named by one.
    #[error("a row that is named is not there")]
    ForeignKey,
    /// The row was changed by somebody else meanwhile, or the lease was lost.
    #[error("the row was changed meanwhile")]
    Stale,
    /// The database is busy or cannot be reached; the same call may go through later.
    #[error("the database cannot be reached now")]
    Unavailable(#[source] sqlx::Error),
    /// A row holds something that this version cannot read.
    #[error("a row of {table} cannot be read")]
    Damaged {
        /// The table.
        table: &'static str,
    },
    /// A row of the journal was to be written whose bodies are not sealed: a fault of the program.
    #[error("a body of the journal is not sealed")]
    Unsealed,
    /// A fault of the program or of the schema.
    #[error("the database refused a statement")]
    Internal(#[source] sqlx::Error),
    /// A migration failed.
    #[error("the schema could not be brought up to date")]
    Migration(#[source] sqlx::migrate::MigrateError),
    /// The configuration of the database is not acceptable.
    #[error("{0}")]
    Refused(String),
}

impl StoreError {
    /// Whether the same call with the same values will fail again.
    pub fn is_lasting(&self) -> bool {
        !matches!(self, Self::Stale | Self::Unavailable(_))
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(database) => {
                let message = database.message();
                if database.is_unique_violation() {
                    let columns = database.constraint().map(str::to_owned).unwrap_or_else(|| {
                        message.rsplit_once("constraint failed: ").map_or("key", |(_, columns)| columns).to_owned()
                    });
                    return Self::Unique { columns };
                }
                if database.is_foreign_key_violation() {
                    return Self::ForeignKey;
                }
                // SQLite: busy (5), locked (6). PostgreSQL: serialization failure, deadlock, shutting down.
                let busy = ["5", "6", "261", "517", "40001", "40P01", "57P01", "57P03", "53300"];
                if database.code().is_some_and(|code| busy.contains(&code.as_ref())) {
                    return Self::Unavailable(error);
                }
                Self::Internal(error)
            }
            sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => {
                Self::Unavailable(error)
            }
            _ => Self::Internal(error),
        }
    }
}

impl From<sqlx::migrate::MigrateError> for StoreError {
    fn from(error: sqlx::migrate::MigrateError) -> Self {
        Self::Migration(error)
    }
}
