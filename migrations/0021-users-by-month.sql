-- The users of a month are counted in their order, without sorting the month's totals.
CREATE INDEX ledger_day_user ON ledger_day_total (strftime('%Y-%m', day * 86400, 'unixepoch'), user, requests)
WHERE detail = 1;
