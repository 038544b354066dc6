-- The service's role: bound by row-level security. The owner of the tables gives it a password and the right to sign in.
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'portico_app') THEN
        CREATE ROLE portico_app NOLOGIN NOSUPERUSER NOBYPASSRLS;
    END IF;
END $$;
GRANT USAGE ON SCHEMA public TO portico_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO portico_app;

-- What must be found before the tenant is known, and the journal. Ids and digests only outside of tenant tables.
CREATE TABLE tenants (
    id         UUID    NOT NULL PRIMARY KEY,
    slug       TEXT    NOT NULL UNIQUE,
    name       TEXT    NOT NULL,
    state      TEXT    NOT NULL,
    created_at BIGINT NOT NULL
);

-- The queue's routing rows: one for each thing to bring in line.
CREATE TABLE jobs (
    id            UUID    NOT NULL PRIMARY KEY,
    tenant_id     UUID    NOT NULL,
    kind          TEXT    NOT NULL,
    key           TEXT    NOT NULL,
    run_at        BIGINT NOT NULL,
    lease_until   BIGINT,
    fence         BIGINT NOT NULL,
    attempts      BIGINT NOT NULL,
    wakes         BIGINT NOT NULL,
    claimed_wakes BIGINT NOT NULL,
    state         TEXT    NOT NULL,
    last_error    TEXT,
    UNIQUE (tenant_id, kind, key)
);
CREATE INDEX jobs_due ON jobs (state, run_at);

CREATE TABLE journal_heads (
    tenant_id UUID    NOT NULL PRIMARY KEY,
    seq       BIGINT NOT NULL
);

CREATE TABLE journal (
    tenant_id    UUID    NOT NULL,
    seq          BIGINT NOT NULL,
    at           BIGINT NOT NULL,
    actor_kind   TEXT    NOT NULL,
    actor        UUID,
    action       TEXT    NOT NULL,
    subject_kind TEXT    NOT NULL,
    subject      UUID    NOT NULL,
    before_json  TEXT,
    after_json   TEXT,
    why          TEXT,
    PRIMARY KEY (tenant_id, seq)
);
CREATE INDEX journal_by_subject ON journal (tenant_id, subject, seq);

CREATE TABLE idempotency_keys (
    tenant_id   UUID    NOT NULL,
    account_id  UUID    NOT NULL,
    key         TEXT    NOT NULL,
    body_digest TEXT    NOT NULL,
    status      BIGINT,
    response    TEXT,
    created_at  BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, account_id, key)
);
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (tenant_id, created_at);

ALTER TABLE journal_heads ENABLE ROW LEVEL SECURITY;
ALTER TABLE journal_heads FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON journal_heads
    USING      (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);

ALTER TABLE journal ENABLE ROW LEVEL SECURITY;
ALTER TABLE journal FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON journal
    USING      (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);

ALTER TABLE idempotency_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE idempotency_keys FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON idempotency_keys
    USING      (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
