-- Events that are still to be deleted at Google before a connection ends: a row for each single event or whole series.
CREATE TABLE reset_items (
    tenant_id          BLOB    NOT NULL,
    connection_id      BLOB    NOT NULL,
    google_calendar_id TEXT    NOT NULL,
    google_id          TEXT    NOT NULL,
    attempts           INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, connection_id, google_calendar_id, google_id),
    FOREIGN KEY (tenant_id, connection_id) REFERENCES connections (tenant_id, id)
) STRICT;
