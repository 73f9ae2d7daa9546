-- Roles become rows, told in the directory; whoever bears one refers to it. Channels may be private,
-- and people invited to them. Messages may be deleted: the row stays as a marker without its text.

CREATE TABLE roles (
    service       INTEGER NOT NULL REFERENCES services (id),
    sid           BLOB    NOT NULL,
    friendly_name TEXT    NOT NULL,
    kind          TEXT    NOT NULL,
    permissions   INTEGER NOT NULL,
    created_at    INTEGER NOT NULL,
    updated_at    INTEGER NOT NULL,
    deleted_at    INTEGER,
    entered       INTEGER NOT NULL,
    changed       INTEGER NOT NULL,
    PRIMARY KEY (service, sid)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX roles_by_changed ON roles (service, changed);

ALTER TABLE services ADD COLUMN user_role BLOB NOT NULL
    DEFAULT x'00000000000000000000000000000002';
ALTER TABLE services ADD COLUMN creator_role BLOB NOT NULL
    DEFAULT x'00000000000000000000000000000003';
ALTER TABLE services ADD COLUMN member_role BLOB NOT NULL
    DEFAULT x'00000000000000000000000000000004';

ALTER TABLE users ADD COLUMN role_sid BLOB NOT NULL DEFAULT x'00000000000000000000000000000002';
UPDATE users SET role_sid = x'00000000000000000000000000000001' WHERE role = 'admin';
ALTER TABLE users DROP COLUMN role;
ALTER TABLE users RENAME COLUMN role_sid TO role;
CREATE INDEX users_by_role ON users (role);
ALTER TABLE users ADD COLUMN friendly_name TEXT;
ALTER TABLE users ADD COLUMN attributes TEXT NOT NULL DEFAULT '';

DROP INDEX members_present;
DROP INDEX members_admins;
DROP INDEX memberships_present;
ALTER TABLE members ADD COLUMN role_sid BLOB;
UPDATE members SET role_sid = CASE role
    WHEN 'admin' THEN x'00000000000000000000000000000003'
    WHEN 'user' THEN x'00000000000000000000000000000004' END;
ALTER TABLE members DROP COLUMN role;
ALTER TABLE members RENAME COLUMN role_sid TO role;
ALTER TABLE members ADD COLUMN attributes TEXT NOT NULL DEFAULT '';
ALTER TABLE members ADD COLUMN muted INTEGER NOT NULL DEFAULT 0;
ALTER TABLE members ADD COLUMN invite BLOB;
ALTER TABLE members ADD COLUMN invited_by TEXT;
ALTER TABLE members ADD COLUMN invited_at INTEGER;
ALTER TABLE members ADD COLUMN invited_name TEXT;
CREATE INDEX members_present ON members (channel, user) WHERE role IS NOT NULL;
CREATE INDEX members_by_role ON members (role, channel, user) WHERE role IS NOT NULL;
CREATE INDEX memberships_present ON members (user, channel) WHERE role IS NOT NULL;
CREATE INDEX members_invited ON members (channel, user) WHERE invite IS NOT NULL;
CREATE INDEX memberships_invited ON members (user, channel) WHERE invite IS NOT NULL;

ALTER TABLE channels ADD COLUMN private INTEGER NOT NULL DEFAULT 0;
ALTER TABLE channels ADD COLUMN creator BLOB;
ALTER TABLE messages ADD COLUMN deleted INTEGER NOT NULL DEFAULT 0;
