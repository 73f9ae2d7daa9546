-- Whom a service calls before and after something is done, whom a channel calls after it, and what
-- waits to be told or was told lately. An event's place in a set of events is its number.

ALTER TABLE services ADD COLUMN webhook_before TEXT;
ALTER TABLE services ADD COLUMN webhook_after TEXT;
ALTER TABLE services ADD COLUMN webhooks_by_get INTEGER NOT NULL DEFAULT 0;
ALTER TABLE services ADD COLUMN webhook_events INTEGER NOT NULL DEFAULT 0;
ALTER TABLE services ADD COLUMN webhook_before_retries INTEGER NOT NULL DEFAULT 0;
ALTER TABLE services ADD COLUMN webhook_after_retries INTEGER NOT NULL DEFAULT 0;

-- Either events, or trigger words as a JSON array.
CREATE TABLE webhooks (
    channel    BLOB    NOT NULL REFERENCES channels (sid),
    sid        BLOB    NOT NULL,
    events     INTEGER NOT NULL,
    triggers   TEXT,
    url        TEXT    NOT NULL,
    by_get     INTEGER NOT NULL,
    retries    INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (channel, sid)
) STRICT, WITHOUT ROWID;

-- A number is never used again: receivers know repeats by it. The service's own target is empty.
CREATE TABLE deliveries (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    target   BLOB    NOT NULL,
    event    TEXT    NOT NULL,
    url      TEXT    NOT NULL,
    by_get   INTEGER NOT NULL,
    form     TEXT    NOT NULL,
    retries  INTEGER NOT NULL,
    tried    INTEGER NOT NULL,
    made_at  INTEGER NOT NULL,
    due_at   INTEGER NOT NULL,
    status   INTEGER,
    failure  TEXT,
    ended_at INTEGER
) STRICT;

CREATE INDEX deliveries_waiting ON deliveries (target, id, due_at) WHERE ended_at IS NULL;
CREATE INDEX deliveries_ended ON deliveries (id, ended_at) WHERE ended_at IS NOT NULL;
