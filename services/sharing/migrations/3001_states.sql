-- What the index says: each row one state, whole, in the highest version that came. Nothing here is decided by
-- sharing; a lost or late event is made good by `caf republish index`.

CREATE TABLE agency (
    agency  text   PRIMARY KEY,
    version bigint NOT NULL,
    state   jsonb  NOT NULL
);

CREATE TABLE practitioner (
    agency          text   NOT NULL,
    practitioner_id text   NOT NULL,
    version         bigint NOT NULL,
    state           jsonb  NOT NULL,
    PRIMARY KEY (agency, practitioner_id)
);

-- An agency's record of a child: no name, no address, no number; what links it is hashed.
CREATE TABLE child_record (
    record_id uuid   PRIMARY KEY,
    version   bigint NOT NULL,
    agency    text   NOT NULL,
    local_id  text,
    alias_of  uuid,
    state     jsonb  NOT NULL
);
CREATE INDEX child_record_local ON child_record (agency, local_id) WHERE local_id IS NOT NULL;
CREATE INDEX child_record_alias ON child_record (alias_of) WHERE alias_of IS NOT NULL;

-- By what records meet.
CREATE TABLE child_token (
    record_id uuid NOT NULL,
    token     text NOT NULL,
    PRIMARY KEY (record_id, token)
);
CREATE INDEX child_token_token ON child_token (token);

CREATE TABLE involvement (
    agency    text   NOT NULL,
    local_ref text   NOT NULL,
    version   bigint NOT NULL,
    record_id uuid   NOT NULL,
    state     jsonb  NOT NULL,
    PRIMARY KEY (agency, local_ref)
);
CREATE INDEX involvement_record ON involvement (record_id);

CREATE TABLE caf (
    caf_ref   text   PRIMARY KEY,
    version   bigint NOT NULL,
    record_id uuid   NOT NULL,
    state     jsonb  NOT NULL
);
CREATE INDEX caf_record ON caf (record_id);
