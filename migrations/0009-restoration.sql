-- What makes a store itself: copies have the same. A store from before this migration gets a new one.
CREATE TABLE origin (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    name TEXT NOT NULL
) STRICT;
INSERT INTO origin VALUES (1, lower(hex(randomblob(16))));

-- When `purser backup` made this file; no row in a store that is not a copy, and in one that was restored.
CREATE TABLE backup (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    time INTEGER NOT NULL -- milliseconds
) STRICT;

-- Each time that a copy was put in the place of this store.
CREATE TABLE restoration (
    id INTEGER PRIMARY KEY,
    time INTEGER NOT NULL, -- milliseconds
    copied INTEGER, -- milliseconds: when the copy was made, or the newest time in it; null if it was empty
    calls INTEGER NOT NULL, -- calls that were carried over from the store that was replaced
    spent TEXT NOT NULL, -- picodollars that the operator knew the month to have cost beyond those calls
    skipped INTEGER NOT NULL -- numbers of alarm changes that were left out, because they may have been used
) STRICT;

-- When each program last proved that it can write the store.
CREATE TABLE heartbeat (
    writer TEXT PRIMARY KEY, -- as in the table writer
    time INTEGER NOT NULL, -- milliseconds
    filler BLOB -- zeros, as many as a call writes if the last write failed; empty otherwise
) STRICT;

-- How many texts were removed since the write-ahead log, which still has them, was last emptied.
ALTER TABLE dead_letter_loss ADD COLUMN unerased INTEGER NOT NULL DEFAULT 0;
