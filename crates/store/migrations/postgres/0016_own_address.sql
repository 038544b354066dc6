-- Under which address the calendar's owner stands on the guest list of this copy, where that is not the calendar's own: an alias.
ALTER TABLE entries ADD COLUMN own_address TEXT;
