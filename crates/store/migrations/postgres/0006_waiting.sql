-- What waits is found in the order in which it is asked for: without that order in the index SQLite reads the whole table.
DROP INDEX entries_gone;
DROP INDEX entries_asking;
DROP INDEX entries_pending;
CREATE INDEX entries_gone ON entries (tenant_id, link_id, id) WHERE gone_at IS NOT NULL;
CREATE INDEX entries_asking ON entries (tenant_id, link_id, asking_since, id) WHERE asking_since IS NOT NULL;
CREATE INDEX entries_pending ON entries (tenant_id, link_id, id) WHERE local_version > pushed_version;
CREATE INDEX entries_unlinked ON entries (tenant_id, calendar_id, span_end) WHERE link_id IS NULL AND deleted_at IS NULL;
