-- What developers call the service; the first one goes by the server's name until it is given one.

ALTER TABLE services ADD COLUMN friendly_name TEXT;
