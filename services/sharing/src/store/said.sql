-- What was said of these records: work, CAFs, and consent, also what was said of the child before its agency had it
-- recorded (G7); and which statements of consent were confirmed.
WITH said AS (
    SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[]) AS said(record_id, agency, local_id)
), stated AS (
    SELECT said.record_id, s.agency, s.message_id, s.statement
    FROM said
    CROSS JOIN LATERAL (SELECT * FROM consent_statement s WHERE s.record_id = said.record_id OFFSET 0) AS s
    WHERE s.agency = said.agency
    UNION ALL
    SELECT said.record_id, s.agency, s.message_id, s.statement
    FROM said
    CROSS JOIN LATERAL
        (SELECT * FROM consent_statement s
         WHERE s.agency = said.agency AND s.local_id = said.local_id OFFSET 0) AS s
)
SELECT 'involvement' AS "what!", i.record_id AS "record_id!", i.state AS "state!"
FROM said CROSS JOIN LATERAL (SELECT * FROM involvement i WHERE i.record_id = said.record_id OFFSET 0) AS i
UNION ALL
SELECT 'caf', c.record_id, c.state
FROM said CROSS JOIN LATERAL (SELECT * FROM caf c WHERE c.record_id = said.record_id OFFSET 0) AS c
UNION ALL
SELECT 'consent', stated.record_id, stated.statement FROM stated
UNION ALL
SELECT 'confirmed', stated.record_id, jsonb_build_object('agency', c.agency, 'message', c.message_id, 'forAgency', c.for_agency)
FROM stated
CROSS JOIN LATERAL
    (SELECT * FROM consent_confirmed c
     WHERE c.agency = stated.agency AND c.message_id = stated.message_id OFFSET 0) AS c
