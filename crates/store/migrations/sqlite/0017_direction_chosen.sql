-- Whether a person chose which way a link's events go: what nobody chose follows the right of whoever carries the link.
ALTER TABLE links ADD COLUMN direction_chosen INTEGER NOT NULL DEFAULT 0;
