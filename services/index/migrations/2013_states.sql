-- What other services are told of: each row with the version of its state, which grows with each write, and
-- the transaction that wrote it, so that what was committed since is found without a queue of changes.
ALTER TABLE agency
    ADD state_version bigint NOT NULL DEFAULT 1,
    ADD changed_in    xid8   NOT NULL DEFAULT pg_current_xact_id();
CREATE INDEX agency_changed ON agency (changed_in, agency);
ALTER TABLE practitioner
    ADD state_version bigint NOT NULL DEFAULT 1,
    ADD changed_in    xid8   NOT NULL DEFAULT pg_current_xact_id();
CREATE INDEX practitioner_changed ON practitioner (changed_in, agency, practitioner_id);
ALTER TABLE record
    ADD state_version bigint NOT NULL DEFAULT 1,
    ADD changed_in    xid8   NOT NULL DEFAULT pg_current_xact_id();
CREATE INDEX record_changed ON record (changed_in, record_id);
ALTER TABLE involvement
    ADD state_version bigint NOT NULL DEFAULT 1,
    ADD changed_in    xid8   NOT NULL DEFAULT pg_current_xact_id();
CREATE INDEX involvement_changed ON involvement (changed_in, agency, local_ref);
-- How a CAF stands is folded when it is looked at, and noted here for others: the statements alone do not
-- say it, since who leads and what is one child may change it.
ALTER TABLE caf
    ADD state_version bigint NOT NULL DEFAULT 1,
    ADD changed_in    xid8   NOT NULL DEFAULT pg_current_xact_id(),
    ADD stands        text   NOT NULL DEFAULT 'started',
    ADD log_of        text,          -- the authority whose log it is in, where it was transferred
    ADD closed_at     timestamptz;
CREATE INDEX caf_changed ON caf (changed_in, caf_ref);
INSERT INTO timer (kind, about, look_at) SELECT 'caf', caf_ref, 'epoch' FROM caf
ON CONFLICT (kind, about) DO UPDATE SET look_at = EXCLUDED.look_at;

-- How far others were told: the last transaction, and the last row of it.
CREATE TABLE publication (
    type       text   PRIMARY KEY,
    changed_in xid8   NOT NULL DEFAULT '0',
    after      text[] NOT NULL DEFAULT '{}'
);
INSERT INTO publication (type)
VALUES ('agency.changed'), ('practitioner.changed'), ('child.changed'), ('involvement.changed'), ('caf.changed');

-- D-I6: to whom a consent shows the work of a sensitive service with a child; null where to nobody.
CREATE TABLE sensitive_shown (
    record_id         uuid   PRIMARY KEY,
    version           bigint NOT NULL,
    agencies          text[] NOT NULL DEFAULT '{}',
    kinds             text[] NOT NULL DEFAULT '{}',
    excluded_agencies text[] NOT NULL DEFAULT '{}',
    excluded_kinds    text[] NOT NULL DEFAULT '{}',
    until             date
);
