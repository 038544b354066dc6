-- Google: clients, connections, attempts to get consent; and the keys that seal their secrets.

-- A tenant's data keys, sealed under the instance's master key.
CREATE TABLE data_keys (
    tenant_id  UUID   NOT NULL,
    version    BIGINT NOT NULL,
    sealed     TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, version)
);
ALTER TABLE data_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE data_keys FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON data_keys
    USING      (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON data_keys TO portico_app;

CREATE TABLE google_clients (
    tenant_id     UUID NOT NULL,
    id            UUID NOT NULL,
    name          TEXT NOT NULL,
    client_id     TEXT NOT NULL,
    secret_sealed TEXT NOT NULL,
    redirect_uri  TEXT,
    created_at    BIGINT NOT NULL,
    updated_at    BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, client_id)
);
ALTER TABLE google_clients ENABLE ROW LEVEL SECURITY;
ALTER TABLE google_clients FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON google_clients
    USING      (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON google_clients TO portico_app;

CREATE TABLE connections (
    tenant_id          UUID NOT NULL,
    id                 UUID NOT NULL,
    employee_id        UUID,
    google_client_id   UUID,
    subject            TEXT NOT NULL,
    email              TEXT NOT NULL,
    name               TEXT NOT NULL,
    picture            TEXT,
    state              TEXT NOT NULL,
    reason             TEXT,
    scopes             TEXT NOT NULL,
    wanted             TEXT NOT NULL,
    access_sealed      TEXT,
    access_expires_at  BIGINT,
    refresh_sealed     TEXT,
    refresh_expires_at BIGINT,
    token_prefix       TEXT,
    token_hash         TEXT,
    fence              BIGINT NOT NULL,
    lease_until        BIGINT NOT NULL,
    version            BIGINT NOT NULL,
    created_at         BIGINT NOT NULL,
    updated_at         BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, employee_id, subject),
    FOREIGN KEY (tenant_id, employee_id) REFERENCES employees (tenant_id, id),
    FOREIGN KEY (tenant_id, google_client_id) REFERENCES google_clients (tenant_id, id)
);
ALTER TABLE connections ENABLE ROW LEVEL SECURITY;
ALTER TABLE connections FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON connections
    USING      (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON connections TO portico_app;
CREATE INDEX connections_by_subject ON connections (tenant_id, subject);
CREATE INDEX connections_by_token ON connections (tenant_id, token_hash);

-- An attempt to get consent, used up by the callback that brings its state.
CREATE TABLE authorization_attempts (
    tenant_id        UUID NOT NULL,
    id               UUID NOT NULL,
    session_id       UUID NOT NULL,
    account_id       UUID NOT NULL,
    employee_id      UUID NOT NULL,
    connection_id    UUID,
    google_client_id UUID,
    feature          TEXT NOT NULL,
    scopes           TEXT NOT NULL,
    nonce            TEXT,
    verifier_sealed  TEXT NOT NULL,
    return_to        TEXT NOT NULL,
    expires_at       BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, connection_id) REFERENCES connections (tenant_id, id)
);
ALTER TABLE authorization_attempts ENABLE ROW LEVEL SECURITY;
ALTER TABLE authorization_attempts FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON authorization_attempts
    USING      (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON authorization_attempts TO portico_app;
CREATE INDEX authorization_attempts_by_account ON authorization_attempts (tenant_id, account_id, expires_at);

-- A grant that is to be given back to Google; the row goes when Google has taken it.
CREATE TABLE revocations (
    tenant_id        UUID NOT NULL,
    id               UUID NOT NULL,
    connection_id    UUID NOT NULL,
    google_client_id UUID,
    token_sealed     TEXT NOT NULL,
    created_at       BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, connection_id) REFERENCES connections (tenant_id, id)
);
ALTER TABLE revocations ENABLE ROW LEVEL SECURITY;
ALTER TABLE revocations FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON revocations
    USING      (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON revocations TO portico_app;
