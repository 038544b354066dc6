-- Since when a link or a connection stands as it does: who looks at a trouble asks first how old it is.
ALTER TABLE links ADD COLUMN stands_since BIGINT;
UPDATE links SET stands_since = updated_at;
ALTER TABLE connections ADD COLUMN stands_since BIGINT;
UPDATE connections SET stands_since = updated_at;
