-- What the guard let through lately: the events that were deleted and the people who were mailed, by link, each once.
CREATE TABLE guard_counts (
    tenant_id  UUID   NOT NULL,
    link_id    UUID   NOT NULL,
    kind       TEXT   NOT NULL,
    subject    TEXT   NOT NULL,
    counted_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, link_id, kind, subject),
    FOREIGN KEY (tenant_id, link_id) REFERENCES links (tenant_id, id)
);
ALTER TABLE guard_counts ENABLE ROW LEVEL SECURITY;
ALTER TABLE guard_counts FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON guard_counts
    USING      (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON guard_counts TO portico_app;
