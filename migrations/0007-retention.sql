-- What a message is about: the change of an alarm, by its number, or a budget in a month. Both were parts of its id before.
ALTER TABLE outbox ADD COLUMN about TEXT NOT NULL DEFAULT 'alarm' CHECK (about IN ('alarm', 'budget'));
ALTER TABLE outbox ADD COLUMN number INTEGER; -- of an alarm's change
ALTER TABLE outbox ADD COLUMN month TEXT; -- of a budget: '2026-11'
UPDATE outbox SET
    about = 'budget',
    source = substr(source, instr(source, ':budget/') + 8),
    month = substr(id, length('budget/' || substr(source, instr(source, ':budget/') + 8)) + 2, 7)
WHERE source LIKE 'arn:%:budgets:%:budget/%' AND id LIKE 'budget/%';
-- The text after the name begins with the number; what follows the digits is ignored.
UPDATE outbox SET number = CAST(substr(id, length(source) + 2) AS INTEGER) WHERE about = 'alarm';
CREATE INDEX outbox_about ON outbox (about, source, number);
CREATE INDEX alarm_history_time ON alarm_history (time);

-- How long records are kept that would otherwise accumulate: messages that were sent, and the history of alarms and budgets.
CREATE TABLE retention (
    name TEXT PRIMARY KEY CHECK (name IN ('messages', 'history')),
    hours INTEGER NOT NULL,
    gone_before INTEGER NOT NULL DEFAULT 0 -- hours since 1970: older records were removed
) STRICT, WITHOUT ROWID;
INSERT INTO retention (name, hours) VALUES ('messages', 2160), ('history', 17520);
