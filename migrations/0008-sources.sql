-- Where a call comes from, and Bedrock's own id of it. Nothing tells the old rows apart, so they are all live.
ALTER TABLE ledger ADD COLUMN source TEXT NOT NULL DEFAULT 'live' CHECK (source IN ('live', 'imported', 'simulated'));
ALTER TABLE ledger ADD COLUMN upstream_request_id TEXT; -- x-amzn-RequestId; null where it is not known
CREATE INDEX ledger_upstream_request_id ON ledger (upstream_request_id) WHERE upstream_request_id IS NOT NULL;

-- The running totals, now by source: the budget guard reads those of live calls only.
ALTER TABLE month_total RENAME TO month_total_before;
CREATE TABLE month_total (
    month TEXT NOT NULL, -- '2026-11'
    source TEXT NOT NULL CHECK (source IN ('live', 'imported', 'simulated')),
    requests INTEGER NOT NULL,
    spent TEXT NOT NULL, -- picodollars in decimal digits: a sum may exceed 64 bits
    held TEXT NOT NULL,
    PRIMARY KEY (month, source)
) STRICT, WITHOUT ROWID;
INSERT INTO month_total SELECT month, 'live', requests, spent, held FROM month_total_before;
DROP TABLE month_total_before;

ALTER TABLE budget_total RENAME TO budget_total_before;
CREATE TABLE budget_total (
    month TEXT NOT NULL, -- '2026-11'
    scope TEXT NOT NULL CHECK (scope IN ('team', 'user', 'access_key')),
    name TEXT NOT NULL,
    source TEXT NOT NULL CHECK (source IN ('live', 'imported', 'simulated')),
    requests INTEGER NOT NULL,
    spent TEXT NOT NULL, -- picodollars in decimal digits
    held TEXT NOT NULL,
    PRIMARY KEY (month, scope, name, source)
) STRICT, WITHOUT ROWID;
INSERT INTO budget_total SELECT month, scope, name, 'live', requests, spent, held FROM budget_total_before;
DROP TABLE budget_total_before;

-- Requests that were refused before a model was called. There is no column for a text.
CREATE TABLE refused_request (
    id INTEGER PRIMARY KEY, -- in the order of their coming
    request_id TEXT NOT NULL,
    correlation_id TEXT NOT NULL,
    time INTEGER NOT NULL, -- milliseconds
    signed_in INTEGER NOT NULL, -- 1 where the sender was authenticated before the refusal
    user TEXT,
    team TEXT,
    application TEXT,
    access_key TEXT, -- its id
    model_id TEXT, -- null where the request names none that is known
    code TEXT NOT NULL, -- as the caller was told: 'budget_exceeded'
    reason TEXT NOT NULL -- the kind of the message: 'budget of a team'
) STRICT;
CREATE INDEX refused_request_signed_in ON refused_request (signed_in, time);

-- How many refusals cannot be looked up any more: one row.
CREATE TABLE refused_request_loss (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    overflowed INTEGER NOT NULL, -- removed because there was no room for them
    expired INTEGER NOT NULL, -- removed because they were kept long enough
    dropped INTEGER NOT NULL -- never written, because too many came at once
) STRICT;
INSERT INTO refused_request_loss VALUES (1, 0, 0, 0);
