-- From how many on a run of the sync asks before it deletes or mails: see the guard.
ALTER TABLE companies ADD COLUMN guard_deletions BIGINT NOT NULL DEFAULT 20;
ALTER TABLE companies ADD COLUMN guard_percent BIGINT NOT NULL DEFAULT 10;
ALTER TABLE companies ADD COLUMN guard_mailed BIGINT NOT NULL DEFAULT 50;
