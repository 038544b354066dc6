-- Whether Google lets events of the calendar have a Meet.
ALTER TABLE links ADD COLUMN meets INTEGER NOT NULL DEFAULT 1;
