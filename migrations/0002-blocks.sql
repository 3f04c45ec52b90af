-- Compact storage: what `point` held for a while moves into blocks, one a series and hour. At every commit a sample is in
-- exactly one of `point` and `block`; `total` has the samples of the blocks once more, merged by hours and by days.

-- The slots of a series in an hour, as fine as the hour's age allows.
CREATE TABLE block (
    id INTEGER PRIMARY KEY, -- series * 2^25 + hours since 1970: a series' hours lie side by side
    content BLOB NOT NULL
) STRICT;

-- Two rows a series and day: its hours as one slot each, and the day as one slot; beside the blocks, and after them.
CREATE TABLE total (
    id INTEGER PRIMARY KEY, -- as in block, of the day's first hour; that of the day as one slot is 2^24 more
    content BLOB NOT NULL
) STRICT;

-- The ladder: how long slots of each length are kept, and how far ageing came.
CREATE TABLE resolution (
    step INTEGER PRIMARY KEY, -- seconds of a slot
    hours INTEGER NOT NULL, -- how many hours such slots are kept, back from the newest data
    gone_before INTEGER NOT NULL DEFAULT 0 -- hours since 1970: the hours before have no such slots
) STRICT;
INSERT INTO resolution (step, hours) VALUES (10, 3), (60, 2208), (300, 10920), (3600, 43800);

-- The end of the newest slot that each writer brought, in seconds since 1970.
ALTER TABLE writer ADD COLUMN newest INTEGER NOT NULL DEFAULT 0;
UPDATE writer SET newest = coalesce((SELECT max(time) + 10 FROM point), 0);
