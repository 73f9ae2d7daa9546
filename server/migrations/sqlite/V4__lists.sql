-- What a backend lists a page at a time: a page begins at its first row, whatever is gone.

CREATE INDEX channels_living ON channels (service, sid) WHERE deleted_at IS NULL;
CREATE INDEX channels_by_privacy ON channels (service, private, sid) WHERE deleted_at IS NULL;
CREATE INDEX users_present ON users (service, sid) WHERE retired_at IS NULL;
CREATE INDEX members_by_sid ON members (channel, sid) WHERE role IS NOT NULL;
CREATE INDEX memberships_or_invitations ON members (user, channel)
    WHERE role IS NOT NULL OR invite IS NOT NULL;
