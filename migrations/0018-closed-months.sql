-- Months (UTC) whose figures do not change any more. What is learned of their calls later is a correction, which counts in
-- the month in which it is learned.
CREATE TABLE closed_month (
    end_time INTEGER PRIMARY KEY, -- milliseconds: the first moment after the month
    start_time INTEGER NOT NULL,
    month TEXT NOT NULL UNIQUE, -- '2026-10'
    closed INTEGER NOT NULL, -- milliseconds
    requests INTEGER NOT NULL, -- settled calls
    cost TEXT NOT NULL -- picodollars in decimal digits
) STRICT;

-- What has changed in the settled calls of closed months: what was taken back, and what is true instead.
CREATE TABLE ledger_correction (
    id INTEGER PRIMARY KEY,
    booked INTEGER NOT NULL, -- milliseconds: when it was learned, in the month that it counts in
    sign INTEGER NOT NULL CHECK (sign IN (-1, 1)), -- -1: taken back
    request_id TEXT NOT NULL,
    time INTEGER NOT NULL, -- milliseconds: when the call began
    settled_time INTEGER NOT NULL, -- milliseconds: when it was settled, as it is said here
    user TEXT,
    team TEXT,
    application TEXT,
    access_key TEXT,
    session TEXT,
    tags TEXT,
    model_id TEXT NOT NULL,
    tier TEXT NOT NULL,
    outcome TEXT NOT NULL,
    input_tokens INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL,
    cache_read_tokens INTEGER NOT NULL,
    cache_write_tokens INTEGER NOT NULL,
    cache_write_1h_tokens INTEGER NOT NULL,
    estimated INTEGER NOT NULL,
    source TEXT NOT NULL CHECK (source IN ('live', 'imported', 'simulated')),
    price INTEGER NOT NULL REFERENCES price (id),
    cost INTEGER NOT NULL
) STRICT;
CREATE INDEX ledger_correction_booked ON ledger_correction (booked);
CREATE INDEX ledger_correction_time ON ledger_correction (time);

-- A correction is learned when the call is settled; now, if that time is in a closed month. The conditions keep the writes
-- of the present month cheap.
CREATE TRIGGER ledger_corrected_by_insert AFTER INSERT ON ledger
WHEN new.time < (SELECT max(end_time) FROM closed_month) AND new.settled_time IS NOT NULL BEGIN
    INSERT INTO ledger_correction (booked, sign, request_id, time, settled_time, user, team, application, access_key,
        session, tags, model_id, tier, outcome, input_tokens, output_tokens, cache_read_tokens, cache_write_tokens,
        cache_write_1h_tokens, estimated, source, price, cost)
    SELECT iif(new.settled_time >= (SELECT max(end_time) FROM closed_month), new.settled_time, max((SELECT max(end_time)
        FROM closed_month), 1000 * CAST(strftime('%s', 'now') AS INTEGER))), 1, new.request_id, new.time, new.settled_time,
        new.user, new.team, new.application, new.access_key, new.session, new.tags, new.model_id, new.tier, new.outcome,
        new.input_tokens, new.output_tokens, new.cache_read_tokens, new.cache_write_tokens, new.cache_write_1h_tokens,
        new.estimated, new.source, new.price, new.cost
    FROM closed_month WHERE new.settled_time IS NOT NULL AND start_time <= new.time AND new.time < end_time;
END;
CREATE TRIGGER ledger_corrected_by_update AFTER UPDATE OF time, settled_time, user, team, application, access_key, session,
    tags, model_id, tier, outcome, input_tokens, output_tokens, cache_read_tokens, cache_write_tokens,
    cache_write_1h_tokens, estimated, source, price, cost ON ledger
WHEN min(old.time, new.time) < (SELECT max(end_time) FROM closed_month) BEGIN
    INSERT INTO ledger_correction (booked, sign, request_id, time, settled_time, user, team, application, access_key,
        session, tags, model_id, tier, outcome, input_tokens, output_tokens, cache_read_tokens, cache_write_tokens,
        cache_write_1h_tokens, estimated, source, price, cost)
    SELECT iif(new.settled_time >= (SELECT max(end_time) FROM closed_month), new.settled_time, max((SELECT max(end_time)
        FROM closed_month), 1000 * CAST(strftime('%s', 'now') AS INTEGER))), -1, old.request_id, old.time, old.settled_time,
        old.user, old.team, old.application, old.access_key, old.session, old.tags, old.model_id, old.tier, old.outcome,
        old.input_tokens, old.output_tokens, old.cache_read_tokens, old.cache_write_tokens, old.cache_write_1h_tokens,
        old.estimated, old.source, old.price, old.cost
    FROM closed_month WHERE old.settled_time IS NOT NULL AND start_time <= old.time AND old.time < end_time;
    INSERT INTO ledger_correction (booked, sign, request_id, time, settled_time, user, team, application, access_key,
        session, tags, model_id, tier, outcome, input_tokens, output_tokens, cache_read_tokens, cache_write_tokens,
        cache_write_1h_tokens, estimated, source, price, cost)
    SELECT iif(new.settled_time >= (SELECT max(end_time) FROM closed_month), new.settled_time, max((SELECT max(end_time)
        FROM closed_month), 1000 * CAST(strftime('%s', 'now') AS INTEGER))), 1, new.request_id, new.time, new.settled_time,
        new.user, new.team, new.application, new.access_key, new.session, new.tags, new.model_id, new.tier, new.outcome,
        new.input_tokens, new.output_tokens, new.cache_read_tokens, new.cache_write_tokens, new.cache_write_1h_tokens,
        new.estimated, new.source, new.price, new.cost
    FROM closed_month WHERE new.settled_time IS NOT NULL AND start_time <= new.time AND new.time < end_time;
END;
CREATE TRIGGER ledger_corrected_by_delete AFTER DELETE ON ledger
WHEN old.time < (SELECT max(end_time) FROM closed_month)
    AND NOT EXISTS (SELECT 1 FROM ledger_day WHERE day = old.time / 86400000 AND state = 'removing') BEGIN
    INSERT INTO ledger_correction (booked, sign, request_id, time, settled_time, user, team, application, access_key,
        session, tags, model_id, tier, outcome, input_tokens, output_tokens, cache_read_tokens, cache_write_tokens,
        cache_write_1h_tokens, estimated, source, price, cost)
    SELECT max((SELECT max(end_time) FROM closed_month), 1000 * CAST(strftime('%s', 'now') AS INTEGER)), -1,
        old.request_id, old.time, old.settled_time, old.user, old.team, old.application, old.access_key, old.session,
        old.tags, old.model_id, old.tier, old.outcome, old.input_tokens, old.output_tokens, old.cache_read_tokens,
        old.cache_write_tokens, old.cache_write_1h_tokens, old.estimated, old.source, old.price, old.cost
    FROM closed_month WHERE old.settled_time IS NOT NULL AND start_time <= old.time AND old.time < end_time;
END;
