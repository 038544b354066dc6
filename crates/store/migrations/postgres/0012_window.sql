-- A window judges both ends of a span in the index, so that only the rows that it shows are fetched. What is not deleted is
-- said here in words of its own: without statistics, as after a first pull, PostgreSQL takes entries_live for as good, and
-- through that one a window reads the whole calendar.
DROP INDEX entries_narrow;
DROP INDEX entries_wide;
CREATE INDEX entries_narrow ON entries (tenant_id, calendar_id, span_start, span_end)
    WHERE NOT wide AND COALESCE(deleted_at, 0) = 0;
CREATE INDEX entries_wide ON entries (tenant_id, calendar_id, span_end, span_start)
    WHERE wide AND COALESCE(deleted_at, 0) = 0;
