-- What was said of a child who was not known then, or with a record that was not linked then, is looked at once more.
INSERT INTO timer (kind, about, look_at)
SELECT DISTINCT 'released', r.record_id::text, 'epoch'::timestamptz
FROM consent_statement s
JOIN child_record r ON r.record_id = s.record_id OR (r.agency = s.agency AND r.local_id = s.local_id);

-- Which statements were put to whom.
CREATE INDEX consent_asked_of ON consent_asked (of_agency, message_id);
