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

-- What restricts a record for safety, and what lifts that (D-I6). `record.restriction` is what both come
-- to (src/rules/restriction.rs).
CREATE TABLE restriction_raised (
    record_id    uuid        NOT NULL,
    level        smallint    NOT NULL CHECK (level BETWEEN 1 AND 2), -- as in `record`
    effective_at timestamptz NOT NULL,
    PRIMARY KEY (record_id, level, effective_at)
);
CREATE TABLE restriction_lifted (
    agency       text        NOT NULL,
    local_ref    text        NOT NULL,
    record_id    uuid        NOT NULL,
    level        smallint    NOT NULL CHECK (level BETWEEN 0 AND 1), -- what remains
    reason       text,                                               -- of what remains; stays here
    review_on    date,
    effective_at timestamptz NOT NULL,
    message_id   uuid        NOT NULL,
    PRIMARY KEY (agency, local_ref)
);
CREATE INDEX restriction_lifted_record ON restriction_lifted (record_id);
-- What stands was not kept statement by statement: taken for the last that was said.
INSERT INTO restriction_raised (record_id, level, effective_at)
SELECT r.record_id, r.restriction, coalesce(greatest(r.effective_at, max(s.effective_at)), now())
FROM record AS r LEFT JOIN restriction AS s ON s.record_id = r.record_id
WHERE r.restriction > 0
GROUP BY r.record_id;

-- D-I3: a child who is not born is met by nothing.
DELETE FROM record_key AS k USING record AS r
WHERE k.record_id = r.record_id
  AND (r.child_state IN ('unborn', 'pregnancy-ended') OR r.birth_precision = 'expected');
UPDATE record SET nhs_number = NULL, upn = NULL, uln = NULL
WHERE child_state IN ('unborn', 'pregnancy-ended') OR birth_precision = 'expected';
