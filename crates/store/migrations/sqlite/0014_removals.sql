-- When a person removed an event here, and whether the guests were told: that is how it is taken back.
ALTER TABLE entries ADD COLUMN removed_at INTEGER;
ALTER TABLE entries ADD COLUMN removed_told INTEGER;
CREATE INDEX entries_removed ON entries (tenant_id, calendar_id, removed_at) WHERE removed_at IS NOT NULL;
