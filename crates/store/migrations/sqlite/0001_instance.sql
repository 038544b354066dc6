-- What must be found before the tenant is known, and the journal. Ids and digests only outside of tenant tables.
CREATE TABLE tenants (
    id         BLOB    NOT NULL PRIMARY KEY,
    slug       TEXT    NOT NULL UNIQUE,
    name       TEXT    NOT NULL,
    state      TEXT    NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

-- The queue's routing rows: one for each thing to bring in line.
CREATE TABLE jobs (
    id            BLOB    NOT NULL PRIMARY KEY,
    tenant_id     BLOB    NOT NULL,
    kind          TEXT    NOT NULL,
    key           TEXT    NOT NULL,
    run_at        INTEGER NOT NULL,
    lease_until   INTEGER,
    fence         INTEGER NOT NULL,
    attempts      INTEGER NOT NULL,
    wakes         INTEGER NOT NULL,
    claimed_wakes INTEGER NOT NULL,
    state         TEXT    NOT NULL,
    last_error    TEXT,
    UNIQUE (tenant_id, kind, key)
) STRICT;
CREATE INDEX jobs_due ON jobs (state, run_at);

CREATE TABLE journal_heads (
    tenant_id BLOB    NOT NULL PRIMARY KEY,
    seq       INTEGER NOT NULL
) STRICT;

CREATE TABLE journal (
    tenant_id    BLOB    NOT NULL,
    seq          INTEGER NOT NULL,
    at           INTEGER NOT NULL,
    actor_kind   TEXT    NOT NULL,
    actor        BLOB,
    action       TEXT    NOT NULL,
    subject_kind TEXT    NOT NULL,
    subject      BLOB    NOT NULL,
    before_json  TEXT,
    after_json   TEXT,
    why          TEXT,
    PRIMARY KEY (tenant_id, seq)
) STRICT;
CREATE INDEX journal_by_subject ON journal (tenant_id, subject, seq);

CREATE TABLE idempotency_keys (
    tenant_id   BLOB    NOT NULL,
    account_id  BLOB    NOT NULL,
    key         TEXT    NOT NULL,
    body_digest TEXT    NOT NULL,
    status      INTEGER,
    response    TEXT,
    created_at  INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, account_id, key)
) STRICT;
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (tenant_id, created_at);
