-- Whether Google lets events of the calendar have a Meet.
ALTER TABLE links ADD COLUMN meets BOOLEAN NOT NULL DEFAULT TRUE;
