-- One field of an agency's record that was wrong, and what is right: laid over what was recorded before
-- it, until a later record says all anew (src/rules/kept.rs).
CREATE TABLE correction (
    agency       text        NOT NULL,
    local_ref    text        NOT NULL,
    record_id    uuid        NOT NULL,
    fact         jsonb       NOT NULL, -- the fields that it takes the place of, no more than D-I1 allows
    effective_at timestamptz NOT NULL,
    message_id   uuid        NOT NULL,
    PRIMARY KEY (agency, local_ref)
);
CREATE INDEX correction_record ON correction (record_id);

-- The columns of a record hold its facts as corrected. Where there were corrections, `recorded` holds
-- them as the latest `child.recorded` said them, so that any order ends in one state (G7).
ALTER TABLE record
    ADD corrected boolean NOT NULL DEFAULT false,
    ADD recorded  jsonb;
