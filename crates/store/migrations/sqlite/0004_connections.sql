-- Google: clients, connections, attempts to get consent; and the keys that seal their secrets.

-- A tenant's data keys, sealed under the instance's master key.
CREATE TABLE data_keys (
    tenant_id  BLOB   NOT NULL,
    version    INTEGER NOT NULL,
    sealed     TEXT   NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, version)
) STRICT;

CREATE TABLE google_clients (
    tenant_id     BLOB NOT NULL,
    id            BLOB NOT NULL,
    name          TEXT NOT NULL,
    client_id     TEXT NOT NULL,
    secret_sealed TEXT NOT NULL,
    redirect_uri  TEXT,
    created_at    INTEGER NOT NULL,
    updated_at    INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, client_id)
) STRICT;

CREATE TABLE connections (
    tenant_id          BLOB NOT NULL,
    id                 BLOB NOT NULL,
    employee_id        BLOB,
    google_client_id   BLOB,
    subject            TEXT NOT NULL,
    email              TEXT NOT NULL,
    name               TEXT NOT NULL,
    picture            TEXT,
    state              TEXT NOT NULL,
    reason             TEXT,
    scopes             TEXT NOT NULL,
    wanted             TEXT NOT NULL,
    access_sealed      TEXT,
    access_expires_at  INTEGER,
    refresh_sealed     TEXT,
    refresh_expires_at INTEGER,
    token_prefix       TEXT,
    token_hash         TEXT,
    fence              INTEGER NOT NULL,
    lease_until        INTEGER NOT NULL,
    version            INTEGER NOT NULL,
    created_at         INTEGER NOT NULL,
    updated_at         INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, employee_id, subject),
    FOREIGN KEY (tenant_id, employee_id) REFERENCES employees (tenant_id, id),
    FOREIGN KEY (tenant_id, google_client_id) REFERENCES google_clients (tenant_id, id)
) STRICT;
CREATE INDEX connections_by_subject ON connections (tenant_id, subject);
CREATE INDEX connections_by_token ON connections (tenant_id, token_hash);

-- An attempt to get consent, used up by the callback that brings its state.
CREATE TABLE authorization_attempts (
    tenant_id        BLOB NOT NULL,
    id               BLOB NOT NULL,
    session_id       BLOB NOT NULL,
    account_id       BLOB NOT NULL,
    employee_id      BLOB NOT NULL,
    connection_id    BLOB,
    google_client_id BLOB,
    feature          TEXT NOT NULL,
    scopes           TEXT NOT NULL,
    nonce            TEXT,
    verifier_sealed  TEXT NOT NULL,
    return_to        TEXT NOT NULL,
    expires_at       INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, connection_id) REFERENCES connections (tenant_id, id)
) STRICT;
CREATE INDEX authorization_attempts_by_account ON authorization_attempts (tenant_id, account_id, expires_at);

-- A grant that is to be given back to Google; the row goes when Google has taken it.
CREATE TABLE revocations (
    tenant_id        BLOB NOT NULL,
    id               BLOB NOT NULL,
    connection_id    BLOB NOT NULL,
    google_client_id BLOB,
    token_sealed     TEXT NOT NULL,
    created_at       INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, connection_id) REFERENCES connections (tenant_id, id)
) STRICT;
