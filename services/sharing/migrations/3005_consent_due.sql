-- What of the consents was told when it was due, so that it is told once: by whoever looks, however often.
CREATE TABLE consent_told (
    agency    text        NOT NULL, -- with local_ref: the statement, whatever its version
    local_ref text        NOT NULL,
    kind      text        NOT NULL,
    due_on    date        NOT NULL,
    whom      text        NOT NULL, -- an agency
    told_at   timestamptz NOT NULL,
    PRIMARY KEY (agency, local_ref, kind, due_on, whom)
);

-- Whoever does not answer is asked again, each time by another reminder.
DROP INDEX consent_asked_once;

-- A timer finds the question.
CREATE INDEX advice_message ON advice (message_id);

-- All that could be due already.
INSERT INTO timer (kind, about, look_at)
SELECT DISTINCT 'consent', r.record_id::text, 'epoch'::timestamptz
FROM consent_statement s
JOIN child_record r ON r.record_id = s.record_id OR (r.agency = s.agency AND r.local_id = s.local_id)
UNION ALL
SELECT 'widened', reminder_id::text, asked_at + interval '2 days' FROM consent_asked
UNION ALL
SELECT DISTINCT 'advice', message_id::text, due_at FROM advice WHERE answer IS NULL AND due_at IS NOT NULL;
