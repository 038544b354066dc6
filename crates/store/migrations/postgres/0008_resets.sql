-- Events that are still to be deleted at Google before a connection ends: a row for each single event or whole series.
CREATE TABLE reset_items (
    tenant_id          UUID   NOT NULL,
    connection_id      UUID   NOT NULL,
    google_calendar_id TEXT   NOT NULL,
    google_id          TEXT   NOT NULL,
    attempts           BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, connection_id, google_calendar_id, google_id),
    FOREIGN KEY (tenant_id, connection_id) REFERENCES connections (tenant_id, id)
);
ALTER TABLE reset_items ENABLE ROW LEVEL SECURITY;
ALTER TABLE reset_items FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON reset_items
    USING      (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON reset_items TO portico_app;
