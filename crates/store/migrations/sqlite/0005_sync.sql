-- A Google calendar tied to a Portico calendar: one for each Google calendar of a tenant, however many people see it.
CREATE TABLE links (
    tenant_id          BLOB    NOT NULL,
    id                 BLOB    NOT NULL,
    calendar_id        BLOB,
    connection_id      BLOB    NOT NULL,
    google_calendar_id TEXT    NOT NULL,
    name               TEXT    NOT NULL,
    direction          TEXT    NOT NULL,
    role               TEXT    NOT NULL,
    state              TEXT    NOT NULL,
    access_role        TEXT    NOT NULL,
    private_rule       TEXT    NOT NULL,
    sync_attendees     INTEGER NOT NULL,
    time_zone          TEXT    NOT NULL,
    since              INTEGER NOT NULL,
    cursor             TEXT,
    page_token         TEXT,
    generation         INTEGER NOT NULL,
    pulling_generation INTEGER,
    fence              INTEGER NOT NULL,
    lease_until        INTEGER NOT NULL,
    reason             TEXT,
    failures           INTEGER NOT NULL,
    last_success_at    INTEGER,
    last_change_at     INTEGER,
    last_change_count  INTEGER NOT NULL,
    next_try_at        INTEGER,
    history            TEXT    NOT NULL,
    watchable          INTEGER NOT NULL,
    created_at         INTEGER NOT NULL,
    updated_at         INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, google_calendar_id),
    FOREIGN KEY (tenant_id, calendar_id) REFERENCES calendars (tenant_id, id)
) STRICT;
CREATE INDEX links_by_calendar ON links (tenant_id, calendar_id);
CREATE INDEX links_by_connection ON links (tenant_id, connection_id);

-- Through which connections a linked calendar can be seen, and with which right; the link uses the best of them.
CREATE TABLE link_readers (
    tenant_id     BLOB NOT NULL,
    link_id       BLOB NOT NULL,
    connection_id BLOB NOT NULL,
    access_role   TEXT NOT NULL,
    PRIMARY KEY (tenant_id, link_id, connection_id),
    FOREIGN KEY (tenant_id, link_id) REFERENCES links (tenant_id, id)
) STRICT;
CREATE INDEX link_readers_by_connection ON link_readers (tenant_id, connection_id);

-- What a run would have deleted or mailed, waiting for a person.
CREATE TABLE holds (
    tenant_id  BLOB    NOT NULL,
    id         BLOB    NOT NULL,
    link_id    BLOB    NOT NULL,
    kind       TEXT    NOT NULL,
    count      INTEGER NOT NULL,
    people     INTEGER NOT NULL,
    items      TEXT    NOT NULL,
    state      TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    decided_at INTEGER,
    decided_by BLOB,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, link_id) REFERENCES links (tenant_id, id)
) STRICT;
CREATE INDEX holds_by_link ON holds (tenant_id, link_id, state);
CREATE INDEX holds_by_state ON holds (tenant_id, state, created_at);

-- An instance table: a push message names a channel and no tenant. Ids and digests only.
CREATE TABLE push_channels (
    channel_id   TEXT    NOT NULL PRIMARY KEY,
    tenant_id    BLOB    NOT NULL,
    link_id      BLOB    NOT NULL,
    token_digest BLOB    NOT NULL,
    resource_id  TEXT,
    expires_at   INTEGER NOT NULL,
    state        TEXT    NOT NULL,
    created_at   INTEGER NOT NULL
) STRICT;
CREATE INDEX push_channels_by_link ON push_channels (tenant_id, link_id, created_at);

-- Where an entry stands with Google, beside what 0003 says.
ALTER TABLE entries ADD COLUMN gone_at INTEGER;
ALTER TABLE entries ADD COLUMN refused_version INTEGER;
ALTER TABLE entries ADD COLUMN redacted INTEGER NOT NULL DEFAULT 0;
ALTER TABLE entries ADD COLUMN asking_since INTEGER;
CREATE INDEX entries_gone ON entries (tenant_id, link_id) WHERE gone_at IS NOT NULL;
CREATE INDEX entries_asking ON entries (tenant_id, link_id) WHERE asking_since IS NOT NULL;
CREATE INDEX entries_pending ON entries (tenant_id, link_id) WHERE local_version > pushed_version;
CREATE INDEX entries_by_generation ON entries (tenant_id, link_id, generation);
