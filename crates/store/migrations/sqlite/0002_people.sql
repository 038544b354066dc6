-- Who belongs to a company, who signs in, and what each may do.

-- The company: one record a tenant.
CREATE TABLE companies (
    tenant_id  BLOB NOT NULL PRIMARY KEY,
    name       TEXT NOT NULL,
    time_zone  TEXT NOT NULL,
    locale     TEXT NOT NULL,
    week_start INTEGER NOT NULL,
    version    INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE departments (
    tenant_id    BLOB NOT NULL,
    id           BLOB NOT NULL,
    parent_id    BLOB,
    name         TEXT NOT NULL,
    sort_key     TEXT NOT NULL,
    email_domain TEXT,
    head_id      BLOB,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, parent_id) REFERENCES departments (tenant_id, id)
) STRICT;

CREATE TABLE employees (
    tenant_id     BLOB NOT NULL,
    id            BLOB NOT NULL,
    department_id BLOB,
    name          TEXT NOT NULL,
    sort_key      TEXT NOT NULL,
    email         TEXT NOT NULL,
    job_title     TEXT,
    picture       TEXT,
    state         TEXT NOT NULL,
    version       INTEGER NOT NULL,
    created_at    INTEGER NOT NULL,
    updated_at    INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, email),
    FOREIGN KEY (tenant_id, department_id) REFERENCES departments (tenant_id, id)
) STRICT;
CREATE INDEX employees_by_name ON employees (tenant_id, sort_key, id);

-- What a person is found by: each word of the name and the address, folded by the application.
CREATE TABLE employee_search_keys (
    tenant_id   BLOB NOT NULL,
    search_key  TEXT NOT NULL,
    employee_id BLOB NOT NULL,
    PRIMARY KEY (tenant_id, search_key, employee_id),
    FOREIGN KEY (tenant_id, employee_id) REFERENCES employees (tenant_id, id)
) STRICT;

CREATE TABLE accounts (
    tenant_id     BLOB NOT NULL,
    id            BLOB NOT NULL,
    employee_id   BLOB,
    email         TEXT NOT NULL,
    password_hash TEXT,
    state         TEXT NOT NULL,
    locale        TEXT,
    time_zone     TEXT,
    created_at    INTEGER NOT NULL,
    updated_at    INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, email),
    FOREIGN KEY (tenant_id, employee_id) REFERENCES employees (tenant_id, id)
) STRICT;
CREATE INDEX accounts_by_employee ON accounts (tenant_id, employee_id);

CREATE TABLE roles (
    tenant_id BLOB NOT NULL,
    id        BLOB NOT NULL,
    slug      TEXT NOT NULL,
    name      TEXT NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, slug)
) STRICT;

CREATE TABLE role_grants (
    tenant_id BLOB NOT NULL,
    role_id   BLOB NOT NULL,
    function  TEXT NOT NULL,
    action    TEXT NOT NULL,
    scope     TEXT NOT NULL,
    PRIMARY KEY (tenant_id, role_id, function, action, scope),
    FOREIGN KEY (tenant_id, role_id) REFERENCES roles (tenant_id, id)
) STRICT;

CREATE TABLE employee_roles (
    tenant_id   BLOB NOT NULL,
    employee_id BLOB NOT NULL,
    role_id     BLOB NOT NULL,
    PRIMARY KEY (tenant_id, employee_id, role_id),
    FOREIGN KEY (tenant_id, employee_id) REFERENCES employees (tenant_id, id),
    FOREIGN KEY (tenant_id, role_id) REFERENCES roles (tenant_id, id)
) STRICT;
CREATE INDEX employee_roles_by_role ON employee_roles (tenant_id, role_id);

-- Instance tables: before somebody is signed in the tenant is not known. Ids and digests only.
CREATE TABLE sign_in_index (
    email_digest BLOB NOT NULL,
    tenant_id    BLOB  NOT NULL,
    account_id   BLOB  NOT NULL,
    PRIMARY KEY (email_digest, tenant_id)
) STRICT;

CREATE TABLE sign_in_failures (
    email_digest BLOB  NOT NULL PRIMARY KEY,
    failures     INTEGER NOT NULL,
    wait_until   INTEGER NOT NULL,
    last_at      INTEGER NOT NULL
) STRICT;
CREATE INDEX sign_in_failures_by_age ON sign_in_failures (last_at);

CREATE TABLE sessions (
    digest     BLOB  NOT NULL PRIMARY KEY,
    id         BLOB   NOT NULL UNIQUE,
    tenant_id  BLOB   NOT NULL,
    account_id BLOB   NOT NULL,
    created_at INTEGER NOT NULL,
    last_seen  INTEGER NOT NULL,
    ends_at    INTEGER NOT NULL
) STRICT;
CREATE INDEX sessions_by_account ON sessions (tenant_id, account_id);
CREATE INDEX sessions_by_end ON sessions (ends_at);
