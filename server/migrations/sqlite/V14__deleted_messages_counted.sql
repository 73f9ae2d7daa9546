-- How many messages of a channel are only markers, so that nobody has to count the others.

ALTER TABLE channels ADD COLUMN deleted_messages INTEGER NOT NULL DEFAULT 0;
UPDATE channels SET deleted_messages =
    (SELECT count(*) FROM messages WHERE messages.channel = channels.sid AND deleted = 1);
