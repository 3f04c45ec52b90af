-- What the calls of each day in UTC add up to, once all of them are settled, so that a report of a month or a year reads no
-- single calls, and calls can be removed after their retention.
CREATE TABLE ledger_day (
    day INTEGER PRIMARY KEY, -- days since 1970
    -- 'counting' while the totals are being stored; 'counted' when they equal the ledger's rows; 'removing' while those rows
    -- are being removed; 'removed' when only calls that were entered later are left in the ledger.
    state TEXT NOT NULL CHECK (state IN ('counting', 'counted', 'removing', 'removed')),
    last_id INTEGER NOT NULL, -- no counted row of the ledger has a greater id
    last_settled INTEGER NOT NULL, -- milliseconds: when the last of the calls was settled
    counted INTEGER NOT NULL -- milliseconds: when the totals were stored
) STRICT;
CREATE INDEX ledger_day_state ON ledger_day (state);

CREATE TABLE ledger_day_total (
    day INTEGER NOT NULL,
    detail INTEGER NOT NULL CHECK (detail IN (0, 1)), -- 1: by user and tags too. Each detail has all calls of the day.
    number INTEGER NOT NULL,
    price INTEGER NOT NULL REFERENCES price (id),
    model_id TEXT NOT NULL,
    tier TEXT NOT NULL,
    is_long INTEGER NOT NULL, -- 1: each call was above the threshold of long contexts
    outcome TEXT NOT NULL,
    estimated INTEGER NOT NULL,
    source TEXT NOT NULL CHECK (source IN ('live', 'imported', 'simulated')),
    team TEXT,
    application TEXT,
    access_key TEXT,
    user TEXT,
    tags TEXT,
    requests INTEGER NOT NULL,
    input_tokens INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL,
    cache_read_tokens INTEGER NOT NULL,
    cache_write_tokens INTEGER NOT NULL, -- all of them
    cache_write_1h_tokens INTEGER NOT NULL,
    cost_dollars INTEGER NOT NULL, -- whole dollars, and in the next column the rest in picodollars
    cost_rest INTEGER NOT NULL,
    PRIMARY KEY (detail, day, number)
) STRICT, WITHOUT ROWID;

-- No call before this time is of a day that waits to be counted; one row.
CREATE TABLE ledger_counted (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    before INTEGER NOT NULL -- milliseconds
) STRICT;
INSERT INTO ledger_counted VALUES (1, -9223372036854775808);

-- A day whose calls change is counted again, except where they were removed. The conditions keep the writes of the present
-- day cheap.
CREATE TRIGGER ledger_inserted AFTER INSERT ON ledger
WHEN new.time < (SELECT before FROM ledger_counted) OR new.time / 86400000 <= (SELECT max(day) FROM ledger_day) BEGIN
    DELETE FROM ledger_day WHERE day = new.time / 86400000 AND state IN ('counting', 'counted');
    UPDATE ledger_counted SET before = new.time / 86400000 * 86400000 WHERE before > new.time;
END;
CREATE TRIGGER ledger_updated AFTER UPDATE ON ledger
WHEN min(old.time, new.time) < (SELECT before FROM ledger_counted)
    OR min(old.time, new.time) / 86400000 <= (SELECT max(day) FROM ledger_day) BEGIN
    DELETE FROM ledger_day
    WHERE day IN (old.time / 86400000, new.time / 86400000) AND state IN ('counting', 'counted');
    UPDATE ledger_counted SET before = min(old.time, new.time) / 86400000 * 86400000 WHERE before > min(old.time, new.time);
END;
CREATE TRIGGER ledger_deleted AFTER DELETE ON ledger
WHEN (old.time < (SELECT before FROM ledger_counted) OR old.time / 86400000 <= (SELECT max(day) FROM ledger_day))
    AND NOT EXISTS (SELECT 1 FROM ledger_day WHERE day = old.time / 86400000 AND state = 'removing') BEGIN
    DELETE FROM ledger_day WHERE day = old.time / 86400000 AND state IN ('counting', 'counted');
    UPDATE ledger_counted SET before = old.time / 86400000 * 86400000 WHERE before > old.time;
END;

-- Calls are kept for 13 months.
ALTER TABLE retention RENAME TO retention_before;
CREATE TABLE retention (
    name TEXT PRIMARY KEY CHECK (name IN ('messages', 'history', 'ledger')),
    hours INTEGER NOT NULL,
    gone_before INTEGER NOT NULL DEFAULT 0 -- hours since 1970: older records were removed
) STRICT, WITHOUT ROWID;
INSERT INTO retention SELECT * FROM retention_before;
INSERT INTO retention (name, hours) VALUES ('ledger', 9528);
DROP TABLE retention_before;
