-- What comparisons of months with their bills found. The newest row of a month counts; the older ones are its history.
CREATE TABLE reconciliation (
    id INTEGER PRIMARY KEY,
    month TEXT NOT NULL, -- '2026-10'
    time INTEGER NOT NULL, -- milliseconds: as of when the ledger was read
    status TEXT NOT NULL, -- 'estimated' or 'reconciled'
    bill TEXT NOT NULL, -- the SHA-256 of the files, uncompressed
    billed TEXT NOT NULL, -- picodollars in decimal digits
    recorded TEXT NOT NULL,
    skus INTEGER NOT NULL, -- how many the bill and the ledger have
    drifting INTEGER NOT NULL, -- how many of them differ by more than the tolerance
    unmatched INTEGER NOT NULL, -- how many only one side has
    unknown INTEGER NOT NULL, -- how many names of tokens in the bill are not understood
    tolerance INTEGER NOT NULL, -- millionths
    prices_retrieved INTEGER -- milliseconds: the last day on which a price of the calls was read from its source
) STRICT;
CREATE INDEX reconciliation_month ON reconciliation (month, id);
