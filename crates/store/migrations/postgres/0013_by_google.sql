-- What a full pull did not bring is looked for once at its end, among all the link's entries, which it has just read. For that
-- an index is not worth its upkeep; and without statistics PostgreSQL took it for the look-up by Google's ids, row by row.
DROP INDEX entries_by_generation;
