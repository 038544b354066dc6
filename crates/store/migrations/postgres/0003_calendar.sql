-- What happens, and how each calendar shows it.

CREATE TABLE calendars (
    tenant_id         UUID    NOT NULL,
    id                UUID    NOT NULL,
    owner_employee_id UUID,
    kind              TEXT    NOT NULL,
    name              TEXT    NOT NULL,
    color             TEXT    NOT NULL,
    time_zone         TEXT    NOT NULL,
    sharing           TEXT    NOT NULL,
    is_main           BOOLEAN NOT NULL,
    deleted_at        BIGINT,
    version           BIGINT  NOT NULL,
    created_at        BIGINT  NOT NULL,
    updated_at        BIGINT  NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, owner_employee_id) REFERENCES employees (tenant_id, id)
);
ALTER TABLE calendars ENABLE ROW LEVEL SECURITY;
ALTER TABLE calendars FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON calendars
    USING      (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON calendars TO portico_app;
CREATE INDEX calendars_by_owner ON calendars (tenant_id, owner_employee_id);

-- A single event, the master of a series, or one changed or cancelled instance: what its people share.
CREATE TABLE meetings (
    tenant_id       UUID    NOT NULL,
    id              UUID    NOT NULL,
    uid             TEXT    NOT NULL,
    original_start  TEXT COLLATE "C" NOT NULL,
    organizer_email TEXT    NOT NULL,
    organizer_name  TEXT    NOT NULL,
    series_id       UUID,
    lead_entry_id   UUID,
    shared          TEXT    NOT NULL,
    span_start      BIGINT  NOT NULL,
    span_end        BIGINT  NOT NULL,
    version         BIGINT  NOT NULL,
    created_at      BIGINT  NOT NULL,
    updated_at      BIGINT  NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, uid, original_start, organizer_email),
    FOREIGN KEY (tenant_id, series_id) REFERENCES meetings (tenant_id, id)
);
ALTER TABLE meetings ENABLE ROW LEVEL SECURITY;
ALTER TABLE meetings FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON meetings
    USING      (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON meetings TO portico_app;
CREATE INDEX meetings_by_series ON meetings (tenant_id, series_id, original_start);

-- How a meeting appears in one calendar, and where it stands with Google.
CREATE TABLE entries (
    tenant_id       UUID    NOT NULL,
    id              UUID    NOT NULL,
    calendar_id     UUID    NOT NULL,
    meeting_id      UUID    NOT NULL,
    series_entry_id UUID,
    link_id         UUID,
    private         TEXT    NOT NULL,
    span_start      BIGINT  NOT NULL,
    span_end        BIGINT  NOT NULL,
    wide            BOOLEAN NOT NULL,
    is_busy         BOOLEAN NOT NULL,
    google_id       TEXT,
    incarnation     BIGINT  NOT NULL,
    etag            TEXT    NOT NULL,
    base            TEXT,
    sending         TEXT,
    remote          TEXT,
    generation      BIGINT  NOT NULL,
    local_version   BIGINT  NOT NULL,
    pushed_version  BIGINT  NOT NULL,
    push_problem    TEXT,
    act             TEXT,
    deleted_at      BIGINT,
    deleted_by      UUID,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, link_id, google_id),
    FOREIGN KEY (tenant_id, calendar_id) REFERENCES calendars (tenant_id, id),
    FOREIGN KEY (tenant_id, meeting_id) REFERENCES meetings (tenant_id, id),
    FOREIGN KEY (tenant_id, series_entry_id) REFERENCES entries (tenant_id, id)
);
ALTER TABLE entries ENABLE ROW LEVEL SECURITY;
ALTER TABLE entries FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON entries
    USING      (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON entries TO portico_app;
-- A month is asked of the first for what is short, of the second for series and for what is longer than 31 days.
CREATE INDEX entries_narrow ON entries (tenant_id, calendar_id, span_start) WHERE NOT wide AND deleted_at IS NULL;
CREATE INDEX entries_wide ON entries (tenant_id, calendar_id, span_end) WHERE wide AND deleted_at IS NULL;
CREATE UNIQUE INDEX entries_live ON entries (tenant_id, calendar_id, meeting_id) WHERE deleted_at IS NULL;
CREATE INDEX entries_by_meeting ON entries (tenant_id, meeting_id);
CREATE INDEX entries_by_series ON entries (tenant_id, series_entry_id);
CREATE INDEX entries_deleted ON entries (tenant_id, deleted_at) WHERE deleted_at IS NOT NULL;

-- Fields that both sides changed; Google's value stands, ours is kept here until somebody chooses.
CREATE TABLE conflicts (
    tenant_id   UUID    NOT NULL,
    id          UUID    NOT NULL,
    entry_id    UUID    NOT NULL,
    meeting_id  UUID    NOT NULL,
    link_id     UUID    NOT NULL,
    calendar_id UUID    NOT NULL,
    fields      TEXT    NOT NULL,
    google_at   BIGINT  NOT NULL,
    portico_at  BIGINT  NOT NULL,
    portico_by  UUID,
    created_at  BIGINT  NOT NULL,
    resolved_at BIGINT,
    resolution  TEXT,
    resolved_by UUID,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, entry_id) REFERENCES entries (tenant_id, id),
    FOREIGN KEY (tenant_id, meeting_id) REFERENCES meetings (tenant_id, id),
    FOREIGN KEY (tenant_id, calendar_id) REFERENCES calendars (tenant_id, id)
);
ALTER TABLE conflicts ENABLE ROW LEVEL SECURITY;
ALTER TABLE conflicts FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON conflicts
    USING      (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON conflicts TO portico_app;
CREATE INDEX conflicts_by_entry ON conflicts (tenant_id, entry_id);
CREATE INDEX conflicts_by_calendar ON conflicts (tenant_id, calendar_id, created_at, id);
