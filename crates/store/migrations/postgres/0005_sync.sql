-- A Google calendar tied to a Portico calendar: one for each Google calendar of a tenant, however many people see it.
CREATE TABLE links (
    tenant_id          UUID    NOT NULL,
    id                 UUID    NOT NULL,
    calendar_id        UUID,
    connection_id      UUID    NOT NULL,
    google_calendar_id TEXT    NOT NULL,
    name               TEXT    NOT NULL,
    direction          TEXT    NOT NULL,
    role               TEXT    NOT NULL,
    state              TEXT    NOT NULL,
    access_role        TEXT    NOT NULL,
    private_rule       TEXT    NOT NULL,
    sync_attendees     BOOLEAN NOT NULL,
    time_zone          TEXT    NOT NULL,
    since              BIGINT NOT NULL,
    cursor             TEXT,
    page_token         TEXT,
    generation         BIGINT NOT NULL,
    pulling_generation BIGINT,
    fence              BIGINT NOT NULL,
    lease_until        BIGINT NOT NULL,
    reason             TEXT,
    failures           BIGINT NOT NULL,
    last_success_at    BIGINT,
    last_change_at     BIGINT,
    last_change_count  BIGINT NOT NULL,
    next_try_at        BIGINT,
    history            TEXT    NOT NULL,
    watchable          BOOLEAN NOT NULL,
    created_at         BIGINT NOT NULL,
    updated_at         BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, google_calendar_id),
    FOREIGN KEY (tenant_id, calendar_id) REFERENCES calendars (tenant_id, id)
);
ALTER TABLE links ENABLE ROW LEVEL SECURITY;
ALTER TABLE links FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON links
    USING      (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON links TO portico_app;
CREATE INDEX links_by_calendar ON links (tenant_id, calendar_id);
CREATE INDEX links_by_connection ON links (tenant_id, connection_id);

-- Through which connections a linked calendar can be seen, and with which right; the link uses the best of them.
CREATE TABLE link_readers (
    tenant_id     UUID NOT NULL,
    link_id       UUID NOT NULL,
    connection_id UUID NOT NULL,
    access_role   TEXT NOT NULL,
    PRIMARY KEY (tenant_id, link_id, connection_id),
    FOREIGN KEY (tenant_id, link_id) REFERENCES links (tenant_id, id)
);
ALTER TABLE link_readers ENABLE ROW LEVEL SECURITY;
ALTER TABLE link_readers FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON link_readers
    USING      (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON link_readers TO portico_app;
CREATE INDEX link_readers_by_connection ON link_readers (tenant_id, connection_id);

-- What a run would have deleted or mailed, waiting for a person.
CREATE TABLE holds (
    tenant_id  UUID    NOT NULL,
    id         UUID    NOT NULL,
    link_id    UUID    NOT NULL,
    kind       TEXT    NOT NULL,
    count      BIGINT NOT NULL,
    people     BIGINT NOT NULL,
    items      TEXT    NOT NULL,
    state      TEXT    NOT NULL,
    created_at BIGINT NOT NULL,
    decided_at BIGINT,
    decided_by UUID,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, link_id) REFERENCES links (tenant_id, id)
);
ALTER TABLE holds ENABLE ROW LEVEL SECURITY;
ALTER TABLE holds FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON holds
    USING      (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON holds TO portico_app;
CREATE INDEX holds_by_link ON holds (tenant_id, link_id, state);
CREATE INDEX holds_by_state ON holds (tenant_id, state, created_at);

-- An instance table: a push message names a channel and no tenant. Ids and digests only.
CREATE TABLE push_channels (
    channel_id   TEXT    NOT NULL PRIMARY KEY,
    tenant_id    UUID    NOT NULL,
    link_id      UUID    NOT NULL,
    token_digest BYTEA   NOT NULL,
    resource_id  TEXT,
    expires_at   BIGINT NOT NULL,
    state        TEXT    NOT NULL,
    created_at   BIGINT NOT NULL
);
GRANT SELECT, INSERT, UPDATE, DELETE ON push_channels TO portico_app;
CREATE INDEX push_channels_by_link ON push_channels (tenant_id, link_id, created_at);

-- Where an entry stands with Google, beside what 0003 says.
ALTER TABLE entries ADD COLUMN gone_at BIGINT;
ALTER TABLE entries ADD COLUMN refused_version BIGINT;
ALTER TABLE entries ADD COLUMN redacted BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE entries ADD COLUMN asking_since BIGINT;
CREATE INDEX entries_gone ON entries (tenant_id, link_id) WHERE gone_at IS NOT NULL;
CREATE INDEX entries_asking ON entries (tenant_id, link_id) WHERE asking_since IS NOT NULL;
CREATE INDEX entries_pending ON entries (tenant_id, link_id) WHERE local_version > pushed_version;
CREATE INDEX entries_by_generation ON entries (tenant_id, link_id, generation);
