-- An event that a person moved to another calendar: the link to whose Google calendar it is to be moved there as well.
ALTER TABLE entries ADD COLUMN moving_to BLOB;
