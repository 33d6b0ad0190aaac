-- The registers: authorities, agencies, and the practitioners whom each agency vouches for (D-A2, D-A3).
-- No foreign keys between tables: rows are written by one service, and a statement about something
-- not yet known is kept and takes effect when that arrives (G7).

-- A council area whose CAF team keeps the log.
CREATE TABLE authority (
    authority          text PRIMARY KEY,
    name               text NOT NULL,
    safeguarding_phone text NOT NULL, -- stands in every safety note (D-S1)
    caf_team           text           -- the agency that is its CAF team
);

CREATE TABLE agency (
    agency                  text    PRIMARY KEY,
    kind                    text    NOT NULL,
    sector                  text    NOT NULL,
    display_name            text    NOT NULL,
    sensitive               boolean NOT NULL, -- D-I6
    neutral_display_name    text,             -- what staff see instead of a sensitive name
    authorities             text[]  NOT NULL, -- the first is its own
    duty_desk_phone         text    NOT NULL,
    duty_desk_name          text,
    safeguarding_lead_phone text    NOT NULL,
    safeguarding_lead_name  text,
    state                   text    NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'revoked')),
    CHECK (neutral_display_name IS NOT NULL OR NOT sensitive)
);

-- What was recorded and what was ended are kept side by side, each with the moment that decides
-- which statement is the later one, (effective_at, message_id); whichever comes first makes the row.
CREATE TABLE practitioner (
    agency           text NOT NULL,
    practitioner_id  text NOT NULL,
    name             text,
    job              text,
    work_phone       text,
    secure_contact   text,
    checked          jsonb,  -- the agency's word for the check (MG 3.9)
    training         jsonb,
    line_manager     text,
    state            text,
    deputy           text,
    authorities      jsonb,
    effective_at     timestamptz,
    message_id       uuid,
    successor        text,
    ended_at         timestamptz,
    ended_message_id uuid,
    PRIMARY KEY (agency, practitioner_id),
    CHECK (num_nulls(name, job, work_phone, checked, state, effective_at, message_id) IN (0, 7)),
    CHECK (num_nulls(ended_at, ended_message_id) IN (0, 2)),
    CHECK (effective_at IS NOT NULL OR ended_at IS NOT NULL)
);
