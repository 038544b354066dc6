-- Which kinds of Google's events a link brings. What is here stays: a link that was made before goes on bringing every kind, but
-- birthdays only where private events come in full. Google keeps each birthday private, so that under the other rules there
-- was nothing of them or a day without a name; such links are read anew, and the nameless days go. New links name their kinds.
ALTER TABLE links ADD COLUMN event_types TEXT NOT NULL DEFAULT 'default,fromGmail,outOfOffice,focusTime,workingLocation';
-- Row-level security holds for the owner too, who has no tenant here.
ALTER TABLE links NO FORCE ROW LEVEL SECURITY;
ALTER TABLE entries NO FORCE ROW LEVEL SECURITY;
UPDATE links SET event_types = event_types || ',birthday' WHERE private_rule = 'full';
UPDATE links SET cursor = NULL WHERE private_rule <> 'full' AND EXISTS (
    SELECT 1 FROM entries e WHERE e.tenant_id = links.tenant_id AND e.link_id = links.id AND e.redacted AND e.deleted_at IS NULL);

-- What kind of event Google says it is. Its last copy tells for those that are here.
ALTER TABLE entries ADD COLUMN event_type TEXT NOT NULL DEFAULT 'default';
UPDATE entries SET event_type = CASE
    WHEN replace(remote, '": "', '":"') LIKE '%"eventType":"fromGmail"%' THEN 'fromGmail'
    WHEN replace(remote, '": "', '":"') LIKE '%"eventType":"outOfOffice"%' THEN 'outOfOffice'
    WHEN replace(remote, '": "', '":"') LIKE '%"eventType":"focusTime"%' THEN 'focusTime'
    WHEN replace(remote, '": "', '":"') LIKE '%"eventType":"workingLocation"%' THEN 'workingLocation'
    WHEN replace(remote, '": "', '":"') LIKE '%"eventType":"birthday"%' THEN 'birthday'
    ELSE 'default' END
    WHERE remote LIKE '%"eventType"%' AND replace(remote, '": "', '":"') NOT LIKE '%"eventType":"default"%';
ALTER TABLE links FORCE ROW LEVEL SECURITY;
ALTER TABLE entries FORCE ROW LEVEL SECURITY;
