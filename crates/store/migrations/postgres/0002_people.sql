-- Who belongs to a company, who signs in, and what each may do.

-- The company: one record a tenant.
CREATE TABLE companies (
    tenant_id  UUID NOT NULL PRIMARY KEY,
    name       TEXT NOT NULL,
    time_zone  TEXT NOT NULL,
    locale     TEXT NOT NULL,
    week_start BIGINT NOT NULL,
    version    BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
ALTER TABLE companies ENABLE ROW LEVEL SECURITY;
ALTER TABLE companies FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON companies
    USING      (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON companies TO portico_app;

CREATE TABLE departments (
    tenant_id    UUID NOT NULL,
    id           UUID NOT NULL,
    parent_id    UUID,
    name         TEXT NOT NULL,
    sort_key     TEXT COLLATE "C" NOT NULL,
    email_domain TEXT,
    head_id      UUID,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, parent_id) REFERENCES departments (tenant_id, id)
);
ALTER TABLE departments ENABLE ROW LEVEL SECURITY;
ALTER TABLE departments FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON departments
    USING      (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON departments TO portico_app;

CREATE TABLE employees (
    tenant_id     UUID NOT NULL,
    id            UUID NOT NULL,
    department_id UUID,
    name          TEXT NOT NULL,
    sort_key      TEXT COLLATE "C" NOT NULL,
    email         TEXT NOT NULL,
    job_title     TEXT,
    picture       TEXT,
    state         TEXT NOT NULL,
    version       BIGINT NOT NULL,
    created_at    BIGINT NOT NULL,
    updated_at    BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, email),
    FOREIGN KEY (tenant_id, department_id) REFERENCES departments (tenant_id, id)
);
ALTER TABLE employees ENABLE ROW LEVEL SECURITY;
ALTER TABLE employees FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON employees
    USING      (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON employees TO portico_app;
CREATE INDEX employees_by_name ON employees (tenant_id, sort_key, id);

-- What a person is found by: each word of the name and the address, folded by the application.
CREATE TABLE employee_search_keys (
    tenant_id   UUID NOT NULL,
    search_key  TEXT COLLATE "C" NOT NULL,
    employee_id UUID NOT NULL,
    PRIMARY KEY (tenant_id, search_key, employee_id),
    FOREIGN KEY (tenant_id, employee_id) REFERENCES employees (tenant_id, id)
);
ALTER TABLE employee_search_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE employee_search_keys FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON employee_search_keys
    USING      (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON employee_search_keys TO portico_app;

CREATE TABLE accounts (
    tenant_id     UUID NOT NULL,
    id            UUID NOT NULL,
    employee_id   UUID,
    email         TEXT NOT NULL,
    password_hash TEXT,
    state         TEXT NOT NULL,
    locale        TEXT,
    time_zone     TEXT,
    created_at    BIGINT NOT NULL,
    updated_at    BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, email),
    FOREIGN KEY (tenant_id, employee_id) REFERENCES employees (tenant_id, id)
);
ALTER TABLE accounts ENABLE ROW LEVEL SECURITY;
ALTER TABLE accounts FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON accounts
    USING      (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON accounts TO portico_app;
CREATE INDEX accounts_by_employee ON accounts (tenant_id, employee_id);

CREATE TABLE roles (
    tenant_id UUID NOT NULL,
    id        UUID NOT NULL,
    slug      TEXT NOT NULL,
    name      TEXT NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, slug)
);
ALTER TABLE roles ENABLE ROW LEVEL SECURITY;
ALTER TABLE roles FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON roles
    USING      (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON roles TO portico_app;

CREATE TABLE role_grants (
    tenant_id UUID NOT NULL,
    role_id   UUID NOT NULL,
    function  TEXT NOT NULL,
    action    TEXT NOT NULL,
    scope     TEXT NOT NULL,
    PRIMARY KEY (tenant_id, role_id, function, action, scope),
    FOREIGN KEY (tenant_id, role_id) REFERENCES roles (tenant_id, id)
);
ALTER TABLE role_grants ENABLE ROW LEVEL SECURITY;
ALTER TABLE role_grants FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON role_grants
    USING      (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON role_grants TO portico_app;

CREATE TABLE employee_roles (
    tenant_id   UUID NOT NULL,
    employee_id UUID NOT NULL,
    role_id     UUID NOT NULL,
    PRIMARY KEY (tenant_id, employee_id, role_id),
    FOREIGN KEY (tenant_id, employee_id) REFERENCES employees (tenant_id, id),
    FOREIGN KEY (tenant_id, role_id) REFERENCES roles (tenant_id, id)
);
ALTER TABLE employee_roles ENABLE ROW LEVEL SECURITY;
ALTER TABLE employee_roles FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON employee_roles
    USING      (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON employee_roles TO portico_app;
CREATE INDEX employee_roles_by_role ON employee_roles (tenant_id, role_id);

-- Instance tables: before somebody is signed in the tenant is not known. Ids and digests only.
CREATE TABLE sign_in_index (
    email_digest BYTEA NOT NULL,
    tenant_id    UUID  NOT NULL,
    account_id   UUID  NOT NULL,
    PRIMARY KEY (email_digest, tenant_id)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON sign_in_index TO portico_app;

CREATE TABLE sign_in_failures (
    email_digest BYTEA  NOT NULL PRIMARY KEY,
    failures     BIGINT NOT NULL,
    wait_until   BIGINT NOT NULL,
    last_at      BIGINT NOT NULL
);
GRANT SELECT, INSERT, UPDATE, DELETE ON sign_in_failures TO portico_app;
CREATE INDEX sign_in_failures_by_age ON sign_in_failures (last_at);

CREATE TABLE sessions (
    digest     BYTEA  NOT NULL PRIMARY KEY,
    id         UUID   NOT NULL UNIQUE,
    tenant_id  UUID   NOT NULL,
    account_id UUID   NOT NULL,
    created_at BIGINT NOT NULL,
    last_seen  BIGINT NOT NULL,
    ends_at    BIGINT NOT NULL
);
GRANT SELECT, INSERT, UPDATE, DELETE ON sessions TO portico_app;
CREATE INDEX sessions_by_account ON sessions (tenant_id, account_id);
CREATE INDEX sessions_by_end ON sessions (ends_at);
