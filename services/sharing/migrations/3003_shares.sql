-- Requests and offers, the decisions about them, and what left.

-- A request to one holder, or an offer.
CREATE TABLE share (
    share_id     uuid        PRIMARY KEY, -- ours: by it the holder answers
    kind         text        NOT NULL CHECK (kind IN ('request', 'offer')),
    agency       text        NOT NULL,    -- who sent it
    message_id   uuid        NOT NULL,
    local_ref    text        NOT NULL,
    practitioner text        NOT NULL,
    record_id    uuid,                    -- the sender's
    holder       text,                    -- of a request that was passed on
    holder_record uuid,
    asked        jsonb       NOT NULL,    -- purpose, parts, basis, recipients: codes and ids
    sealed       bytea,                   -- its texts, under the sender's key of the child
    state        text        NOT NULL CHECK (state IN ('refused', 'wanted', 'answered', 'expired', 'released')),
    received_at  timestamptz NOT NULL,
    due_at       timestamptz,
    UNIQUE (agency, message_id, holder)
);
CREATE INDEX share_holder_record ON share (holder_record) WHERE holder_record IS NOT NULL;
CREATE INDEX share_record ON share (record_id) WHERE record_id IS NOT NULL;

-- A fact that had its effect: the same one again, under whatever message, has none (G2).
CREATE TABLE fact (
    agency    text  NOT NULL,
    type      text  NOT NULL,
    local_ref text  NOT NULL,
    content   bytea NOT NULL, -- keyed hash of its data: with other data it is a later version
    PRIMARY KEY (agency, type, local_ref)
);

-- Every decision to share or not to share (D-S7), one for each recipient. The service may only add to it.
CREATE TABLE decision (
    decision_id     uuid        PRIMARY KEY,
    decided_at      timestamptz NOT NULL,
    stage           text        NOT NULL CHECK (stage IN ('request', 'release')),
    outcome         text        NOT NULL,    -- codes §6
    share_id        uuid        NOT NULL,
    message_agency  text        NOT NULL,    -- with message_id: the message that led to it
    message_id      uuid        NOT NULL,
    asked_by        text        NOT NULL,    -- who asked or offered, and by whom
    practitioner    text        NOT NULL,
    holder          text,
    record_id       uuid,                    -- the holder's, or the sender's of an offer
    recipient       text        NOT NULL,    -- the agency
    recipient_practitioner text,             -- none: its duty desk
    purpose         text        NOT NULL,
    basis           jsonb       NOT NULL,    -- practice basis, ground, position of consent; Art 6, Art 9, confidentiality
    consents        jsonb       NOT NULL,    -- the statements that it rests on, by agency and message
    rules_hash      text        NOT NULL,
    cases           jsonb       NOT NULL,    -- facts, parts, what came of them, code and policies
    decided_by      text,                    -- the holder's practitioner who judged; none: by rule
    told_code       text,
    family_told     jsonb,
    sealed          bytea                    -- reasons, under the holder's or sender's key of the child
);
CREATE INDEX decision_share ON decision (share_id);
CREATE INDEX decision_decided ON decision (decided_at);
CREATE INDEX decision_record ON decision (record_id) WHERE record_id IS NOT NULL;

-- The rules by which was decided, with their words, by their hash.
CREATE TABLE rule_set (
    rules_hash text        PRIMARY KEY,
    loaded_at  timestamptz NOT NULL,
    policies   jsonb       NOT NULL
);

-- Who read the reasons of a decision, and when.
CREATE TABLE decision_reveal (
    decision_id uuid        NOT NULL,
    revealed_by text        NOT NULL,
    revealed_at timestamptz NOT NULL
);

-- What left by the one door: one row a message. Its content rests here until its receiver's system has it (G6).
CREATE TABLE delivery (
    delivery_id  uuid        PRIMARY KEY, -- the message's id
    kind         text        NOT NULL,    -- its type
    decision_id  uuid        NOT NULL,
    share_id     uuid        NOT NULL,
    supplier     text        NOT NULL,
    supplier_ref text        NOT NULL,    -- the supplier's own id of what it sent
    record_id    uuid,                    -- the supplier's
    recipient    text        NOT NULL,
    to_child     uuid,                    -- the recipient's own reference
    child        text        NOT NULL,    -- as the supplier names the child: by it the key is found
    practitioner text,
    purpose      text        NOT NULL,
    basis        text        NOT NULL,
    consents     jsonb       NOT NULL,
    items        jsonb       NOT NULL,    -- of which parts, and whom each item was about
    sent_at      timestamptz NOT NULL,
    ack_by       timestamptz NOT NULL,
    chased       smallint    NOT NULL DEFAULT 0,
    by_system_at timestamptz,
    by_person_at timestamptz,
    acted_at     timestamptz,
    cannot       text,
    commitment   bytea       NOT NULL,    -- salted hash of the content: it stays
    content      bytea                    -- under the supplier's key of the child; gone once received
);
CREATE INDEX delivery_share ON delivery (share_id);
CREATE INDEX delivery_supplied ON delivery (supplier, supplier_ref);
CREATE INDEX delivery_record ON delivery (record_id) WHERE record_id IS NOT NULL;

-- That a release rests on consent no more, by which statement.
CREATE TABLE withdrawal (
    delivery_id                uuid        NOT NULL,
    agency                     text        NOT NULL,
    message_id                 uuid        NOT NULL,
    released_after_it_was_said boolean     NOT NULL,
    withdrawn_at               timestamptz NOT NULL,
    PRIMARY KEY (delivery_id, agency, message_id)
);

-- A message by which something is asked back, and what became of it.
CREATE TABLE asked_back (
    message_id   uuid        PRIMARY KEY,
    agency       text        NOT NULL,
    deliveries   uuid[]      NOT NULL,
    ack_by       timestamptz NOT NULL,
    chased       smallint    NOT NULL DEFAULT 0,
    by_system_at timestamptz,
    by_person_at timestamptz,
    acted_at     timestamptz,
    cannot       text
);

-- Advice that a practitioner in doubt asked for (D-S8).
CREATE TABLE advice (
    share_id    uuid        NOT NULL,
    agency      text        NOT NULL,
    local_ref   text        NOT NULL,
    role        text        NOT NULL,
    due_at      timestamptz,
    answer      text,                     -- null until it is given
    answered_at timestamptz,
    sealed      bytea,                    -- question or reasons, under the agency's key of the child
    received_at timestamptz NOT NULL,
    message_id  uuid        NOT NULL,
    PRIMARY KEY (share_id, agency, local_ref, message_id)
);

-- What the family was given of the assessment, and what was left out (D-S9).
CREATE TABLE family_copy (
    agency      text        NOT NULL,
    local_ref   text        NOT NULL,
    local_id    text,
    record_id   uuid,
    made        jsonb       NOT NULL,     -- codes and dates
    made_at     timestamptz NOT NULL,
    sealed      bytea,                    -- to whom, by name
    message_id  uuid        NOT NULL,
    received_at timestamptz NOT NULL,
    PRIMARY KEY (agency, message_id)
);
