-- What people agreed to and refused (D-C1 to D-C8): every version of every statement, never changed, so that the
-- time-line of a child can be replayed by what was true then and by what was known then.
CREATE TABLE consent_statement (
    agency      text        NOT NULL, -- who recorded it
    message_id  uuid        NOT NULL,
    local_ref   text        NOT NULL,
    -- The child, as that agency names it; which record that is may become known later (G7).
    local_id    text,
    record_id   uuid,
    said_at     timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    statement   jsonb       NOT NULL, -- codes, dates, references: no name, no text
    sealed      bytea,                -- names and texts, under the child's key
    PRIMARY KEY (agency, message_id),
    CHECK (num_nonnulls(local_id, record_id) = 1)
);
CREATE INDEX consent_statement_local ON consent_statement (agency, local_id) WHERE local_id IS NOT NULL;
CREATE INDEX consent_statement_record ON consent_statement (record_id) WHERE record_id IS NOT NULL;

-- A statement that widens what another agency recorded, once that agency acknowledged it or the CAF team
-- confirmed it.
CREATE TABLE consent_confirmed (
    agency       text        NOT NULL,
    message_id   uuid        NOT NULL,
    confirmed_by text        NOT NULL,
    confirmed_at timestamptz NOT NULL,
    PRIMARY KEY (agency, message_id, confirmed_by)
);

-- What was told of consent: by the reminder's id the statement that it asked to be acknowledged.
CREATE TABLE consent_asked (
    reminder_id uuid        PRIMARY KEY,
    agency      text        NOT NULL, -- who is asked
    of_agency   text        NOT NULL,
    message_id  uuid        NOT NULL, -- the statement
    asked_at    timestamptz NOT NULL
);
CREATE UNIQUE INDEX consent_asked_once ON consent_asked (agency, of_agency, message_id);
