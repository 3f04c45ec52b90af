-- What changed beside the metrics, such as a deployment; drawn on the time axis.
CREATE TABLE mark (
    time INTEGER NOT NULL, -- milliseconds
    namespace TEXT NOT NULL, -- '' is every namespace
    text TEXT NOT NULL,
    PRIMARY KEY (time, namespace, text)
) STRICT, WITHOUT ROWID;

CREATE INDEX alarm_history_name ON alarm_history (name, time);
