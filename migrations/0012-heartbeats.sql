-- The namespaces of the metrics that the program records, as a JSON array; null if they are not known.
ALTER TABLE heartbeat ADD COLUMN namespaces TEXT;
