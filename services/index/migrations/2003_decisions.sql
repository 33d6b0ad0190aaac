-- Every lookup is a decision, shown or not (D-I5, D-S7, G3). The service may only add to these tables.

CREATE TABLE decision (
    decision_id        uuid        PRIMARY KEY,
    decided_at         timestamptz NOT NULL,
    agency             text        NOT NULL, -- who asked: with query_id the message that asked
    query_id           uuid        NOT NULL,
    practitioner_id    text        NOT NULL,
    purpose            text        NOT NULL,
    outcome            text        NOT NULL CHECK (outcome IN ('shown', 'not-shown')),
    reason             text        NOT NULL,
    rules_version      text        NOT NULL,
    rules              text[]      NOT NULL, -- the ids of the rules that decided
    reason_text_sealed bytea                 -- what the practitioner wrote: case content
);
CREATE INDEX decision_decided ON decision (decided_at);
CREATE INDEX decision_practitioner ON decision (agency, practitioner_id, decided_at);

-- The records that a decision was about, hidden ones included: so an audit can tell who asked
-- about a child who is restricted for safety.
CREATE TABLE decision_record (
    record_id   uuid NOT NULL,
    decision_id uuid NOT NULL,
    PRIMARY KEY (record_id, decision_id)
);
CREATE INDEX decision_record_decision ON decision_record (decision_id);

-- Which operator read the practitioner's own words, and when.
CREATE TABLE decision_reveal (
    decision_id uuid        NOT NULL,
    revealed_by text        NOT NULL,
    revealed_at timestamptz NOT NULL
);
CREATE INDEX decision_reveal_decision ON decision_reveal (decision_id);
