-- The last forecast of a budget's present period, of one name if the budget is for each name. It is made anew each hour and
-- can be made from the ledger at any time.
CREATE TABLE budget_forecast (
    scope TEXT NOT NULL CHECK (scope IN ('all', 'team', 'user', 'access_key', 'application', 'session')),
    name TEXT NOT NULL, -- '' for all
    time_window TEXT NOT NULL CHECK (time_window IN ('hour', 'day', 'week', 'month')),
    start INTEGER NOT NULL, -- milliseconds: when the period began
    made INTEGER NOT NULL, -- milliseconds
    mean TEXT, -- picodollars in decimal digits; null where too little was known
    PRIMARY KEY (scope, name, time_window)
) STRICT, WITHOUT ROWID;
