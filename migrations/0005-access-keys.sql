-- Access keys that callers sign their requests with. None is ever deleted: the ledger names them. What a key may cost is its
-- row of budget, with scope 'access_key'.
CREATE TABLE access_key (
    id TEXT PRIMARY KEY,
    sealed_secret BLOB NOT NULL, -- opens only with PURSERD_KEYS_SECRET
    team TEXT NOT NULL,
    user TEXT,
    models TEXT, -- a JSON array of model ids as called; null is any with a price
    created INTEGER NOT NULL, -- milliseconds since 1970
    revoked INTEGER, -- likewise; null while the key works
    last_used_day INTEGER -- days since 1970: written once a day, not at every call
) STRICT, WITHOUT ROWID;
