-- What agencies say of children, each agency's own. Nothing beyond what the index may hold (D-I1):
-- no case data, no assessment content. Records of one child are linked when they are read
-- (docs/decisions/0001-linking-when-reading.md), so no row here points at another agency's but an alias.

-- One row for each child that an agency knows. `record_id` is that agency's `child:<uuid>`.
CREATE TABLE record (
    record_id       uuid     PRIMARY KEY,
    agency          text     NOT NULL,
    local_id        text,               -- the agency's own id of the child
    alias_of        uuid,               -- or: the agency knows the child from a lookup, as this record
    -- `child.recorded`; null until it arrives
    names           jsonb,
    birth_date      text,               -- as much as is known: YYYY, YYYY-MM or YYYY-MM-DD
    birth_precision text,
    gender          text,
    nhs_number      text,
    upn             text,
    uln             text,
    addresses       jsonb,
    carers          jsonb,              -- name, relationship, telephone
    setting         jsonb,
    gp_practice     jsonb,
    child_state     text,
    authority       text,
    synthetic       boolean,
    effective_at    timestamptz,
    message_id      uuid,
    -- D-I6: 0 none, 1 address, 2 whole record; only ever raised
    restriction     smallint NOT NULL DEFAULT 0 CHECK (restriction BETWEEN 0 AND 2),
    CHECK (num_nonnulls(local_id, alias_of) = 1),
    CHECK (num_nulls(names, birth_date, birth_precision, gender, addresses, child_state, authority,
                     synthetic, effective_at, message_id) IN (0, 10))
);
-- The one index that begins with the agency, so that no plan takes another for it.
CREATE UNIQUE INDEX record_local_id ON record (agency, local_id) WHERE local_id IS NOT NULL;
CREATE UNIQUE INDEX record_alias_of ON record (alias_of, agency) WHERE alias_of IS NOT NULL;
CREATE INDEX record_nhs_number ON record (nhs_number) WHERE nhs_number IS NOT NULL;
CREATE INDEX record_upn ON record (upn) WHERE upn IS NOT NULL;
CREATE INDEX record_uln ON record (uln) WHERE uln IS NOT NULL;

-- Folded names, birth date and postcode, one row for each current address: what two records without
-- a common number are compared by.
CREATE TABLE record_key (
    record_id uuid NOT NULL,
    key       text NOT NULL,
    PRIMARY KEY (record_id, key)
);
CREATE INDEX record_key_key ON record_key (key);

-- Why a record is restricted and when that is looked at again. Never leaves this service.
CREATE TABLE restriction (
    agency       text        NOT NULL,
    local_ref    text        NOT NULL,
    record_id    uuid        NOT NULL,
    level        text        NOT NULL,
    reason       text,
    review_on    date        NOT NULL,
    effective_at timestamptz NOT NULL,
    message_id   uuid        NOT NULL,
    PRIMARY KEY (agency, local_ref)
);
CREATE INDEX restriction_record ON restriction (record_id);

-- Who works with a child; recorded and ended side by side, as in practitioner.
CREATE TABLE involvement (
    agency           text NOT NULL,
    local_ref        text NOT NULL,
    record_id        uuid,
    service_name     text,
    level            text,
    practitioner_id  text,
    role_in_case     text,
    contact_phone    text,
    sensitive        boolean,
    key_worker       boolean,
    consent_ref      text,
    started_at       timestamptz,
    effective_at     timestamptz,
    message_id       uuid,
    ended_reason     text,
    ended_at         timestamptz,
    ended_message_id uuid,
    PRIMARY KEY (agency, local_ref),
    CHECK (num_nulls(record_id, service_name, level, practitioner_id, role_in_case, sensitive,
                     key_worker, started_at, effective_at, message_id) IN (0, 10)),
    CHECK (num_nulls(ended_reason, ended_at, ended_message_id) IN (0, 3)),
    CHECK (effective_at IS NOT NULL OR ended_at IS NOT NULL)
);
CREATE INDEX involvement_record ON involvement (record_id) WHERE record_id IS NOT NULL;

-- The mark that a CAF was started, and by whom.
CREATE TABLE caf (
    caf_ref              text        PRIMARY KEY, -- <agency>/<the starter's id>
    agency               text        NOT NULL,
    local_ref            text        NOT NULL,
    record_id            uuid        NOT NULL,
    started_at           timestamptz NOT NULL,
    practitioner_id      text        NOT NULL,
    role_in_case         text        NOT NULL,
    authority            text        NOT NULL,
    form_medium          text        NOT NULL,
    electronic_recording text        NOT NULL,
    intention_ref        text,
    consent_ref          text,
    effective_at         timestamptz NOT NULL,
    message_id           uuid        NOT NULL
);
CREATE INDEX caf_record ON caf (record_id);
