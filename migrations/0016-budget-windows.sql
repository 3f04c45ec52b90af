-- Budgets over hours, days, weeks and months, several at once, for applications and sessions too, and for each name of a
-- kind; with a quota of requests.
ALTER TABLE budget RENAME TO budget_before;
CREATE TABLE budget (
    scope TEXT NOT NULL CHECK (scope IN ('all', 'team', 'user', 'access_key', 'application', 'session', 'each_team',
        'each_user', 'each_access_key', 'each_application', 'each_session')),
    name TEXT NOT NULL, -- '' for all, and for each
    time_window TEXT NOT NULL CHECK (time_window IN ('hour', 'day', 'week', 'month')),
    zone TEXT NOT NULL, -- in whose clock the window begins: 'UTC', 'Europe/Berlin'
    amount TEXT, -- picodollars in decimal digits; null where the cost is not limited
    requests INTEGER, -- null where their number is not limited
    since INTEGER NOT NULL, -- milliseconds: when it was set; what was refused before was refused by another one
    PRIMARY KEY (scope, name, time_window)
) STRICT, WITHOUT ROWID;
INSERT INTO budget SELECT scope, name, 'month', 'UTC', amount, NULL, 0 FROM budget_before;
DROP TABLE budget_before;

-- A number that no earlier state of the budgets had: a process reads the budgets again when it is another one.
CREATE TABLE budget_state (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    number INTEGER NOT NULL
) STRICT;
INSERT INTO budget_state VALUES (1, random());
CREATE TRIGGER budget_inserted AFTER INSERT ON budget BEGIN UPDATE budget_state SET number = random(); END;
CREATE TRIGGER budget_updated AFTER UPDATE ON budget BEGIN UPDATE budget_state SET number = random(); END;
CREATE TRIGGER budget_deleted AFTER DELETE ON budget BEGIN UPDATE budget_state SET number = random(); END;

-- The running totals of a name that has budgets, in the newest period of each of its windows that has calls. A row that is
-- not there is counted from the ledger when it is first needed; the row of an each_… scope says that all names of its kind
-- were counted.
ALTER TABLE budget_total RENAME TO budget_total_before;
DROP TABLE budget_total_before;
CREATE TABLE budget_total (
    scope TEXT NOT NULL CHECK (scope IN ('all', 'team', 'user', 'access_key', 'application', 'session', 'each_team',
        'each_user', 'each_access_key', 'each_application', 'each_session')),
    name TEXT NOT NULL,
    source TEXT NOT NULL CHECK (source IN ('live', 'imported', 'simulated')),
    latest INTEGER NOT NULL, -- milliseconds: no call that may be of this name is later
    hour_start INTEGER, -- milliseconds; null where the window has no budget
    hour_requests INTEGER,
    hour_spent TEXT, -- picodollars in decimal digits
    hour_held TEXT,
    day_start INTEGER,
    day_requests INTEGER,
    day_spent TEXT,
    day_held TEXT,
    week_start INTEGER,
    week_requests INTEGER,
    week_spent TEXT,
    week_held TEXT,
    month_start INTEGER,
    month_requests INTEGER,
    month_spent TEXT,
    month_held TEXT,
    PRIMARY KEY (scope, name, source)
) STRICT, WITHOUT ROWID;

-- The session of a refused request, as the ledger has that of a call.
ALTER TABLE refused_request ADD COLUMN session TEXT;
