-- What is said of a CAF after it was started. Every statement is kept; the life is folded when it is
-- read, in the order in which things happened (src/rules/life.rs).
CREATE TABLE caf_step (
    agency       text        NOT NULL, -- who said it
    local_ref    text        NOT NULL,
    caf_ref      text        NOT NULL,
    record_id    uuid        NOT NULL, -- of the child, as that agency names it
    what         text        NOT NULL CHECK (what IN ('completed', 'checked', 'transferred', 'closed',
                                                      'reopened', 'withdrawn')),
    code         text,                 -- result, state of the transfer, closure code or reason
    other        text,                 -- the authority that it goes to
    -- The message's data: who of the agency said it, on what consent, whether the family was told, what
    -- the form has and has not. Never the form's content (D-I7), no address, no person's name.
    data         jsonb       NOT NULL,
    team_of      text[]      NOT NULL, -- the authorities whose CAF team it was when it said so
    happened_at  timestamptz NOT NULL,
    effective_at timestamptz NOT NULL,
    message_id   uuid        NOT NULL,
    PRIMARY KEY (agency, what, local_ref)
);
CREATE INDEX caf_step_caf ON caf_step (caf_ref);

-- A CAF is about to be started: shown to others who intend one, and to nobody else (D-I4).
CREATE TABLE intention (
    agency          text        NOT NULL,
    local_ref       text        NOT NULL,
    record_id       uuid,                 -- null where the child was described
    practitioner_id text        NOT NULL,
    authority       text        NOT NULL,
    asked_by        text        NOT NULL,
    synthetic       boolean     NOT NULL,
    lapses_on       date        NOT NULL,
    effective_at    timestamptz NOT NULL,
    message_id      uuid        NOT NULL,
    PRIMARY KEY (agency, local_ref)
);
CREATE INDEX intention_lapses ON intention (lapses_on);
CREATE INDEX involvement_sensitive ON involvement (agency, practitioner_id) WHERE sensitive;
CREATE INDEX intention_record ON intention (record_id) WHERE record_id IS NOT NULL;
-- By what a child who was described may be met: as in record_key, and number with birth date.
CREATE TABLE intention_key (
    agency    text NOT NULL,
    local_ref text NOT NULL,
    key       text NOT NULL,
    PRIMARY KEY (key, agency, local_ref)
);
CREATE INDEX intention_key_intention ON intention_key (agency, local_ref);
CREATE INDEX caf_intention ON caf (agency, intention_ref) WHERE intention_ref IS NOT NULL;

-- D-C7 (a): a family's refusal of a CAF. Read by nothing but the CAF team's log; never linked.
CREATE TABLE refusal (
    agency          text        NOT NULL,
    local_ref       text        NOT NULL,
    authority       text        NOT NULL,
    names           jsonb       NOT NULL,
    birth_date      text        NOT NULL,
    birth_precision text        NOT NULL,
    address         jsonb       NOT NULL,
    practitioner_id text,
    told_by         jsonb,                -- on whose behalf a CAF team wrote it down
    refused_at      timestamptz NOT NULL,
    keep_until      date        NOT NULL,
    effective_at    timestamptz NOT NULL,
    message_id      uuid        NOT NULL,
    PRIMARY KEY (agency, local_ref)
);
CREATE INDEX refusal_authority ON refusal (authority, refused_at);
CREATE INDEX refusal_keep ON refusal (keep_until);

-- What waits for a person of the CAF team.
CREATE TABLE task (
    task_id   uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
    kind      text        NOT NULL,
    authority text        NOT NULL,
    ref       text        NOT NULL, -- a CAF, a statement or a record: never a name
    record_id uuid,
    opened_at timestamptz NOT NULL,
    due_on    date        NOT NULL,
    done_at   timestamptz,
    done_by   text,
    UNIQUE (kind, ref)
);
CREATE INDEX task_open ON task (due_on) WHERE done_at IS NULL;

-- Who read a family's refusal, and when: append-only.
CREATE TABLE refusal_reveal (
    agency      text        NOT NULL,
    local_ref   text        NOT NULL,
    revealed_by text        NOT NULL,
    revealed_at timestamptz NOT NULL
);

-- Its open matters are the CAF team's from then on.
ALTER TABLE agency ADD revoked_at timestamptz;

-- Local periods: how long an intention stands, how long after closing a CAF may be reopened, how long
-- a refusal is kept; and to which birthday the index reaches (D-I3, D-I4, D-C7).
ALTER TABLE authority
    ADD intention_days integer NOT NULL DEFAULT 28 CHECK (intention_days BETWEEN 1 AND 366),
    ADD reopen_days    integer NOT NULL DEFAULT 183 CHECK (reopen_days BETWEEN 0 AND 732),
    ADD refusal_days   integer NOT NULL DEFAULT 366 CHECK (refusal_days BETWEEN 1 AND 1098),
    ADD index_age      integer NOT NULL DEFAULT 18 CHECK (index_age BETWEEN 18 AND 25);
