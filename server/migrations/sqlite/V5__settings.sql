-- What the operator sets for the service, with Programmable Chat's defaults.

ALTER TABLE services ADD COLUMN members_of_channel INTEGER NOT NULL DEFAULT 100;
ALTER TABLE services ADD COLUMN channels_of_user INTEGER NOT NULL DEFAULT 250;
ALTER TABLE services ADD COLUMN typing_interval_ms INTEGER NOT NULL DEFAULT 5000;
