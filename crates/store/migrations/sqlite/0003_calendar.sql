-- What happens, and how each calendar shows it.

CREATE TABLE calendars (
    tenant_id         BLOB    NOT NULL,
    id                BLOB    NOT NULL,
    owner_employee_id BLOB,
    kind              TEXT    NOT NULL,
    name              TEXT    NOT NULL,
    color             TEXT    NOT NULL,
    time_zone         TEXT    NOT NULL,
    sharing           TEXT    NOT NULL,
    is_main           INTEGER NOT NULL,
    deleted_at        INTEGER,
    version           INTEGER NOT NULL,
    created_at        INTEGER NOT NULL,
    updated_at        INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, owner_employee_id) REFERENCES employees (tenant_id, id)
) STRICT;
CREATE INDEX calendars_by_owner ON calendars (tenant_id, owner_employee_id);

-- A single event, the master of a series, or one changed or cancelled instance: what its people share.
CREATE TABLE meetings (
    tenant_id       BLOB    NOT NULL,
    id              BLOB    NOT NULL,
    uid             TEXT    NOT NULL,
    original_start  TEXT    NOT NULL,
    organizer_email TEXT    NOT NULL,
    organizer_name  TEXT    NOT NULL,
    series_id       BLOB,
    lead_entry_id   BLOB,
    shared          TEXT    NOT NULL,
    span_start      INTEGER NOT NULL,
    span_end        INTEGER NOT NULL,
    version         INTEGER NOT NULL,
    created_at      INTEGER NOT NULL,
    updated_at      INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, uid, original_start, organizer_email),
    FOREIGN KEY (tenant_id, series_id) REFERENCES meetings (tenant_id, id)
) STRICT;
CREATE INDEX meetings_by_series ON meetings (tenant_id, series_id, original_start);

-- How a meeting appears in one calendar, and where it stands with Google.
CREATE TABLE entries (
    tenant_id       BLOB    NOT NULL,
    id              BLOB    NOT NULL,
    calendar_id     BLOB    NOT NULL,
    meeting_id      BLOB    NOT NULL,
    series_entry_id BLOB,
    link_id         BLOB,
    private         TEXT    NOT NULL,
    span_start      INTEGER NOT NULL,
    span_end        INTEGER NOT NULL,
    wide            INTEGER NOT NULL,
    is_busy         INTEGER NOT NULL,
    google_id       TEXT,
    incarnation     INTEGER NOT NULL,
    etag            TEXT    NOT NULL,
    base            TEXT,
    sending         TEXT,
    remote          TEXT,
    generation      INTEGER NOT NULL,
    local_version   INTEGER NOT NULL,
    pushed_version  INTEGER NOT NULL,
    push_problem    TEXT,
    act             TEXT,
    deleted_at      INTEGER,
    deleted_by      BLOB,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, link_id, google_id),
    FOREIGN KEY (tenant_id, calendar_id) REFERENCES calendars (tenant_id, id),
    FOREIGN KEY (tenant_id, meeting_id) REFERENCES meetings (tenant_id, id),
    FOREIGN KEY (tenant_id, series_entry_id) REFERENCES entries (tenant_id, id)
) STRICT;
-- A month is asked of the first for what is short, of the second for series and for what is longer than 31 days.
CREATE INDEX entries_narrow ON entries (tenant_id, calendar_id, span_start) WHERE NOT wide AND deleted_at IS NULL;
CREATE INDEX entries_wide ON entries (tenant_id, calendar_id, span_end) WHERE wide AND deleted_at IS NULL;
CREATE UNIQUE INDEX entries_live ON entries (tenant_id, calendar_id, meeting_id) WHERE deleted_at IS NULL;
CREATE INDEX entries_by_meeting ON entries (tenant_id, meeting_id);
CREATE INDEX entries_by_series ON entries (tenant_id, series_entry_id);
CREATE INDEX entries_deleted ON entries (tenant_id, deleted_at) WHERE deleted_at IS NOT NULL;

-- Fields that both sides changed; Google's value stands, ours is kept here until somebody chooses.
CREATE TABLE conflicts (
    tenant_id   BLOB    NOT NULL,
    id          BLOB    NOT NULL,
    entry_id    BLOB    NOT NULL,
    meeting_id  BLOB    NOT NULL,
    link_id     BLOB    NOT NULL,
    calendar_id BLOB    NOT NULL,
    fields      TEXT    NOT NULL,
    google_at   INTEGER NOT NULL,
    portico_at  INTEGER NOT NULL,
    portico_by  BLOB,
    created_at  INTEGER NOT NULL,
    resolved_at INTEGER,
    resolution  TEXT,
    resolved_by BLOB,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, entry_id) REFERENCES entries (tenant_id, id),
    FOREIGN KEY (tenant_id, meeting_id) REFERENCES meetings (tenant_id, id),
    FOREIGN KEY (tenant_id, calendar_id) REFERENCES calendars (tenant_id, id)
) STRICT;
CREATE INDEX conflicts_by_entry ON conflicts (tenant_id, entry_id);
CREATE INDEX conflicts_by_calendar ON conflicts (tenant_id, calendar_id, created_at, id);
