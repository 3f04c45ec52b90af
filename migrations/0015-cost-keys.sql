-- What a call is charged and reported by, beside its model and its caller: the tier that served it, the conversation or run
-- that it belongs to, and the caller's own tags. Calls of before were all of the standard tier. A check of the values would
-- read the whole ledger.
ALTER TABLE ledger ADD COLUMN tier TEXT NOT NULL DEFAULT 'standard'; -- or 'flex', 'priority', 'optimized', 'batch'
ALTER TABLE ledger ADD COLUMN session TEXT;
ALTER TABLE ledger ADD COLUMN tags TEXT; -- a JSON object of strings, its names in order; null where there are none
