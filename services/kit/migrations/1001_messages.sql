-- What every service keeps of its messages. The tables stand in the service's own schema.
-- Everything named `sealed` is encrypted by the service (AES-256-GCM, see seal.rs).

-- One row a message with a readable id: the memory that makes an effect happen once (G2).
CREATE TABLE inbox (
    source       text        NOT NULL, -- the agency of the routing key
    message_id   uuid        NOT NULL,
    fact         bytea,                -- keyed hash of (source, type, localRef); none in queries
    content      bytea       NOT NULL, -- keyed hash of (type, subject, data)
    received_at  timestamptz NOT NULL,
    state        text        NOT NULL CHECK (state IN ('recorded', 'rejected', 'answered', 'held', 'retrying')),
    code         text,
    retry_at     timestamptz,          -- only while retrying, with the message sealed
    attempts     smallint    NOT NULL DEFAULT 0,
    sealed       bytea,
    PRIMARY KEY (source, message_id),
    CHECK ((state = 'retrying') = (retry_at IS NOT NULL)),
    CHECK ((state = 'retrying') = (sealed IS NOT NULL))
);
CREATE INDEX inbox_fact ON inbox (fact, received_at) WHERE fact IS NOT NULL;
CREATE INDEX inbox_retry ON inbox (retry_at) WHERE retry_at IS NOT NULL;

-- Outgoing messages, a bundle for each transaction that made some; gone once confirmed.
CREATE TABLE outbox (
    bundle_id uuid        PRIMARY KEY,
    due_at    timestamptz NOT NULL, -- until then the lane that wrote it publishes it
    attempts  smallint    NOT NULL,
    alone     boolean     NOT NULL, -- the broker gave it back or closed a channel over it
    messages  integer     NOT NULL,
    sealed    bytea       NOT NULL
);
-- Sealed bytes do not compress; do not try.
ALTER TABLE outbox ALTER COLUMN sealed SET STORAGE EXTERNAL;
ALTER TABLE outbox SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
CREATE INDEX outbox_due ON outbox (due_at);

-- Outgoing messages that the broker will not take; each waits for a person.
CREATE TABLE parked (
    parked_id   uuid        PRIMARY KEY, -- the outgoing message's own id
    destination text        NOT NULL,
    type        text        NOT NULL,
    reason      text        NOT NULL,
    parked_at   timestamptz NOT NULL,
    sealed      bytea       NOT NULL
);

-- Incoming messages that could not be processed; each waits for a person (G8).
CREATE TABLE set_aside (
    set_aside_id uuid        PRIMARY KEY,
    agency       text,
    type         text        NOT NULL,
    message_id   uuid,
    reason       text        NOT NULL,
    set_aside_at timestamptz NOT NULL,
    attempts     smallint    NOT NULL DEFAULT 0,
    sealed       bytea       NOT NULL
);

-- Who looked at the body of a message that was set aside.
CREATE TABLE reveal (
    reveal_id    uuid        PRIMARY KEY,
    set_aside_id uuid        NOT NULL,
    revealed_by  text        NOT NULL,
    revealed_at  timestamptz NOT NULL
);
