-- The children's keys, in a database of their own that is backed up apart and on a short cycle: what is erased
-- here is erased everywhere.
CREATE TABLE child_key (
    owner   bytea PRIMARY KEY, -- keyed hash of the agency and of its own id of the child
    wrapped bytea NOT NULL     -- the key, sealed under the master key
);
