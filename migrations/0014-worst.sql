-- The failed and the slowest calls of a long time are found without reading all of them.
CREATE INDEX ledger_failed ON ledger (time, latency) WHERE outcome NOT IN ('success', 'reserved', 'Restored');
CREATE INDEX ledger_latency ON ledger (latency);
