-- What whoever takes up an invitation will bear; nothing for the default role.

ALTER TABLE members ADD COLUMN invited_role BLOB;
CREATE INDEX members_by_invited_role ON members (invited_role) WHERE invited_role IS NOT NULL;
