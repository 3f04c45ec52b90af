-- The first schema. Times are whole milliseconds or seconds since 1970 in UTC, as each column says; money is whole
-- picodollars. Migrations are append-only: a change of the schema is a new file.

-- The series of all metrics.
CREATE TABLE series (
    id INTEGER PRIMARY KEY,
    namespace TEXT NOT NULL,
    name TEXT NOT NULL,
    dimensions TEXT NOT NULL, -- a JSON array of [name, value] pairs, ascending
    unit TEXT NOT NULL,
    UNIQUE (namespace, name, dimensions, unit)
) STRICT;

-- The processes and imports that write points. A flush carries the writer's next sequence number; one that is not above
-- the stored number was stored before and is ignored.
CREATE TABLE writer (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    sequence INTEGER NOT NULL DEFAULT 0,
    note TEXT -- what a resumable import wants to remember, in its own JSON
) STRICT;

-- Recorded slots, by time, so that a flush dirties one page and not one a series.
CREATE TABLE point (
    time INTEGER NOT NULL, -- seconds: the start of a 10 s slot
    series INTEGER NOT NULL REFERENCES series (id),
    writer INTEGER NOT NULL REFERENCES writer (id),
    sequence INTEGER NOT NULL,
    distribution BLOB NOT NULL,
    PRIMARY KEY (time, series, writer, sequence)
) STRICT, WITHOUT ROWID;

-- The price rows that charges used. A row is never changed, so that history keeps its prices.
CREATE TABLE price (
    id INTEGER PRIMARY KEY,
    model_id TEXT NOT NULL,
    content TEXT NOT NULL UNIQUE -- the row of the price file, as text
) STRICT;

-- One row a model call. It is written before the call with the worst case as its hold, and settled after it.
-- There is no column for a prompt or an answer.
CREATE TABLE ledger (
    id INTEGER PRIMARY KEY,
    request_id TEXT NOT NULL UNIQUE,
    time INTEGER NOT NULL, -- milliseconds: when the hold was taken; the month it belongs to
    settled_time INTEGER, -- milliseconds; null while the hold stands
    user TEXT,
    team TEXT,
    application TEXT,
    model_id TEXT NOT NULL,
    outcome TEXT NOT NULL, -- 'reserved', 'success', or the error's name
    input_tokens INTEGER NOT NULL DEFAULT 0,
    output_tokens INTEGER NOT NULL DEFAULT 0,
    cache_read_tokens INTEGER NOT NULL DEFAULT 0,
    cache_write_tokens INTEGER NOT NULL DEFAULT 0, -- all of them
    cache_write_1h_tokens INTEGER NOT NULL DEFAULT 0, -- those of them that live an hour
    estimated INTEGER NOT NULL DEFAULT 0, -- 1 where no usage came back and the hold was charged
    latency INTEGER, -- milliseconds
    retries INTEGER NOT NULL DEFAULT 0,
    correlation_id TEXT,
    price INTEGER NOT NULL REFERENCES price (id),
    hold INTEGER NOT NULL, -- picodollars
    cost INTEGER NOT NULL DEFAULT 0 -- picodollars; 0 until settled
) STRICT;
CREATE INDEX ledger_time ON ledger (time);
CREATE INDEX ledger_settled_time ON ledger (settled_time, cost);

-- The running totals of a month, so that the budget guard reads one row. `purser doctor` compares them with the ledger.
CREATE TABLE month_total (
    month TEXT PRIMARY KEY, -- '2026-11'
    requests INTEGER NOT NULL,
    spent TEXT NOT NULL, -- picodollars in decimal digits: a sum may exceed 64 bits
    held TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The alarms' present states.
CREATE TABLE alarm (
    name TEXT PRIMARY KEY,
    state TEXT NOT NULL CHECK (state IN ('OK', 'ALARM', 'INSUFFICIENT_DATA')),
    reason TEXT NOT NULL,
    reason_data TEXT,
    updated INTEGER NOT NULL, -- milliseconds: when the state last changed
    transition INTEGER NOT NULL, -- how many changes there were
    definition TEXT NOT NULL, -- the alarm's JSON as it was last evaluated
    configured INTEGER NOT NULL -- milliseconds: when that JSON last changed
) STRICT, WITHOUT ROWID;

-- Every change of state.
CREATE TABLE alarm_history (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    transition INTEGER NOT NULL,
    time INTEGER NOT NULL, -- milliseconds
    old_state TEXT NOT NULL,
    new_state TEXT NOT NULL,
    reason TEXT NOT NULL,
    reason_data TEXT,
    UNIQUE (name, transition)
) STRICT;

-- The last evaluation, one row: what the next run continues from, and what two runs at once compare.
CREATE TABLE evaluation (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    time INTEGER NOT NULL, -- milliseconds: evaluated as of
    ran INTEGER NOT NULL -- milliseconds of the wall clock: the heartbeat
) STRICT;

-- Messages to send. A row commits together with the change that caused it, and is marked after the service took it.
CREATE TABLE outbox (
    id TEXT PRIMARY KEY, -- the same at every retry
    target TEXT NOT NULL, -- the topic's ARN
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    attributes TEXT NOT NULL, -- a JSON object of strings
    source TEXT NOT NULL, -- the alarm's name
    created INTEGER NOT NULL, -- milliseconds
    status TEXT NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'sent', 'failed')),
    attempts INTEGER NOT NULL DEFAULT 0,
    error TEXT,
    next_attempt INTEGER, -- milliseconds
    sent INTEGER -- milliseconds
) STRICT;
CREATE INDEX outbox_status ON outbox (status, created);
