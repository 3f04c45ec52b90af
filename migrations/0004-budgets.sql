-- Until when a hold belongs to a running call, in milliseconds; null where it is for ever, as in stores of before and in
-- replays. A hold whose lease is over is charged: its process is gone and cannot say what the call cost.
ALTER TABLE ledger ADD COLUMN lease INTEGER;
-- The id of the access key that the call was made with.
ALTER TABLE ledger ADD COLUMN access_key TEXT;
CREATE INDEX ledger_lease ON ledger (lease) WHERE settled_time IS NULL AND lease IS NOT NULL;

-- What a calendar month may cost, of all calls or of those of one name.
CREATE TABLE budget (
    scope TEXT NOT NULL CHECK (scope IN ('all', 'team', 'user', 'access_key')),
    name TEXT NOT NULL, -- '' for all
    amount TEXT NOT NULL, -- picodollars in decimal digits
    PRIMARY KEY (scope, name)
) STRICT, WITHOUT ROWID;

-- The running totals of a month and a scope that has a budget, as month_total has those of all calls. A row that is not
-- there is counted from the ledger when it is first needed.
CREATE TABLE budget_total (
    month TEXT NOT NULL, -- '2026-11'
    scope TEXT NOT NULL CHECK (scope IN ('team', 'user', 'access_key')),
    name TEXT NOT NULL,
    requests INTEGER NOT NULL,
    spent TEXT NOT NULL, -- picodollars in decimal digits
    held TEXT NOT NULL,
    PRIMARY KEY (month, scope, name)
) STRICT, WITHOUT ROWID;
