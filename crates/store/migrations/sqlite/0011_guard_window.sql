-- What the guard let through lately: the events that were deleted and the people who were mailed, by link, each once.
CREATE TABLE guard_counts (
    tenant_id  BLOB    NOT NULL,
    link_id    BLOB    NOT NULL,
    kind       TEXT    NOT NULL,
    subject    TEXT    NOT NULL,
    counted_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, link_id, kind, subject),
    FOREIGN KEY (tenant_id, link_id) REFERENCES links (tenant_id, id)
) STRICT;
