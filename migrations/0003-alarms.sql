-- What a suppressor does to a composite alarm's actions; null and 0 for all other alarms.
ALTER TABLE alarm ADD COLUMN suppressor TEXT; -- its name
ALTER TABLE alarm ADD COLUMN suppressed_by TEXT
    CHECK (suppressed_by IN ('WaitPeriod', 'Alarm', 'ExtensionPeriod')); -- null where actions are not kept back
ALTER TABLE alarm ADD COLUMN suppressed_until INTEGER; -- milliseconds: the end of the period
ALTER TABLE alarm ADD COLUMN pending INTEGER NOT NULL DEFAULT 0; -- 1: the actions of the last change were not taken

-- Who has seen that an alarm is on. It holds for that one change of the state.
CREATE TABLE acknowledgement (
    name TEXT PRIMARY KEY,
    transition INTEGER NOT NULL, -- the number of the change
    time INTEGER NOT NULL, -- milliseconds
    note TEXT
) STRICT, WITHOUT ROWID;

-- The thresholds of budgets that were crossed, so that each is told once a period.
CREATE TABLE budget_notification (
    budget TEXT NOT NULL,
    month TEXT NOT NULL, -- '2026-11'
    kind TEXT NOT NULL CHECK (kind IN ('ACTUAL', 'FORECASTED')),
    threshold TEXT NOT NULL, -- picodollars in decimal digits
    crossed INTEGER NOT NULL, -- 1 while it is
    number INTEGER NOT NULL, -- counts the crossings that were told
    time INTEGER NOT NULL, -- milliseconds: when it was last told
    PRIMARY KEY (budget, month, kind, threshold)
) STRICT, WITHOUT ROWID;
