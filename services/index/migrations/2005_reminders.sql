-- What was told of what is due, so that it is told once: by whoever looks, however often.
CREATE TABLE told (
    kind    text        NOT NULL,
    ref     text        NOT NULL, -- a CAF, a record or a statement of the agency: never a name
    due_on  date        NOT NULL,
    whom    text        NOT NULL, -- an agency and its role, or the task that was opened
    told_at timestamptz NOT NULL,
    PRIMARY KEY (ref, kind, due_on, whom)
);
CREATE INDEX told_told ON told (told_at);

-- A CAF takes effect when its assessor stands on the register: found by the assessor.
CREATE INDEX caf_assessor ON caf (agency, practitioner_id);

-- Whether the copy went to the CAF team, as the statements say.
UPDATE caf_step SET code = 'copy-sent'
WHERE what = 'completed' AND code IS NULL AND data ->> 'sentToCafTeamOn' IS NOT NULL;

-- On which days besides weekends nobody works.
ALTER TABLE authority ADD bank_holidays date[] NOT NULL DEFAULT '{}';

-- What was shown of a record to another agency by a decision: `contact-shown`, `caf-shown`.
ALTER TABLE decision_record ADD shown text[] NOT NULL DEFAULT '{}';

-- The days of which every agency was told what was shown of its records.
CREATE TABLE digest (
    day date PRIMARY KEY
);

-- What agencies were told was shown: the CAF team finds the decision by the notice's id. Append-only.
CREATE TABLE access_notice (
    notice_id   uuid NOT NULL PRIMARY KEY,
    decision_id uuid NOT NULL,
    record_id   uuid NOT NULL,
    kind        text NOT NULL,
    UNIQUE (decision_id, record_id, kind)
);

-- All that could be due already, and the rounds of each day.
INSERT INTO timer (kind, about, look_at)
SELECT 'caf', caf_ref, 'epoch'::timestamptz FROM caf
UNION ALL
SELECT 'intention', agency || '/' || local_ref, 'epoch' FROM intention
UNION ALL
SELECT 'unborn', 'child:' || record_id, 'epoch' FROM record WHERE child_state = 'unborn'
UNION ALL
SELECT 'digests', '', 'epoch'
UNION ALL
SELECT 'forgetting', '', 'epoch';
