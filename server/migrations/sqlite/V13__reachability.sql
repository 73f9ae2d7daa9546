-- Whether the service follows who is reachable, whether members see how far others have read, and
-- how often they are shown it, in milliseconds.

ALTER TABLE services ADD COLUMN reachability INTEGER NOT NULL DEFAULT 1;
ALTER TABLE services ADD COLUMN read_status INTEGER NOT NULL DEFAULT 1;
ALTER TABLE services ADD COLUMN horizon_interval_ms INTEGER NOT NULL DEFAULT 5000;
