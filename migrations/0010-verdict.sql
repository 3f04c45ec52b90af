-- The spans of time in which every minute was evaluated: when alarms' states of the past are known. An older version did
-- not keep what it skipped, so its whole time is one span.
CREATE TABLE evaluated_span (
    start INTEGER PRIMARY KEY, -- milliseconds: the first evaluation
    last INTEGER NOT NULL -- milliseconds: the last one so far
) STRICT;
INSERT INTO evaluated_span (start, last)
    SELECT min(time, coalesce((SELECT min(time) FROM alarm_history), time)), time FROM evaluation;

ALTER TABLE acknowledgement ADD COLUMN until INTEGER; -- milliseconds: its end; null for the next change of the state
ALTER TABLE acknowledgement ADD COLUMN person TEXT; -- who acknowledged the alarm

-- The alarms whose messages are not sent for a while. A row stays until the alarm is muted again.
CREATE TABLE mute (
    name TEXT PRIMARY KEY, -- the alarm's
    start INTEGER NOT NULL, -- milliseconds
    until INTEGER NOT NULL, -- milliseconds
    state TEXT NOT NULL CHECK (state IN ('OK', 'ALARM', 'INSUFFICIENT_DATA')), -- the alarm's at the start
    person TEXT, -- who muted it
    note TEXT
) STRICT, WITHOUT ROWID;

ALTER TABLE heartbeat ADD COLUMN since INTEGER; -- milliseconds: the first heartbeat after which none was missing
