-- From how many on a run of the sync asks before it deletes or mails: see the guard.
ALTER TABLE companies ADD COLUMN guard_deletions INTEGER NOT NULL DEFAULT 20;
ALTER TABLE companies ADD COLUMN guard_percent INTEGER NOT NULL DEFAULT 10;
ALTER TABLE companies ADD COLUMN guard_mailed INTEGER NOT NULL DEFAULT 50;
