-- Requests that were admitted and got no answer, until somebody has dealt with them or a queue has taken them.
CREATE TABLE dead_letter (
    id INTEGER PRIMARY KEY, -- in the order of their coming
    request_id TEXT NOT NULL UNIQUE,
    correlation_id TEXT NOT NULL,
    time INTEGER NOT NULL, -- milliseconds: when the last attempt had failed
    user TEXT,
    team TEXT,
    application TEXT,
    access_key TEXT, -- its id
    model_id TEXT NOT NULL,
    code TEXT NOT NULL, -- as the caller was told: 'model_unavailable'
    error TEXT NOT NULL, -- the error's name: 'ThrottlingException'
    message TEXT NOT NULL, -- the sentence that the caller was told
    attempts INTEGER NOT NULL, -- of the model
    characters INTEGER NOT NULL, -- of the request
    content TEXT, -- the request itself; null unless the operator wants texts kept
    redrives INTEGER NOT NULL DEFAULT 0, -- how often it was tried once more
    status TEXT NOT NULL DEFAULT 'kept' CHECK (status IN ('kept', 'refused')), -- refused: by the queue, for good
    forwards INTEGER NOT NULL DEFAULT 0, -- attempts to hand it to the queue
    forward_error TEXT -- why the last of them failed
) STRICT;
CREATE INDEX dead_letter_time ON dead_letter (time);
CREATE INDEX dead_letter_status ON dead_letter (status);

-- How many letters are gone that nobody has dealt with: one row.
CREATE TABLE dead_letter_loss (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    overflowed INTEGER NOT NULL, -- because there was no room for them
    expired INTEGER NOT NULL -- because they were kept long enough
) STRICT;
INSERT INTO dead_letter_loss VALUES (1, 0, 0);
