-- Whether an evaluation has dealt with the mute's end. Until then the mute stays, even if the alarm cannot be evaluated.
ALTER TABLE mute ADD COLUMN done INTEGER NOT NULL DEFAULT 0;
UPDATE mute SET done = 1 WHERE until <= (SELECT time FROM evaluation);
