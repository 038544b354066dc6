-- What becomes of fields that both sides changed, where nobody has chosen: ask, portico or google.
ALTER TABLE companies ADD COLUMN conflict_policy TEXT NOT NULL DEFAULT 'ask';
-- Whether guests were to be told of our version.
ALTER TABLE conflicts ADD COLUMN portico_notifies INTEGER NOT NULL DEFAULT 0;
